"""Functional zones: candidates, and registering one with its managing organ."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.registry.handlers import zones
from services.registry.routes.common import may
from services.registry.schemas.regions import CandidatesView, CandidateView, RegionHistoryView, ZoneIn
from shared.kernel.moments import At
from shared.kernel.routing import KeyedWork, Reading, TransactionalRoute

router = APIRouter(prefix="/v1", tags=["功能区 · Zones"], route_class=TransactionalRoute)


@router.get("/zone-candidates", summary="功能区候选 · Zone candidates", **may("register", "read", "art2"))
async def zone_candidates(
    session: Reading,
    at: At,
    under: Annotated[str | None, Query(pattern=r"^[0-9]{6}$", description="行政上级 · Below this region")] = None,
    registered: bool | None = None,
) -> CandidatesView:
    """名录中似功能区的行，其中有农场、监狱、林场；只有人能登记 · Rows that look like zones; only a person registers."""
    found = await zones.candidates(session, at.as_of, under=under, registered=registered, known_at=at.known_at)
    items = [
        CandidateView(
            code=one.row.code,
            name=one.row.name,
            reason=one.row.reason,
            code_parent=one.row.code_parent,
            admin_parent=one.row.admin_parent,
            listed_below=list(one.listed_below),
            registered=one.registered,
        )
        for one in found
    ]
    return CandidatesView(items=items)


@router.post("/zones", status_code=201, summary="登记功能区 · Register a zone", **may("zone", "register", "art2"))
async def register_zone(body: ZoneIn, work: KeyedWork) -> RegionHistoryView:
    """连同管理机构登记；层级不随隶属改变 · With its managing organ; it keeps its tier whatever its parent."""
    found = await zones.register(work, body.fact(), body.managing_organ.fact())
    work.answer_version = found.version
    return RegionHistoryView.of(found)
