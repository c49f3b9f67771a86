"""Impediments 履职障碍: recorded by whoever knows; the safety committee's office accepts one for each obligation."""

from datetime import date

from services.duties.facts import Incumbency, Obligation
from services.duties.facts.records import RecordedImpediment
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_CONDITIONS = Basis("art28", BasisKind.DEFAULT, "conditions are part of what a decision weighs")


@cites("art28")
def may_record_impediment(found: RecordedImpediment, incumbencies: tuple[Incumbency, ...], *, today: date) -> Decision:
    """Whether it may be recorded: begun by today, days in order, and of somebody who held the post in it."""
    span = found.span
    if span.from_day > today or (span.to_day is not None and span.to_day < span.from_day):
        return refuse("impediment.span", "起止日期有误", "its days are not in order, or not begun", _CONDITIONS)
    held = any(
        one.is_of(found.official_id) and one.post_id == found.post_id and one.span.overlaps(span)
        for one in incumbencies
    )
    if found.official_id is not None and not held:
        return refuse(
            "impediment.not_incumbent", "本人该期间不担任该岗位", "the person did not hold the post", _CONDITIONS
        )
    return allow("impediment.recordable", "可以登记", "it may be recorded", _CONDITIONS)


@cites("art28")
def may_accept(found: RecordedImpediment, obligation: Obligation, reason: str, by: str) -> Decision:
    """Whether it may be accepted for an obligation: of the same post and time, once, reasoned, not by its recorder."""
    if found.withdrawn is not None:
        return refuse("impediment.withdrawn", "该障碍已撤回", "it is withdrawn", _CONDITIONS)
    if found.recorded_by == by:
        return refuse("impediment.own_entry", "登记人不得自行采纳", "one's own entry", _CONDITIONS)
    if not reason.strip():
        return refuse("impediment.no_reason", "未写明采纳理由", "no reason is given", _CONDITIONS)
    period = obligation.period
    if obligation.post_id != found.post_id or not found.span.days_within(period.from_day, period.to_day):
        return refuse(
            "impediment.of_another_time", "该障碍与此履职任务无关", "it does not touch that obligation", _CONDITIONS
        )
    if any(one.obligation_id == obligation.id for one in found.accepted):
        return refuse("impediment.already_accepted", "已就此任务采纳", "it is accepted for it already", _CONDITIONS)
    return allow("impediment.acceptable", "可以采纳", "it may be accepted", _CONDITIONS)


@cites("art28")
def may_withdraw_impediment(found: RecordedImpediment, reason: str) -> Decision:
    """Whether it may be withdrawn: once, with a reason; it stays readable."""
    if found.withdrawn is not None:
        return refuse("impediment.withdrawn", "该障碍已撤回", "it is withdrawn", _CONDITIONS)
    if not reason.strip():
        return refuse("impediment.no_reason", "未写明撤回理由", "no reason is given", _CONDITIONS)
    return allow("impediment.withdrawable", "可以撤回", "it may be withdrawn", _CONDITIONS)
