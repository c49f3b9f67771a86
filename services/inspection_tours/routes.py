"""Inspection tours over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.inspection_tours.handlers import coverage, tours
from services.inspection_tours.schemas import (
    Code,
    CoverageView,
    CoveredBody,
    CycleDay,
    DayBody,
    FindingsBody,
    Kind,
    ListingBody,
    ListingView,
    PlanBody,
    ReasonBody,
    RecheckBody,
    RectificationBody,
    ResultBody,
    RoutinePlanBody,
    State,
    TourView,
)
from shared.kernel import clock
from shared.kernel.auth import requires
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, TransactionalRoute, Work, answer_version

tour_router = APIRouter(prefix="/v1/tours", tags=["巡查 · Inspection tours"], route_class=TransactionalRoute)
coverage_router = APIRouter(prefix="/v1", tags=["巡查覆盖 · Coverage"], route_class=TransactionalRoute)
Exercise = Annotated[bool, Query(description="只看演练 · Exercises only")]


@tour_router.get(
    "",
    summary="巡查列表 · List tours",
    dependencies=[Depends(requires("tour", "read"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def list_tours(
    request: Request,
    session: Reading,
    paging: Paged,
    kind: Kind | None = None,
    state: State | None = None,
    region: Code | None = None,
    accident_id: UUID | None = None,
    exercise: Exercise = False,
) -> Page[TourView]:
    """所辖地区的巡查 · Tours of places within one's regions."""
    equal = {"kind": kind, "state": state, "region_code": region, "accident_id": accident_id}
    regions = request.state.actor.regions
    found, following = await tours.list_tours(session, paging, regions, exercise=exercise, equal=equal)
    return Page(items=[TourView.of(one) for one in found], next_cursor=following)


@tour_router.post(
    "",
    status_code=201,
    summary="计划常规巡查 · Plan a routine tour",
    dependencies=[Depends(requires("tour", "plan"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def plan_routine_tour(body: RoutinePlanBody, work: KeyedWork) -> TourView:
    """每两年一次的巡查 · One of the two-yearly cycle."""
    stored = await tours.plan_by_hand(
        work,
        region_code=body.region_code,
        organ_ids=body.organ_ids,
        planned_for=body.planned_for,
        team=body.team,
    )
    work.answer_version = stored.version
    return TourView.of(stored)


@tour_router.get(
    "/{tour_id}",
    summary="读取巡查 · Read a tour",
    dependencies=[Depends(requires("tour", "read"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def read_tour(tour_id: UUID, request: Request, session: Reading) -> TourView:
    """巡查及其问题、整改、复查 · A tour with its findings, rectification and re-checks."""
    stored = await tours.read_tour(session, tour_id, request.state.actor.regions)
    answer_version(request, stored.version)
    return TourView.of(stored)


@tour_router.post(
    "/{tour_id}/plan",
    summary="安排已提出的巡查 · Plan a proposed tour",
    dependencies=[Depends(requires("tour", "plan"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def plan_tour(tour_id: UUID, body: PlanBody, expected: ExpectedVersion, work: Work) -> TourView:
    """日期、人员和对象 · Day, team and bodies."""
    stored = await tours.plan(
        work, tour_id, expected, organ_ids=body.organ_ids, planned_for=body.planned_for, team=body.team
    )
    work.answer_version = stored.version
    return TourView.of(stored)


@tour_router.post(
    "/{tour_id}/decline",
    summary="不开展尚未进驻的巡查 · Decline a tour that has not opened",
    dependencies=[Depends(requires("tour", "decline"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def decline_tour(tour_id: UUID, body: ReasonBody, expected: ExpectedVersion, work: Work) -> TourView:
    """须说明理由；常规巡查列入计划后不适用 · With a reason; a planned routine tour is owed."""
    stored = await tours.decline(work, tour_id, expected, reason=body.reason)
    work.answer_version = stored.version
    return TourView.of(stored)


@tour_router.post(
    "/{tour_id}/open",
    summary="开展巡查 · Open a tour",
    dependencies=[Depends(requires("tour", "visit"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def open_tour(tour_id: UUID, body: DayBody, expected: ExpectedVersion, work: Work) -> TourView:
    """进驻日期 · The day the visit began."""
    stored = await tours.open_tour(work, tour_id, expected, on=body.on)
    work.answer_version = stored.version
    return TourView.of(stored)


@tour_router.post(
    "/{tour_id}/findings",
    summary="记录问题 · Record findings",
    dependencies=[Depends(requires("tour", "visit"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def record_findings(tour_id: UUID, body: FindingsBody, expected: ExpectedVersion, work: Work) -> TourView:
    """可以多次记录 · May be done more than once."""
    stored = await tours.record_findings(work, tour_id, expected, problems=body.problems, on=body.on)
    work.answer_version = stored.version
    return TourView.of(stored)


@tour_router.post(
    "/{tour_id}/findings/{finding_id}/rectification",
    summary="报告整改 · Report a rectification",
    dependencies=[Depends(requires("finding", "rectify"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def report_rectified(
    tour_id: UUID, finding_id: UUID, body: RectificationBody, expected: ExpectedVersion, work: Work
) -> TourView:
    """整改后须经复查 · A re-check follows."""
    stored = await tours.report_rectified(work, tour_id, finding_id, expected, words=body.rectification, on=body.on)
    work.answer_version = stored.version
    return TourView.of(stored)


@tour_router.post(
    "/{tour_id}/findings/{finding_id}/recheck",
    summary="复查整改 · Re-check a rectification",
    dependencies=[Depends(requires("finding", "recheck"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def recheck(
    tour_id: UUID, finding_id: UUID, body: RecheckBody, expected: ExpectedVersion, work: Work
) -> TourView:
    """复查人不得为发现人或者整改人 · By another person than who recorded or rectified it."""
    stored = await tours.recheck(work, tour_id, finding_id, expected, solved=body.solved, words=body.words, on=body.on)
    work.answer_version = stored.version
    return TourView.of(stored)


@tour_router.post(
    "/{tour_id}/result",
    summary="给出巡查结果 · Give the result",
    dependencies=[Depends(requires("tour", "visit"))],
    openapi_extra={"x-legal-basis": ["art14", "art16"]},
)
async def give_result(tour_id: UUID, body: ResultBody, expected: ExpectedVersion, work: Work) -> TourView:
    """作为考核的重要参考 · Important reference for appraisal."""
    stored = await tours.give_result(work, tour_id, expected, result=body.result, samples=body.samples, on=body.on)
    work.answer_version = stored.version
    return TourView.of(stored)


@tour_router.post(
    "/{tour_id}/close",
    summary="结束巡查 · Close a tour",
    dependencies=[Depends(requires("tour", "visit"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def close_tour(tour_id: UUID, body: DayBody, expected: ExpectedVersion, work: Work) -> TourView:
    """所有问题须已复查销号 · Every finding is closed first."""
    stored = await tours.close(work, tour_id, expected, on=body.on)
    work.answer_version = stored.version
    return TourView.of(stored)


@coverage_router.get(
    "/coverage",
    summary="巡查覆盖 · Coverage of the two-yearly cycle",
    dependencies=[Depends(requires("coverage", "read"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def read_coverage(
    request: Request,
    session: Reading,
    region: Annotated[Code, Query(description="应开展巡查的地区 · The region that owes the tours")],
    as_of: Annotated[CycleDay | None, Query(description="截至哪一天，默认今日 · On which day")] = None,
    exercise: Exercise = False,
) -> CoverageView:
    """专项巡查和随机巡查不计入 · Special and random tours never count."""
    day = as_of or clock.today()
    bodies = await coverage.coverage_on(session, region, day, request.state.actor.regions, exercise=exercise)
    return CoverageView(
        region_code=region, as_of=day, exercise=exercise, bodies=[CoveredBody.of(one) for one in bodies]
    )


@coverage_router.get(
    "/listings",
    summary="应巡查部门和功能区名录 · The dated list of departments and zones",
    dependencies=[Depends(requires("listing", "read"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def list_listings(
    request: Request, session: Reading, paging: Paged, exercise: Exercise = False
) -> Page[ListingView]:
    """有关工作部门和经决定纳入巡查的功能区 · Relevant departments, and zones by registered decision."""
    found, following = await coverage.list_listings(session, paging, request.state.actor.regions, exercise=exercise)
    return Page(items=[ListingView.of(one) for one in found], next_cursor=following)


@coverage_router.post(
    "/listings",
    status_code=201,
    summary="列入名录 · Put a department or a zone on the list",
    dependencies=[Depends(requires("listing", "register"))],
    openapi_extra={"x-legal-basis": ["art14"]},
)
async def register_listing(body: ListingBody, work: KeyedWork) -> ListingView:
    """须有文件依据 · By a document."""
    listing = await coverage.register_listing(
        work,
        organ_id=body.organ_id,
        region_code=body.region_code,
        from_day=body.from_day,
        to_day=body.to_day,
        document=body.document,
    )
    work.answer_version = 1
    return ListingView.of(listing)
