"""The life of an appraisal (Art. 16, 23): opened, reported, graded by a person; flagged, reopened, graded again."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.appraisal.facts import (
    Appraisal,
    AppraisalStatus,
    AppraisalStep,
    Flag,
    GivenGrade,
    KnownVeto,
    References,
    ReopenedBy,
    Reopening,
    SelfReport,
    Subject,
    TourReference,
    YearlyReport,
)
from services.appraisal.facts.books import BooksReference
from services.appraisal.rules.grades import flag_of, may_reopen
from services.appraisal.rules.reports import report_acceptable
from shared.roster.facts import Appointment, Span
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, first_refusal, refuse
from shared.statute.effects import Effect, EffectKind

_ART16 = Basis("art16")
_REFERENCE = Basis("art16", note="重要参考")
_ORDER = Basis("art16", BasisKind.DEFAULT, "考核程序")
_FROM = {
    AppraisalStep.REPORT: (AppraisalStatus.OPENED, AppraisalStatus.REPORTED),
    AppraisalStep.GRADE: (AppraisalStatus.REPORTED, AppraisalStatus.REOPENED),
    AppraisalStep.REOPEN: (AppraisalStatus.FLAGGED,),
}


@cites("art16")
def may_open(person: Collection[UUID], year: int, appointments: Collection[Appointment], today: date) -> Decision:
    """Whether the year has begun, and the official held a post in the body in it.

    `person` holds every id of the official; it is empty for the body itself.
    """
    if year > today.year:
        return refuse("year_not_begun", "考核年度尚未开始", "the year has not begun", _ORDER)
    served = any(
        held.official_id in person and not held.annulled and held.span.overlaps(_year(year)) for held in appointments
    )
    if person and not served:
        return refuse("not_a_member", f"{year}年度未在该领导班子任职", f"held no post in the body in {year}", _ART16)
    return allow("may_open", "可以开展考核", "the appraisal may be opened", _ART16)


def _year(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31))


@cites("art16")
def has_come(day: date, today: date) -> Decision:
    """Whether a day that something is recorded for is not in the future."""
    if day > today:
        return refuse("day_not_come", "办理日期尚未到来", "the day has not come yet", _ORDER)
    return allow("day_has_come", "日期有效", "the day has come", _ART16)


@cites("art16")
def may_step(appraisal: Appraisal, step: AppraisalStep) -> Decision:
    """Whether the step follows from where the appraisal stands; no grade without a report."""
    if appraisal.status in _FROM[step]:
        return allow(f"may_{step}", "可以办理", f"may {step}", _ART16)
    if step is AppraisalStep.GRADE and appraisal.status is AppraisalStatus.OPENED:
        return refuse("report_missing", "尚未述职，不能评定等次", "no grade without a yearly report", _ART16)
    if step is AppraisalStep.REOPEN:
        return refuse("not_flagged", "等次未被标记，不能重新评定", "the grade is not flagged", _ART16)
    return refuse("step_not_open", f"考核当前状态不能{step}", f"an appraisal {appraisal.status} cannot {step}", _ORDER)


@cites("art16")
def may_report(appraisal: Appraisal, report: SelfReport) -> Decision:
    """Whether the report may be filed: with its work-safety section, before the grade."""
    filed = report_acceptable(yearly_report(replace(appraisal, report=report)))
    return first_refusal((may_step(appraisal, AppraisalStep.REPORT), filed), filed)


def yearly_report(appraisal: Appraisal) -> YearlyReport:
    """The report in an appraisal as the rules on reports read it."""
    subject = Subject.BODY if appraisal.official_id is None else Subject.MEMBER
    section = appraisal.report.work_safety_section if appraisal.report else ""
    return YearlyReport(subject, appraisal.official_id or appraisal.organ_id, appraisal.year, section)


@cites("art23")
def touching(vetoes: Collection[KnownVeto], year: int) -> tuple[UUID, ...]:
    """Ids of the vetoes (not of mere effect periods) that share a day with the year."""
    return tuple(
        veto.id
        for veto in vetoes
        if any(effect.kind is EffectKind.VETO and effect.touches_year(year) for effect in veto.effects)
    )


@cites("art23")
def flagged(appraisal: Appraisal, vetoes: Collection[KnownVeto], on: date) -> Appraisal | None:
    """The appraisal with its grade flagged by vetoes that nobody has considered yet; `None` where there are none."""
    standing = appraisal.standing
    if standing is None or appraisal.official_id is None:
        return None
    known = (*standing.considered, *(appraisal.flag.veto_ids if appraisal.flag else ()))
    fresh = [veto for veto in vetoes if veto.id not in known]
    given = GivenGrade(appraisal.id, appraisal.official_id, appraisal.year, standing.grade, standing.given_on)
    answer = flag_of(given, effects_of(fresh))
    if answer:
        return None
    before = appraisal.flag
    ids = (*(before.veto_ids if before else ()), *touching(fresh, appraisal.year))
    basis = (*(before.basis if before else ()), *answer.basis)
    return replace(appraisal, status=AppraisalStatus.FLAGGED, flag=Flag(on, ids, tuple(dict.fromkeys(basis))))


@cites("art23")
def reopen(appraisal: Appraisal, by: ReopenedBy) -> Appraisal | Decision:
    """The appraisal after a person reopened its flagged grade with a reason, or the refusal."""
    step = may_step(appraisal, AppraisalStep.REOPEN)
    if not step or appraisal.flag is None:
        return step
    flag = refuse("grade_flagged", "等次已被标记", "the grade is flagged", *appraisal.flag.basis)
    answer = may_reopen(flag, Reopening(by.by, by.reason))
    if not answer:
        return answer
    return replace(appraisal, status=AppraisalStatus.REOPENED, flag=None, reopenings=(*appraisal.reopenings, by))


def effects_of(vetoes: Collection[KnownVeto]) -> tuple[Effect, ...]:
    """Everything that the vetoes and effect periods bar."""
    return tuple(effect for veto in vetoes for effect in veto.effects)


@cites("art14", "art16", "art23")
def references(
    appraisal: Appraisal,
    subject: Collection[UUID],
    tours: Collection[TourReference],
    vetoes: Collection[KnownVeto],
    books: Collection[BooksReference] = (),
) -> References:
    """What the appraisal must take into account as important reference: of its year, of its body or member.

    `subject` holds the ids of the body, or every id of the member. Books are the body's: what a lapse says is about
    records of a post, for a member too.
    """
    year = _year(appraisal.year)
    seen = tuple(
        tour
        for tour in tours
        if year.covers(tour.visited_on) and not {*tour.organ_ids, *tour.official_ids}.isdisjoint(subject)
    )
    held = tuple(veto for veto in vetoes if any(one.touches_year(appraisal.year) for one in veto.effects))
    basis = dict.fromkeys((_REFERENCE, *(effect.basis for effect in effects_of(held))))
    kept = tuple(sorted((one for one in books if year.covers(one.to_day)), key=lambda one: (one.to_day, one.from_day)))
    return References(seen, held, tuple(basis), kept)


@cites("art16", "art23")
def basis_of(appraisal: Appraisal) -> tuple[Basis, ...]:
    """What an appraisal rests on, with the clauses of its flag."""
    return _ART16, *(appraisal.flag.basis if appraisal.flag else ())
