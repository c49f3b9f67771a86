"""Tier, administrative parent, competence and name of a region from a day on; registering, ending and looking back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts import shanghai_day
from services.registry.facts.answers import Stored
from services.registry.facts.regions import Dated, NewRegion, Placement
from services.registry.handlers.chains import lock_in_regions, revise_chains
from services.registry.handlers.saving import absent, becoming, changing, enter, region_for, save
from services.registry.repository import rosters
from services.registry.rules.divisions import region_id
from services.registry.rules.regions_over_time import (
    check_below,
    check_confirmation,
    check_day,
    check_end,
    check_tier,
    moved_along,
    set_from,
)
from services.registry.rules.zones import check_new_region, check_not_a_zone
from shared.contracts.registry import (
    DatedCompetencePart,
    DatedNamePart,
    DatedParentPart,
    DatedTierPart,
    RegionChanged,
    RegionEnded,
    RegionRegistered,
    RegionState,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Region, Span, Tier


@dataclass(frozen=True, slots=True)
class Change:
    """From which day on, by which document, and why it is recorded."""

    from_day: date
    document: str
    reason: str


@dataclass(frozen=True, slots=True)
class CodeHistory:
    """A region that had a code, with what came before it and after it."""

    region: Stored[RegionState]
    predecessors: tuple[Stored[RegionState], ...]
    successors: tuple[Stored[RegionState], ...]


async def change_tier(
    work: UnitOfWork, code: str, expected: int | None, change: Change, *, tier: Tier
) -> Stored[RegionState]:
    """The region has another tier from a day on; parent and competence stay as they are."""
    found = await _changing(work, code, change.from_day, expected)
    region = _on(found, change.from_day)
    parent = await _region(work.session, region.admin_parent, change.from_day)
    obey(check_tier(region, tier, parent, await _children(work.session, code, change.from_day)))
    entries = set_from(_tiers(found.state), Dated(change.from_day, tier.value, change.document))
    parts = tuple(DatedTierPart(tier=one.value, from_day=one.from_day, document=one.document) for one in entries)
    return await _save(work, found, change, tiers=parts)


async def confirm_competence(
    work: UnitOfWork, code: str, expected: int | None, change: Change, *, competence: Tier | None
) -> Stored[RegionState]:
    """At which level a region investigates from a day on, as a document confirms it; `None` withdraws it."""
    obey(check_confirmation(competence, change.document))
    found = await _changing(work, code, change.from_day, expected)
    value = None if competence is None else competence.value
    entries = set_from(_competences(found.state), Dated(change.from_day, value, change.document))
    parts = tuple(
        DatedCompetencePart(competence=one.value, from_day=one.from_day, document=one.document) for one in entries
    )
    return await _save(work, found, change, competences=parts)


async def rename(
    work: UnitOfWork, code: str, expected: int | None, change: Change, *, name: str
) -> Stored[RegionState]:
    """The region has another name from a day on; it stays the same region, and nothing that happened in it changes."""
    found = await _changing(work, code, change.from_day, expected)
    entries = set_from(_names(found.state), Dated(change.from_day, name, change.document))
    parts = tuple(DatedNamePart(name=one.value, from_day=one.from_day, document=one.document) for one in entries)
    return await _put(work, becoming(RegionChanged, found.state, names=parts), change)


async def change_parent(
    work: UnitOfWork, code: str, expected: int | None, change: Change, *, admin_parent: str
) -> Stored[RegionState]:
    """The region lies below another from a day on, and everything below it moves along; tiers stay.

    Accidents there since that day are renewed: they lie where their place lay on their day, as it is known now.
    """
    await enter(work)
    below = await rosters.regions_with(work.session, below=code)
    found = await _changing(work, code, change.from_day, expected, [Ref("region", one.state.id) for one in below])
    below = await rosters.regions_with(work.session, below=code)
    region = _on(found, change.from_day)
    parent = await region_for(work, admin_parent, change.from_day)
    obey(check_below(region.tier, facts_of.region_of(parent.state), code))
    placed = Placement(admin_parent, (*parent.path, code))
    entries = set_from(_placements(found.state), Dated(change.from_day, placed, change.document))
    days = _lasting(entries, change.from_day)
    touched = await lock_in_regions(work, {code: (days,)})
    saved = await _put(work, becoming(RegionChanged, found.state, parents=_parent_parts(entries)), change)
    for one in below:
        moved = moved_along(_placements(one.state), code, days, placed.path)
        if moved != _placements(one.state):
            await _put(work, becoming(RegionChanged, one.state, parents=_parent_parts(moved)), change)
    await revise_chains(work, touched, reason=change.reason)
    return saved


async def register_region(work: UnitOfWork, new: NewRegion, tier: Tier) -> Stored[RegionState]:
    """Register a division that no list has yet, e.g. what comes after one that ends."""
    await enter(work)
    obey(check_not_a_zone(tier))
    return await put_new(work, new, tier)


async def put_new(
    work: UnitOfWork, new: NewRegion, tier: Tier, managing_organ_id: UUID | None = None
) -> Stored[RegionState]:
    """Keep a new region below its parent; its competence is for somebody to confirm."""
    parent = await region_for(work, new.admin_parent, new.from_day)
    identity = region_id(new.code, new.from_day)
    await work.lock(Ref("region", identity))
    same = await rosters.regions_with(work.session, code=new.code)
    spans = [Span(one.state.from_day, one.state.to_day) for one in same]
    obey(check_new_region(new, tier, facts_of.region_of(parent.state), spans))
    event = RegionRegistered(
        id=identity,
        code=new.code,
        name=new.name,
        tier=tier.value,
        code_parent=new.admin_parent,
        admin_parent=new.admin_parent,
        path=(*parent.path, new.code),
        from_day=new.from_day,
        exercise=parent.state.exercise,
        managing_organ_id=managing_organ_id,
        document=new.document,
    )
    return await save(work, event, event.path, reason=new.document)


async def end(
    work: UnitOfWork, code: str, expected: int | None, change: Change, *, successor_codes: Sequence[str]
) -> Stored[RegionState]:
    """The region ends the day before `change.from_day`; on that day its successors exist."""
    last_day = change.from_day - timedelta(days=1)
    found = await _changing(work, code, last_day, expected)
    next_day = await rosters.regions_on(work.session, successor_codes, change.from_day)
    missing = sorted(set(successor_codes) - {one.code for one in next_day})
    children = [one.name for one in await _children(work.session, code, change.from_day)]
    organs = [one.state.name for one in await rosters.organs_on(work.session, code, change.from_day)]
    obey(check_end(Span(found.state.from_day, found.state.to_day), last_day, children, organs, missing))
    event = becoming(
        RegionEnded, found.state, to_day=last_day, successor_codes=tuple(successor_codes), ended_by=change.document
    )
    return await _emit(work, found, event, change)


async def code_history(session: AsyncSession, code: str, known_at: datetime | None = None) -> tuple[CodeHistory, ...]:
    """Every region that ever had a code, earliest first; 404 where none had."""
    found = await rosters.regions_with(session, code=code, known_at=known_at)
    if not found:
        raise absent()
    before = await rosters.regions_succeeding_to(session, code, known_at=known_at)
    return tuple(
        [
            CodeHistory(
                one,
                tuple(old for old in before if old.state.to_day == one.state.from_day - timedelta(days=1)),
                tuple(await _after(session, one.state, known_at)),
            )
            for one in sorted(found, key=lambda region: region.state.from_day)
        ]
    )


async def _after(session: AsyncSession, ended: RegionState, known_at: datetime | None) -> Iterable[Stored[RegionState]]:
    if ended.to_day is None:
        return []
    day = ended.to_day + timedelta(days=1)
    found = [await rosters.region_on(session, code, day, known_at=known_at) for code in ended.successor_codes]
    return [one for one in found if one is not None]


async def _changing(
    work: UnitOfWork, code: str, day: date, expected: int | None, also: Collection[Ref] = ()
) -> Stored[RegionState]:
    """Lock and load the region that had the code on the day; 404 outside one's regions."""
    await enter(work)
    seen = await rosters.region_on(work.session, code, day)
    if seen is None:
        raise absent()
    found = await changing(work, RegionState, seen.state.id, expected, also)
    obey(check_day(Span(found.state.from_day, found.state.to_day), day))
    return found


async def _save(work: UnitOfWork, found: Stored[RegionState], change: Change, **changes: Any) -> Stored[RegionState]:
    return await _emit(work, found, becoming(RegionChanged, found.state, **changes), change)


async def _emit(
    work: UnitOfWork, found: Stored[RegionState], event: RegionState, change: Change
) -> Stored[RegionState]:
    touched = await lock_in_regions(work, {found.state.code: (Span(change.from_day),)})
    saved = await _put(work, event, change)
    await revise_chains(work, touched, reason=change.reason)
    return saved


async def _put(work: UnitOfWork, event: RegionState, change: Change) -> Stored[RegionState]:
    """Save a region with its plain fields as they are on the day of recording."""
    current = facts_of.region_state_on(event, shanghai_day(work.recorded_at))
    return await save(work, current, current.path, reason=change.reason)


def _on(found: Stored[RegionState], day: date) -> Region:
    return facts_of.region_of(rosters.on_day(found, day).state)


async def _region(session: AsyncSession, code: str | None, day: date) -> Region | None:
    found = None if code is None else await rosters.region_on(session, code, day)
    return None if found is None else facts_of.region_of(found.state)


async def _children(session: AsyncSession, code: str, day: date) -> list[Region]:
    below = await rosters.regions_with(session, below=code)
    by_date = (one for region in below for one in facts_of.regions_of(region.state))
    return [one for one in by_date if one.admin_parent == code and one.span.covers(day)]


def _tiers(state: RegionState) -> tuple[Dated[str], ...]:
    known = tuple(Dated(one.from_day, one.tier, one.document) for one in state.tiers)
    return known or (Dated(state.from_day, state.tier),)


def _names(state: RegionState) -> tuple[Dated[str], ...]:
    known = tuple(Dated(one.from_day, one.name, one.document) for one in state.names)
    return known or (Dated(state.from_day, state.name),)


def _competences(state: RegionState) -> tuple[Dated[str | None], ...]:
    known = tuple(Dated(one.from_day, one.competence, one.document) for one in state.competences)
    return known or (Dated(state.from_day, state.competence),)


def _placements(state: RegionState) -> tuple[Dated[Placement], ...]:
    known = tuple(Dated(one.from_day, Placement(one.admin_parent, one.path), one.document) for one in state.parents)
    return known or (Dated(state.from_day, Placement(state.admin_parent, state.path)),)


def _parent_parts(entries: Iterable[Dated[Placement]]) -> tuple[DatedParentPart, ...]:
    return tuple(
        DatedParentPart(
            admin_parent=one.value.admin_parent, path=one.value.path, from_day=one.from_day, document=one.document
        )
        for one in entries
    )


def _lasting(entries: Sequence[Dated[Placement]], day: date) -> Span:
    """From a day until the next entry."""
    later = [one.from_day for one in entries if one.from_day > day]
    return Span(day, min(later) - timedelta(days=1) if later else None)
