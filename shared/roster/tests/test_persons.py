"""Two records of one person in a copy: both ids bring both tenures, from the merge until it is undone."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.contracts.registry import OfficialMerged, OfficialRegistered, OfficialSeparated
from shared.kernel.consumer import Consumer
from shared.kernel.envelope import Delivery
from shared.roster import facts_of, repository
from shared.roster.facts import Official, Span
from shared.roster.tests import messages
from shared.roster.tests.messages import named

Sessions = async_sessionmaker[AsyncSession]
YEAR = Span(date(2025, 1, 1), date(2026, 12, 31))
MERGED = messages.START + timedelta(hours=100)
APART = messages.START + timedelta(hours=101)


def merge() -> Delivery:
    """丁 is 辛."""
    event = OfficialMerged(id=named("丁"), name="丁", exercise=True, merged_into=named("辛"))
    return messages.delivery(event, 2, recorded=MERGED)


def separation() -> Delivery:
    """丁 is not 辛."""
    event = OfficialSeparated(id=named("丁"), name="丁", exercise=True)
    return messages.delivery(event, 3, recorded=APART)


@pytest.mark.clause("art27")
@pytest.mark.parametrize("name", ["丁", "辛"])
async def test_either_id_of_a_merged_official_brings_both_tenures(
    consumer: Consumer, sessions: Sessions, name: str
) -> None:
    await consumer.apply([*messages.deliveries(), merge(), merge()])
    async with sessions() as session:
        both = await repository.appointments_of(session, named(name), YEAR)
        assert [one.id for one in both] == [named("辛任"), named("丁任")]
        assert await repository.identities(session, named(name)) == {named("丁"), named("辛")}
        before = await repository.identities(session, named(name), known_at=MERGED - timedelta(seconds=1))
        assert before == {named(name)}
        slices = [await repository.load_roster(session, officials=[named(one)]) for one in ("丁", "辛")]
        assert slices[0] == slices[1]
        found = await repository.official_by_id(session, named("丁"))
        assert found == Official(named("丁"), "丁", exercise=True, merged_into=named("辛"))
    assert facts_of.official_of(facts_of.official_event(OfficialRegistered, found)) == found


async def test_a_merge_undone_parts_them_in_whatever_order_the_events_come(
    consumer: Consumer, sessions: Sessions
) -> None:
    registered = [one for one in messages.deliveries() if one.ref.id == named("丁") and one.version == 1]
    others = [one for one in messages.deliveries() if one.ref.id != named("丁")]
    await consumer.apply(others)
    for order in permutations([*registered, merge(), separation()]):
        await consumer.apply([*order, *order])
    async with sessions() as session:
        assert await repository.identities(session, named("丁")) == {named("丁")}
        assert await repository.applied_version(session, "official", named("丁")) == 3
        held = await repository.appointments_of(session, named("辛"), YEAR)
        assert [one.id for one in held] == [named("辛任")]


async def test_a_chain_of_merges_is_one_person(consumer: Consumer, sessions: Sessions) -> None:
    third = OfficialRegistered(id=named("癸"), name="癸", exercise=True)
    into = OfficialMerged(id=named("辛"), name="辛", exercise=True, merged_into=named("癸"))
    later = [messages.delivery(third, 1, recorded=MERGED), messages.delivery(into, 2, recorded=APART)]
    await consumer.apply([*messages.deliveries(), merge(), *later])
    async with sessions() as session:
        for name in ("丁", "辛", "癸"):
            assert await repository.identities(session, named(name)) == {named("丁"), named("辛"), named("癸")}
        assert await repository.identities(session, named("nobody")) == {named("nobody")}
