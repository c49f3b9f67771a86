"""Attachments: documents that prove, outside the database."""

import base64
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.duties.handlers import attachments as handlers
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.attachments import AttachmentView, HexDigest
from shared.attachments import KINDS, Store
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import KeyedWork, Reading, answer_version, binary_route

_DOCUMENT = {"schema": {"type": "string", "format": "binary"}}
_DOCUMENTS: dict[str, Any] = dict.fromkeys(KINDS, _DOCUMENT)
_CONTENT: dict[int | str, dict[str, Any]] = {200: {"content": _DOCUMENTS, "description": "文件 · The document"}}
_TAG = "附件 · Attachments"


def attachments(store: Store, limit: int) -> tuple[APIRouter, APIRouter]:
    """The routes; documents of at most `limit` bytes lie in `store`."""
    made = router("attachments", _TAG)
    _reads(made, store)
    return _uploads(store, limit), made


def _uploads(store: Store, limit: int) -> APIRouter:
    made = APIRouter(prefix="/v1/attachments", tags=[_TAG], route_class=binary_route(limit))
    options = may("attachment", "store", "art28")
    options["openapi_extra"] |= {"requestBody": {"required": True, "content": _DOCUMENTS}}

    @made.post("", status_code=201, summary="存入附件 · Store a document", **options)
    async def store_document(
        request: Request,
        work: KeyedWork,
        region_code: Annotated[str, Query(max_length=12, pattern=r"^\d+$", examples=["139901"])],
        sha256: Annotated[HexDigest | None, Query(description="所称摘要，不符即拒 · Refused if it differs")] = None,
        sm3: Annotated[HexDigest | None, Query(description="所称 SM3 摘要 · Likewise, SM3")] = None,
        with_sm3: Annotated[bool, Query(description="同时计算并留存 SM3 · Compute and keep SM3, too")] = False,
    ) -> AttachmentView:
        """正文即文件；按摘要存放，不留文件名，不读 EXIF · The body is the document; no file name, no EXIF is read."""
        sent = handlers.Sent(await request.body(), request.headers.get("content-type", ""), sha256, sm3, with_sm3)
        stored = await handlers.store_attachment(work, store, sent, region_code)
        work.answer_version = stored.version
        return AttachmentView.of(stored)

    return made


def _reads(made: APIRouter, store: Store) -> None:
    @made.get("", summary="附件列表 · Attachments", **may("attachment", "read", "art28"))
    async def list_attachments(
        request: Request,
        session: Reading,
        paging: Paged,
        sha256: HexDigest | None = None,
        exercise: Exercise = False,
    ) -> Page[AttachmentView]:
        """最新的在前 · Newest first."""
        found, following = await handlers.list_attachments(
            session, paging, regions=regions_of(request), exercise=exercise, sha256=sha256
        )
        return Page(items=[AttachmentView.of(one) for one in found], next_cursor=following)

    @made.get("/{attachment_id}", summary="一份附件 · One attachment", **may("attachment", "read", "art28"))
    async def read(attachment_id: UUID, request: Request, session: Reading) -> AttachmentView:
        """类型、大小、摘要 · Its kind, size and digests."""
        stored = await handlers.read_attachment(session, attachment_id, regions_of(request))
        answer_version(request, stored.version)
        return AttachmentView.of(stored)

    @made.get(
        "/{attachment_id}/content",
        summary="下载附件 · The document itself",
        response_class=Response,
        responses=_CONTENT,
        **may("attachment", "download", "art28"),
    )
    async def download(attachment_id: UUID, request: Request, session: Reading) -> Response:
        """每次下载均核对摘要，不符不予提供 · Digests are checked each time; altered bytes are never given."""
        fact, data = await handlers.content(session, store, attachment_id, regions_of(request))
        digest = base64.b64encode(bytes.fromhex(fact.sha256)).decode()
        headers = {
            "Content-Digest": f"sha-256=:{digest}:",
            "Content-Disposition": f'attachment; filename="{fact.sha256}"',
            "X-Content-Type-Options": "nosniff",
        }
        return Response(data, media_type=fact.media_type, headers=headers)
