"""The life of tours and findings (Art. 14): a finding closes only after a re-check by another person."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from services.inspection_tours.facts import (
    Configuration,
    Finding,
    FindingState,
    Recheck,
    ResultReference,
    StepFacts,
    Tour,
    TourKind,
    TourState,
    TourStep,
)
from shared.roster.facts import Roster
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_ART14 = Basis("art14")
_ORDER = Basis("art14", BasisKind.DEFAULT, "巡查程序")
_NEXT = {
    (TourState.PROPOSED, TourStep.PLAN): TourState.PLANNED,
    (TourState.PROPOSED, TourStep.DECLINE): TourState.DECLINED,
    (TourState.PLANNED, TourStep.DECLINE): TourState.DECLINED,
    (TourState.PLANNED, TourStep.OPEN): TourState.OPENED,
    (TourState.OPENED, TourStep.RECORD_FINDINGS): TourState.FINDINGS,
    (TourState.FINDINGS, TourStep.RECORD_FINDINGS): TourState.FINDINGS,
    (TourState.FINDINGS, TourStep.GIVE_RESULT): TourState.RESULT,
    (TourState.RESULT, TourStep.CLOSE): TourState.CLOSED,
}


@cites("art14")
def may_step(tour: Tour, step: TourStep, facts: StepFacts, configuration: Configuration) -> Decision:
    """Whether the step follows from the tour's state and brings what it needs.

    A special tour may be declined until it opens; a routine one is owed.
    """
    owed = step is TourStep.DECLINE and tour.kind is TourKind.ROUTINE and tour.state is TourState.PLANNED
    if owed or (tour.state, step) not in _NEXT:
        return refuse("step_not_open", f"巡查当前状态不能{step}", f"a tour {tour.state} cannot {step}", _ORDER)
    missing = _missing(tour, step, facts, configuration)
    if missing is not None:
        return missing
    return allow(f"may_{step}", "可以办理", f"the tour may {step}", _ART14)


@cites("art14")
def take_step(tour: Tour, step: TourStep, facts: StepFacts, configuration: Configuration) -> Tour | Decision:
    """The tour after the step, or the refusal."""
    answer = may_step(tour, step, facts, configuration)
    if not answer:
        return answer
    return replace(
        tour,
        state=_NEXT[tour.state, step],
        **_brought(step, facts),
    )


def _brought(step: TourStep, facts: StepFacts) -> dict[str, Any]:
    """The fields of the tour that the step sets."""
    match step:
        case TourStep.PLAN:
            return {"planned_for": facts.planned_for, "team": facts.team}
        case TourStep.OPEN:
            return {"opened_on": facts.on}
        case TourStep.GIVE_RESULT:
            return {"result": facts.words, "samples": facts.samples, "result_on": facts.on}
        case TourStep.DECLINE:
            return {"reason": facts.words, "questioned": ""}
        case TourStep.CLOSE:
            return {"closed_on": facts.on}
        case TourStep.RECORD_FINDINGS:
            return {}


@cites("art14")
def has_come(day: date, today: date) -> Decision:
    """Whether a day that something is recorded for is not in the future."""
    if day > today:
        return refuse("day_not_come", "办理日期尚未到来", "the day has not come yet", _ORDER)
    return allow("day_has_come", "日期有效", "the day has come", _ART14)


@cites("art14")
def problems_described(problems: Collection[str]) -> Decision:
    """Whether every problem is described in words; none at all is a finding too."""
    if not all(problem.strip() for problem in problems):
        return refuse("problem_missing", "须写明发现的问题", "each problem is described", _ORDER)
    return allow("problems_described", "问题明确", "each problem is described", _ART14)


@cites("art14")
def basis_of_tour(tour: Tour) -> tuple[Basis, ...]:
    """What a tour rests on: the cycle of two years, or that one was necessary."""
    if tour.kind is TourKind.ROUTINE:
        return (_ART14,)
    return _ART14, Basis("art14", BasisKind.DEFAULT, "必要时开展，不计入每两年一次的巡查")


def _missing(tour: Tour, step: TourStep, facts: StepFacts, configuration: Configuration) -> Decision | None:
    if step in (TourStep.GIVE_RESULT, TourStep.DECLINE) and not facts.words.strip():
        return refuse("words_missing", "须写明巡查结果或者理由", "the result or the reason is written", _ORDER)
    if step is TourStep.PLAN and (facts.planned_for is None or not facts.team or not tour.organ_ids):
        return refuse("plan_incomplete", "计划须有日期、人员和对象", "a plan has day, team and bodies", _ORDER)
    if step is TourStep.PLAN and facts.planned_for is not None and facts.planned_for < facts.on:
        return refuse("plan_in_the_past", "计划日期早于当日", "the planned day has passed", _ORDER)
    if step is TourStep.GIVE_RESULT and tour.opened_on is not None:
        days = (facts.on - tour.opened_on).days + 1
        if days < configuration.minimum_days or facts.samples < configuration.minimum_samples:
            return refuse("too_little", "巡查天数或者抽查点位不足", "too few days or samples", _ORDER)
    still_open = sum(finding.state is not FindingState.CLOSED for finding in tour.findings)
    if step is TourStep.CLOSE and still_open:
        return refuse(
            "findings_open",
            f"{still_open}个问题尚未复查销号",
            f"{still_open} findings are not closed",
            _ART14,
        )
    return None


@cites("art14")
def report_rectified(finding: Finding, by: str, on: date, words: str) -> Finding | Decision:
    """整改 of an open finding, in words; from then on it waits for the re-check."""
    if finding.state is not FindingState.OPEN:
        return refuse("finding_not_open", "问题不在整改状态", "the finding is not open", _ORDER)
    if not words.strip() or on < finding.recorded_on:
        return refuse("rectification_incomplete", "须写明整改情况和日期", "rectification is described", _ORDER)
    return replace(finding, state=FindingState.RECTIFIED, rectification=words, rectified_by=by, rectified_on=on)


@cites("art14")
def recheck(finding: Finding, check: Recheck) -> Finding | Decision:
    """Closed when a person who neither recorded nor rectified it saw it solved; open again otherwise."""
    if finding.state is not FindingState.RECTIFIED:
        return refuse("not_rectified", "问题尚未整改，不能复查", "nothing is rectified yet", _ORDER)
    if check.by in (finding.recorded_by, finding.rectified_by):
        return refuse("same_person", "复查人不得为发现人或者整改人", "another person re-checks", _ORDER)
    if not check.words.strip() or (finding.rectified_on is not None and check.on < finding.rectified_on):
        return refuse("recheck_incomplete", "须写明复查情况和日期", "the re-check is described", _ORDER)
    state = FindingState.CLOSED if check.solved else FindingState.OPEN
    return replace(finding, state=state, rechecks=(*finding.rechecks, check))


@cites("art14", "art16")
def result_reference(tour: Tour, roster: Roster) -> ResultReference | Decision:
    """The result for appraisal, as reference, with the officials of the visited bodies when it opened."""
    if tour.state not in (TourState.RESULT, TourState.CLOSED) or tour.opened_on is None:
        return refuse("no_result", "巡查尚无结果", "the tour has no result yet", _ART14)
    day = tour.opened_on
    posts = {post.id for post in roster.posts if post.organ_id in tour.organ_ids}
    officials = dict.fromkeys(
        appointment.official_id
        for appointment in roster.appointments
        if appointment.post_id in posts and appointment.span.covers(day) and not appointment.annulled
    )
    return ResultReference(
        tour.id,
        tour.kind,
        tour.organ_ids,
        tuple(officials),
        day,
        tour.result,
        Basis("art14", note="重要参考"),
    )
