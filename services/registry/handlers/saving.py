"""What the verbs share: the gate between roster and chains, what a caller may change, saving a version."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.answers import Stored
from services.registry.repository import persons, rosters, states
from shared.contracts.registry import OfficialState, OrganState, RegionState, RegistryEvent
from shared.kernel.envelope import Ref
from shared.kernel.problems import Forbidden, NotFound, Refused
from shared.kernel.unit_of_work import UnitOfWork

S = TypeVar("S", bound=RegistryEvent)
E = TypeVar("E", bound=RegistryEvent)

_GATE = {
    True: sa.text("SELECT pg_advisory_xact_lock(hashtext('gate'), hashtext('roster'))"),
    False: sa.text("SELECT pg_advisory_xact_lock_shared(hashtext('gate'), hashtext('roster'))"),
}


async def enter(work: UnitOfWork, *, deriving: bool = False, alone: bool = False) -> None:
    """The first step of whoever changes the roster, and (`deriving`) of whoever derives a chain from it.

    Roster changes pass together; a derivation passes `alone`, so that no change commits unseen beside it, and so does a
    merge of records, so that nobody's records change meanwhile. The gate comes before every aggregate's lock, so that
    none of them wait for one another.
    """
    await work.session.execute(_GATE[deriving or alone])


def absent() -> NotFound:
    """Not there, or outside the caller's regions."""
    return NotFound("not_found", "没有这项记录", "there is no such record")


def unknown(what_zh: str, what_en: str) -> Refused:
    """A request names something that is not registered, or not in the caller's regions."""
    return Refused("unknown_reference", f"{what_zh}未登记", f"{what_en} is not registered")


async def region_for(work: UnitOfWork, code: str, day: date) -> Stored[RegionState]:
    """The region in which something new is registered; 422 where unknown on that day, 403 outside one's regions."""
    found = await rosters.region_on(work.session, code, day)
    if found is None:
        raise unknown("该行政区划或功能区当日", "the region on that day")
    in_jurisdiction(work, found.path)
    return found


def in_jurisdiction(work: UnitOfWork, path: Sequence[str]) -> None:
    """Raise 403 where something would be registered outside the caller's regions."""
    if not work.may_act_in(path):
        raise Forbidden("region_outside_grant", "超出授权的地区范围", "the region is outside your grant")


def in_reach(work: UnitOfWork, path: Sequence[str], what: tuple[str, str]) -> None:
    """Raise 422 where a request names something outside the caller's regions, as if it were not registered."""
    if not work.may_act_in(path):
        raise unknown(*what)


async def acting_for(work: UnitOfWork, organ: Stored[OrganState]) -> None:
    """Raise 403 where the caller's grants do not reach the organ for which something is recorded."""
    here = work.may_act_in(organ.path)
    work.act_for(organ.state.id, organ.path if here else tuple(await rosters.ever_above(work.session, organ.path)))


async def acts_in(work: UnitOfWork, path: Sequence[str]) -> bool:
    """Whether the caller's regions contain a path: that of its time, or where a region on it has moved, any other."""
    return work.may_act_in(path) or work.may_act_in(tuple(await rosters.ever_above(work.session, path)))


async def referred(work: UnitOfWork, kind: type[S], identity: UUID, what: tuple[str, str]) -> Stored[S]:
    """Something that a request names by id; 422 where it is not registered."""
    found = await states.one(work.session, kind, identity)
    if found is None:
        raise unknown(*what)
    return found


async def changing(
    work: UnitOfWork, kind: type[S], identity: UUID, expected: int | None, also: Collection[Ref] = ()
) -> Stored[S]:
    """Lock and load what a caller wants to change; 404 outside one's regions, 412, 428."""
    ref = Ref(kind.AGGREGATE, identity)
    await work.lock(ref, *also)
    found = await states.one(work.session, kind, identity)
    if found is None or not await acts_in(work, found.path):
        raise absent()
    await work.lock_existing(ref, expected)
    return found


async def save(
    work: UnitOfWork,
    event: S,
    path: Sequence[str],
    *,
    reason: str | None = None,
    basis: Iterable[str] = (),
    occurred_at: datetime | None = None,
) -> Stored[S]:
    """Emit what happened and keep the new version."""
    version = work.emit(
        event,
        path=path,
        basis=basis,
        reason=reason,
        exercise=bool(getattr(event, "exercise", False)),
        occurred_at=occurred_at,
    )
    await states.put(work.session, event, version=version, recorded_at=work.recorded_at, path=path)
    return Stored(event, version, work.recorded_at, tuple(path))


def becoming(kind: type[E], state: RegistryEvent, **changes: Any) -> E:
    """The event that `state` with these changes is now the state."""
    return kind.model_validate(state.model_dump() | changes)


async def read(
    session: AsyncSession,
    kind: type[S],
    identity: UUID,
    regions: Collection[str],
    known_at: datetime | None,
) -> Stored[S]:
    """One version for a reader; 404 where unknown at that moment or outside the reader's regions."""
    found = await states.one(session, kind, identity, known_at=known_at)
    if found is None or not await _readable(session, found, regions):
        raise absent()
    return found


async def within(session: AsyncSession, path: Sequence[str], regions: Collection[str]) -> bool:
    """Whether a reader's regions contain a path, as `acts_in` does for a writer's."""
    asked = set(regions)
    return not asked.isdisjoint(path) or not asked.isdisjoint(await rosters.ever_above(session, path))


async def _readable(session: AsyncSession, found: Stored[Any], regions: Collection[str]) -> bool:
    if await within(session, found.path, regions):
        return True
    return isinstance(found.state, OfficialState) and await _belongs(session, found.state.id, regions)


async def _belongs(session: AsyncSession, official_id: UUID, regions: Collection[str]) -> bool:
    """Whether the person, under whichever id, was registered or ever appointed in one of the regions (Art. 27)."""
    ids = await persons.identities(session, [official_id])
    return await rosters.officials_belong(session, ids, regions)
