"""After every fault the ledger of expectations counts lost, applied twice, stuck and out of order: all 0."""

import asyncio
import os
import random
import signal
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
from _pytest.fixtures import FixtureRequest

from shared.embedded.nats import NatsServer
from shared.embedded.postgres import PostgresServer
from shared.kernel import databases, reconciler, recovery, streams, testing
from shared.kernel.tests import toy
from tests.chaos.conftest import SEEDS, Expectations, Pair

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


HERE, THERE = UUID(int=1), UUID(int=2)
IN_ORDER = [(THERE, 3), (THERE, 4)]


@pytest.mark.parametrize(
    ("echo", "reactions", "counted"),
    [
        ((4, 2), IN_ORDER, {}),
        (None, [], {"lost": 2, "out of order": 2}),
        ((3, 1), IN_ORDER[:1], {"lost": 1, "out of order": 2}),
        ((4, 3), IN_ORDER, {"applied twice": 1}),
        ((4, 2), [*IN_ORDER, (THERE, 4)], {"out of order": 1}),
        ((3, 2), IN_ORDER[::-1], {"out of order": 2}),
    ],
)
def test_the_ledger_of_expectations_counts_every_fault(
    echo: tuple[int, int] | None, reactions: list[tuple[UUID, int]], counted: dict[str, int]
) -> None:
    expected = Expectations()
    expected.accepted[HERE] = [3, 4]
    assert expected.faults({HERE: echo} if echo else {}, reactions) == counted


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "point"), [(name, point) for name, points in POINTS.items() for point in points])
async def test_a_process_killed_at_any_point_loses_and_repeats_nothing(
    pair: Pair, name: str, point: str, seed: int
) -> None:
    nth = 1 if point == "relay.mid_batch" else 1 + (seed + len(point)) % 3
    other = "echo" if name == "toy" else "toy"
    await pair.start(other)
    await pair.start(name, ANZE_CRASH_POINT=f"{point}:{nth}")
    gone = asyncio.Event()

    async def busy() -> None:
        await pair.work(seed)
        while not gone.is_set():  # where few batches carried it all, the point is not reached yet
            await pair.work(seed, counters=1)

    async with asyncio.TaskGroup() as group:
        group.create_task(busy())
        await pair.died(name)
        gone.set()
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


@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_inside_dead_lettering_and_inside_replay_all_is_applied_after_the_fix(
    pair: Pair, seed: int
) -> None:
    poisonous = {"TOY_POISON": "66", "ANZE_HANDLER_ATTEMPTS": "2"}
    await pair.start("toy")
    await pair.start("echo", ANZE_CRASH_POINT="consumer.in_dead_lettering", **poisonous)
    made = await pair.call("POST", "/v1/counters", 66, "first")
    await pair.call("PUT", f"/v1/counters/{made['id']}", 67, "second", 1)
    await pair.died("echo")
    await pair.start("echo", **poisonous)
    await pair.work(seed, values=60)

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


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_deleted_stream_is_rebuilt_by_the_reconciler(pair: Pair, seed: int) -> None:
    await pair.start("toy")
    await pair.start("echo")
    await pair.work(seed)
    await pair.comes_right()
    await asyncio.to_thread(pair.children["echo"].stop)
    await pair.stack.provision(toy.DECLARED)  # deletes and recreates everything
    connection = await asyncpg.connect(databases.dsn(pair.stack.urls["toy"].runtime))
    try:
        assert await reconciler.republish_lost("toy", toy.DECLARED, connection, await pair.broker()) == 16
    finally:
        await connection.close()
    await pair.work(seed + 1)
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


@pytest.mark.parametrize("seed", SEEDS)
async def test_while_the_database_is_down_the_answer_is_a_problem_and_afterwards_all_goes_on(
    pair: Pair, request: FixtureRequest, seed: int
) -> None:
    if "DATABASE_URL" in os.environ:
        pytest.skip("a server named by DATABASE_URL is not ours to stop")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    await pair.start("toy")
    await pair.start("echo")
    await pair.work(seed, counters=2)
    bearer = {"Authorization": f"Bearer {testing.token(roles=['writer'])}", "Idempotency-Key": "while-down"}
    await asyncio.to_thread(server.stop)
    try:
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.post(f"{pair.url('toy')}/v1/counters", json={"value": 1}, headers=bearer)
    finally:
        await asyncio.to_thread(server.start)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    await pair.work(seed + 1, counters=2)
    await pair.comes_right()


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_event_twice_and_out_of_order_is_applied_once_and_in_order(pair: Pair, seed: int) -> None:
    await pair.start("toy")
    await pair.work(seed)

    async def published() -> bool:
        return await pair.rows("toy", "SELECT 1 FROM outbox") == [[]]

    await pair.until(published, "everything published")
    await asyncio.to_thread(pair.children["toy"].stop)
    client = await pair.broker()
    told = [one async for one in streams.read(client, "TOY")] * 2
    random.Random(seed).shuffle(told)  # noqa: S311 - a repeatable disorder
    await pair.stack.provision(toy.DECLARED)  # empty again
    for one in told:  # without its id, by which the broker would know the second of each
        head = {name: value for name, value in (one.headers or {}).items() if not name.startswith("Nats-")}
        await client.jetstream().publish((one.headers or {})["Nats-Subject"], one.data, headers=head)
    await pair.start("echo")
    await pair.comes_right()


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_database_restored_to_an_earlier_point_takes_back_what_the_stream_knows(pair: Pair, seed: int) -> None:
    if "DATABASE_URL" in os.environ:
        pytest.skip("a server named by DATABASE_URL is not ours to restore")
    database, backup = f"{pair.stack.prefix}toy", f"{pair.stack.prefix}backup"
    await pair.start("toy")
    await pair.start("echo")
    await pair.work(seed, counters=2)
    pair.children["toy"].send(signal.SIGKILL)  # the backup is of any moment: some of it may not be published yet
    await pair.died("toy")
    await execute(pair, f'CREATE DATABASE "{backup}" TEMPLATE "{database}"')
    await pair.start("toy")
    await pair.work(seed + 1, counters=2)
    await pair.comes_right()
    await asyncio.to_thread(pair.children["toy"].stop)
    await execute(pair, f'DROP DATABASE "{database}" WITH (FORCE)', f'ALTER DATABASE "{backup}" RENAME TO "{database}"')
    await pair.start("toy")

    async def refuses() -> bool:
        async with httpx.AsyncClient() as client:
            return "anze recover" in (await client.get(f"{pair.url('toy')}/readyz")).text

    await pair.until(refuses, "the service refusing to write")
    engine = databases.engine(pair.stack.urls["toy"].runtime)
    try:
        own, sessions = toy.DECLARED.streams_of("toy"), databases.session_maker(engine)
        done = await recovery.recover(own, sessions, await pair.broker(), toy.TOY.adopt)
    finally:
        await engine.dispose()
    assert done.adopted == 8
    await pair.work(seed + 2, counters=2)
    await pair.comes_right()


async def execute(pair: Pair, *statements: str) -> None:
    """Do what an administrator of the database server does."""
    connection = await asyncpg.connect(databases.dsn(pair.stack.admin_url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
