"""What one moment of knowledge has otherwise than another: each change has the facts that made it, and no others."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts.answers import Answerable, Difference, Fact, Matter, Recorded
from services.registry.rules.differences import answered, difference, with_causes
from services.registry.tests.rosters import ACCIDENT_DAY, named, story
from shared.roster.facts import Appointment, Portfolio, Roster, Span

MATTER = Matter("C26")
BEFORE = story().roster()
HELD = [one for one in BEFORE.appointments if one.span.from_day > date(2024, 1, 1)]


def asked(roster: Roster) -> Answerable:
    return answered("139901", roster, ACCIDENT_DAY, MATTER, exercise=True)


def put(roster: Roster, fact: Fact) -> Roster:
    if isinstance(fact, Portfolio):
        return replace(roster, portfolios=(*(one for one in roster.portfolios if one.id != fact.id), fact))
    assert isinstance(fact, Appointment)
    return replace(roster, appointments=(*(one for one in roster.appointments if one.id != fact.id), fact))


def recorded(facts: list[Fact]) -> list[Recorded]:
    start = datetime(2026, 6, 1, tzinfo=UTC)
    return [
        Recorded(named(f"event{n}"), "corrected", n + 2, start + timedelta(hours=n), "tester", None, fact)
        for n, fact in enumerate(facts)
    ]


def explained(facts: list[Fact]) -> Difference:
    later = BEFORE
    for fact in facts:
        later = put(later, fact)
    found = difference(asked(BEFORE), asked(later))
    return with_causes(found, BEFORE, recorded(facts), asked(later), exercise=True)


def _changed(one: Appointment, kind: str) -> Appointment:
    return {
        "annul": replace(one, annulled=True),
        "end": replace(one, span=Span(one.span.from_day, date(2026, 5, 1))),
        "last": replace(one, span=Span(one.span.from_day, ACCIDENT_DAY)),
        "acting": replace(one, acting=True),
        "as before": one,
    }[kind]


CHANGES = st.builds(_changed, st.sampled_from(HELD), st.sampled_from(["annul", "end", "last", "acting", "as before"]))
PORTFOLIOS = st.builds(
    lambda one, industries: replace(one, industries=industries),
    st.sampled_from(BEFORE.portfolios),
    st.sampled_from([("C26",), ("A",), ("C",), ()]),
)


@pytest.mark.clause("art4.p2")
@given(st.lists(st.one_of(CHANGES, PORTFOLIOS), max_size=8))
def test_each_change_has_causes_of_its_own_post_in_their_order(facts: list[Fact]) -> None:
    found = explained(facts)
    posts: dict[UUID, UUID] = {one.id: one.post_id for one in BEFORE.appointments}
    posts |= {one.id: one.post_id for one in BEFORE.portfolios}
    for change in found.changes:
        assert change.causes, "nothing changes by itself"
        assert {posts[one.fact.id] for one in change.causes} == {change.entry.post_id}
        assert all(one.recorded_at < other.recorded_at for one, other in pairwise(change.causes))
        assert change.before != change.after
    assert not found.gaps_opened
    assert not found.gaps_closed


@given(st.lists(st.one_of(CHANGES, PORTFOLIOS), max_size=6))
def test_there_and_back_are_opposite_and_nothing_differs_from_itself(facts: list[Fact]) -> None:
    later = BEFORE
    for fact in facts:
        later = put(later, fact)
    there, back = difference(asked(BEFORE), asked(later)), difference(asked(later), asked(BEFORE))
    assert {(one.before, one.after) for one in there.changes} == {(one.after, one.before) for one in back.changes}
    assert difference(asked(later), asked(later)).changes == ()


def test_a_fact_that_was_taken_back_before_is_no_cause_of_another_post() -> None:
    (mayor,) = [one for one in HELD if one.official_id == named("丁") and one.post_id == named("县安全分管")]
    (chemistry,) = [one for one in HELD if one.post_id == named("县化工分管")]
    found = explained([_changed(mayor, "annul"), mayor, _changed(chemistry, "end")])
    posts: set[UUID] = {one.entry.post_id for one in found.changes}
    assert posts == {named("县化工分管")}
    assert {one.event_id for change in found.changes for one in change.causes} == {named("event2")}


def test_where_no_region_had_the_code_nobody_answered() -> None:
    nowhere = replace(BEFORE, regions=())
    assert asked(nowhere).entries == ()
    found = difference(asked(nowhere), asked(BEFORE))
    assert {one.before for one in found.changes} == {None}
