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
from shared.sheets.reading import grid, letter_of, open_sheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEMPLATE_ROWS = 10_000  # how far down a template's dropdowns reach
_CHOICES = "选项 Choices"
_HELP = "填表说明 Help"
_PROBLEMS = "问题 Problems"
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a program reading CSV may take for a formula
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


def template(sheet: Sheet, choices: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """An empty sheet with dropdowns and a help sheet.

    Args:
        sheet: its columns; every column with `allowed` gets a dropdown of the labels.
        choices: more dropdowns by column name, for values that only the caller knows; they only suggest.
    """
    offered = {column.name: list(column.allowed.values()) for column in sheet.columns if column.allowed}
    offered |= {name: list(values) for name, values in (choices or {}).items()}
    target = io.BytesIO()
    with _book(target) as book:
        page = book.add_worksheet(sheet.title)
        _headings(book, page, sheet.columns)
        _explain(book, sheet)
        _offer(book, page, sheet.columns, offered)
    return target.getvalue()


def _offer(book: Any, page: Any, columns: Sequence[Column], offered: Mapping[str, Sequence[str]]) -> None:
    """Dropdowns take their values from a hidden sheet, because a list in the rule itself may have 255 characters."""
    hidden = book.add_worksheet(_CHOICES)
    hidden.hide()
    placed = [(index, column) for index, column in enumerate(columns) if offered.get(column.name)]
    for row in range(max((len(offered[column.name]) for _, column in placed), default=0)):
        for at, (_, column) in enumerate(placed):
            if row < len(offered[column.name]):
                hidden.write_string(row, at, offered[column.name][row])
    for at, (index, column) in enumerate(placed):
        letter, last = letter_of(at), len(offered[column.name])
        rule = {
            "validate": "list",
            "source": f"='{_CHOICES}'!${letter}$1:${letter}${last}",
            "error_type": "stop" if column.allowed else "information",
            "error_title": column.zh[:32],
            "error_message": "请从下拉列表中选择 · Choose from the list",
        }
        page.data_validation(1, index, TEMPLATE_ROWS, index, rule)


def _explain(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(_HELP)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 1, 28)
    page.set_column(2, 3, 60)
    lines: list[tuple[Sequence[str], Any]] = [([line], None) for line in sheet.help]
    lines.append((["列 · Column", "必填 · Required", "说明 · Explanation", "示例 · Example"], bold))
    for column in sheet.columns:
        must = "是 · yes" if column.required else "否 · no"
        lines.append(([f"{column.zh} · {column.en}", must, column.note, column.example], wrapped))
    for row, (cells, style) in enumerate(lines):
        for index, cell in enumerate(cells):
            page.write_string(row, index, cell, style)


def annotated(source: bytes | IO[bytes], sheet: Sheet, problems: Iterable[CellProblem]) -> bytes:
    """A copy of the sheet as it was sent, each wrong cell marked and commented, with a sheet that lists all problems.

    Corrected, the copy can be sent in again as it is. A problem of a whole row stands at its first cell.
    """
    listed = list(problems)
    by_row: dict[int, dict[int, list[CellProblem]]] = {}
    for one in listed:
        index = _index_of(one.letter) if one.letter else 0
        by_row.setdefault(one.row or 1, {}).setdefault(index, []).append(one)
    target = io.BytesIO()
    with _book(target) as book:
        page = book.add_worksheet(sheet.title)
        wrong = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        wrong_day = book.add_format({"bg_color": "#FFC7CE", "num_format": "yyyy-mm-dd"})
        page.set_column(0, 51, 18)
        commented = 0
        for row, cells in grid(open_sheet(source, sheet.title)):
            here = by_row.get(row, {})
            for index in range(max(len(cells), max(here, default=-1) + 1)):
                cell: Cell = cells[index] if index < len(cells) else ""
                found = here.get(index)
                style = (wrong_day if isinstance(cell, date) else wrong) if found else None
                _copy(page, row - 1, index, cell, style)
                if found and commented < _COMMENTED:
                    commented += 1
                    page.write_comment(row - 1, index, "\n".join(f"{one.zh} · {one.en}" for one in found))
        _list(book, listed)
    return target.getvalue()


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
    page.set_column(0, 5, 24)
    titles = ("位置 · Cell", "行 · Row", "列 · Column", "内容 · Content", "问题 · Problem", "代码 · Code")
    for index, title in enumerate(titles):
        page.write_string(0, index, title)
    for row, one in enumerate(problems, start=1):
        for index, value in enumerate((one.cell, one.row, one.column, one.text, f"{one.zh} · {one.en}", one.code)):
            _write(page, row, index, value)


def export_xlsx(sheet: Sheet, rows: Iterable[Mapping[str, Any]], target: IO[bytes]) -> None:
    """Rows by column name into an Excel file; values with a label are written as the label."""
    with _book(target) as book:
        page = book.add_worksheet(sheet.title)
        _headings(book, page, sheet.columns)
        for number, row in enumerate(rows, start=1):
            for index, column in enumerate(sheet.columns):
                _write(page, number, index, _labelled(column, row.get(column.name)))


def export_csv(sheet: Sheet, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The same as CSV in UTF-8, piece by piece, with a mark that Excel needs; formula-like text gets an apostrophe."""
    yield b"\xef\xbb\xbf"
    yield _csv_line([column.heading for column in sheet.columns])
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
