"""Entering many acts at once, and asking what a record or a draft serves."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import Request

from services.duties.handlers import entry, performances
from services.duties.handlers.entry import Entered
from services.duties.routes.common import may, regions_of, router
from services.duties.schemas.common import basis_of
from services.duties.schemas.entry import (
    BatchIn,
    BatchView,
    ItemProblem,
    ItemView,
    RehearsalView,
    ServedView,
    ServesView,
)
from services.duties.schemas.performances import PerformanceIn
from shared.kernel.auth import Actor
from shared.kernel.problems import Problem
from shared.kernel.routing import CheckableWork, Reading

_BASIS = ("art5.2", "art5.3", "art6.2", "art6.3", "art9.4", "art10.2", "art10.3", "art28")

_TAG = "履职记录 · Performances"
entries = router("performances", _TAG)
drafts = router("performance-drafts", _TAG)
batches = router("performance-batches", _TAG)


@drafts.post("", summary="草稿作用于哪些任务 · What a draft serves", **may("performance", "read", *_BASIS))
async def rehearse(body: PerformanceIn, request: Request, session: Reading) -> RehearsalView:
    """不写入；逐项说明计入与否及原因，无须重复填报 · Nothing is written; for each obligation whether, and why not."""
    actor: Actor = request.state.actor
    decision, found = await entry.rehearse(session, body.draft(), regions_of(request), actor.subject)
    return RehearsalView(
        recordable=decision.allowed,
        code=decision.code,
        detail=f"{decision.reason_zh} · {decision.reason_en}",
        basis=basis_of(*decision.basis),
        serves=[ServedView.of(one) for one in found],
    )


@entries.get(
    "/{performance_id}/serves",
    summary="记录作用于哪些任务 · What a record serves",
    **may("performance", "read", *_BASIS),
)
async def serves(performance_id: UUID, request: Request, session: Reading) -> ServesView:
    """一次登记，凡接受此类活动的职责均予计入 · Recorded once, it counts for every duty that accepts it."""
    stored = await performances.read_performance(session, performance_id, regions_of(request))
    found = await entry.serves(session, stored.fact, regions_of(request))
    return ServesView(serves=[ServedView.of(one) for one in found])


@batches.post("", summary="批量登记 · Many acts at once", **may("performance", "record", *_BASIS))
async def record_many(body: BatchIn, work: CheckableWork, *, validate_only: bool = False) -> BatchView:
    """逐项整体登记或不登记并说明原因；重复提交不重复登记 · Each whole or not at all; again, nothing changes."""
    done = await performances.record_many(work, [one.draft() for one in body.items])
    return batch_view(done, validate_only=validate_only)


def batch_view(done: Sequence[Entered | Problem], *, validate_only: bool) -> BatchView:
    """What became of many."""
    items = [_item(index, one) for index, one in enumerate(done)]
    tally = {word: sum(one.outcome == word for one in items) for word in ("recorded", "unchanged", "refused")}
    return BatchView(**tally, validate_only=validate_only, items=items)


def _item(index: int, one: Entered | Problem) -> ItemView:
    if isinstance(one, Problem):
        problem = ItemProblem(status=one.status, code=one.code, detail=one.detail, basis=one.basis)
        return ItemView(index=index, outcome="refused", problem=problem)
    outcome = "recorded" if one.fresh else "unchanged"
    return ItemView(index=index, outcome=outcome, performance_id=one.stored.fact.id)
