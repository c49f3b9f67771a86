"""Reading: a workbook becomes typed rows, one at a time, each with everything that is wrong in it.

A row's Python values live only as long as the caller holds the row. The reader underneath lays the whole sheet out as a
grid (about 80 bytes a cell of text); a large one does so in a process of its own, so that what this process holds does
not grow with the file. Formulas count with the value that the spreadsheet last computed.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from python_calamine import CalamineError, load_workbook

from shared.sheets import apart, guard
from shared.sheets.apart import ReaderDiedError
from shared.sheets.columns import Cell, CellError, CellProblem, Column, Sheet, shown, words

#: Up to so many unpacked bytes a workbook is read in this process: its grid has a few MiB then.
GRID_BYTES = 2 * 1024 * 1024
_BROKEN = (CalamineError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, IndexError, ReaderDiedError)


class UnreadableError(Exception):
    """The file as a whole cannot be read: a stable code, and why in Chinese and English."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.code, self.zh, self.en = code, zh, en


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its number as spreadsheets count, its values by column name, its problems.

    `values` holds every column of the sheet: `None` where the cell is empty, missing or wrong.
    """

    number: int
    values: dict[str, Any]
    problems: tuple[CellProblem, ...] = ()
    cells: dict[str, tuple[str, Cell]] = field(default_factory=dict)

    def problem(self, sheet: Sheet, name: str, error: CellError) -> CellProblem:
        """A problem that only the row's meaning shows, in the cell of column `name`."""
        column = next(one for one in sheet.columns if one.name == name)
        letter, cell = self.cells.get(name, (None, None))
        return _problem(sheet, self.number, letter, column.zh, cell, error)


def _problem(
    sheet: Sheet, row: int | None, letter: str | None, column: str, cell: Cell | None, error: CellError
) -> CellProblem:
    return CellProblem(sheet.title, row, letter, column, shown(cell), error.code, error.zh, error.en)


def read(source: bytes | IO[bytes], sheet: Sheet, *, most_rows: int = 100_000) -> Iterator[Row]:
    """The rows of the sheet with that title, or of the first one where no sheet has it.

    The first row that is not empty holds the headings, in any order: the Chinese or English one, both as the template
    writes them, or the column's name. Headings that are missing, twice or unknown come as problems of a row without
    values, before all others, and then nothing follows.

    Raises:
        UnreadableError: no workbook, one that costs too much to read, or more rows than allowed.
    """
    rows = ((number, cells) for number, cells in grid(source, sheet.title) if any(map(words, cells)))
    found = next(rows, None)
    if found is None:
        raise UnreadableError("sheet_empty", "表格是空的", "the sheet is empty")
    number, headings = found
    places, problems = _places(sheet, number, headings)
    if problems:
        yield Row(number, {}, tuple(problems))
        return
    for count, (number, cells) in enumerate(rows, start=1):
        if count > most_rows:
            raise UnreadableError("too_many_rows", f"超过 {most_rows} 行", f"more than {most_rows} rows")
        yield _row(sheet, number, cells, places)


def grid(source: bytes | IO[bytes], title: str) -> Iterator[tuple[int, list[Cell]]]:
    """Every row of a sheet with its number, its cells from column A on.

    Raises:
        UnreadableError: no workbook, or one that costs too much to read.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        large = guard.inspect(file) > GRID_BYTES
        yield from apart.rows(file, title) if large else rows_of(file, title)
    except guard.TooMuchError as error:
        raise UnreadableError(
            "sheet_too_large",
            f"表格过大：最多 {guard.MOST_ROWS} 行、{guard.MOST_COLUMNS} 列",
            f"the sheet is too large: at most {guard.MOST_ROWS} rows and {guard.MOST_COLUMNS} columns",
        ) from error
    except (
        CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        EOFError,
        IndexError,
        ReaderDiedError,
    ) as error:
        raise UnreadableError(
            "not_a_workbook", "不是可读取的 xlsx 文件", "it is no xlsx file that can be read"
        ) from error


def rows_of(file: IO[bytes], title: str) -> Iterator[tuple[int, list[Cell]]]:
    """The same, read here; the reader leaves empty columns before the first out."""
    book = load_workbook(file)
    names = book.sheet_names
    sheet = book.get_sheet_by_name(title if title in names else names[0])
    before: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, before + cells


def letter_of(index: int) -> str:
    """The letter of a column that counts from 0."""
    high, low = divmod(index, 26)
    return (letter_of(high - 1) if high else "") + chr(ord("A") + low)


def _places(sheet: Sheet, row: int, headings: Sequence[Cell]) -> tuple[dict[int, Column], list[CellProblem]]:
    spoken = {
        word.casefold(): column
        for column in sheet.columns
        for word in (column.name, column.zh, column.en, column.heading.removesuffix(" *"))
    }
    places: dict[int, Column] = {}
    problems: list[CellProblem] = []
    for index, heading in enumerate(headings):
        said = words(heading).removesuffix("*").strip()
        column = spoken.get(said.casefold())
        if column is not None and column not in places.values():
            places[index] = column
        elif said:
            code, zh, en = (
                ("column_unknown", "没有这一列", "there is no such column")
                if column is None
                else ("column_twice", "此列出现两次", "this column stands twice")
            )
            problems.append(_problem(sheet, row, letter_of(index), said[:100], heading, CellError(code, zh, en)))
    missing = [column for column in sheet.columns if column.required and column not in places.values()]
    gone = CellError("column_missing", "缺少这一列", "this column is missing")
    problems += [_problem(sheet, None, None, column.zh, None, gone) for column in missing]
    return places, problems


def _row(sheet: Sheet, number: int, cells: Sequence[Cell], places: dict[int, Column]) -> Row:
    values: dict[str, Any] = dict.fromkeys(column.name for column in sheet.columns)
    kept: dict[str, tuple[str, Cell]] = {}
    problems: list[CellProblem] = []
    for index, column in places.items():
        cell = cells[index] if index < len(cells) else ""
        letter = letter_of(index)
        kept[column.name] = (letter, cell)
        try:
            if words(cell):
                values[column.name] = column.value(cell)
            elif column.required:
                raise CellError("cell_empty", "必须填写", "it must be filled in")  # noqa: TRY301 - one way for all
        except CellError as error:
            problems.append(_problem(sheet, number, letter, column.zh, cell, error))
    return Row(number, values, tuple(problems), kept)
