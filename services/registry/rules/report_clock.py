"""The clock of reporting: one hour for the unit from its head's receipt, two for each authority."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.registry.facts import ReportParty, ReportStep, shanghai_day
from services.registry.facts.answers import CheckedStep, PendingReport, ReportClock, ReportTarget
from services.registry.rules.level import DECREE_493, NoRuleInForceError
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse


@dataclass(frozen=True, slots=True)
class ReportLimit:
    """How long a unit and an authority have, from the day the rule applied."""

    document: str
    valid_from: date
    unit: timedelta
    unit_article: str
    authority: timedelta
    authority_article: str


REPORT_LIMITS: tuple[ReportLimit, ...] = (
    ReportLimit(DECREE_493, date(2007, 6, 1), timedelta(hours=1), "第九条", timedelta(hours=2), "第十一条"),
)


def limit_on(day: date, table: Sequence[ReportLimit] = REPORT_LIMITS) -> ReportLimit:
    """The limits in force on `day`; NoRuleInForceError before any."""
    found = max((row for row in table if row.valid_from <= day), key=lambda row: row.valid_from, default=None)
    if found is None:
        raise NoRuleInForceError(f"no limits of reporting on record for {day}")
    return found


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one party owed: when it learned, when its time began and ended, when it first reported upwards."""

    party: ReportParty
    learned_at: datetime | None
    due_at: datetime | None
    reported: ReportStep | None
    basis: Basis


def _turn(
    party: ReportParty, steps: Sequence[ReportStep], targets: Sequence[ReportTarget], limit: ReportLimit
) -> _Turn:
    receipts = [step.received_at for step in steps if step.receiver is party]
    since = [target.since for target in targets if target.authority.rank > party.rank]
    length = limit.unit if party is ReportParty.UNIT else limit.authority
    article = limit.unit_article if party is ReportParty.UNIT else limit.authority_article
    due_at = max(min(receipts), min(since)) + length if receipts and since else None
    upwards = (step for step in steps if step.sender is party and step.receiver.rank > party.rank)
    return _Turn(party, min(receipts, default=None), due_at, next(upwards, None), Basis(f"{limit.document} {article}"))


def _checked(step: ReportStep, turn: _Turn | None, levels: Collection[str] | None) -> CheckedStep:
    if turn is None or step.receiver.rank <= turn.party.rank:
        return CheckedStep(step, None, None, supplement=False, basis=None)
    early = turn.learned_at is not None and step.received_at < turn.learned_at
    if turn.reported is not step:
        return CheckedStep(step, None, None, supplement=True, basis=turn.basis, out_of_order=early)
    within = None if turn.due_at is None else step.received_at <= turn.due_at
    skipped = _between(turn.party, step.receiver, levels)
    return CheckedStep(step, turn.due_at, within, False, turn.basis, skipped, early)


def _between(sender: ReportParty, receiver: ReportParty, levels: Collection[str] | None) -> tuple[ReportParty, ...]:
    """The authorities passed over; a unit owes its report to the county, and 定州 has none above its towns."""
    return tuple(
        party
        for party in ReportParty
        if max(sender.rank, 0) < party.rank < receiver.rank and (levels is None or party.value in levels)
    )


@cites("art21.3")
def check_steps(steps: Iterable[ReportStep], occurred_at: datetime) -> Decision:
    """Nobody learns of an accident before it happens."""
    basis = Basis(f"{DECREE_493} 第九条至第十一条")
    for step in steps:
        if step.received_at < occurred_at:
            return refuse("report_before_accident", "报告时间早于事故时间", "reported before it happened", basis)
    return allow("steps_in_order", "报告步骤有效", "the steps can be", basis)


@cites("art21.3")
def check_step_withdrawal(number: int, steps: Iterable[ReportStep]) -> Decision:
    """A step recorded in error is withdrawn once and stays visible."""
    basis = Basis("art21.3", BasisKind.DEFAULT, "更正记录 · correcting records")
    if any(step.number == number and step.withdrawn is None for step in steps):
        return allow("withdrawn", "可以撤回", "the step is withdrawn", basis)
    return refuse("no_such_step", "没有这一环节，或者已撤回", "there is no such step, or it is withdrawn", basis)


@cites("art21.3")
def check_clock(
    steps: Iterable[ReportStep],
    targets: Sequence[ReportTarget],
    *,
    as_of: datetime,
    levels: Collection[str] | None = None,
) -> ReportClock:
    """Each step against its sender's limit, and what is pending at `as_of`.

    The hand-over counts as made when the receiver has it. Levels may be skipped: whoever learned of the
    accident has done its part by reporting to any higher one; which of the `levels` of the place (all where
    none are named) it passed over is shown. A late step of a unit alone is no lead against an official.
    ValueError without steps or targets or for instants without offset; NoRuleInForceError before any limit.
    """
    ordered = tuple(sorted(steps, key=lambda step: (step.received_at, step.receiver.rank)))
    if not ordered or not targets:
        raise ValueError("a clock needs a first receipt and a target")
    limit = limit_on(shanghai_day(ordered[0].received_at))
    senders = {step.sender for step in ordered if step.sender is not None}
    known = {step.receiver for step in ordered} | senders
    turns = {party: _turn(party, ordered, targets, limit) for party in ReportParty if party in known}
    checked = tuple(_checked(step, turns[step.sender] if step.sender else None, levels) for step in ordered)
    pending = tuple(
        PendingReport(turn.party, turn.due_at, as_of > turn.due_at, turn.basis)
        for turn in turns.values()
        if turn.reported is None and turn.due_at is not None
    )
    received = {step.receiver for step in ordered}
    unknown = tuple(party for party in turns if party in senders - received)
    late = any(step.within_limit is False for step in checked) or any(item.overdue for item in pending)
    return ReportClock(checked, pending, unknown, False if late else None if unknown else True)
