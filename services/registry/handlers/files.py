"""An accident's file: a version with everything that is derived from it for a day."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts import SHANGHAI, Accident, Authority, shanghai_day
from services.registry.facts.answers import AccidentFile, ReportClock, Stored
from services.registry.facts.proceedings import Lacking
from services.registry.handlers.parts import accident_of, steps_of, targets_of
from services.registry.handlers.proceeding_parts import proceedings_of
from services.registry.handlers.saving import read
from services.registry.repository import lists, rosters
from services.registry.repository.lists import Scope
from services.registry.rules.closing import alarms, lacking_for_closing
from services.registry.rules.deadlines import deadlines
from services.registry.rules.investigation import check_competence
from services.registry.rules.level import decide_level, investigating_organ
from services.registry.rules.report_clock import check_clock
from shared.contracts.registry import AccidentState
from shared.kernel.pagination import Paging
from shared.kernel.unit_of_work import UnitOfWork
from shared.statute.decision import Decision

File = AccidentFile[AccidentState]


@dataclass(frozen=True, slots=True)
class When:
    """The day asked about, what was known (None: everything), and the present moment."""

    now: datetime
    as_of: date | None = None
    known_at: datetime | None = None

    @property
    def day(self) -> date:
        """The day asked about; by default that of the moment."""
        return self.as_of or shanghai_day(self.moment)

    @property
    def moment(self) -> datetime:
        """Until when steps of reporting have happened: now, or the end of another day that is asked about."""
        now = self.known_at or self.now
        if self.as_of is None or self.as_of == shanghai_day(now):
            return now
        return datetime.combine(self.as_of, time.max, SHANGHAI)


async def read_accident(session: AsyncSession, accident_id: UUID, regions: Collection[str], when: When) -> File:
    """An accident with its level, clock, deadlines, alarms and the names in its chain."""
    stored = await read(session, AccidentState, accident_id, regions, when.known_at)
    return await _opened(session, stored, when, named=True)


async def filed(work: UnitOfWork, stored: Stored[AccidentState]) -> File:
    """The file as it stands with what was just recorded."""
    return await _opened(work.session, stored, When(work.recorded_at), named=True)


async def lacking_on(work: UnitOfWork, stored: Stored[AccidentState], day: date) -> tuple[Lacking, ...]:
    """What was not on file by a day, as known now."""
    return (await _opened(work.session, stored, When(work.recorded_at, day), named=False)).lacking


async def alarming(session: AsyncSession, paging: Paging, scope: Scope, when: When) -> tuple[list[File], str | None]:
    """Of a page of accidents, the newest first, those with alarms; a page may hold fewer than there is room for."""
    by_the_day = replace(scope, as_of=when.day)
    found, cursor = await lists.listing(session, AccidentState, paging, by_the_day, {}, ("occurred_at", "id"))
    files = [await _opened(session, one, when, named=False) for one in found]
    return [file for file in files if file.alarms], cursor


async def _opened(session: AsyncSession, stored: Stored[AccidentState], when: When, *, named: bool) -> File:
    state = stored.state
    accident = accident_of(state)
    level, steps = decide_level(accident), proceedings_of(state)
    clock = await _clock(session, state, accident, when)
    competent = Authority(state.investigated_by)
    due = deadlines(accident.day, level.level, steps, when.day)
    lacking = lacking_for_closing(accident, level, clock, steps, when.day)
    people = {one.official_id for one in state.chain if one.official_id is not None} if named else set()
    return AccidentFile(
        stored=stored,
        accident=accident,
        level=level,
        clock=clock,
        steps=steps,
        deadlines=due,
        lacking=lacking,
        alarms=()
        if state.annulled
        else (
            *await _unknown_organ(session, state, accident, when),
            *alarms(level.investigated_by, competent, steps, due, lacking, when.day, clock),
        ),
        as_of=when.day,
        names=await rosters.officials_named(session, people, known_at=when.known_at) if people else {},
    )


async def _unknown_organ(
    session: AsyncSession, state: AccidentState, accident: Accident, when: When
) -> tuple[Decision, ...]:
    """Whose competence nobody has confirmed, where that leaves the investigating organ unknown."""
    if state.investigating_region is not None:
        return ()
    path = await rosters.regions_on(session, accident.path, accident.day, known_at=when.known_at)
    known = check_competence(investigating_organ(Authority(state.investigated_by), path))
    return () if known else (known,)


async def _clock(session: AsyncSession, state: AccidentState, accident: Accident, when: When) -> ReportClock | None:
    happened = [step for step in steps_of(state) if step.withdrawn is None and step.received_at <= when.moment]
    if not happened:
        return None
    path = await rosters.regions_on(session, accident.path, accident.day, known_at=when.known_at)
    return check_clock(happened, targets_of(state), as_of=when.moment, levels={one.tier for one in path})
