"""Regions and the loading of divisions."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.registry.handlers import reading, regions
from services.registry.routes.common import RegionCode, Search, may
from services.registry.schemas.regions import RegionHistoryView
from services.registry.schemas.roster import DivisionsIn, RegionView
from shared.kernel.moments import At
from shared.kernel.operations import OperationView, Progress
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import Reading, TransactionalRoute, answer_version
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Tier

router = APIRouter(prefix="/v1", tags=["行政区划 · Regions"], route_class=TransactionalRoute)


@router.post(
    "/divisions/load",
    status_code=202,
    summary="载入河北行政区划与演练地区 · Load Hebei's divisions and the exercise regions",
    **may("division", "load", "art2"),
)
async def load_divisions(body: DivisionsIn, request: Request, response: Response) -> OperationView:
    """分批载入，可重复，中断后接着办 · In chunks; repeating it changes nothing, and it goes on where it stopped."""
    app, actor = request.app, request.state.actor

    def transactions() -> UnitOfWork:
        return UnitOfWork(app.state.sessions, service=app.state.service, actor=actor.subject, regions=actor.regions)

    async def work(progress: Progress) -> dict[str, Any]:
        found = regions.divisions(exercise_only=body.exercise_only)
        return await regions.load_divisions(transactions, found, progress)

    started: OperationView = await app.state.operations.start("divisions", actor.subject, work)
    response.headers["Location"] = f"/v1/operations/{started.id}"
    return started


@router.get("/regions", summary="行政区划列表 · Regions", **may("register", "read", "art2"))
async def list_regions(  # noqa: PLR0917 - filters are query parameters, which FastAPI passes by name
    session: Reading,
    at: At,
    paging: Paged,
    tier: Tier | None = None,
    name: Annotated[str | None, Query(max_length=100)] = None,
    parent: Annotated[
        str | None, Query(pattern=r"^[0-9]{6,12}$", description="行政上级 · Administrative parent")
    ] = None,
    under: Annotated[str | None, Query(pattern=r"^[0-9]{6,12}$", description="其下全部 · Everything below")] = None,
    unconfirmed: Annotated[
        bool | None, Query(description="管辖级别是否待确认 · Whether competence is unconfirmed")
    ] = None,
    exercise: bool = False,
    q: Search = None,
) -> Page[RegionView]:
    """区划是公开事实，不按授权地区过滤 · Regions are public facts: every region, whatever one's grant."""
    scope = reading.Scope(None, at.known_at, at.as_of, exercise, under)
    found, cursor = await reading.regions(
        session, paging, scope, unconfirmed=unconfirmed, q=q, tier=tier, name=name, admin_parent=parent
    )
    return Page(items=[RegionView.of(one) for one in found], next_cursor=cursor)


@router.get("/regions/{code}", summary="一个行政区划 · One region", **may("register", "read", "art2"))
async def read_region(code: RegionCode, session: Reading, at: At, request: Request) -> RegionHistoryView:
    """代码会被重复使用，以所问之日为准 · Codes were reused: the region that had it on the day."""
    found = await reading.region(session, code, at.as_of, at.known_at)
    answer_version(request, found.version)
    return RegionHistoryView.of(found)
