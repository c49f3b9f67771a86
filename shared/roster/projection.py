"""Keeps the roster's copy: each event of the registry becomes one version row.

What a row says depends on its own event and on the versions beside it only, never on when or in what order they came:
what was applied live, twice or anew from the stream is equal (I9). When it came is kept beside (`arrived_at`), because
the copy answers for what it knew (I8, ADR 0011).
"""

from collections.abc import AsyncIterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.registry import RegionState, RegistryEvent
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts_of import ancestry_of
from shared.roster.tables import TABLES, birth

_Instant = sa.ColumnElement[datetime]
#: What a rebuild remembers of the copy while it empties and fills it.
_HAD = sa.table(
    "roster_had",
    sa.column("kind", sa.Text),
    sa.column("id", sa.Uuid),
    sa.column("version", sa.Integer),
    sa.column("arrived_at", sa.DateTime(timezone=True)),
)


def _instant(moment: datetime) -> _Instant:
    return sa.literal(moment, sa.DateTime(timezone=True))


async def keep(work: UnitOfWork, event: RegistryEvent, delivery: Delivery) -> None:
    """The subscriber of every roster event: record its version, as arriving now.

    The moment lies above the unit of work's floor, so no `known_at` that was answered before can see the version (I8).
    """
    await record(work.session, event, delivery.version, delivery.recorded_at, _instant(work.recorded_at))


async def record(
    session: AsyncSession, event: RegistryEvent, version: int, recorded_at: datetime, arrived_at: _Instant
) -> None:
    """Add the version row of an event, unless it is there, and end the versions before it.

    Args:
        session: on a database that keeps the copy.
        event: the state.
        version: of its aggregate.
        recorded_at: when the registry recorded it.
        arrived_at: when this copy took it; the first moment of all becomes the copy's birth.

    Raises:
        KeyError: the event is not of the roster.
    """
    table = TABLES[event.AGGREGATE]
    later = table.alias()

    def ended(begun: sa.Column[Any]) -> sa.ScalarSelect[Any]:
        return sa.select(sa.func.min(begun)).where(later.c.id == event.id, later.c.version > version).scalar_subquery()

    born = insert(birth).values(born_at=arrived_at).on_conflict_do_nothing().cte("born")
    added = await session.scalar(
        insert(table)
        .values(
            version=version,
            recorded_at=recorded_at,
            superseded_at=ended(later.c.recorded_at),
            arrived_at=arrived_at,
            replaced_at=ended(later.c.arrived_at),
            **_state(event, table),
        )
        .on_conflict_do_nothing()
        .returning(table.c.arrived_at)
        .add_cte(born)
    )
    if added is not None and version > 1:
        await _end_earlier(session, table, event.id, version, recorded_at, added)


async def _end_earlier(
    session: AsyncSession, table: sa.Table, identity: UUID, version: int, recorded_at: datetime, arrived_at: datetime
) -> None:
    """Let lower versions end with this one, where they do not end earlier already."""
    ends = ((table.c.superseded_at, recorded_at), (table.c.replaced_at, arrived_at))
    lasting = sa.or_(*(sa.or_(end.is_(None), end > moment) for end, moment in ends))
    await session.execute(
        table.update()
        .where(table.c.id == identity, table.c.version < version, lasting)
        .values({end: sa.func.least(end, _instant(moment)) for end, moment in ends})
    )


def _state(event: RegistryEvent, table: sa.Table) -> dict[str, Any]:
    columns = set(table.columns.keys())
    documents = {column.name for column in table.c if isinstance(column.type, JSONB)}
    state = event.model_dump(include=columns - documents) | event.model_dump(mode="json", include=documents)
    return state | {"ancestry": ancestry_of(event)} if isinstance(event, RegionState) else state


async def rebuild(work: UnitOfWork, deliveries: AsyncIterable[Delivery]) -> int:
    """Empty the copy and fill it again from the registry's stream; returns how many events it took.

    Versions that the copy had keep the moments of their arrival, and the copy its birth: what it answered, it answers
    again. Versions that it lacked arrive now. The consumer's positions stay as they are: an event that arrives
    afterwards is one version more, or is there. The caller commits.
    """
    session = work.session
    had = " UNION ALL ".join(f"SELECT '{kind}' AS kind, id, version, arrived_at FROM {TABLES[kind]}" for kind in TABLES)
    await session.execute(sa.text(f"CREATE TEMPORARY TABLE {_HAD.name} ON COMMIT DROP AS {had}"))
    await session.execute(sa.text(f"CREATE UNIQUE INDEX ON {_HAD.name} (kind, id, version)"))
    for table in TABLES.values():
        await session.execute(table.delete())
    now, taken = _instant(work.recorded_at), 0
    async for delivery in deliveries:
        event = delivery.event()
        if delivery.ref.type in TABLES and isinstance(event, RegistryEvent):
            same = (_HAD.c.kind == event.AGGREGATE, _HAD.c.id == event.id, _HAD.c.version == delivery.version)
            then = sa.select(_HAD.c.arrived_at).where(*same).scalar_subquery()
            await record(session, event, delivery.version, delivery.recorded_at, sa.func.coalesce(then, now))
            taken += 1
    return taken


async def digest(session: AsyncSession, *, arrivals: bool = False) -> str:
    """SHA-256 over every version row, in hexadecimal: equal copies, equal digests.

    Args:
        session: on a database that keeps the copy.
        arrivals: also over when each version arrived here. Copies of two services are equal without, a copy and its
            rebuilding with.
    """
    moments = ["recorded_at", "superseded_at", "arrived_at", "replaced_at"]
    shown = ", ".join(f"extract(epoch FROM {name})" for name in moments[: 4 if arrivals else 2])
    parts = [
        f"SELECT '{table.name}' AS copy, id, version,"  # the session's time zone must not show in the text
        f" (to_jsonb(t) - CAST(:moments AS text[]))::text || ARRAY[{shown}]::text AS line FROM {table.name} AS t"
        for table in TABLES.values()
    ]
    whole = (
        "SELECT encode(sha256(convert_to(coalesce(string_agg(line, chr(10) ORDER BY copy, id, version), ''),"
        f" 'UTF8')), 'hex') FROM ({' UNION ALL '.join(parts)}) AS rows"
    )
    return str(await session.scalar(sa.text(whole), {"moments": moments}))
