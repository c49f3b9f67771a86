"""What changes a row re-evaluates what depends on it and nothing else, and a rebuilt projection equals the live one."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.duties import repository
from services.duties.catalogue import load_catalogue
from services.duties.facts import Catalogue, Firmness
from services.duties.facts.overlays import Overlay, OverlayKind
from services.duties.handlers import evaluation, notices
from services.duties.repository import projection
from services.duties.rules.projected import periods_of_year
from services.duties.tests import story as cast
from services.duties.tests.builders import uid
from services.duties.tests.story import Act, Story, at
from shared.contracts.registry import (
    AppointmentCorrected,
    OfficialRegistered,
    OrganRegistered,
    PortfolioAssigned,
    PostRegistered,
    RegionRegistered,
)
from shared.kernel import clock
from shared.roster import facts_of
from shared.roster.facts import Appointment, Official, Portfolio, Span, Tier

TRIP = Act(date(2026, 2, 20), "research_trip", "甲", (cast.SECRETARY,))
INSPECTION = Act(date(2026, 3, 15), "led_inspection", "戊", (cast.ZONE_SECRETARY, cast.ZONE_DIRECTOR))


class Rows:
    """The derived rows by post, so that a test sees which ones were written anew."""

    def __init__(self, story: Story) -> None:
        self.sessions = story.running.app.state.sessions

    async def __call__(self) -> dict[UUID, set[str]]:
        found: dict[UUID, set[str]] = {}
        async with self.sessions() as session:
            for name in ("obligation", "obligation_act"):
                for row in await session.execute(sa.text(f"SELECT post_id, ctid::text || xmin::text FROM {name}")):
                    found.setdefault(row[0], set()).add(f"{name}{row[1]}")
        return found

    async def touched(self, change: Callable[[], Awaitable[Any]]) -> set[UUID]:
        before = await self()
        await change()
        after = await self()
        return {post for post in before.keys() | after.keys() if before.get(post) != after.get(post)}

    async def digest(self) -> str:
        async with self.sessions() as session:
            return await projection.digest(session)


async def unwatched(_done: int, _total: int | None) -> None:
    """Nobody follows the progress."""


def named(name: str) -> OfficialRegistered:
    return facts_of.official_event(OfficialRegistered, Official(uid("甲"), name, exercise=True))


@pytest.fixture
async def rows(story: Story) -> Rows:
    """The years from 2024 to 2027 are open, because the first event came in 2025 and the horizon moved on in 2026."""
    made = Rows(story)
    await evaluation.open_horizon(made.sessions, date(2026, 1, 2))
    story.turn(at(date(2026, 1, 2)))
    return made


def ended(appointment: Appointment, last: date) -> AppointmentCorrected:
    return facts_of.appointment_event(
        AppointmentCorrected, replace(appointment, span=Span(appointment.span.from_day, last))
    )


@pytest.mark.clause("art28")
async def test_one_appointment_change_touches_only_the_rows_of_its_post(story: Story, rows: Rows) -> None:
    await story.record(TRIP)
    await story.record(INSPECTION)
    (term,) = (one for one in cast.APPOINTMENTS if one.post_id == cast.ZONE_SECRETARY.id)

    async def change() -> None:
        await story.registry.say(ended(term, date(2026, 3, 14)), at=at(date(2026, 4, 1)))

    assert await rows.touched(change) == {cast.ZONE_SECRETARY.id}
    async with rows.sessions() as session:  # and nothing is left to do
        assert await projection.evaluate_acts_of_posts(session, [cast.ZONE_SECRETARY.id]) == 0
        assert await projection.evaluate_posts(session, [cast.ZONE_SECRETARY.id], periods_of_year(2026)) == 0


async def test_names_and_portfolios_touch_nothing_and_an_act_only_its_posts(story: Story, rows: Rows) -> None:
    portfolio = Portfolio(uid("portfolio"), cast.DEPUTY.id, Span(date(2026, 2, 10)), ("B06",), exercise=True)

    async def said() -> None:
        assigned = facts_of.portfolio_event(PortfolioAssigned, portfolio)
        await story.registry.say(named("演练乙"), assigned, at=at(date(2026, 2, 10)))

    async def recorded() -> None:
        await story.record(INSPECTION)

    assert await rows.touched(said) == set()
    assert await rows.touched(recorded) == {cast.ZONE_SECRETARY.id, cast.ZONE_DIRECTOR.id}


async def test_an_organ_touches_its_posts_and_a_region_the_posts_in_it(story: Story, rows: Rows) -> None:
    shut = replace(cast.EMERGENCY, span=Span(cast.ALWAYS.from_day, date(2026, 6, 30)))
    zone = next(one for one in cast.REGIONS if one.code == cast.ZONE)
    closed = replace(zone, span=Span(cast.ALWAYS.from_day, date(2026, 2, 28)))

    async def organ() -> None:
        await story.registry.say(facts_of.organ_event(OrganRegistered, shut), at=at(date(2026, 1, 5)))

    async def region() -> None:
        await story.registry.say(facts_of.region_event(RegionRegistered, closed), at=at(date(2026, 1, 6)))

    assert await rows.touched(organ) == {cast.BUREAU_HEAD.id, cast.BUREAU_DEPUTY.id}
    assert await rows.touched(region) == {cast.ZONE_SECRETARY.id, cast.ZONE_DIRECTOR.id}


async def test_a_rebuilt_projection_equals_the_live_one(story: Story, rows: Rows) -> None:
    """Events twice and out of order, records withdrawn and confirmed: nothing of it shows (I9)."""
    acts = [await story.record(one) for one in (TRIP, INSPECTION)]
    (term,) = (one for one in cast.APPOINTMENTS if one.post_id == cast.ZONE_DIRECTOR.id)
    moved = story.registry.envelope(ended(term, date(2026, 6, 30)), at(date(2026, 4, 1)))
    again = story.registry.envelope(ended(term, date(2026, 3, 1)), at(date(2026, 4, 2)))
    await story.registry.deliver(again, moved, again, moved)
    address = f"/v1/performances/{acts[0]['id']}"
    headers = story.running.acting("safety_office", subject="somebody else") | {"If-Match": '"1"'}
    assert (await story.running.http.post(f"{address}/verify", headers=headers)).is_success
    headers = story.running.acting("safety_office") | {"If-Match": '"2"'}
    assert (await story.running.http.post(f"{address}/withdraw", json={"reason": "误录"}, headers=headers)).is_success
    live = await rows.digest()
    done: list[tuple[int, int | None]] = []

    async def progress(so_far: int, total: int | None) -> None:
        done.append((so_far, total))

    result = await evaluation.rebuild(rows.sessions, progress)
    assert await rows.digest() == live
    assert done == [(number, len(cast.POSTS)) for number in (0, len(cast.POSTS))]
    assert (result["years"], result["posts"]) == ([2024, 2025, 2026, 2027], len(cast.POSTS))
    assert result["rows"] == sum(len(one) for one in (await rows()).values()) > 100
    async with rows.sessions() as session:  # what was broken is mended
        await session.execute(sa.text("DELETE FROM obligation_act"))
        await session.execute(sa.text("UPDATE obligation SET count = 2"))
        await session.commit()
    assert await rows.digest() != live
    await evaluation.rebuild(rows.sessions, progress)
    assert await rows.digest() == live


async def test_an_open_year_stays_as_it_is_and_a_new_one_comes_with_the_day(story: Story, rows: Rows) -> None:
    async def open_years() -> set[int]:
        async with rows.sessions() as session:
            return await projection.open_years(session)

    assert await open_years() == {2024, 2025, 2026, 2027}
    live = await rows.digest()
    assert await evaluation.open_year(rows.sessions, 2025) == 0
    assert await rows.digest() == live
    assert await evaluation.open_year(rows.sessions, 2023) > 0
    story.turn(at(date(2027, 1, 3)))
    await notices.sweep(rows.sessions, clock.now())
    assert await open_years() == {2023, 2024, 2025, 2026, 2027, 2028}


async def test_opening_a_year_goes_on_where_it_stopped_and_misses_nothing_that_came_meanwhile(
    story: Story, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is cut off after some regions; then something changes in one of those before and one of those after it."""
    assert await evaluation.open_year(rows.sessions, 2023) > 0
    shut = replace(cast.EMERGENCY, span=Span(cast.ALWAYS.from_day, date(2023, 6, 30)))
    zone = replace(next(one for one in cast.REGIONS if one.code == cast.ZONE), tier=Tier.TOWN)
    changes = (facts_of.organ_event(OrganRegistered, shut), facts_of.region_event(RegionRegistered, zone))
    async with rows.sessions() as session, session.begin():
        await session.execute(sa.text("DELETE FROM evaluated_year WHERE year = 2023"))
        await session.execute(sa.text("DELETE FROM obligation WHERE due_on < '2024-01-01'"))
    monkeypatch.setattr(projection, "STEP", 1)
    done: list[tuple[int, int | None]] = []

    async def cut_off(so_far: int, total: int | None) -> None:
        done.append((so_far, total))
        if len(done) == 2:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await evaluation.open_year(rows.sessions, 2023, cut_off)
    async with rows.sessions() as session:
        assert 2023 not in await projection.open_years(session)
    await story.registry.say(*changes, at=at(date(2026, 1, 5)))
    await evaluation.open_year(rows.sessions, 2023, cut_off)
    assert done[:2] == [(1, len(cast.POSTS)), (8, len(cast.POSTS))]
    assert done[-1] == (len(cast.POSTS) - 8, len(cast.POSTS))
    live = await rows.digest()
    await evaluation.rebuild(rows.sessions, cut_off)
    assert await rows.digest() == live


async def test_a_batch_of_roster_events_is_evaluated_once_and_equals_one_after_another(
    story: Story, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.record(TRIP)
    asked: list[int] = []
    evaluate = projection.evaluate_posts

    async def counted(session: Any, posts: Any, periods: Any) -> int:
        asked.append(len(posts))
        return await evaluate(session, posts, periods)

    monkeypatch.setattr(projection, "evaluate_posts", counted)
    shut = replace(cast.EMERGENCY, span=Span(cast.ALWAYS.from_day, date(2026, 6, 30)))
    (term,) = (one for one in cast.APPOINTMENTS if one.post_id == cast.SECRETARY.id and one.official_id == uid("甲"))
    renamed = replace(cast.SECRETARY, span=Span(date(2026, 2, 1)))
    await story.registry.say(
        facts_of.organ_event(OrganRegistered, shut),
        facts_of.post_event(PostRegistered, renamed),
        ended(term, date(2026, 1, 31)),
        at=at(date(2026, 1, 5)),
    )
    assert asked == [len({cast.BUREAU_HEAD.id, cast.BUREAU_DEPUTY.id, cast.SECRETARY.id, cast.MEMBER.id})]
    live = await rows.digest()
    await evaluation.rebuild(rows.sessions, unwatched)
    assert await rows.digest() == live


def amended() -> Catalogue:
    """A catalogue in which counties owe two trips a quarter, and zones no joint meeting until a reading is adopted."""
    whole = load_catalogue()
    trip, meeting = whole.duty("art5.3b"), whole.duty("art5.2b")
    others = tuple(one for one in whole.duties if one.id not in {trip.id, meeting.id})
    off = replace(meeting, scope={**meeting.scope, "zone": Firmness.OFF})
    return replace(whole, version="0" * 64, duties=(*others, replace(trip, count=2), off))


ZONE_MEETINGS = Overlay(
    id=uid("adopted"),
    kind=OverlayKind.INTERPRETATION,
    duty_id="art5.2b",
    scope="zone",
    span=Span(date(2026, 1, 1)),
    document="演练应急〔2026〕1号",
    issued_on=date(2026, 1, 1),
    issuer_organ_id=uid("issuer"),
    territory="130000",
    recorded_at=at(date(2026, 1, 1)),
    recorded_by="office",
    exercise=True,
)


@pytest.mark.clause("art30")
async def test_a_catalogue_or_a_reading_touches_only_the_rules_that_differ(rows: Rows) -> None:
    async def follow(catalogue: Catalogue) -> None:
        async with rows.sessions() as session, session.begin():
            await evaluation.follow_catalogue(session, catalogue)

    async def adopt() -> None:
        async with rows.sessions() as session, session.begin():
            await repository.put_overlay(session, ZONE_MEETINGS, (), ZONE_MEETINGS.recorded_at, 1)
            await evaluation.follow_adoption(session, ZONE_MEETINGS.duty_id)

    live = await rows.digest()
    assert await rows.touched(lambda: follow(amended())) == {cast.SECRETARY.id, cast.ZONE_SECRETARY.id}
    assert await rows.touched(adopt) == {cast.ZONE_SECRETARY.id}
    async with rows.sessions() as session, session.begin():
        await session.execute(sa.text("DELETE FROM overlay"))
    await follow(load_catalogue())
    assert await rows.digest() == live
