"""Leads that a person brings, and leads that a person ends (Art. 21)."""

from uuid import UUID, uuid4

from services.discipline.facts import Allegation, Ground, Lead, LeadEnd
from services.discipline.handlers.files import basis_parts, changed, opened, person, save, unknown
from services.discipline.repository import Kept
from services.discipline.rules.leads import end_lead, lead_from_allegation
from shared.contracts.discipline import LeadDismissed, LeadOpened, LeadState
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.problems import Forbidden, Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import repository as roster


async def bring_lead(
    work: UnitOfWork, *, ground: Ground, official_id: UUID, post_id: UUID, facts: str, accident_id: UUID | None
) -> Kept[LeadOpened]:
    """A person brings facts about an official in a post: obstruction, late reporting, other circumstances."""
    ref = Ref("lead", uuid4())
    await work.lock(ref)
    today = clock.today()
    path = await roster.path_of_post(work.session, post_id, today)
    official = await roster.official_by_id(work.session, official_id)
    if path is None or official is None:
        raise unknown()
    if not work.may_act_in(path):
        raise Forbidden("region_outside_grant", "不在授权区域内", "outside the granted regions")
    lead = lead_from_allegation(Allegation(ref.id, ground, official_id, facts, accident_id))
    if not isinstance(lead, Lead):
        raise Refused.by(lead)
    event = LeadOpened(
        id=ref.id,
        path=path,
        exercise=official.exercise,
        ground=ground,
        source=lead.source,
        key=lead.key,
        official_id=official_id,
        post_id=post_id,
        accident_id=accident_id,
        basis=basis_parts(lead.basis),
        facts=facts,
        opened_on=today,
    )
    return await save(work, event)


async def dismiss_lead(work: UnitOfWork, lead_id: UUID, expected: int | None, reason: str) -> Kept[LeadDismissed]:
    """A person decides, with reasons, to open no case."""
    kept = await opened(work, LeadState, lead_id, expected)
    obey(end_lead(LeadEnd(None, reason, person(work.actor)), already=ended(kept.state)))
    event = changed(LeadDismissed, kept.state, status="dismissed", ended_by=work.actor, reason=reason)
    return await save(work, event, reason=reason)


def ended(lead: LeadState) -> LeadEnd | None:
    """How a lead has ended, or `None` while it is open."""
    if lead.status == "open":
        return None
    return LeadEnd(lead.case_id, lead.reason or "", person(lead.ended_by or ""))
