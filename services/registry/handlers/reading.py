"""Answers to readers: lists, and who sits on a safety committee."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.answers import Dated, LeadingBodies, Person, Stored, Tenure
from services.registry.handlers import persons
from services.registry.handlers.saving import absent, read, within
from services.registry.repository import lists, rosters
from services.registry.repository import persons as records
from services.registry.repository.lists import Listed, Scope
from services.registry.rules.appointments import standing
from services.registry.rules.lookup import Lookup
from services.registry.rules.seats import leading_bodies
from shared.contracts.registry import (
    AccidentState,
    AppointmentState,
    DeclarationState,
    OfficialState,
    OrganState,
    PortfolioState,
    PostState,
    RegionState,
    RegistryEvent,
)
from shared.kernel.pagination import Paging
from shared.roster import facts_of
from shared.roster.facts import Official, Span

S = TypeVar("S", bound=RegistryEvent)
D = TypeVar("D", OrganState, PostState, AppointmentState, PortfolioState, DeclarationState)
__all__ = ["Scope", "accidents", "appointments", "committee", "listed", "officials", "readable", "region", "regions"]


def dated(stored: Stored[D], day: date) -> Dated[Stored[D]]:
    """A version with how what it says stands on a day; an organ under its name of that day."""
    state = stored.state
    span = Span(state.from_day, state.to_day)
    return Dated(named(stored, day), standing(span, day, annulled=getattr(state, "annulled", False)))


def named(stored: Stored[S], day: date) -> Stored[S]:
    """An organ under its name of a day; anything else as it is."""
    state: Any = stored.state
    return replace(stored, state=facts_of.organ_state_on(state, day)) if state.AGGREGATE == "organ" else stored


async def career(
    session: AsyncSession, official_id: UUID, regions: Collection[str], day: date, known_at: datetime
) -> tuple[Person, list[Dated[Tenure[AppointmentState]]]]:
    """Everything that somebody of the caller's regions ever held, wherever (Art. 27), and how it stands on the day."""
    await read(session, OfficialState, official_id, regions, known_at)
    person, tenures = await persons.career(session, official_id, known_at=known_at)
    return person, [Dated(_titled(one, day), dated(one.held, day).standing) for one in tenures]


def _titled(tenure: Tenure[AppointmentState], day: date) -> Tenure[AppointmentState]:
    """With the name that the organ had: on the day, or when the appointment ended before it."""
    last, organ = tenure.held.state.to_day, tenure.organ
    return replace(tenure, organ=replace(organ, name=organ.name_on(day if last is None else min(day, last))))


async def listed(
    session: AsyncSession, kind: type[S], paging: Paging, scope: Scope, equal: Mapping[str, Any]
) -> Listed[S]:
    """A page of one kind within the scope; `equal` are columns that must equal what is given, `None` meaning any."""
    return await lists.listing(session, kind, paging, scope, equal)


async def appointments(
    session: AsyncSession, paging: Paging, scope: Scope, *, official_id: UUID | None, **equal: Any
) -> Listed[AppointmentState]:
    """A page of appointments; those of an official include what was recorded under the person's other ids."""
    ids = () if official_id is None else await records.identities(session, [official_id], known_at=scope.known_at)
    more = [] if official_id is None else lists.held_by(ids)
    return await lists.listing(session, AppointmentState, paging, scope, equal, more=more)


async def organs(
    session: AsyncSession, paging: Paging, scope: Scope, *, undocumented: bool, q: str | None = None, **equal: Any
) -> Listed[OrganState]:
    """A page of organs, named as on the day; `undocumented`: with a role whose deciding document is not on record."""
    day = scope.as_of or date.max
    more = [*(lists.roles_undocumented() if undocumented else ()), *lists.searched(OrganState, q, scope)]
    more += lists.organ_named(equal.pop("name", None), day)
    found, cursor = await lists.listing(session, OrganState, paging, scope, equal, more=more)
    return [named(one, day) for one in found], cursor


async def regions(
    session: AsyncSession,
    paging: Paging,
    scope: Scope,
    *,
    unconfirmed: bool | None = None,
    q: str | None = None,
    **equal: Any,
) -> Listed[RegionState]:
    """A page of regions by code, as they are on the day; `unconfirmed`: whose competence nobody confirmed, or not."""
    day = scope.as_of or date.max
    more = lists.region_on_day(day, under=scope.under, **equal)
    more += lists.competence_confirmed(day, confirmed=not unconfirmed) if unconfirmed is not None else []
    more += lists.searched(RegionState, q, scope)
    found, cursor = await lists.listing(
        session, RegionState, paging, replace(scope, under=None), {}, ("code", "id"), more
    )
    return [rosters.on_day(one, day) for one in found], cursor


async def officials(
    session: AsyncSession, paging: Paging, scope: Scope, *, name: str | None, q: str | None = None
) -> Listed[OfficialState]:
    """A page of the officials registered, or by the day ever appointed, in the caller's regions.

    `q` is how a name, its pinyin, its initials or a code begins.
    """
    return await lists.officials(session, OfficialState, paging, scope, name, lists.searched(OfficialState, q, scope))


async def accidents(
    session: AsyncSession,
    paging: Paging,
    scope: Scope,
    *,
    first_day: date | None,
    last_day: date | None,
    **equal: Any,
) -> Listed[AccidentState]:
    """A page of accidents that happened by the day, the newest first, on days between two."""
    between = lists.accident_days(first_day, last_day)
    return await lists.listing(session, AccidentState, paging, scope, equal, ("occurred_at", "id"), between)


async def region(session: AsyncSession, code: str, day: date, known_at: datetime | None = None) -> Stored[RegionState]:
    """The region that had `code` on the day; 404 where none had."""
    found = await rosters.region_on(session, code, day, known_at=known_at)
    if found is None:
        raise absent()
    return found


async def readable(
    session: AsyncSession, code: str, day: date, known_at: datetime, regions: Collection[str]
) -> Stored[RegionState]:
    """The region for a question about its posts; 404 outside the caller's regions too."""
    found = await region(session, code, day, known_at)
    if not await within(session, found.path, regions):
        raise absent()
    return found


async def committee(
    session: AsyncSession,
    code: str,
    day: date,
    known_at: datetime,
    regions: Collection[str],
    *,
    exercise: bool = False,
) -> tuple[LeadingBodies, dict[UUID, Official]]:
    """The seats of a region's safety committee and its leading bodies, derived from posts, with those who sit there."""
    found = await readable(session, code, day, known_at, regions)
    roster = await rosters.load_roster(session, {code}, known_at=known_at)
    lookup = Lookup(roster, day, exercise=exercise or found.state.exercise)
    bodies = leading_bodies(facts_of.region_of(found.state), lookup)
    return bodies, await rosters.officials_named(session, bodies.officials, known_at=known_at)
