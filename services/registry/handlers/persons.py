"""Two records of one person: merging them, undoing it, and what is asked of a person under every id."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.answers import Person, PromotionBar, Stored, Tenure
from services.registry.handlers.chains import lock_all_touched, revise_chains
from services.registry.handlers.saving import absent, becoming, changing, enter, in_reach, referred, save
from services.registry.repository import people, persons, rosters
from services.registry.rules.appointments import check_same_world, flags
from services.registry.rules.merging import Persons, check_merge, check_separation
from shared.contracts.registry import (
    AppointmentCorrected,
    AppointmentState,
    OfficialMerged,
    OfficialSeparated,
    OfficialState,
    PromotionFlagged,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import Conflict, FieldError, Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Span

OFFICIAL = ("该人员", "the official")


async def hold(work: UnitOfWork, *officials: UUID) -> frozenset[UUID]:
    """Lock every record of these persons; the first lock after the gate, of whoever touches what a person holds.

    Merges pass the gate alone, so that nobody's records become more or fewer between the look and the lock.
    """
    identities = await persons.identities(work.session, officials)
    await work.lock(*(Ref("official", identity) for identity in identities))
    return identities


async def bars_against(
    session: AsyncSession, official_id: UUID, identities: Collection[UUID]
) -> dict[UUID, PromotionBar]:
    """Every veto and effect period of the person, under whichever id it was imposed, as standing against this one."""
    found = await people.bars_on(session, identities)
    return {identity: replace(bar, official_id=official_id) for identity, bar in found.items()}


async def flag_promotions(work: UnitOfWork, identities: Collection[UUID], *, reason: str) -> None:
    """Flag the person's promotions that a veto or effect period now stands against, or no longer does (Art. 23).

    No promotion is cancelled. The person is held.
    """
    promotions = await rosters.promotions_of(work.session, identities)
    await work.lock(*(Ref("appointment", one.state.id) for one in promotions))
    for stored in await rosters.promotions_of(work.session, identities):
        bars = await bars_against(work.session, stored.state.official_id, identities)
        now = flags(facts_of.appointment_of(stored.state), bars)
        if set(now) == set(stored.state.flags):
            continue
        kind = PromotionFlagged if set(now) - set(stored.state.flags) else AppointmentCorrected
        event = becoming(kind, stored.state, flags=now)
        await save(work, event, stored.path, basis=("art23",), reason=reason)


async def merge(
    work: UnitOfWork, official_id: UUID, expected: int | None, *, into: UUID, reason: str
) -> Stored[OfficialState]:
    """Say that a record is of the same person as another; both ids stay, and what was recorded under either."""
    await enter(work, alone=True)
    ids = await hold(work, official_id, into)
    found = await changing(work, OfficialState, official_id, expected)
    target = await referred(work, OfficialState, into, OFFICIAL)
    in_reach(work, target.path, OFFICIAL)
    theirs = await persons.identities(work.session, [into])
    if official_id in theirs:
        raise Conflict("already_one_person", "两条记录已是同一人", "the records are of one person already")
    for one in (found.state, target.state):
        _apart(one)
    obey(check_same_world(found.state.exercise, target.state.exercise))
    first, second = [
        [facts_of.appointment_of(one.state) for one in await persons.held_by(work.session, side)]
        for side in (ids - theirs, theirs)
    ]
    numbers = await persons.number_indexes(work.session, ids)
    obey(check_merge(first, second, numbers=numbers.values()))
    touched = await _touched(work, ids, exercise=found.state.exercise)
    event = becoming(OfficialMerged, found.state, merged_into=into)
    saved = await save(work, event, found.path, reason=reason)
    await flag_promotions(work, ids, reason=reason)
    await revise_chains(work, touched, reason=reason)
    return saved


async def _touched(work: UnitOfWork, identities: Collection[UUID], *, exercise: bool) -> tuple[UUID, ...]:
    """Lock the accidents whose chains may list one of these ids."""
    held = await persons.held_by(work.session, identities)
    regions = await rosters.regions_of_posts(work.session, {one.state.post_id for one in held})
    spans: dict[str, list[Span]] = defaultdict(list)
    for one in held:
        spans[regions[one.state.post_id]].append(Span(one.state.from_day, one.state.to_day))
    return await lock_all_touched(work, spans, exercise=exercise)


async def separate(work: UnitOfWork, official_id: UUID, expected: int | None, *, reason: str) -> Stored[OfficialState]:
    """Undo a merge while nothing that was recorded later rests on it."""
    await enter(work, alone=True)
    ids = await hold(work, official_id)
    found = await changing(work, OfficialState, official_id, expected)
    if found.state.merged_into is None:
        raise Conflict("not_merged", "该记录未合并", "the record is not merged")
    since = await persons.merged_since(work.session, official_id)
    later = await persons.recorded_since(work.session, ids, since)
    decision = check_separation(later)
    if not decision:
        rests = [FieldError(pointer=f"/{one}", detail="合并后登记 · recorded since the merge") for one in later]
        raise Refused(decision.code, decision.reason_zh, decision.reason_en, errors=rests, basis=decision.basis)
    touched = await _touched(work, ids, exercise=found.state.exercise)
    event = becoming(OfficialSeparated, found.state, merged_into=None)
    saved = await save(work, event, found.path, reason=reason)
    await revise_chains(work, touched, reason=reason)
    mine = await persons.identities(work.session, [official_id])
    for side in (mine, ids - mine):
        await flag_promotions(work, side, reason=reason)
    return saved


def _apart(state: OfficialState) -> None:
    if state.merged_into is not None:
        raise Conflict(
            "official_merged",
            f"该记录已合并至 {state.merged_into}",
            f"the record has been merged into {state.merged_into}",
        )


async def standing_official(work: UnitOfWork, official_id: UUID) -> Stored[OfficialState]:
    """The official whom a request names; 422 where not registered, 409 where merged, saying into which."""
    found = await referred(work, OfficialState, official_id, OFFICIAL)
    _apart(found.state)
    return found


async def person(session: AsyncSession, official_id: UUID, *, known_at: datetime | None = None) -> Person:
    """Every record of the person, and as which it answers; 404 where there was none by then."""
    ids = await persons.identities(session, [official_id], known_at=known_at)
    found = [facts_of.official_of(one.state) for one in await persons.records(session, ids, known_at=known_at)]
    if not any(one.id == official_id for one in found):
        raise absent()
    return Person(official_id, Persons(found).of(official_id), tuple(found))


async def career(
    session: AsyncSession, official_id: UUID, *, known_at: datetime | None
) -> tuple[Person, list[Tenure[AppointmentState]]]:
    """Everything that the person ever held, under whichever id and in whichever region (Art. 27)."""
    found = await person(session, official_id, known_at=known_at)
    ids = [one.id for one in found.records]
    return found, await persons.tenures(session, ids, known_at=known_at)
