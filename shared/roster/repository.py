"""Reads the roster's copy and answers in facts.

Everywhere `known_at` asks for what had arrived in this copy by that moment, and of a moment before the copy was born
for what the registry had recorded by then (ADR 0011); `None` asks for the newest. Days are Asia/Shanghai dates.
Look-ups leave annulled rows out; `load_roster` keeps them, marked, for the rules. Facts in words that this process
does not know are left out (enums are open).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.registry import (
    AppointmentState,
    OfficialState,
    OrganState,
    PortfolioState,
    PostState,
    RegionState,
    RegistryEvent,
)
from shared.roster import facts_of, tables
from shared.roster.facts import Appointment, Official, Organ, Portfolio, Post, Region, Roster, Span
from shared.roster.persons import same_person

_State = TypeVar("_State", bound=RegistryEvent)
_Fact = TypeVar("_Fact")
_Condition = sa.ColumnElement[bool]


def _visible(table: sa.Table, known_at: datetime | None) -> _Condition:
    """The one version of each aggregate that was known here, and not yet replaced, at that moment."""
    if known_at is None:
        return table.c.superseded_at.is_(None)

    def stood(begun: sa.Column[Any], ended: sa.Column[Any]) -> _Condition:
        return sa.and_(begun <= known_at, sa.or_(ended.is_(None), ended > known_at))

    born = sa.select(tables.birth.c.born_at).scalar_subquery() <= known_at
    here, there = stood(table.c.arrived_at, table.c.replaced_at), stood(table.c.recorded_at, table.c.superseded_at)
    return sa.case((born, here), else_=there)


def _overlaps(table: sa.Table, span: Span) -> _Condition:
    begun = sa.true() if span.to_day is None else table.c.from_day <= span.to_day
    return sa.and_(begun, sa.or_(table.c.to_day.is_(None), table.c.to_day >= span.from_day))


def _covers(table: sa.Table, day: date) -> _Condition:
    return _overlaps(table, Span(day, day))


def _among(column: sa.Column[Any], values: Collection[Any]) -> _Condition:
    """Like IN, with one array parameter however many values there are."""
    return column == sa.any_(sa.cast(list(values), ARRAY(column.type)))


class _Reader:
    """Reads versions as they were known at one moment."""

    def __init__(self, session: AsyncSession, known_at: datetime | None) -> None:
        self.session, self.known_at = session, known_at

    def visible(self, table: sa.Table, *conditions: _Condition) -> _Condition:
        return sa.and_(_visible(table, self.known_at), *conditions)

    async def _read(
        self,
        table: sa.Table,
        kind: type[_State],
        fact_of: Callable[[_State], _Fact],
        conditions: tuple[_Condition, ...],
    ) -> tuple[_Fact, ...]:
        rows = await self.session.execute(sa.select(table).where(self.visible(table, *conditions)).order_by(table.c.id))
        return tuple(_known(fact_of, (kind.model_validate(dict(row)) for row in rows.mappings())))

    async def regions(self, *conditions: _Condition) -> tuple[Region, ...]:
        """Each region by date, earliest first."""
        found = await self._read(tables.region, RegionState, facts_of.regions_of, conditions)
        return tuple(region for by_date in found for region in by_date)

    async def organs(self, *conditions: _Condition) -> tuple[Organ, ...]:
        return await self._read(tables.organ, OrganState, facts_of.organ_of, conditions)

    async def posts(self, *conditions: _Condition) -> tuple[Post, ...]:
        return await self._read(tables.post, PostState, facts_of.post_of, conditions)

    async def officials(self, *conditions: _Condition) -> tuple[Official, ...]:
        return await self._read(tables.official, OfficialState, facts_of.official_of, conditions)

    async def appointments(self, *conditions: _Condition) -> tuple[Appointment, ...]:
        return await self._read(tables.appointment, AppointmentState, facts_of.appointment_of, conditions)

    async def portfolios(self, *conditions: _Condition) -> tuple[Portfolio, ...]:
        return await self._read(tables.portfolio, PortfolioState, facts_of.portfolio_of, conditions)


def _known(fact_of: Callable[[_State], _Fact], states: Iterator[_State]) -> Iterator[_Fact]:
    for state in states:
        try:
            yield fact_of(state)
        except facts_of.UnknownWord:
            continue


async def load_roster(
    session: AsyncSession,
    *,
    known_at: datetime | None = None,
    regions: Collection[str] | None = None,
    under: Collection[str] | None = None,
    organs: Collection[UUID] | None = None,
    posts: Collection[UUID] | None = None,
    officials: Collection[UUID] | None = None,
    during: Span | None = None,
    exercise: bool | None = None,
) -> Roster:
    """A slice of the roster around the posts that meet every filter; without filters, the whole.

    With each post come its organ, every appointment and portfolio of it and the officials appointed; with each organ
    its region by date, and all administrative ancestors that this region ever had. Filters by place or organ also
    bring organs without posts.

    Args:
        session: on a database that keeps the copy.
        known_at: the moment of knowledge, settled by the caller; the newest by default.
        regions: only organs of these region codes; together with `under`, of either.
        under: only organs of regions that are, were or will be at or below these codes, by administration.
        organs: only these organs.
        posts: only these posts.
        officials: only posts that one of these persons was ever appointed to, under whichever of their ids.
        during: only appointments and portfolios that share a day with this span.
        exercise: only real rows (false), only exercise rows (true), or both; regions are not filtered by it, because
            exercise regions lie in a real province.
    """
    filters = _Filters(regions, under, organs, posts, officials, during, exercise)
    return await _slice(_Reader(session, known_at), filters)


@dataclass(frozen=True, slots=True)
class _Filters:
    """The filters of `load_roster`, each as a condition on the table that it speaks of."""

    regions: Collection[str] | None
    under: Collection[str] | None
    organs: Collection[UUID] | None
    posts: Collection[UUID] | None
    officials: Collection[UUID] | None
    during: Span | None
    exercise: bool | None

    @property
    def by_place(self) -> bool:
        return self.by_region or self.organs is not None

    @property
    def by_region(self) -> bool:
        return not (self.regions is None and self.under is None)

    @property
    def by_post(self) -> bool:
        return not (self.posts is None and self.officials is None)

    def world(self, table: sa.Table) -> _Condition:
        return sa.true() if self.exercise is None else table.c.exercise.is_(self.exercise)

    def days(self, table: sa.Table) -> _Condition:
        return sa.true() if self.during is None else _overlaps(table, self.during)

    def of_regions(self) -> _Condition:
        ancestry = tables.region.c.ancestry
        below = ancestry.overlap(sa.cast(list(self.under or ()), ancestry.type))
        return sa.or_(_among(tables.region.c.code, self.regions or ()), below)

    def of_organs(self, read: "_Reader") -> _Condition:
        found = [self.world(tables.organ)]
        if self.organs is not None:
            found.append(_among(tables.organ.c.id, self.organs))
        if self.by_region:
            codes = sa.select(tables.region.c.code).where(read.visible(tables.region, self.of_regions()))
            found.append(
                sa.or_(tables.organ.c.region_code.in_(codes), _among(tables.organ.c.region_code, self.regions or ()))
            )
        return sa.and_(*found)

    def of_posts(self, read: "_Reader") -> _Condition:
        found = [self.world(tables.post)]
        if self.by_place:
            organs = sa.select(tables.organ.c.id).where(read.visible(tables.organ, self.of_organs(read)))
            found.append(tables.post.c.organ_id.in_(organs))
        if self.posts is not None:
            found.append(_among(tables.post.c.id, self.posts))
        if self.officials is not None:
            ids = same_person(tables.official, read.visible(tables.official), self.officials)
            theirs = tables.appointment.c.official_id.in_(ids)
            held = sa.select(tables.appointment.c.post_id).where(read.visible(tables.appointment, theirs))
            found.append(tables.post.c.id.in_(held))
        return sa.and_(*found)


async def _slice(read: "_Reader", filters: _Filters) -> Roster:
    placed = filters.by_place or filters.by_post
    narrow = placed or filters.exercise is not None
    posts = await read.posts(filters.of_posts(read))
    ids = {one.id for one in posts}
    appointment, portfolio, region = tables.appointment, tables.portfolio, tables.region
    appointments = await read.appointments(_among_if(narrow, appointment.c.post_id, ids), filters.days(appointment))
    portfolios = await read.portfolios(_among_if(narrow, portfolio.c.post_id, ids), filters.days(portfolio))
    people = {one.official_id for one in appointments} | set(filters.officials or ())
    officials = await read.officials(_among_if(narrow, tables.official.c.id, people))
    of_posts = _among_if(filters.by_post, tables.organ.c.id, {one.organ_id for one in posts})
    organs = await read.organs(of_posts, filters.of_organs(read))
    asked = filters.of_regions() if filters.by_region else sa.false()
    start = sa.or_(_among(region.c.code, {one.region_code for one in organs}), asked)
    ancestors = sa.select(sa.func.unnest(region.c.ancestry)).where(read.visible(region, start))
    regions = await read.regions(region.c.code.in_(ancestors) if placed else sa.true())
    return Roster(regions, organs, posts, officials, appointments, portfolios, read.known_at)


def _among_if(narrow: bool, column: sa.Column[Any], values: Collection[Any]) -> _Condition:
    return _among(column, values) if narrow else sa.true()


async def region_on(session: AsyncSession, code: str, day: date, *, known_at: datetime | None = None) -> Region | None:
    """The region that had `code` on the day, or `None`; codes were reused."""
    table = tables.region
    found = await _Reader(session, known_at).regions(table.c.code == code, _covers(table, day))
    return _only(tuple(one for one in found if one.span.covers(day)))


async def path_of(
    session: AsyncSession, code: str, day: date, *, known_at: datetime | None = None
) -> tuple[str, ...] | None:
    """Codes of the administrative ancestors on the day and the code itself, province first; `None` as above."""
    region = await region_on(session, code, day, known_at=known_at)
    return None if region is None else region.path


async def path_of_post(
    session: AsyncSession, post_id: UUID, day: date, *, known_at: datetime | None = None
) -> tuple[str, ...] | None:
    """The path of the region of the post's organ on the day; `None` where post, organ or region is unknown."""
    post = await post_by_id(session, post_id, known_at=known_at)
    organ = None if post is None else await organ_by_id(session, post.organ_id, known_at=known_at)
    return None if organ is None else await path_of(session, organ.region_code, day, known_at=known_at)


async def region_by_id(session: AsyncSession, identity: UUID, *, known_at: datetime | None = None) -> Region | None:
    """The region as it is from its last change on, or `None`."""
    return _only((await _Reader(session, known_at).regions(tables.region.c.id == identity))[-1:])


async def organ_by_id(session: AsyncSession, identity: UUID, *, known_at: datetime | None = None) -> Organ | None:
    """The organ, or `None`."""
    return _only(await _Reader(session, known_at).organs(tables.organ.c.id == identity))


async def post_by_id(session: AsyncSession, identity: UUID, *, known_at: datetime | None = None) -> Post | None:
    """The post, or `None`."""
    return _only(await _Reader(session, known_at).posts(tables.post.c.id == identity))


async def official_by_id(session: AsyncSession, identity: UUID, *, known_at: datetime | None = None) -> Official | None:
    """The official, or `None`."""
    return _only(await _Reader(session, known_at).officials(tables.official.c.id == identity))


async def identities(session: AsyncSession, official_id: UUID, *, known_at: datetime | None = None) -> frozenset[UUID]:
    """Every id under which that person was recorded, the given one included."""
    ids = same_person(tables.official, _visible(tables.official, known_at), [official_id])
    return frozenset(await session.scalars(ids))


async def records_of(
    session: AsyncSession, officials: Collection[UUID], *, known_at: datetime | None = None
) -> tuple[Official, ...]:
    """Every record of these persons: their own, and those with which they were merged."""
    read = _Reader(session, known_at)
    ids = same_person(tables.official, read.visible(tables.official), officials)
    return await read.officials(tables.official.c.id.in_(ids))


async def organs_of(
    session: AsyncSession, region_code: str, *, day: date | None = None, known_at: datetime | None = None
) -> tuple[Organ, ...]:
    """The organs of a region, on one day or of all time."""
    table = tables.organ
    on = sa.true() if day is None else _covers(table, day)
    return await _Reader(session, known_at).organs(table.c.region_code == region_code, on)


async def posts_of(
    session: AsyncSession, organ_id: UUID, *, day: date | None = None, known_at: datetime | None = None
) -> tuple[Post, ...]:
    """The posts of an organ, on one day or of all time."""
    table = tables.post
    on = sa.true() if day is None else _covers(table, day)
    return await _Reader(session, known_at).posts(table.c.organ_id == organ_id, on)


async def appointments_of(
    session: AsyncSession, official_id: UUID, during: Span, *, known_at: datetime | None = None
) -> tuple[Appointment, ...]:
    """What an official held in the span, earliest first; of a merged one what was recorded under each of the ids."""
    table, read = tables.appointment, _Reader(session, known_at)
    ids = same_person(tables.official, read.visible(tables.official), [official_id])
    found = await read.appointments(table.c.official_id.in_(ids), _overlaps(table, during), table.c.annulled.is_(False))
    return tuple(sorted(found, key=_by_time))


async def holders(
    session: AsyncSession, post_id: UUID, during: Span, *, known_at: datetime | None = None
) -> tuple[Appointment, ...]:
    """Who held the post in the span, acting heads included, earliest first; none means vacant."""
    table = tables.appointment
    found = await _Reader(session, known_at).appointments(
        table.c.post_id == post_id, _overlaps(table, during), table.c.annulled.is_(False)
    )
    return tuple(sorted(found, key=_by_time))


async def portfolios_of(
    session: AsyncSession, post_id: UUID, during: Span, *, known_at: datetime | None = None
) -> tuple[Portfolio, ...]:
    """What the post answered for in the span."""
    table = tables.portfolio
    return await _Reader(session, known_at).portfolios(
        table.c.post_id == post_id, _overlaps(table, during), table.c.annulled.is_(False)
    )


async def applied_version(session: AsyncSession, aggregate_type: str, identity: UUID) -> int:
    """The newest version in the copy, 0 where it has none; KeyError for a type that the roster does not keep."""
    table = tables.TABLES[aggregate_type]
    return await session.scalar(sa.select(sa.func.max(table.c.version)).where(table.c.id == identity)) or 0


def _by_time(appointment: Appointment) -> tuple[date, UUID]:
    return appointment.span.from_day, appointment.id


def _only(found: tuple[_Fact, ...]) -> _Fact | None:
    return found[0] if found else None
