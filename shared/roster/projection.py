"""Keeps the roster's copy: each event of the registry becomes one version row.

What a row says depends on its own event and on the versions beside it only, never on when or in what order they came:
what was applied live, twice or anew from the stream is equal (I9). When it came is kept beside (`arrived_at`), because
the copy answers for what it knew (I8, ADR 0011).
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.registry import RegionState, RegistryEvent
from shared.kernel import copying
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts_of import ancestry_of
from shared.roster.tables import TABLES, birth

_CHUNK = 1_000
#: What a rebuild remembers of the copy before it empties it, and where it gathers what comes.
_BEFORE = (
    "CREATE TEMPORARY TABLE roster_had_{kind} ON COMMIT DROP AS SELECT id, version, arrived_at FROM {table}",
    "CREATE TEMPORARY TABLE roster_came_{kind} (LIKE {table}) ON COMMIT DROP",
    "DELETE FROM {table}",
)


async def keep(work: UnitOfWork, event: RegistryEvent, delivery: Delivery) -> None:
    """The subscriber of every roster event: record its version, as arriving now.

    The moment lies above the unit of work's floor, so no `known_at` that was answered before can see the version (I8).
    """
    await record(work.session, event, delivery.version, delivery.recorded_at, work.recorded_at)


async def record(
    session: AsyncSession, event: RegistryEvent, version: int, recorded_at: datetime, arrived_at: datetime
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
    state = {"version": version, "recorded_at": recorded_at, "arrived_at": arrived_at, **_state(event, table)}
    beside = {"birth": arrived_at, "whose": event.id, "which": version}
    added = await session.scalar(_added(event.AGGREGATE), state | beside)
    if added is not None and version > 1:
        await _end_earlier(session, table, event.id, version, recorded_at, added)


@cache
def _added(kind: str) -> sa.Executable:
    """The statement that adds a version; made once, because making it takes longer than running it."""
    table = TABLES[kind]
    later = table.alias()
    others = later.c.id == sa.bindparam("whose"), later.c.version > sa.bindparam("which")

    def ended(begun: sa.Column[Any]) -> sa.ScalarSelect[Any]:
        return sa.select(sa.func.min(begun)).where(*others).scalar_subquery()

    moment = sa.bindparam("birth", type_=table.c.arrived_at.type)
    born = insert(birth).values(born_at=moment).on_conflict_do_nothing().cte("born")
    made = insert(table).values(superseded_at=ended(later.c.recorded_at), replaced_at=ended(later.c.arrived_at))
    return made.on_conflict_do_nothing().returning(table.c.arrived_at).add_cte(born)


async def _end_earlier(
    session: AsyncSession, table: sa.Table, identity: UUID, version: int, recorded_at: datetime, arrived_at: datetime
) -> None:
    """Let lower versions end with this one, where they do not end earlier already."""
    ends = ((table.c.superseded_at, recorded_at), (table.c.replaced_at, arrived_at))
    lasting = sa.or_(*(sa.or_(end.is_(None), end > moment) for end, moment in ends))
    await session.execute(
        table.update()
        .where(table.c.id == identity, table.c.version < version, lasting)
        .values({end: sa.func.least(end, sa.literal(moment, end.type)) for end, moment in ends})
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
    for kind, table in TABLES.items():
        for statement in _BEFORE:
            await session.execute(sa.text(statement.format(kind=kind, table=table.name)))
    taken = 0
    waiting: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    async for delivery in deliveries:
        event = delivery.event()
        if delivery.ref.type in TABLES and isinstance(event, RegistryEvent):
            taken += 1
            rows = waiting[event.AGGREGATE]
            rows.append(_row(event, delivery, work.recorded_at))
            if len(rows) == _CHUNK:
                await _came(session, event.AGGREGATE, waiting.pop(event.AGGREGATE))
    for kind, rows in waiting.items():
        await _came(session, kind, rows)
    for kind in TABLES:
        await session.execute(_settled(kind))
    if taken:
        await session.execute(insert(birth).values(born_at=work.recorded_at).on_conflict_do_nothing())
    return taken


def _row(event: RegistryEvent, delivery: Delivery, arrived_at: datetime) -> tuple[Any, ...]:
    """A version as COPY takes it, in the order of its table's columns; its ends are settled when all have come."""
    table = TABLES[event.AGGREGATE]
    state = _state(event, table) | {
        "version": delivery.version,
        "recorded_at": delivery.recorded_at,
        "arrived_at": arrived_at,
    }
    return tuple(
        json.dumps(state[column.name]) if isinstance(column.type, JSONB) else state.get(column.name)
        for column in table.c
    )


async def _came(session: AsyncSession, kind: str, rows: list[tuple[Any, ...]]) -> None:
    await copying.copy(session, f"roster_came_{kind}", TABLES[kind].c.keys(), rows)


@cache
def _settled(kind: str) -> sa.TextClause:
    """From all that came, each version once, arrived when it first had, ended by the versions after it."""
    columns = TABLES[kind].c.keys()
    ends = {"superseded_at": "min(recorded_at) OVER later", "replaced_at": "min(arrived_at) OVER later"}
    chosen = ", ".join(ends.get(name, name) for name in columns)
    arrived = ", ".join("coalesce(had.arrived_at, came.arrived_at) AS arrived_at" if name == "arrived_at" else
                        f"came.{name}" for name in columns)  # fmt: skip
    return sa.text(
        f"INSERT INTO {TABLES[kind].name} ({', '.join(columns)}) SELECT {chosen} FROM"
        f" (SELECT DISTINCT ON (came.id, came.version) {arrived} FROM roster_came_{kind} AS came"
        f"  LEFT JOIN roster_had_{kind} AS had USING (id, version) ORDER BY came.id, came.version) AS one"
        " WINDOW later AS (PARTITION BY id ORDER BY version ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"
    )


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
