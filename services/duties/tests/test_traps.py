"""Where a quick reading of Art. 5 to 12 goes wrong, asked over HTTP.

What is expected was written down from the statute and its reading before the answers were looked at.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from services.duties.tests import story as cast
from services.duties.tests.builders import uid
from services.duties.tests.story import Act, Story, at, body
from shared.contracts.registry import (
    AppointmentAnnulled,
    AppointmentCorrected,
    AppointmentRecorded,
    DatedTierPart,
    OrganRegistered,
    RegionChanged,
)
from shared.roster import facts_of
from shared.roster.facts import Appointment, Organ, OrganKind, Post, Span, Tier

YEAR = {"from": "2026-01-01", "to": "2026-12-31", "as_of": "2027-01-01"}


def term(post: Post) -> Appointment:
    """The first appointment to a post."""
    return next(one for one in cast.APPOINTMENTS if one.post_id == post.id)


async def ends(story: Story, post: Post, last: date) -> None:
    """The holder of a post leaves it."""
    held = term(post)
    ended = replace(held, span=Span(held.span.from_day, last))
    story.turn(at(last))
    await story.registry.say(facts_of.appointment_event(AppointmentCorrected, ended), at=at(last))


async def begins(story: Story, who: str, post: Post, first: date, *, acting: bool = False) -> None:
    """Somebody takes a post."""
    story.turn(at(first))
    made = Appointment(uid(f"{who}{post.id}{first}"), post.id, uid(who), Span(first), acting=acting, exercise=True)
    await story.registry.say(facts_of.appointment_event(AppointmentRecorded, made), at=at(first))


async def recorded(story: Story, act: Act, moment: datetime, **changes: Any) -> httpx.Response:
    """The answer to an act that is recorded at a moment."""
    story.turn(moment)
    headers = story.running.acting("safety_office", subject="recorder")
    return await story.running.http.post("/v1/performances", json=body(act, **changes), headers=headers)


async def owed(story: Story, duty_id: str, label: str = "", **query: Any) -> list[dict[str, Any]]:
    """Obligations of a duty, of one period or of the year, as they stand after it."""
    page = await story.get("/v1/obligations", **(YEAR | query), exercise=True, limit=500)
    return [one for one in page["items"] if one["duty_id"] == duty_id and one["period"]["label"].endswith(label)]


def who_held(shown: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(one["official_id"], one["days"], one["acting"], one["spans"]) for one in shown["incumbents"]]


def span(first: str, last: str | None = None) -> dict[str, str | None]:
    return {"from_day": first, "to_day": last}


@pytest.mark.clause("art6.3", "art28")
async def test_an_acting_head_fulfils_and_nobody_does_on_the_days_between(story: Story) -> None:
    """The magistrate leaves on 10 February; from the 16th somebody acts: 41, 44 and 5 days of the quarter's 90."""
    await ends(story, cast.MAGISTRATE, date(2026, 2, 10))
    await begins(story, "癸", cast.MAGISTRATE, date(2026, 2, 16), acting=True)
    for who in ("丙", "癸"):
        between = Act(date(2026, 2, 12), "led_inspection", who, (cast.MAGISTRATE,))
        refused = await recorded(story, between, at(date(2026, 3, 1)))
        assert (refused.status_code, refused.json()["code"]) == (422, "performance.outside_appointment")
    (lapsed,) = await owed(story, "art6.3b", "2026-Q1", post_id=cast.MAGISTRATE.id)
    assert (lapsed["status"], lapsed["vacancy_days"]) == ("lapsed", 5)
    assert who_held(lapsed) == [
        (str(uid("丙")), 41, False, [span("2023-06-01", "2026-02-10")]),
        (str(uid("癸")), 44, True, [span("2026-02-16")]),
    ]
    last_day = Act(date(2026, 3, 31), "led_inspection", "癸", (cast.MAGISTRATE,))
    assert (await recorded(story, last_day, at(last_day.day))).status_code == 201
    (fulfilled,) = await owed(story, "art6.3b", "2026-Q1", post_id=cast.MAGISTRATE.id)
    assert (fulfilled["status"], fulfilled["fulfilled_on"]) == ("fulfilled", "2026-03-31")


@pytest.mark.clause("art9.4", "art28")
async def test_who_leaves_and_comes_back_within_the_quarter_is_listed_once(story: Story) -> None:
    await ends(story, cast.DEPUTY, date(2026, 1, 31))
    await begins(story, "辛", cast.DEPUTY, date(2026, 3, 1))
    (shown,) = await owed(story, "art9.4", "2026-Q1", post_id=cast.DEPUTY.id)
    twice = [span("2025-01-10", "2026-01-31"), span("2026-03-01")]
    assert who_held(shown) == [(str(uid("辛")), 62, False, twice)]
    assert (shown["status"], shown["vacancy_days"]) == ("lapsed", 28)


@pytest.mark.clause("art6.3")
async def test_a_post_that_nobody_holds_owes_all_the_same_and_no_name_is_put_to_it(story: Story) -> None:
    months = await owed(story, "art6.3c", post_id=cast.TOWN_HEAD.id)
    assert [(one["status"], one["incumbents"]) for one in months] == [("lapsed", [])] * 12
    assert sum(one["vacancy_days"] for one in months) == 365


@pytest.mark.clause("art10.2")
async def test_a_half_year_ends_at_midnight_in_shanghai(story: Story) -> None:
    on_the_last_day = Act(date(2026, 6, 30), "led_inspection", "己", (cast.BUREAU_HEAD,))
    tomorrow = Act(date(2026, 7, 1), "led_inspection", "己", (cast.BUREAU_HEAD,))
    refused = await recorded(story, tomorrow, datetime(2026, 6, 30, 15, 59, tzinfo=UTC))
    assert (refused.status_code, refused.json()["code"]) == (422, "performance.in_future")
    kept = await recorded(story, on_the_last_day, datetime(2026, 6, 30, 16, 1, tzinfo=UTC))
    assert kept.status_code == 201, kept.text
    halves = await owed(story, "art10.2a", post_id=cast.BUREAU_HEAD.id)
    inspections = [one for one in halves if one["requirement_id"].endswith("inspection")]
    assert [(one["status"], one["late_recorded"]) for one in inspections] == [("fulfilled", True), ("lapsed", False)]


@pytest.mark.clause("art5.3")
async def test_the_leap_day_is_a_day_of_february_and_no_other_year_has_it(story: Story) -> None:
    leap = Act(date(2028, 2, 29), "led_inspection", "戊", (cast.ZONE_SECRETARY,))
    assert (await recorded(story, leap, at(leap.day))).status_code == 201
    spring = {"from": "2028-02-01", "to": "2028-03-31", "as_of": "2028-04-01"}
    months = await owed(story, "art5.3c", "", **spring, post_id=cast.ZONE_SECRETARY.id)
    assert [(one["period"]["to_day"], one["status"]) for one in months] == [
        ("2028-02-29", "fulfilled"),
        ("2028-03-31", "lapsed"),
    ]
    assert months[0]["incumbents"][0]["days"] == 29
    assert (await recorded(story, leap, at(leap.day), day="2027-02-29")).status_code == 400


@pytest.mark.clause("art5.3", "art6.3")
async def test_two_posts_of_one_person_are_fulfilled_by_the_capacities_named_and_by_no_more(story: Story) -> None:
    both = (cast.ZONE_SECRETARY, cast.ZONE_DIRECTOR)
    for act in (
        Act(date(2026, 5, 9), "led_inspection", "戊", (cast.ZONE_SECRETARY,)),
        Act(date(2026, 6, 9), "led_inspection", "戊", both),
    ):
        assert (await recorded(story, act, at(act.day))).status_code == 201
    seen = {}
    for post, duty in ((cast.ZONE_SECRETARY, "art5.3c"), (cast.ZONE_DIRECTOR, "art6.3c")):
        for label in ("05", "06"):
            (one,) = await owed(story, duty, f"2026-{label}", post_id=post.id)
            in_period = [no["reason"] for no in one["not_counted"] if no["reason"] != "out_of_period"]
            seen[duty, label] = one["status"], in_period
    assert seen == {
        ("art5.3c", "05"): ("fulfilled", []),
        ("art5.3c", "06"): ("fulfilled", []),
        ("art6.3c", "05"): ("lapsed", ["capacity_not_named"]),
        ("art6.3c", "06"): ("fulfilled", []),
    }


@pytest.mark.clause("art9.4", "art9.6", "art7", "art8")
async def test_the_safety_lead_in_the_standing_committee_owes_nothing_by_date_and_another_deputy_does(
    story: Story,
) -> None:
    page = await story.get("/v1/obligations", **YEAR, official_id=uid("丁"), exercise=True)
    assert page["items"] == []
    analyses = await owed(story, "art9.4", official_id=uid("辛"))
    assert [one["period"]["label"] for one in analyses] == [f"2026-Q{number}" for number in (1, 2, 3, 4)]
    assert len(await owed(story, "art9.6", official_id=uid("辛"))) == 1


@pytest.mark.clause("art28")
async def test_the_books_of_a_quarter_close_at_the_end_of_their_thirtieth_day(story: Story) -> None:
    act = Act(date(2026, 3, 10), "led_inspection", "丙", (cast.MAGISTRATE,))
    late = await recorded(story, act, datetime(2026, 4, 30, 16, 1, tzinfo=UTC))
    assert (late.status_code, late.json()["code"]) == (422, "performance.closed_period")
    assert late.json()["basis"][0]["clause"] == "art28"
    own = await recorded(story, act, at(date(2026, 5, 1)), reviewer="recorder")
    assert own.json()["code"] == "performance.own_reviewer"
    in_time = await recorded(story, act, datetime(2026, 4, 30, 15, 59, tzinfo=UTC))
    assert in_time.status_code == 201, in_time.text
    (shown,) = await owed(story, "art6.3b", "2026-Q1", post_id=cast.MAGISTRATE.id)
    assert (shown["status"], shown["late_recorded"]) == ("fulfilled", True)


@pytest.mark.clause("art5.3", "art28")
async def test_the_act_of_an_appointment_that_is_annulled_counts_no_more_but_did_then(story: Story) -> None:
    trip = Act(date(2026, 2, 20), "research_trip", "甲", (cast.SECRETARY,))
    assert (await recorded(story, trip, at(trip.day))).status_code == 201
    annulled = replace(term(cast.SECRETARY), annulled=True)
    story.turn(at(date(2026, 3, 5)))
    await story.registry.say(facts_of.appointment_event(AppointmentAnnulled, annulled), at=at(date(2026, 3, 5)))
    story.turn(at(date(2026, 4, 2)))
    (now,) = await owed(story, "art5.3b", "2026-Q1", post_id=cast.SECRETARY.id)
    assert (now["status"], now["incumbents"], now["vacancy_days"]) == ("lapsed", [], 90)
    assert [one["reason"] for one in now["not_counted"]] == ["not_holder"]
    known = "2026-03-01T00:00:00+08:00"
    (then,) = await owed(story, "art5.3b", "2026-Q1", post_id=cast.SECRETARY.id, known_at=known)
    assert (then["status"], len(then["counted"]), then["vacancy_days"]) == ("fulfilled", 1, 0)


@pytest.mark.clause("art5.3")
async def test_a_county_that_becomes_a_city_in_may_owes_neither_rhythm_for_the_broken_periods(story: Story) -> None:
    """Each rhythm is owed for the periods that lie wholly within its tier."""
    may = date(2026, 5, 15)
    region = next(one for one in cast.REGIONS if one.code == cast.COUNTY)
    changed = facts_of.region_event(RegionChanged, region)
    since = DatedTierPart(tier=Tier.COUNTY, from_day=cast.ALWAYS.from_day)
    tiers = (since, DatedTierPart(tier=Tier.CITY, from_day=may))
    story.turn(at(may))
    await story.registry.say(changed.model_copy(update={"tiers": tiers}), at=at(may))
    trips = [one for duty in ("art5.3a", "art5.3b") for one in await owed(story, duty, post_id=cast.SECRETARY.id)]
    found = [(one["period"]["label"], one["tier"]) for one in trips]
    assert sorted(found) == [("2026-H2", "city"), ("2026-Q1", "county")]


@pytest.mark.clause("art6.5")
async def test_each_body_that_art_6_5_names_is_told_from_the_same_body_of_another_level(story: Story) -> None:
    """The county's party committee, and the city's safety committee; not the city's, nor the county's."""
    city, county = (
        Organ(uid(name), name, OrganKind.SAFETY_COMMITTEE, code, cast.ALWAYS, exercise=True)
        for name, code in (("演练市安委会", cast.CITY), ("演练县安委会", cast.COUNTY))
    )
    await story.registry.say(*(facts_of.organ_event(OrganRegistered, one) for one in (city, county)), at=cast.ROSTER_AT)
    act = Act(date(2026, 6, 20), "list_assessment", "丙", (cast.MAGISTRATE,))
    assert (await recorded(story, act, at(act.day))).status_code == 201
    (half,) = await owed(story, "art6.5b", "2026-H1", post_id=cast.MAGISTRATE.id)
    assert {one["missing"] for one in half["filings"]} == {True}
    above, beside = "safety_committee_one_level_up", "same_level_party_committee"
    for relation, wrong, right in ((above, county, city), (beside, cast.CITY_PARTY, cast.PARTY)):
        filing = {
            "post_id": str(cast.MAGISTRATE.id),
            "obligation_id": half["id"],
            "period_start": "2026-01-01",
            "relation": relation,
            "filed_on": "2026-06-20",
            "sha256": "ab" * 32,
        }
        for organ, answer in ((wrong, (422, "filing.wrong_body")), (right, (201, None))):
            asked = filing | {"recipient_organ_id": str(organ.id)}
            made = await story.running.http.post(
                "/v1/filings", json=asked, headers=story.running.acting("safety_office")
            )
            assert (made.status_code, made.json().get("code")) == answer, made.text
            if organ is wrong:
                assert right.name in made.json()["detail"]
    (after,) = await owed(story, "art6.5b", "2026-H1", post_id=cast.MAGISTRATE.id)
    assert {one["missing"] for one in after["filings"]} == {False}
