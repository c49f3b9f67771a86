"""线索: list, read, bring, dismiss."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.discipline.handlers import leads, reading
from services.discipline.schemas.common import ReasonIn
from services.discipline.schemas.leads import LeadIn, LeadStatus, LeadView
from shared.contracts.discipline import LeadState
from shared.kernel.auth import requires
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, TransactionalRoute, Work, answer_version

router = APIRouter(prefix="/v1/leads", tags=["线索 · Leads"], route_class=TransactionalRoute)
Exercise = Annotated[bool, Query(description="只看演练 · Only exercises")]


@router.get(
    "",
    summary="线索列表 · List leads",
    dependencies=[Depends(requires("lead", "read"))],
    openapi_extra={"x-legal-basis": ["art21"]},
)
async def list_leads(
    request: Request,
    session: Reading,
    paging: Paged,
    accident_id: UUID | None = None,
    official_id: UUID | None = None,
    status: LeadStatus | None = None,
    exercise: Exercise = False,
) -> Page[LeadView]:
    """Leads within one's regions, by accident, official or status."""
    found, cursor = await reading.many(
        session,
        LeadState,
        paging,
        regions=request.state.actor.regions,
        exercise=exercise,
        accident_id=accident_id,
        official_id=official_id,
        status=status,
    )
    return Page(items=[LeadView.of(one.state, one.version, one.recorded_at) for one in found], next_cursor=cursor)


@router.get(
    "/{lead_id}",
    summary="读取线索 · Read a lead",
    dependencies=[Depends(requires("lead", "read"))],
    openapi_extra={"x-legal-basis": ["art21"]},
)
async def read_lead(lead_id: UUID, request: Request, session: Reading) -> LeadView:
    """One lead with its cause and clauses."""
    kept = await reading.one(session, LeadState, lead_id, request.state.actor.regions)
    answer_version(request, kept.version)
    return LeadView.of(kept.state, kept.version, kept.recorded_at)


@router.post(
    "",
    status_code=201,
    summary="登记反映的情况 · Bring facts as a lead",
    dependencies=[Depends(requires("lead", "bring"))],
    openapi_extra={"x-legal-basis": ["art21.2", "art21.7"]},
)
async def bring_lead(body: LeadIn, work: KeyedWork) -> LeadView:
    """A person brings facts about an official in a post."""
    kept = await leads.bring_lead(
        work,
        ground=body.ground,
        official_id=body.official_id,
        post_id=body.post_id,
        facts=body.facts,
        accident_id=body.accident_id,
    )
    work.answer_version = kept.version
    return LeadView.of(kept.state, kept.version, kept.recorded_at)


@router.post(
    "/{lead_id}/dismiss",
    summary="不予立案 · Dismiss a lead, with reasons",
    dependencies=[Depends(requires("lead", "dismiss"))],
    openapi_extra={"x-legal-basis": ["art21"]},
)
async def dismiss_lead(lead_id: UUID, body: ReasonIn, expected: ExpectedVersion, work: Work) -> LeadView:
    """A person decides to open no case and says why."""
    kept = await leads.dismiss_lead(work, lead_id, expected, body.reason)
    work.answer_version = kept.version
    return LeadView.of(kept.state, kept.version, kept.recorded_at)
