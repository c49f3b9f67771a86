"""What becomes of organs, who answers for a function on a day, and whom Art. 2 bound."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.registry.handlers import successions
from services.registry.handlers.successions import Decided, Heirs, NewHeir
from services.registry.routes.common import Code, may
from services.registry.schemas.regions import HeirsView, HoldersView, ScopeView, SuccessionIn, SuccessionView
from shared.kernel.moments import At
from shared.kernel.routing import ExpectedVersion, Reading, TransactionalRoute, Work

router = APIRouter(prefix="/v1", tags=["机关与岗位 · Organs and posts"], route_class=TransactionalRoute)


@router.post(
    "/organs/{organ_id}/succession",
    summary="登记机构改革 · Register what becomes of an organ",
    **may("register", "write", "art2", "art10.2"),
)
async def succeed(organ_id: UUID, body: SuccessionIn, expected: ExpectedVersion, work: Work) -> SuccessionView:
    """更名、合并、分设、撤销；职责随职能承继，只履一次 · Duties follow by function, once."""
    decided = Decided(body.kind, body.day, body.document, body.issuer, body.issued_on, body.new_name)
    standing = {one.organ_id: one.functions for one in body.heirs if one.organ_id is not None}
    new = [
        (NewHeir(one.new.name, one.new.kind, one.new.region_code), one.functions)
        for one in body.heirs
        if one.new is not None
    ]
    if body.new_name is not None:
        standing = {organ_id: None}
    found = await successions.succeed(
        work, organ_id, expected, decided, others=body.with_organs, heirs=Heirs(standing, new)
    )
    work.answer_version = found[0].version
    return SuccessionView.of(found)


@router.get(
    "/organs/{organ_id}/heirs", summary="机关沿革 · Who answers for an organ", **may("register", "read", "art10.2")
)
async def heirs(organ_id: UUID, session: Reading, at: At, request: Request) -> HeirsView:
    """改革之日前仍是原机关 · Before the day of the reform it is still the predecessor."""
    regions = request.state.actor.regions
    found = await successions.heirs_on(session, organ_id, at.as_of, at.known_at, regions)
    return HeirsView.of(organ_id, at.as_of, at.known_at, found)


@router.get(
    "/function-holders",
    summary="职能由谁承担 · Who answers for a function",
    **may("register", "read", "art10.2", "art11.3"),
)
async def function_holders(
    region: Code,
    function: Annotated[str, Query(min_length=1, max_length=200, examples=["应急管理"])],
    session: Reading,
    at: At,
    request: Request,
) -> HoldersView:
    """某日某地某项职能由哪个机关承担，每个机关一次 · Which organs of a region on a day, each once."""
    regions = request.state.actor.regions
    found = await successions.function_holders(session, region, function, at.as_of, at.known_at, regions)
    return HoldersView.of(region, function, at.as_of, at.known_at, found)


@router.get(
    "/officials/{official_id}/scope", summary="是否适用本细则 · In or out of scope", **may("official", "read", "art2")
)
async def scope(official_id: UUID, session: Reading, at: At, request: Request) -> ScopeView:
    """以行为之日任职为准，不以认定之日 · Tested on the day of the conduct, never on that of the decision."""
    regions = request.state.actor.regions
    answer = await successions.scope_of(session, official_id, at.as_of, at.known_at, regions)
    return ScopeView.of(answer, at.known_at)
