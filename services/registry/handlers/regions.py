"""Regions: loading them all, and confirming who investigates."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.registry import data
from services.registry.facts.answers import Stored
from services.registry.handlers.saving import absent, becoming, changing, enter, save
from services.registry.repository import lists, rosters, states
from services.registry.rules.divisions import exercise_regions, read_divisions
from shared.contracts.registry import RegionChanged, RegionRegistered, RegionState
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Region, Tier

CHUNK = 200
Progress = Callable[[int, int | None], Awaitable[None]]
Transactions = Callable[[], UnitOfWork]


def divisions(*, exercise_only: bool) -> tuple[Region, ...]:
    """What the lists hold, parents first: all of Hebei, past and present, and the exercise regions.

    With `exercise_only` the exercise regions and the province that they lie in.
    """
    read = read_divisions(data.rows(data.DIVISIONS), data.rows(data.CODE_HISTORY))
    hebei = read.regions[:1] if exercise_only else (*read.regions, *read.former)
    return (*hebei, *exercise_regions())


async def load_divisions(transactions: Transactions, regions: Sequence[Region], progress: Progress) -> dict[str, Any]:
    """Register what is new and correct what differs, chunk by chunk; an interrupted load goes on where it stopped."""
    registered = changed = 0
    await progress(0, len(regions))
    for start in range(0, len(regions), CHUNK):
        chunk = regions[start : start + CHUNK]
        async with transactions() as work:
            new, differing = await _load(work, chunk)
            await work.commit()
        registered, changed = registered + new, changed + differing
        await progress(start + len(chunk), len(regions))
    return {"regions": len(regions), "registered": registered, "changed": changed}


async def _load(work: UnitOfWork, chunk: Sequence[Region]) -> tuple[int, int]:
    await enter(work)
    await work.lock(*(Ref("region", one.id) for one in chunk))
    known = {one.state.id: one for one in await lists.by_ids(work.session, RegionState, [one.id for one in chunk])}
    events = list(_events(chunk, known))
    versions = [(event, work.emit(event, path=event.path, exercise=event.exercise), event.path) for event in events]
    await states.put_all(work.session, versions, recorded_at=work.recorded_at)
    new = sum(isinstance(event, RegionRegistered) for event in events)
    return new, len(events) - new


def _events(chunk: Sequence[Region], known: dict[Any, Stored[RegionState]]) -> Iterator[RegionState]:
    for region in chunk:
        if region.id not in known:
            yield facts_of.region_event(RegionRegistered, region)
            continue
        before = facts_of.region_of(known[region.id].state)
        confirmed = replace(region, competence=before.competence or region.competence)
        if confirmed != before:
            yield facts_of.region_event(RegionChanged, confirmed)


async def confirm_competence(
    work: UnitOfWork, code: str, day: date, expected: int | None, *, competence: Tier | None, reason: str
) -> Stored[RegionState]:
    """Register at which level a region investigates, as somebody competent confirmed it."""
    await enter(work)
    found = await rosters.region_on(work.session, code, day)
    if found is None:
        raise absent()
    region = await changing(work, RegionState, found.state.id, expected)
    event = becoming(RegionChanged, region.state, competence=None if competence is None else competence.value)
    return await save(work, event, region.path, reason=reason)
