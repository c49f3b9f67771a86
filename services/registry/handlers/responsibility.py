"""Who answered for a matter on a day, as known at a moment; and what was known otherwise at another moment."""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.answers import Answer, Answerable, Asked, Difference, Matter
from services.registry.handlers.organs import industries
from services.registry.handlers.reading import readable
from services.registry.repository import recorded, rosters
from services.registry.rules.differences import answered, difference, posts_of, with_causes
from shared.roster.facts import Roster

__all__ = ["Asked", "responsibility"]


async def responsibility(session: AsyncSession, asked: Asked, regions: Collection[str]) -> Answer:
    """Who answered for a matter in a region on a day, as known at a moment; 404 for an unknown region."""
    region = await readable(session, asked.code, asked.day, asked.known_at, regions)
    matter = Matter(industries((asked.industry,))[0] if asked.industry else None, tuple(asked.fields))
    exercise = asked.exercise or region.state.exercise
    roster = await rosters.load_roster(session, {asked.code}, known_at=asked.known_at)
    found = answered(asked.code, roster, asked.day, matter, exercise=exercise)
    other = None
    if asked.compared_with is not None:
        other = await _compared(session, found, roster, asked.compared_with, exercise=exercise)
    moments = (asked.known_at, asked.compared_with or asked.known_at)
    people = await rosters.officials_named(session, set(_named(found, other)), known_at=max(moments))
    return Answer(found, other, people)


async def _compared(
    session: AsyncSession, new: Answerable, roster: Roster, compared_with: datetime, *, exercise: bool
) -> Difference:
    """What the answer has otherwise than the same question at the other moment, with the facts that made it so."""
    known_at = roster.known_at or compared_with
    before = await rosters.load_roster(session, {new.region_code}, known_at=compared_with)
    old = answered(new.region_code, before, new.day, new.matter, exercise=exercise)
    found = difference(old, new)
    earlier, later = (before, roster) if compared_with <= known_at else (roster, before)
    refs = set(_refs(posts_of(found.changes), earlier)) | set(_refs(posts_of(found.changes), later))
    since, until = min(known_at, compared_with), max(known_at, compared_with)
    facts = await recorded.recorded_between(session, sorted(refs), since, until) if found.changes else []
    return with_causes(found, earlier, facts, new, exercise=exercise)


def _refs(posts: Collection[UUID], roster: Roster) -> Iterator[tuple[str, UUID]]:
    """The aggregates that decide what is said of these posts."""
    yield from (("region", one.id) for one in roster.regions)
    yield from (("organ", one.id) for one in roster.organs)
    yield from (("official", one.id) for one in roster.officials)
    yield from (("post", one.id) for one in roster.posts if one.id in posts)
    yield from (("appointment", one.id) for one in roster.appointments if one.post_id in posts)
    yield from (("portfolio", one.id) for one in roster.portfolios if one.post_id in posts)


def _named(found: Answerable, other: Difference | None) -> Iterator[UUID]:
    entries = [*found.entries]
    for change in () if other is None else other.changes:
        entries += [one for one in (change.before, change.after) if one is not None]
    yield from (one.official_id for one in entries if one.official_id is not None)
