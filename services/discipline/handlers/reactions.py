"""What follows from accidents, findings and attestations: files for later decisions, and leads."""

from dataclasses import replace
from uuid import UUID

from services.discipline import repository
from services.discipline.facts import ChainEntry, Lead
from services.discipline.handlers.files import basis_parts, changed, derived, save
from services.discipline.handlers.translate import finding_of
from services.discipline.rules.leads import lead_from_chain_entry, lead_from_finding
from shared.contracts.discipline import LeadNoted, LeadOpened, LeadState
from shared.contracts.duties import AttestationState, NonPerformanceState
from shared.contracts.registry import AccidentState, ChainPart
from shared.kernel.clock import day_of
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.unit_of_work import UnitOfWork
from shared.statute.decision import Basis, Decision

REVOKED = "认定已经申诉撤销 · the finding was revoked on appeal"
UNLISTED = "最新责任链不再列出该岗位 · the newest chain no longer lists the post"


async def keep_file(
    work: UnitOfWork, event: AccidentState | NonPerformanceState | AttestationState, delivery: Delivery
) -> None:
    """The newest state of an accident, a finding or an attestation is what later decisions rest on."""
    await repository.put(work.session, event, delivery.version, delivery.recorded_at)


async def propose_leads(work: UnitOfWork, event: AccidentState, delivery: Delivery) -> None:
    """One lead per listed post and holder, whatever the chain's version; earlier ones stay, with a note if dropped."""
    wanted = {lead.id: lead for lead in _chain_leads(event, delivery)}
    known = {lead.id for lead in await repository.leads_of_chain(work.session, event.id)}
    await work.lock(*(Ref("lead", identity) for identity in {*wanted, *known}))
    there = {lead.id: lead for lead in await repository.leads_of_chain(work.session, event.id)}
    for identity, lead in wanted.items():
        if identity not in there:
            await save(work, lead)
    for identity, known_lead in there.items():
        note = None if identity in wanted else UNLISTED
        if known_lead.note != note:
            await save(work, changed(LeadNoted, known_lead, note=note))


def _chain_leads(event: AccidentState, delivery: Delivery) -> list[LeadOpened]:
    made = []
    for part in event.chain:
        lead = lead_from_chain_entry(
            ChainEntry(
                accident_id=event.id,
                post_id=part.post_id,
                official_id=part.official_id,
                why=tuple(Basis(clause) for clause in part.basis),
                earlier_holder=part.earlier_holder,
            )
        )
        if isinstance(lead, Lead):
            made.append(_chain_lead(event, part, lead, delivery))
    return made


def _chain_lead(event: AccidentState, part: ChainPart, lead: Lead, delivery: Delivery) -> LeadOpened:
    return LeadOpened(
        id=lead_id(event, part),
        path=_path(event, part),
        exercise=event.exercise,
        ground=lead.ground,
        source=lead.source,
        key=lead.key,
        official_id=part.official_id,
        post_id=part.post_id,
        accident_id=event.id,
        basis=basis_parts(lead.basis),
        facts=f"{part.reason_zh} · {part.reason_en}",
        opened_on=day_of(delivery.recorded_at),
    )


def lead_id(event: AccidentState, part: ChainPart) -> UUID:
    """The id of the lead that a listed post gives rise to."""
    return derived(f"{event.id}:{part.post_id}:{part.official_id or 'vacant'}")


def _path(event: AccidentState, part: ChainPart) -> tuple[str, ...]:
    """The region of the post, on the way up from the place; a zone beside that way is reached from the place."""
    if part.region_code in event.path:
        return event.path[: event.path.index(part.region_code) + 1]
    return event.path


async def propose_lead(work: UnitOfWork, event: NonPerformanceState) -> None:
    """A finding of non-performance proposes a lead on ground (一); one revoked on appeal leaves it with a note."""
    finding = finding_of(event)
    lead = lead_from_finding(replace(finding, revoked=False))
    if isinstance(lead, Decision):
        return
    ref = Ref("lead", derived(lead.key))
    await work.lock(ref)
    known = await repository.find(work.session, LeadState, ref.id)
    if known is not None:
        if finding.revoked and known.state.note != REVOKED:
            await save(work, changed(LeadNoted, known.state, note=REVOKED))
        return
    if finding.revoked:
        return
    opened = LeadOpened(
        id=ref.id,
        path=event.path,
        exercise=event.exercise,
        ground=lead.ground,
        source=lead.source,
        key=lead.key,
        official_id=event.official_id,
        post_id=event.post_id,
        accident_id=event.accident_id,
        basis=basis_parts(lead.basis),
        facts=event.reasons,
        opened_on=event.decided_on,
    )
    await save(work, opened)
