"""Answers to readers: lists, who sits on a safety committee, who answered for what."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.answers import Answerable, CommitteeSeats, Matter, Stored
from services.registry.handlers.organs import industries
from services.registry.handlers.saving import absent
from services.registry.repository import lists, rosters
from services.registry.repository.lists import Listed, Scope
from services.registry.rules.answerable import who_answered
from services.registry.rules.lookup import Lookup
from services.registry.rules.seats import committee_seats
from shared.contracts.registry import AccidentState, OfficialState, RegionState, RegistryEvent
from shared.kernel.pagination import Paging
from shared.roster import facts_of

S = TypeVar("S", bound=RegistryEvent)
__all__ = ["Scope", "accidents", "committee", "listed", "officials", "region", "regions", "responsibility"]


async def listed(
    session: AsyncSession,
    kind: type[S],
    paging: Paging,
    scope: Scope,
    equal: Mapping[str, Any],
    q: str | None = None,
) -> Listed[S]:
    """A page of one kind within the scope; `equal` are columns that must equal what is given, `None` meaning any.

    `q` is how a name, its pinyin, its initials or a code begins.
    """
    return await lists.listing(session, kind, paging, scope, equal, more=lists.searched(kind, q))


async def regions(
    session: AsyncSession,
    paging: Paging,
    scope: Scope,
    *,
    unconfirmed: bool | None,
    q: str | None = None,
    **equal: Any,
) -> Listed[RegionState]:
    """A page of regions by code; `unconfirmed` asks for those whose competence nobody confirmed, or the others."""
    more = lists.competence_confirmed(confirmed=not unconfirmed) if unconfirmed is not None else []
    more += lists.searched(RegionState, q)
    return await lists.listing(session, RegionState, paging, scope, equal, ("code", "id"), more)


async def officials(
    session: AsyncSession, paging: Paging, scope: Scope, *, name: str | None, q: str | None = None
) -> Listed[OfficialState]:
    """A page of the officials registered or ever appointed in the caller's regions; `q` as in `listed`."""
    return await lists.officials(session, OfficialState, paging, scope, name, lists.searched(OfficialState, q))


async def accidents(
    session: AsyncSession,
    paging: Paging,
    scope: Scope,
    *,
    first_day: date | None,
    last_day: date | None,
    **equal: Any,
) -> Listed[AccidentState]:
    """A page of accidents, the newest first, on days between two."""
    between = lists.accident_days(first_day, last_day)
    return await lists.listing(session, AccidentState, paging, scope, equal, ("occurred_at", "id"), between)


async def region(session: AsyncSession, code: str, day: date, known_at: datetime | None = None) -> Stored[RegionState]:
    """The region that had `code` on the day; 404 where none had."""
    found = await rosters.region_on(session, code, day, known_at=known_at)
    if found is None:
        raise absent()
    return found


async def _readable(
    session: AsyncSession, code: str, day: date, known_at: datetime, regions: Collection[str]
) -> Stored[RegionState]:
    found = await region(session, code, day, known_at)
    if set(regions).isdisjoint(found.path):
        raise absent()
    return found


async def responsibility(
    session: AsyncSession,
    code: str,
    day: date,
    known_at: datetime,
    regions: Collection[str],
    *,
    industry: str | None = None,
    fields: Sequence[str] = (),
    exercise: bool = False,
) -> tuple[Answerable, dict[UUID, str]]:
    """Who answered for a matter in a region on a day, as known at a moment, with the officials' names."""
    found = await _readable(session, code, day, known_at, regions)
    matter = Matter(industries((industry,))[0] if industry else None, tuple(fields))
    roster = await rosters.load_roster(session, {code}, known_at=known_at)
    marked = exercise or found.state.exercise
    answer = who_answered(code, roster, day, matter, exercise=marked)
    people = {entry.official_id for entry in answer.entries if entry.official_id is not None}
    return answer, await rosters.names_of(session, people, known_at=known_at)


async def committee(
    session: AsyncSession,
    code: str,
    day: date,
    known_at: datetime,
    regions: Collection[str],
    *,
    exercise: bool = False,
) -> tuple[CommitteeSeats, dict[UUID, str]]:
    """The seats of a region's safety committee, derived from posts, with the officials' names."""
    found = await _readable(session, code, day, known_at, regions)
    roster = await rosters.load_roster(session, {code}, known_at=known_at)
    lookup = Lookup(roster, day, exercise=exercise or found.state.exercise)
    seats = committee_seats(facts_of.region_of(found.state), lookup)
    people = {seat.official_id for seat in seats.seats if seat.official_id is not None}
    return seats, await rosters.names_of(session, people, known_at=known_at)
