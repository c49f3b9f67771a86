"""What findings are derived from: regions page by page, and all that is known of them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.facts.answers import PromotionBar
from services.registry.repository.people import bar_of
from services.registry.repository.states import among, covers, many, touching, visible
from shared.contracts.registry import AccidentState, AppointmentState, DeclarationState, RegionState


async def regions_below(
    session: AsyncSession,
    codes: Collection[str],
    within: Collection[str],
    day: date,
    known_at: datetime,
    *,
    after: str,
    limit: int,
) -> list[RegionState]:
    """Regions of the day at or below one of `codes` and one of `within`, by code, from `after` on."""
    table = tables.region
    query = (
        sa.select(table)
        .where(
            visible(table, known_at),
            covers(table, day),
            touching(table.c.path, codes),
            touching(table.c.path, within),
            table.c.code >= after,
        )
        .order_by(table.c.code)
        .limit(limit)
    )
    return [RegionState.model_validate(dict(row)) for row in (await session.execute(query)).mappings()]


async def declarations(session: AsyncSession, codes: Collection[str], known_at: datetime) -> Sequence[DeclarationState]:
    """What was recorded of the regions, annulled matters marked."""
    found = await many(session, DeclarationState, among(tables.declaration.c.region_code, codes), known_at=known_at)
    return [one.state for one in found]


async def flagged(
    session: AsyncSession, posts: Collection[UUID], known_at: datetime
) -> tuple[Sequence[AppointmentState], dict[UUID, PromotionBar]]:
    """Flagged promotions to the posts as known then, and every bar of those officials as last heard."""
    table, bar = tables.appointment, tables.promotion_bar
    marked = sa.func.cardinality(table.c.flags) > 0
    found = [
        one.state
        for one in await many(session, AppointmentState, among(table.c.post_id, posts), marked, known_at=known_at)
    ]
    rows = await session.execute(sa.select(bar).where(among(bar.c.official_id, {one.official_id for one in found})))
    return found, {row.id: bar_of(row) for row in rows}


async def approved_accidents(
    session: AsyncSession, codes: Collection[str], known_at: datetime
) -> Sequence[AccidentState]:
    """Standing accidents with an approved report, of the regions whose governments investigate; else of their own."""
    table = tables.accident
    approved = table.c.state["proceedings"].contains([{"kind": "report_approved"}])
    investigating = sa.func.coalesce(table.c.state["investigating_region"].astext, table.c.region_code)
    near = touching(table.c.reach, codes)  # by its index: who investigates lies on the way up
    there = (near, approved, among(investigating, codes), table.c.annulled.is_(False))
    found = await many(session, AccidentState, *there, known_at=known_at)
    return [one.state for one in found]
