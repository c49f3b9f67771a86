"""Many facts of the roster at once, under the same rules as one: locked, versioned, in the ledger, chains revised.

Whoever brings them (an import, a load) has judged them by `rules` before. What is here is the way into the tables: a
chunk is one transaction of a few statements, however many facts it holds, so that an accident waits behind one chunk at
most. Facts that are there already as given are left alone, so that an interrupted run goes on where it stopped, and the
same facts twice change nothing.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterable, Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from services.registry.handlers.chains import lock_all_touched, revise_chains
from services.registry.handlers.saving import enter, in_jurisdiction
from services.registry.repository import lists, states
from shared.contracts.registry import RegionState, RegistryEvent
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span

CHUNK = 1_000
Transactions = Callable[[], UnitOfWork]
Progress = Callable[[int, int | None], Awaitable[None]]


class Fact(NamedTuple):
    """The full state after something happened, and the administrative path of the region that it belongs to."""

    event: RegistryEvent
    path: tuple[str, ...]


class Change(NamedTuple):
    """A fact, and the state that it takes the place of."""

    fact: Fact
    before: RegistryEvent | None


@dataclass(frozen=True, slots=True)
class Appended:
    """How many facts came, and how many of them were new or differed from what was there."""

    given: int = 0
    written: int = 0


async def append(work: UnitOfWork, facts: Sequence[Fact], *, reason: str | None = None) -> int:
    """Append facts in the caller's transaction, those that others refer to first; returns how many were written.

    An aggregate occurs once among `facts`. The caller commits; where a constraint refuses one fact, it refuses all.

    Raises:
        Forbidden: a path lies outside the actor's regions.
    """
    for path in {fact.path for fact in facts}:
        in_jurisdiction(work, path)
    await enter(work)
    refs = {Ref(fact.event.AGGREGATE, fact.event.id): fact for fact in facts}
    await work.lock(*refs)
    changes = [change for group in _by_kind(facts) for change in await _changes(work, group)]
    touched = await _lock_touched(work, changes)
    for group in _by_kind([change.fact for change in changes]):
        versions = [(event, _emit(work, event, path, reason), path) for event, path in group]
        await states.put_all(work.session, versions, recorded_at=work.recorded_at)
    await revise_chains(work, touched, {fact.event.post_id for fact, _ in changes if hasattr(fact.event, "post_id")})
    return len(changes)


async def append_all(
    transactions: Transactions, facts: AsyncIterable[Fact], progress: Progress, *, reason: str | None = None
) -> Appended:
    """Append a stream of facts, a chunk in a transaction; memory holds two chunks.

    While the database writes and commits one chunk, the next is made ready and locked; it commits after the one before
    it or not at all, so that what is in the register is always the beginning of the stream.

    Args:
        transactions: opens a unit of work of the actor.
        facts: those that others refer to first.
        progress: is told how many were taken, after each commit.
        reason: stands in every ledger row.
    """
    last: asyncio.Task[Appended] | None = None
    chunk: list[Fact] = []
    try:
        async for fact in facts:
            chunk.append(fact)
            if len(chunk) == CHUNK:
                last = await _begun(_Chunk(chunk, last, progress, reason), transactions)
                chunk = []
        last = await _begun(_Chunk(chunk, last, progress, reason), transactions)
    finally:
        done = await last if last is not None else Appended()
    await progress(done.given, done.given)
    return done


@dataclass(frozen=True, slots=True)
class _Chunk:
    facts: Sequence[Fact]
    before: asyncio.Task[Appended] | None
    progress: Progress
    reason: str | None
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def commit(self, transactions: Transactions) -> Appended:
        """Append, and commit once the chunk before has."""
        async with transactions() as work:
            written = await append(work, self.facts, reason=self.reason)
            self.ready.set()
            before = await self.before if self.before is not None else Appended()
            await work.commit()
        done = Appended(before.given + len(self.facts), before.written + written)
        await self.progress(done.given, None)
        return done


async def _begun(chunk: _Chunk, transactions: Transactions) -> asyncio.Task[Appended]:
    """The chunk on its way, with every lock that it needs: it waits for nobody that could wait for it."""
    task, ready = asyncio.create_task(chunk.commit(transactions)), asyncio.create_task(chunk.ready.wait())
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if task.done():
        task.result()
    return task


def _by_kind(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.event.AGGREGATE].append(fact)
    yield from groups.values()


async def _changes(work: UnitOfWork, group: Sequence[Fact]) -> list[Change]:
    """Those of one kind whose state is not what the register holds already."""
    there = [fact.event.id for fact in group if work.version(Ref(fact.event.AGGREGATE, fact.event.id))]
    if not there:
        return [Change(fact, None) for fact in group]
    known = {one.state.id: one.state for one in await lists.by_ids(work.session, type(group[0].event), there)}
    found = (Change(fact, known.get(fact.event.id)) for fact in group)
    return [one for one in found if one.before is None or one.before.model_dump() != one.fact.event.model_dump()]


def _emit(work: UnitOfWork, event: RegistryEvent, path: Sequence[str], reason: str | None) -> int:
    return work.emit(event, path=path, reason=reason, exercise=bool(getattr(event, "exercise", False)))


async def _lock_touched(work: UnitOfWork, changes: Collection[Change]) -> set[UUID]:
    """Lock the accidents to whose chains the facts can matter, before and after the change."""
    spans: dict[bool, dict[str, set[Span]]] = defaultdict(lambda: defaultdict(set))
    for (event, path), before in changes:
        for state in (event, before):
            begun = getattr(state, "from_day", None)
            if begun is not None and not isinstance(state, RegionState):
                several = spans[bool(getattr(event, "exercise", False))][path[-1]]
                several.add(Span(begun, getattr(state, "to_day", None)))
    touched: set[UUID] = set()
    for exercise, by_region in sorted(spans.items()):
        touched.update(await lock_all_touched(work, by_region, exercise=exercise))
    return touched
