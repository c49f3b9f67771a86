"""Slices of the register as facts for rules, and the look-ups that several handlers need."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.facts.answers import Stored
from services.registry.repository import persons
from services.registry.repository.states import among, covers, first, many, touching, visible
from shared.contracts.registry import (
    AppointmentState,
    OfficialState,
    OrganState,
    PortfolioState,
    PostState,
    RegionState,
)
from shared.roster import facts_of
from shared.roster.facts import Appointment, Official, Organ, Post, Region, Roster


async def load_roster(
    session: AsyncSession,
    codes: Collection[str],
    *,
    posts: Collection[UUID] = (),
    within: Collection[str] | None = None,
    known_at: datetime | None = None,
) -> Roster:
    """Regions with these codes, their organs, posts, appointments and portfolios; and those around `posts`.

    With `within`, only the regions with those codes, and those around `posts`, come with their organs.
    Annulled rows are included, marked. Organs elsewhere come where they manage one of the regions, or where a portfolio
    names them, each with its heirs.
    Of officials there are those that were merged: rules need no names, but must know who is one person.
    """
    extra = await regions_of_posts(session, posts, known_at) if posts else {}
    wanted = {*codes, *extra.values()}
    regions = await many(session, RegionState, among(tables.region.c.code, wanted), known_at=known_at)
    managing = [one.state.managing_organ_id for one in regions if one.state.managing_organ_id is not None]
    whole = wanted if within is None else {*within, *extra.values()}
    theirs = sa.or_(among(tables.organ.c.region_code, whole), among(tables.organ.c.id, managing))
    organs = await many(session, OrganState, theirs, known_at=known_at)
    in_organs = among(tables.post.c.organ_id, [one.state.id for one in organs])
    held = await many(session, PostState, in_organs, known_at=known_at)
    ids = [one.state.id for one in held]
    appointments = await many(session, AppointmentState, among(tables.appointment.c.post_id, ids), known_at=known_at)
    portfolios = await many(session, PortfolioState, among(tables.portfolio.c.post_id, ids), known_at=known_at)
    there = {one.state.id: facts_of.organ_of(one.state) for one in organs}
    people = {one.state.official_id for one in appointments}
    led = {organ_id for one in portfolios for organ_id in one.state.organ_ids}
    return Roster(
        regions=tuple(by_date for one in regions for by_date in facts_of.regions_of(one.state)),
        organs=tuple((await with_heirs(session, there, led, known_at=known_at)).values()),
        posts=tuple(facts_of.post_of(one.state) for one in held),
        officials=tuple(await persons.merged_among(session, people, known_at=known_at)),
        appointments=tuple(facts_of.appointment_of(one.state) for one in appointments),
        portfolios=tuple(facts_of.portfolio_of(one.state) for one in portfolios),
        known_at=known_at,
    )


async def with_heirs(
    session: AsyncSession, there: Mapping[UUID, Organ], more: Collection[UUID] = (), *, known_at: datetime | None = None
) -> dict[UUID, Organ]:
    """Organs, others by their ids, and everything that any of them became."""
    organs = dict(there)
    wanted = ({*more} | _heirs(organs.values())) - set(organs)
    while wanted:
        found = await many(session, OrganState, among(tables.organ.c.id, wanted), known_at=known_at)
        fresh = {one.state.id: facts_of.organ_of(one.state) for one in found}
        organs |= fresh
        wanted = _heirs(fresh.values()) - set(organs)
    return organs


def _heirs(organs: Iterable[Organ]) -> set[UUID]:
    return {heir.organ_id for one in organs for fate in one.successions for heir in fate.heirs}


async def regions_led_from(session: AsyncSession, organ_ids: Collection[UUID]) -> set[str]:
    """The regions whose leaders answer for one of these organs, or for one that it took over from, by a portfolio."""
    organs, wanted = set[UUID](), set(organ_ids)
    while wanted:
        found = await many(session, OrganState, among(tables.organ.c.id, wanted))
        organs |= wanted
        wanted = {old for one in found for old in one.state.predecessor_ids} - organs
    organ, post, portfolio = tables.organ, tables.post, tables.portfolio
    query = (
        sa.select(organ.c.region_code)
        .join(post, post.c.organ_id == organ.c.id)
        .join(portfolio, portfolio.c.post_id == post.c.id)
        .where(visible(organ, None), visible(post, None), visible(portfolio, None))
        .where(portfolio.c.organ_ids.op("&&", is_comparison=True)(sa.cast(list(organs), ARRAY(sa.Uuid))))
    )
    return set((await session.execute(query)).scalars())


async def regions_of_posts(
    session: AsyncSession, posts: Collection[UUID], known_at: datetime | None = None
) -> dict[UUID, str]:
    """The code of the region of each post's organ."""
    organ, post = tables.organ, tables.post
    query = (
        sa.select(post.c.id, organ.c.region_code)
        .join(organ, post.c.organ_id == organ.c.id)
        .where(visible(organ, known_at), visible(post, known_at), among(post.c.id, posts))
    )
    return {row.id: row.region_code for row in await session.execute(query)}


async def region_on(
    session: AsyncSession, code: str, day: date, *, known_at: datetime | None = None
) -> Stored[RegionState] | None:
    """The region that had `code` on the day, with tier, parent, competence and name of that day; codes were reused."""
    table = tables.region
    found = first(await many(session, RegionState, table.c.code == code, covers(table, day), known_at=known_at))
    return None if found is None else on_day(found, day)


def on_day(found: Stored[RegionState], day: date) -> Stored[RegionState]:
    """A region with its plain fields, and its path, as they are on a day."""
    state = facts_of.region_state_on(found.state, day)
    return replace(found, state=state, path=state.path)


async def regions_on(
    session: AsyncSession, codes: Collection[str], day: date, *, known_at: datetime | None = None
) -> list[Region]:
    """The regions that had these codes on the day, as they were that day."""
    table = tables.region
    found = await many(session, RegionState, among(table.c.code, codes), covers(table, day), known_at=known_at)
    return [facts_of.region_of(on_day(one, day).state) for one in found]


async def appointments_to(session: AsyncSession, post_id: UUID) -> list[Appointment]:
    """Every appointment to a post as known now, annulled ones marked."""
    found = await many(session, AppointmentState, tables.appointment.c.post_id == post_id)
    return [facts_of.appointment_of(one.state) for one in found]


async def regions_with(
    session: AsyncSession, *, code: str | None = None, below: str | None = None, known_at: datetime | None = None
) -> list[Stored[RegionState]]:
    """Regions of all days: those that ever had a code, or those that ever lay below one."""
    table = tables.region
    conditions = [] if code is None else [table.c.code == code]
    if below is not None:
        conditions += [touching(table.c.ancestry, [below]), table.c.code != below]
    return await many(session, RegionState, *conditions, known_at=known_at)


async def regions_succeeding_to(
    session: AsyncSession, code: str, *, known_at: datetime | None = None
) -> list[Stored[RegionState]]:
    """Regions that ended and name this code among what came after them."""
    return await many(session, RegionState, touching(tables.region.c.successor_codes, [code]), known_at=known_at)


async def ever_above(session: AsyncSession, path: Sequence[str]) -> set[str]:
    """Codes that were, are or will be above the moved regions on a path: their rows keep the path of their time."""
    table = tables.region
    query = sa.select(table.c.ancestry).where(
        visible(table, None), among(table.c.code, path), sa.func.jsonb_array_length(table.c.parents) > 0
    )
    return {code for ancestry in (await session.execute(query)).scalars() for code in ancestry}


async def organs_on(
    session: AsyncSession, code: str, day: date, *, known_at: datetime | None = None
) -> list[Stored[OrganState]]:
    """The organs of a region that stand on a day."""
    table = tables.organ
    return await many(session, OrganState, table.c.region_code == code, covers(table, day), known_at=known_at)


async def posts_in_all(session: AsyncSession, organ_ids: Collection[UUID]) -> list[Stored[PostState]]:
    """Every post of several organs as known now."""
    return await many(session, PostState, among(tables.post.c.organ_id, organ_ids))


async def appointments_to_all(session: AsyncSession, post_ids: Collection[UUID]) -> list[Stored[AppointmentState]]:
    """Every appointment to several posts as known now, annulled ones left out."""
    table = tables.appointment
    return await many(session, AppointmentState, among(table.c.post_id, post_ids), table.c.annulled.is_(False))


async def posts_in(session: AsyncSession, organ_id: UUID) -> list[Post]:
    """Every post of an organ as known now."""
    found = await many(session, PostState, tables.post.c.organ_id == organ_id)
    return [facts_of.post_of(one.state) for one in found]


async def held_by(session: AsyncSession, officials: Collection[UUID], *, known_at: datetime | None = None) -> Roster:
    """What was ever held under these ids: appointments, posts, organs and their regions by date."""
    theirs = among(tables.appointment.c.official_id, officials)
    appointments = await many(session, AppointmentState, theirs, known_at=known_at)
    post_ids = {one.state.post_id for one in appointments}
    posts = await many(session, PostState, among(tables.post.c.id, post_ids), known_at=known_at)
    organ_ids = {one.state.organ_id for one in posts}
    organs = await many(session, OrganState, among(tables.organ.c.id, organ_ids), known_at=known_at)
    codes = {one.state.region_code for one in organs}
    regions = await many(session, RegionState, among(tables.region.c.code, codes), known_at=known_at)
    return Roster(
        regions=tuple(by_date for one in regions for by_date in facts_of.regions_of(one.state)),
        organs=tuple(facts_of.organ_of(one.state) for one in organs),
        posts=tuple(facts_of.post_of(one.state) for one in posts),
        appointments=tuple(facts_of.appointment_of(one.state) for one in appointments),
        known_at=known_at,
    )


async def promotions_of(session: AsyncSession, officials: Collection[UUID]) -> list[Stored[AppointmentState]]:
    """The promotions on record of these ids, annulled ones left out."""
    table = tables.appointment
    return await many(
        session,
        AppointmentState,
        among(table.c.official_id, officials),
        table.c.promotion.is_(True),
        table.c.annulled.is_(False),
    )


async def officials_named(
    session: AsyncSession, officials: Collection[UUID], *, known_at: datetime | None = None
) -> dict[UUID, Official]:
    """The officials with these ids."""
    found = await many(session, OfficialState, among(tables.official.c.id, officials), known_at=known_at)
    return {one.state.id: facts_of.official_of(one.state) for one in found}


async def officials_belong(session: AsyncSession, officials: Collection[UUID], regions: Collection[str]) -> bool:
    """Whether one of these ids was registered or ever appointed within one of the regions."""
    official, appointment = tables.official, tables.appointment
    registered, appointed = [
        sa.select(table.c.id).where(visible(table, None), among(key, officials), touching(table.c.path, regions))
        for table, key in ((official, official.c.id), (appointment, appointment.c.official_id))
    ]
    return (await session.execute(sa.union_all(registered, appointed).limit(1))).first() is not None
