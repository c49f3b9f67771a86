"""Versions of aggregates: putting one, and reading those that were known at a moment."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.facts import shanghai_day
from services.registry.facts.answers import Stored
from services.registry.facts.names import spoken
from shared.contracts.registry import AccidentState, OfficialState, OrganState, RegionState, RegistryEvent
from shared.roster import facts_of
from shared.roster.facts import Span

S = TypeVar("S", bound=RegistryEvent)
Condition = sa.ColumnElement[bool]


def visible(table: sa.Table, known_at: datetime | None) -> Condition:
    """The one version of each aggregate that had been recorded, and not superseded, by then; `None`: the newest."""
    if known_at is None:
        return table.c.superseded_at.is_(None)
    standing = sa.or_(table.c.superseded_at.is_(None), table.c.superseded_at > known_at)
    return sa.and_(table.c.recorded_at <= known_at, standing)


def covers(table: sa.Table, day: date) -> Condition:
    """Rows that are true on a day."""
    return overlaps(table, Span(day, day))


def overlaps(table: sa.Table, span: Span) -> Condition:
    """Rows that share a day with a span."""
    begun = sa.true() if span.to_day is None else table.c.from_day <= span.to_day
    return sa.and_(begun, sa.or_(table.c.to_day.is_(None), table.c.to_day >= span.from_day))


def among(column: sa.ColumnElement[Any], values: Collection[Any]) -> Condition:
    """Like IN, with one array parameter however many values there are."""
    return column == sa.any_(sa.cast(list(values), ARRAY(column.type)))


def touching(column: sa.Column[Any], codes: Collection[str]) -> Condition:
    """Rows whose codes include one of `codes`."""
    return column.op("&&", is_comparison=True)(sa.cast(list(codes), ARRAY(sa.Text)))


def _row(event: RegistryEvent, version: int, recorded_at: str, path: Sequence[str]) -> str:
    """A version as its table's columns, as a JSON object; of a name that occurs twice, the later counts."""
    document = event.model_dump_json()
    more: dict[str, Any] = {"version": version, "recorded_at": recorded_at, "path": path}
    if isinstance(event, AccidentState):
        day = shanghai_day(event.occurred_at).isoformat()
        more |= {"day": day, "reach": [*event.path, *event.zone_codes], "state": json.loads(document)}
    if isinstance(event, RegionState):
        more["ancestry"] = facts_of.ancestry_of(event)
    if isinstance(event, RegionState | OrganState | OfficialState):
        reading = event.reading if isinstance(event, OfficialState) else None
        said = spoken(event.name, reading, person=isinstance(event, OfficialState))
        more |= {"pinyin": said.pinyin, "initials": said.initials}
    return f"{document[:-1]},{json.dumps(more)[1:]}"


async def put(
    session: AsyncSession, event: RegistryEvent, *, version: int, recorded_at: datetime, path: Sequence[str]
) -> None:
    """Keep a version; the one before it is superseded at this moment, and stays."""
    await put_all(session, [(event, version, path)], recorded_at=recorded_at)


async def put_all(
    session: AsyncSession,
    versions: Sequence[tuple[RegistryEvent, int, Sequence[str]]],
    *,
    recorded_at: datetime,
) -> None:
    """Keep one version each of several aggregates of one kind."""
    if not versions:
        return
    table = tables.TABLES[versions[0][0].AGGREGATE]
    later = [event.id for event, version, _ in versions if version > 1]
    if later:
        await session.execute(
            table.update()
            .where(among(table.c.id, later), table.c.superseded_at.is_(None))
            .values(superseded_at=recorded_at)
        )
    moment = recorded_at.isoformat()
    rows = ",".join(_row(event, version, moment, path) for event, version, path in versions)
    await session.execute(_insert(table), {"rows": f"[{rows}]"})


@cache
def _insert(table: sa.Table) -> sa.TextClause:
    """One statement for any number of rows; what a row does not name is NULL."""
    columns = ", ".join(table.c.keys())
    given = f"jsonb_populate_recordset(NULL::{table.name}, CAST(CAST(:rows AS text) AS jsonb))"
    return sa.text(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {given}")


def stored(kind: type[S], row: Mapping[str, Any]) -> Stored[S]:
    """The version in a row."""
    state = kind.model_validate(row.get("state", row))
    return Stored(state, row["version"], row["recorded_at"], tuple(row["path"]))


async def many(
    session: AsyncSession, kind: type[S], *conditions: Condition, known_at: datetime | None = None
) -> list[Stored[S]]:
    """Versions that meet the conditions, in order of id."""
    table = tables.TABLES[kind.AGGREGATE]
    query = sa.select(table).where(visible(table, known_at), *conditions).order_by(table.c.id)
    return [stored(kind, dict(row)) for row in (await session.execute(query)).mappings()]


async def one(
    session: AsyncSession, kind: type[S], identity: UUID, *, known_at: datetime | None = None
) -> Stored[S] | None:
    """The version of one aggregate, the newest by default."""
    table = tables.TABLES[kind.AGGREGATE]
    return first(await many(session, kind, table.c.id == identity, known_at=known_at))


def first(found: Iterable[Stored[S]]) -> Stored[S] | None:
    """The first, or `None`."""
    return next(iter(found), None)
