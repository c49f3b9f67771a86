"""Citizen numbers at rest, and what discipline said about promotions."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.answers import BarKind, PromotionBar
from services.registry.repository.states import among
from services.registry.tables import citizen_number, promotion_bar
from shared.roster.facts import Span
from shared.statute.decision import Basis, BasisKind


async def put_number(
    session: AsyncSession, official_id: UUID, *, sealed: bytes, blind_index: bytes, recorded_at: datetime
) -> None:
    """Keep an official's encrypted number; a number that another official has is a conflict."""
    values = {"sealed": sealed, "blind_index": blind_index, "recorded_at": recorded_at}
    await session.execute(
        insert(citizen_number)
        .values(official_id=official_id, **values)
        .on_conflict_do_update(index_elements=["official_id"], set_=values)
    )


async def sealed_number(session: AsyncSession, official_id: UUID) -> bytes | None:
    """The encrypted number, or `None`."""
    return await session.scalar(sa.select(citizen_number.c.sealed).where(citizen_number.c.official_id == official_id))


async def official_with(session: AsyncSession, blind_index: bytes) -> UUID | None:
    """Whose number that is."""
    return await session.scalar(
        sa.select(citizen_number.c.official_id).where(citizen_number.c.blind_index == blind_index)
    )


async def put_bar(session: AsyncSession, identity: UUID, bar: PromotionBar, *, exercise: bool) -> None:
    """Keep a veto or an effect period as it is now known."""
    values = {
        "official_id": bar.official_id,
        "kind": bar.kind.value,
        "from_day": bar.span.from_day,
        "through_day": bar.span.to_day,
        "basis": {"clause": bar.basis.clause, "kind": bar.basis.kind.value, "note": bar.basis.note},
        "lifted": bar.annulled,
        "exercise": exercise,
    }
    await session.execute(
        insert(promotion_bar).values(id=identity, **values).on_conflict_do_update(index_elements=["id"], set_=values)
    )


async def bars_on(session: AsyncSession, officials: Collection[UUID]) -> dict[UUID, PromotionBar]:
    """Every veto and effect period of these ids, lifted ones marked."""
    rows = await session.execute(sa.select(promotion_bar).where(among(promotion_bar.c.official_id, officials)))
    return {row.id: bar_of(row) for row in rows}


def bar_of(row: Any) -> PromotionBar:
    """The bar in a row."""
    return PromotionBar(
        official_id=row.official_id,
        kind=BarKind(row.kind),
        span=Span(row.from_day, row.through_day),
        basis=Basis(row.basis["clause"], BasisKind(row.basis["kind"]), row.basis["note"]),
        annulled=row.lifted,
    )


async def bars_of(session: AsyncSession, officials: Collection[UUID]) -> dict[UUID, tuple[PromotionBar, ...]]:
    """Every veto and effect period of several officials, by official."""
    wanted = sa.select(promotion_bar.c.official_id).where(among(promotion_bar.c.official_id, officials)).distinct()
    found = (await session.execute(wanted)).scalars().all()
    return {one: tuple((await bars_on(session, [one])).values()) for one in found}
