"""One person under several records: which ids belong together, what was held under them, what was recorded since."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.facts.answers import Stored, Tenure
from services.registry.repository.states import among, many, visible
from shared.contracts.registry import AppointmentState, OfficialState, OrganState, PostState
from shared.roster import facts_of
from shared.roster.facts import Official
from shared.roster.persons import same_person


async def identities(
    session: AsyncSession, officials: Collection[UUID], *, known_at: datetime | None = None
) -> frozenset[UUID]:
    """Every id of these persons, the given ones included."""
    ids = same_person(tables.official, visible(tables.official, known_at), officials)
    return frozenset(await session.scalars(ids))


async def merged_among(
    session: AsyncSession, officials: Collection[UUID], *, known_at: datetime | None = None
) -> list[Official]:
    """Every merged record of the persons whom `officials` name; mostly there is none."""
    table, found, wanted = tables.official, dict[UUID, Official](), set(officials)
    while wanted:
        near = sa.or_(among(table.c.id, wanted), among(table.c.merged_into, wanted))
        rows = await many(session, OfficialState, table.c.merged_into.is_not(None), near, known_at=known_at)
        fresh = {one.state.id: facts_of.official_of(one.state) for one in rows if one.state.id not in found}
        found |= fresh
        wanted = {identity for one in fresh.values() for identity in (one.id, one.merged_into) if identity}
    return list(found.values())


async def records(
    session: AsyncSession, identities: Collection[UUID], *, known_at: datetime | None = None
) -> list[Stored[OfficialState]]:
    """The records with these ids."""
    return await many(session, OfficialState, among(tables.official.c.id, identities), known_at=known_at)


async def held_by(
    session: AsyncSession, identities: Collection[UUID], *, known_at: datetime | None = None
) -> list[Stored[AppointmentState]]:
    """Every appointment under these ids, annulled ones marked."""
    theirs = among(tables.appointment.c.official_id, identities)
    return await many(session, AppointmentState, theirs, known_at=known_at)


async def tenures(
    session: AsyncSession, identities: Collection[UUID], *, known_at: datetime | None = None
) -> list[Tenure[AppointmentState]]:
    """The same with post and organ, earliest first."""
    held = await held_by(session, identities, known_at=known_at)
    of_posts = among(tables.post.c.id, {one.state.post_id for one in held})
    posts = {one.state.id: one.state for one in await many(session, PostState, of_posts, known_at=known_at)}
    of_organs = among(tables.organ.c.id, {one.organ_id for one in posts.values()})
    organs = {one.state.id: one.state for one in await many(session, OrganState, of_organs, known_at=known_at)}
    whole = [
        Tenure(one, facts_of.post_of(post), facts_of.organ_of(organs[post.organ_id]))
        for one in held
        for post in (posts[one.state.post_id],)
    ]
    return sorted(whole, key=lambda one: (one.held.state.from_day, one.held.state.id))


async def number_indexes(session: AsyncSession, identities: Collection[UUID]) -> dict[UUID, bytes]:
    """The blind indexes of the citizen numbers on file."""
    table = tables.citizen_number
    rows = await session.execute(
        sa.select(table.c.official_id, table.c.blind_index).where(among(table.c.official_id, identities))
    )
    return {row.official_id: row.blind_index for row in rows}


def _merged(identities: Collection[UUID]) -> tuple[sa.Table, list[sa.ColumnElement[bool]]]:
    """The versions that began the merges in force of these ids: the first after the last that stood apart."""
    table = tables.official
    other = table.alias()
    apart = sa.select(sa.func.max(other.c.version)).where(other.c.id == table.c.id, other.c.merged_into.is_(None))
    began = sa.func.coalesce(apart.scalar_subquery(), 0) + 1
    return table, [among(table.c.id, identities), table.c.version == began]


async def merged_since(session: AsyncSession, official_id: UUID) -> datetime:
    """When the merge in force was recorded; the official is merged."""
    table, conditions = _merged([official_id])
    since: datetime = (await session.execute(sa.select(table.c.recorded_at).where(*conditions))).scalar_one()
    return since


async def recorded_since(session: AsyncSession, identities: Collection[UUID], moment: datetime) -> list[UUID]:
    """What was recorded of the one person after a moment: new appointments, merges in force, a citizen number."""
    appointment, number = tables.appointment, tables.citizen_number
    appointed = sa.select(appointment.c.id).where(
        among(appointment.c.official_id, identities), appointment.c.version == 1, appointment.c.recorded_at > moment
    )
    official, conditions = _merged(identities)
    merged = sa.select(official.c.id).where(*conditions, official.c.recorded_at > moment)
    numbered = sa.select(number.c.official_id).where(
        among(number.c.official_id, identities), number.c.recorded_at > moment
    )
    return list((await session.execute(sa.union(appointed, merged, numbered))).scalars())
