"""Lists: filters in SQL, one page at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.facts.answers import Stored
from services.registry.repository.search import found_by
from services.registry.repository.states import (
    Condition,
    among,
    covers,
    many,
    stored,
    touching,
    visible,
)
from shared.contracts.registry import AccidentState, AppointmentState, PostState, RegistryEvent
from shared.kernel.pagination import Paging, page

S = TypeVar("S", bound=RegistryEvent)
Listed = tuple[list[Stored[S]], str | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What every list asks: whose regions, what was known, the exercise or the real world.

    `regions` of `None` leaves jurisdiction out: regions themselves are public.
    """

    regions: Collection[str] | None
    known_at: datetime | None = None
    as_of: date | None = None
    exercise: bool = False
    under: str | None = None

    def conditions(self, table: sa.Table) -> list[Condition]:
        """The scope as conditions on a table."""
        found = [visible(table, self.known_at), table.c.exercise.is_(self.exercise)]
        if self.regions is not None:
            found.append(sa.or_(touching(table.c.path, self.regions), moved_below(table, self.regions)))
        if self.under is not None:
            found.append(touching(table.c.path, [self.under]))
        if self.as_of is not None and "from_day" in table.c:
            found.append(covers(table, self.as_of))
        if self.as_of is not None and table is tables.accident:
            found += accident_days(None, self.as_of)
        return found


def moved_below(table: sa.Table, codes: Collection[str]) -> Condition:
    """Rows whose path of their time does not name the codes, of regions that lie below them in other days."""
    moved = tables.region
    there = sa.select(sa.func.coalesce(sa.func.array_agg(moved.c.code), sa.cast([], moved.c.path.type))).where(
        visible(moved, None), sa.func.jsonb_array_length(moved.c.parents) > 0, touching(moved.c.ancestry, codes)
    )
    return table.c.path.op("&&", is_comparison=True)(there.scalar_subquery())


async def listing(
    session: AsyncSession,
    kind: type[S],
    paging: Paging,
    scope: Scope,
    equal: Mapping[str, Any],
    order: Sequence[str] = ("id",),
    more: Sequence[Condition] = (),
) -> Listed[S]:
    """A page of one kind; `equal` names columns and the values asked for, `None` meaning any."""
    table = tables.TABLES[kind.AGGREGATE]
    conditions = [*scope.conditions(table), *more]
    conditions += [table.c[name] == value for name, value in equal.items() if value is not None]
    if "annulled" in table.c and equal.get("annulled") is None:
        conditions.append(table.c.annulled.is_(False))
    keys = [table.c[name] for name in order]
    descending = order[0] == "occurred_at"
    rows, cursor = await page(session, sa.select(table).where(*conditions), paging, *keys, descending=descending)
    names = [column.name for column in table.c]
    return [stored(kind, dict(zip(names, row, strict=False))) for row in rows], cursor


def searched(kind: type[RegistryEvent], text: str | None, scope: Scope) -> list[Condition]:
    """What a search by name of the day, pinyin, initials or code finds; everything where nothing is asked."""
    table = tables.TABLES[kind.AGGREGATE]
    return [] if text is None else [found_by(table, text, day=scope.as_of, known_at=scope.known_at)]


async def officials(
    session: AsyncSession,
    kind: type[S],
    paging: Paging,
    scope: Scope,
    name: str | None,
    more: Sequence[Condition] = (),
) -> Listed[S]:
    """Officials of the caller's regions: registered there, or appointed there on or before the scope's day."""
    official, appointment = tables.official, tables.appointment
    appointed = sa.exists().where(
        appointment.c.official_id == official.c.id,
        visible(appointment, scope.known_at),
        touching(appointment.c.path, scope.regions or ()),
        *([] if scope.as_of is None else [appointment.c.from_day <= scope.as_of]),
    )
    conditions = [
        visible(official, scope.known_at),
        official.c.exercise.is_(scope.exercise),
        sa.or_(touching(official.c.path, scope.regions or ()), appointed),
        *more,
    ]
    if name is not None:
        conditions.append(official.c.name == name)
    rows, cursor = await page(session, sa.select(official).where(*conditions), paging, official.c.id)
    names = [column.name for column in official.c]
    return [stored(kind, dict(zip(names, row, strict=False))) for row in rows], cursor


def held_by(officials: Collection[UUID]) -> list[Condition]:
    """Appointments under one of these ids."""
    return [among(tables.appointment.c.official_id, officials)]


def competence_confirmed(day: date, *, confirmed: bool) -> list[Condition]:
    """Regions of the county and above whose competence on a day somebody confirmed, or nobody did."""
    competence = _dated("competences", "competence", day)
    high = _dated("tiers", "tier", day).in_(["province", "city", "county"])
    return [high, competence.is_not(None) if confirmed else competence.is_(None)]


def roles_undocumented() -> list[Condition]:
    """Organs with a role that does not name number, organ and day of the document that decides it."""
    missing = " || ".join(f"!exists(@.{part}) || @.{part} == null" for part in ("document", "issuer", "issued_on"))
    return [sa.func.jsonb_path_exists(tables.organ.c.roles, sa.cast(f"$[*] ? ({missing})", JSONPATH))]


def region_on_day(
    day: date,
    *,
    tier: str | None = None,
    admin_parent: str | None = None,
    name: str | None = None,
    under: str | None = None,
) -> list[Condition]:
    """Regions that on a day have a tier, a parent or a name, or lie at or below a code."""
    table = tables.region
    wanted = (("tiers", "tier", tier), ("parents", "admin_parent", admin_parent))
    found: list[Condition] = [_dated(many, one, day) == value for many, one, value in wanted if value is not None]
    found += _named(table, name, day)
    if under is not None:
        path = _begun("parents", "path", day, as_json=True)
        of_day = sa.case((sa.func.jsonb_array_length(table.c.parents) > 0, path.contains([under])), else_=None)
        found += [
            touching(table.c.ancestry, [under]),
            sa.func.coalesce(of_day, touching(table.c.path, [under])),
        ]
    return found


def organ_named(name: str | None, day: date) -> list[Condition]:
    """Organs that have a name on a day; `None` means any."""
    return _named(tables.organ, name, day)


def _named(table: sa.Table, name: str | None, day: date) -> list[Condition]:
    if name is None:
        return []
    dated = sa.func.jsonb_array_length(table.c.names) > sa.literal_column("0")  # as the index on names says it
    ever = sa.or_(table.c.name == name, sa.and_(dated, table.c.names.contains([{"name": name}])))
    return [ever, _dated("names", "name", day, table) == name]


def _dated(many: str, one: str, day: date, table: sa.Table = tables.region) -> sa.ColumnElement[Any]:
    """An attribute as it is on a day; the plain column where it never changed."""
    changed = sa.func.jsonb_array_length(table.c[many]) > 0
    return sa.case((changed, _begun(many, one, day, as_json=False, table=table)), else_=table.c[one])


def _begun(many: str, one: str, day: date, *, as_json: bool, table: sa.Table = tables.region) -> sa.ColumnElement[Any]:
    entry = sa.func.jsonb_array_elements(table.c[many]).table_valued(sa.column("value", JSONB)).render_derived()
    value = entry.c.value[one]
    begun = sa.cast(entry.c.value["from_day"].astext, sa.Date)
    chosen = sa.select(value if as_json else value.astext).where(begun <= day).order_by(begun.desc()).limit(1)
    return chosen.scalar_subquery()


def accident_days(first_day: date | None, last_day: date | None) -> list[Condition]:
    """Accidents between two Asia/Shanghai days, both included; `None` is open."""
    day = tables.accident.c.day
    return [
        *([] if first_day is None else [day >= first_day]),
        *([] if last_day is None else [day <= last_day]),
    ]


async def accidents_reaching(
    session: AsyncSession, codes: Collection[str], since: date, *, exercise: bool | None
) -> list[Stored[AccidentState]]:
    """Accidents that stand, from a day on, whose chain reaches one of the regions, of one world or of both."""
    table = tables.accident
    return await many(
        session,
        AccidentState,
        touching(table.c.reach, codes),
        sa.true() if exercise is None else table.c.exercise.is_(exercise),
        table.c.annulled.is_(False),
        table.c.day >= since,
    )


async def by_ids(
    session: AsyncSession, kind: type[S], identities: Collection[UUID], *, known_at: datetime | None = None
) -> list[Stored[S]]:
    """The versions of several aggregates, the newest by default."""
    return await many(session, kind, among(tables.TABLES[kind.AGGREGATE].c.id, identities), known_at=known_at)


async def known(session: AsyncSession, kind: type[S], identities: Collection[UUID], scope: Scope) -> list[Stored[S]]:
    """Several aggregates as they were known at the scope's moment."""
    return await by_ids(session, kind, identities, known_at=scope.known_at)


async def tenures(session: AsyncSession, posts: Collection[UUID], scope: Scope) -> list[Stored[AppointmentState]]:
    """Appointments to posts in the scope's days, annulled ones left out."""
    table = tables.appointment
    days = [] if scope.as_of is None else [covers(table, scope.as_of)]
    standing = (among(table.c.post_id, posts), table.c.annulled.is_(False), *days)
    return await many(session, AppointmentState, *standing, known_at=scope.known_at)


async def posts_of(session: AsyncSession, organs: Collection[UUID], scope: Scope) -> list[Stored[PostState]]:
    """Posts of organs in the scope's days."""
    table = tables.post
    days = [] if scope.as_of is None else [covers(table, scope.as_of)]
    return await many(session, PostState, among(table.c.organ_id, organs), *days, known_at=scope.known_at)
