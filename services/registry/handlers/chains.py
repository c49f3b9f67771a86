"""The responsibility chain: derived in the transaction that records, revises, adjusts or corrects."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts import Accident, Adjustment, Authority
from services.registry.facts.answers import Stored
from services.registry.handlers.parts import accident_of, adjustments_of, chain_parts
from services.registry.handlers.saving import becoming, save
from services.registry.repository import lists, rosters, states
from services.registry.rules.chain import chain_touched, climb, responsibility_chain
from services.registry.rules.investigation import investigation
from services.registry.rules.level import decide_level
from shared.contracts.registry import AccidentMoved, AccidentState, ChainRevised, JurisdictionRevised
from shared.kernel.envelope import Ref
from shared.kernel.problems import Refused
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Roster, Span

_CORRECTED = "任职登记更正 · the roster was corrected"


@contextmanager
def asked() -> Iterator[None]:
    """A rule's `ValueError` (the question could not be asked) as 422."""
    try:
        yield
    except ValueError as error:
        raise Refused("cannot_be_derived", "所给事实无法据以推定", str(error)) from error


Look = Callable[..., Awaitable[Roster]]


def latest_look(session: AsyncSession) -> Look:
    """The roster as known now, kept for the next accident that asks for the very same part of it."""
    kept: dict[str, Any] = {}

    async def look(**asked: Any) -> Roster:
        if kept.get("asked") != asked:
            kept.update(asked=asked, roster=await rosters.load_roster(session, **asked))
        return cast("Roster", kept["roster"])

    return look


async def derive_chain(
    session: AsyncSession,
    accident: Accident,
    reach: Authority,
    adjustments: Sequence[Adjustment],
    look: Look | None = None,
) -> dict[str, Any]:
    """The chain from the roster at the accident's day as known now, as parts of the accident's state."""
    posts = {one.post_id for one in adjustments}
    on_the_day = {one.code: one for one in await rosters.regions_on(session, accident.path, accident.day)}
    upwards = [on_the_day[code] for code in reversed(accident.path) if code in on_the_day]
    listed = {*(one.code for one in climb(upwards, reach)), *accident.zone_codes}  # the posts of others are many
    codes = {*accident.path, *accident.zone_codes}
    roster = await (look or latest_look(session))(codes=codes, posts=posts, within=listed)
    with asked():
        return chain_parts(responsibility_chain(accident, roster, reach, adjustments=adjustments))


async def lock_touched(
    work: UnitOfWork, region_code: str, spans: Sequence[Span], *, exercise: bool
) -> tuple[UUID, ...]:
    """Lock the accidents to whose chain a changed fact can matter; after the fact's own lock, before it is saved.

    `spans` are the fact's days before and after the change.
    """
    return await lock_all_touched(work, {region_code: spans}, exercise=exercise)


async def lock_all_touched(
    work: UnitOfWork, spans: Mapping[str, Collection[Span]], *, exercise: bool | None
) -> tuple[UUID, ...]:
    """The same for facts of several regions at once, the days of each by its code; `None` means both worlds."""
    if not spans:
        return ()
    since = min(span.from_day for several in spans.values() for span in several)
    found = await lists.accidents_reaching(work.session, spans.keys(), since, exercise=exercise)
    accidents = [accident_of(one.state) for one in found]
    touched = tuple(one.id for one in accidents if chain_touched(one.day, _reaching(one, spans)))
    await work.lock(*(Ref("accident", identity) for identity in touched))
    return touched


async def lock_in_regions(work: UnitOfWork, spans: Mapping[str, Collection[Span]]) -> tuple[UUID, ...]:
    """The same where regions themselves change: an exercise may lie in a real region, and is touched like the rest."""
    return await lock_all_touched(work, spans, exercise=None)


def _reaching(accident: Accident, spans: Mapping[str, Collection[Span]]) -> list[Span]:
    return [span for code in (*accident.path, *accident.zone_codes) for span in spans.get(code, ())]


async def revise_chains(
    work: UnitOfWork, touched: Iterable[UUID], posts: Collection[UUID] = (), *, reason: str = _CORRECTED
) -> None:
    """Publish a new version of every accident for which the register now says otherwise: place, organ or chain.

    A chain is new where it differs, or where an entry's own facts changed (`posts`).
    """
    look = latest_look(work.session)
    for identity in touched:
        found = await states.one(work.session, AccidentState, identity)
        if found is None or found.state.annulled:
            continue
        before = found.state
        place, chain = await _again(work.session, before, look)
        listed = {entry.post_id for entry in (*before.chain, *chain["chain"])}
        revised = _differs(before, chain) or not listed.isdisjoint(posts)
        moved = _differs(before, place)
        if revised or moved:
            kind = JurisdictionRevised if moved else ChainRevised
            after = becoming(kind, before, **place, **chain, chain_version=before.chain_version + revised)
            await save_placed(work, after, before.path, reason=reason)


def _differs(state: AccidentState, parts: Mapping[str, Any]) -> bool:
    return any(getattr(state, name) != value for name, value in parts.items())


async def save_placed(
    work: UnitOfWork, event: AccidentState, before: Sequence[str], *, reason: str, occurred_at: datetime | None = None
) -> Stored[AccidentState]:
    """Save an accident's version; where the place lies elsewhere than before, that is told where it lay, too."""
    if tuple(before) != event.path:
        away = becoming(AccidentMoved, event)
        version = work.emit(away, path=before, reason=reason, exercise=event.exercise, occurred_at=occurred_at)
        await states.put(work.session, away, version=version, recorded_at=work.recorded_at, path=event.path)
    return await save(work, event, event.path, reason=reason, occurred_at=occurred_at)


async def _again(session: AsyncSession, state: AccidentState, look: Look) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where the place lies and who investigates, and the chain, by the register as it is known now."""
    accident = accident_of(state)
    region = await rosters.region_on(session, state.region_code, accident.day)
    accident = accident if region is None else replace(accident, path=region.path)
    path = await rosters.regions_on(session, accident.path, accident.day)
    demanded = decide_level(accident).investigated_by
    taken_over_by = None if state.taken_over_by is None else Authority(state.taken_over_by)
    organ, reach = investigation(demanded, taken_over_by, path)
    place = {
        "path": accident.path,
        "investigated_by": organ.authority.value,
        "investigating_region": organ.region_code,
    }
    return place, await derive_chain(session, accident, reach, adjustments_of(state), look)
