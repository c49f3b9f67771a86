"""Two processes, a client that retries as a careful caller would, and the ledger of expectations."""

import asyncio
import os
import random
import secrets
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from nats.aio.client import Client

from shared.embedded.processes import Child, free_port, spawn
from shared.kernel import databases, streams, testing
from shared.kernel.testing import Stack, eventually
from shared.kernel.tests import toy
from shared.kernel.tests.conftest import create_tables

ROOT = Path(__file__).parents[2]
SEEDS = range(int(os.environ.get("ANZE_CHAOS_SEEDS", "1")))
#: What a process may need to start, to reach its crash point or to catch up where others take the machine's time.
PATIENCE_SECONDS = 240
#: The issuer's keys or the database could not be reached, or the same request is being handled still: ask again.
AGAIN = {401, 409, 503}
_ECHOES = "SELECT id, seen, times FROM echo"
_REACTIONS = "SELECT aggregate_id AS id, (data->>'value')::int AS value FROM ledger ORDER BY seq"


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
        self._broker: Client | None = None
        # a connection for each request, but not a TLS context: making those would take the time that a start needs
        self._client = httpx.AsyncClient(timeout=10, limits=httpx.Limits(max_keepalive_connections=0))

    async def start(self, name: str, **environment: str) -> None:
        """Start one of the two and wait until it answers, or has reached the crash point that it was given."""
        settings = self.stack.environment(name, ANZE_JWKS_URL=self._jwks_url, **environment)
        settings |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        argv = [sys.executable, "-m", "uvicorn", "--factory", f"tests.chaos.apps:{name}_app", "--log-level", "warning"]
        argv += ["--host", "127.0.0.1", "--port", str(self.ports[name])]
        child = await asyncio.to_thread(spawn, argv, log=self._logs / f"{name}.log", env=settings, cwd=ROOT)
        self.children[name] = child

        async def answers() -> bool:
            if child.code is not None:
                assert "ANZE_CRASH_POINT" in environment, f"{name} did not start"
                return True
            try:
                return (await self._client.get(f"{self.url(name)}/healthz")).is_success
            except httpx.TransportError:
                return False

        await self.until(answers, f"{name} answering")

    async def until(self, condition: Callable[[], Awaitable[Any]], what: str) -> Any:
        """Wait for a condition; where it does not come true, say what the processes wrote last."""
        try:
            return await eventually(condition, seconds=PATIENCE_SECONDS, what=what)
        except AssertionError as error:
            told = (f"{name} ({child.code}):\n{child.tail()}" for name, child in self.children.items())
            raise AssertionError("\n".join((str(error), *told))) from None

    def url(self, name: str) -> str:
        """Where one of the two listens."""
        return f"http://127.0.0.1:{self.ports[name]}"

    async def died(self, name: str) -> None:
        """Wait until a process was killed at its crash point."""

        async def gone() -> bool:
            return self.children[name].code is not None

        await self.until(gone, f"{name} reaching its crash point")
        assert self.children[name].code == -signal.SIGKILL, self.children[name].tail()

    async def call(self, method: str, path: str, value: int, key: str, version: int | None = None) -> dict[str, Any]:
        """Ask until there is an answer: the same key, so that nothing is done twice."""
        headers = {"Authorization": f"Bearer {testing.token(roles=['writer'])}", "Idempotency-Key": key}
        if version is not None:
            headers["If-Match"] = f'"{version}"'

        async def answered() -> dict[str, Any] | None:
            try:
                answer = await self._client.request(
                    method, self.url("toy") + path, json={"value": value}, headers=headers
                )
            except httpx.TransportError:
                return None
            if answer.status_code == 412 and version is not None:
                return {"version": version + 1}  # our own change, whose answer was lost
            assert answer.is_success or answer.status_code in AGAIN, answer.text
            return dict(answer.json()) if answer.is_success else None

        return dict(await self.until(answered, f"{method} {path}"))

    async def work(self, seed: int, counters: int = 4, changes: int = 3, values: int = 100) -> None:
        """Open counters and raise them, many at a time, to what is below `values`."""
        dice = random.Random(seed)  # noqa: S311 - repeatable

        async def one() -> None:
            raised = [dice.randrange(values) for _ in range(changes + 1)]
            made = await self.call("POST", "/v1/counters", raised[0], secrets.token_hex(8))
            identity, version = UUID(made["id"]), 1
            self.expectations.accepted[identity] = raised
            for value in raised[1:]:
                path = f"/v1/counters/{identity}"
                version = (await self.call("PUT", path, value, secrets.token_hex(8), version))["version"]

        async with asyncio.TaskGroup() as group:
            for _ in range(counters):
                group.create_task(one())

    async def rows(self, name: str, *queries: str) -> list[list[Any]]:
        """Rows from a database, query by query."""
        connection = await asyncpg.connect(databases.dsn(self.stack.urls[name].runtime))
        try:
            return [await connection.fetch(query) for query in queries]
        finally:
            await connection.close()

    async def faults(self) -> Counter[str]:
        """What is wrong now."""
        echoes, reactions, letters = await self.rows("echo", _ECHOES, _REACTIONS, "SELECT 1 FROM dead_letter")
        [pending] = await self.rows("toy", "SELECT 1 FROM outbox")
        found = self.expectations.faults(
            {row["id"]: (row["seen"], row["times"]) for row in echoes},
            [(row["id"], row["value"]) for row in reactions],
        )
        found["stuck"] += len(pending) + len(letters)
        if not +found:
            found["stuck"] = await self.unsettled()
        return +found

    async def broker(self) -> Client:
        """A connection that outlives the broker's own faults."""
        if self._broker is None:
            self._broker = await streams.connect(self.stack.nats_url, name="chaos")
        return self._broker

    async def unsettled(self) -> int:
        """Events that the echo has not acknowledged: each may come once more, and must then change nothing."""
        told = await (await self.broker()).jetstream().consumer_info("TOY", "echo-counters")
        return (told.num_pending or 0) + (told.num_ack_pending or 0)

    async def comes_right(self) -> None:
        """Wait until nothing is lost, stuck, applied twice or out of order."""
        last: Counter[str] = Counter()

        async def right() -> bool:
            nonlocal last
            last = await self.faults()
            return not last

        try:
            await self.until(right, "the ledger of expectations counting nothing")
        except AssertionError as error:
            raise AssertionError(f"the ledger of expectations counts {dict(last)}; {error}") from None

    async def stop(self) -> None:
        """End both."""
        for child in self.children.values():
            await asyncio.to_thread(child.stop)
        await self._client.aclose()
        if self._broker is not None:
            await self._broker.close()


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
