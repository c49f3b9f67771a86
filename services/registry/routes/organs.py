"""Organs and posts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.registry.handlers import organs, reading, saving
from services.registry.routes.common import InScope, KnownAt, OnDay, Search, may
from services.registry.schemas.roster import (
    OrganChangeIn,
    OrganIn,
    OrganView,
    PostChangeIn,
    PostIn,
    PostView,
)
from shared.contracts.registry import OrganState, PostState
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import (
    ExpectedVersion,
    KeyedWork,
    Reading,
    TransactionalRoute,
    Work,
    answer_version,
)
from shared.roster.facts import OrganKind, PostKind

router = APIRouter(prefix="/v1", tags=["机关与岗位 · Organs and posts"], route_class=TransactionalRoute)


@router.post("/organs", status_code=201, summary="登记机关 · Register an organ", **may("register", "write", "art2"))
async def register_organ(body: OrganIn, work: KeyedWork) -> OrganView:
    """演练地区的机关即为演练 · An organ of an exercise region is an exercise."""
    found = await organs.register_organ(
        work,
        name=body.name,
        kind=body.kind,
        region_code=body.region_code,
        span=body.span,
        roles=[fact for role in body.roles for fact in role.facts()],
        parent_id=body.parent_id,
        exercise=body.exercise,
        code=body.credit_code,
    )
    work.answer_version = found.version
    return OrganView.of(found)


@router.get("/organs", summary="机关列表 · Organs", **may("register", "read", "art2"))
async def list_organs(
    session: Reading,
    scope: InScope,
    paging: Paged,
    region_code: Annotated[str | None, Query(pattern=r"^[0-9]{6,12}$")] = None,
    kind: OrganKind | None = None,
    name: Annotated[str | None, Query(max_length=200)] = None,
    undocumented: Annotated[
        bool, Query(description="只看职责缺少依据文件的 · Only those with a role that names no full document")
    ] = False,
    q: Search = None,
) -> Page[OrganView]:
    """所授权地区的机关 · Organs in one's regions."""
    equal = {"region_code": region_code, "kind": kind, "name": name}
    found, cursor = await reading.organs(session, paging, scope, undocumented=undocumented, q=q, **equal)
    return Page(items=[OrganView.of(one) for one in found], next_cursor=cursor)


@router.get("/organs/{organ_id}", summary="一个机关 · One organ", **may("register", "read", "art2"))
async def read_organ(organ_id: UUID, session: Reading, day: OnDay, known_at: KnownAt, request: Request) -> OrganView:
    """机关及其按日期的职责 · An organ with its dated roles."""
    found = await saving.read(session, OrganState, organ_id, request.state.actor.regions, known_at)
    answer_version(request, found.version)
    return OrganView.on_day(reading.dated(found, day))


@router.put("/organs/{organ_id}", summary="更正机关 · Change an organ", **may("register", "write", "art2"))
async def change_organ(organ_id: UUID, body: OrganChangeIn, expected: ExpectedVersion, work: Work) -> OrganView:
    """名称、起止日期、按日期的职责 · Name, days and dated roles."""
    found = await organs.change_organ(
        work,
        organ_id,
        expected,
        name=body.name,
        span=body.span,
        roles=[fact for role in body.roles for fact in role.facts()],
        reason=body.reason,
        code=body.credit_code,
    )
    work.answer_version = found.version
    return OrganView.of(found)


@router.post("/posts", status_code=201, summary="登记岗位 · Register a post", **may("register", "write", "art2"))
async def register_post(body: PostIn, work: KeyedWork) -> PostView:
    """一岗一席 · One seat in an organ."""
    found = await organs.register_post(work, organ_id=body.organ_id, kind=body.kind, title=body.title, span=body.span)
    work.answer_version = found.version
    return PostView.of(found)


@router.get("/posts", summary="岗位列表 · Posts", **may("register", "read", "art2"))
async def list_posts(
    session: Reading,
    scope: InScope,
    paging: Paged,
    organ_id: UUID | None = None,
    kind: PostKind | None = None,
) -> Page[PostView]:
    """所授权地区的岗位 · Posts in one's regions."""
    found, cursor = await reading.listed(session, PostState, paging, scope, {"organ_id": organ_id, "kind": kind})
    return Page(items=[PostView.of(one) for one in found], next_cursor=cursor)


@router.get("/posts/{post_id}", summary="一个岗位 · One post", **may("register", "read", "art2"))
async def read_post(post_id: UUID, session: Reading, day: OnDay, known_at: KnownAt, request: Request) -> PostView:
    """岗位 · A post."""
    found = await saving.read(session, PostState, post_id, request.state.actor.regions, known_at)
    answer_version(request, found.version)
    return PostView.on_day(reading.dated(found, day))


@router.put("/posts/{post_id}", summary="更正岗位 · Change a post", **may("register", "write", "art2"))
async def change_post(post_id: UUID, body: PostChangeIn, expected: ExpectedVersion, work: Work) -> PostView:
    """有人在任时不得撤销岗位 · A post does not end while somebody is appointed to it."""
    found = await organs.change_post(work, post_id, expected, title=body.title, span=body.span, reason=body.reason)
    work.answer_version = found.version
    return PostView.of(found)
