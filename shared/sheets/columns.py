"""Columns: what a cell of a sheet may hold, and how its text becomes a value.

A parser takes a cell as the file holds it (never empty) and returns a value or raises `CellError`. Days are calendar
dates without time or zone. Numbers that a spreadsheet stores with 15 significant digits are refused where they have
more: what was cut off cannot be read back.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

Cell = int | float | str | bool | date | datetime | time | timedelta
Parser = Callable[[Cell], Any]
_EXACT = 10**15
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_NUMBERS = re.compile(r"(?<!\d)(\d{6})\d{8,11}([\dXx])(?!\d)")
_YES = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}


class CellError(Exception):
    """A cell that cannot be what its column wants: a stable code, and why in Chinese and English."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.code, self.zh, self.en = code, zh, en


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong in one cell; `row` counts from 1 as spreadsheets do, `letter` is the column's.

    `text` is what the cell holds, long numbers masked, because problems are stored and shown. Without `letter` the
    whole row, without `row` the whole sheet is meant.
    """

    sheet: str
    row: int | None
    letter: str | None
    column: str
    text: str
    code: str
    zh: str
    en: str

    @property
    def cell(self) -> str | None:
        """The place as spreadsheets write it, e.g. `B7`; `None` for a whole row or sheet."""
        return f"{self.letter}{self.row}" if self.letter and self.row else None


def shown(value: Cell | None) -> str:
    """A cell's text for people, at most 200 characters; what is as long as a citizen number is masked inside."""
    if value is None:
        return ""
    return _NUMBERS.sub(r"\1********\2", words(value))[:200]


def words(value: Cell) -> str:
    """A cell's text as its reader sees it: whole numbers without point, days as ISO, yes or no in Chinese."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()


def text(longest: int = 500, pattern: str | None = None, *, hint: tuple[str, str] | None = None) -> Parser:
    """Text of at most so many characters that matches the pattern whole; `hint` says the pattern in zh and en."""
    compiled = re.compile(pattern) if pattern else None

    def parse(cell: Cell) -> str:
        if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _EXACT:
            raise CellError("number_cut_off", "数字过长已失真，请以文本格式填写", "digits were lost; store it as text")
        found = words(cell)
        if len(found) > longest:
            raise CellError("text_too_long", f"超过 {longest} 个字", f"longer than {longest} characters")
        if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in found):
            raise CellError("control_character", "含有控制字符", "it holds a control character")
        if compiled and not compiled.fullmatch(found):
            zh, en = hint or ("格式不符", "it does not have the right form")
            raise CellError("text_malformed", zh, en)
        return found

    return parse


def day(cell: Cell) -> date:
    """A calendar day: a date cell, or text such as 2026-02-10, 2026/2/10, 2026年2月10日."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    matched = _DAY.fullmatch(words(cell))
    try:
        if matched:
            year, month, number_of_day = (int(part) for part in matched.groups())
            return date(year, month, number_of_day)
    except ValueError:
        matched = None
    raise CellError("not_a_day", "不是有效日期，例如 2026-02-10", "not a day; write it like 2026-02-10")


def whole(least: int = 0, most: int = 10**12) -> Parser:
    """A whole number within bounds, both included."""

    def parse(cell: Cell) -> int:
        found = _decimal(cell)
        if found != found.to_integral_value():
            raise CellError("not_whole", "应为整数", "not a whole number")
        _bounded(found, least, most)
        return int(found)

    return parse


def number(least: int = 0, most: int = 10**15) -> Parser:
    """A decimal number within bounds, both included; the value is a `Decimal`."""

    def parse(cell: Cell) -> Decimal:
        return _bounded(_decimal(cell), least, most)

    return parse


def _decimal(cell: Cell) -> Decimal:
    try:
        found = Decimal(words(cell).replace(",", "").replace("，", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(cell, bool) or not found.is_finite():
        raise CellError("not_a_number", "不是数字", "not a number")
    return found


def _bounded(found: Decimal, least: int, most: int) -> Decimal:
    if not least <= found <= most:
        raise CellError("out_of_range", f"应在 {least} 至 {most} 之间", f"not between {least} and {most}")
    return found


def yes_or_no(cell: Cell) -> bool:
    """是 or 否; also yes, no, true, false, 1, 0."""
    found = _YES.get(words(cell).lower())
    if found is None:
        raise CellError("not_yes_or_no", "请填“是”或“否”", "write 是 or 否")
    return found


def uuid(cell: Cell) -> UUID:
    """An identifier of this system."""
    try:
        return UUID(words(cell))
    except ValueError:
        raise CellError("not_an_id", "不是有效编号", "not an identifier") from None


def many(parse: Parser, most: int = 20) -> Parser:
    """Several values in one cell, parted by semicolons or line breaks; the value is a tuple."""

    def parse_all(cell: Cell) -> tuple[Any, ...]:
        parts = [one.strip() for one in re.split(r"[;；\n\r]+", words(cell))]
        found = [one for one in parts if one]
        if len(found) > most:
            raise CellError("too_many", f"最多 {most} 项", f"at most {most} values")
        return tuple(parse(one) for one in found)

    return parse_all


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `name` is the key of its value, `zh` and `en` its heading.

    `allowed` maps values to their Chinese labels: the template offers the labels in a dropdown, reading takes label or
    value (and the value goes through `parse`). `note` explains the column on the help sheet; `example` is shown there.
    """

    name: str
    zh: str
    en: str
    parse: Parser = field(default_factory=text)
    required: bool = False
    allowed: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    example: str = ""
    width: int = 18

    @property
    def heading(self) -> str:
        """中文 · English, with a star where it must be filled in."""
        return f"{self.zh} · {self.en}{' *' if self.required else ''}"

    def value(self, cell: Cell) -> Any:
        """The value of a cell that is not empty; raises `CellError`."""
        if not self.allowed:
            return self.parse(cell)
        given = words(cell)
        by_label = {label: value for value, label in self.allowed.items()}
        found = given if given in self.allowed else by_label.get(given)
        if found is None:
            raise CellError("not_allowed", "不在可选项之内", "not one of the values offered")
        return self.parse(found)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its title (at most 31 characters, as spreadsheets demand), its columns, and lines of help."""

    title: str
    columns: tuple[Column, ...]
    help: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would read ambiguously: two columns of one name or heading."""
        for spoken in ("name", "zh", "en"):
            found = [getattr(column, spoken) for column in self.columns]
            if len(set(found)) < len(found):
                raise ValueError(f"two columns with the same {spoken}")
