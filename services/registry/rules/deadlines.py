"""Deadlines after an accident: investigation report, approval, evaluation; derived for any day, never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from services.registry.facts import Level
from services.registry.facts.proceedings import (
    Deadline,
    DeadlineKind,
    DeadlineStatus,
    Proceeding,
    ProceedingKind,
    StandingSteps,
)
from services.registry.rules.calendar import year_after
from services.registry.rules.level import DECREE_493, NoRuleInForceError
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

WORK_SAFETY_LAW = "安全生产法（2021修正）"


_COUNTING = Basis(
    "民法典 第二百零一条", BasisKind.READING, "期间开始的当日不计入 · the day on which it begins is not counted"
)


def _status(status: str) -> str:
    return f"数据状态 · status of the figure: {status}"


@dataclass(frozen=True, slots=True)
class InvestigationLimit:
    """Days for report and approval from the day the rule applied; `status` says whether the text was read.

    `counting` says from where days are counted: not the day on which a period begins.
    """

    document: str
    valid_from: date
    report_days: int
    report_extension: int
    approval_days: Mapping[Level, int]
    approval_extension: Mapping[Level, int]
    status: str
    report_article: str = "第二十九条"
    appraisal_article: str = "第二十七条"
    approval_article: str = "第三十二条"
    counting: Basis = _COUNTING


@dataclass(frozen=True, slots=True)
class EvaluationLimit:
    """Within a year of the approval, for approvals from `valid_from` on, and what says so."""

    valid_from: date
    basis: Basis


INVESTIGATION_LIMITS: tuple[InvestigationLimit, ...] = (
    InvestigationLimit(
        document=DECREE_493,
        valid_from=date(2007, 6, 1),
        report_days=60,
        report_extension=60,
        approval_days=MappingProxyType(
            {Level.ORDINARY: 15, Level.LARGER: 15, Level.MAJOR: 15, Level.EXCEPTIONAL: 30},
        ),
        approval_extension=MappingProxyType({Level.EXCEPTIONAL: 30}),
        status="read",
    ),
)
#: Art. 8 (五) demands the evaluation and names no time: the year is read into it, until the law says it in words. The
#: rules were published by their first day; the exact one is configuration of whoever owes.
EVALUATION_LIMITS: tuple[EvaluationLimit, ...] = (
    EvaluationLimit(
        date(2018, 8, 23),
        Basis(
            "art8.5",
            BasisKind.READING,
            "条文未定期限，批复后一年内为理解 · the item names no time; within a year of the approval is a reading",
        ),
    ),
    EvaluationLimit(date(2021, 9, 1), Basis(f"{WORK_SAFETY_LAW} 第八十六条", note=_status("read"))),
)


def investigation_limit_on(day: date, table: Sequence[InvestigationLimit] = INVESTIGATION_LIMITS) -> InvestigationLimit:
    """The limits in force on the accident's day; NoRuleInForceError before any."""
    found = max((row for row in table if row.valid_from <= day), key=lambda row: row.valid_from, default=None)
    if found is None:
        raise NoRuleInForceError(f"no limits of investigation on record for {day}")
    return found


def evaluation_limit_on(day: date, table: Sequence[EvaluationLimit] = EVALUATION_LIMITS) -> EvaluationLimit | None:
    """The limit in force on the day of the approval; None before any: no day is made up."""
    return max((row for row in table if row.valid_from <= day), key=lambda row: row.valid_from, default=None)


@cites("art8.5", "art21.4")
def deadlines(accident_day: date, level: Level, steps: Sequence[Proceeding], as_of: date) -> tuple[Deadline, ...]:
    """The three deadlines as they stand on `as_of`; steps of later days have not happened yet."""
    standing = StandingSteps.of(steps, as_of)
    limit = investigation_limit_on(accident_day)
    return (
        _report(accident_day, standing, limit, as_of),
        _approval(level, standing, limit, as_of),
        evaluation_deadline(steps, as_of),
    )


def _read(limit: InvestigationLimit, article: str) -> Basis:
    """The article a figure comes from, and whether that text was read or is yet to be verified."""
    return Basis(f"{limit.document} {article}", note=_status(limit.status))


def _report(accident_day: date, standing: StandingSteps, limit: InvestigationLimit, as_of: date) -> Deadline:
    days = limit.report_days + standing.granted(ProceedingKind.EXTENDED) + len(_appraisal_days(standing, as_of))
    basis = (
        _read(limit, limit.report_article),
        _read(limit, limit.appraisal_article),
        limit.counting,
    )
    return _deadline(
        DeadlineKind.REPORT,
        accident_day + timedelta(days=days),
        standing.last(ProceedingKind.SUBMITTED),
        as_of,
        basis,
    )


def _appraisal_days(standing: StandingSteps, as_of: date) -> set[date]:
    """The days on which a technical appraisal was under way, each once; they are not counted."""
    spans = (
        (one.day, min(one.until or as_of, as_of)) for one in standing.round if one.kind is ProceedingKind.APPRAISED
    )
    return {first + timedelta(days=at) for first, last in spans for at in range((last - first).days + 1)}


def _approval(level: Level, standing: StandingSteps, limit: InvestigationLimit, as_of: date) -> Deadline:
    submitted = standing.last(ProceedingKind.SUBMITTED)
    days = limit.approval_days[level] + standing.granted(ProceedingKind.APPROVAL_EXTENDED)
    due_on = None if submitted is None else submitted.day + timedelta(days=days)
    basis = (_read(limit, limit.approval_article), limit.counting)
    return _deadline(DeadlineKind.APPROVAL, due_on, standing.last(ProceedingKind.APPROVED), as_of, basis)


@cites("art8.5")
def evaluation_deadline(steps: Sequence[Proceeding], as_of: date) -> Deadline:
    """The evaluation of rectification and accountability within a year of the approval, as it stands on `as_of`."""
    standing = StandingSteps.of(steps, as_of)
    approved = standing.last(ProceedingKind.APPROVED)
    limit = None if approved is None else evaluation_limit_on(approved.day)
    due_on = None if approved is None or limit is None else year_after(approved.day)
    year = () if limit is None else (limit.basis,)
    done = standing.last(ProceedingKind.EVALUATED)
    return _deadline(DeadlineKind.EVALUATION, due_on, done, as_of, (Basis("art8.5"), *year))


def _deadline(
    kind: DeadlineKind, due_on: date | None, done: Proceeding | None, as_of: date, basis: tuple[Basis, ...]
) -> Deadline:
    if done is not None:
        status = DeadlineStatus.MET if due_on is None or done.day <= due_on else DeadlineStatus.LATE
    elif due_on is None:
        status = DeadlineStatus.NOT_BEGUN
    else:
        status = DeadlineStatus.OPEN if as_of <= due_on else DeadlineStatus.OVERDUE
    return Deadline(kind, due_on, None if done is None else done.day, status, basis)


@cites("art21.4")
def check_extension(step: Proceeding, level: Level, steps: Sequence[Proceeding], accident_day: date) -> Decision:
    """Extensions together stay within what the law allows; only 特别重大 lets the approval wait longer."""
    limit = investigation_limit_on(accident_day)
    allowed = {
        ProceedingKind.EXTENDED: (limit.report_extension, limit.report_article),
        ProceedingKind.APPROVAL_EXTENDED: (limit.approval_extension.get(level, 0), limit.approval_article),
    }
    if step.kind not in allowed:
        return allow("no_extension", "不涉及延期", "no extension")
    most, article = allowed[step.kind]
    basis = Basis(f"{limit.document} {article}")
    if most == 0:
        return refuse(
            "no_extension_allowed", f"{level}事故的批复时间不得延长", "the approval may not wait longer", basis
        )
    if StandingSteps.of(steps).granted(step.kind) + step.days > most:
        return refuse(
            "extended_too_long", f"延长的期限合计不得超过{most}日", f"extensions together exceed {most} days", basis
        )
    return allow("extension_within_limit", "延长未超过上限", "the extension keeps within its limit", basis)
