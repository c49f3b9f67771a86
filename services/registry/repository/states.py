"""Versions of aggregates: putting one, and reading those that were known at a moment."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.facts import shanghai_day
from services.registry.facts.answers import Stored
from services.registry.facts.names import dated, spoken
from shared.contracts.registry import AccidentState, OfficialState, OrganState, RegionState, RegistryEvent
from shared.kernel import copying
from shared.roster import facts_of
from shared.roster.facts import Span

S = TypeVar("S", bound=RegistryEvent)
Condition = sa.ColumnElement[bool]
_NAMED = frozenset((RegionState.AGGREGATE, OrganState.AGGREGATE, OfficialState.AGGREGATE))


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


def _derived(event: Any) -> dict[str, Any]:
    """What a table holds of an event beside its fields."""
    kind = event.AGGREGATE
    if kind == AccidentState.AGGREGATE:
        return {"day": shanghai_day(event.occurred_at), "reach": [*event.path, *event.zone_codes]}
    if kind not in _NAMED:
        return {}
    person = kind == OfficialState.AGGREGATE
    said = spoken(event.name, event.reading if person else None, person=person)
    ancestry = {"ancestry": facts_of.ancestry_of(event)} if kind == RegionState.AGGREGATE else {}
    return {"pinyin": said.pinyin, "initials": said.initials, **ancestry}


def _row(event: RegistryEvent, version: int, recorded_at: str, path: Sequence[str]) -> str:
    """A version as its table's columns, as a JSON object; of a name that occurs twice, the later counts."""
    document = event.model_dump_json()
    more: dict[str, Any] = {**_derived(event), "version": version, "recorded_at": recorded_at, "path": path}
    if "day" in more:
        more |= {"day": more["day"].isoformat(), "state": json.loads(document)}
    return f"{document[:-1]},{json.dumps(more)[1:]}"


def record(event: RegistryEvent, version: int, recorded_at: datetime, path: Sequence[str]) -> tuple[Any, ...]:
    """The same as COPY takes it: the columns of the event's table in their order; what nothing names is NULL."""
    names, of_json = _columns(tables.TABLES[event.AGGREGATE])
    row = {**vars(event), **_derived(event), "version": version, "recorded_at": recorded_at, "path": path}
    for name in of_json:
        parts = [one.model_dump(mode="json") for one in row.get(name, ())]
        row[name] = event.model_dump_json() if name == "state" else json.dumps(parts)
    return tuple(map(row.get, names))


@cache
def _columns(table: sa.Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All columns, and those that hold JSON."""
    return tuple(table.c.keys()), tuple(one.name for one in table.c if isinstance(one.type, JSONB))


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
    await _keep_names(session, versions)
    later = [event.id for event, version, _ in versions if version > 1]
    if later:
        await session.execute(
            table.update()
            .where(among(table.c.id, later), table.c.superseded_at.is_(None))
            .values(superseded_at=recorded_at)
        )
    if len(versions) >= copying.WORTH:
        records = (record(event, version, recorded_at, path) for event, version, path in versions)
        await copying.copy(session, table.name, table.c.keys(), records)
        return
    moment = recorded_at.isoformat()
    rows = ",".join(_row(event, version, moment, path) for event, version, path in versions)
    await session.execute(_insert(table), {"rows": f"[{rows}]"})


async def _keep_names(session: AsyncSession, versions: Sequence[tuple[Any, int, Sequence[str]]]) -> None:
    rows = [
        {"id": event.id, "version": version, **named}
        for event, version, _ in versions
        if getattr(event, "names", ())
        for named in dated(((one.from_day, one.name) for one in event.names), event.from_day)
    ]
    if rows:
        await session.execute(tables.dated_name.insert(), rows)


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
    found = await session.execute(query)
    names = tuple(found.keys())  # a row's own mapping would be asked for each of them
    return [stored(kind, dict(zip(names, row, strict=True))) for row in found]


async def one(
    session: AsyncSession, kind: type[S], identity: UUID, *, known_at: datetime | None = None
) -> Stored[S] | None:
    """The version of one aggregate, the newest by default."""
    table = tables.TABLES[kind.AGGREGATE]
    return first(await many(session, kind, table.c.id == identity, known_at=known_at))


def first(found: Iterable[Stored[S]]) -> Stored[S] | None:
    """The first, or `None`."""
    return next(iter(found), None)
