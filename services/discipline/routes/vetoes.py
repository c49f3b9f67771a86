"""一票否决 and 影响期: list, read, lift."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.discipline.handlers import decisions, reading
from services.discipline.schemas.common import LiftIn
from services.discipline.schemas.leads import BarKind, VetoView
from shared.contracts.discipline import VetoState
from shared.kernel.auth import requires
from shared.kernel.moments import Day
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, Reading, TransactionalRoute, Work, answer_version

router = APIRouter(prefix="/v1/vetoes", tags=["一票否决 · Vetoes"], route_class=TransactionalRoute)
BASIS = {"x-legal-basis": ["art23"]}


@router.get(
    "",
    summary="一票否决和影响期列表 · List vetoes and effect periods",
    dependencies=[Depends(requires("veto", "read"))],
    openapi_extra=BASIS,
)
async def list_vetoes(
    request: Request,
    session: Reading,
    paging: Paged,
    official_id: UUID | None = None,
    kind: BarKind | None = None,
    on: Annotated[Day | None, Query(description="只看当日有效 · Only what blocks this day")] = None,
    exercise: Annotated[bool, Query(description="只看演练 · Only exercises")] = False,
) -> Page[VetoView]:
    """Bars within one's regions, by official, kind and day."""
    found, cursor = await reading.many(
        session,
        VetoState,
        paging,
        regions=request.state.actor.regions,
        exercise=exercise,
        official_id=official_id,
        kind=kind,
        on=on,
    )
    return Page(items=[VetoView.of(one.state, one.version, one.recorded_at) for one in found], next_cursor=cursor)


@router.get(
    "/{veto_id}",
    summary="读取一票否决或者影响期 · Read a veto or effect period",
    dependencies=[Depends(requires("veto", "read"))],
    openapi_extra=BASIS,
)
async def read_veto(veto_id: UUID, request: Request, session: Reading) -> VetoView:
    """One bar period."""
    kept = await reading.one(session, VetoState, veto_id, request.state.actor.regions)
    answer_version(request, kept.version)
    return VetoView.of(kept.state, kept.version, kept.recorded_at)


@router.post(
    "/{veto_id}/lift",
    summary="提前解除 · Lift a bar early, with reasons",
    dependencies=[Depends(requires("veto", "lift"))],
    openapi_extra={"x-legal-basis": ["art23", "art28"]},
)
async def lift(veto_id: UUID, body: LiftIn, expected: ExpectedVersion, work: Work) -> VetoView:
    """A decision changed on appeal, or a suspension that ended."""
    kept = await decisions.lift(work, veto_id, expected, lifted_on=body.lifted_on, reason=body.reason)
    work.answer_version = kept.version
    return VetoView.of(kept.state, kept.version, kept.recorded_at)
