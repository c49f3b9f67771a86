"""The copy against redelivery, disorder and rebuilding (I9), and its schema."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared.contracts.registry import AccidentRecorded, RegistryEvent
from shared.contracts.topology import READERS, ROSTER
from shared.kernel.consumer import Consumer
from shared.kernel.envelope import Delivery, contracts
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import projection, repository
from shared.roster.subscription import roster_subscription
from shared.roster.tables import TABLES, metadata
from shared.roster.tests import messages
from shared.roster.tests.conftest import READER

Sessions = async_sessionmaker[AsyncSession]
MOMENTS = {"recorded_at", "superseded_at", "arrived_at", "replaced_at"}


async def stream(deliveries: Sequence[Delivery]) -> AsyncIterator[Delivery]:
    for one in deliveries:
        yield one


async def digest(sessions: Sessions, *, arrivals: bool = True) -> str:
    async with sessions() as session:
        return await projection.digest(session, arrivals=arrivals)


async def rebuilt(sessions: Sessions, deliveries: Sequence[Delivery], *, arrivals: bool = True) -> str:
    async with UnitOfWork(sessions, service=READER, actor="test") as work:
        assert await projection.rebuild(work, stream(deliveries)) == len(deliveries)
        await work.commit()
    return await digest(sessions, arrivals=arrivals)


async def rows(sessions: Sessions) -> int:
    async with sessions() as session:
        counts = [await session.scalar(sa.select(sa.func.count()).select_from(one)) for one in TABLES.values()]
        return sum(count or 0 for count in counts)


async def test_every_event_leaves_one_version_row_and_one_newest_row_per_aggregate(
    consumer: Consumer, sessions: Sessions
) -> None:
    await consumer.apply(messages.deliveries())
    assert await rows(sessions) == len(messages.facts())
    async with sessions() as session:
        for name, table in TABLES.items():
            newest = sa.select(sa.func.count()).select_from(table).where(table.c.superseded_at.is_(None))
            kinds = {one.id for one in messages.facts() if name == one.AGGREGATE}
            assert await session.scalar(newest) == len(kinds)


async def test_every_event_twice_changes_nothing(consumer: Consumer, sessions: Sessions) -> None:
    doubled = [one for delivery in messages.deliveries() for one in (delivery, delivery)]
    await consumer.apply(doubled)
    once = await digest(sessions)
    await consumer.apply(messages.deliveries())
    assert await digest(sessions) == once == await rebuilt(sessions, messages.deliveries())


async def test_out_of_order_in_many_batches_ends_like_in_order(consumer: Consumer, sessions: Sessions) -> None:
    for one in reversed(messages.deliveries()):
        await consumer.apply([one])
    live = await digest(sessions)
    assert live == await rebuilt(sessions, messages.deliveries())
    assert await rows(sessions) == len(messages.facts())


async def test_a_copy_with_a_lost_event_has_another_digest(consumer: Consumer, sessions: Sessions) -> None:
    everything = messages.deliveries()
    await consumer.apply(everything)
    whole = await digest(sessions, arrivals=False)
    assert await rebuilt(sessions, everything[:-1], arrivals=False) != whole
    assert await rebuilt(sessions, [*everything[:-2], everything[-1]], arrivals=False) != whole
    assert await rebuilt(sessions, everything, arrivals=False) == whole


async def test_a_rebuild_ignores_what_is_not_of_the_roster(sessions: Sessions) -> None:
    accident = AccidentRecorded(
        id=messages.named("accident"),
        title="演练",
        region_code="139901",
        path=messages.PATH,
        occurred_at=messages.START,
        industry="C26",
        type_code=None,
        type_standard=None,
        level="一般",
        decided_by=(),
        level_if_missing_dead="一般",
        deaths=0,
        missing=0,
        serious_injuries=0,
        direct_loss_yuan=None,
        investigated_by="county",
        chain=(),
        chain_version=1,
    )
    async with UnitOfWork(sessions, service=READER, actor="test") as work:
        other = messages.delivery(accident, 1, recorded=messages.START)
        assert await projection.rebuild(work, stream([other, *messages.deliveries()])) == len(messages.facts())


EVERYTHING = messages.deliveries()
ARRIVING = messages.hour_of(100)


async def arrive(session: AsyncSession, delivery: Delivery, moment: datetime) -> None:
    event = delivery.event()
    assert isinstance(event, RegistryEvent)
    await projection.record(session, event, delivery.version, delivery.recorded_at, moment)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations([*EVERYTHING, *EVERYTHING[-6:]]))
async def test_recording_in_any_order_gives_the_same_copy(sessions: Sessions, order: list[Delivery]) -> None:
    """Without the consumer's order, too: the projection alone is idempotent and commutative."""

    async def recorded(deliveries: Sequence[Delivery]) -> str:
        async with sessions() as session:  # rolled back
            for minutes, one in enumerate(deliveries):
                await arrive(session, one, ARRIVING + timedelta(minutes=minutes))
                await arrive(session, one, ARRIVING + timedelta(days=1))  # again, and nothing changes
            return await projection.digest(session)

    assert await recorded(order) == await recorded(EVERYTHING)


async def test_a_service_may_react_to_what_the_copy_already_holds(sessions: Sessions) -> None:
    seen: list[int] = []

    async def then(work: UnitOfWork, event: RegistryEvent, delivery: Delivery) -> None:
        assert await repository.applied_version(work.session, event.AGGREGATE, event.id) == delivery.version
        seen.append(delivery.version)

    async with UnitOfWork(sessions, service=READER, actor="test") as work:
        subscription = roster_subscription(then)
        for one in messages.deliveries():
            event = one.event()
            assert event is not None
            for kinds in (subscription.copies, subscription.handlers):
                await kinds[type(event)](work, event, one)
    assert len(seen) == len(messages.facts())


def test_the_subscription_is_the_declared_one_and_takes_every_roster_event() -> None:
    subscription = roster_subscription()
    declared = {(name, producer, kinds) for _, name, producer, kinds in READERS if name == "roster"}
    assert declared == {(subscription.name, subscription.source, subscription.aggregates)}
    of_roster = {one for one in contracts().values() if one.PRODUCER == "registry" and one.AGGREGATE in ROSTER}
    assert subscription.copies.keys() == of_roster
    assert set(TABLES) == set(ROSTER)


def test_every_field_of_a_roster_event_has_its_column() -> None:
    for event in roster_subscription().copies:
        columns = set(TABLES[event.AGGREGATE].columns.keys()) - MOMENTS - {"ancestry"}
        assert columns == set(event.model_fields) | {"version"}


async def test_the_migration_makes_the_tables_that_the_code_reads(engine: AsyncEngine) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        def ours(_thing: object, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
            return kind != "table" or (name or "").startswith("roster_")

        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return list(compare_metadata(context, metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        constraints = (
            "SELECT count(*) FROM pg_constraint WHERE contype IN ('f', 'x') AND conrelid::regclass::text LIKE 'roster%'"
        )
        assert await connection.scalar(sa.text(constraints)) == 0
