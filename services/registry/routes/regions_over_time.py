"""Regions by date: tier, administrative parent, competence, name, code history, registering and ending."""

from datetime import timedelta

from fastapi import APIRouter

from services.registry.handlers import regions_over_time
from services.registry.handlers.regions_over_time import Change
from services.registry.routes.common import KnownAt, RegionCode, may
from services.registry.schemas.regions import (
    CodeHistoryView,
    CodeHolderView,
    CompetenceIn,
    DatedChangeIn,
    DivisionIn,
    NameIn,
    ParentIn,
    RegionEndIn,
    RegionHistoryView,
    TierIn,
)
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, TransactionalRoute, Work

router = APIRouter(prefix="/v1", tags=["行政区划 · Regions"], route_class=TransactionalRoute)


def _change(body: DatedChangeIn) -> Change:
    return Change(body.from_day, body.document, body.reason)


@router.post(
    "/regions", status_code=201, summary="登记行政区划 · Register a division", **may("region", "change", "art2")
)
async def register_region(body: DivisionIn, work: KeyedWork) -> RegionHistoryView:
    """名录之外新设的区划；管辖级别另行确认 · A division no list has yet; its competence is confirmed apart."""
    found = await regions_over_time.register_region(work, body.fact(), body.tier)
    work.answer_version = found.version
    return RegionHistoryView.of(found)


@router.put(
    "/regions/{code}/tier",
    summary="自某日起变更层级 · Another tier from a day on",
    **may("region", "change", "art5.3", "art6.3"),
)
async def change_tier(code: RegionCode, body: TierIn, expected: ExpectedVersion, work: Work) -> RegionHistoryView:
    """层级、隶属、管辖级别、名称各自按日登记 · Tier, parent, competence and name are dated each by itself."""
    found = await regions_over_time.change_tier(work, code, expected, _change(body), tier=body.tier)
    work.answer_version = found.version
    return RegionHistoryView.of(found)


@router.put(
    "/regions/{code}/admin-parent",
    summary="自某日起变更行政隶属 · Another administrative parent from a day on",
    **may("region", "change", "art2", "art6.5"),
)
async def change_parent(code: RegionCode, body: ParentIn, expected: ExpectedVersion, work: Work) -> RegionHistoryView:
    """其下各地区随之改隶，层级不变 · Everything below moves along; no tier changes."""
    found = await regions_over_time.change_parent(work, code, expected, _change(body), admin_parent=body.admin_parent)
    work.answer_version = found.version
    return RegionHistoryView.of(found)


@router.put(
    "/regions/{code}/competence",
    summary="确认事故调查管辖级别 · Confirm the competence level",
    **may("competence", "confirm", "art21.4"),
)
async def confirm_competence(
    code: RegionCode, body: CompetenceIn, expected: ExpectedVersion, work: Work
) -> RegionHistoryView:
    """由人依文件确认，不从层级推断；待确认清单见 /v1/regions?unconfirmed=true · A person's act by a document."""
    found = await regions_over_time.confirm_competence(work, code, expected, _change(body), competence=body.competence)
    work.answer_version = found.version
    return RegionHistoryView.of(found)


@router.put(
    "/regions/{code}/name", summary="自某日起更名 · Another name from a day on", **may("region", "change", "art2")
)
async def rename_region(code: RegionCode, body: NameIn, expected: ExpectedVersion, work: Work) -> RegionHistoryView:
    """更名不改代码、隶属、层级，不动既往事项；同日再报即更正 · The same region; the same day again corrects."""
    found = await regions_over_time.rename(work, code, expected, _change(body), name=body.name)
    work.answer_version = found.version
    return RegionHistoryView.of(found)


@router.post("/regions/{code}/end", summary="撤销区划 · End a region", **may("region", "change", "art2"))
async def end_region(code: RegionCode, body: RegionEndIn, expected: ExpectedVersion, work: Work) -> RegionHistoryView:
    """辖内已无登记、后继区划已登记方可撤销 · Once nothing stands in it, and what comes after is registered."""
    change = Change(body.last_day + timedelta(days=1), body.document, body.reason)
    found = await regions_over_time.end(work, code, expected, change, successor_codes=body.successor_codes)
    work.answer_version = found.version
    return RegionHistoryView.of(found)


@router.get("/region-codes/{code}", summary="代码沿革 · History of a code", **may("register", "read", "art2"))
async def code_history(code: RegionCode, session: Reading, known_at: KnownAt) -> CodeHistoryView:
    """同一代码先后属于不同区划；前身与后继 · Whose code it was in which days, what came before and after."""
    found = await regions_over_time.code_history(session, code, known_at)
    regions = [CodeHolderView.of(one.region, one.predecessors, one.successors) for one in found]
    return CodeHistoryView(code=code, regions=regions)
