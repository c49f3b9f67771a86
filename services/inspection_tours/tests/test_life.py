"""The life of a tour and of its findings."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inspection_tours.data import configuration
from services.inspection_tours.facts import (
    Finding,
    FindingState,
    OwedTour,
    Recheck,
    ResultReference,
    StepFacts,
    Tour,
    TourKind,
    TourState,
    TourStep,
)
from services.inspection_tours.rules.coverage import coverage_of
from services.inspection_tours.rules.life import may_step, recheck, report_rectified, result_reference, take_step
from shared.roster.facts import Appointment, Post, PostKind, Roster, Span
from shared.statute.decision import Basis, Decision

_ROOT = UUID("00000000-0000-0000-0000-000000139900")


def uid(name: str) -> UUID:
    return uuid5(_ROOT, name)


BODY = uid("zone committee")
PROPOSED = Tour(uid("t"), TourKind.SPECIAL, TourState.PROPOSED, "139901400", (BODY,), accident_id=uid("a"))
FINDING = Finding(uid("f"), "危险化学品储罐区无人值守", "finder", date(2026, 6, 20))
PLAN = StepFacts(date(2026, 5, 25), planned_for=date(2026, 6, 15), team=("finder", "other"))


def after(tour: Tour, step: TourStep, facts: StepFacts) -> Tour:
    answer = take_step(tour, step, facts, configuration())
    assert isinstance(answer, Tour), answer.code
    return answer


def rectified() -> Finding:
    answer = report_rectified(FINDING, "zone official", date(2026, 7, 1), "已设双岗值守")
    assert isinstance(answer, Finding)
    return answer


def check(by: str, *, solved: bool = True, on: date = date(2026, 7, 10), words: str = "现场核实") -> Recheck:
    return Recheck(by, on, solved, words)


@pytest.mark.clause("art14")
def test_story_4_a_special_tour_is_planned_opened_rectified_rechecked_and_closed_and_moves_no_routine_date() -> None:
    owed = OwedTour("139901", BODY, "139901400", date(2025, 1, 1), Basis("art14"))
    before = coverage_of(owed, (PROPOSED,), date(2026, 7, 31), configuration())
    opened = after(after(PROPOSED, TourStep.PLAN, PLAN), TourStep.OPEN, StepFacts(date(2026, 6, 15)))
    inspected = replace(after(opened, TourStep.RECORD_FINDINGS, StepFacts(date(2026, 6, 20))), findings=(FINDING,))
    result = after(inspected, TourStep.GIVE_RESULT, StepFacts(date(2026, 6, 30), samples=4, words="发现一个问题"))
    refusal = may_step(result, TourStep.CLOSE, StepFacts(date(2026, 7, 5)), configuration())
    assert refusal.code == "findings_open"
    closed_finding = recheck(rectified(), check("another"))
    assert isinstance(closed_finding, Finding)
    closed = after(replace(result, findings=(closed_finding,)), TourStep.CLOSE, StepFacts(date(2026, 7, 12)))
    assert (closed.state, closed.opened_on, closed.result) == (
        TourState.CLOSED,
        date(2026, 6, 15),
        "发现一个问题",
    )
    assert coverage_of(owed, (closed,), date(2026, 7, 31), configuration()) == before


@pytest.mark.clause("art14")
@pytest.mark.parametrize(
    ("finding", "by", "expected"),
    [
        (FINDING, "another", "not_rectified"),
        (rectified(), "finder", "same_person"),
        (rectified(), "zone official", "same_person"),
        (rectified(), "another", "closed"),
        (replace(rectified(), state=FindingState.CLOSED), "another", "not_rectified"),
    ],
)
def test_a_finding_closes_only_after_a_recheck_by_another_person(finding: Finding, by: str, expected: str) -> None:
    answer = recheck(finding, check(by))
    assert (answer.code if isinstance(answer, Decision) else answer.state) == expected


@pytest.mark.clause("art14")
def test_what_a_recheck_finds_unsolved_is_open_again() -> None:
    answer = recheck(rectified(), check("another", solved=False))
    assert isinstance(answer, Finding)
    assert answer.state is FindingState.OPEN


@pytest.mark.clause("art14")
@pytest.mark.parametrize("incomplete", [check("another", words=" "), check("another", on=date(2026, 6, 30))])
def test_a_recheck_is_described_and_not_before_the_rectification(incomplete: Recheck) -> None:
    answer = recheck(rectified(), incomplete)
    assert isinstance(answer, Decision)
    assert answer.code == "recheck_incomplete"


@pytest.mark.clause("art14")
@pytest.mark.parametrize(
    ("finding", "on", "words", "expected"),
    [
        (rectified(), date(2026, 7, 2), "再报", "finding_not_open"),
        (FINDING, date(2026, 7, 2), " ", "rectification_incomplete"),
        (FINDING, date(2026, 6, 19), "已整改", "rectification_incomplete"),
    ],
)
def test_a_rectification_is_reported_once_in_words_after_the_finding(
    finding: Finding, on: date, words: str, expected: str
) -> None:
    answer = report_rectified(finding, "zone official", on, words)
    assert isinstance(answer, Decision)
    assert answer.code == expected


@pytest.mark.clause("art14")
@pytest.mark.parametrize(
    ("state", "step", "facts", "expected"),
    [
        (TourState.PROPOSED, TourStep.PLAN, PLAN, "may_plan"),
        (TourState.PROPOSED, TourStep.PLAN, replace(PLAN, team=()), "plan_incomplete"),
        (TourState.PROPOSED, TourStep.PLAN, replace(PLAN, planned_for=None), "plan_incomplete"),
        (TourState.PROPOSED, TourStep.PLAN, replace(PLAN, planned_for=date(2026, 5, 24)), "plan_in_the_past"),
        (TourState.PROPOSED, TourStep.DECLINE, StepFacts(date(2026, 5, 25)), "words_missing"),
        (TourState.PLANNED, TourStep.DECLINE, StepFacts(date(2026, 5, 25)), "words_missing"),
        (TourState.PROPOSED, TourStep.OPEN, PLAN, "step_not_open"),
        (TourState.FINDINGS, TourStep.GIVE_RESULT, StepFacts(date(2026, 6, 30), samples=1), "words_missing"),
        (TourState.FINDINGS, TourStep.GIVE_RESULT, StepFacts(date(2026, 6, 30), words="无"), "too_little"),
        (TourState.FINDINGS, TourStep.GIVE_RESULT, StepFacts(date(2026, 6, 14), samples=1, words="无"), "too_little"),
        (TourState.RESULT, TourStep.CLOSE, StepFacts(date(2026, 7, 1)), "may_close"),
    ],
)
def test_each_step_follows_from_the_state_and_brings_what_it_needs(
    state: TourState, step: TourStep, facts: StepFacts, expected: str
) -> None:
    tour = replace(PROPOSED, state=state, opened_on=date(2026, 6, 15))
    assert may_step(tour, step, facts, configuration()).code == expected


@pytest.mark.clause("art14")
@pytest.mark.parametrize(("kind", "expected"), [(TourKind.SPECIAL, "may_decline"), (TourKind.ROUTINE, "step_not_open")])
def test_a_planned_special_tour_may_still_be_declined_and_a_routine_one_is_owed(kind: TourKind, expected: str) -> None:
    tour = replace(PROPOSED, kind=kind, state=TourState.PLANNED)
    facts = StepFacts(date(2026, 5, 25), words="等级已降")
    assert may_step(tour, TourStep.DECLINE, facts, configuration()).code == expected


@pytest.mark.clause("art14")
@given(st.lists(st.sampled_from(TourStep), max_size=12))
def test_no_order_of_steps_closes_a_tour_that_was_not_planned_opened_and_given_a_result(steps: list[TourStep]) -> None:
    tour, taken = PROPOSED, []
    facts = StepFacts(date(2026, 6, 15), date(2026, 6, 15), ("x",), 3, "结果")
    for step in steps:
        answer = take_step(tour, step, facts, configuration())
        if isinstance(answer, Tour):
            tour = answer
            taken.append(step)
    if tour.state is TourState.CLOSED:
        once = list(dict.fromkeys(taken))
        assert once == [
            TourStep.PLAN,
            TourStep.OPEN,
            TourStep.RECORD_FINDINGS,
            TourStep.GIVE_RESULT,
            TourStep.CLOSE,
        ]


@pytest.mark.clause("art14")
@pytest.mark.clause("art16")
def test_a_result_goes_as_reference_to_the_officials_of_the_visited_body_at_the_time() -> None:
    post = Post(uid("p"), BODY, PostKind.PARTY_PRINCIPAL, "党工委书记", Span(date(2020, 1, 1)))
    held = Appointment(uid("1"), post.id, uid("戊"), Span(date(2025, 2, 1), date(2026, 6, 15)))
    later = Appointment(uid("2"), post.id, uid("继任"), Span(date(2026, 6, 16)))
    annulled = replace(held, id=uid("3"), official_id=uid("误录"), annulled=True)
    roster = Roster(posts=(post,), appointments=(held, later, annulled))
    done = replace(PROPOSED, state=TourState.RESULT, opened_on=date(2026, 6, 15), result="良好")
    reference = result_reference(done, roster)
    assert isinstance(reference, ResultReference)
    assert reference.official_ids == (uid("戊"),)
    assert isinstance(result_reference(replace(done, state=TourState.OPENED), roster), Decision)
