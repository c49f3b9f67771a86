"""From a POST through ledger, relay, stream and consumer."""

from dataclasses import replace

import asyncpg
import pytest
import sqlalchemy as sa

from shared.kernel.app import Runtime
from shared.kernel.relay import Relay
from shared.kernel.testing import Running, Stack, eventually
from shared.kernel.tests import toy
from shared.kernel.tests.conftest import Bench


async def echoes(running: Running) -> list[tuple[int, int]]:
    async with running.app.state.sessions() as session:
        return [tuple(row) for row in await session.execute(sa.select(toy.ECHO.c.seen, toy.ECHO.c.times))]


async def test_an_accepted_write_reaches_its_consumer_once(toy_service: Running, echo_service: Running) -> None:
    headers = toy_service.acting("writer")
    answer = await toy_service.http.post("/v1/counters", json={"value": 3}, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == '"1"'
    again = await toy_service.http.post("/v1/counters", json={"value": 3}, headers=headers)
    assert (again.status_code, again.json()) == (201, answer.json())

    async def arrived() -> bool:
        return await echoes(echo_service) == [(3, 1)]

    await eventually(arrived)
    ready = await echo_service.http.get("/readyz")
    assert ready.json()["status"] == "ready", ready.text


async def test_a_lost_stream_is_refilled_without_anybody_asking(toys: Stack, bench: Bench) -> None:
    service = await toys.start(toy.TOY, toy.DECLARED, ANZE_RECONCILE_SECONDS="0.2")
    answer = await service.http.post("/v1/counters", json={"value": 3}, headers=service.acting("writer"))
    assert answer.status_code == 201

    async def published() -> bool:
        return len(await bench.deliveries()) == 1

    await eventually(published)
    await toys.provision(toy.DECLARED)
    await eventually(published)


async def test_a_relay_goes_on_whatever_the_driver_raises(
    toys: Stack, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    drain, failures = Relay.drain, [asyncpg.InternalClientError("another operation is in progress"), LookupError()]

    async def failing_at_first(relay: Relay, connection: asyncpg.Connection) -> int:
        if failures:
            raise failures.pop()
        return await drain(relay, connection)

    monkeypatch.setattr(Relay, "drain", failing_at_first)
    service = await toys.start(toy.TOY, toy.DECLARED)
    answer = await service.http.post("/v1/counters", json={"value": 3}, headers=service.acting("writer"))
    assert answer.status_code == 201

    async def published() -> bool:
        return len(await bench.deliveries()) == 1

    await eventually(published)
    assert failures == []


async def test_what_is_done_now_and_then_goes_on_after_a_failure_and_only_where_the_relay_leads(toys: Stack) -> None:
    led: list[bool] = []

    async def work(runtime: Runtime) -> None:
        led.append(runtime.relay is not None and runtime.relay.leader)
        raise RuntimeError(f"round {len(led)}")

    service = replace(toy.TOY, periodic=(work,))
    running = [await toys.start(service, toy.DECLARED, ANZE_PERIODIC_SECONDS="0.1") for _ in range(2)]

    async def twice() -> bool:
        return len(led) > 1

    await eventually(twice)
    assert all(led)
    assert sum(one.app.state.runtime.relay.leader for one in running) == 1
