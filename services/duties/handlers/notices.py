"""Gives notices: two reminders before an obligation is due, one after it lapsed; each once, whoever sweeps.

A sweep walks the obligations of the open years in chunks, each a transaction of its own, and remembers how far it came.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.duties.facts.deadlines import Notice, Stage, SweepPosition, Swept
from services.duties.handlers import evaluation
from services.duties.repository import calendars, notices
from services.duties.repository.notices import NoticesAsked
from services.duties.rules.calendar import calendar_of, stages_on
from services.duties.rules.periods import shanghai_day
from services.duties.rules.projected import periods_of_year
from shared.contracts.duties.deadlines import NoticeGiven, NoticeState
from shared.kernel import clock
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.operations import Progress
from shared.kernel.pagination import Paging
from shared.kernel.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)
Sessions = async_sessionmaker[AsyncSession]
CHUNK = 500

__all__ = ["NoticesAsked", "adopt_notice", "list_notices", "sweep", "sweep_daily"]


async def sweep_daily(sessions: Sessions, now: datetime) -> Swept | None:
    """Go on with today's sweep where it stopped; `None` where today's is done."""
    today = shanghai_day(now)
    async with sessions() as session:
        came_to = await notices.position(session)
    if came_to is None or came_to.day != today:
        return await sweep(sessions, now)
    return None if came_to.finished else await sweep(sessions, now, came_to)


async def sweep(
    sessions: Sessions, now: datetime, start: SweepPosition | None = None, progress: Progress | None = None
) -> Swept:
    """Give every notice that is due on the day of `now`; safe to repeat, and to be cut off anywhere.

    Where the working calendar lacks a year, lapses are given and the reminders that need it are not: the answer and the
    log say which.

    Args:
        sessions: on the service's database.
        now: the moment of the sweep; its Asia/Shanghai day is the day of the notices.
        start: where to go on; the beginning by default.
        progress: is told how many obligations were looked at, of how many at most.
    """
    today = shanghai_day(now)
    done = Swept(today)
    years = await evaluation.open_horizon(sessions, today)
    async with sessions() as session:
        stages = await _stages(session, done, years)
        total = None if progress is None else await notices.number_due_on(session, stages)
    position: SweepPosition | None = start or SweepPosition(today)
    while position is not None:
        position = await _give_chunk(sessions, done, position, stages)
        if progress is not None:
            await progress(done.looked_at, total)
    told = log.warning if done.missing_years else log.info
    told("notices.swept", **asdict(done) | {"day": today.isoformat(), "unreminded_days": len(done.unreminded_days)})
    return done


async def _stages(session: AsyncSession, done: Swept, years: Collection[int]) -> dict[date, Stage]:
    """The stage of each due day of the open years; periods that ended before anybody kept records here have none."""
    born = await notices.born_at(session)
    if born is None:
        return {}
    calendar = calendar_of(one.fact for one in await calendars.years(session))
    days = {period.to_day for year in years for period in periods_of_year(year)}
    since = max(shanghai_day(born), date(done.day.year - 1, 1, 1))
    stages, unknown = stages_on(calendar, sorted(day for day in days if day >= since), done.day)
    done.missing_years, done.unreminded_days = tuple(sorted(set(unknown.values()))), tuple(unknown)
    return stages


async def _give_chunk(
    sessions: Sessions, done: Swept, position: SweepPosition, stages: Mapping[date, Stage]
) -> SweepPosition | None:
    async with UnitOfWork(sessions, service="duties", actor="notices") as work:
        due, came_to, seen = await notices.chunk(work.session, position, stages, clock.now(), CHUNK)
        given = await _give(work, due)
        await notices.put_position(work.session, came_to or replace(position, finished=True))
        await work.commit()
    done.looked_at += seen
    for one in given:
        done.given[one.stage.value] += 1
    return came_to


async def _give(work: UnitOfWork, due: Collection[Notice]) -> list[Notice]:
    """Give those that nobody has given: whoever else sweeps holds the same locks."""
    await work.lock(*(Ref("notice", one.id) for one in due))
    fresh = [one for one in due if not work.version(Ref("notice", one.id))]
    await notices.put_notices(work.session, fresh, work.recorded_at)
    for one in fresh:
        work.emit(_event(one), path=one.path, basis=(one.clause,), exercise=one.exercise)
    return fresh


def _event(one: Notice) -> NoticeGiven:
    return NoticeGiven.model_validate(asdict(one) | {"id": one.id, "holder_ids": one.holders})


async def adopt_notice(session: AsyncSession, event: NoticeState, delivery: Delivery) -> None:
    """Put a notice back after a restore."""
    values = event.model_dump(exclude={"id", "basis", "holder_ids"})
    made = Notice(**(values | {"stage": Stage(event.stage), "holders": event.holder_ids}))
    await notices.put_notices(session, [made], delivery.recorded_at)


async def list_notices(session: AsyncSession, asked: NoticesAsked, paging: Paging) -> tuple[list[Notice], str | None]:
    """One page of notices within the regions, the latest first."""
    return await notices.list_notices(session, asked, paging)
