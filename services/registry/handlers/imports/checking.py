"""Reading a file into staging, and checking it as a whole before anything of it is applied."""

import asyncio
import io
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.registry.facts.imports import Change, Fault, Import, Kind, Line, Stage
from services.registry.handlers.imports.register import load
from services.registry.handlers.imports.sheet import ROSTER, Lines, cell_problem
from services.registry.handlers.officials import Numbers
from services.registry.repository import imports
from services.registry.rules.imports.planning import plan
from shared.kernel.vault import Vault
from shared.sheets import CellProblem, UnreadableError

READ_AT_ONCE, CHECKED_AT_ONCE = 500, 1_000
_PIECE = 256 * 1024
_WHOLE = -1  # the number of what was sealed as a whole, before there were pieces
_CONTRADICTIONS = {
    "organ_from": ("region_code", "organ", "organ_kind"),
    "credit_code": ("region_code", "organ", "organ_kind"),
    "post_from": ("region_code", "organ", "organ_kind", "post_kind", "post"),
    "official": ("person",),
    "reading": ("person",),
}
Progress = Callable[[int, int | None], Awaitable[None]]
Letters = Mapping[str, Mapping[str, str]]
Sessions = async_sessionmaker[AsyncSession]
Piece = Callable[[int], Awaitable[bytes | None]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an import is worked on with: where to, how numbers are kept, in which regions the caller may act."""

    sessions: Sessions
    numbers: Numbers
    reach: Collection[str] | None
    progress: Progress


def sealed_pieces(vault: Vault, content: bytes, identity: UUID) -> Iterator[bytes]:
    """A file as it is kept: sealed piece by piece, so that nobody holds all of it but as it was sent."""
    starts = range(0, len(content), _PIECE)
    for number, start in enumerate(starts):
        plain = content[start : start + _PIECE].decode("latin-1")
        yield vault.encrypt(plain, _context(identity, number, len(starts)))


async def opened_file(vault: Vault, piece: Piece, size: int, identity: UUID) -> io.BytesIO | None:
    """The file that was sealed, a piece in memory beside it; `None` where a piece is gone.

    Args:
        vault: opens the pieces.
        piece: a sealed piece by its number.
        size: how many bytes the file has.
        identity: of the import.
    """
    if (whole := await piece(_WHOLE)) is not None:
        return io.BytesIO(vault.decrypt(whole, f"import {identity}").encode("latin-1"))
    file, of = io.BytesIO(), -(-size // _PIECE)
    for number in range(of):
        if (sealed := await piece(number)) is None:
            return None
        file.write(vault.decrypt(sealed, _context(identity, number, of)).encode("latin-1"))
    file.seek(0)
    return file


def _context(identity: UUID, number: int, of: int) -> str:
    """Where a piece is sealed for: no piece can be left out, or stand in another's place."""
    return f"import {identity} piece {number} of {of}"


async def opened(session: AsyncSession, numbers: Numbers, identity: UUID) -> io.BytesIO | None:
    """The file as it was sent; `None` once it is gone."""
    size = await imports.kept_size(session, identity)
    piece = partial(imports.sealed_piece, session, identity)
    return None if size is None else await opened_file(numbers.vault, piece, size, identity)


async def read_in(desk: Desk, identity: UUID) -> None:
    """Every row of the file into staging, a few at a time; the loop stays free for whoever else asks."""
    async with desk.sessions() as session, session.begin():
        file = await opened(session, desk.numbers, identity)
        await imports.clear(session, identity)
    if file is None:
        return
    lines = Lines(identity, desk.numbers, file)
    rows, count = iter(lines), 0
    try:
        while batch := await asyncio.to_thread(lambda: list(islice(rows, READ_AT_ONCE))):
            async with desk.sessions() as session, session.begin():
                await imports.add_lines(session, identity, [line for line, _ in batch if line is not None])
                problems = [asdict(one) for _, found in batch for one in found]
                await imports.add_faults(session, identity, "reading", problems)
            count += sum(line is not None for line, _ in batch)
            await desk.progress(count, None)
    except UnreadableError as error:
        whole = CellProblem(ROSTER.title, None, None, "", "", error.code, error.zh, error.en)
        async with desk.sessions() as session, session.begin():
            await imports.add_faults(session, identity, "reading", [asdict(whole)])
    async with desk.sessions() as session, session.begin():
        await imports.settle_first_days(session, identity)
        await imports.update(session, identity, stage=Stage.READ, rows=count, letters=lines.letters)


async def check(desk: Desk, imported: Import) -> Stage:
    """What the whole file would change, and everything that is wrong with it; nothing of the register changes."""
    counts: Counter[str] = Counter()
    done, after = 0, None
    async with desk.sessions() as session, session.begin():
        await imports.clear_faults(session, imported.id, but="reading")
        await imports.reopen(session, imported.id)
        letters = await imports.letters(session, imported.id)
        await _find_contradictions(session, imported, letters)
    while True:
        async with desk.sessions() as session, session.begin():
            lines = await imports.open_lines(session, imported.id, CHECKED_AT_ONCE, after, whole_organs=True)
            if not lines:
                break
            register = await load(session, lines, desk.reach, exercise=imported.exercise, of_import=imported.id)
            planned = await asyncio.to_thread(plan, lines, register, uuid4, exercise=imported.exercise)
            counts.update(counted(planned.changes))
            wrong = located(planned.faults, lines, letters)
            await imports.add_faults(session, imported.id, "checking", wrong)
        after, done = imports.group_key(lines[-1], whole_organs=True), done + len(lines)
        await desk.progress(done, imported.rows)
    async with desk.sessions() as session, session.begin():
        counts[f"{Kind.OFFICIAL}_registered"] = await imports.new_people(session, imported.id)
        faults = await imports.count_faults(session, imported.id)
        stage = Stage.FAULTY if faults else Stage.CHECKED
        told = {kind: number for kind, number in counts.items() if number}
        await imports.update(session, imported.id, stage=stage, faults=faults, counts=told)
    return stage


def counted(changes: Iterable[Change]) -> Iterable[str]:
    """Each change as what it is counted under."""
    return (f"{one.kind}_{'registered' if one.new else 'corrected'}" for one in changes)


def located(faults: Iterable[Fault], lines: Sequence[Line], letters: Letters) -> list[dict[str, Any]]:
    """Faults by sheet, row, column and cell text, as they are kept; a citizen number is not repeated."""
    by_key = {line.key: line for line in lines}
    return [asdict(_located(one, by_key[one.sheet, one.line], letters)) for one in faults]


def _located(fault: Fault, line: Line, letters: Letters) -> CellProblem:
    name = fault.column or ""
    return cell_problem(fault, line.person if name == "citizen_number" else getattr(line, name, None), letters)


async def _find_contradictions(session: AsyncSession, imported: Import, letters: Letters) -> None:
    """Note where the file tells two things of one organ, post or person, some at a time."""
    zh, en = "与同一对象的前一行不一致", "an earlier row says otherwise of the same"
    for name, of in _CONTRADICTIONS.items():
        after = 0
        while found := await imports.contradictions(
            session, imported.id, name, of=of, after=after, limit=CHECKED_AT_ONCE
        ):
            faults = [(Fault(number, name, "contradicts_row", zh, en), told) for number, told in found]
            wrong = [asdict(cell_problem(one, told, letters)) for one, told in faults]
            await imports.add_faults(session, imported.id, "checking", wrong)
            after = found[-1][0]
