"""Portfolios."""

from uuid import UUID

from fastapi import APIRouter, Request

from services.registry.handlers import portfolios, reading, saving
from services.registry.routes.common import InScope, KnownAt, OnDay, may
from services.registry.schemas.common import Reasoned
from services.registry.schemas.roster import PortfolioChangeIn, PortfolioIn, PortfolioView
from shared.contracts.registry import PortfolioState
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import (
    ExpectedVersion,
    KeyedWork,
    Reading,
    TransactionalRoute,
    Work,
    answer_version,
)

router = APIRouter(prefix="/v1/portfolios", tags=["分管 · Portfolios"], route_class=TransactionalRoute)


@router.post("", status_code=201, summary="登记分管 · Assign a portfolio", **may("register", "write", "art4"))
async def assign_portfolio(body: PortfolioIn, work: KeyedWork) -> PortfolioView:
    """行业、领域、所分管的机关 · Industries, named fields, organs answered for."""
    found = await portfolios.assign(
        work,
        post_id=body.post_id,
        span=body.span,
        industry_codes=body.industries,
        fields=body.fields,
        organ_ids=body.organ_ids,
        source_recorded_at=body.source_recorded_at,
        attested_by=body.attested_by,
    )
    work.answer_version = found.version
    return PortfolioView.of(found)


@router.get("", summary="分管列表 · Portfolios", **may("register", "read", "art4"))
async def list_portfolios(
    session: Reading,
    scope: InScope,
    day: OnDay,
    paging: Paged,
    post_id: UUID | None = None,
    annulled: bool = False,
) -> Page[PortfolioView]:
    """所授权地区的分管 · Portfolios in one's regions."""
    found, cursor = await reading.listed(
        session, PortfolioState, paging, scope, {"post_id": post_id, "annulled": annulled}
    )
    return Page(items=[PortfolioView.on_day(reading.dated(one, day)) for one in found], next_cursor=cursor)


@router.get("/{portfolio_id}", summary="一项分管 · One portfolio", **may("register", "read", "art4"))
async def read_portfolio(
    portfolio_id: UUID, session: Reading, day: OnDay, known_at: KnownAt, request: Request
) -> PortfolioView:
    """分管及其在所问之日的状态 · A portfolio, and how it stands on a day."""
    regions = request.state.actor.regions
    found = await saving.read(session, PortfolioState, portfolio_id, regions, known_at)
    answer_version(request, found.version)
    return PortfolioView.on_day(reading.dated(found, day))


@router.put("/{portfolio_id}", summary="更正分管 · Correct a portfolio", **may("register", "write", "art4"))
async def correct_portfolio(
    portfolio_id: UUID, body: PortfolioChangeIn, expected: ExpectedVersion, work: Work
) -> PortfolioView:
    """更正不覆盖原记录；涉及事故的，重新推定责任链条 · Overwrites nothing; accidents touched get a new chain."""
    changes = body.model_dump(exclude={"reason"})
    found = await portfolios.correct(work, portfolio_id, expected, reason=body.reason, changes=changes)
    work.answer_version = found.version
    return PortfolioView.of(found)


@router.post("/{portfolio_id}/annul", summary="撤销分管 · Annul a portfolio", **may("register", "write", "art4"))
async def annul_portfolio(portfolio_id: UUID, body: Reasoned, expected: ExpectedVersion, work: Work) -> PortfolioView:
    """视为自始未分管 · It was never assigned."""
    found = await portfolios.annul(work, portfolio_id, expected, reason=body.reason)
    work.answer_version = found.version
    return PortfolioView.of(found)
