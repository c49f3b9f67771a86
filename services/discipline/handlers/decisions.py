"""问责决定: proposed by one, approved by another, and the bars it imposes (Art. 22 to 25, 28, 29)."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import product
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.discipline.data import authorities, measures
from services.discipline.facts import CaseStep, Ground, ProposedDecision, SeverityOrder
from services.discipline.handlers.annulled import demand_standing
from services.discipline.handlers.cases import act_as_decider, authority, case_facts, stepped
from services.discipline.handlers.exemptions import exemption_id
from services.discipline.handlers.files import basis_parts, changed, derived, opened, person, save
from services.discipline.handlers.translate import decision_of
from services.discipline.repository import Kept
from services.discipline.rules.decisions import may_approve, may_propose
from services.discipline.rules.veto import bars_of
from shared.contracts import discipline as told
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.problems import Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import repository as roster
from shared.statute.decision import Basis, Decision
from shared.statute.effects import Effect


async def propose(
    work: UnitOfWork, case_id: UUID, expected: int | None, draft: told.DraftPart
) -> Kept[told.CaseProposed]:
    """Propose a complete decision on an open case."""
    kept = await opened(work, told.CaseState, case_id, expected)
    status = await stepped(work.session, kept.state, CaseStep.PROPOSE)
    work.act_for(kept.state.handling_organ_id, kept.state.path)
    await demand_standing(work, kept.state.accident_id, (one.ground for one in kept.state.grounds))
    proposal = told.ProposalPart(**dict(draft), proposed_by=work.actor, proposed_on=clock.today())
    proposed = await _proposed(work.session, kept.state, proposal)
    order = SeverityOrder(proposal.severity_order)
    decision = may_propose(proposed, order, authorities())
    obey(decision)
    event = changed(
        told.CaseProposed,
        kept.state,
        status=status,
        proposal=proposal,
        returned_reason=None,
        basis=basis_parts((*decision.basis, *_grounds(kept.state))),
    )
    return await save(work, event)


async def approve(work: UnitOfWork, case_id: UUID, expected: int | None) -> Kept[told.CaseDecided]:
    """A second person approves; the decision is checked again on the facts of today, then imposes its bars."""
    kept = await opened(work, told.CaseState, case_id, expected)
    status = await stepped(work.session, kept.state, CaseStep.DECIDE)
    state, proposal = kept.state, kept.state.proposal
    if proposal is None:
        raise RuntimeError("a proposed case has a proposal")
    act_as_decider(work, state)
    await demand_standing(work, state.accident_id, (one.ground for one in state.grounds))
    if state.accident_id is not None:
        ids = await roster.identities(work.session, state.official_id)
        asked = product(state.post_ids, ids)
        named = (exemption_id(state.accident_id, post, one, Ground.ACCIDENT) for post, one in asked)
        await work.lock(*(Ref("exemption", one) for one in named))
    proposed = await _proposed(work.session, state, proposal)
    control = may_approve(proposed, person(work.actor))
    obey(control)
    decision = may_propose(proposed, SeverityOrder(proposal.severity_order), authorities())
    obey(decision)
    effects = bars_of(proposed.taken, art23_applies=proposed.art23_applies, accident_id=state.accident_id)
    if isinstance(effects, Decision):
        raise Refused.by(effects)
    vetoes = _vetoes(state, proposal, effects)
    await work.lock(*(Ref("veto", one.id) for one in vetoes))
    event = changed(
        told.CaseDecided,
        state,
        status=status,
        approved_by=work.actor,
        approved_on=clock.today(),
        veto_ids=tuple(one.id for one in vetoes),
        basis=basis_parts((*decision.basis, *control.basis, *_grounds(state), *(one.basis for one in effects))),
    )
    decided = await save(work, event)
    for veto in vetoes:
        await save(work, veto)
    return decided


async def lift(
    work: UnitOfWork, veto_id: UUID, expected: int | None, *, lifted_on: date, reason: str
) -> Kept[told.VetoLifted]:
    """End a bar early, with reasons: a decision changed on appeal, a suspension that ended."""
    kept = await opened(work, told.VetoState, veto_id, expected)
    last = lifted_on - timedelta(days=1)
    through = last if kept.state.through_day is None else min(last, kept.state.through_day)
    return await save(work, changed(told.VetoLifted, kept.state, through_day=through), reason=reason)


async def _proposed(session: AsyncSession, state: told.CaseState, proposal: told.ProposalPart) -> ProposedDecision:
    if proposal.measure not in measures():
        raise Refused("measure_unknown", "没有登记该问责方式", "no such measure", basis=(Basis("art22"),))
    case = await case_facts(session, state)
    organ = await authority(session, proposal.organ.organ_id, proposal.decided_on)
    return decision_of(case, proposal, state.findings, organ)


def _grounds(state: told.CaseState) -> Iterable[Basis]:
    return (Basis(one.ground) for one in state.grounds)


def _vetoes(state: told.CaseState, proposal: told.ProposalPart, effects: Iterable[Effect]) -> list[told.VetoImposed]:
    """One veto or effect period for all bars that share kind, days and clause."""
    grouped: dict[tuple[str, date, date | None, Basis], list[str]] = {}
    for one in effects:
        grouped.setdefault((one.kind, one.from_day, one.last_day, one.basis), []).append(one.bar.value)
    return [
        told.VetoImposed(
            id=derived(f"veto:{state.id}:{kind}:{first}:{last}:{basis.clause}:{','.join(bars)}"),
            path=state.path,
            exercise=state.exercise,
            official_id=state.official_id,
            kind=str(kind),
            bars=tuple(bars),
            from_day=first,
            through_day=last,
            accident_id=state.accident_id,
            case_id=state.id,
            measure=proposal.measure,
            measure_name_zh=measures()[proposal.measure].name_zh,
            basis=basis_parts((basis,)),
        )
        for (kind, first, last, basis), bars in grouped.items()
    ]
