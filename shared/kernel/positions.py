"""How far a consumer is with each aggregate: the version applied, and whether a dead event blocks it (I4, I5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kernel.envelope import Delivery, Ref

_LOAD = sa.text(
    "SELECT t.kind, t.id, p.applied_version, p.blocked, EXISTS (SELECT 1 FROM dead_letter d"
    " WHERE d.consumer = :consumer AND d.source = :source AND d.aggregate_type = t.kind AND d.aggregate_id = t.id"
    " AND d.state IN ('failing', 'waiting')) AS letters"
    " FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS uuid[])) AS t(kind, id)"
    " LEFT JOIN position p ON p.consumer = :consumer AND p.source = :source"
    " AND p.aggregate_type = t.kind AND p.aggregate_id = t.id"
)
_STORE = sa.text(
    "INSERT INTO position (consumer, source, aggregate_type, aggregate_id, applied_version)"
    " SELECT :consumer, :source, t.kind, t.id, t.version"
    " FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS uuid[]), CAST(:versions AS int[])) AS t(kind, id, version)"
    " ON CONFLICT (consumer, source, aggregate_type, aggregate_id)"
    " DO UPDATE SET applied_version = EXCLUDED.applied_version"
)


@dataclass(slots=True)
class Position:
    """Where one aggregate stands.

    Attributes:
        applied: the version applied; 0 for none.
        stored: the version that the database has.
        blocked: a dead event waits for a person.
        letters: something of this aggregate failed or waits.
    """

    applied: int = 0
    stored: int = 0
    blocked: bool = False
    letters: bool = False


async def load(
    session: AsyncSession, consumer: str, source: str, deliveries: Iterable[Delivery]
) -> dict[Ref, Position]:
    """The positions of the aggregates that these deliveries are about."""
    refs = sorted({one.ref for one in deliveries})
    named = {"consumer": consumer, "source": source, "kinds": [one.type for one in refs]}
    rows = await session.execute(_LOAD, named | {"ids": [one.id for one in refs]})
    return {
        Ref(row.kind, row.id): Position(
            row.applied_version or 0, row.applied_version or 0, bool(row.blocked), row.letters
        )
        for row in rows
    }


async def store(session: AsyncSession, consumer: str, source: str, found: Mapping[Ref, Position]) -> None:
    """Keep those that have moved."""
    moved = {ref: one.applied for ref, one in found.items() if one.applied != one.stored}
    if moved:
        named = {"consumer": consumer, "source": source, "kinds": [one.type for one in moved]}
        more = {"ids": [one.id for one in moved], "versions": list(moved.values())}
        await session.execute(_STORE, named | more)
