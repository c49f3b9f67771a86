"""What a version of the responsibility chain changed against another."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts import ChainDifference
from services.registry.facts.answers import ChainVersion
from services.registry.handlers.proceeding_parts import chain_of
from services.registry.handlers.saving import absent, read
from services.registry.repository import accidents, rosters
from services.registry.rules.chain import chain_difference
from shared.contracts.registry import AccidentState
from shared.roster.facts import Official


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of one chain, what the newer one changed, and the officials' names."""

    older: ChainVersion
    newer: ChainVersion
    difference: ChainDifference
    names: Mapping[UUID, Official]


async def versions(
    session: AsyncSession, accident_id: UUID, regions: Collection[str], known_at: datetime | None
) -> list[ChainVersion]:
    """Every version of an accident's chain, oldest first; 404 outside the reader's regions."""
    await read(session, AccidentState, accident_id, regions, known_at)
    return await accidents.chain_versions(session, accident_id, known_at)


async def compare(
    session: AsyncSession,
    accident_id: UUID,
    regions: Collection[str],
    known_at: datetime | None,
    *,
    older: int | None,
    newer: int | None,
) -> Compared:
    """The difference between two versions, by default the newest and the one before; 404 for one that is not."""
    known = {one.chain_version: one for one in await versions(session, accident_id, regions, known_at)}
    second = max(known) if newer is None else newer
    first = max(second - 1, 1) if older is None else older
    if first not in known or second not in known:
        raise absent()
    before = await accidents.at_version(session, accident_id, known[first].version)
    after = await accidents.at_version(session, accident_id, known[second].version)
    if before is None or after is None:
        raise absent()
    listed = (*before.state.chain, *after.state.chain)
    people = {one.official_id for one in listed if one.official_id is not None}
    return Compared(
        known[first],
        known[second],
        chain_difference(chain_of(before.state), chain_of(after.state)),
        await rosters.officials_named(session, people, known_at=known_at),
    )
