"""Writing: templates with dropdowns, annotated copies, exports; text is only ever text, never a formula or a link."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from shared.sheets.columns import Cell, CellProblem, Column, Sheet, words
from shared.sheets.guard import titles
from shared.sheets.reading import grid, letter_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEMPLATE_ROWS = 10_000  # how far down a template's dropdowns reach
_CHOICES = "选项 Choices"
_HELP = "填表说明 Help"
_PROBLEMS = "问题 Problems"
_STARTS_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # what a program reading CSV may take for a formula
_COMMENTED = 20_000  # comments live in memory until the file is closed; the list of problems has them all


@contextmanager
def _book(target: IO[bytes]) -> Iterator[Any]:
    """A workbook that keeps one row in memory and takes no text for a formula, number or link."""
    options = {
        "constant_memory": True,
        "tmpdir": tempfile.gettempdir(),
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(target, options) as book:
        yield book


def _write(page: Any, row: int, index: int, value: Any, style: Any = None) -> None:
    """One cell by its type; what Excel cannot hold exactly becomes text."""
    if value is None:
        return
    if isinstance(value, str):
        page.write_string(row, index, value, style)
    elif isinstance(value, bool):
        page.write_string(row, index, words(value), style)
    elif isinstance(value, date):  # an instant, too: spreadsheets know no offset
        page.write_datetime(row, index, value.replace(tzinfo=None) if isinstance(value, datetime) else value, style)
    elif isinstance(value, int | float | Decimal) and -(10**15) < value < 10**15:
        page.write_number(row, index, value, style)
    else:
        page.write_string(row, index, str(value), style)


def _headings(book: Any, page: Any, columns: Sequence[Column]) -> None:
    must = book.add_format({"bold": True, "bg_color": "#FCE4D6", "border": 1})
    may = book.add_format({"bold": True, "bg_color": "#E7E6E6", "border": 1})
    page.freeze_panes(1, 0)
    for index, column in enumerate(columns):
        page.set_column(index, index, column.width)
        page.write_string(0, index, column.heading, must if column.required else may)


def template(sheet: Sheet, choices: Mapping[str, Sequence[str]] | None = None, *, more: Sequence[Sheet] = ()) -> bytes:
    """An empty sheet with dropdowns and a help sheet.

    Args:
        sheet: its columns; every column with `allowed` gets a dropdown of the labels.
        choices: more dropdowns by column name, for values that only the caller knows; they only suggest.
        more: further sheets of the same file.
    """
    target = io.BytesIO()
    offered: list[_Offer] = []
    with _book(target) as book:
        for one in (sheet, *more):
            page = book.add_worksheet(one.title)
            _headings(book, page, one.columns)
            for index, column in enumerate(one.columns):
                values = (choices or {}).get(column.name) or list(column.allowed.values())
                offered += [(page, index, column, values)] if values else []
        _explain(book, (sheet, *more))
        _offer(book, offered)
    return target.getvalue()


_Offer = tuple[Any, int, Column, Sequence[str]]


def _offer(book: Any, offered: Sequence[_Offer]) -> None:
    """Dropdowns take their values from a hidden sheet, because a list in the rule itself may have 255 characters."""
    hidden = book.add_worksheet(_CHOICES)
    hidden.hide()
    for row in range(max((len(values) for *_, values in offered), default=0)):
        for at, (*_, values) in enumerate(offered):
            if row < len(values):
                hidden.write_string(row, at, values[row])
    for at, (page, index, column, values) in enumerate(offered):
        letter = letter_of(at)
        rule = {
            "validate": "list",
            "source": f"='{_CHOICES}'!${letter}$1:${letter}${len(values)}",
            "error_type": "stop" if column.allowed else "information",
            "error_title": column.zh[:32],
            "error_message": "请从下拉列表中选择 · Choose from the list",
        }
        page.data_validation(1, index, TEMPLATE_ROWS, index, rule)


def _explain(book: Any, sheets: Sequence[Sheet]) -> None:
    page = book.add_worksheet(_HELP)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 1, 28)
    page.set_column(2, 3, 60)
    lines: list[tuple[Sequence[str], Any]] = [([line], None) for line in sheets[0].help]
    for sheet in sheets:
        lines += [([sheet.title], bold)] if len(sheets) > 1 else []
        lines.append((["列 · Column", "必填 · Required", "说明 · Explanation", "示例 · Example"], bold))
        for column in sheet.columns:
            must = "是 · yes" if column.required else "否 · no"
            lines.append(([f"{column.zh} · {column.en}", must, column.note, column.example], wrapped))
    for row, (cells, style) in enumerate(lines):
        for index, cell in enumerate(cells):
            page.write_string(row, index, cell, style)


def annotated(
    source: bytes | IO[bytes], sheet: Sheet, problems: Iterable[CellProblem], *, more: Sequence[Sheet] = ()
) -> bytes:
    """A copy of the sheet as it was sent, each wrong cell marked and commented, with a sheet that lists all problems.

    Corrected, the copy can be sent in again as it is. A problem of a whole row stands at its first cell. Of `more`
    sheets those are copied that the file has.
    """
    listed = list(problems)
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    there = titles(file)
    target = io.BytesIO()
    with _book(target) as book:
        budget = iter(range(_COMMENTED))
        for one in (sheet, *more):
            if one is sheet or one.title in there:
                _annotate(book, file, one.title, [found for found in listed if found.sheet == one.title], budget)
        _list(book, listed)
    return target.getvalue()


def _annotate(book: Any, file: IO[bytes], title: str, problems: Iterable[CellProblem], budget: Iterator[int]) -> None:
    by_row: dict[int, dict[int, list[CellProblem]]] = {}
    for one in problems:
        index = _index_of(one.letter) if one.letter else 0
        by_row.setdefault(one.row or 1, {}).setdefault(index, []).append(one)
    page = book.add_worksheet(title)
    wrong = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
    wrong_day = book.add_format({"bg_color": "#FFC7CE", "num_format": "yyyy-mm-dd"})
    page.set_column(0, 51, 18)
    for row, cells in grid(file, title):
        here = by_row.get(row, {})
        for index in range(max(len(cells), max(here, default=-1) + 1)):
            cell: Cell = cells[index] if index < len(cells) else ""
            found = here.get(index)
            style = (wrong_day if isinstance(cell, date) else wrong) if found else None
            _copy(page, row - 1, index, cell, style)
            if found and next(budget, None) is not None:
                page.write_comment(row - 1, index, "\n".join(f"{one.zh} · {one.en}" for one in found))


def _copy(page: Any, row: int, index: int, cell: Cell, style: Any) -> None:
    if words(cell):
        _write(page, row, index, cell, style)
    elif style is not None:
        page.write_blank(row, index, None, style)


def _index_of(letter: str) -> int:
    index = 0
    for one in letter:
        index = index * 26 + ord(one) - ord("A") + 1
    return index - 1


def _list(book: Any, problems: Sequence[CellProblem]) -> None:
    page = book.add_worksheet(_PROBLEMS)
    page.set_column(0, 6, 24)
    heads = ("位置 · Cell", "行 · Row", "列 · Column", "内容 · Content", "问题 · Problem", "代码 · Code", "表 · Sheet")
    for index, title in enumerate(heads):
        page.write_string(0, index, title)
    for row, one in enumerate(problems, start=1):
        for index, value in enumerate(_told(one)):
            _write(page, row, index, value)


def _told(one: CellProblem) -> tuple[Any, ...]:
    return one.cell, one.row, one.column, one.text, f"{one.zh} · {one.en}", one.code, one.sheet


def export_xlsx(
    sheet: Sheet,
    rows: Iterable[Mapping[str, Any]],
    target: IO[bytes],
    *,
    more: Sequence[tuple[Sheet, Iterable[Mapping[str, Any]]]] = (),
) -> None:
    """Rows by column name into an Excel file, `more` into further sheets; values with a label become the label."""
    with _book(target) as book:
        for one, of_sheet in ((sheet, rows), *more):
            page = book.add_worksheet(one.title)
            _headings(book, page, one.columns)
            for number, row in enumerate(of_sheet, start=1):
                for index, column in enumerate(one.columns):
                    _write(page, number, index, _labelled(column, row.get(column.name)))


def export_csv(sheet: Sheet, rows: Iterable[Mapping[str, Any]], *, named: bool = False) -> Iterator[bytes]:
    """The same as CSV in UTF-8, piece by piece, with a mark that Excel needs; formula-like text gets an apostrophe.

    `named` heads the columns with their names, for programs, and not with their headings.
    """
    yield b"\xef\xbb\xbf"
    yield _csv_line([column.name if named else column.heading for column in sheet.columns])
    for row in rows:
        yield _csv_line([_labelled(column, row.get(column.name)) for column in sheet.columns])


def _labelled(column: Column, value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return "；".join(str(_labelled(column, one)) for one in value)
    return column.allowed.get(str(value), value) if value is not None else None


def _csv_line(values: Sequence[Any]) -> bytes:
    held = io.StringIO()
    csv.writer(held).writerow([_harmless(value) for value in values])
    return held.getvalue().encode()


def _harmless(value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    said = "" if value is None else words(value) if isinstance(value, str | date | bool) else str(value)
    return f"'{said}" if said.startswith(_STARTS_FORMULA) else said
