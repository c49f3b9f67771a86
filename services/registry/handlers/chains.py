"""The responsibility chain: derived in the transaction that records, revises, adjusts or corrects."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts import Accident, Adjustment, Authority
from services.registry.handlers.parts import accident_of, adjustments_of, chain_parts
from services.registry.handlers.saving import becoming, save
from services.registry.repository import lists, rosters, states
from services.registry.rules.chain import chain_touched, responsibility_chain
from services.registry.rules.investigation import investigation
from services.registry.rules.level import decide_level
from shared.contracts.registry import AccidentState, ChainRevised
from shared.kernel.envelope import Ref
from shared.kernel.problems import Refused
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span


@contextmanager
def asked() -> Iterator[None]:
    """A rule's `ValueError` (the question could not be asked) as 422."""
    try:
        yield
    except ValueError as error:
        raise Refused("cannot_be_derived", "所给事实无法据以推定", str(error)) from error


async def derive_chain(
    session: AsyncSession, accident: Accident, reach: Authority, adjustments: Sequence[Adjustment]
) -> dict[str, Any]:
    """The chain from the roster at the accident's day as known now, as parts of the accident's state."""
    posts = {one.post_id for one in adjustments}
    roster = await rosters.load_roster(session, {*accident.path, *accident.zone_codes}, posts=posts)
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
    work: UnitOfWork, spans: Mapping[str, Collection[Span]], *, exercise: bool
) -> tuple[UUID, ...]:
    """The same for facts of several regions, at once: the days of each region's facts by its code."""
    since = min(span.from_day for several in spans.values() for span in several)
    found = await lists.accidents_reaching(work.session, spans.keys(), since, exercise=exercise)
    accidents = [accident_of(one.state) for one in found]
    touched = tuple(one.id for one in accidents if chain_touched(one.day, _reaching(one, spans)))
    await work.lock(*(Ref("accident", identity) for identity in touched))
    return touched


def _reaching(accident: Accident, spans: Mapping[str, Collection[Span]]) -> list[Span]:
    return [span for code in (*accident.path, *accident.zone_codes) for span in spans.get(code, ())]


async def revise_chains(work: UnitOfWork, touched: Collection[UUID], posts: Collection[UUID] = ()) -> None:
    """Publish a new chain wherever it differs, or where an entry's own facts changed (`posts`)."""
    for identity in touched:
        found = await states.one(work.session, AccidentState, identity)
        if found is None:
            continue
        before = found.state
        chain = await _chain_again(work.session, before)
        listed = {entry.post_id for entry in (*before.chain, *chain["chain"])}
        if any(getattr(before, name) != value for name, value in chain.items()) or not listed.isdisjoint(posts):
            after = becoming(ChainRevised, before, **chain, chain_version=before.chain_version + 1)
            await save(work, after, before.path, reason="任职登记更正 · the roster was corrected")


async def _chain_again(session: AsyncSession, state: AccidentState) -> dict[str, Any]:
    accident = accident_of(state)
    path = await rosters.regions_on(session, accident.path, accident.day)
    demanded = decide_level(accident).investigated_by
    taken_over_by = None if state.taken_over_by is None else Authority(state.taken_over_by)
    _, reach = investigation(demanded, taken_over_by, path)
    return await derive_chain(session, accident, reach, adjustments_of(state))
