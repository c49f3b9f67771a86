"""Keeps the projection of dated facts current, and makes it again from nothing (I9).

What changes a row re-evaluates what depends on it and nothing else: an appointment the acts of its post; a post the
posts beside it, on which of them presides (art10.2); a merger of two persons' records the acts of their posts; an
organ its posts; a region the posts in it; an act what it counts towards; the catalogue or an adopted reading the rules
that differ. Portfolios and names decide nothing here.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.duties.catalogue import load_catalogue
from services.duties.facts import Catalogue, Performance, Period
from services.duties.repository import projection
from services.duties.rules.projected import horizon, periods_of_year, rules_of
from shared.contracts.registry import RegistryEvent
from shared.kernel.unit_of_work import UnitOfWork

Sessions = async_sessionmaker[AsyncSession]
Progress = Callable[[int, int | None], Awaitable[None]]
_CHANGED = "roster_changed"  # in the session: ids by aggregate type
_FOLLOWED = frozenset({"region", "organ", "post", "appointment", "official"})


def _by_year(years: Collection[int]) -> dict[int, tuple[Period, ...]]:
    return {year: periods_of_year(year) for year in sorted(years)}


def _periods(years: Collection[int]) -> list[Period]:
    return [period for periods in _by_year(years).values() for period in periods]


async def open_horizon(sessions: Sessions, today: date) -> Collection[int]:
    """Evaluate the years around today that nobody evaluated yet, and all by today's catalogue; answers what is open."""
    current = load_catalogue()
    async with sessions() as session, session.begin():
        years = await projection.evaluated_years(session)
        if set(years.values()) - {current.version}:
            await follow_catalogue(session, current)
    for year in horizon(today):
        await open_year(sessions, year)
    async with sessions() as session:
        return await projection.open_years(session)


async def open_year(sessions: Sessions, year: int, progress: Progress | None = None) -> int:
    """Evaluate a year for every post, some at a time; one that is open stays as it is. Answers the rows written.

    Each step is a transaction of its own: it may be cut off anywhere, goes on where it stopped, and delays nobody. Who
    changes a post meanwhile evaluates the year for it.
    """
    async with sessions() as session, session.begin():
        if year in await projection.open_years(session):
            return 0
        await follow_catalogue(session, load_catalogue())
        await projection.begin_year(session, year, load_catalogue().version)
        total = await projection.number_of_posts(session)
    rows, done, through = 0, 0, True
    while through:
        async with sessions() as session, session.begin():
            written, posts, through = await _further(session, year)
        rows, done = rows + written, done + posts
        if progress is not None:
            await progress(done, max(done, total))
    return rows


async def _further(session: AsyncSession, year: int) -> tuple[int, int, bool]:
    """One step of opening a year; answers the rows written, for how many posts, and whether there may be more."""
    came_to = await projection.reached(session, year)
    if came_to is None:
        return 0, 0, False
    posts, through = await projection.next_posts(session, came_to)
    written = await projection.fill_posts(session, posts, _by_year([year]))
    await projection.reach(session, year, through)
    return written, len(posts), through is not None


async def follow_catalogue(session: AsyncSession, catalogue: Catalogue) -> int:
    """Evaluate the rules that differ from those of the years; answers the rows written."""
    await projection.lock_posts(session)
    changed = await projection.sync_rules(session, rules_of(catalogue))
    years = await projection.evaluated_years(session)
    await projection.mark_years(session, years, catalogue.version)
    return await projection.evaluate_rules(session, changed, _periods(years))


async def follow_adoption(session: AsyncSession, duty_id: str) -> int:
    """A reading of the duty was put into force, or ended: evaluate the duty (art30). Answers the rows written."""
    await projection.lock_posts(session)
    rules = await projection.rules_of_duty(session, duty_id)
    return await projection.evaluate_rules(session, rules, _periods(await projection.evaluated_years(session)))


async def follow_roster(work: UnitOfWork, event: RegistryEvent, today: date) -> None:
    """The roster's copy has taken an event: before the commit, evaluate what depends on it and the batch's others."""
    if event.AGGREGATE not in _FOLLOWED:
        return
    known = work.session.info
    if _CHANGED not in known:
        known[_CHANGED] = defaultdict(set)
        work.at_last(partial(_follow, work.session, known[_CHANGED], today))
    known[_CHANGED][event.AGGREGATE].add(event.id)


async def _follow(session: AsyncSession, changed: Mapping[str, Collection[UUID]], today: date) -> int:
    """Evaluate what depends on changed aggregates of the roster; answers the rows written."""
    owing = await _owing(session, changed)
    posts = {
        *owing,
        *await projection.posts_of_appointments(session, changed["appointment"]),
        *await projection.posts_of_merged(session, changed["official"]),
    }
    await projection.lock_posts(session, posts)
    years = await projection.evaluated_years(session)  # under the locks: whoever opens one has to wait for them
    if not years:
        return await _first(session, today)
    written = await projection.evaluate_posts(session, owing, _periods(years)) if owing else 0
    return written + await projection.evaluate_acts_of_posts(session, posts)


async def _owing(session: AsyncSession, changed: Mapping[str, Collection[UUID]]) -> Collection[UUID]:
    """The posts whose obligations change: of organs, in regions, and beside a post, of which one presides (art10.2)."""
    organs = {
        *changed["organ"],
        *await projection.organs_of_posts(session, changed["post"]),
        *await projection.organs_in(session, changed["region"]),
    }
    return await projection.posts_of_organs(session, organs)


async def _first(session: AsyncSession, today: date) -> int:
    """Open the horizon with the first events of all, while the copy holds hardly more than them."""
    current = load_catalogue()
    await follow_catalogue(session, current)
    await projection.mark_years(session, horizon(today), current.version)
    rows = 0
    after: str | None = projection.BEFORE_ALL
    while after is not None:
        posts, after = await projection.next_posts(session, after)
        rows += await projection.fill_posts(session, posts, _by_year(horizon(today)))
    return rows


async def follow_performance(session: AsyncSession, act: Performance) -> int:
    """A record was made, withdrawn or confirmed: evaluate what it counts towards. Answers the rows written."""
    named = {one.post_id for one in act.capacities}
    beside = await projection.posts_of_organs(session, [act.organ_id])
    return await projection.evaluate_performance(session, act.id, named | set(beside))


async def rebuild(sessions: Sessions, progress: Progress) -> dict[str, Any]:
    """Make the projection again from nothing, some posts at a time, each step one transaction; answers years and rows.

    What is kept for a post meanwhile is either what was there or what is made; nobody waits longer than a step takes.
    """
    async with sessions() as session, session.begin():
        await projection.lock_posts(session)
        await projection.sync_rules(session, rules_of(load_catalogue()))
        years = await projection.evaluated_years(session)
        await projection.mark_years(session, years, load_catalogue().version)
        total = await projection.number_of_posts(session)
        rows = await projection.fill_beside(session)
        await projection.fill_posts(session, await projection.posts_left(session), _by_year(years))
    done = 0
    after: str | None = projection.BEFORE_ALL
    await progress(done, total)
    while after is not None:
        async with sessions() as session, session.begin():
            posts, after = await projection.next_posts(session, after)
            rows += await projection.fill_posts(session, posts, _by_year(years))
        done += len(posts)
        await progress(done, max(done, total))
    return {"years": sorted(years), "posts": done, "rows": rows}
