"""Functional zones: what the list offers as candidates, and registering one with its managing organ."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import data
from services.registry.facts.answers import Stored
from services.registry.facts.regions import ManagingOrgan, NewRegion
from services.registry.handlers.chains import lock_touched, revise_chains
from services.registry.handlers.organs import ORGAN
from services.registry.handlers.regions_over_time import put_new
from services.registry.handlers.saving import enter, referred, region_for, save
from services.registry.repository import rosters
from services.registry.rules.divisions import Divisions, ZoneCandidate, read_divisions, region_id
from services.registry.rules.zones import check_managing_organ
from shared.contracts.registry import OrganRegistered, OrganState, RegionState
from shared.kernel.envelope import Ref
from shared.kernel.problems import obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Organ, Span, Tier


@dataclass(frozen=True, slots=True)
class Candidate:
    """A zone-like row of the list, the divisions listed under its code, and whether a region has the code now."""

    row: ZoneCandidate
    listed_below: tuple[str, ...]
    registered: bool


@cache
def _listed() -> Divisions:
    return read_divisions(data.rows(data.DIVISIONS), data.rows(data.CODE_HISTORY))


@cache
def _below() -> Mapping[str, tuple[str, ...]]:
    """The codes that the list puts below each code."""
    listed, below = _listed(), defaultdict[str, list[str]](list)
    pairs = [(one.code_parent, one.code) for one in listed.regions]
    for parent, code in (*pairs, *((one.code_parent, one.code) for one in listed.candidates)):
        below[parent or ""].append(code)
    return {code: tuple(sorted(codes)) for code, codes in below.items()}


async def candidates(
    session: AsyncSession, day: date, *, under: str | None, registered: bool | None, known_at: datetime
) -> list[Candidate]:
    """The rows that look like zones, by code; none is a region until somebody registers it."""
    rows = [one for one in _listed().candidates if under is None or under in {one.admin_parent, one.code_parent}]
    codes = [row.code for row in rows]
    known = {one.code for one in await rosters.regions_on(session, codes, day, known_at=known_at)}
    found = (Candidate(row, _below().get(row.code, ()), row.code in known) for row in rows)
    return [one for one in found if registered is None or one.registered is registered]


async def register(work: UnitOfWork, new: NewRegion, managing: ManagingOrgan) -> Stored[RegionState]:
    """Register a zone together with the organ that manages it, in one act."""
    await enter(work)
    parent = await region_for(work, new.admin_parent, new.from_day)
    exercise = parent.state.exercise
    organ_id = managing.organ_id or uuid4()
    await work.lock(Ref("region", region_id(new.code, new.from_day)), Ref("organ", organ_id))
    work.act_for(organ_id, parent.path)
    standing = None if managing.organ_id is None else await referred(work, OrganState, organ_id, ORGAN)
    found = None if standing is None else facts_of.organ_of(standing.state)
    obey(check_managing_organ(found, managing.kind, new.from_day, exercise=exercise))
    zone = await put_new(work, new, Tier.ZONE, organ_id)
    if standing is None:
        organ = Organ(organ_id, managing.name, managing.kind, new.code, Span(new.from_day), exercise=exercise)
        touched = await lock_touched(work, new.code, (organ.span,), exercise=exercise)
        await save(work, facts_of.organ_event(OrganRegistered, organ), zone.path, reason=new.document)
        await revise_chains(work, touched)
    return zone
