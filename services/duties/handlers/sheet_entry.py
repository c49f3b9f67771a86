"""Recording what an Excel sheet says, row by row, every problem by cell."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts.records import Draft
from services.duties.handlers.entry import enter, first_ref
from services.duties.handlers.overlays import adoptions
from services.duties.handlers.performance_sheet import SHEET, Directory, WrongCellError, column_of, draft_of
from services.duties.handlers.seats import books_over
from services.duties.rules.obligations import seats_in
from shared.kernel import clock
from shared.kernel.problems import Malformed, NotFound, Problem
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.repository import load_roster, path_of
from shared.sheets import CellError, CellProblem, Row, UnreadableError, annotated, read, template

MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class SheetDone:
    """What became of a sheet: records made, records that were there before, and every problem."""

    recorded: tuple[UUID, ...]
    unchanged: tuple[UUID, ...]
    problems: tuple[CellProblem, ...]


async def sheet_template(session: AsyncSession, region: str, regions: Collection[str]) -> bytes:
    """An empty sheet for a region and everything below it, with its posts to choose from.

    Raises:
        NotFound: there is no such region within the caller's.
    """
    directory = await _directory(session, region, regions)
    return template(SHEET, {"posts": directory.labels()})


async def record_sheet(work: UnitOfWork, data: bytes, region: str) -> SheetDone:
    """Record every row that may be recorded; the same file again changes nothing.

    Raises:
        NotFound: there is no such region within the caller's.
        Malformed: it is no sheet that can be read, or has more than 2,000 rows.
    """
    directory = await _directory(work.session, region, work.regions or ())
    try:
        rows = list(read(data, SHEET, most_rows=MOST_ROWS))
    except UnreadableError as error:
        raise Malformed(error.code, error.zh, error.en) from error
    problems = [problem for row in rows for problem in row.problems]
    drafts = _drafts(rows, directory, problems)
    await work.lock(*(first_ref(draft) for _, draft in drafts))
    done: dict[bool, list[UUID]] = {True: [], False: []}
    for row, draft in drafts:
        try:
            entered = await enter(work, draft, directory.known)
            done[entered.fresh].append(entered.stored.fact.id)
        except Problem as problem:
            zh, _, en = problem.detail.partition(" · ")
            problems.append(row.problem(SHEET, column_of(problem.code, row), CellError(problem.code, zh, en)))
    return SheetDone(tuple(done[True]), tuple(done[False]), tuple(sorted(problems, key=_place)))


def annotated_copy(data: bytes, done: SheetDone) -> bytes:
    """The sheet as it was sent, with every problem as a comment."""
    return annotated(data, SHEET, done.problems)


def _place(problem: CellProblem) -> tuple[int, int, str]:
    letter = problem.letter or ""
    return problem.row or 0, len(letter), letter


def _drafts(rows: Sequence[Row], directory: Directory, problems: list[CellProblem]) -> list[tuple[Row, Draft]]:
    """The rows that mean something; what is wrong with the others joins the problems."""
    drafts: list[tuple[Row, Draft]] = []
    for row in rows:
        if row.problems:
            continue
        try:
            drafts.append((row, draft_of(row, directory)))
        except WrongCellError as wrong:
            problems.append(row.problem(SHEET, wrong.column, wrong.error))
    return drafts


async def _directory(session: AsyncSession, region: str, regions: Collection[str]) -> Directory:
    path = await path_of(session, region, clock.today())
    if path is None or set(regions).isdisjoint(path):
        raise NotFound("region_not_found", "没有这个区划", "there is no such region")
    roster = await load_roster(session, under=[region])
    return Directory.of(roster, await books_over(session, seats_in(roster).values()), await adoptions(session))
