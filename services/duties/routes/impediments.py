"""Impediments: what stood in the way, and for which obligation it was accepted."""

from uuid import UUID

from fastapi import Request

from services.duties.handlers import impediments as handlers
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.impediments import AcceptanceIn, ImpedimentIn, ImpedimentView, ReasonIn
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, Work, answer_version
from shared.roster.facts import Span

impediments = router("impediments", "履职障碍 · Impediments")


@impediments.post("", status_code=201, summary="登记障碍 · Record one", **may("impediment", "record", "art28"))
async def record(body: ImpedimentIn, work: KeyedWork) -> ImpedimentView:
    """只登记事实，不免除任何任务 · A fact only; it excuses nothing."""
    stored = await handlers.record_impediment(
        work,
        post_id=body.post_id,
        official_id=body.official_id,
        span=Span(body.from_day, body.to_day),
        description=body.description,
        evidence=tuple(body.evidence),
    )
    work.answer_version = stored.version
    return ImpedimentView.of(stored)


@impediments.get("", summary="障碍列表 · Impediments", **may("impediment", "read"))
async def list_impediments(
    request: Request, session: Reading, paging: Paged, post_id: UUID | None = None, exercise: Exercise = False
) -> Page[ImpedimentView]:
    """最新的在前 · Newest first."""
    found, following = await handlers.list_impediments(
        session, paging, regions=regions_of(request), exercise=exercise, post_id=post_id
    )
    return Page(items=[ImpedimentView.of(one) for one in found], next_cursor=following)


@impediments.get("/{impediment_id}", summary="一项障碍 · One impediment", **may("impediment", "read"))
async def read(impediment_id: UUID, request: Request, session: Reading) -> ImpedimentView:
    """含就各项任务的采纳情况 · With everything it was accepted for."""
    stored = await handlers.read_impediment(session, impediment_id, regions_of(request))
    answer_version(request, stored.version)
    return ImpedimentView.of(stored)


@impediments.post(
    "/{impediment_id}/accept",
    summary="就某任务采纳 · Accept for an obligation",
    **may("impediment", "accept", "art28"),
)
async def accept(impediment_id: UUID, body: AcceptanceIn, expected: ExpectedVersion, work: Work) -> ImpedimentView:
    """由安委办就特定任务采纳，该任务即为免予履行 · By the safety committee's office; that obligation is excused."""
    stored = await handlers.accept_impediment(
        work,
        impediment_id,
        expected,
        obligation_id=body.obligation_id,
        period_start=body.period_start,
        reason=body.reason,
    )
    work.answer_version = stored.version
    return ImpedimentView.of(stored)


@impediments.post("/{impediment_id}/withdraw", summary="撤回 · Withdraw", **may("impediment", "withdraw", "art28"))
async def withdraw(impediment_id: UUID, body: ReasonIn, expected: ExpectedVersion, work: Work) -> ImpedimentView:
    """记录仍可读，不再免除任何任务 · It stays readable, and excuses nothing any more."""
    stored = await handlers.withdraw_impediment(work, impediment_id, expected, reason=body.reason)
    work.answer_version = stored.version
    return ImpedimentView.of(stored)
