"""What follows an accident: steps, deadlines, alarms, closing, and how its chain changed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from services.registry.handlers import accidents, differences, files, proceedings
from services.registry.routes.common import InWorld, KnownAt, may
from services.registry.schemas.accidents import AccidentView
from services.registry.schemas.common import Reasoned
from services.registry.schemas.proceedings import (
    AlarmedAccident,
    ChainDifferenceView,
    ChainVersionView,
    ProceedingIn,
    ProgressView,
    TypeView,
    proceeding_of,
)
from shared.kernel import clock
from shared.kernel.moments import Day
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import (
    ExpectedVersion,
    Reading,
    TransactionalRoute,
    Work,
    answer_version,
)

router = APIRouter(prefix="/v1", tags=["生产安全事故 · Accidents"], route_class=TransactionalRoute)
AsOf = Annotated[Day | None, Query(description="截至哪一天，默认今日 · on which day, today by default")]
ChainVersion = Annotated[int | None, Query(ge=1, le=1_000_000)]


@router.get(
    "/accident-alarms",
    summary="事故警示 · Accidents with alarms",
    **may("accident", "read", "art8.5", "art21.3", "art21.4"),
)
async def list_alarms(session: Reading, scope: InWorld, paging: Paged, as_of: AsOf = None) -> Page[AlarmedAccident]:
    """逐页推定，一页可能少于上限 · Derived page by page for any day; a page may hold fewer than its limit."""
    when = files.When(clock.now(), as_of, scope.known_at)
    found, cursor = await files.alarming(session, paging, scope, when)
    return Page(items=[AlarmedAccident.of(one) for one in found], next_cursor=cursor)


@router.get("/accident-types", summary="事故类别 · Types of accidents", **may("accident", "read", "art21.4"))
async def list_types(as_of: AsOf = None) -> list[TypeView]:
    """当日适用的标准所列类别 · The types that the standard of a day names."""
    return [TypeView.of(one) for one in accidents.types_on(as_of or clock.today())]


@router.get(
    "/accidents/{accident_id}/proceedings",
    summary="事故处理进展 · What followed",
    **may("accident", "read", "art8.5", "art21.4"),
)
async def read_proceedings(
    accident_id: UUID, session: Reading, known_at: KnownAt, request: Request, as_of: AsOf = None
) -> ProgressView:
    """步骤、期限、警示、结案尚缺 · Steps, deadlines, alarms, what is lacking for closing; derived for any day."""
    when = files.When(clock.now(), as_of, known_at)
    file = await files.read_accident(session, accident_id, request.state.actor.regions, when)
    answer_version(request, file.stored.version)
    return ProgressView.of(file)


@router.post(
    "/accidents/{accident_id}/proceedings",
    summary="登记处理步骤 · Record a step",
    **may("accident", "investigate", "art8.5", "art21.4"),
)
async def record_proceeding(
    accident_id: UUID, body: ProceedingIn, expected: ExpectedVersion, work: Work
) -> AccidentView:
    """调查、延期、鉴定、提交、批复、公布、评估、结案 · In order; closing needs everything on file."""
    file = await proceedings.proceed(work, accident_id, expected, proceeding_of(body))
    work.answer_version = file.stored.version
    return AccidentView.of_file(file)


@router.post(
    "/accidents/{accident_id}/proceedings/{number}/withdrawal",
    summary="撤回误登步骤 · Withdraw a step",
    **may("accident", "investigate", "art21.4"),
)
async def withdraw_proceeding(
    accident_id: UUID,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    body: Reasoned,
    expected: ExpectedVersion,
    work: Work,
) -> AccidentView:
    """撤回的步骤仍列明 · A withdrawn step stays visible, with the reason."""
    file = await proceedings.withdraw(work, accident_id, expected, number, reason=body.reason)
    work.answer_version = file.stored.version
    return AccidentView.of_file(file)


@router.get(
    "/accidents/{accident_id}/chain-versions",
    summary="责任链条的各版本 · Versions of the chain",
    **may("accident", "read", "art21.4"),
)
async def list_chain_versions(
    accident_id: UUID, session: Reading, known_at: KnownAt, request: Request
) -> list[ChainVersionView]:
    """每次续报、增减或任职更正公布新版本 · Each revision, adjustment or correction publishes a new one."""
    found = await differences.versions(session, accident_id, request.state.actor.regions, known_at)
    return [ChainVersionView.of(one) for one in found]


@router.get(
    "/accidents/{accident_id}/chain-difference",
    summary="责任链条两版本之差 · Between two versions of the chain",
    **may("accident", "read", "art21.4", "art27"),
)
async def read_chain_difference(
    accident_id: UUID,
    session: Reading,
    known_at: KnownAt,
    request: Request,
    older: ChainVersion = None,
    newer: ChainVersion = None,
) -> ChainDifferenceView:
    """默认最新版与前一版 · The newest and the one before, unless others are named."""
    regions = request.state.actor.regions
    found = await differences.compare(session, accident_id, regions, known_at, older=older, newer=newer)
    return ChainDifferenceView.of(found.older, found.newer, found.difference, found.names)
