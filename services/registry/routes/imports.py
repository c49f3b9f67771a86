"""Roster imports: the sheet to fill in, sending it, checking and applying it, and what is wrong with it."""

from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registry.handlers.imports import runs
from services.registry.routes.common import KeptNumbers, may, whole_regions
from services.registry.schemas.imports import ImportProblemView, ImportView
from shared.kernel.operations import OperationView, Progress
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import KeyedWork, Reading, TransactionalRoute, binary_route
from shared.kernel.unit_of_work import UnitOfWork
from shared.sheets import MEDIA_TYPE

TAGS: list[str | Enum] = ["批量导入 · Bulk import"]
router = APIRouter(prefix="/v1", tags=TAGS, route_class=TransactionalRoute)
uploads = APIRouter(prefix="/v1/imports", tags=TAGS, route_class=binary_route(runs.LIMIT))
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_WORKBOOK: dict[int | str, dict[str, Any]] = {200: {"description": "xlsx", "content": {MEDIA_TYPE: _BINARY}}}


def _workbook(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.get(
    "/import-template",
    summary="花名册模板 · The roster sheet to fill in",
    response_class=Response,
    responses=_WORKBOOK,
    **may("register", "write", "art2"),
)
async def read_template() -> Response:
    """含下拉选项和填表说明 · With dropdowns and help."""
    return _workbook(runs.empty_sheet(), "roster")


_SENT = may("register", "write", "art2")
_SENT["openapi_extra"] |= {"requestBody": {"required": True, "content": {"application/octet-stream": _BINARY}}}


@uploads.post("", status_code=201, summary="上传花名册 · Send a roster file", **_SENT)
async def receive(
    work: KeyedWork,
    numbers: KeptNumbers,
    request: Request,
    response: Response,
    exercise: Annotated[bool, Query(description="新登记的均为演练 · What is new is an exercise")] = False,
) -> ImportView:
    """先收件；检查和办理另行发起。文件加密保存，办结即删 · Kept sealed; run it, and it is dropped once applied."""
    found = await runs.receive(work, numbers, await request.body(), exercise=exercise)
    response.headers["Location"] = f"/v1/imports/{found.id}"
    return ImportView.of(found)


@router.get("/imports/{import_id}", summary="一次导入 · One import", **may("register", "write", "art2"))
async def read_import(import_id: UUID, session: Reading, request: Request) -> ImportView:
    """本人上传的导入 · An import of one's own."""
    return ImportView.of(await runs.of_caller(session, import_id, request.state.actor.subject))


@router.post(
    "/imports/{import_id}/runs",
    status_code=202,
    summary="检查并办理导入 · Check and apply an import",
    **may("register", "write", "art2"),
)
async def run_import(
    import_id: UUID,
    numbers: KeptNumbers,
    session: Reading,
    request: Request,
    response: Response,
    validate_only: Annotated[bool, Query(description="只检查，不办理 · Check only: nothing is applied")] = False,
) -> OperationView:
    """全表检查无误才办理；中断后再次发起即从中断处继续 · Run it again, and it goes on where it stopped."""
    app, actor, regions = request.app, request.state.actor, whole_regions(request)
    await runs.of_caller(session, import_id, actor.subject)

    def transactions() -> UnitOfWork:
        return UnitOfWork(app.state.sessions, service=app.state.service, actor=actor.subject, regions=regions)

    async def work(progress: Progress) -> dict[str, Any]:
        desk = runs.Desk(app.state.sessions, numbers, regions, progress)
        return await runs.run(desk, import_id, transactions, validate_only=validate_only)

    started: OperationView = await app.state.operations.start("roster_import", actor.subject, work)
    response.headers["Location"] = f"/v1/operations/{started.id}"
    return started


@router.get("/imports/{import_id}/problems", summary="导入中的问题 · What is wrong", **may("register", "write", "art2"))
async def list_problems(import_id: UUID, session: Reading, paging: Paged, request: Request) -> Page[ImportProblemView]:
    """按表、行、列、单元格列出 · By sheet, row, column and cell text."""
    await runs.of_caller(session, import_id, request.state.actor.subject)
    found, cursor = await runs.problems(session, import_id, paging)
    return Page(items=[ImportProblemView.of(one) for one in found], next_cursor=cursor)


@router.get(
    "/imports/{import_id}/annotated",
    summary="带批注的副本 · The file with comments",
    response_class=Response,
    responses=_WORKBOOK,
    **may("register", "write", "art2"),
)
async def read_annotated(import_id: UUID, numbers: KeptNumbers, session: Reading, request: Request) -> Response:
    """原文件的副本，问题单元格有批注，改后可直接再上传 · Corrected, it can be sent again as it is."""
    await runs.of_caller(session, import_id, request.state.actor.subject)
    return _workbook(await runs.copy_with_comments(session, numbers, import_id), "roster-problems")
