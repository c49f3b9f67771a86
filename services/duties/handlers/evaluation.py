"""Keeps the projection of dated facts current, and makes it again from nothing (I9).

What changes a row re-evaluates what depends on it and nothing else: an appointment the acts of its post; a post the
posts beside it, on which of them presides (art10.2); a merger of two persons' records the acts of their posts; an
organ its posts; a region the posts in it; an act what it counts towards; the catalogue or an adopted reading the rules
that differ. Portfolios and names decide nothing here.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.duties.catalogue import load_catalogue
from services.duties.facts import Catalogue, Performance, Period
from services.duties.repository import projection
from services.duties.rules.projected import horizon, periods_of_year, rules_of
from shared.contracts.registry import (
    AppointmentState,
    OfficialState,
    OrganState,
    PostState,
    RegionState,
    RegistryEvent,
)
from shared.kernel.unit_of_work import UnitOfWork

Progress = Callable[[int, int | None], Awaitable[None]]


def _periods(years: Collection[int]) -> list[Period]:
    return [period for year in sorted(years) for period in periods_of_year(year)]


async def open_horizon(session: AsyncSession, today: date, catalogue: Catalogue | None = None) -> Collection[int]:
    """Evaluate the years around today that nobody evaluated yet, and all by today's catalogue; answers what is open."""
    current = catalogue or load_catalogue()
    years = await projection.open_years(session)
    if set(years.values()) - {current.version}:
        await follow_catalogue(session, current)
    for year in horizon(today):
        if year not in years:
            await open_year(session, year, current)
    return years.keys() | set(horizon(today))


async def open_year(session: AsyncSession, year: int, catalogue: Catalogue | None = None) -> int:
    """Evaluate a year for every post; one that is open stays as it is. Answers the rows written."""
    current = catalogue or load_catalogue()
    await projection.lock_posts(session)
    if year in await projection.open_years(session):
        return 0
    await follow_catalogue(session, current)
    await projection.mark_years(session, [year], current.version)
    return await projection.fill_year(session, year, periods_of_year(year))


async def open_year_alone(sessions: async_sessionmaker[AsyncSession], year: int) -> dict[str, Any]:
    """Evaluate a year in a transaction of its own; answers the rows written."""
    async with sessions() as session, session.begin():
        return {"year": year, "rows": await open_year(session, year)}


async def follow_catalogue(session: AsyncSession, catalogue: Catalogue) -> int:
    """Evaluate the rules that differ from those of the open years; answers the rows written."""
    await projection.lock_posts(session)
    changed = await projection.sync_rules(session, rules_of(catalogue))
    years = await projection.open_years(session)
    await projection.mark_years(session, years, catalogue.version)
    return await projection.evaluate_rules(session, changed, _periods(years))


async def follow_adoption(session: AsyncSession, duty_id: str) -> int:
    """A reading of the duty was put into force, or ended: evaluate the duty (art30). Answers the rows written."""
    await projection.lock_posts(session)
    rules = await projection.rules_of_duty(session, duty_id)
    return await projection.evaluate_rules(session, rules, _periods(await projection.open_years(session)))


async def follow_roster(work: UnitOfWork, event: RegistryEvent, today: date) -> int:
    """The roster's copy has taken an event: evaluate what depends on it. Answers the rows written."""
    session = work.session
    years = await open_horizon(session, today)
    if isinstance(event, AppointmentState):
        return await projection.evaluate_acts_of_posts(
            session, await projection.posts_of_appointment(session, event.id)
        )
    if isinstance(event, OfficialState):
        return await projection.evaluate_acts_of_posts(session, await projection.posts_of_merged(session, event.id))
    posts = await _owing(session, event)
    if not posts:
        return 0
    written = await projection.evaluate_posts(session, posts, _periods(years))
    return written + await projection.evaluate_acts_of_posts(session, posts)


async def _owing(session: AsyncSession, event: RegistryEvent) -> Sequence[UUID]:
    """The posts whose obligations an event may change."""
    if isinstance(event, PostState):
        return await projection.posts_beside(session, event.id)
    if isinstance(event, OrganState):
        return await projection.posts_of_organ(session, [event.id])
    if isinstance(event, RegionState):
        codes = await projection.codes_of(session, event.id)
        return await projection.posts_of_organ(session, await projection.organs_in(session, codes))
    return ()


async def follow_performance(session: AsyncSession, act: Performance) -> int:
    """A record was made, withdrawn or confirmed: evaluate what it counts towards. Answers the rows written."""
    named = {one.post_id for one in act.capacities}
    beside = await projection.posts_of_organ(session, [act.organ_id])
    return await projection.evaluate_performance(session, act.id, named | set(beside))


async def rebuild(sessions: async_sessionmaker[AsyncSession], progress: Progress) -> dict[str, Any]:
    """Make the projection again from nothing, year by year, each in one transaction; answers years and rows."""
    async with sessions() as session:
        years = sorted(await projection.open_years(session))
    rows = 0
    await progress(0, len(years))
    for number, year in enumerate(years, start=1):
        async with sessions() as session, session.begin():
            await projection.lock_posts(session)
            await projection.sync_rules(session, rules_of(load_catalogue()))
            rows += await projection.fill_year(session, year, periods_of_year(year))
            await projection.mark_years(session, [year], load_catalogue().version)
        await progress(number, len(years))
    return {"years": years, "rows": rows}
