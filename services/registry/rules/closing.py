"""What must be on file before an accident is closed, and what a person should look at on any day."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from services.registry.facts import SHANGHAI, Accident, Authority, LevelDecision, ReportParty
from services.registry.facts.answers import ReportClock
from services.registry.facts.proceedings import (
    Deadline,
    DeadlineStatus,
    Lacking,
    Proceeding,
    ProceedingKind,
    StandingSteps,
)
from services.registry.rules.deadlines import evaluation_limit_on
from services.registry.rules.level import DECREE_493, check_investigator
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, refuse

_ART = Basis("art21.3")
_UNIT_ALONE = Basis("art21.3", BasisKind.READING, "仅单位迟报不构成线索 · a unit's late step alone is no lead")
_FIGURES = {
    "deaths": ("死亡人数", "deaths"),
    "serious_injuries": ("重伤人数", "serious injuries"),
    "direct_loss_yuan": ("直接经济损失", "direct economic loss"),
}
_STEPS = (
    (ProceedingKind.OPENED, "第十九条"),
    (ProceedingKind.SUBMITTED, "第二十九条"),
    (ProceedingKind.APPROVED, "第三十二条"),
    (ProceedingKind.PUBLISHED, "第三十四条"),
)


@cites("art8.5", "art21.3", "art21.4")
def lacking_for_closing(
    accident: Accident, level: LevelDecision, clock: ReportClock | None, steps: Sequence[Proceeding], day: date
) -> tuple[Lacking, ...]:
    """Everything that is not on file on `day`, each with its clause; nothing is waived, and nothing guessed."""
    return (
        *_reporting(clock),
        *_figures(accident, level, day),
        *_investigation(level, StandingSteps.of(steps, day)),
    )


def _reporting(clock: ReportClock | None) -> Iterator[Lacking]:
    basis = Basis(f"{DECREE_493} 第九条至第十一条")
    if clock is None:
        yield Lacking("report_steps", "事故报告的各环节", "the steps of reporting", basis)
        return
    if clock.receipt_unknown:
        who = "、".join(clock.receipt_unknown)
        yield Lacking(
            "receipts", f"接报时间：{who}", f"when these learned of it: {', '.join(clock.receipt_unknown)}", basis
        )
    if clock.pending:
        parties = [pending.party for pending in clock.pending]
        yield Lacking(
            "report_upwards", f"逐级上报：{'、'.join(parties)}", f"the report of: {', '.join(parties)}", basis
        )


def _figures(accident: Accident, level: LevelDecision, day: date) -> Iterator[Lacking]:
    if day <= level.window_last_day:
        yield Lacking(
            "death_window",
            f"伤亡补报期限（至{level.window_last_day}）届满",
            f"the end of the window for casualties, {level.window_last_day}",
            Basis(f"{DECREE_493} 第十三条"),
        )
    if accident.missing and level.level_if_missing_dead is not level.level:
        yield Lacking(
            "missing_persons",
            "下落不明人员的结论（影响事故等级）",
            "what became of the missing; the level depends on it",
            Basis(f"{DECREE_493} 第十二条"),
        )
    for figure in level.unknown:
        zh, en = _FIGURES[figure]
        yield Lacking(figure.value, zh, en, Basis(f"{DECREE_493} 第三十条"))


def _investigation(level: LevelDecision, standing: StandingSteps) -> Iterator[Lacking]:
    for kind, article in _STEPS:
        if standing.last(kind) is None:
            yield Lacking(kind.value, kind.zh, kind.value.replace("_", " "), Basis(f"{DECREE_493} {article}"))
    opened, approved = standing.last(ProceedingKind.OPENED), standing.last(ProceedingKind.APPROVED)
    if opened is not None and opened.authority is not None and opened.authority.rank < level.investigated_by.rank:
        yield Lacking(
            "investigation_level",
            f"由{level.investigated_by}一级组织的调查",
            f"an investigation at the level of {level.investigated_by}",
            Basis(f"{DECREE_493} 第十九条"),
        )
    evaluated = standing.last(ProceedingKind.EVALUATED)
    if approved is not None and evaluated is None and evaluation_limit_on(approved.day) is not None:
        yield Lacking(
            ProceedingKind.EVALUATED.value,
            ProceedingKind.EVALUATED.zh,
            "the evaluation of rectification and accountability",
            Basis("art8.5"),
        )


@cites("art8.5", "art21.3", "art21.4")
def alarms(
    demanded: Authority,
    competent: Authority,
    steps: Sequence[Proceeding],
    due: Sequence[Deadline],
    lacking: Sequence[Lacking],
    as_of: date,
    clock: ReportClock | None = None,
) -> tuple[Decision, ...]:
    """What a person should look at on `as_of`: too low a level, late reports, deadlines passed, an unfounded closing.

    The level is that of the newest investigation opened; before any, that of the organ with competence. With the
    closing of the file reports that came late alarm no more; the clock shows them still.
    """
    standing = StandingSteps.of(steps, as_of)
    opened = standing.last(ProceedingKind.OPENED)
    actual = opened.authority if opened is not None and opened.authority is not None else competent
    found = [check_investigator(demanded, actual)]
    found += [_overdue(one) for one in due if one.status is DeadlineStatus.OVERDUE]
    if standing.closed is None and clock is not None:
        found += _late(clock)
    if standing.closed is not None and lacking:
        found.append(_unfounded(lacking))
    return tuple(one for one in found if not one)


def _late(clock: ReportClock) -> Iterator[Decision]:
    """Each step that missed its sender's limit, and each report still owed after it, with the clause of the limit."""
    for step in clock.steps:
        sender = step.step.sender
        if step.within_limit is False and sender is not None and step.due_at is not None and step.basis is not None:
            yield _missed("reported_late", sender, step.due_at, step.basis, step.step.received_at)
    for one in clock.pending:
        if one.overdue:
            yield _missed("report_overdue", one.party, one.due_at, one.basis, None)


def _missed(code: str, party: ReportParty, due_at: datetime, limit: Basis, reported_at: datetime | None) -> Decision:
    due, reported = _minute(due_at), reported_at and _minute(reported_at)
    return refuse(
        code,
        f"{party.zh}应于{due}前报告，{f'{reported}方报' if reported else '至今未报'}",
        f"{party} was to report by {due}; {f'it did at {reported}' if reported else 'nothing is on record'}",
        limit,
        _UNIT_ALONE if party is ReportParty.UNIT else _ART,
    )


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _overdue(deadline: Deadline) -> Decision:
    return refuse(
        f"{deadline.kind}_overdue",
        f"{deadline.kind.zh}期限{deadline.due_on}已过，尚无记录",
        f"{deadline.kind} was due on {deadline.due_on}; nothing is on record",
        *deadline.basis,
    )


def _unfounded(lacking: Sequence[Lacking]) -> Decision:
    return refuse(
        "closed_without_file",
        f"已结案，但现已缺少：{'；'.join(one.zh for one in lacking)}",
        f"closed, but now lacking: {'; '.join(one.en for one in lacking)}",
        *(one.basis for one in lacking),
    )
