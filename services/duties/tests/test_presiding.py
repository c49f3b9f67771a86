"""Who presides in a department whose party-group secretary and director differ (art10.2), over HTTP."""

from datetime import date
from typing import Any

import pytest

from services.duties.tests import story as cast
from services.duties.tests.builders import uid
from services.duties.tests.story import Act, Story, at
from shared.contracts.registry import (
    AppointmentRecorded,
    OfficialRegistered,
    OrganRegistered,
    PostChanged,
    PostRegistered,
)
from shared.roster import facts_of
from shared.roster.facts import Appointment, DatedRole, Official, Organ, OrganKind, OrganRole, Post, PostKind, Span

OTHER = DatedRole(OrganRole.OTHER_REGULATOR, cast.ALWAYS, function="教育")
BUREAU = Organ(
    uid("县教育局"), "县教育局", OrganKind.GOVERNMENT_DEPARTMENT, cast.COUNTY, cast.ALWAYS, (OTHER,), exercise=True
)
DIRECTOR = Post(uid("局长"), BUREAU.id, PostKind.DEPARTMENT_PRINCIPAL, "局长", cast.ALWAYS, exercise=True)
SECRETARY = Post(uid("党组书记"), BUREAU.id, PostKind.DEPARTMENT_PRINCIPAL, "党组书记", cast.ALWAYS, exercise=True)
DEPUTY = Post(uid("副书记"), BUREAU.id, PostKind.DEPARTMENT_PRINCIPAL, "党组副书记、局长", cast.ALWAYS, exercise=True)
TERMS = [
    Appointment(uid(f"{who}任"), post.id, uid(who), Span(date(2025, 1, 1)), exercise=True)
    for who, post in (("子", DIRECTOR), ("丑", SECRETARY))
]


async def opened(story: Story, *posts: Post) -> None:
    """The bureau with these posts, their holders in office."""
    people = [Official(one.official_id, "某", exercise=True) for one in TERMS]
    held = {post.id for post in posts}
    await story.registry.say(
        facts_of.organ_event(OrganRegistered, BUREAU),
        *(facts_of.post_event(PostRegistered, one) for one in posts),
        *(facts_of.official_event(OfficialRegistered, one) for one in people),
        *(facts_of.appointment_event(AppointmentRecorded, one) for one in TERMS if one.post_id in held),
        at=cast.ROSTER_AT,
    )


async def meetings(story: Story, post: Post, year: int = 2026) -> dict[str, dict[str, Any]]:
    """The obligations of a post to preside, by period; the projection owes the same."""
    window: dict[str, Any] = {"from": f"{year}-01-01", "to": f"{year}-12-31", "exercise": True, "limit": 500}
    asked = {"post_id": post.id, "as_of": "2026-08-01", **window}
    explained = (await story.get("/v1/obligations", **asked))["items"]
    projected = (await story.get("/v1/boards/obligations", **asked))["items"]
    assert {(one["id"], one["status"]) for one in explained} == {(one["id"], one["status"]) for one in projected}
    return {one["period"]["label"]: one for one in explained if one["duty_id"] == "art10.2b"}


@pytest.mark.clause("art10.2")
async def test_presiding_lies_on_the_secretary_and_a_meeting_that_the_director_chairs_fulfils_nothing(
    story: Story,
) -> None:
    await opened(story, DIRECTOR, SECRETARY)
    story.turn(at(date(2026, 2, 1)))
    chaired = await story.record(Act(date(2026, 2, 1), "party_group_meeting", "子", (DIRECTOR,)))
    assert await meetings(story, DIRECTOR) == {}
    first = (await meetings(story, SECRETARY))["2026-H1"]
    assert (first["status"], first["manner"]) == ("lapsed", "presides")
    assert [(one["performance_id"], one["reason"]) for one in first["not_counted"]] == [(chaired["id"], "not_holder")]
    own = await story.record(Act(date(2026, 5, 6), "party_group_meeting", "丑", (SECRETARY,)))
    first = (await meetings(story, SECRETARY))["2026-H1"]
    assert (first["status"], [one["performance_id"] for one in first["counted"]]) == ("fulfilled", [own["id"]])


@pytest.mark.clause("art10.2")
@pytest.mark.parametrize("beside", [(), (DEPUTY,)], ids=["alone", "beside a deputy secretary"])
async def test_where_nobody_else_is_secretary_the_director_presides(story: Story, beside: tuple[Post, ...]) -> None:
    await opened(story, DIRECTOR, *beside)
    story.turn(at(date(2026, 3, 1)))
    own = await story.record(Act(date(2026, 3, 1), "party_group_meeting", "子", (DIRECTOR,)))
    first = (await meetings(story, DIRECTOR))["2026-H1"]
    assert (first["status"], [one["performance_id"] for one in first["counted"]]) == ("fulfilled", [own["id"]])


@pytest.mark.clause("art10.2")
async def test_a_post_that_becomes_the_secretarys_takes_presiding_from_the_next_period_on(story: Story) -> None:
    """The registry says it late, twice; past periods follow the post as it is registered, each by its first day."""
    await opened(story, DIRECTOR)
    story.turn(at(date(2026, 3, 1)))
    assert set(await meetings(story, DIRECTOR)) == {"2026-H1", "2026-H2"}
    later = Post(SECRETARY.id, BUREAU.id, SECRETARY.kind, SECRETARY.title, Span(date(2026, 3, 1)), exercise=True)
    letters = [story.registry.envelope(facts_of.post_event(kind, later), at(date(2026, 3, 2), 9))
               for kind in (PostRegistered, PostChanged)]  # fmt: skip
    await story.registry.deliver(letters[1], letters[0], *letters)
    assert set(await meetings(story, DIRECTOR)) == {"2026-H1"}
    assert set(await meetings(story, later)) == {"2026-H2"}
