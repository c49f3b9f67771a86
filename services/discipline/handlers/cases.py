"""问责案件: opened from leads, findings put on file, referred, returned, closed (Art. 21, 22, 27, 28)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.discipline import repository
from services.discipline.data import authorities
from services.discipline.facts import Authority, Case, CaseState, CaseStep, Ground, GroundStated, LeadEnd
from services.discipline.handlers.annulled import demand_standing
from services.discipline.handlers.files import basis_parts, changed, opened, person, save, unknown
from services.discipline.handlers.leads import ended
from services.discipline.handlers.translate import case_of
from services.discipline.repository import Kept
from services.discipline.rules.authority import may_handle
from services.discipline.rules.cases import case_may_open, next_state, refer_to_supervision
from services.discipline.rules.joining import leads_join
from services.discipline.rules.leads import end_lead
from services.discipline.rules.organs import authority_of
from services.discipline.rules.retirement import retired_since
from shared.contracts import discipline as told
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.problems import Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import repository as roster
from shared.roster.facts import Span
from shared.statute.decision import Decision

_EVER = Span(date(1949, 10, 1))


async def open_case(
    work: UnitOfWork, *, lead_ids: Sequence[UUID], grounds: tuple[GroundStated, ...], handling_organ_id: UUID
) -> Kept[told.CaseOpened]:
    """Open a case from leads about one official, on stated grounds, by an organ that may handle them."""
    case_id, today = uuid4(), clock.today()
    await work.lock(Ref("case", case_id), *(Ref("lead", one) for one in lead_ids))
    leads = [one.state for one in await repository.find_all(work.session, told.LeadState, lead_ids)]
    if len(leads) < len(set(lead_ids)) or not all(work.may_act_in(lead.path) for lead in leads):
        raise unknown()
    joined = leads_join(await _people(work.session, leads), [lead.accident_id for lead in leads])
    obey(joined)
    for lead in leads:
        obey(end_lead(LeadEnd(case_id, "", person(work.actor)), already=ended(lead)))
        await demand_standing(work, lead.accident_id, (one.ground for one in grounds))
    event = _opened(case_id, work.actor, today, leads, grounds, handling_organ_id)
    stated = case_may_open(case_of(event, retired_on=None, exempted_posts=()))
    obey(stated)
    organ = await authority(work.session, handling_organ_id, today)
    handled = may_handle(organ, tuple(one.ground for one in grounds), today, authorities())
    obey(handled)
    work.act_for(handling_organ_id, event.path)
    basis = basis_parts((*joined.basis, *stated.basis, *handled.basis))
    kept = await save(work, changed(told.CaseOpened, event, basis=basis))
    for lead in leads:
        await save(work, changed(told.LeadJoined, lead, status="in_case", case_id=case_id, ended_by=work.actor))
    return kept


async def _people(session: AsyncSession, leads: Sequence[told.LeadState]) -> list[UUID | None]:
    """Whom the leads are about: two ids of one person are one."""
    ids = [lead.official_id for lead in leads]
    return [one and min(await roster.identities(session, one)) for one in ids]


def _opened(
    case_id: UUID,
    actor: str,
    today: date,
    leads: Sequence[told.LeadState],
    grounds: tuple[GroundStated, ...],
    handling_organ_id: UUID,
) -> told.CaseOpened:
    # Art. 26 frees from the accident: the posts in which the chain lists the official are those to be exempted in.
    listed = [lead for lead in leads if lead.ground == Ground.ACCIDENT] or leads
    return told.CaseOpened(
        id=case_id,
        path=leads[0].path,
        exercise=any(lead.exercise for lead in leads),
        official_id=leads[0].official_id,
        post_ids=tuple(sorted({lead.post_id for lead in listed if lead.post_id is not None})),
        lead_ids=tuple(lead.id for lead in leads),
        accident_id=next((lead.accident_id for lead in leads if lead.accident_id is not None), None),
        grounds=tuple(told.GroundPart(ground=one.ground, facts=one.facts, evidence=one.evidence) for one in grounds),
        handling_organ_id=handling_organ_id,
        opened_by=actor,
        opened_on=today,
    )


async def record_findings(
    work: UnitOfWork,
    case_id: UUID,
    expected: int | None,
    *,
    organ_id: UUID,
    found_on: date,
    findings: str,
    leadership_responsibility: str,
    vile_nature: str,
    serious_consequences: str,
) -> Kept[told.CaseFindingsRecorded]:
    """Put the investigating organ's findings on file, those of Art. 27 among them, while the case is open."""
    kept = await opened(work, told.CaseState, case_id, expected)
    case = await case_facts(work.session, kept.state)
    state = next_state(case, CaseStep.PROPOSE)  # findings come before the proposal that rests on them
    if isinstance(state, Decision):
        raise Refused.by(state)
    if await roster.organ_by_id(work.session, organ_id) is None:
        raise unknown()
    work.act_for(organ_id, kept.state.path)
    part = told.CaseFindingsPart(
        organ_id=organ_id,
        found_on=found_on,
        findings=findings,
        leadership_responsibility=leadership_responsibility,
        vile_nature=vile_nature,
        serious_consequences=serious_consequences,
        recorded_by=work.actor,
    )
    return await save(work, changed(told.CaseFindingsRecorded, kept.state, findings=part))


async def refer(work: UnitOfWork, case_id: UUID, expected: int | None, suspicion: str) -> Kept[told.CaseReferred]:
    """Refer suspected duty violation or crime to the supervision organ; nothing else stops."""
    kept = await opened(work, told.CaseState, case_id, expected)
    decision = refer_to_supervision(await case_facts(work.session, kept.state), suspicion)
    obey(decision)
    event = changed(
        told.CaseReferred,
        kept.state,
        referred_on=clock.today(),
        suspicion=suspicion,
        basis=basis_parts(decision.basis),
    )
    return await save(work, event)


async def send_back(work: UnitOfWork, case_id: UUID, expected: int | None, reason: str) -> Kept[told.CaseReturned]:
    """Return a proposal with reasons; the case is open again."""
    kept = await opened(work, told.CaseState, case_id, expected)
    status = await stepped(work.session, kept.state, CaseStep.RETURN)
    act_as_decider(work, kept.state)
    event = changed(told.CaseReturned, kept.state, status=status, proposal=None, returned_reason=reason)
    return await save(work, event, reason=reason)


def act_as_decider(work: UnitOfWork, state: told.CaseState) -> None:
    """403 where a grant names an organ, and not the one that decides on the proposal (Art. 29)."""
    if state.proposal is not None:
        work.act_for(state.proposal.organ.organ_id, state.path)


async def close(
    work: UnitOfWork, case_id: UUID, expected: int | None, *, exempted: bool, reason: str
) -> Kept[told.CaseClosed]:
    """End a case without a measure: with reasons, or because Art. 26 leaves no ground."""
    kept = await opened(work, told.CaseState, case_id, expected)
    step = CaseStep.EXEMPT if exempted else CaseStep.CLOSE_WITHOUT_MEASURE
    status = await stepped(work.session, kept.state, step)
    event = changed(told.CaseClosed, kept.state, status=status, closed_reason=reason)
    return await save(work, event, reason=reason)


async def stepped(session: AsyncSession, state: told.CaseState, step: CaseStep) -> CaseState:
    """The state that a step leads to; raises `Refused` where it leads nowhere."""
    status = next_state(await case_facts(session, state), step)
    if isinstance(status, Decision):
        raise Refused.by(status)
    return status


async def case_facts(session: AsyncSession, state: told.CaseState) -> Case:
    """The case for rules: retired or not by the roster, exempted or not by what was granted."""
    held = await roster.appointments_of(session, state.official_id, _EVER)
    exempted: set[UUID] = set()
    if state.accident_id is not None:
        person = await roster.identities(session, state.official_id)
        exempted = await repository.exempted_posts(session, person, state.accident_id)
    return case_of(state, retired_on=retired_since(held), exempted_posts=exempted)


async def authority(session: AsyncSession, organ_id: UUID, on: date) -> Authority:
    """What an organ of the roster is under Art. 29; raises `Refused` where it is nothing there."""
    found = authority_of(await roster.organ_by_id(session, organ_id), on)
    if isinstance(found, Decision):
        raise Refused.by(found)
    return found
