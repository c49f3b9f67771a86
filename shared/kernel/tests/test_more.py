"""What the other tests would not notice being broken: each of these catches one of `make mutants`."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import sqlalchemy as sa
from nats.aio.client import Client

from shared.kernel import clock, reconciler, relay, streams
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.problems import Unavailable
from shared.kernel.testing import Running, eventually
from shared.kernel.tests import toy
from shared.kernel.tests.conftest import Bench
from shared.kernel.unit_of_work import StoredAnswer, UnitOfWork

COUNTS = "SELECT (SELECT count(*) FROM counter), (SELECT count(*) FROM ledger), (SELECT count(*) FROM idempotency)"


async def tighten(bench: Bench, service: str, statement: str) -> None:
    """Change a table so that writing to it fails."""
    connection = await asyncpg.connect(bench.admin_dsn(service))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


class Sent:
    """A delivered message whose fate is noted."""

    def __init__(self, delivery: Delivery) -> None:
        self.headers, self.data, self.fate = delivery.headers, json.dumps(delivery.body).encode(), ""

    async def ack(self) -> None:
        self.fate = "ack"

    async def nak(self, delay: float) -> None:
        self.fate = f"nak {delay}"


async def test_i1_state_is_not_committed_without_its_ledger_row(bench: Bench) -> None:
    await tighten(bench, "toy", "ALTER TABLE ledger ADD CHECK (version < 1)")
    with pytest.raises(sa.exc.IntegrityError):
        await bench.open(1)
    assert await bench.rows("toy", COUNTS) == [(0, 0, 0)]


async def test_i1_a_write_and_its_remembered_answer_are_one_commit(bench: Bench) -> None:
    answer = StoredAnswer("tester", "key", b"fingerprint", 201, {}, b"{}")
    async with bench.work() as work:
        await toy.open_counter(work, 1)
        await work.commit(answer)
    async with bench.work() as work:
        await toy.open_counter(work, 2)
        with pytest.raises(sa.exc.IntegrityError):
            await work.commit(answer)
    assert await bench.rows("toy", COUNTS) == [(1, 1, 1)]


async def test_i1_a_commit_that_fails_is_not_answered_with_success(
    toy_service: Running, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_work: UnitOfWork, _answer: StoredAnswer | None = None) -> None:
        raise sa.exc.IntegrityError("commit", {}, Exception())

    monkeypatch.setattr(UnitOfWork, "commit", fail)
    answer = await toy_service.http.post("/v1/counters", json={"value": 1}, headers=toy_service.acting("writer"))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflicting_record")
    assert await bench.rows("toy", COUNTS) == [(0, 0, 0)]


async def test_i2_aggregates_are_locked_in_sorted_order(bench: Bench) -> None:
    first, second = sorted(Ref("counter", uuid4()) for _ in range(2))
    async with bench.work() as holder, bench.work() as waiter:
        await holder.lock(second)
        waiting = asyncio.create_task(waiter.lock(second, first))

        async def waits() -> bool:
            here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
            blocked = f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = {here}"
            return bool(await bench.rows("toy", blocked))

        await eventually(waits)
        free = f"SELECT pg_try_advisory_xact_lock(hashtext('counter'), hashtext('{first.id}'))"
        assert await bench.rows("toy", free) == [(False,)], "the smaller one is locked before the wait for the greater"
        await holder.commit()
        await waiting


async def test_i2_recorded_moments_increase_though_the_clock_is_set_back(bench: Bench, tmp_path: Path) -> None:
    ahead = tmp_path / "clock.json"
    ahead.write_text(json.dumps({"offset_seconds": 864_000}))
    clock.follow(ahead)
    try:
        identity = await bench.open(1)
    finally:
        clock.follow(None)
    for value in (2, 3):
        await bench.raise_to(identity, value)
    recorded = [one for (one,) in await bench.rows("toy", "SELECT recorded_at FROM ledger ORDER BY seq")]
    assert all(earlier < later for earlier, later in pairwise(recorded))


async def test_i3_a_late_commit_with_a_lower_seq_is_still_published(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = bench.work()
    async with slow:
        await toy.open_counter(slow, 1)
        await slow.append()
        await bench.open(2)
        publish, published, sealed, reads = relay.publish, 0, relay.Relay._sealed, 0

        async def noted(*arguments: Any) -> Any:
            nonlocal reads
            rows = await sealed(*arguments)
            reads += 1
            return rows

        async def next_read() -> bool:
            return reads > 1

        async def publish_while_the_slow_one_commits(
            client: Client, messages: Sequence[relay.Message], sent: asyncio.Event
        ) -> None:
            nonlocal published
            await publish(client, messages, sent)
            if not published:
                await eventually(next_read)  # so that what commits now is in no batch that is already read
                await slow.commit()
            published += 1

        monkeypatch.setattr(relay, "publish", publish_while_the_slow_one_commits)
        monkeypatch.setattr(relay.Relay, "_sealed", noted)
        await bench.publish()
    assert await bench.rows("toy", "SELECT data->>'value' FROM ledger ORDER BY seq") == [("1",), ("2",)]
    assert [one.body["value"] for one in await bench.deliveries()] == [2, 1]


async def test_i4_effect_and_position_are_committed_by_one_transaction(bench: Bench) -> None:
    await tighten(bench, "echo", "ALTER TABLE position ADD CHECK (applied_version < 1)")
    await bench.open(1)
    await bench.publish()
    with pytest.raises(sa.exc.IntegrityError):
        await bench.consumer().apply(await bench.deliveries())
    assert await bench.rows("echo", "SELECT (SELECT count(*) FROM echo), (SELECT count(*) FROM ledger)") == [(0, 0)]


async def test_i5_a_dead_event_that_comes_again_still_waits_for_a_person(bench: Bench) -> None:
    toy.FAILING.add(66)
    await bench.open(66)
    await bench.publish()
    consumer, message = bench.consumer(), Sent((await bench.deliveries())[0])
    consumer.attempts = 1
    await consumer.handle([message])  # type: ignore[list-item]
    assert message.fate == "ack"
    toy.FAILING.clear()
    await consumer.handle([message])  # type: ignore[list-item]
    assert await bench.rows("echo", "SELECT state FROM dead_letter") == [("dead",)]
    assert await bench.rows("echo", "SELECT applied_version, blocked FROM position") == [(0, True)]
    assert await bench.rows("echo", "SELECT count(*) FROM echo") == [(0,)]


async def test_i5_a_lost_connection_is_not_the_events_fault(bench: Bench) -> None:
    async def lost(_work: UnitOfWork, _event: toy.CounterState, _delivery: Delivery) -> None:
        raise ConnectionResetError

    await bench.open(1)
    await bench.publish()
    message = Sent((await bench.deliveries())[0])
    consumer = bench.consumer(replace(toy.SUBSCRIPTION, handlers={toy.CounterOpened: lost}))
    for _ in range(consumer.attempts + 1):
        with pytest.raises(ConnectionResetError):
            await consumer.handle([message])  # type: ignore[list-item]
    assert message.fate != "ack", "the message comes again"
    assert await bench.rows("echo", "SELECT count(*) FROM dead_letter") == [(0,)]


async def test_i5_what_the_public_stream_alone_lost_is_published_again(bench: Bench) -> None:
    await bench.open(1)
    await bench.publish()
    await bench.client.jetstream().delete_stream("PUBLIC")
    await streams.provision(bench.stack.nats_url, toy.DECLARED)
    connection = await asyncpg.connect(bench.dsn("toy"))
    try:
        assert await reconciler.republish_lost("toy", toy.DECLARED, connection, bench.client) == 1
    finally:
        await connection.close()
    await bench.publish()
    assert len([one async for one in streams.read(bench.client, "PUBLIC")]) == 1
    assert len(await bench.deliveries()) == 1


async def test_i6_two_seals_cannot_follow_one_predecessor(bench: Bench) -> None:
    await bench.open(1)
    await bench.publish()
    fork = "INSERT INTO seal SELECT 9, 9, prev_hash, hash, algorithm, sealed_at FROM seal"
    connection = await asyncpg.connect(bench.dsn("toy"))
    try:
        with pytest.raises(asyncpg.UniqueViolationError, match="prev_hash"):
            await connection.execute(fork)
    finally:
        await connection.close()


async def test_i6_a_halted_ledger_takes_no_write(bench: Bench) -> None:
    async with bench.sessions["toy"]() as session, session.begin():
        await session.execute(sa.text("INSERT INTO halt (reason, since) VALUES ('a restored database', now())"))
    with pytest.raises(Unavailable, match="a restored database"):
        await bench.open(1)
    assert await bench.rows("toy", COUNTS) == [(0, 0, 0)]


async def test_i7_a_recorded_read_is_sealed_and_stays_in_the_house(bench: Bench) -> None:
    read = toy.CounterRead(id=uuid4(), of=uuid4())
    async with bench.work() as work:
        await work.lock(Ref("reading", read.id))
        work.emit(read, path=toy.PATH)
        await work.commit()
    await bench.publish()
    counted = "SELECT (SELECT count(*) FROM seal), (SELECT count(*) FROM outbox)"
    assert await bench.rows("toy", counted) == [(1, 0)]
    assert await bench.deliveries() == []


async def test_i7_what_has_no_projection_reaches_neither_agencies_nor_the_public(bench: Bench) -> None:
    ref = Ref("echo", uuid4())
    async with bench.work("echo") as work:
        await work.lock(ref)
        work.emit(toy.Echoed(id=ref.id, value=1), path=toy.PATH)
        await work.commit()
    assert await bench.rows("echo", "SELECT agency_data IS NULL, public_data IS NULL FROM ledger") == [(True, True)]
    connection = await asyncpg.connect(bench.dsn("echo"))
    try:
        assert await relay.Relay("echo", bench.dsn("echo"), bench.client, toy.DECLARED).drain(connection) == 1
    finally:
        await connection.close()
    found = {
        name: len([one async for one in streams.read(bench.client, name)]) for name in ("ECHO", "AGENCY", "PUBLIC")
    }
    assert found == {"ECHO": 1, "AGENCY": 0, "PUBLIC": 0}
