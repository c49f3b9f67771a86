"""Attestations, and the documents that carry them outside."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.duties.handlers import attestations as handlers
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.attestations import AttestationSummary, AttestationView, KeySetView, RenewalIn
from shared.kernel.moments import At
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import KeyedWork, Reading, answer_version
from shared.papers import Signer
from shared.papers.signing import MEDIA_TYPE

_BASIS = ("art26", "art28")
_DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "JWS"}
}


def attestations(signer: Signer) -> APIRouter:
    """The routes; documents are signed by `signer`."""
    made = router("attestations", "履职证明 · Attestations")

    @made.get("/keys", summary="验证公钥 · Public keys")
    async def keys() -> KeySetView:
        """离线验证所用的公钥，无须登录 · The keys that verify documents offline; no token is needed."""
        return KeySetView.model_validate(signer.public_keys())

    @made.get(
        "/{attestation_id}/document",
        summary="可离线验证的证明文件 · The signed document",
        response_class=Response,
        responses=_DOCUMENT,
        **may("attestation", "read", *_BASIS),
    )
    async def document(attestation_id: UUID, request: Request, session: Reading) -> Response:
        """紧凑 JWS（ES256），改动任何一个字节即无法通过验证 · Compact JWS; one changed byte and it fails."""
        stored = await handlers.read_attestation(session, attestation_id, regions_of(request))
        paper = await handlers.paper(session, stored)
        return Response(signer.sign(paper), media_type=MEDIA_TYPE)

    _read_and_renew(made)
    return made


def _read_and_renew(made: APIRouter) -> None:
    @made.get("", summary="履职证明列表 · Attestations", **may("attestation", "read", *_BASIS))
    async def list_attestations(
        request: Request,
        session: Reading,
        paging: Paged,
        accident_id: UUID | None = None,
        official_id: UUID | None = None,
        outdated: Annotated[bool | None, Query(description="事故已更正、待重新出具 · Those due for renewal")] = None,
        exercise: Exercise = False,
    ) -> Page[AttestationSummary]:
        """每份为最新版本 · Each in its latest version."""
        found, following = await handlers.list_attestations(
            session,
            paging,
            regions=regions_of(request),
            exercise=exercise,
            accident_id=accident_id,
            official_id=official_id,
            outdated=outdated,
        )
        return Page(items=[AttestationSummary.of(one) for one in found], next_cursor=following)

    @made.get("/{attestation_id}", summary="一份履职证明 · One attestation", **may("attestation", "read", *_BASIS))
    async def read(attestation_id: UUID, request: Request, session: Reading, at: At) -> AttestationView:
        """`known_at` 可读先前版本；不对任何人作出结论 · Earlier versions by `known_at`; it concludes nothing."""
        stored = await handlers.read_attestation(session, attestation_id, regions_of(request), known_at=at.known_at)
        answer_version(request, stored.version)
        return AttestationView.whole_of(stored, await handlers.seal_of(session, stored))

    @made.post(
        "/{attestation_id}/renewals",
        status_code=201,
        summary="重新出具 · Compute again as known now",
        **may("attestation", "renew", *_BASIS),
    )
    async def renew(attestation_id: UUID, body: RenewalIn, work: KeyedWork) -> AttestationView:
        """成为新版本，旧版本仍可读 · It becomes the next version; earlier ones stay readable."""
        stored = await handlers.renew_attestation(work, attestation_id, look_back_months=body.look_back_months)
        work.answer_version = stored.version
        return AttestationView.whole_of(stored, None)
