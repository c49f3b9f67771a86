"""Questions to the copy: by place, post, official and day, as known at any moment."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.contracts.registry import (
    AppointmentRecorded,
    OfficialRegistered,
    OrganRegistered,
    PortfolioAssigned,
    PostRegistered,
    RegionRegistered,
)
from shared.kernel.consumer import Consumer
from shared.roster import facts_of, repository
from shared.roster.facts import OrganRole, Roster, Span, Tier
from shared.roster.tests import messages
from shared.roster.tests.messages import named

Sessions = async_sessionmaker[AsyncSession]
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
async def kept(consumer: Consumer, sessions: Sessions) -> Sessions:
    """A database whose copy has everything."""
    await consumer.apply(messages.deliveries())
    return sessions


async def load(kept: Sessions, **filters: object) -> Roster:
    async with kept() as session:
        return await repository.load_roster(session, **filters)  # type: ignore[arg-type]  # a test's keywords


async def test_known_before_a_correction_the_old_value_stands(kept: Sessions) -> None:
    corrected = messages.hour_of(11)
    async with kept() as session:
        post, span = named("县化工分管"), Span(date(2026, 4, 1), date(2026, 4, 1))
        before = await repository.holders(session, post, span, known_at=messages.hour_of(10))
        assert [(one.id, one.span.to_day) for one in before] == [(named("辛任"), None)]
        assert await repository.holders(session, post, span, known_at=corrected) == ()
        now = await repository.holders(session, post, span)
        assert [one.official_id for one in now] == [named("丁")]
        portfolio = await repository.portfolios_of(session, post, YEAR, known_at=messages.hour_of(15))
        assert [one.span.from_day for one in portfolio] == [date(2025, 1, 10)]
        portfolio = await repository.portfolios_of(session, post, YEAR)
        assert [one.span.from_day for one in portfolio] == [date(2025, 1, 5)]


async def test_the_whole_roster_at_every_moment_holds_what_was_recorded_until_then(kept: Sessions) -> None:
    for hour, event in enumerate(messages.facts()):
        roster = await load(kept, known_at=messages.hour_of(hour))
        found = {one.id for one in roster.regions} | {one.id for one in roster.organs}
        found |= {one.id for one in roster.posts} | {one.id for one in roster.officials}
        found |= {one.id for one in roster.appointments} | {one.id for one in roster.portfolios}
        assert found == {one.id for one in messages.facts()[: hour + 1]}, event
        assert roster.known_at == messages.hour_of(hour)
    assert await load(kept) == await load(kept, known_at=messages.hour_of(99))


async def test_an_annulled_appointment_is_no_holding_and_stays_readable(kept: Sessions) -> None:
    async with kept() as session:
        held = await repository.appointments_of(session, named("丁"), YEAR)
        assert [one.id for one in held] == [named("丁任")]
        believed = await repository.appointments_of(session, named("丁"), YEAR, known_at=messages.hour_of(13))
        assert [one.id for one in believed] == [named("误任"), named("丁任")]
    marked = {one.id: one.annulled for one in (await load(kept)).appointments}
    assert marked == {named("辛任"): False, named("丁任"): False, named("误任"): True}


async def test_places_and_paths_are_those_of_the_day(kept: Sessions) -> None:
    async with kept() as session:
        region = await repository.region_on(session, "139901", date(2026, 1, 1))
        assert region is not None
        assert (region.tier, region.path) == (Tier.COUNTY, messages.PATH)
        assert await repository.region_by_id(session, region.id) == region
        assert await repository.region_on(session, "139901", date(2017, 12, 31)) is None
        assert await repository.path_of(session, "139901", date(2026, 1, 1)) == messages.PATH
        assert await repository.path_of(session, "130502", date(2026, 1, 1)) is None
        assert await repository.path_of_post(session, named("县化工分管"), date(2026, 1, 1)) == messages.PATH
        assert await repository.path_of_post(session, named("nobody"), date(2026, 1, 1)) is None


async def test_organs_posts_and_people_are_found(kept: Sessions) -> None:
    async with kept() as session:
        (organ,) = await repository.organs_of(session, "139901", day=date(2026, 1, 1))
        assert await repository.organ_by_id(session, organ.id) == organ
        assert await repository.organs_of(session, "139901", day=date(2017, 1, 1)) == ()
        (post,) = await repository.posts_of(session, organ.id)
        assert await repository.post_by_id(session, post.id) == post
        assert await repository.posts_of(session, organ.id, day=date(2025, 1, 9)) == ()
        official = await repository.official_by_id(session, named("辛"))
        assert official is not None
        assert official.name == "辛"
        assert await repository.official_by_id(session, named("nobody")) is None


async def test_a_role_in_a_word_of_tomorrow_is_left_out_and_the_organ_stays(kept: Sessions) -> None:
    async with kept() as session:
        organ = await repository.organ_by_id(session, named("县政府"))
    assert organ is not None
    assert [one.role for one in organ.roles] == [OrganRole.OTHER_REGULATOR]


async def test_a_region_of_a_tier_of_tomorrow_is_left_out(consumer: Consumer, kept: Sessions) -> None:
    region = messages.region("139903", "metropolis", ("130000", "139900", "139903"))
    await consumer.apply([messages.delivery(region, 1, recorded=messages.START)])
    async with kept() as session:
        assert await repository.region_on(session, "139903", date(2026, 1, 1)) is None
        assert await repository.applied_version(session, "region", region.id) == 1
    with pytest.raises(facts_of.UnknownWord):
        facts_of.region_of(region)


async def test_a_slice_around_an_official_has_posts_fellow_holders_organs_and_ancestors(kept: Sessions) -> None:
    roster = await load(kept, officials=[named("辛")])
    assert [one.id for one in roster.posts] == [named("县化工分管")]
    assert {one.name for one in roster.officials} == {"辛", "丁"}
    assert [one.name for one in roster.organs] == ["县政府"]
    assert {one.code for one in roster.regions} == set(messages.PATH)
    assert len(roster.portfolios) == 1
    assert await load(kept, posts=[named("县化工分管")]) == roster
    assert await load(kept, officials=[named("nobody")]) == Roster()


async def test_a_slice_of_places_has_their_organs_with_and_without_holders(kept: Sessions) -> None:
    city = await load(kept, under=["139900"])
    assert {one.name for one in city.organs} == {"县政府", "邻县政府"}
    assert {one.code for one in city.regions} == {"130000", "139900", "139901", "139902"}
    assert (await load(kept, regions=["139900"])).organs == ()
    neighbour = await load(kept, regions=["139902"])
    assert [one.title for one in neighbour.posts] == ["代县长"]
    assert neighbour.appointments == ()
    assert await load(kept, organs=[named("邻县政府")]) == neighbour
    assert (await load(kept, regions=["139902"], officials=[named("辛")])).posts == ()


async def test_the_span_narrows_appointments_and_portfolios_only(kept: Sessions) -> None:
    spring = await load(kept, posts=[named("县化工分管")], during=Span(date(2026, 4, 1), date(2026, 4, 30)))
    assert {one.id for one in spring.appointments} == {named("丁任"), named("误任")}
    early = await load(kept, posts=[named("县化工分管")], during=Span(date(2025, 1, 1), date(2025, 1, 4)))
    assert (early.appointments, early.portfolios, len(early.posts)) == ((), (), 1)


async def test_exercise_rows_stay_apart(kept: Sessions) -> None:
    real, exercise = await load(kept, exercise=False), await load(kept, exercise=True)
    assert (real.posts, real.organs, real.appointments, real.officials) == ((), (), (), ())
    assert exercise == await load(kept)


async def test_the_applied_version_is_the_newest_in_the_copy(kept: Sessions) -> None:
    async with kept() as session:
        assert await repository.applied_version(session, "appointment", named("辛任")) == 2
        assert await repository.applied_version(session, "appointment", named("nobody")) == 0
        with pytest.raises(KeyError):
            await repository.applied_version(session, "accident", named("nobody"))


async def test_facts_become_events_and_events_facts_without_loss(kept: Sessions) -> None:
    roster = await load(kept)
    for region in (*roster.regions, replace(roster.regions[0], competence=Tier.CITY)):
        assert facts_of.region_of(facts_of.region_event(RegionRegistered, region)) == region
    for organ in roster.organs:
        assert facts_of.organ_of(facts_of.organ_event(OrganRegistered, organ)) == organ
    for post in roster.posts:
        assert facts_of.post_of(facts_of.post_event(PostRegistered, post)) == post
    for official in roster.officials:
        assert facts_of.official_of(facts_of.official_event(OfficialRegistered, official)) == official
    for appointment in roster.appointments:
        event = facts_of.appointment_event(AppointmentRecorded, appointment, attested_by="档案", flags=("art23",))
        assert facts_of.appointment_of(event) == appointment
        assert (event.attested_by, event.flags) == ("档案", ("art23",))
    for portfolio in roster.portfolios:
        assert facts_of.portfolio_of(facts_of.portfolio_event(PortfolioAssigned, portfolio)) == portfolio
