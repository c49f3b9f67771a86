"""Applying a checked file: short transactions, each whole posts, each saying in itself which lines it dealt with.

Whoever records an accident takes the roster's gate alone and waits for the one chunk that is in it, never for the
import: a chunk's size follows the time that the one before it held the gate. A process that dies leaves whole chunks
behind; the lines that are still open are the rest of the work. Chains of accidents that the new facts can touch are
derived again once the last line is in, a few in a transaction: what is owed is on record until then.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy.exc import DBAPIError

from services.registry.facts import shanghai_day
from services.registry.facts.imports import Change, Fault, Import, Kind, Line, Part, Planned
from services.registry.handlers.chains import revise_chains
from services.registry.handlers.imports.checking import Desk, Letters, counted, located
from services.registry.handlers.imports.register import load
from services.registry.handlers.imports.sheet import context
from services.registry.handlers.persons import hold
from services.registry.handlers.reading import named
from services.registry.handlers.saving import becoming, enter
from services.registry.repository import imports, lists, states
from services.registry.rules.imports.planning import plan
from shared.contracts.registry import (
    AppointmentCorrected,
    AppointmentRecorded,
    AppointmentState,
    OfficialChanged,
    OfficialRegistered,
    OfficialState,
    OrganChanged,
    OrganRegistered,
    OrganState,
    PortfolioAssigned,
    PortfolioCorrected,
    PortfolioState,
    PostChanged,
    PostRegistered,
    PostState,
    RegistryEvent,
)
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork

LEAST, MOST, GATE_SECONDS = 25, 1_000, 0.06
SLICE = 50  # things dealt with before whoever else is served in this process
_ATTEMPTS = 5
_RETRYABLE = frozenset({"40P01", "40001", "23P01", "23505"})
_EVENTS: dict[Kind, tuple[type[RegistryEvent], type[RegistryEvent], type[RegistryEvent]]] = {
    Kind.ORGAN: (OrganState, OrganRegistered, OrganChanged),
    Kind.POST: (PostState, PostRegistered, PostChanged),
    Kind.OFFICIAL: (OfficialState, OfficialRegistered, OfficialChanged),
    Kind.APPOINTMENT: (AppointmentState, AppointmentRecorded, AppointmentCorrected),
    Kind.PORTFOLIO: (PortfolioState, PortfolioAssigned, PortfolioCorrected),
}
Transactions = Callable[[], UnitOfWork]
T = TypeVar("T")


async def in_slices(things: Iterable[T]) -> AsyncIterator[T]:
    """One after another; after a few of them the event loop belongs to whoever else waits for it."""
    for number, one in enumerate(things, 1):
        yield one
        if number % SLICE == 0:
            await asyncio.sleep(0)


class _MovedError(Exception):
    """Somebody changed the same part of the register between the look and the lock: look again."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a chunk did: changes by kind, lines dealt with and refused, and for how many seconds it held the gate."""

    counts: Counter[str]
    lines: int
    refused: int
    seconds: float = 0.0


async def apply(desk: Desk, imported: Import, transactions: Transactions) -> dict[str, Any]:
    """Apply every line that is still open; what the register refuses meanwhile is noted and left out.

    Portfolios come last: they name organs that other rows register.
    """
    size, total = 100, imported.rows
    async with desk.sessions() as session:
        letters = await imports.letters(session, imported.id)
        dealt = total - await imports.count_lines(session, imported.id, imports.OPEN)
    counts: Counter[str] = Counter()
    for parts in ((Part.ROSTER, Part.ROLES), (Part.PORTFOLIOS,)):
        after: tuple[str, ...] | None = None
        while True:
            async with desk.sessions() as session:
                lines = await imports.open_lines(session, imported.id, MOST, after, whole_organs=False, parts=parts)
            if not lines:
                break
            after = _post(lines[-1])
            while lines:
                chunk, lines = _whole_posts(lines, size)
                done = await _chunk(desk, imported, transactions, chunk, letters)
                counts.update(done.counts)
                dealt, size = dealt + len(chunk), _next_size(size, done.seconds)
                await desk.progress(dealt, total)
    await _revise(desk, imported, transactions)
    return dict(counts)


def _post(line: Line) -> tuple[str, ...]:
    return imports.group_key(line, whole_organs=False)


def _whole_posts(lines: list[Line], size: int) -> tuple[list[Line], list[Line]]:
    """The first lines, so many and those that follow of the last one's post, and the others."""
    last = _post(lines[min(size, len(lines)) - 1])
    end = next((at for at in range(size, len(lines)) if _post(lines[at]) != last), len(lines))
    return lines[:end], lines[end:]


async def _revise(desk: Desk, imported: Import, transactions: Transactions) -> None:
    """A new chain for every accident whose chain the import changed, several in a transaction while nobody waits long.

    They come by region: those of one are derived from one look at its roster.
    """
    async with desk.sessions() as session:
        touched = await imports.accidents_touched(session, imported.id)
    while touched:
        await _aside(desk)
        touched = touched[await _revised(transactions, touched[:SLICE]) :]
    async with desk.sessions() as session, session.begin():
        await imports.clear_reach(session, imported.id)


async def _revised(transactions: Transactions, accidents: Sequence[UUID]) -> int:
    """Derive the chains of the first of these again, as many as the gate may be held for; returns how many."""
    taken: list[UUID] = []

    def in_time() -> Iterator[UUID]:
        for one in accidents:
            taken.append(one)
            yield one
            if monotonic() - entered >= GATE_SECONDS:
                return

    async with transactions() as work:
        await enter(work)
        entered = monotonic()
        await work.lock(*(Ref("accident", one) for one in accidents))
        await revise_chains(work, in_time())
        await work.commit()
    return len(taken)


async def _aside(desk: Desk) -> None:
    """Stand aside for whoever derives a chain, or waits to: they go first, and have this process to themselves."""
    async with desk.sessions() as session:
        await imports.pass_gate(session)


def _next_size(size: int, held: float) -> int:
    """So many lines that the gate is held about as long as it may be."""
    wanted = size * 2 if held == 0 else int(size * GATE_SECONDS / held)
    return max(LEAST, min(MOST, size * 2, wanted))


async def _chunk(
    desk: Desk, imported: Import, transactions: Transactions, lines: Sequence[Line], letters: Letters
) -> Done:
    await _aside(desk)
    for attempt in range(_ATTEMPTS):
        try:
            async with transactions() as work:
                done, entered = await _apply(work, desk, imported, lines, letters)
                await work.commit()
            held = 0.0 if entered is None else monotonic() - entered
        except _MovedError:
            continue
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _RETRYABLE or attempt + 1 == _ATTEMPTS:
                raise
        else:
            return replace(done, seconds=held)
    raise _MovedError


async def _apply(
    work: UnitOfWork, desk: Desk, imported: Import, lines: Sequence[Line], letters: Letters
) -> tuple[Done, float | None]:
    """Everything but the commit; and since when the gate is held, if it is."""
    await imports.take_turn(work.session)
    planned, kept, refused = await _settle(work, desk, imported, lines)
    entered = None
    if planned.changes:
        await enter(work)
        entered = monotonic()
        await _lock(work, [one for one in planned.changes if not one.new])
        again, kept, refused = await _settle(work, desk, imported, lines)
        if any(not one.new and one.id not in {seen.id for seen in planned.changes} for one in again.changes):
            raise _MovedError
        planned = again
        await _record(work, desk, imported, planned.changes, lines)
    await imports.add_faults(work.session, imported.id, "applying", located(refused, lines, letters))
    out = {line.key for line in lines} - {line.key for line in kept}
    await imports.mark(work.session, imported.id, {line.key for line in kept}, imports.DONE)
    await imports.mark(work.session, imported.id, out, imports.REFUSED)
    return Done(Counter(counted(planned.changes)), len(kept), len(out)), entered


async def _settle(
    work: UnitOfWork, desk: Desk, imported: Import, lines: Sequence[Line]
) -> tuple[Planned, list[Line], list[Fault]]:
    """The plan of those posts with which nothing is wrong now, their lines, and what is wrong with the others."""
    register = await load(work.session, lines, desk.reach, exercise=imported.exercise)
    kept = list(lines)
    faults: list[Fault] = []
    while True:
        planned = await asyncio.to_thread(plan, kept, register, uuid4, exercise=imported.exercise)
        if not planned.faults:
            return planned, kept, faults
        faults += planned.faults
        wrong = {(one.sheet, one.line) for one in planned.faults}
        posts = {(line.organ_key, line.post_kind, line.post) for line in kept if line.key in wrong}
        kept = [line for line in kept if (line.organ_key, line.post_kind, line.post) not in posts]


async def _lock(work: UnitOfWork, changes: Sequence[Change]) -> None:
    """Every record of the officials first, then the rest: the order of everybody who changes the roster."""
    found = {Ref(kind.value, identity) for one in changes for kind, identity in ((one.kind, one.id), *one.beside)}
    await hold(work, *(one.id for one in found if one.type == "official"))
    await work.lock(*(one for one in found if one.type != "official"))


async def _record(
    work: UnitOfWork, desk: Desk, imported: Import, changes: Sequence[Change], lines: Sequence[Line]
) -> None:
    """Versions, events and numbers of what changes, and where it can touch the chains of accidents."""
    await _lock(work, changes)  # what is new got its id only now
    events = await _events(work, changes)
    for kind in Kind:
        versions = [
            (event, _emit(work, imported, change, event), change.path)
            async for change, _, event in in_slices(one for one in events if one[0].kind is kind)
        ]
        await states.put_all(work.session, versions, recorded_at=work.recorded_at)
    await _keep_numbers(work, desk, imported, changes, lines)
    await imports.add_reach(work.session, imported.id, _reach(events))


def _emit(work: UnitOfWork, imported: Import, change: Change, event: RegistryEvent) -> int:
    exercise = bool(getattr(event, "exercise", False))
    reason = f"花名册导入 {imported.id} 第 {change.line} 行 · roster import"
    return work.emit(event, path=change.path, reason=reason, exercise=exercise)


async def _events(work: UnitOfWork, changes: Sequence[Change]) -> list[tuple[Change, Any, Any]]:
    """Each change with the state before it, under the name of the day, if there was one; and the full state after."""
    before: dict[UUID, Any] = {}
    today = shanghai_day(work.recorded_at)
    for kind, (state, _, _) in _EVENTS.items():
        ids = [one.id for one in changes if one.kind is kind and not one.new]
        if ids:
            found = await lists.by_ids(work.session, state, ids)
            before |= {one.state.id: named(one, today).state for one in found}
    return [(one, before.get(one.id), _event(one, before.get(one.id))) async for one in in_slices(changes)]


def _event(change: Change, before: RegistryEvent | None) -> RegistryEvent:
    _, registered, corrected = _EVENTS[change.kind]
    if before is None:
        return registered.model_validate({**change.fields, "id": change.id})
    return becoming(corrected, before, **change.fields)


def _reach(events: Sequence[tuple[Change, Any, Any]]) -> dict[tuple[str, bool], date]:
    """Where the roster changes, and since which day at the earliest, before the change or after."""
    since: dict[tuple[str, bool], date] = {}
    for change, *states_of in events:
        days = [one.from_day for one in states_of if one is not None and change.kind is not Kind.OFFICIAL]
        if days:
            place = (change.path[-1], states_of[-1].exercise)
            since[place] = min(*days, since.get(place, date.max))
    return since


async def _keep_numbers(
    work: UnitOfWork, desk: Desk, imported: Import, changes: Sequence[Change], lines: Sequence[Line]
) -> None:
    """Numbers of officials who are new, or had none: out of the seal of the line, into the seal of the official."""
    by_number = {line.number: line for line in lines if line.sheet is Part.ROSTER}
    known = await imports.numbered(
        work.session, [one.id for one in changes if one.kind is Kind.OFFICIAL and not one.new]
    )
    wanted = {
        one.line: one.id
        for one in changes
        if one.kind is Kind.OFFICIAL and one.id not in known and by_number[one.line].person is not None
    }
    sealed = await imports.sealed_numbers(work.session, imported.id, list(wanted))
    vault = desk.numbers.vault
    rows = [
        {
            "official_id": wanted[number],
            "sealed": vault.encrypt(vault.decrypt(secret, context(imported.id, number)), str(wanted[number])),
            "blind_index": bytes.fromhex(by_number[number].person or ""),
            "recorded_at": work.recorded_at,
        }
        async for number, secret in in_slices(sealed.items())
    ]
    await imports.put_numbers(work.session, rows)
