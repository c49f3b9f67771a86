"""Many facts of the roster at once, under the same rules as one: locked, versioned, in the ledger, chains revised.

Whoever brings them (an import, a load) has judged them by `rules` before. What is here is the way into the tables: a
chunk is one transaction of a few statements, however many facts it holds, so that an accident waits behind those in
flight at most. Facts that are there already as given are left alone, so that an interrupted run goes on where it
stopped, and the same facts twice change nothing.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterable, Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.registry.handlers.chains import lock_all_touched, revise_chains
from services.registry.handlers.saving import enter, in_jurisdiction
from services.registry.repository import lists, states
from shared.contracts.registry import RegionState, RegistryEvent
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span

CHUNK, IN_FLIGHT = 1_000, 3
Transactions = Callable[[], UnitOfWork]
Progress = Callable[[int, int | None], Awaitable[None]]
Turn = Callable[[], Awaitable[None]]


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


async def append(
    work: UnitOfWork, facts: Sequence[Fact], *, reason: str | None = None, turn: Turn | None = None
) -> int:
    """Append facts in the caller's transaction, those that others refer to first; returns how many were written.

    An aggregate occurs once among `facts`. The caller commits; where a constraint refuses one fact, it refuses all.
    `turn` is awaited between the last lock and the first row.

    Raises:
        Forbidden: a path lies outside the actor's regions.
    """
    for path in {fact.path for fact in facts}:
        in_jurisdiction(work, path)
    await enter(work)
    await work.lock(*(Ref(fact.event.AGGREGATE, fact.event.id) for fact in facts))
    changes = [change for group in _by_kind(facts) for change in await _changes(work, group)]
    touched = await _lock_touched(work, changes)
    groups = [
        [(event, _emit(work, event, path, reason), path) for event, path in group]
        for group in _by_kind([change.fact for change in changes])
    ]
    if turn is not None:
        await turn()
    for versions in groups:
        await states.put_all(work.session, versions, recorded_at=work.recorded_at)
    posts = {vars(fact.event)["post_id"] for fact, _ in changes if "post_id" in vars(fact.event)}
    await revise_chains(work, touched, posts)
    return len(changes)


async def append_all(
    transactions: Transactions, facts: AsyncIterable[Fact], progress: Progress, *, reason: str | None = None
) -> Appended:
    """Append a stream of facts, a chunk in a transaction; memory holds those in flight, and one that fills.

    While the database commits one chunk, the rows of the next travel and the one after it is locked and made ready.
    Each writes after the one before it, and commits after it or not at all, so that what is in the register is always
    the beginning of the stream.

    Args:
        transactions: opens a unit of work of the actor.
        facts: those that others refer to first.
        progress: is told how many were taken, after each commit.
        reason: stands in every ledger row.
    """
    begun: deque[_Chunk] = deque(maxlen=IN_FLIGHT)

    async def begin(chunk: Sequence[Fact]) -> None:
        if len(begun) == IN_FLIGHT:
            await begun[0].task
        begun.append(_Chunk(chunk, begun[-1] if begun else None, transactions, progress, reason))
        await begun[-1].reached(begun[-1].locked)

    chunk: list[Fact] = []
    try:
        async for fact in facts:
            chunk.append(fact)
            if len(chunk) == CHUNK:
                await begin(chunk)
                chunk = []
        await begin(chunk)
    finally:
        await asyncio.gather(*(one.task for one in begun), return_exceptions=True)
    done = begun[-1].task.result()
    await progress(done.given, done.given)
    return done


class _Chunk:
    """A chunk on its way: it waits for those before it, never for one that could wait for it."""

    def __init__(
        self,
        facts: Sequence[Fact],
        before: "_Chunk | None",
        transactions: Transactions,
        progress: Progress,
        reason: str | None,
    ) -> None:
        self.facts, self.before, self.reason = facts, before, reason
        self.transactions, self.progress = transactions, progress
        self.locked, self.written = asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(self._commit())

    async def _commit(self) -> Appended:
        async with self.transactions() as work:
            written = await append(work, self.facts, reason=self.reason, turn=self._turn)
            self.written.set()
            before = await self.before.task if self.before is not None else Appended()
            await work.commit()
        self.before = None
        done = Appended(before.given + len(self.facts), before.written + written)
        await self.progress(done.given, None)
        return done

    async def _turn(self) -> None:
        """With every lock that it needs, the next may come; its own rows follow those of the one before."""
        self.locked.set()
        if self.before is not None:
            await self.before.reached(self.before.written)

    async def reached(self, step: asyncio.Event) -> None:
        """Wait for a step of it; raises what it failed of."""
        waiting = asyncio.create_task(step.wait())
        await asyncio.wait((self.task, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self.task.done():
            self.task.result()


def _by_kind(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.event.AGGREGATE].append(fact)
    yield from groups.values()


async def _changes(work: UnitOfWork, group: Sequence[Fact]) -> list[Change]:
    """Those of one kind whose state is not what the register holds already."""
    kind = group[0].event.AGGREGATE
    there = [fact.event.id for fact in group if work.version(Ref(kind, fact.event.id))]
    if not there:
        return [Change(fact, None) for fact in group]
    known = {one.state.id: one.state for one in await lists.by_ids(work.session, type(group[0].event), there)}
    found = (Change(fact, known.get(fact.event.id)) for fact in group)
    return [one for one in found if one.before is None or one.before.model_dump() != one.fact.event.model_dump()]


def _emit(work: UnitOfWork, event: RegistryEvent, path: Sequence[str], reason: str | None) -> int:
    return work.emit(event, path=path, reason=reason, exercise=bool(vars(event).get("exercise")))


async def _lock_touched(work: UnitOfWork, changes: Collection[Change]) -> set[UUID]:
    """Lock the accidents to whose chains the facts can matter, before and after the change."""
    days: dict[bool, dict[str, set[tuple[date, date | None]]]] = defaultdict(lambda: defaultdict(set))
    for (event, path), before in changes:
        for known in (vars(event), vars(before) if before is not None else {}):
            if "from_day" in known and not isinstance(event, RegionState):
                days[bool(vars(event).get("exercise"))][path[-1]].add((known["from_day"], known.get("to_day")))
    touched: set[UUID] = set()
    for exercise, by_region in sorted(days.items()):
        spans = {code: [Span(*one) for one in several] for code, several in by_region.items()}
        touched.update(await lock_all_touched(work, spans, exercise=exercise))
    return touched
