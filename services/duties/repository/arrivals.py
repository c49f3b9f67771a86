"""What the roster's copy has not taken: events that failed, and those that wait behind them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.roster.tables import TABLES as ROSTER

#: Letters of the copy that are, or may be, about the seats asked for. What a letter does not say counts against it: an
#: appointment that names no post may be one to any of them. Portfolios decide nothing that is attested.
_UNTAKEN = sa.text(
    """SELECT d.aggregate_type, d.aggregate_id, d.version, d.state FROM dead_letter d
  WHERE d.consumer = :consumer AND d.state IN ('failing', 'dead', 'waiting') AND CASE d.aggregate_type
    WHEN 'appointment' THEN coalesce(d.body->>'post_id' = ANY(CAST(:posts AS text[])), true)
      OR d.aggregate_id IN (SELECT id FROM roster_appointment WHERE post_id::text = ANY(CAST(:posts AS text[])))
    WHEN 'post' THEN coalesce(d.body->>'organ_id' = ANY(CAST(:organs AS text[])), true)
      OR d.aggregate_id IN (SELECT id FROM roster_post WHERE organ_id::text = ANY(CAST(:organs AS text[])))
    WHEN 'region' THEN coalesce(d.body->>'code' = ANY(CAST(:codes AS text[])), true)
      OR d.aggregate_id IN (SELECT id FROM roster_region WHERE code = ANY(CAST(:codes AS text[])))
    WHEN 'official' THEN d.body->>'merged_into' = ANY(CAST(:officials AS text[]))
      OR d.aggregate_id::text = ANY(CAST(:officials AS text[]))
    WHEN 'organ' THEN d.aggregate_id::text = ANY(CAST(:organs AS text[]))
    ELSE false END
  ORDER BY d.aggregate_type, d.aggregate_id, d.version"""
)


@dataclass(frozen=True, slots=True)
class Rested:
    """What an answer rests on: posts with their organs, the regions' codes, and persons under every id."""

    posts: Collection[UUID]
    organs: Collection[UUID]
    codes: Collection[str]
    officials: Collection[UUID]


async def untaken(session: AsyncSession, consumer: str, rested: Rested) -> list[str]:
    """The events about any of these that the consumer could not apply, in words: `appointment … v2 (dead)`."""
    asked = {name: [str(one) for one in getattr(rested, name)] for name in rested.__slots__}
    rows = await session.execute(_UNTAKEN, {"consumer": consumer} | asked)
    return [f"{row.aggregate_type} {row.aggregate_id} v{row.version} ({row.state})" for row in rows]


async def roster_lacks(
    session: AsyncSession, wanted: dict[str, set[UUID]], known_at: datetime | None = None
) -> dict[str, set[UUID]]:
    """By aggregate type, those of the wanted ones of which the copy had no version yet; empty where it had all."""
    lacking: dict[str, set[UUID]] = {}
    for kind, identities in wanted.items():
        table = ROSTER[kind].c
        found = sa.select(table.id).where(table.id.in_(identities)).distinct()
        if known_at is not None:
            found = found.where(table.arrived_at <= known_at)
        if missing := identities - set(await session.scalars(found)):
            lacking[kind] = missing
    return lacking
