"""Appraisal at work on a real database, on a clock that a test sets."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from nats.aio.client import Client

from services.appraisal.main import service
from services.appraisal.tests import cast
from shared.contracts.topology import DECLARATIONS
from shared.kernel import clock
from shared.kernel.consumer import Consumer
from shared.kernel.envelope import Event
from shared.kernel.testing import Running, Stack


@dataclass(frozen=True)
class Desk:
    """The service, with short words for what tests do again and again."""

    running: Running
    clock_file: Path

    def today(self, day: date) -> None:
        """Set the clock to noon of a day."""
        noon = datetime.combine(day, time(12), clock.SHANGHAI)
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(json.dumps({"offset_seconds": (noon - clock.wall()).total_seconds()}))
        fresh.replace(self.clock_file)

    def consumer(self, name: str) -> Consumer:
        """One durable, not fetching: tests hand it what a broker would."""
        (found,) = (one for one in service().subscriptions if one.name == name)
        return Consumer("appraisal", found, self.running.app.state.sessions, "", Client())

    async def apply(self, name: str, *events: Event) -> None:
        """Let a durable apply events in one batch."""
        await self.consumer(name).apply(cast.deliveries(*events))

    async def post(
        self, path: str, body: Any, *, role: str = "organization", seen: int | None = None, **acting: Any
    ) -> httpx.Response:
        """POST as somebody with a role, subject `dev:<role>` by default; `seen` is the version in If-Match."""
        headers = self.running.acting(role, **{"subject": f"dev:{role}"} | acting)
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return await self.running.http.post(path, json=body, headers=headers)

    async def opened(self, path: str, body: Any) -> dict[str, Any]:
        """What a POST that must succeed made."""
        answer = await self.post(path, body)
        assert answer.status_code == 201, answer.text
        assert answer.headers["etag"] == '"1"'
        return dict(answer.json())

    async def taken(self, path: str, step: str, body: Any) -> dict[str, Any]:
        """The thing after a step that must succeed, from the version it is at."""
        seen = (await self.get(path)).json()["version"]
        answer = await self.post(f"{path}/{step}", body, seen=seen)
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == f'"{seen + 1}"'
        return dict(answer.json())

    async def refused(self, path: str, step: str, body: Any) -> tuple[int, str, set[str]]:
        """Status, code and clauses of a step that is refused."""
        seen = (await self.get(path)).json()["version"]
        answer = await self.post(f"{path}/{step}", body, seen=seen)
        problem = answer.json()
        return answer.status_code, problem["code"], {basis["clause"] for basis in problem.get("basis", [])}

    async def get(self, path: str, *, role: str = "organization", **acting: Any) -> httpx.Response:
        """GET as somebody with a role."""
        return await self.running.http.get(path, headers=self.running.acting(role, **acting))

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        async with self.running.app.state.sessions() as session:
            return [tuple(row) for row in await session.execute(sa.text(statement))]

    async def wipe(self, *statements: str) -> None:
        """Do to the database what a restore does."""
        async with self.running.app.state.sessions() as session, session.begin():
            for statement in statements:
                await session.execute(sa.text(statement))

    async def happened(self) -> list[str]:
        """The names of what happened here, in order."""
        return [name for (name,) in await self.rows("SELECT split_part(type, '.', 4) FROM ledger ORDER BY seq")]


@pytest.fixture
async def desk(stack: Stack, tmp_path: Path) -> AsyncIterator[Desk]:
    """The service with the story's department, on the day on which 己 is appraised."""
    await stack.provision(DECLARATIONS)
    file = tmp_path / "clock.json"
    made = Desk(await stack.start(service(), DECLARATIONS, ANZE_CLOCK_FILE=str(file)), file)
    made.today(date(2026, 12, 20))
    await made.apply("roster", *cast.roster())
    yield made
    clock.follow(None)
