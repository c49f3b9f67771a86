"""Regions: loading them all from the lists."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from services.registry import data
from services.registry.facts.answers import Stored
from services.registry.handlers.saving import becoming, enter
from services.registry.repository import lists, states
from services.registry.rules.divisions import exercise_regions, read_divisions
from shared.contracts.registry import RegionChanged, RegionRegistered, RegionState
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Region

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
        listed = facts_of.region_event(RegionRegistered, region)
        if region.id not in known:
            yield listed
            continue
        before = known[region.id].state
        after = becoming(RegionChanged, before, **_told_by_list(listed, before))
        if after.model_dump() != before.model_dump():
            yield after


def _told_by_list(listed: RegionState, known: RegionState) -> dict[str, Any]:
    """What a list may correct: not what somebody changed by date, confirmed, or ended since."""
    told = {"name", "code_parent"}
    told |= set() if known.tiers else {"tier"}
    told |= set() if known.parents else {"admin_parent", "path"}
    told |= set() if known.competences or known.competence is not None else {"competence"}
    told |= set() if known.ended_by is not None else {"to_day", "successor_codes"}
    return {name: getattr(listed, name) for name in told}
