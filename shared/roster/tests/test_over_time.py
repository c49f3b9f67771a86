"""Regions by date and organs that were succeeded, as the copy tells them."""

from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.contracts.registry import OrganRegistered, RegionRegistered
from shared.kernel.consumer import Consumer
from shared.roster import facts_of, repository
from shared.roster.facts import Heir, Span, SuccessionKind, Tier
from shared.roster.tests import messages
from shared.roster.tests.messages import CONFIRMED, ENDED, MOVED, named

FIRST = date(2018, 1, 1)
BEFORE = MOVED - timedelta(days=1)
Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def kept(consumer: Consumer, sessions: Sessions) -> Sessions:
    await consumer.apply(messages.deliveries())
    return sessions


@pytest.mark.clause("art2")
def test_a_region_that_changes_is_one_identity_in_stretches_that_share_no_day() -> None:
    found = facts_of.regions_of(messages.moved())
    assert {one.id for one in found} == {named("139902")}
    assert [(one.span, one.tier, one.admin_parent, one.competence) for one in found] == [
        (Span(FIRST, BEFORE), Tier.COUNTY, "139900", None),
        (Span(MOVED, CONFIRMED - timedelta(days=1)), Tier.CITY, "130000", None),
        (Span(CONFIRMED), Tier.CITY, "130000", Tier.CITY),
    ]


def test_what_begins_after_a_region_ended_is_no_stretch_of_it() -> None:
    ended = messages.moved().model_copy(update={"to_day": BEFORE})
    assert [one.span for one in facts_of.regions_of(ended)] == [Span(FIRST, BEFORE)]


@pytest.mark.clause("art6.5")
async def test_tier_parent_competence_and_name_are_those_of_the_day(kept: Sessions) -> None:
    async with kept() as session:
        days = (BEFORE, MOVED, CONFIRMED)
        found = [await repository.region_on(session, "139902", day) for day in days]
        assert [one and (one.tier, one.path[:-1], one.competence) for one in found] == [
            (Tier.COUNTY, ("130000", "139900"), None),
            (Tier.CITY, ("130000",), None),
            (Tier.CITY, ("130000",), Tier.CITY),
        ]
        assert [one and one.name for one in found] == ["演练139902", "演练邻市", "演练邻市"]
        assert await repository.path_of(session, "139902", BEFORE) == ("130000", "139900", "139902")
        last = await repository.region_by_id(session, named("139902"))
        assert last == found[-1]


async def test_a_slice_of_the_former_parent_still_has_what_was_below_it(kept: Sessions) -> None:
    async with kept() as session:
        roster = await repository.load_roster(session, under=["139900"])
        assert named("邻县政府") in {one.id for one in roster.organs}
        around = await repository.load_roster(session, organs=[named("邻县政府")])
    assert {one.code for one in around.regions} == {"130000", "139900", "139902"}


@pytest.mark.clause("art10.2")
async def test_the_copy_tells_what_became_of_an_organ_and_its_name_by_day(kept: Sessions) -> None:
    async with kept() as session:
        organ = await repository.organ_by_id(session, named("邻县政府"))
        assert organ is not None
        (succession,) = organ.successions
        assert (succession.kind, succession.day) == (SuccessionKind.MERGED, ENDED)
        assert succession.heirs == (Heir(named("县政府"), ("消防",)),)
        assert organ.name_on(FIRST) == "邻县人民政府"
        standing = await repository.organs_of(session, "139902", day=ENDED - timedelta(days=1))
        assert [one.id for one in standing] == [organ.id]
        assert await repository.organs_of(session, "139902", day=ENDED) == ()


async def test_facts_with_dates_come_back_as_they_were_told(kept: Sessions) -> None:
    async with kept() as session:
        roster = await repository.load_roster(session)
    for organ in roster.organs:
        assert facts_of.organ_of(facts_of.organ_event(OrganRegistered, organ)) == organ
    for region in roster.regions:
        assert facts_of.regions_of(facts_of.region_event(RegionRegistered, region)) == (region,)
