"""The order of what follows an accident: each step rests on the one before it, on that day or later."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.registry.facts.proceedings import Proceeding, ProceedingKind, StandingSteps
from services.registry.rules.level import DECREE_493
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_K = ProceedingKind
_RESTS_ON = {
    _K.EXTENDED: _K.OPENED,
    _K.APPRAISED: _K.OPENED,
    _K.SUBMITTED: _K.OPENED,
    _K.APPROVAL_EXTENDED: _K.SUBMITTED,
    _K.APPROVED: _K.SUBMITTED,
    _K.PUBLISHED: _K.APPROVED,
    _K.EVALUATED: _K.APPROVED,
}
_NOT_AFTER = {_K.EXTENDED: _K.SUBMITTED, _K.APPRAISED: _K.SUBMITTED, _K.APPROVAL_EXTENDED: _K.APPROVED}
_ONCE = frozenset({_K.SUBMITTED, _K.APPROVED})
_ARTICLE = {
    _K.OPENED: Basis(f"{DECREE_493} 第十九条"),
    _K.EXTENDED: Basis(f"{DECREE_493} 第二十九条"),
    _K.APPRAISED: Basis(f"{DECREE_493} 第二十七条"),
    _K.SUBMITTED: Basis(f"{DECREE_493} 第二十九条"),
    _K.APPROVAL_EXTENDED: Basis(f"{DECREE_493} 第三十二条"),
    _K.APPROVED: Basis(f"{DECREE_493} 第三十二条"),
    _K.PUBLISHED: Basis(f"{DECREE_493} 第三十四条"),
    _K.EVALUATED: Basis("art8.5"),
    _K.CLOSED: Basis("art21.4", BasisKind.DEFAULT, "结案管理 · how files are closed"),
    _K.REOPENED: Basis("art21.4", BasisKind.DEFAULT, "结案管理 · how files are closed"),
}


@cites("art8.5", "art21.4")
def check_proceeding(step: Proceeding, before: Sequence[Proceeding], accident_day: date, today: date) -> Decision:
    """Whether a step can follow those on record: what it rests on is there, and no day runs backwards.

    A closed accident takes nothing but its reopening; figures may be revised whenever they become known.
    """
    standing, basis = StandingSteps.of(before), _ARTICLE[step.kind]
    if (standing.closed is not None) is not (step.kind is _K.REOPENED):
        if standing.closed is None:
            return refuse("not_closed", "该事故尚未结案", "the accident is not closed", basis)
        return refuse("accident_closed", "该事故已结案，请先重新启动", "the accident is closed; reopen it first", basis)
    last_day = step.until or step.day
    if step.day < accident_day or last_day < step.day or max(step.day, last_day) > today:
        return refuse(
            "impossible_day",
            "日期早于事故发生日、前后颠倒或者晚于今日",
            "the day lies before the accident, backwards, or in the future",
            basis,
        )
    return _in_order(step, standing, basis)


def _in_order(step: Proceeding, standing: StandingSteps, basis: Basis) -> Decision:
    if step.kind in _ONCE and standing.last(step.kind) is not None:
        return refuse(
            "already_on_record", f"{step.kind.zh}已有记录", "it is on record already; withdraw that first", basis
        )
    needed = _RESTS_ON.get(step.kind)
    rests_on = None if needed is None else standing.last(needed)
    if needed is not None and (rests_on is None or rests_on.day > step.day):
        return refuse(
            "step_before_its_time",
            f"{step.kind.zh}之前须有：{needed.zh}",
            f"{step.kind} rests on {needed}, which is not on record by that day",
            basis,
        )
    ended = _NOT_AFTER.get(step.kind)
    end = None if ended is None else standing.last(ended)
    if end is not None and step.day > end.day:
        return refuse("step_after_its_time", f"{end.kind.zh}之后不再延长", f"it came after {end.kind}", basis)
    if step.kind is _K.REOPENED and standing.closed is not None and step.day < standing.closed.day:
        return refuse("step_before_its_time", "重新启动不得早于结案", "reopened before it was closed", basis)
    return allow("step_in_order", "步骤衔接有效", "the step follows those on record", basis)


@cites("art21.4")
def check_withdrawal(number: int, steps: Sequence[Proceeding], accident_day: date, today: date) -> Decision:
    """A step recorded in error is withdrawn and stays visible; not while another rests on it."""
    basis = Basis("art21.4", BasisKind.DEFAULT, "更正记录 · correcting records")
    if not any(one.number == number and one.withdrawn is None for one in steps):
        return refuse("no_such_step", "没有这一步骤，或者已撤回", "there is no such step, or it is withdrawn", basis)
    rest = [replace(one, withdrawn="withdrawn") if one.number == number else one for one in steps]
    fallen = _first_fallen(rest, accident_day, today)
    if fallen is not None:
        return refuse(
            "others_rest_on_it",
            f"第{fallen.number}步（{fallen.kind.zh}）以其为前提，请先撤回该步",
            f"step {fallen.number} ({fallen.kind}) rests on it; withdraw that first",
            basis,
        )
    return allow("withdrawn", "可以撤回", "the step is withdrawn", basis)


@cites("art21.4")
def check_still_standing(steps: Sequence[Proceeding], accident_day: date, today: date) -> Decision:
    """Whether every step on record can still be, with the accident on another day."""
    fallen = _first_fallen(steps, accident_day, today)
    if fallen is not None:
        return refuse(
            "impossible_day",
            f"第{fallen.number}步（{fallen.kind.zh}）早于更正后的事故发生日",
            f"step {fallen.number} ({fallen.kind}) would lie before the accident",
            _ARTICLE[fallen.kind],
        )
    return allow("steps_stand", "各步骤仍然有效", "every step still stands")


def _first_fallen(steps: Sequence[Proceeding], accident_day: date, today: date) -> Proceeding | None:
    standing = ((at, one) for at, one in enumerate(steps) if one.withdrawn is None)
    fallen = (one for at, one in standing if not check_proceeding(one, steps[:at], accident_day, today))
    return next(fallen, None)
