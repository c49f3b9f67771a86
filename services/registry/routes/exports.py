"""Exports: any list as CSV or Excel."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from enum import StrEnum
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from services.registry.handlers.exports import Export, List
from services.registry.routes.common import InScope, may
from shared.kernel.routing import TransactionalRoute
from shared.sheets import MEDIA_TYPE

router = APIRouter(prefix="/v1/exports", tags=["导出 · Exports"], route_class=TransactionalRoute)
_CSV = "text/csv; charset=utf-8"
_PIECE = 65_536
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "文件 · the file", "content": {"text/csv": _BINARY, MEDIA_TYPE: _BINARY}}
}


class Format(StrEnum):
    """文件格式 · The kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


@router.get(
    "/{name}",
    summary="导出列表 · Export a list",
    response_class=StreamingResponse,
    responses=_FILES,
    **may("official", "read", "art2"),
)
async def export(
    name: List,
    scope: InScope,
    request: Request,
    kind: Annotated[Format, Query(alias="format", description="文件格式 · csv or xlsx")] = Format.CSV,
) -> StreamingResponse:
    """不含公式和身份号码；花名册（Excel 含部门职责、分管）可再导入 · No formulas or numbers; a roster can come back."""
    wanted = replace(scope, regions=None) if name is List.REGIONS else scope
    made = Export(name, wanted, request.app.state.sessions)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{kind}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if kind is Format.XLSX:
        return StreamingResponse(_pieces(await made.xlsx()), media_type=MEDIA_TYPE, headers=headers)
    return StreamingResponse(made.csv(), media_type=_CSV, headers=headers)
