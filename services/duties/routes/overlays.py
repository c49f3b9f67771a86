"""Interpretations of the statute and local defaults (Art. 30)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from services.duties.handlers import overlays as handlers
from services.duties.routes.common import Exercise, may, router
from services.duties.schemas.common import DutyId
from services.duties.schemas.overlays import OverlayEndIn, OverlayIn, OverlayView
from shared.kernel.moments import At
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, Work, answer_version

overlays = router("overlays", "细则解释 · Overlays")


@overlays.post(
    "", status_code=201, summary="登记解释或本地默认 · Record an overlay", **may("overlay", "record", "art30")
)
async def record(body: OverlayIn, work: KeyedWork) -> OverlayView:
    """解释只能由有权机关商组织部门作出；其他机关的文件只作本地默认 · Others' documents are local defaults only."""
    stored = await handlers.record_overlay(
        work,
        handlers.Document(
            kind=body.kind,
            duty_id=body.duty_id,
            scope=body.scope,
            from_day=body.from_day,
            to_day=body.to_day,
            document=body.document,
            issued_on=body.issued_on,
            issuer_organ_id=body.issuer_organ_id,
            consulted_organ_id=body.consulted_organ_id,
            post_kind=body.post_kind,
            note=body.note,
        ),
    )
    work.answer_version = stored.version
    return OverlayView.of(stored)


@overlays.get("", summary="解释与本地默认列表 · Overlays", **may("overlay", "read", "art30"))
async def list_overlays(
    session: Reading,
    paging: Paged,
    at: At,
    duty_id: Annotated[DutyId | None, Query()] = None,
    exercise: Exercise = False,
) -> Page[OverlayView]:
    """文件是公开事实，不按授权地区过滤 · Documents are public facts, whatever one's grant."""
    found, following = await handlers.list_overlays(
        session, paging, known_at=at.known_at, exercise=exercise, duty_id=duty_id
    )
    return Page(items=[OverlayView.of(one) for one in found], next_cursor=following)


@overlays.get("/{overlay_id}", summary="一项解释或本地默认 · One overlay", **may("overlay", "read", "art30"))
async def read(overlay_id: UUID, request: Request, session: Reading, at: At) -> OverlayView:
    """按所问时刻已登记的版本 · As recorded by the moment asked about."""
    stored = await handlers.read_overlay(session, overlay_id, known_at=at.known_at)
    answer_version(request, stored.version)
    return OverlayView.of(stored)


@overlays.post("/{overlay_id}/end", summary="终止 · End an overlay", **may("overlay", "record", "art30"))
async def end(overlay_id: UUID, body: OverlayEndIn, expected: ExpectedVersion, work: Work) -> OverlayView:
    """由后来的文件终止；此前开始的期间仍适用 · By a later document; periods that began before keep it."""
    stored = await handlers.end_overlay(
        work, overlay_id, expected, last_day=body.last_day, document=body.document, issued_on=body.issued_on
    )
    work.answer_version = stored.version
    return OverlayView.of(stored)
