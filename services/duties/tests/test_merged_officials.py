"""An official whom the registry merged with another record is one person: what stands under either id is theirs."""

from collections.abc import Sequence
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.duties.handlers import evaluation
from services.duties.repository import projection
from services.duties.rules.persons import persons_among
from services.duties.tests import story as cast
from services.duties.tests.builders import uid
from services.duties.tests.story import Act, Story, at
from shared.contracts.registry import (
    AppointmentAnnulled,
    AppointmentRecorded,
    OfficialMerged,
    OfficialRegistered,
    OfficialSeparated,
    RegistryEvent,
)
from shared.roster import facts_of
from shared.roster.facts import Appointment, Official, Span

DAYS: dict[str, Any] = {"from": "2026-01-01", "to": "2026-06-30", "exercise": True, "limit": 500}


async def periods(story: Story, who: str, **query: Any) -> set[str]:
    items = (await story.get("/v1/obligations", official_id=cast.official(who), **DAYS, **query))["items"]
    return {one["period"]["label"] for one in items}


@pytest.mark.clause("art26", "art27")
async def test_the_obligations_of_a_merged_official_are_those_of_both_ids(story: Story) -> None:
    first, second = cast.official("甲"), cast.official("乙")
    own = {who: await periods(story, who) for who in ("甲", "乙")}
    assert own["甲"] != own["乙"]
    story.turn(at(date(2026, 7, 1)))
    merged = OfficialMerged(id=second, name="某", exercise=True, merged_into=first)
    await story.registry.say(merged, at=at(date(2026, 7, 1), 9))
    both = own["甲"] | own["乙"]
    assert {who: await periods(story, who) for who in ("甲", "乙")} == {"甲": both, "乙": both}
    assert await periods(story, "乙", known_at="2026-06-30T00:00:00+08:00") == own["乙"], "as it was known then"
    apart = OfficialSeparated(id=second, name="某", exercise=True)
    await story.registry.say(apart, at=at(date(2026, 7, 1), 10))
    assert await periods(story, "乙") == own["乙"]


@given(
    parents=st.lists(st.one_of(st.none(), st.integers(0, 11)), min_size=1, max_size=12),
    order=st.randoms(use_true_random=False),
)
def test_ids_belong_together_as_the_merges_lead_whatever_their_order(parents: list[int | None], order: Any) -> None:
    """Record n may be merged into any earlier one: the survivor comes first, and everybody else knows it."""
    into = {n: parent % n for n, parent in enumerate(parents) if parent is not None and n}
    records = [Official(UUID(int=n), "某", merged_into=UUID(int=into[n]) if n in into else None) for n in range(12)]
    order.shuffle(records)

    def root(n: int) -> int:
        return root(into[n]) if n in into else n

    groups = {n: {m for m in range(12) if root(m) == root(n)} for n in range(12)}
    found = persons_among(records)
    assert found.keys() == {UUID(int=n) for n, group in groups.items() if len(group) > 1}
    for one, ids in found.items():
        assert ids[0] == UUID(int=root(one.int))
        assert {other.int for other in ids} == groups[one.int]


def test_a_circle_that_a_copy_shows_for_a_moment_is_one_person() -> None:
    first, second, third = (UUID(int=n) for n in (1, 2, 3))
    records = [
        Official(one, "某", merged_into=other) for one, other in ((third, second), (second, first), (first, second))
    ]
    assert {persons_among(order)[one] for order in permutations(records) for one in (first, second, third)} == {
        (first, second, third)
    }


#: 丙 under a second id, whose appointment to 丙's post the registry annuls when it merges the two; a third one between.
TWIN, THIRD = uid("丙二"), uid("丙三")
DOUBLE = Appointment(uid("丙二任"), cast.MAGISTRATE.id, TWIN, Span(date(2026, 1, 1), date(2026, 4, 30)), exercise=True)
BING = cast.official("丙")


def merge(one: UUID, other: UUID) -> OfficialMerged:
    return OfficialMerged(id=one, name="某", exercise=True, merged_into=other)


async def doubled(story: Story) -> dict[str, Any]:
    """What stands under the twin's id: an act, a review and a finding, all before the records were merged."""
    people = (facts_of.official_event(OfficialRegistered, Official(one, "某", exercise=True)) for one in (TWIN, THIRD))
    await story.registry.say(*people, facts_of.appointment_event(AppointmentRecorded, DOUBLE), at=cast.ROSTER_AT)
    act = await story.record(Act(date(2026, 4, 10), "led_inspection", "丙二", (cast.MAGISTRATE,)))
    meeting = await story.record(Act(date(2026, 2, 10), "executive_meeting", "丙二", (cast.MAGISTRATE,)))
    story.turn(at(date(2026, 5, 10)))
    review = await story.review(
        "丙二", cast.MAGISTRATE, "art6.1", from_day="2026-01-01", to_day="2026-04-30", outcome="performed"
    )
    assert review.status_code == 201, review.text
    asked = await lapse(story, "art6.3b", "2026-Q1") | {"official_id": str(TWIN)}
    found = await story.running.http.post(
        "/v1/nonperformance-findings", json=asked, headers=story.running.acting("discipline_handler")
    )
    assert found.status_code == 201, found.text
    return {"act": act["id"], "meeting": meeting["id"], "review": review.json()["id"], "finding": found.json()["id"]}


async def lapse(story: Story, duty: str, label: str) -> dict[str, Any]:
    page = await story.get("/v1/obligations", post_id=cast.MAGISTRATE.id, **DAYS)
    (one,) = (x for x in page["items"] if (x["duty_id"], x["period"]["label"]) == (duty, label))
    return {
        "post_id": str(cast.MAGISTRATE.id),
        "duty_id": duty,
        "obligation_id": one["id"],
        "period_start": one["period"]["from_day"],
        "period_end": one["period"]["to_day"],
        "organ_id": str(cast.DISCIPLINE.id),
        "reasons": "（演练）无带队检查记录",
        "heard_on": "2026-05-09",
        "statement": "（演练）已陈述",
        "decided_on": "2026-05-10",
    }


async def counted(story: Story, **query: Any) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """By obligation of the post, the acts that count: as explained, and as the projection says."""
    asked = {"post_id": cast.MAGISTRATE.id, **DAYS, "as_of": "2026-05-15", **query}
    explained = (await story.get("/v1/obligations", **asked))["items"]
    projected = (await story.get("/v1/boards/obligations", **asked))["items"]
    return (
        {one["id"]: [act["performance_id"] for act in one["counted"]] for one in explained},
        {one["id"]: one["performances"] for one in projected},
    )


async def in_one(story: Story, **query: Any) -> dict[str, list[str]]:
    """The same, seen to be equal; of obligations that both list (the board those that end in the span)."""
    explained, projected = await counted(story, **query)
    assert projected
    assert {one: explained[one] for one in projected} == projected
    return projected


def acts_of(found: dict[str, list[str]]) -> set[str]:
    return {act for acts in found.values() for act in acts}


CHAINS: dict[str, Sequence[tuple[UUID, UUID]]] = {
    "into the holder": [(TWIN, BING)],
    "of the holder": [(BING, TWIN)],
    "a merge of merges": [(TWIN, THIRD), (THIRD, BING)],
    "both into a third": [(BING, THIRD), (TWIN, THIRD)],
}


@pytest.mark.clause("art26", "art27", "art28", "art21.1")
@pytest.mark.parametrize("merges", CHAINS.values(), ids=CHAINS.keys())
async def test_what_was_recorded_under_another_id_counts_for_the_person(
    story: Story, merges: Sequence[tuple[UUID, UUID]]
) -> None:
    there = await doubled(story)
    story.turn(at(date(2026, 5, 11)))
    annulled = facts_of.appointment_event(AppointmentAnnulled, DOUBLE).model_copy(update={"annulled": True})
    await story.registry.say(annulled, at=at(date(2026, 5, 11), 9))
    assert there["act"] not in acts_of(await in_one(story)), "not the holder's while they are two"
    answered = (await story.get("/v1/obligations", post_id=cast.MAGISTRATE.id, **DAYS))["known_at"]
    events: list[RegistryEvent] = [merge(one, other) for one, other in merges]
    letters = [story.registry.envelope(event, at(date(2026, 5, 12), 9)) for event in events]
    await story.registry.deliver(*reversed(letters), *letters, *letters)

    acts = acts_of(await in_one(story))
    assert {there["act"], there["meeting"]} <= acts
    assert there["act"] not in acts_of(await in_one(story, known_at=answered)), "as known then"
    page = await story.get("/v1/obligations", post_id=cast.MAGISTRATE.id, **DAYS)
    survivor = str(merges[-1][1])
    assert {(who["official_id"], who["days"]) for one in page["items"] if one["period"]["label"] == "2026-Q2"
            for who in one["incumbents"]} == {(survivor, 91)}  # fmt: skip
    boards = await story.get("/v1/boards", by="official", region=cast.COUNTY, **{"limit": 500, **DAYS})
    keys = {one["key"] for one in boards["items"]} & {str(one) for one in (TWIN, THIRD, BING)}
    assert keys == {survivor}
    for one in (TWIN, BING):
        listed = await story.get("/v1/performances", official_id=one, exercise=True, limit=500)
        assert there["act"] in {item["id"] for item in listed["items"]}
        listed = await story.get("/v1/nonperformance-findings", official_id=one, exercise=True)
        assert [item["id"] for item in listed["items"]] == [there["finding"]]
        behind = await story.get("/v1/boards/obligations", official_id=one, **DAYS)
        assert len({item["id"] for item in behind["items"]}) == len(behind["items"]) > 0
    again = await story.running.http.post(
        "/v1/nonperformance-findings",
        json=await lapse(story, "art6.3b", "2026-Q1") | {"official_id": str(BING)},
        headers=story.running.acting("discipline_handler"),
    )
    assert (again.status_code, again.json()["code"]) == (409, "already_found"), again.text

    await story.explode()
    attested = await story.attestation("丙", cast.MAGISTRATE)
    assert [one["id"] for one in attested["findings"]] == [there["finding"]]
    assert there["review"] in {one["review_id"] for one in attested["standing"]}
    rows = {(one["duty_id"], one["period_start"]): one["now"]["status"] for one in attested["obligations"]}
    assert rows["art6.2", "2026-01-01"] == "fulfilled"
    await projection_is_rebuilt_equal(story)


async def projection_is_rebuilt_equal(story: Story) -> None:
    sessions = story.running.app.state.sessions

    async def digest() -> str:
        async with sessions() as session:
            return await projection.digest(session)

    async def progress(_done: int, _total: int | None) -> None:
        return None

    live = await digest()
    await evaluation.rebuild(sessions, progress)
    assert await digest() == live


@pytest.mark.clause("art26", "art27")
async def test_records_that_are_parted_again_count_for_each_alone(story: Story) -> None:
    there = await doubled(story)
    annulled = facts_of.appointment_event(AppointmentAnnulled, DOUBLE).model_copy(update={"annulled": True})
    apart = OfficialSeparated(id=TWIN, name="某", exercise=True)
    story.turn(at(date(2026, 5, 11)))
    together = [story.registry.envelope(event, at(date(2026, 5, 11), 9)) for event in (annulled, merge(TWIN, BING))]
    await story.registry.deliver(*together)
    assert there["act"] in acts_of(await in_one(story))
    merged = (await story.get("/v1/obligations", post_id=cast.MAGISTRATE.id, **DAYS))["known_at"]
    await story.registry.say(apart, at=at(date(2026, 5, 12), 9))
    assert there["act"] not in acts_of(await in_one(story))
    assert there["act"] in acts_of(await in_one(story, known_at=merged))
    await projection_is_rebuilt_equal(story)


async def test_a_feed_of_either_id_shows_what_both_owe(story: Story) -> None:
    story.turn(at(date(2026, 4, 22)))
    first, second = cast.official("乙"), cast.official("戊")
    await story.registry.say(merge(second, first), at=at(date(2026, 4, 21)))
    shown = []
    for one in (first, second):
        asked = {"kind": "official", "subject_id": str(one)}
        feed = await story.running.http.post(
            "/v1/calendar-feeds", json=asked, headers=story.running.acting("registrar")
        )
        assert feed.status_code == 201, feed.text
        shown.append((await story.running.http.get(feed.json()["address"])).text.replace("\r\n ", ""))
    assert all(post.title in text for post in (cast.SECRETARY, cast.ZONE_SECRETARY) for text in shown)
