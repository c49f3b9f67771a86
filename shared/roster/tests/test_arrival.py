"""What the copy knew at a moment, it knew: nothing that arrives later changes it (I8)."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from shared.contracts.registry import OfficialChanged, OfficialRegistered, RegistryEvent
from shared.kernel import migrations
from shared.kernel.consumer import Consumer
from shared.kernel.envelope import Delivery
from shared.kernel.moments import settled
from shared.kernel.testing import Stack
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import projection, repository
from shared.roster.tables import metadata
from shared.roster.tests import messages
from shared.roster.tests.conftest import READER
from shared.roster.tests.messages import hour_of, named
from shared.roster.tests.test_copy import arrive, digest, stream

Sessions = async_sessionmaker[AsyncSession]
LATER = hour_of(100)


def version(number: int) -> Delivery:
    """The official 某人 under a name for each version, recorded an hour after one another, long before it arrives."""
    kind = OfficialRegistered if number == 1 else OfficialChanged
    event = kind(id=named("某人"), name=f"某人{number}", exercise=True)
    return messages.delivery(event, number, recorded=hour_of(number))


async def keep(work: UnitOfWork, delivery: Delivery) -> None:
    event = delivery.event()
    assert isinstance(event, RegistryEvent)
    await projection.keep(work, event, delivery)


async def moment(sessions: Sessions) -> datetime:
    """What an answer without `known_at` echoes."""
    async with sessions() as session:
        return await settled(session)


async def name(sessions: Sessions, known_at: datetime | None = None) -> str | None:
    async with sessions() as session:
        found = await repository.official_by_id(session, named("某人"), known_at=known_at)
        return None if found is None else found.name


async def test_i8_what_arrives_after_an_answer_changes_nothing_at_its_known_at(
    consumer: Consumer, sessions: Sessions
) -> None:
    await consumer.apply([version(1)])
    asked = await moment(sessions)
    assert await name(sessions, asked) == "某人1"
    late = version(2)
    assert late.recorded_at < asked
    await consumer.apply([late])
    assert await name(sessions, asked) == "某人1"
    assert await name(sessions) == await name(sessions, await moment(sessions)) == "某人2"


async def test_i8_an_arrival_that_is_not_committed_yet_holds_known_at_back(
    consumer: Consumer, sessions: Sessions
) -> None:
    await consumer.apply([version(1)])
    async with UnitOfWork(sessions, service=READER, actor="test") as work:
        await keep(work, version(2))
        asked = await moment(sessions)
        await work.commit()
    assert await name(sessions, asked) == "某人1"
    assert await name(sessions, await moment(sessions)) == "某人2"


async def test_i8_what_a_copy_answered_while_it_caught_up_stays_so(consumer: Consumer, sessions: Sessions) -> None:
    first, *others = messages.deliveries()
    await consumer.apply([first])
    asked = await moment(sessions)
    await consumer.apply(others)
    async with sessions() as session:
        then = await repository.load_roster(session, known_at=asked)
        assert [one.id for one in then.regions] == [first.ref.id]
        assert (then.organs, then.posts) == ((), ())


async def test_before_its_birth_a_copy_knows_what_the_registry_had_recorded(
    consumer: Consumer, sessions: Sessions
) -> None:
    assert await name(sessions, hour_of(2)) is None
    for one in (version(1), version(2), version(3)):
        await consumer.apply([one])
    seen = [await name(sessions, hour_of(hour)) for hour in range(5)]
    assert seen == [None, "某人1", "某人2", "某人3", "某人3"]


async def test_a_version_that_arrives_after_a_higher_one_was_never_the_newest_here(sessions: Sessions) -> None:
    async with sessions() as session, session.begin():
        for minutes, number in ((0, 1), (1, 3), (2, 2), (3, 4), (4, 3), (5, 1)):
            await arrive(session, version(number), LATER + timedelta(minutes=minutes))
    seen = [await name(sessions, LATER + timedelta(minutes=minutes)) for minutes in range(6)]
    assert seen == ["某人1", "某人3", "某人3", "某人4", "某人4", "某人4"]
    assert [await name(sessions, hour_of(hour)) for hour in (1, 2, 3, 4)] == ["某人1", "某人2", "某人3", "某人4"]


async def test_a_rebuilt_copy_answers_as_it_did_and_what_it_lacked_arrives_now(
    consumer: Consumer, sessions: Sessions
) -> None:
    await consumer.apply([version(1)])
    first = await moment(sessions)
    await consumer.apply([version(2)])
    second, live = await moment(sessions), await digest(sessions)
    for known in ((1, 2), (1, 2, 3)):
        async with UnitOfWork(sessions, service=READER, actor="test") as work:
            await projection.rebuild(work, stream([version(number) for number in known]))
            await work.commit()
        seen = [await name(sessions, known_at) for known_at in (first, second, None)]
        assert seen == ["某人1", "某人2", f"某人{known[-1]}"]
        assert (await digest(sessions) == live) is (known == (1, 2))


async def test_two_copies_are_equal_but_for_when_each_version_arrived(sessions: Sessions) -> None:
    seen = []
    for hours in (0, 1):
        async with sessions() as session:  # rolled back
            for one in messages.deliveries():
                await arrive(session, one, LATER + timedelta(hours=hours))
            seen.append([await projection.digest(session, arrivals=arrivals) for arrivals in (False, True)])
    (content, arrivals), (other_content, other_arrivals) = seen
    assert content == other_content
    assert arrivals != other_arrivals


@pytest.fixture
async def old(stack: Stack, sessions: Sessions) -> Sessions:
    """A copy from before arrivals were kept, with two versions, brought to the present revision."""
    assert sessions
    owner = create_async_engine(stack.urls[READER].owner)

    def go_back(connection: sa.Connection) -> None:
        metadata.drop_all(connection)
        connection.execute(sa.text("DELETE FROM alembic_version WHERE version_num LIKE 'roster%'"))
        made = migrations.config(READER)
        made.attributes["connection"] = connection
        command.upgrade(made, "roster_0001")

    row = sa.text(
        "INSERT INTO roster_official (id, version, recorded_at, superseded_at, exercise, name)"
        " VALUES (:id, :version, :recorded_at, :superseded_at, true, :name)"
    )
    rows = [
        {"id": named("某人"), "version": 1, "recorded_at": hour_of(1), "superseded_at": hour_of(2), "name": "某人1"},
        {"id": named("某人"), "version": 2, "recorded_at": hour_of(2), "superseded_at": None, "name": "某人2"},
    ]
    async with owner.begin() as connection:
        await connection.run_sync(go_back)
        await connection.execute(row, rows)
    await owner.dispose()
    await migrations.upgrade(READER, stack.urls[READER].owner)
    return sessions


async def test_a_copy_from_before_arrivals_goes_on_answering_as_it_did(old: Sessions) -> None:
    assert [await name(old, hour_of(hour)) for hour in range(4)] == [None, "某人1", "某人2", "某人2"]
    assert await name(old) == "某人2"
    async with UnitOfWork(old, service=READER, actor="test") as work:
        await keep(work, version(3))
        await work.commit()
    assert [await name(old, hour_of(hour)) for hour in (2, 3, 4)] == ["某人2", "某人2", "某人2"]
    assert await name(old) == "某人3"
