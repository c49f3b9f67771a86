"""Regions: loading them all from the lists."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.registry import data
from services.registry.facts.answers import Stored
from services.registry.handlers.chains import lock_in_regions, revise_chains
from services.registry.handlers.saving import becoming, enter
from services.registry.repository import lists, states
from services.registry.rules.divisions import earlier_parent, exercise_regions, read_divisions, source_of
from shared.contracts.registry import (
    DatedCompetencePart,
    DatedParentPart,
    RegionChanged,
    RegionRegistered,
    RegionState,
)
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Region, Span

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
    """Register what is new and correct what differs, chunk by chunk; an interrupted load goes on where it stopped.

    Accidents in a region that is corrected are renewed with it.
    """
    registered = changed = 0
    others = {one.code: one for one in regions if one.span.to_day is None}
    await progress(0, len(regions))
    for start in range(0, len(regions), CHUNK):
        chunk = regions[start : start + CHUNK]
        async with transactions() as work:
            new, differing = await _load(work, chunk, others)
            await work.commit()
        registered, changed = registered + new, changed + differing
        await progress(start + len(chunk), len(regions))
    return {"regions": len(regions), "registered": registered, "changed": changed}


async def _load(work: UnitOfWork, chunk: Sequence[Region], others: Mapping[str, Region]) -> tuple[int, int]:
    await enter(work)
    await work.lock(*(Ref("region", one.id) for one in chunk))
    known = {one.state.id: one for one in await lists.by_ids(work.session, RegionState, [one.id for one in chunk])}
    events = list(_events(chunk, known, others))
    corrected = [one for one in events if isinstance(one, RegionChanged)]
    touched = await lock_in_regions(work, {one.code: (Span(one.from_day, one.to_day),) for one in corrected})
    versions = [(event, work.emit(event, path=event.path, exercise=event.exercise), event.path) for event in events]
    await states.put_all(work.session, versions, recorded_at=work.recorded_at)
    await revise_chains(work, touched, reason="区划名录更正 · the list of divisions was corrected")
    return len(events) - len(corrected), len(corrected)


def _listed(region: Region, others: Mapping[str, Region]) -> RegionRegistered:
    """The region as the list gives it, with what its competence rests on, and its parent of earlier days."""
    event = facts_of.region_event(RegionRegistered, region)
    changes: dict[str, Any] = {}
    if region.competence is not None:
        source = source_of(region.competence, exercise=region.exercise)
        first = DatedCompetencePart(competence=region.competence, from_day=region.span.from_day, document=source)
        changes["competences"] = (first,)
    if earlier := earlier_parent(region, others):
        parent, path, founded = earlier
        now = DatedParentPart(admin_parent=region.admin_parent, path=region.path, from_day=founded)
        then = DatedParentPart(admin_parent=parent, path=path, from_day=region.span.from_day)
        changes["parents"] = (then, now)
    return becoming(RegionRegistered, event, **changes)


def _events(
    chunk: Sequence[Region], known: Mapping[UUID, Stored[RegionState]], others: Mapping[str, Region]
) -> Iterator[RegionState]:
    for region in chunk:
        listed = _listed(region, others)
        if region.id not in known:
            yield listed
            continue
        before = known[region.id].state
        after = becoming(RegionChanged, before, **_told_by_list(listed, before))
        if after.model_dump() != before.model_dump():
            yield after


def _told_by_list(listed: RegionState, known: RegionState) -> dict[str, Any]:
    """What a list may correct: not what somebody changed by date, confirmed, or ended since."""
    told = {"code_parent"}
    told |= set() if known.names else {"name"}
    told |= set() if known.tiers else {"tier"}
    told |= {"admin_parent", "path", "parents"} if _by_list(known.parents, listed.parents) else set()
    told |= {"competence", "competences"} if _by_list(known.competences, listed.competences) else set()
    told |= set() if known.ended_by is not None else {"to_day", "successor_codes"}
    return {name: getattr(listed, name) for name in told}


def _by_list(known: Sequence[Any], listed: Sequence[Any]) -> bool:
    """Whether nobody has said more by date than a list did."""
    return {one.document for one in known} <= {one.document for one in listed}
