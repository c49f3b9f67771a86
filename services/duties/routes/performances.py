"""Acts on record."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from services.duties.handlers import performances as handlers
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.performances import PerformanceIn, PerformanceView, SupersessionIn, WithdrawalIn
from shared.kernel.moments import Day
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, Work, answer_version

_BASIS = ("art5.2", "art5.3", "art6.2", "art6.3", "art28")

performances = router("performances", "履职记录 · Performances")


@performances.post("", status_code=201, summary="登记履职活动 · Record an act", **may("performance", "record", *_BASIS))
async def record(body: PerformanceIn, work: KeyedWork) -> PerformanceView:
    """写明以何岗位、由谁主持或带队，附证据摘要；账册已关闭的须写明核实人 · In the capacities named, with evidence."""
    stored = await handlers.record_performance(work, body.draft())
    work.answer_version = stored.version
    return PerformanceView.of(stored)


@performances.get("", summary="履职记录列表 · Acts on record", **may("performance", "read"))
async def list_performances(
    request: Request,
    session: Reading,
    paging: Paged,
    post_id: UUID | None = None,
    official_id: UUID | None = None,
    from_day: Annotated[Day | None, Query(alias="from")] = None,
    to_day: Annotated[Day | None, Query(alias="to")] = None,
    exercise: Exercise = False,
) -> Page[PerformanceView]:
    """最近的在前，含已撤回的 · Newest first, withdrawn ones included."""
    found, following = await handlers.list_performances(
        session,
        paging,
        regions=regions_of(request),
        exercise=exercise,
        post_id=post_id,
        official_id=official_id,
        from_day=from_day,
        to_day=to_day,
    )
    return Page(items=[PerformanceView.of(one) for one in found], next_cursor=following)


@performances.get("/{performance_id}", summary="一项履职记录 · One act", **may("performance", "read"))
async def read(performance_id: UUID, request: Request, session: Reading) -> PerformanceView:
    """当前状态；历史在台账中 · As it stands; its history is the ledger."""
    stored = await handlers.read_performance(session, performance_id, regions_of(request))
    answer_version(request, stored.version)
    return PerformanceView.of(stored)


@performances.post(
    "/{performance_id}/withdraw",
    summary="撤回或替代 · Withdraw or supersede",
    **may("performance", "withdraw", "art28"),
)
async def withdraw(performance_id: UUID, body: WithdrawalIn, expected: ExpectedVersion, work: Work) -> PerformanceView:
    """不覆盖、不删除，注明何人何时何故 · Nothing is overwritten: by whom, when and why."""
    stored = await handlers.withdraw_performance(
        work, performance_id, expected, reason=body.reason, replacement=body.replacement
    )
    work.answer_version = stored.version
    return PerformanceView.of(stored)


@performances.post("/{performance_id}/verify", summary="核实 · Confirm an act", **may("performance", "verify", "art28"))
async def verify(performance_id: UUID, expected: ExpectedVersion, work: Work) -> PerformanceView:
    """由登记人以外的人核实；逾期补登的须经核实方可计入 · By somebody else than who recorded it."""
    stored = await handlers.verify_performance(work, performance_id, expected)
    work.answer_version = stored.version
    return PerformanceView.of(stored)


@performances.post(
    "/{performance_id}/supersede",
    status_code=201,
    summary="更正 · Correct by a new record",
    **may("performance", "withdraw", *_BASIS),
)
async def supersede(
    performance_id: UUID, body: SupersessionIn, expected: ExpectedVersion, work: KeyedWork
) -> PerformanceView:
    """登记正确的一项，原记录注明被其替代 · The right record is made, and the wrong one says which replaced it."""
    stored = await handlers.supersede_performance(
        work, performance_id, expected, reason=body.reason, draft=body.performance.draft()
    )
    work.answer_version = stored.version
    return PerformanceView.of(stored)
