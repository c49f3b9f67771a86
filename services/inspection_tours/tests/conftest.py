"""Inspection tours at work on a real database, on a clock that a test sets."""

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

from services.inspection_tours.main import service
from services.inspection_tours.tests import cast
from shared.contracts.topology import DECLARATIONS
from shared.kernel import clock
from shared.kernel.consumer import Consumer
from shared.kernel.envelope import Event
from shared.kernel.testing import Running, Stack


@dataclass(frozen=True)
class Tours:
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
        return Consumer("inspection_tours", found, self.running.app.state.sessions, "", Client())

    async def apply(self, name: str, *events: Event) -> None:
        """Let a durable apply events in one batch."""
        await self.consumer(name).apply(cast.deliveries(*events))

    async def post(self, path: str, body: Any, *, role: str, seen: int | None = None, **acting: Any) -> httpx.Response:
        """POST as somebody with a role, subject `dev:<role>` by default; `seen` is the version in If-Match."""
        headers = self.running.acting(role, **{"subject": f"dev:{role}"} | acting)
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return await self.running.http.post(path, json=body, headers=headers)

    async def get(self, path: str, *, role: str = "safety_office", **acting: Any) -> httpx.Response:
        """GET as somebody with a role."""
        return await self.running.http.get(path, headers=self.running.acting(role, **acting))

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        async with self.running.app.state.sessions() as session:
            return [tuple(row) for row in await session.execute(sa.text(statement))]


@pytest.fixture
async def tours(stack: Stack, tmp_path: Path) -> AsyncIterator[Tours]:
    """The service with the story's roster, on the day after the accident."""
    await stack.provision(DECLARATIONS)
    file = tmp_path / "clock.json"
    made = Tours(await stack.start(service(), DECLARATIONS, ANZE_CLOCK_FILE=str(file)), file)
    made.today(date(2026, 5, 21))
    await made.apply("roster", *cast.roster())
    yield made
    clock.follow(None)
