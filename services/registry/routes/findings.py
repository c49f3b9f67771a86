"""Findings, and the declarations that clear some of them."""

import asyncio
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.registry.handlers import declarations as verbs
from services.registry.handlers import findings, reading, saving
from services.registry.handlers.findings import Asked
from services.registry.routes.common import Code, Exercise, InScope, KnownAt, OnDay, may
from services.registry.schemas.common import Reasoned
from services.registry.schemas.findings import (
    DeclarationChangeIn,
    DeclarationIn,
    DeclarationKind,
    DeclarationView,
    FindingKind,
    FindingsPage,
    RegionFindingView,
    as_csv,
    as_xlsx,
)
from shared.contracts.registry import DeclarationState
from shared.kernel.moments import At
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, TransactionalRoute, Work, answer_version
from shared.sheets import MEDIA_TYPE

router = APIRouter(prefix="/v1/findings", tags=["登记缺口 · Findings"], route_class=TransactionalRoute)
declarations = APIRouter(prefix="/v1/declarations", tags=["登记事项 · Declarations"], route_class=TransactionalRoute)
CLAUSES = ("art4.p2", "art5.6", "art6.7", "art6.9", "art8", "art9", "art10.3", "art23")
RECORDED = ("art5.6", "art6.7", "art6.9", "art8")


class Format(StrEnum):
    """文件格式 · The format of an export."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def _asked(
    request: Request,
    at: At,
    region: Code,
    kind: Annotated[list[FindingKind] | None, Query(max_length=20, description="种类 · Kinds")] = None,
    exercise: Exercise = False,
) -> Asked:
    regions = request.state.actor.regions
    return Asked({region}, regions, at.as_of, at.known_at, frozenset(kind or ()), exercise=exercise)


Question = Annotated[Asked, Depends(_asked, scope="function")]


@router.get("", summary="登记缺口 · Findings", **may("finding", "read", *CLAUSES))
async def list_findings(session: Reading, asked: Question, paging: Paged) -> FindingsPage:
    """该地区及其下级的登记缺口，临时推定，不作存储 · Of a region and all below it; derived, never stored."""
    found, cursor = await findings.page(session, asked, limit=paging.limit, cursor=paging.cursor)
    items = [RegionFindingView.of(one.finding, one.region_name) for one in found]
    return FindingsPage(as_of=asked.day, known_at=asked.known_at, items=items, next_cursor=cursor)


@router.get(
    "/export",
    summary="导出登记缺口 · Export findings",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {}, "application/json": {}, MEDIA_TYPE: {}}, "description": "文件 · A file"}
    },
    **may("finding", "read", *CLAUSES),
)
async def export_findings(
    session: Reading, asked: Question, output: Annotated[Format, Query(alias="format")] = Format.CSV
) -> Response:
    """全部登记缺口，不分页 · All of them in one file; no cell can be taken for a formula."""
    found = await findings.every(session, asked)
    items = [RegionFindingView.of(one.finding, one.region_name) for one in found]
    headers = {"Content-Disposition": f'attachment; filename="findings-{asked.day}.{output}"'}
    if output is Format.XLSX:
        return Response(await asyncio.to_thread(as_xlsx, items), media_type=MEDIA_TYPE, headers=headers)
    if output is Format.CSV:
        return Response(as_csv(items), media_type="text/csv; charset=utf-8", headers=headers)
    whole = FindingsPage(as_of=asked.day, known_at=asked.known_at, items=items, next_cursor=None)
    return Response(whole.model_dump_json(), media_type="application/json", headers=headers)


@declarations.post("", status_code=201, summary="登记事项 · Record a matter", **may("declaration", "write", *RECORDED))
async def record_declaration(body: DeclarationIn, work: KeyedWork) -> DeclarationView:
    """例外、责任部门、生产经营单位、专项资金 · An exception, a designation, an enterprise, a safety fund."""
    found = await verbs.record(work, **body.model_dump())
    work.answer_version = found.version
    return DeclarationView.of(found)


@declarations.get("", summary="登记事项列表 · Recorded matters", **may("declaration", "read", *RECORDED))
async def list_declarations(
    session: Reading, scope: InScope, paging: Paged, kind: DeclarationKind | None = None, annulled: bool = False
) -> Page[DeclarationView]:
    """所授权地区的登记事项 · Matters of one's regions."""
    equal = {"kind": kind and kind.value, "annulled": annulled}
    found, cursor = await reading.listed(session, DeclarationState, paging, scope, equal)
    return Page(items=[DeclarationView.of(one) for one in found], next_cursor=cursor)


@declarations.get("/{declaration_id}", summary="一项登记事项 · One matter", **may("declaration", "read", *RECORDED))
async def read_declaration(
    declaration_id: UUID, session: Reading, day: OnDay, known_at: KnownAt, request: Request
) -> DeclarationView:
    """登记事项 · A recorded matter."""
    found = await saving.read(session, DeclarationState, declaration_id, request.state.actor.regions, known_at)
    answer_version(request, found.version)
    return DeclarationView.on_day(reading.dated(found, day))


@declarations.put("/{declaration_id}", summary="更正登记事项 · Correct", **may("declaration", "write", *RECORDED))
async def correct_declaration(
    declaration_id: UUID, body: DeclarationChangeIn, expected: ExpectedVersion, work: Work
) -> DeclarationView:
    """更正不覆盖原记录 · Overwrites nothing."""
    changes = body.model_dump(exclude={"reason"})
    found = await verbs.correct(work, declaration_id, expected, reason=body.reason, changes=changes)
    work.answer_version = found.version
    return DeclarationView.of(found)


@declarations.post("/{declaration_id}/annul", summary="撤销登记事项 · Annul", **may("declaration", "write", *RECORDED))
async def annul_declaration(
    declaration_id: UUID, body: Reasoned, expected: ExpectedVersion, work: Work
) -> DeclarationView:
    """视为自始未登记 · It never held."""
    found = await verbs.annul(work, declaration_id, expected, reason=body.reason)
    work.answer_version = found.version
    return DeclarationView.of(found)
