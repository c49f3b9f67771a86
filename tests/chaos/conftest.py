"""Two processes, a client that retries as a careful caller would, and the ledger of expectations."""

import asyncio
import os
import random
import secrets
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from shared.embedded.processes import Child, free_port, spawn
from shared.kernel import databases, testing
from shared.kernel.testing import Stack, eventually
from shared.kernel.tests import toy
from shared.kernel.tests.conftest import create_tables

ROOT = Path(__file__).parents[2]
SEEDS = range(int(os.environ.get("ANZE_CHAOS_SEEDS", "1")))


class Expectations:
    """What was accepted, counter by counter, and what must therefore be seen: each event once, in order."""

    def __init__(self) -> None:
        self.accepted: dict[UUID, list[int]] = {}

    def faults(self, echoes: dict[UUID, tuple[int, int]], reactions: list[tuple[UUID, int]]) -> Counter[str]:
        """Counts of lost, applied twice, and out of order."""
        found: Counter[str] = Counter()
        for identity, values in self.accepted.items():
            seen, times = echoes.get(identity, (None, 0))
            found["lost"] += max(0, len(values) - times)
            found["applied twice"] += max(0, times - len(values))
            found["out of order"] += seen != values[-1]
        by_echo: dict[UUID, list[int]] = {}
        for identity, value in reactions:
            by_echo.setdefault(identity, []).append(value)
        expected = sorted(self.accepted.values())
        found["out of order"] += sorted(by_echo.values()) != expected
        return +found


class Pair:
    """The toy and the echo as processes on one stack."""

    def __init__(self, stack: Stack, jwks_url: str, logs: Path) -> None:
        self.stack, self._jwks_url, self._logs = stack, jwks_url, logs
        self.ports = {name: free_port() for name in ("toy", "echo")}
        self.children: dict[str, Child] = {}
        self.expectations = Expectations()

    async def start(self, name: str, **environment: str) -> None:
        """Start one of the two and wait until it answers."""
        settings = self.stack.environment(name, ANZE_JWKS_URL=self._jwks_url, **environment)
        settings |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        argv = [sys.executable, "-m", "uvicorn", "--factory", f"tests.chaos.apps:{name}_app", "--log-level", "warning"]
        argv += ["--host", "127.0.0.1", "--port", str(self.ports[name])]
        log = self._logs / f"{name}.log"
        self.children[name] = await asyncio.to_thread(spawn, argv, log=log, env=settings, cwd=ROOT)

        async def answers() -> bool:
            if self.children[name].code is not None:
                return True  # it reached its crash point already
            try:
                async with httpx.AsyncClient(timeout=2) as client:
                    return (await client.get(f"{self.url(name)}/healthz")).is_success
            except httpx.TransportError:
                return False

        await eventually(answers, what=f"{name} answering; {log.read_text()[-2000:] if log.exists() else ''}")

    def url(self, name: str) -> str:
        """Where one of the two listens."""
        return f"http://127.0.0.1:{self.ports[name]}"

    async def died(self, name: str) -> None:
        """Wait until a process is gone."""

        async def gone() -> bool:
            return self.children[name].code is not None

        await eventually(gone, what=f"{name} reaching its crash point")

    async def call(self, method: str, path: str, value: int, key: str, version: int | None = None) -> dict[str, Any]:
        """Ask until there is an answer: the same key, so that nothing is done twice."""
        headers = {"Authorization": f"Bearer {testing.token(roles=['writer'])}", "Idempotency-Key": key}
        if version is not None:
            headers["If-Match"] = f'"{version}"'

        async def answered() -> dict[str, Any] | None:
            try:
                async with httpx.AsyncClient(timeout=10) as client:
                    answer = await client.request(
                        method, self.url("toy") + path, json={"value": value}, headers=headers
                    )
            except httpx.TransportError:
                return None
            if answer.status_code == 412 and version is not None:
                return {"version": version + 1}  # our own change, whose answer was lost
            return dict(answer.json()) if answer.is_success else None

        return dict(await eventually(answered, seconds=60, what=f"{method} {path}"))

    async def work(self, seed: int, counters: int = 4, changes: int = 3) -> None:
        """Open counters and raise them, many at a time."""
        dice = random.Random(seed)  # noqa: S311 - repeatable

        async def one() -> None:
            values = [dice.randrange(100) for _ in range(changes + 1)]
            made = await self.call("POST", "/v1/counters", values[0], secrets.token_hex(8))
            identity, version = UUID(made["id"]), 1
            self.expectations.accepted[identity] = values
            for value in values[1:]:
                path = f"/v1/counters/{identity}"
                version = (await self.call("PUT", path, value, secrets.token_hex(8), version))["version"]

        await asyncio.gather(*(one() for _ in range(counters)))

    async def rows(self, name: str, query: str) -> list[Any]:
        """Rows from a database."""
        engine = databases.engine(self.stack.urls[name].runtime, pool_size=1)
        try:
            async with engine.connect() as connection:
                return list(await connection.execute(sa.text(query)))
        finally:
            await engine.dispose()

    async def faults(self) -> Counter[str]:
        """What is wrong now."""
        echoes = {row.id: (row.seen, row.times) for row in await self.rows("echo", "SELECT * FROM echo")}
        query = "SELECT aggregate_id AS id, (data->>'value')::int AS value FROM ledger ORDER BY seq"
        reactions = [(row.id, row.value) for row in await self.rows("echo", query)]
        found = self.expectations.faults(echoes, reactions)
        found["stuck"] += len(await self.rows("toy", "SELECT 1 FROM outbox"))
        found["stuck"] += len(await self.rows("echo", "SELECT 1 FROM dead_letter"))
        return +found

    async def comes_right(self) -> None:
        """Wait until nothing is lost, stuck, applied twice or out of order."""
        last: Counter[str] = Counter()

        async def right() -> bool:
            nonlocal last
            last = await self.faults()
            return not last

        try:
            await eventually(right, seconds=60)
        except AssertionError:
            raise AssertionError(f"the ledger of expectations counts {dict(last)}") from None

    async def stop(self) -> None:
        """End both."""
        for child in self.children.values():
            await asyncio.to_thread(child.stop)


@pytest.fixture
async def pair(stack: Stack, jwks_url: str, run_home: Path) -> AsyncIterator[Pair]:
    """The pair, not started."""
    for name in ("toy", "echo"):
        urls = await stack.database(name)
        await create_tables(urls.owner, f"tpl_{name}_runtime")
    await stack.provision(toy.DECLARED)
    logs = run_home / f"logs-{secrets.token_hex(4)}"
    logs.mkdir()
    made = Pair(stack, jwks_url, logs)
    yield made
    await made.stop()
