"""I1 to I9 (docs/adr/0002): each test fails when its invariant is broken; `make mutants` breaks them one by one."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from uuid import uuid4, uuid5

import asyncpg
import pytest
import sqlalchemy as sa
from nats.errors import Error as NatsError

from shared.embedded.nats import NatsServer
from shared.kernel import clock, moments, reconciler, seals, streams
from shared.kernel.consumer import Subscription
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.relay import Relay
from shared.kernel.tests import toy
from shared.kernel.tests.conftest import Bench
from shared.kernel.unit_of_work import UnitOfWork

EVERYTHING = (
    "SELECT (SELECT count(*) FROM counter), (SELECT count(*) FROM ledger), (SELECT count(*) FROM outbox),"
    " (SELECT count(*) FROM idempotency)"
)


async def test_i1_state_ledger_and_outbox_appear_in_one_commit(bench: Bench) -> None:
    async with bench.work() as work:
        await toy.open_counter(work, 1)
        await work.append()
        assert await bench.rows("toy", EVERYTHING) == [(0, 0, 0, 0)]
        await work.commit()
    assert await bench.rows("toy", EVERYTHING) == [(1, 1, 1, 0)]


async def test_i1_what_is_not_committed_leaves_nothing(bench: Bench) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        await _open_and_fail(bench)
    assert await bench.rows("toy", EVERYTHING) == [(0, 0, 0, 0)]


async def _open_and_fail(bench: Bench) -> None:
    async with bench.work() as work:
        await toy.open_counter(work, 1)
        await work.append()
        raise RuntimeError("stop")


async def test_i2_concurrent_writers_leave_versions_without_gap_in_commit_order(bench: Bench) -> None:
    identity = await bench.open(0)
    await asyncio.gather(*(bench.raise_to(identity, value) for value in range(1, 41)))
    versions = await bench.rows("toy", "SELECT version, recorded_at FROM ledger ORDER BY seq")
    assert [version for version, _ in versions] == list(range(1, 42))
    moments_ = [recorded for _, recorded in versions]
    assert moments_ == sorted(set(moments_)), "recorded moments of one aggregate strictly increase"


async def test_i2_a_version_is_read_under_the_lock(bench: Bench) -> None:
    identity = await bench.open(0)
    first, second = bench.work(), bench.work()
    async with first, second:
        await toy.raise_counter(first, identity, 1)
        waiting = asyncio.create_task(second.lock(Ref("counter", identity)))
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done, "the second writer must wait for the first"
        await first.commit()
        await waiting
        assert second.version(Ref("counter", identity)) == 2


async def test_i2_two_events_on_one_aggregate_bump_by_two(bench: Bench) -> None:
    identity = uuid4()
    async with bench.work() as work:
        await toy.open_counter(work, 1, identity)
        await toy.raise_counter(work, identity, 2)
        await work.commit()
    assert await bench.rows("toy", "SELECT version FROM ledger ORDER BY seq") == [(1,), (2,)]


async def test_i3_without_puback_everything_stays_in_the_outbox(
    bench: Bench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await bench.open(1)
    await bench.open(2)
    server = NatsServer(Path(tmp_path_factory.mktemp("nats")))
    server.start()
    client = await streams.connect(server.url, name="i3")  # no stream there: nobody will acknowledge
    connection = await asyncpg.connect(bench.dsn("toy"))
    try:
        with pytest.raises((NatsError, TimeoutError)):
            await Relay("toy", bench.dsn("toy"), client, toy.DECLARED).drain(connection)
        assert await bench.rows("toy", "SELECT count(*) FROM outbox") == [(2,)]
    finally:
        await connection.close()
        await client.close()
        server.stop()
    await bench.publish()
    assert await bench.rows("toy", "SELECT count(*) FROM outbox") == [(0,)]
    assert len(await bench.deliveries()) == 2


async def test_i3_a_batch_published_twice_stands_in_the_stream_once(bench: Bench) -> None:
    for value in range(3):
        await bench.open(value)
    await bench.publish()
    async with bench.sessions["toy"]() as session, session.begin():
        await session.execute(sa.text("INSERT INTO outbox SELECT seq, true FROM ledger"))
    await bench.open(9)
    await bench.publish()
    assert [one.body["value"] for one in await bench.deliveries()] == [0, 1, 2, 9]


class _Recorded:
    """A message that notes what the database shows when it is acknowledged."""

    def __init__(self, bench: Bench, headers: dict[str, str], data: bytes) -> None:
        self.headers, self.data = headers, data
        self.seen: tuple[object, ...] | None = None
        self._bench = bench

    async def ack(self) -> None:
        query = "SELECT (SELECT count(*) FROM position WHERE applied_version = 1), (SELECT count(*) FROM echo)"
        self.seen = (await self._bench.rows("echo", query))[0]


async def test_i4_acknowledged_only_after_effect_and_position_are_committed(bench: Bench) -> None:
    await bench.open(7)
    await bench.publish()
    raw = [one async for one in streams.read(bench.client, "TOY")]
    message = _Recorded(bench, raw[0].headers or {}, raw[0].data)
    await bench.consumer().handle([message])  # type: ignore[list-item]
    assert message.seen == (1, 1)


async def test_i4_a_failing_batch_leaves_neither_effect_nor_position(bench: Bench) -> None:
    toy.FAILING.add(2)
    await bench.open(1)
    await bench.open(2)
    await bench.publish()
    with pytest.raises(ValueError, match="poison"):
        await bench.consumer().apply(await bench.deliveries())
    assert await bench.rows("echo", "SELECT (SELECT count(*) FROM position), (SELECT count(*) FROM echo)") == [(0, 0)]


async def test_i5_every_event_is_accounted_for_and_a_lost_one_is_applied(bench: Bench) -> None:
    ids = [await bench.open(value) for value in range(5)]
    await bench.publish()
    consumer = bench.consumer()
    pull = await bench.client.jetstream().pull_subscribe_bind(consumer=consumer.name, stream="TOY")
    messages = await pull.fetch(4, timeout=5)
    await consumer.handle(messages[:3])
    await messages[3].ack_sync()  # acknowledged and not applied: what must never happen, and must be found
    connection = await asyncpg.connect(bench.dsn("echo"))
    try:
        found, lost = await reconciler.account(consumer, connection)
        assert (found.applied, found.lost, found.pending) == (3, 1, 1)
        assert len(lost) == 1
        await reconciler.repair(consumer, connection)
        after, _ = await reconciler.account(consumer, connection)
        assert (after.applied, after.lost, after.pending) == (4, 0, 1)
    finally:
        await connection.close()
        await pull.unsubscribe()
    assert len(ids) == 5


async def test_i5_one_connection_reconciles_towards_the_stream_and_then_towards_a_consumer(bench: Bench) -> None:
    await bench.open(1)
    await bench.publish()
    connection = await asyncpg.connect(bench.dsn("echo"))
    try:
        assert await reconciler.republish_lost("toy", toy.DECLARED, connection, bench.client) == 0
        found, _ = await reconciler.account(bench.consumer(), connection)
        assert (found.pending, found.lost) == (1, 0)
    finally:
        await connection.close()


async def test_i5_what_a_stream_lost_is_published_again(bench: Bench) -> None:
    identity = await bench.open(1)
    await bench.raise_to(identity, 2)
    await bench.publish()
    await bench.stack.provision(toy.DECLARED)  # deletes and recreates the streams: everything in them is gone
    assert await bench.deliveries() == []
    connection = await asyncpg.connect(bench.dsn("toy"))
    try:
        assert await reconciler.republish_lost("toy", toy.DECLARED, connection, bench.client) == 2
        await bench.publish()
        assert await reconciler.republish_lost("toy", toy.DECLARED, connection, bench.client) == 0
    finally:
        await connection.close()
    assert [one.version for one in await bench.deliveries()] == [1, 2]


async def test_i6_a_second_sealer_cannot_fork_the_chain(bench: Bench) -> None:
    await bench.open(1)
    old, new = await asyncpg.connect(bench.dsn("toy")), await asyncpg.connect(bench.dsn("toy"))
    try:
        rows = [(row["seq"], row["digest"]) for row in await old.fetch("SELECT seq, digest FROM ledger")]
        async with old.transaction():
            stale = seals.chain(None, "toy", rows)  # the old relay computed its seals …
            await bench.publish()  # … and another one sealed meanwhile
            with pytest.raises(asyncpg.UniqueViolationError):
                await old.execute(
                    "INSERT INTO seal VALUES ($1, $2, $3, $4, 'sm3', now())",
                    stale[0].position,
                    stale[0].seq + 1,
                    stale[0].prev_hash,
                    stale[0].hash,
                )
    finally:
        await old.close()
        await new.close()
    assert await bench.rows("toy", "SELECT count(*) FROM seal") == [(1,)]


async def test_i7_agencies_and_the_public_see_their_projection_only(bench: Bench) -> None:
    await bench.open(5)
    await bench.publish()
    for stream, fields in (("AGENCY", {"id", "value"}), ("PUBLIC", {"id"})):
        (message,) = [one async for one in streams.read(bench.client, stream)]
        assert b"internal only" not in message.data
        assert set((await _body(message)).keys()) == fields
        assert not {"ce-actor", "ce-reason", "ce-causedby", "ce-transaction"} & set(message.headers or {})


async def _body(message: object) -> dict[str, object]:
    return dict(json.loads(message.data))  # type: ignore[attr-defined]


async def known(work: UnitOfWork, at: datetime) -> int:
    return int(
        await work.session.scalar(sa.text("SELECT count(*) FROM ledger WHERE recorded_at <= :at"), {"at": at}) or 0
    )


async def test_i8_known_at_asked_twice_answers_the_same_though_a_slow_commit_comes_between(bench: Bench) -> None:
    await bench.open(1)
    slow = bench.work()
    async with slow, bench.work() as reader:
        await toy.open_counter(slow, 2)
        await slow.append()
        await bench.open(3)
        async with bench.sessions["toy"]() as session:
            effective = await moments.settled(session)
        assert effective < slow.recorded_at
        before = await known(reader, effective)
        await slow.commit()
        assert await known(reader, effective) == before


async def test_i8_known_at_never_lies_in_the_future(bench: Bench) -> None:
    async with bench.sessions["toy"]() as session:
        asked = datetime(2999, 1, 1, tzinfo=clock.SHANGHAI)
        assert await moments.settled(session, asked) <= clock.now()


async def test_i9_a_projection_rebuilt_from_nothing_equals_the_live_one(bench: Bench) -> None:
    ids = [await bench.open(value) for value in range(6)]
    for round_ in range(1, 4):
        for identity in ids[:4]:
            await bench.raise_to(identity, round_ * 10)
    await bench.publish()
    consumer = bench.consumer(toy.MIRROR)
    for delivery in await bench.deliveries():
        await consumer.apply([delivery])
    live = await bench.rows("echo", "SELECT id, seen FROM echo ORDER BY id")
    async with bench.sessions["echo"]() as session, session.begin():
        await session.execute(sa.text("DELETE FROM echo"))
        await session.execute(sa.text("DELETE FROM position"))
    assert await reconciler.rebuild(consumer) == 18
    assert await bench.rows("echo", "SELECT id, seen FROM echo ORDER BY id") == live


async def test_i9_a_rebuilt_consumer_repeats_no_reaction(bench: Bench) -> None:
    await bench.open(1)
    await bench.publish()
    consumer = bench.consumer()
    await consumer.apply(await bench.deliveries())
    async with bench.sessions["echo"]() as session, session.begin():
        await session.execute(sa.text("DELETE FROM position"))
    await reconciler.rebuild(consumer)
    assert await bench.rows("echo", "SELECT (SELECT count(*) FROM ledger), (SELECT max(times) FROM echo)") == [(1, 1)]


async def test_i9_what_a_consumer_keeps_is_written_again_though_its_reaction_stands(bench: Bench) -> None:
    async def answer(work: UnitOfWork, event: toy.CounterState, delivery: Delivery) -> None:
        ref = Ref("echo", uuid5(toy.ECHOES, str(event.id)))
        await work.lock(ref)
        work.emit(toy.Echoed(id=ref.id, value=event.value), path=delivery.path)

    consumer = bench.consumer(
        Subscription("counters", "toy", ("counter",), {toy.CounterOpened: answer}, {toy.CounterOpened: toy.mirror})
    )
    for value in (3, 4):
        await bench.open(value)
    await bench.publish()
    await consumer.apply(await bench.deliveries())
    live = await bench.rows("echo", "SELECT id, seen FROM echo ORDER BY id")
    async with bench.sessions["echo"]() as session, session.begin():  # as a restore leaves it: reactions re-adopted
        await session.execute(sa.text("DELETE FROM echo"))
        await session.execute(sa.text("DELETE FROM position"))
    await reconciler.rebuild(consumer)
    assert await bench.rows("echo", "SELECT id, seen FROM echo ORDER BY id") == live
    assert await bench.rows("echo", "SELECT count(*) FROM ledger") == [(2,)]
