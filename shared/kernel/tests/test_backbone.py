"""From a POST through ledger, relay, stream and consumer."""

import sqlalchemy as sa

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
