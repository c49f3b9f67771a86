"""Acts by Excel: a template, the sheet itself, and a copy of it that says what is wrong."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.duties.handlers import sheet_entry as handlers
from services.duties.routes.common import may, regions_of, router
from services.duties.schemas.sheets import SheetView
from shared.kernel.routing import CheckableWork, Reading, Work, binary_route
from shared.sheets import MEDIA_TYPE

SHEET_BYTES = 8 * 1024 * 1024
_BASIS = ("art5.2", "art5.3", "art6.2", "art6.3", "art28")
_TAG = "履职记录 · Performances"
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FILE: dict[str, Any] = {MEDIA_TYPE: _BYTES}
_SHEET = _FILE | {"application/octet-stream": _BYTES}  # for clients that know no name for Excel files
_SENT: dict[int | str, dict[str, Any]] = {200: {"content": _FILE, "description": "Excel 文件 · An Excel file"}}
Region = Annotated[
    str, Query(max_length=12, pattern=r"^\d+$", examples=["139901"], description="含其下各级 · With all below it")
]

templates = router("performance-sheets", _TAG)
sheets = APIRouter(prefix="/v1/performance-sheets", tags=[_TAG], route_class=binary_route(SHEET_BYTES))


def _takes_a_sheet() -> dict[str, Any]:
    options = may("performance", "record", *_BASIS)
    options["openapi_extra"] |= {"requestBody": {"required": True, "content": _SHEET}}
    return options


@templates.get(
    "/template",
    summary="Excel 模板 · The template",
    response_class=Response,
    responses=_SENT,
    **may("performance", "record", *_BASIS),
)
async def template(region: Region, request: Request, session: Reading) -> Response:
    """带下拉列表和填表说明 · With dropdowns and a help sheet."""
    made = await handlers.sheet_template(session, region, regions_of(request))
    return _file(made, "performances.xlsx")


@sheets.post("", summary="以 Excel 登记 · Record a sheet", **_takes_a_sheet())
async def record(region: Region, request: Request, work: CheckableWork, *, validate_only: bool = False) -> SheetView:
    """逐行整体登记；问题逐格指明；同一文件再次提交不作改变 · Row by row; problems by cell; again, nothing changes."""
    done = await handlers.record_sheet(work, await request.body(), region)
    return SheetView.of(done.recorded, done.unchanged, done.problems, validate_only=validate_only)


@sheets.post(
    "/annotated",
    summary="带批注的副本 · A copy with comments",
    response_class=Response,
    responses=_SENT,
    **_takes_a_sheet(),
)
async def annotate(region: Region, request: Request, work: Work) -> Response:
    """只检查，不写入；每个问题是一条批注，改正后可直接提交 · A check only; corrected, the copy can be sent in."""
    data = await request.body()
    done = await handlers.record_sheet(work, data, region)
    request.state.work = None  # a rehearsal: what was written goes when the transaction closes
    return _file(handlers.annotated_copy(data, done), "annotated.xlsx")


def _file(data: bytes, name: str) -> Response:
    return Response(data, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})
