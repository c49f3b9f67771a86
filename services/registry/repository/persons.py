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
from shared.roster.persons import same_person


async def identities(
    session: AsyncSession, officials: Collection[UUID], *, known_at: datetime | None = None
) -> frozenset[UUID]:
    """Every id of these persons, the given ones included."""
    ids = same_person(tables.official, visible(tables.official, known_at), officials)
    return frozenset(await session.scalars(ids))


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


async def merged_since(session: AsyncSession, official_id: UUID) -> datetime:
    """When the merge in force was recorded; the official is merged."""
    table = tables.official
    apart = sa.select(sa.func.max(table.c.version)).where(table.c.id == official_id, table.c.merged_into.is_(None))
    query = sa.select(sa.func.min(table.c.recorded_at)).where(
        table.c.id == official_id, table.c.version > sa.func.coalesce(apart.scalar_subquery(), 0)
    )
    since: datetime = (await session.execute(query)).scalar_one()
    return since


async def recorded_since(session: AsyncSession, identities: Collection[UUID], moment: datetime) -> list[UUID]:
    """What was recorded of the one person after a moment: new appointments, further merges, a citizen number."""
    appointment, official, number = tables.appointment, tables.official, tables.citizen_number
    earlier = official.alias()
    began = sa.select(earlier.c.merged_into).where(
        earlier.c.id == official.c.id, earlier.c.version == official.c.version - 1
    )
    appointed = sa.select(appointment.c.id).where(
        among(appointment.c.official_id, identities), appointment.c.version == 1, appointment.c.recorded_at > moment
    )
    merged = sa.select(official.c.id).where(
        among(official.c.id, identities),
        official.c.recorded_at > moment,
        official.c.merged_into.is_distinct_from(began.scalar_subquery()),
    )
    numbered = sa.select(number.c.official_id).where(
        among(number.c.official_id, identities), number.c.recorded_at > moment
    )
    return list((await session.execute(sa.union(appointed, merged, numbered))).scalars())
