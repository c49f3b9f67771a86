"""What follows an accident: each step is recorded in order; closing needs everything on file."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.registry.facts import Authority, shanghai_day
from services.registry.facts.answers import AccidentFile, Stored
from services.registry.facts.proceedings import Lacking, Proceeding, ProceedingKind
from services.registry.handlers.accidents import derived
from services.registry.handlers.annulments import changing_accident
from services.registry.handlers.files import filed, lacking_on
from services.registry.handlers.organs import ORGAN
from services.registry.handlers.parts import accident_of, adjustments_of
from services.registry.handlers.proceeding_parts import proceeding_parts, proceedings_of
from services.registry.handlers.saving import becoming, enter, referred, save
from services.registry.rules.deadlines import check_extension
from services.registry.rules.level import decide_level
from services.registry.rules.proceedings import check_proceeding, check_withdrawal
from shared.contracts.registry import (
    AccidentClosed,
    AccidentReopened,
    AccidentState,
    ApprovalExtended,
    InvestigationExtended,
    InvestigationOpened,
    InvestigationReportApproved,
    InvestigationReportSubmitted,
    OrganState,
    ProceedingWithdrawn,
    RectificationEvaluated,
    ResultPublished,
    TechnicalAppraisalRecorded,
)
from shared.kernel.problems import FieldError, Refused, obey
from shared.kernel.unit_of_work import UnitOfWork

EVENTS: Mapping[ProceedingKind, type[AccidentState]] = {
    ProceedingKind.OPENED: InvestigationOpened,
    ProceedingKind.EXTENDED: InvestigationExtended,
    ProceedingKind.APPRAISED: TechnicalAppraisalRecorded,
    ProceedingKind.SUBMITTED: InvestigationReportSubmitted,
    ProceedingKind.APPROVAL_EXTENDED: ApprovalExtended,
    ProceedingKind.APPROVED: InvestigationReportApproved,
    ProceedingKind.PUBLISHED: ResultPublished,
    ProceedingKind.EVALUATED: RectificationEvaluated,
    ProceedingKind.CLOSED: AccidentClosed,
    ProceedingKind.REOPENED: AccidentReopened,
}


async def proceed(
    work: UnitOfWork, accident_id: UUID, expected: int | None, told: Proceeding
) -> AccidentFile[AccidentState]:
    """Record the next step after an accident; a higher level that opens an investigation takes it over (提级)."""
    if told.kind is ProceedingKind.OPENED:
        await enter(work, deriving=True)
    found = await changing_accident(work, accident_id, expected)
    state, steps = found.state, proceedings_of(found.state)
    accident, today = accident_of(state), shanghai_day(work.recorded_at)
    step = replace(told, number=len(steps) + 1, recorded_at=work.recorded_at)
    if step.organ_id is not None:
        await referred(work, OrganState, step.organ_id, ORGAN)
    obey(check_proceeding(step, steps, accident.day, today))
    obey(check_extension(step, decide_level(accident).level, steps, accident.day))
    if step.kind is ProceedingKind.CLOSED:
        await _complete(work, found, step)
    changes = await _taken_over(work, state, step.authority)
    event = becoming(EVENTS[step.kind], state, **changes, proceedings=proceeding_parts((*steps, step)))
    return await filed(work, await save(work, event, found.path, reason=step.reason))


async def withdraw(
    work: UnitOfWork, accident_id: UUID, expected: int | None, number: int, *, reason: str
) -> AccidentFile[AccidentState]:
    """Withdraw a step recorded in error; it stays visible with the reason."""
    found = await changing_accident(work, accident_id, expected)
    steps, day = proceedings_of(found.state), accident_of(found.state).day
    obey(check_withdrawal(number, steps, day, shanghai_day(work.recorded_at)))
    kept = [replace(one, withdrawn=reason) if one.number == number else one for one in steps]
    event = becoming(ProceedingWithdrawn, found.state, proceedings=proceeding_parts(kept))
    return await filed(work, await save(work, event, found.path, reason=reason))


async def _complete(work: UnitOfWork, found: Stored[AccidentState], step: Proceeding) -> None:
    """Raise 422 that names everything that is not on file by the day of the closing."""
    lacking = await lacking_on(work, found, step.day)
    if lacking:
        raise _incomplete(lacking)


def _incomplete(lacking: tuple[Lacking, ...]) -> Refused:
    return Refused(
        "file_incomplete",
        f"尚不得结案，缺少：{'；'.join(one.zh for one in lacking)}",
        f"it cannot be closed yet; lacking: {'; '.join(one.en for one in lacking)}",
        errors=[FieldError(pointer=f"/lacking/{one.code}", detail=f"{one.zh} · {one.en}") for one in lacking],
        basis=tuple(dict.fromkeys(one.basis for one in lacking)),
    )


async def _taken_over(work: UnitOfWork, state: AccidentState, authority: Authority | None) -> dict[str, Any]:
    """Chain and investigating organ, where a level higher than the present one opens the investigation."""
    if authority is None or authority.rank <= Authority(state.investigated_by).rank:
        return {}
    _, known, parts = await derived(work, accident_of(state), authority, adjustments_of(state))
    obey(known)
    another = any(getattr(state, name) != parts[name] for name in ("chain", "removed", "gaps"))
    return {**parts, "taken_over_by": authority, "chain_version": state.chain_version + another}
