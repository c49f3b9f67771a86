"""尽职免责: requested, found, answered by a person within what the file allows (Art. 26)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.discipline import repository
from services.discipline.facts import (
    ExemptionAnswer,
    ExemptionOutcome,
    Ground,
    InvestigationFinding,
)
from services.discipline.handlers.annulled import demand_standing
from services.discipline.handlers.files import basis_parts, chain_lead_id, changed, derived, opened, save, unknown
from services.discipline.handlers.translate import exemption_of
from services.discipline.repository import Kept
from services.discipline.rules.answers import may_record, no_attestation, outdated_attestation
from services.discipline.rules.exemption import answer_exemption
from shared.contracts import discipline as told
from shared.contracts.duties import AttestationState
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.problems import Conflict, Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import repository as roster
from shared.statute.decision import Basis

_ANSWERS: dict[ExemptionOutcome, type[told.ExemptionState]] = {
    ExemptionOutcome.GRANTED: told.ExemptionGranted,
    ExemptionOutcome.SUSPENDED: told.ExemptionSuspended,
    ExemptionOutcome.REFUSED: told.ExemptionRefused,
}


def exemption_id(accident_id: UUID, post_id: UUID, official_id: UUID, ground: Ground) -> UUID:
    """One exemption for each accident, post, official and ground."""
    return derived(f"exemption:{accident_id}:{post_id}:{official_id}:{ground}")


async def request_exemption(
    work: UnitOfWork,
    *,
    official_id: UUID,
    post_id: UUID,
    accident_id: UUID,
    ground: Ground,
    investigating_organ_id: UUID,
    statement: str,
) -> Kept[told.ExemptionRequested]:
    """Ask for it, once a person, for an official whom the accident's chain lists in that post under any id."""
    person = await roster.identities(work.session, official_id)
    ref = Ref("exemption", exemption_id(accident_id, post_id, official_id, ground))
    requested = [Ref("exemption", exemption_id(accident_id, post_id, one, ground)) for one in person]
    await work.lock(*requested)
    listed = [chain_lead_id(accident_id, post_id, one) for one in person]
    leads = [one.state for one in await repository.find_all(work.session, told.LeadState, listed)]
    if not leads or not work.may_act_in(leads[0].path):
        raise unknown()
    await demand_standing(work, accident_id, (ground,))
    if await roster.organ_by_id(work.session, investigating_organ_id) is None:
        raise Refused("organ_unknown", "没有登记该机关", "no such organ", basis=(Basis("art26"),))
    if any(work.version(one) for one in requested):
        raise Conflict("already_requested", "已提出免责申请", "the exemption was requested before")
    event = told.ExemptionRequested(
        id=ref.id,
        path=leads[0].path,
        exercise=leads[0].exercise,
        official_id=official_id,
        post_id=post_id,
        accident_id=accident_id,
        ground=ground,
        investigating_organ_id=investigating_organ_id,
        statement=statement,
        requested_by=work.actor,
        requested_on=clock.today(),
        basis=basis_parts((Basis("art26"),)),
    )
    return await save(work, event)


async def record_points(
    work: UnitOfWork, exemption_id: UUID, expected: int | None, findings: Collection[InvestigationFinding]
) -> Kept[told.ExemptionFindingsRecorded]:
    """Put findings of the investigating organ on file; a newer one on the same point takes the older one's place."""
    kept = await opened(work, told.ExemptionState, exemption_id, expected)
    if any(one.organ_id != kept.state.investigating_organ_id for one in findings):
        raise Refused(
            "not_the_investigating_organ",
            "须由事故调查机关查实",
            "the investigating organ makes the findings",
            basis=(Basis("art26"),),
        )
    work.act_for(kept.state.investigating_organ_id, kept.state.path)
    points = {one.point: one for one in kept.state.findings} | {
        one.point.value: told.InvestigationFindingPart(
            point=one.point.value, performed=one.performed, organ_id=one.organ_id, reasons=one.reasons
        )
        for one in findings
    }
    return await save(work, changed(told.ExemptionFindingsRecorded, kept.state, findings=tuple(points.values())))


async def answer(
    work: UnitOfWork, exemption_id: UUID, expected: int | None, *, outcome: ExemptionOutcome, reasons: str
) -> Kept[told.ExemptionState]:
    """A person records the outcome; the rule refuses whatever the file does not carry."""
    kept = await opened(work, told.ExemptionState, exemption_id, expected)
    if kept.state.status == outcome:
        raise Conflict("already_answered", "该结论已登记", "this outcome is on record")
    await demand_standing(work, kept.state.accident_id, (kept.state.ground,))
    computed, attested = await assess(work.session, kept.state)
    decision = may_record(outcome, computed, reasons)
    obey(decision)
    event = changed(
        _ANSWERS[outcome],
        kept.state,
        status=outcome.value,
        answered_by=work.actor,
        answered_on=clock.today(),
        answer_reasons=reasons,
        code=computed.decision.code,
        duties=computed.duties,
        attestation_digest=None if attested is None else attested.digest,
        basis=basis_parts(computed.decision.basis),
    )
    return await save(work, event, reason=reasons)


async def assess(session: AsyncSession, state: told.ExemptionState) -> tuple[ExemptionAnswer, AttestationState | None]:
    """What the file carries now, by the newest attestation and every finding; decides nothing."""
    person = await roster.identities(session, state.official_id)
    attested = await repository.attestation_of(session, person, state.post_id, state.accident_id)
    if attested is None:
        return no_attestation(), None
    if attested.outdated is not None and state.ground == Ground.ACCIDENT:
        return outdated_attestation(), attested
    findings = await repository.findings_about(session, person)
    return answer_exemption(exemption_of(state, attested, findings, person)), attested
