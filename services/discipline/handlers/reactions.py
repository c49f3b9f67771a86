"""What follows from accidents, findings and attestations: files for later decisions, and leads."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.discipline import repository
from services.discipline.facts import ChainEntry, Lead
from services.discipline.handlers.files import basis_parts, chain_lead_id, changed, derived, save
from services.discipline.handlers.translate import finding_of
from services.discipline.rules.leads import lead_from_chain_entry, lead_from_finding
from shared.contracts.discipline import LeadNoted, LeadOpened, LeadState
from shared.contracts.duties import AttestationState, NonPerformanceState
from shared.contracts.registry import AccidentState, ChainPart
from shared.kernel.clock import day_of
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import repository as roster
from shared.statute.decision import Basis, Decision

REVOKED = "认定已经申诉撤销 · the finding was revoked on appeal"
UNLISTED = "最新责任链不再列出该岗位 · the newest chain no longer lists the post"


async def keep_file(
    work: UnitOfWork, event: AccidentState | NonPerformanceState | AttestationState, delivery: Delivery
) -> None:
    """The newest state of an accident, a finding or an attestation is what later decisions rest on."""
    await repository.put(work.session, event, delivery.version, delivery.recorded_at)


async def propose_leads(work: UnitOfWork, event: AccidentState, delivery: Delivery) -> None:
    """One lead per listed post and holder, under whichever id; earlier ones stay, with a note if dropped."""
    wanted = {lead.id: lead for lead in _chain_leads(event, delivery)}
    same = {
        chain_lead_id(event.id, part.post_id, part.official_id): await _same_leads(work.session, event.id, part)
        for part in event.chain
    }
    known = {lead.id for lead in await repository.leads_of_chain(work.session, event.id)}
    await work.lock(*(Ref("lead", identity) for identity in {*wanted, *known}))
    there = {lead.id: lead for lead in await repository.leads_of_chain(work.session, event.id)}
    for identity, lead in wanted.items():
        if same[identity].isdisjoint(there):
            await save(work, lead)
    listed = {identity for lead in wanted for identity in same[lead]}
    for identity, known_lead in there.items():
        note = None if identity in listed else UNLISTED
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
        id=chain_lead_id(event.id, part.post_id, part.official_id),
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


async def _same_leads(session: AsyncSession, accident_id: UUID, part: ChainPart) -> frozenset[UUID]:
    """The ids that the lead of a listed post may have, by the ids of its holder."""
    person = (None,) if part.official_id is None else await roster.identities(session, part.official_id)
    return frozenset(chain_lead_id(accident_id, part.post_id, one) for one in person)


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
    person = await roster.identities(work.session, event.official_id)
    keys = {lead.key.replace(str(event.official_id), str(one)) for one in person}
    same = [Ref("lead", derived(key)) for key in keys]
    await work.lock(*same)
    known = await repository.find_all(work.session, LeadState, [one.id for one in same])
    if known:
        for one in known:
            if finding.revoked and one.state.note != REVOKED:
                await save(work, changed(LeadNoted, one.state, note=REVOKED))
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
