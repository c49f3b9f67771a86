"""Who answered for what, and who sits on a safety committee."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.registry.handlers import reading
from services.registry.handlers import responsibility as handler
from services.registry.handlers.responsibility import Asked
from services.registry.routes.common import Code, Compared, Exercise, may
from services.registry.schemas.answers import CommitteeView, ResponsibilityView
from shared.kernel.moments import At
from shared.kernel.routing import Reading, TransactionalRoute

router = APIRouter(prefix="/v1", tags=["责任 · Responsibility"], route_class=TransactionalRoute)


@router.get("/responsibility", summary="谁负责 · Who answered", **may("responsibility", "read", "art4", "art4.p2"))
async def responsibility(
    region: Code,
    session: Reading,
    at: At,
    compared_with: Compared,
    request: Request,
    industry: Annotated[
        str | None, Query(pattern=r"^[A-T]?[0-9]{0,4}$", description="行业 · GB/T 4754", examples=["C26"])
    ] = None,
    field: Annotated[list[str] | None, Query(max_length=20, description="领域 · Named fields")] = None,
    exercise: Exercise = False,
) -> ResponsibilityView:
    """某日某地某行业由谁负责，附条款和理由 · Who answered on a day, with clause and reason; no judgement.

    给出对照时点的，列明差别及其来由 · With `compared_with`: who was added, dropped or changed since that moment of
    knowledge, and which recorded fact made it so.
    """
    asked = Asked(region, at.as_of, at.known_at, industry, tuple(field or ()), exercise, compared_with)
    answer = await handler.responsibility(session, asked, request.state.actor.regions)
    return ResponsibilityView.of(answer, at.known_at, compared_with)


@router.get(
    "/safety-committee",
    summary="安委会席位 · Safety committee seats",
    **may("responsibility", "read", "art4.p2"),
)
async def safety_committee(
    region: Code, session: Reading, at: At, request: Request, exercise: Exercise = False
) -> CommitteeView:
    """席位由岗位推定，不另行登记 · Seats are derived from posts, never registered."""
    regions = request.state.actor.regions
    seats, names = await reading.committee(session, region, at.as_of, at.known_at, regions, exercise=exercise)
    return CommitteeView.of(seats, names, at.as_of, at.known_at)
