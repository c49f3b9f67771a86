"""Portfolios: assigned to a post, corrected, annulled; a correction that touches an accident renews its chain."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.registry.facts.answers import Stored
from services.registry.handlers.chains import lock_touched, revise_chains
from services.registry.handlers.organs import ORGAN, POST, industries, region_of_post
from services.registry.handlers.saving import (
    absent,
    becoming,
    changing,
    enter,
    in_jurisdiction,
    referred,
    save,
)
from services.registry.repository import states
from services.registry.rules.appointments import check_same_world, check_source, check_span
from shared.contracts.registry import (
    OrganState,
    PortfolioAssigned,
    PortfolioCorrected,
    PortfolioState,
    PostState,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import Conflict, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span


async def assign(
    work: UnitOfWork,
    *,
    post_id: UUID,
    span: Span,
    industry_codes: Sequence[str] = (),
    fields: Sequence[str] = (),
    organ_ids: Sequence[UUID] = (),
    source_recorded_at: datetime | None = None,
    attested_by: str | None = None,
) -> Stored[PortfolioState]:
    """Record what a post answers for, from a day on."""
    await enter(work)
    identity = uuid4()
    await work.lock(Ref("portfolio", identity), Ref("post", post_id))
    post = await referred(work, PostState, post_id, POST)
    in_jurisdiction(work, post.path)
    event = PortfolioAssigned(
        id=identity,
        post_id=post_id,
        from_day=span.from_day,
        to_day=span.to_day,
        industries=industries(industry_codes),
        fields=tuple(fields),
        organ_ids=tuple(organ_ids),
        exercise=post.state.exercise,
        source_recorded_at=source_recorded_at,
        attested_by=attested_by,
    )
    return await _save(work, event, post, (span,))


async def correct(
    work: UnitOfWork, portfolio_id: UUID, expected: int | None, *, reason: str, changes: Mapping[str, Any]
) -> Stored[PortfolioState]:
    """Correct or end a portfolio; `changes` are fields of the state. What was recorded before stays readable."""
    await enter(work)
    seen = await states.one(work.session, PortfolioState, portfolio_id)
    if seen is None or not work.may_act_in(seen.path):
        raise absent()
    post_ref = Ref("post", seen.state.post_id)
    found = await changing(work, PortfolioState, portfolio_id, expected, (post_ref,))
    if found.state.annulled:
        raise Conflict("annulled", "该分管记录已撤销", "the portfolio has been annulled")
    post = await referred(work, PostState, found.state.post_id, POST)
    event = becoming(PortfolioCorrected, found.state, **changes)
    event = becoming(PortfolioCorrected, event, industries=industries(event.industries))
    return await _save(work, event, post, (_span(found.state), _span(event)), reason=reason)


async def annul(work: UnitOfWork, portfolio_id: UUID, expected: int | None, *, reason: str) -> Stored[PortfolioState]:
    """Annul a portfolio: it was never assigned."""
    return await correct(work, portfolio_id, expected, reason=reason, changes={"annulled": True})


def _span(state: PortfolioState) -> Span:
    return Span(state.from_day, state.to_day)


async def _save(
    work: UnitOfWork,
    event: PortfolioState,
    post: Stored[PostState],
    spans: Sequence[Span],
    *,
    reason: str | None = None,
) -> Stored[PortfolioState]:
    obey(check_span(_span(event)))
    obey(check_source(event.source_recorded_at, work.recorded_at))
    for organ_id in event.organ_ids:
        organ = await referred(work, OrganState, organ_id, ORGAN)
        obey(check_same_world(event.exercise, organ.state.exercise))
    code = await region_of_post(work, post)
    touched = await lock_touched(work, code, spans, exercise=event.exercise)
    saved = await save(work, event, post.path, reason=reason)
    await revise_chains(work, touched, {event.post_id})
    return saved
