"""Slices of the register as facts for rules, and the look-ups that several handlers need."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.facts.answers import Stored
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
from shared.roster.facts import Appointment, Official, Post, Region, Roster


async def load_roster(
    session: AsyncSession,
    codes: Collection[str],
    *,
    posts: Collection[UUID] = (),
    known_at: datetime | None = None,
) -> Roster:
    """Regions with these codes, their organs, posts, appointments and portfolios; and those around `posts`.

    Annulled rows are included, marked. Officials are left out: rules need no names.
    """
    extra = await _codes_of(session, posts, known_at) if posts else set()
    wanted = {*codes, *extra}
    regions = await many(session, RegionState, among(tables.region.c.code, wanted), known_at=known_at)
    organs = await many(session, OrganState, among(tables.organ.c.region_code, wanted), known_at=known_at)
    in_organs = among(tables.post.c.organ_id, [one.state.id for one in organs])
    held = await many(session, PostState, in_organs, known_at=known_at)
    ids = [one.state.id for one in held]
    appointments = await many(session, AppointmentState, among(tables.appointment.c.post_id, ids), known_at=known_at)
    portfolios = await many(session, PortfolioState, among(tables.portfolio.c.post_id, ids), known_at=known_at)
    return Roster(
        regions=tuple(facts_of.region_of(one.state) for one in regions),
        organs=tuple(facts_of.organ_of(one.state) for one in organs),
        posts=tuple(facts_of.post_of(one.state) for one in held),
        appointments=tuple(facts_of.appointment_of(one.state) for one in appointments),
        portfolios=tuple(facts_of.portfolio_of(one.state) for one in portfolios),
        known_at=known_at,
    )


async def _codes_of(session: AsyncSession, posts: Collection[UUID], known_at: datetime | None) -> set[str]:
    organ, post = tables.organ, tables.post
    query = (
        sa.select(organ.c.region_code)
        .join(post, post.c.organ_id == organ.c.id)
        .where(visible(organ, known_at), visible(post, known_at), among(post.c.id, posts))
    )
    return set((await session.execute(query)).scalars())


async def region_on(
    session: AsyncSession, code: str, day: date, *, known_at: datetime | None = None
) -> Stored[RegionState] | None:
    """The region that had `code` on the day; codes were reused."""
    table = tables.region
    return first(await many(session, RegionState, table.c.code == code, covers(table, day), known_at=known_at))


async def regions_on(session: AsyncSession, codes: Collection[str], day: date) -> list[Region]:
    """The regions that had these codes on the day."""
    table = tables.region
    found = await many(session, RegionState, among(table.c.code, codes), covers(table, day))
    return [facts_of.region_of(one.state) for one in found]


async def appointments_to(session: AsyncSession, post_id: UUID) -> list[Appointment]:
    """Every appointment to a post as known now, annulled ones marked."""
    found = await many(session, AppointmentState, tables.appointment.c.post_id == post_id)
    return [facts_of.appointment_of(one.state) for one in found]


async def posts_in(session: AsyncSession, organ_id: UUID) -> list[Post]:
    """Every post of an organ as known now."""
    found = await many(session, PostState, tables.post.c.organ_id == organ_id)
    return [facts_of.post_of(one.state) for one in found]


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


async def names_of(
    session: AsyncSession, officials: Collection[UUID], *, known_at: datetime | None = None
) -> dict[UUID, str]:
    """Names of officials."""
    return {one.id: one.name for one in (await officials_named(session, officials, known_at=known_at)).values()}


async def officials_belong(session: AsyncSession, officials: Collection[UUID], regions: Collection[str]) -> bool:
    """Whether one of these ids was registered or ever appointed within one of the regions."""
    official, appointment = tables.official, tables.appointment
    registered, appointed = [
        sa.select(table.c.id).where(visible(table, None), among(key, officials), touching(table.c.path, regions))
        for table, key in ((official, official.c.id), (appointment, appointment.c.official_id))
    ]
    return (await session.execute(sa.union_all(registered, appointed).limit(1))).first() is not None
