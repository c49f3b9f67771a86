"""Keeps the roster's copy: each event of the registry becomes one version row.

A row depends on its own event and on the versions beside it only, never on when or in what order they came: what
was applied live, twice or anew from the stream is equal (I9).
"""

from collections.abc import AsyncIterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.registry import OrganState, RegistryEvent
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.tables import TABLES


async def keep(work: UnitOfWork, event: RegistryEvent, delivery: Delivery) -> None:
    """The subscriber of every roster event: record its version."""
    await record(work.session, event, delivery.version, delivery.recorded_at)


async def record(session: AsyncSession, event: RegistryEvent, version: int, recorded_at: datetime) -> None:
    """Add the version row of an event, unless it is there, and end the version before it.

    Raises:
        KeyError: the event is not of the roster.
    """
    table = TABLES[event.AGGREGATE]
    later = table.alias()
    superseded_at = (
        sa.select(later.c.recorded_at)
        .where(later.c.id == event.id, later.c.version > version)
        .order_by(later.c.version)
        .limit(1)
        .scalar_subquery()
    )
    await session.execute(
        insert(table)
        .values(version=version, recorded_at=recorded_at, superseded_at=superseded_at, **_state(event, table))
        .on_conflict_do_nothing()
    )
    if version > 1:
        before = sa.select(sa.func.max(later.c.version)).where(later.c.id == event.id, later.c.version < version)
        await session.execute(
            table.update()
            .where(table.c.id == event.id, table.c.version == before.scalar_subquery())
            .values(superseded_at=recorded_at)
        )


def _state(event: RegistryEvent, table: sa.Table) -> dict[str, Any]:
    columns = set(table.columns.keys())
    state = event.model_dump(include=columns - {"roles"})
    if isinstance(event, OrganState):
        state["roles"] = [part.model_dump(mode="json") for part in event.roles]
    return state


async def rebuild(session: AsyncSession, deliveries: AsyncIterable[Delivery]) -> int:
    """Empty the copy and fill it again from the registry's stream; returns how many events it took.

    The consumer's positions stay as they are: an event that arrives afterwards is one version more, or is there.
    """
    for table in TABLES.values():
        await session.execute(table.delete())
    taken = 0
    async for delivery in deliveries:
        event = delivery.event()
        if delivery.ref.type in TABLES and isinstance(event, RegistryEvent):
            await record(session, event, delivery.version, delivery.recorded_at)
            taken += 1
    return taken


async def digest(session: AsyncSession) -> str:
    """SHA-256 over every version row, in hexadecimal: equal copies, equal digests."""
    parts = [
        f"SELECT '{table.name}' AS copy, id, version,"  # the session's time zone must not show in the text
        " (to_jsonb(t) - 'recorded_at' - 'superseded_at')::text || extract(epoch FROM recorded_at)"
        f" || coalesce(' ' || extract(epoch FROM superseded_at), '') AS line FROM {table.name} AS t"
        for table in TABLES.values()
    ]
    whole = (
        "SELECT encode(sha256(convert_to(coalesce(string_agg(line, chr(10) ORDER BY copy, id, version), ''),"
        f" 'UTF8')), 'hex') FROM ({' UNION ALL '.join(parts)}) AS rows"
    )
    return str(await session.scalar(sa.text(whole)))
