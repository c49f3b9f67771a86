"""After every fault the ledger of expectations counts lost, applied twice, stuck and out of order: all 0."""

import asyncio
import os
import signal
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
from _pytest.fixtures import FixtureRequest

from shared.embedded.nats import NatsServer
from shared.embedded.postgres import PostgresServer
from shared.kernel import databases, reconciler, streams, testing
from shared.kernel.tests import toy
from tests.chaos.conftest import SEEDS, Pair

POINTS = {
    "toy": (
        "unit.before_commit",
        "unit.after_commit",
        "relay.sealed",
        "relay.mid_batch",
        "relay.after_puback",
        "relay.after_outbox_delete",
    ),
    "echo": (
        "consumer.after_fetch",
        "consumer.before_commit",
        "unit.after_commit",
        "consumer.after_commit_before_ack",
        "consumer.after_ack",
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "point"), [(name, point) for name, points in POINTS.items() for point in points])
async def test_a_process_killed_at_any_point_loses_and_repeats_nothing(
    pair: Pair, name: str, point: str, seed: int
) -> None:
    nth = 1 if point == "relay.mid_batch" else 1 + (seed + len(point)) % 3
    other = "echo" if name == "toy" else "toy"
    await pair.start(other)
    await pair.start(name, ANZE_CRASH_POINT=f"{point}:{nth}")
    async with asyncio.TaskGroup() as group:
        group.create_task(pair.work(seed))
        await pair.died(name)
        await pair.start(name)
    await pair.comes_right()


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_process_killed_while_draining_loses_and_repeats_nothing(pair: Pair, seed: int) -> None:
    await pair.start("toy")
    await pair.start("echo", ANZE_CRASH_POINT="app.in_drain")
    async with asyncio.TaskGroup() as group:
        group.create_task(pair.work(seed))
        pair.children["echo"].send(signal.SIGTERM)
        await pair.died("echo")
        await pair.start("echo")
    await pair.comes_right()


async def settle(pair: Pair, letter: str) -> int | None:
    """Ask for a replay; `None` when the process died while answering."""
    headers = {"Authorization": f"Bearer {testing.token(roles=['administrator'])}"}
    async with httpx.AsyncClient(timeout=30) as client:
        try:
            answer = await client.post(f"{pair.url('echo')}/v1/dead-letters/{letter}/replay", headers=headers)
        except httpx.TransportError:
            return None
    return answer.status_code


async def test_killed_inside_dead_lettering_and_inside_replay_all_is_applied_after_the_fix(pair: Pair) -> None:
    poisonous = {"TOY_POISON": "66", "ANZE_HANDLER_ATTEMPTS": "2"}
    await pair.start("toy")
    await pair.start("echo", ANZE_CRASH_POINT="consumer.in_dead_lettering", **poisonous)
    made = await pair.call("POST", "/v1/counters", 66, "first")
    await pair.call("PUT", f"/v1/counters/{made['id']}", 67, "second", 1)
    await pair.died("echo")
    await pair.start("echo", **poisonous)
    await pair.work(1)

    async def dead() -> str | None:
        [rows] = await pair.rows("echo", "SELECT id FROM dead_letter WHERE state = 'dead'")
        return str(rows[0]["id"]) if rows else None

    letter = await pair.until(dead, "a dead letter")
    await asyncio.to_thread(pair.children["echo"].stop)
    await pair.start("echo", ANZE_CRASH_POINT="dead_letters.in_replay")
    assert await settle(pair, letter) is None
    await pair.died("echo")
    await pair.start("echo")

    async def settled() -> bool:
        return await settle(pair, letter) in {200, 404, 409}

    await pair.until(settled, "a settled letter")
    pair.expectations.accepted[UUID(made["id"])] = [66, 67]
    await pair.comes_right()


@pytest.fixture
def own_nats(run_home: Path, pair: Pair) -> NatsServer:
    """A broker that this test may stop."""
    server = NatsServer(run_home / f"nats-{pair.stack.prefix}")
    server.start()
    pair.stack.nats_url = server.url
    return server


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_broker_stopped_and_started_delays_and_loses_nothing(
    pair: Pair, own_nats: NatsServer, seed: int
) -> None:
    try:
        await streams.provision(own_nats.url, toy.DECLARED)
        await pair.start("toy")
        await pair.start("echo")
        await pair.work(seed, counters=2)
        await asyncio.to_thread(own_nats.stop)
        await pair.work(seed + 1)  # writes go on
        async with httpx.AsyncClient() as client:
            ready = await client.get(f"{pair.url('toy')}/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        await asyncio.to_thread(own_nats.start)
        await pair.comes_right()
    finally:
        await pair.stop()
        await asyncio.to_thread(own_nats.stop)


async def test_a_deleted_stream_is_rebuilt_by_the_reconciler(pair: Pair) -> None:
    await pair.start("toy")
    await pair.start("echo")
    await pair.work(1)
    await pair.comes_right()
    await asyncio.to_thread(pair.children["echo"].stop)
    await pair.stack.provision(toy.DECLARED)  # deletes and recreates everything
    client = await streams.connect(pair.stack.nats_url, name="chaos")
    connection = await asyncpg.connect(databases.dsn(pair.stack.urls["toy"].runtime))
    try:
        assert await reconciler.republish_lost("toy", toy.DECLARED, connection, client) == 16
    finally:
        await connection.close()
        await client.close()
    await pair.work(2)
    await pair.start("echo")
    await pair.comes_right()


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_database_restarted_under_load_loses_nothing(pair: Pair, request: FixtureRequest, seed: int) -> None:
    if "DATABASE_URL" in os.environ:
        pytest.skip("a server named by DATABASE_URL is not ours to restart")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    await pair.start("toy")
    await pair.start("echo")

    async def some() -> bool:
        return len(pair.expectations.accepted) >= 3

    async with asyncio.TaskGroup() as group:
        group.create_task(pair.work(seed, counters=6, changes=5))
        await pair.until(some, "three counters")
        await asyncio.to_thread(server.restart)
    await pair.comes_right()


async def test_while_the_database_is_down_the_answer_is_a_problem_and_afterwards_all_goes_on(
    pair: Pair, request: FixtureRequest
) -> None:
    if "DATABASE_URL" in os.environ:
        pytest.skip("a server named by DATABASE_URL is not ours to stop")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    await pair.start("toy")
    await pair.start("echo")
    await pair.work(5, counters=2)
    bearer = {"Authorization": f"Bearer {testing.token(roles=['writer'])}", "Idempotency-Key": "while-down"}
    await asyncio.to_thread(server.stop)
    try:
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.post(f"{pair.url('toy')}/v1/counters", json={"value": 1}, headers=bearer)
    finally:
        await asyncio.to_thread(server.start)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    await pair.work(6, counters=2)
    await pair.comes_right()


async def test_every_event_delivered_twice_changes_nothing(pair: Pair) -> None:
    await pair.start("toy")
    await pair.start("echo")
    await pair.work(3)
    await pair.comes_right()
    connection = await asyncpg.connect(databases.dsn(pair.stack.urls["toy"].runtime))
    try:
        await connection.execute("INSERT INTO outbox SELECT seq, true FROM ledger ORDER BY seq DESC")
    finally:
        await connection.close()
    await pair.comes_right()
