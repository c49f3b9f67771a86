"""Past versions of an accident, and records that point to it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.facts.answers import ChainVersion, Stored
from services.registry.repository.states import first, stored
from shared.contracts.registry import AccidentState
from shared.kernel.tables import ledger


async def chain_versions(session: AsyncSession, accident_id: UUID, known_at: datetime | None) -> list[ChainVersion]:
    """Every version of the chain, the first of the accident's versions that carried it, and why it was published."""
    table = tables.accident
    number = table.c.state["chain_version"].as_integer()
    event = sa.func.coalesce(sa.func.split_part(ledger.c.type, ".", 4), "")
    same = sa.and_(ledger.c.aggregate_id == table.c.id, ledger.c.version == table.c.version)
    query = (
        sa.select(number, table.c.version, event, ledger.c.reason, table.c.recorded_at)
        .outerjoin(ledger, sa.and_(same, ledger.c.aggregate_type == "accident"))
        .where(table.c.id == accident_id)
        .order_by(number, table.c.version)
        .ext(distinct_on(number))
    )
    if known_at is not None:
        query = query.where(table.c.recorded_at <= known_at)
    return [ChainVersion(*row) for row in await session.execute(query)]


async def at_version(session: AsyncSession, accident_id: UUID, version: int) -> Stored[AccidentState] | None:
    """An accident as it was at one of its versions."""
    table = tables.accident
    query = sa.select(table).where(table.c.id == accident_id, table.c.version == version)
    return first(stored(AccidentState, dict(row)) for row in (await session.execute(query)).mappings())


async def duplicates_of(session: AsyncSession, accident_id: UUID) -> int:
    """How many records were annulled as duplicates of this one."""
    table = tables.accident
    pointing = table.c.state["annulment"]["duplicate_of"].astext == str(accident_id)
    query = sa.select(sa.func.count()).where(table.c.superseded_at.is_(None), table.c.annulled, pointing)
    return await session.scalar(query) or 0
