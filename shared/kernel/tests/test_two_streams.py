"""A producer with two streams: one ledger and one chain, but whoever may read the second never sees the first."""

import asyncio
from typing import ClassVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql import insert

from shared.kernel import audit, reconciler, recovery, relay, seals, streams
from shared.kernel.app import Service, create_app
from shared.kernel.consumer import Subscription, delivery_of
from shared.kernel.envelope import Event, Ref
from shared.kernel.settings import Settings
from shared.kernel.streams import ConsumerSpec, Declarations, StreamSpec
from shared.kernel.testing import Stack, eventually
from shared.kernel.tests import toy
from shared.kernel.tests.conftest import Bench
from shared.kernel.tests.test_seals import tamper
from shared.kernel.unit_of_work import UnitOfWork


class TallyKept(Event):
    PRODUCER: ClassVar[str] = "toy"
    AGGREGATE: ClassVar[str] = "tally"
    NAME: ClassVar[str] = "kept"
    value: int


ADOPT: dict[type[Event], recovery.Adopt] = {
    toy.CounterOpened: toy.adopt,
    toy.CounterRaised: toy.adopt,
    TallyKept: toy.adopt,
}
TALLIES = Subscription("tallies", "toy", ("tally",), {TallyKept: toy.mirror})
BOTH = Subscription("both", "toy", ("counter", "tally"), {})
TWO = Declarations(
    streams=(
        StreamSpec("TOY", ("anze.v1.internal.toy.counter.>",)),
        StreamSpec("TOY_TALLIES", ("anze.v1.internal.toy.tally.>",)),
        *toy.DECLARED.streams[1:],
    ),
    consumers=(*toy.DECLARED.consumers, ConsumerSpec("echo-tallies", "TOY_TALLIES", TALLIES.filters())),
)
READER = Service("echo", "/echo", "回声", "", (), {}, subscriptions=(toy.SUBSCRIPTION, TALLIES))
STATE = "SELECT id, value FROM counter ORDER BY id"
LEDGER = "SELECT seq, id, digest FROM ledger ORDER BY seq"


@pytest.fixture
async def two(bench: Bench) -> Bench:
    """The toys on a backbone on which the producer has two streams."""
    await bench.stack.provision(TWO)
    bench.declared = TWO
    return bench


async def keep(work: UnitOfWork, value: int, identity: UUID) -> None:
    """Keep a tally; its state lies in the counters' table."""
    await work.lock(Ref("tally", identity))
    statement = insert(toy.COUNTER).values(id=identity, value=value, region="130100")
    await work.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"value": value}))
    work.emit(TallyKept(id=identity, value=value), path=toy.PATH)


async def both(bench: Bench, values: range) -> None:
    """A counter and a tally of each value, both in one transaction."""
    for value in values:
        async with bench.work() as work:
            await toy.open_counter(work, value)
            await keep(work, value, uuid4())
            await work.commit()


async def held(bench: Bench, stream: str) -> list[tuple[str, int]]:
    """Kind and value of what a stream holds, in order."""
    found = [delivery_of(one.headers, one.data) async for one in streams.read(bench.client, stream)]
    return [(one.ref.type, one.body["value"]) for one in found]


async def positions(bench: Bench, stream: str) -> list[int]:
    """The links of the chain that a stream witnesses."""
    return [seals.parse((one.headers or {})["ce-seal"])[0] async for one in streams.read(bench.client, stream)]


async def republish(bench: Bench) -> int:
    connection = await asyncpg.connect(bench.dsn("toy"))
    try:
        return await reconciler.republish_lost("toy", bench.declared, connection, bench.client)
    finally:
        await connection.close()


async def test_one_batch_goes_to_both_streams_under_one_chain(two: Bench) -> None:
    await both(two, range(3))
    await two.publish()
    assert await held(two, "TOY") == [("counter", value) for value in range(3)]
    assert await held(two, "TOY_TALLIES") == [("tally", value) for value in range(3)]
    assert await positions(two, "TOY") == [1, 3, 5]
    assert await positions(two, "TOY_TALLIES") == [2, 4, 6]
    assert await two.rows("toy", "SELECT count(*) FROM outbox") == [(0,)]


@pytest.mark.parametrize("newest", ["counter", "tally"])
async def test_the_newest_seal_is_the_newest_of_all_streams(two: Bench, newest: str) -> None:
    await both(two, range(2))
    if newest == "counter":
        await two.open(9)
    await two.publish()
    head = await relay.newest_seal(two.own, two.client)
    assert head is not None
    assert head[0] == (5 if newest == "counter" else 4)
    assert await audit.audit("toy", two.sessions["toy"], head) == []


@pytest.mark.parametrize("kept", [4, 5], ids=["both streams know more", "the second stream alone knows more"])
async def test_after_a_restore_writes_stop_until_both_streams_are_readopted(two: Bench, kept: int) -> None:
    await both(two, range(3))
    await two.publish()
    state, rows = await two.rows("toy", STATE), await two.rows("toy", LEDGER)
    await tamper(
        two,
        f"DELETE FROM seal WHERE seq > {kept}",
        f"DELETE FROM counter WHERE id IN (SELECT aggregate_id FROM ledger WHERE seq > {kept})",
        f"DELETE FROM ledger WHERE seq > {kept}",
        f"SELECT setval(pg_get_serial_sequence('ledger', 'seq'), {kept})",
    )
    service = await two.stack.start(toy.TOY, TWO)

    async def refused() -> bool:
        ready = await service.http.get("/readyz")
        return ready.status_code == 503 and "anze recover" in ready.text

    await eventually(refused)
    done = await recovery.recover(two.own, two.sessions["toy"], two.client, ADOPT)
    assert (done.adopted, done.sealed, done.missing_positions) == (6 - kept, 0, 0)
    assert await two.rows("toy", STATE) == state
    assert await two.rows("toy", LEDGER) == rows
    assert await audit.audit("toy", two.sessions["toy"], await relay.newest_seal(two.own, two.client)) == []


async def test_what_the_second_stream_alone_lost_is_published_again(two: Bench) -> None:
    await both(two, range(3))
    await two.publish()
    assert await republish(two) == 0
    await two.client.jetstream().delete_stream("TOY_TALLIES")
    await streams.provision(two.stack.nats_url, TWO)
    assert await republish(two) == 3
    await two.publish()
    assert await held(two, "TOY_TALLIES") == [("tally", value) for value in range(3)]
    assert len(await held(two, "TOY")) == 3
    assert await republish(two) == 0


async def test_a_durable_of_the_second_stream_is_accounted_repaired_and_rebuilt(two: Bench) -> None:
    await both(two, range(3))
    await two.publish()
    consumer = two.consumer(TALLIES)
    pull = await two.client.jetstream().pull_subscribe_bind(consumer=consumer.name, stream="TOY_TALLIES")
    for message in await pull.fetch(2, timeout=10):
        await message.ack_sync(timeout=10)  # acknowledged and never applied
    connection = await asyncpg.connect(two.dsn("echo"))
    try:
        found = await reconciler.repair(consumer, connection)
        assert (found.lost, found.pending, found.applied) == (2, 1, 0)
        after, lost = await reconciler.account(consumer, connection)
        assert (after.applied, after.pending, lost) == (2, 1, [])
    finally:
        await connection.close()
    assert await reconciler.rebuild(consumer) == 3
    assert await two.rows("echo", "SELECT seen FROM echo ORDER BY seen") == [(0,), (1,), (2,)]


async def test_both_durables_are_served_and_readiness_names_a_missing_second_stream(two: Bench) -> None:
    writer, reader = await two.stack.start(toy.TOY, TWO), await two.stack.start(READER, TWO)
    await both(two, range(2))

    async def arrived() -> bool:
        return await two.rows("echo", "SELECT count(*) FROM echo") == [(4,)]

    await eventually(arrived)
    assert (await reader.http.get("/readyz")).json()["status"] == "ready"
    await two.client.jetstream().delete_stream("TOY_TALLIES")
    assert (await writer.http.get("/readyz")).json()["wrong"] == ["TOY_TALLIES: missing stream"]
    wrong = (await reader.http.get("/readyz")).json()["wrong"]
    assert wrong == ["TOY_TALLIES: missing stream", "echo-tallies: missing consumer"]


async def test_a_type_that_moves_to_a_stream_of_its_own_takes_its_past_along(bench: Bench) -> None:
    """Provisioning narrows the old stream before it makes the new one; the reconciler brings the events over."""
    old = ConsumerSpec("echo-tallies", "TOY", TALLIES.filters())
    await streams.provision(bench.stack.nats_url, Declarations(toy.DECLARED.streams, (*toy.DECLARED.consumers, old)))
    await both(bench, range(3))
    await bench.publish()
    assert len(await held(bench, "TOY")) == 6
    await streams.provision(bench.stack.nats_url, TWO)
    bench.declared = TWO
    try:
        assert await streams.drift(bench.client.jetstream(), TWO) == []
        assert await republish(bench) == 3
        await bench.publish()
        assert await held(bench, "TOY_TALLIES") == [("tally", value) for value in range(3)]
        assert await republish(bench) == 0
        assert await reconciler.rebuild(bench.consumer(TALLIES)) == 3
    finally:
        await bench.client.jetstream().delete_stream("TOY_TALLIES")


class Trying(relay.Relay):
    """A relay that counts its attempts."""

    tried = 0

    async def drain(self, connection: asyncpg.Connection) -> int:
        self.tried += 1
        return await super().drain(connection)


async def test_what_no_stream_carries_stays_in_the_outbox_and_the_relay_tries_on(two: Bench) -> None:
    without = Declarations(tuple(one for one in TWO.streams if one.name != "TOY_TALLIES"), toy.DECLARED.consumers)
    await both(two, range(1))
    trying = Trying("toy", two.dsn("toy"), two.client, without)
    task = asyncio.create_task(trying.run())
    try:

        async def again() -> bool:
            return trying.tried > 1

        await eventually(again)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await two.rows("toy", "SELECT count(*) FROM outbox") == [(2,)]


def test_a_durable_takes_aggregates_of_one_stream_only() -> None:
    assert TWO.stream_for(*TALLIES.filters()) == "TOY_TALLIES"
    for stream in ("TOY", "TOY_TALLIES"):
        with pytest.raises(LookupError, match=r"toy\.tally"):
            Declarations(TWO.streams, (ConsumerSpec("echo-both", stream, BOTH.filters()),))
    with pytest.raises(LookupError, match="echo-tallies"):
        Declarations(
            toy.DECLARED.streams + TWO.streams[1:2], (ConsumerSpec("echo-tallies", "ECHO", TALLIES.filters()),)
        )
    with pytest.raises(LookupError, match=r"toy\.unheard"):
        TWO.stream_for("anze.v1.internal.toy.unheard.>")


async def test_a_service_that_subscribes_across_streams_does_not_start(toys: Stack) -> None:
    settings = Settings.model_validate(toys.environment("echo"))
    with pytest.raises(LookupError, match=r"toy\.tally"):
        create_app(Service("echo", "/echo", "回声", "", (), {}, subscriptions=(BOTH,)), settings, TWO)


def test_a_service_needs_the_streams_it_writes_and_those_of_its_durables() -> None:
    assert {one.name for one in TWO.of("toy").streams} == {"TOY", "TOY_TALLIES", "AGENCY", "PUBLIC"}
    only = Declarations(TWO.streams, TWO.consumers[-1:])
    assert {one.name for one in only.of("echo").streams} == {"ECHO", "TOY_TALLIES", "AGENCY", "PUBLIC"}
