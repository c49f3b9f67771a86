"""Accidents: recording, revising, correcting, reporting, adjusting the chain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.registry import data
from services.registry.facts import (
    Accident,
    AccidentType,
    Adjustment,
    Authority,
    Casualties,
    Circumstances,
    Deaths,
    LevelDecision,
    ReportStep,
    shanghai_day,
)
from services.registry.facts.answers import AccidentFile, ReportTarget
from services.registry.handlers.annulments import changing_accident
from services.registry.handlers.chains import asked, derive_chain, save_placed
from services.registry.handlers.files import filed
from services.registry.handlers.organs import industries
from services.registry.handlers.parts import (
    accident_of,
    adjustment_part,
    adjustments_of,
    level_parts,
    reported_parts,
    step_parts,
    steps_of,
    target_part,
    targets_of,
)
from services.registry.handlers.proceeding_parts import proceedings_of
from services.registry.handlers.saving import (
    becoming,
    enter,
    region_for,
    save,
)
from services.registry.repository import rosters
from services.registry.rules.accident_types import accident_types, check_type, standard_on
from services.registry.rules.appointments import check_same_world
from services.registry.rules.industries import catalogue
from services.registry.rules.investigation import check_competence, investigation
from services.registry.rules.level import decide_level
from services.registry.rules.proceedings import check_still_standing
from services.registry.rules.report_clock import check_step_withdrawal, check_steps
from shared.contracts.registry import (
    AccidentCorrected,
    AccidentRecorded,
    AccidentRevised,
    AccidentState,
    ChainRevised,
    ReportRecorded,
    ReportWithdrawn,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.statute.decision import Decision

_INDUSTRIES = catalogue(data.rows(data.INDUSTRIES))
_TYPES = accident_types(data.rows(data.ACCIDENT_TYPES))


async def record(
    work: UnitOfWork,
    told: Circumstances,
    casualties: Casualties,
    *,
    steps: Sequence[ReportStep] = (),
    taken_over_by: Authority | None = None,
) -> AccidentFile[AccidentState]:
    """Record an accident with its level, report clock, investigating organ and chain, all in this transaction.

    It is recorded even where nobody is known to investigate at its level: an alarm asks for the confirmation. That a
    level took it over is only recorded where one is known at that level.
    """
    await enter(work, deriving=True)
    day = shanghai_day(told.occurred_at)
    region = await region_for(work, told.region_code, day)
    ref = Ref("accident", uuid4())
    await work.lock(ref)
    _past(work, told.occurred_at)
    accident = Accident(
        id=ref.id,
        region_code=told.region_code,
        path=region.state.path,
        occurred_at=told.occurred_at,
        industry=_industry(told.industry),
        accident_type=_known_type(told.accident_type, day),
        nature=told.nature,
        fields=told.fields,
        zone_codes=told.zone_codes,
        exercise=told.exercise or region.state.exercise,
    )
    accident = _with_casualties(work, accident, casualties)
    level, known, parts = await derived(work, accident, taken_over_by, ())
    if taken_over_by is not None:
        obey(known)
    event = AccidentRecorded.model_validate(
        {
            **reported_parts(accident),
            **parts,
            "title": told.title,
            "taken_over_by": taken_over_by,
            "chain_version": 1,
            "report_steps": step_parts(_checked(work, accident, steps)),
            "report_targets": (target_part(ReportTarget(level.reported_up_to, told.occurred_at)),),
        }
    )
    return await filed(work, await save(work, event, accident.path, occurred_at=told.occurred_at))


async def revise(
    work: UnitOfWork,
    accident_id: UUID,
    expected: int | None,
    casualties: Casualties,
    *,
    taken_over_by: Authority | None,
    reason: str,
) -> AccidentFile[AccidentState]:
    """Revise casualties and loss; level and chain follow. Who took the investigation over stays unless said anew.

    Figures are always taken: where nobody is known to investigate at the level they reach, an alarm says so.
    """
    await enter(work, deriving=True)
    found = await changing_accident(work, accident_id, expected)
    state = found.state
    accident = _with_casualties(work, accident_of(state), casualties)
    actual = taken_over_by or (Authority(state.taken_over_by) if state.taken_over_by else None)
    known, changes = await _following(work, state, accident, actual)
    if taken_over_by is not None:
        obey(known)
    event = becoming(AccidentRevised, state, **changes, taken_over_by=actual)
    return await filed(work, await save(work, event, found.path, reason=reason))


async def correct(
    work: UnitOfWork, accident_id: UUID, expected: int | None, told: Circumstances, *, reason: str
) -> AccidentFile[AccidentState]:
    """Correct what it was, where and when, e.g. the type that the investigation found; level and chain follow.

    Where no place is told, that on record stays; whether it is an exercise always does.
    """
    await enter(work, deriving=True)
    found = await changing_accident(work, accident_id, expected)
    state, day = found.state, shanghai_day(told.occurred_at)
    region = await region_for(work, told.region_code or state.region_code, day)
    obey(check_same_world(state.exercise, region.state.exercise or state.exercise))
    _past(work, told.occurred_at)
    accident = replace(
        accident_of(state),
        region_code=region.state.code,
        path=region.state.path,
        occurred_at=told.occurred_at,
        industry=_industry(told.industry),
        accident_type=_known_type(told.accident_type, day),
        nature=told.nature,
        fields=told.fields,
        zone_codes=told.zone_codes,
    )
    counting = [step for step in steps_of(state) if step.withdrawn is None]
    obey(check_steps(counting, told.occurred_at))
    obey(check_still_standing(proceedings_of(state), day, shanghai_day(work.recorded_at)))
    actual = Authority(state.taken_over_by) if state.taken_over_by else None
    _, changes = await _following(work, state, accident, actual)
    event = becoming(AccidentCorrected, state, **changes, title=told.title)
    return await filed(work, await save_placed(work, event, found.path, reason=reason, occurred_at=told.occurred_at))


async def withdraw_step(
    work: UnitOfWork, accident_id: UUID, expected: int | None, number: int, *, reason: str
) -> AccidentFile[AccidentState]:
    """Withdraw a step of reporting recorded in error; it stays visible with the reason."""
    found = await changing_accident(work, accident_id, expected)
    steps = steps_of(found.state)
    obey(check_step_withdrawal(number, steps))
    kept = [replace(one, withdrawn=reason) if one.number == number else one for one in steps]
    event = becoming(ReportWithdrawn, found.state, report_steps=step_parts(kept))
    return await filed(work, await save(work, event, found.path, reason=reason))


async def _following(
    work: UnitOfWork, state: AccidentState, accident: Accident, actual: Authority | None
) -> tuple[Decision, dict[str, Any]]:
    """Whether the organ is known, and for the event what follows: a level that rises moves nobody's past."""
    level, known, parts = await derived(work, accident, actual, adjustments_of(state))
    targets = tuple(
        replace(one, since=accident.occurred_at) if one.since == state.occurred_at else one for one in targets_of(state)
    )
    if level.reported_up_to not in {target.authority for target in targets}:
        targets = (*targets, ReportTarget(level.reported_up_to, work.recorded_at))
    return known, {
        **reported_parts(accident),
        **parts,
        "chain_version": state.chain_version + 1,
        "report_targets": tuple(target_part(target) for target in targets),
    }


async def report(
    work: UnitOfWork, accident_id: UUID, expected: int | None, steps: Sequence[ReportStep]
) -> AccidentFile[AccidentState]:
    """Record further steps of reporting."""
    found = await changing_accident(work, accident_id, expected)
    accident = accident_of(found.state)
    kept = (*steps_of(found.state), *_checked(work, accident, steps))
    event = becoming(ReportRecorded, found.state, report_steps=step_parts(kept))
    return await filed(work, await save(work, event, found.path))


async def adjust_chain(
    work: UnitOfWork, accident_id: UUID, expected: int | None, adjustment: Adjustment
) -> AccidentFile[AccidentState]:
    """Add somebody to the chain or drop somebody from it, with a reason."""
    await enter(work, deriving=True)
    found = await changing_accident(work, accident_id, expected)
    state = found.state
    adjustments = (*adjustments_of(state), adjustment)
    accident = accident_of(state)
    taken = Authority(state.taken_over_by) if state.taken_over_by else None
    _, _, parts = await derived(work, accident, taken, adjustments)
    if parts["chain"] == state.chain:
        raise Refused("nothing_adjusted", "此项调整不改变责任链条", "the adjustment changes nothing in the chain")
    event = becoming(
        ChainRevised,
        state,
        **parts,
        adjustments=tuple(adjustment_part(one) for one in adjustments),
        chain_version=state.chain_version + 1,
    )
    return await filed(work, await save(work, event, found.path, reason=adjustment.reason))


def types_on(day: date) -> list[AccidentType]:
    """The types that the standard of a day names, in the order of codes and names."""
    standard = standard_on(day)
    return sorted((one for one in _TYPES if one.standard == standard), key=lambda one: (one.code or "", one.name))


async def derived(
    work: UnitOfWork,
    accident: Accident,
    taken_over_by: Authority | None,
    adjustments: Sequence[Adjustment],
) -> tuple[LevelDecision, Decision, dict[str, Any]]:
    """The level, whether the investigating organ is known, and level, organ and chain as parts of the state."""
    with asked():
        level = decide_level(accident)
    path = await rosters.regions_on(work.session, accident.path, accident.day)
    organ, reach = investigation(level.investigated_by, taken_over_by, path)
    chain = await derive_chain(work.session, accident, reach, adjustments)
    return level, check_competence(organ), {**level_parts(level, organ), **chain}


def _with_casualties(work: UnitOfWork, accident: Accident, told: Casualties) -> Accident:
    """The figures as told now; a death on record before keeps the moment in which it was recorded."""
    before = {(one.count, one.died_on, one.concealed): one for one in accident.deaths}
    if any(died_on > shanghai_day(work.recorded_at) for _, died_on, _ in told.deaths):
        raise Refused("in_the_future", "死亡日期晚于今日", "a death lies in the future")
    return replace(
        accident,
        deaths=tuple(
            before.get((count, died_on, concealed)) or Deaths(count, died_on, work.recorded_at, concealed)
            for count, died_on, concealed in told.deaths
        ),
        missing=told.missing,
        serious_injuries=told.serious_injuries,
        direct_loss_yuan=told.direct_loss_yuan,
        concealed_serious_injuries=told.concealed_serious_injuries,
        concealed_loss_yuan=told.concealed_loss_yuan,
    )


def _checked(work: UnitOfWork, accident: Accident, steps: Sequence[ReportStep]) -> tuple[ReportStep, ...]:
    obey(check_steps(steps, accident.occurred_at))
    for step in steps:
        _past(work, step.received_at)
    return tuple(replace(step, recorded_at=work.recorded_at) for step in steps)


def _past(work: UnitOfWork, instant: datetime) -> None:
    if instant > work.recorded_at:
        raise Refused("in_the_future", "时间晚于现在", "the instant lies in the future")


def _industry(code: str) -> str:
    full = industries((code,))[0]
    if full not in _INDUSTRIES:
        raise Refused("unknown_industry", "不是 GB/T 4754 行业代码", f"{code} is no GB/T 4754 code")
    return full


def _known_type(kind: AccidentType | None, day: date) -> AccidentType | None:
    if kind is not None:
        obey(check_type(kind, day, _TYPES))
    return kind
