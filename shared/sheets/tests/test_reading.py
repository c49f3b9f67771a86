"""What comes out of a workbook: typed rows, and every problem by sheet, row, column and text."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from shared.sheets import (
    CellError,
    Column,
    Row,
    Sheet,
    UnreadableError,
    day,
    many,
    number,
    read,
    text,
    uuid,
    whole,
    yes_or_no,
)
from shared.sheets.reading import letter_of

KINDS = {"meeting": "会议", "trip": "调研"}
SHEET = Sheet(
    "记录",
    (
        Column("kind", "类别", "kind", required=True, allowed=KINDS),
        Column("day", "日期", "day", day, required=True),
        Column("count", "人数", "people", whole(0, 500)),
        Column("note", "备注", "note", text(20)),
    ),
)


def book(rows: Sequence[Sequence[Any]], title: str = "记录", *, at: tuple[int, int] = (0, 0)) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}) as made:
        page = made.add_worksheet(title)
        for row, cells in enumerate(rows):
            for index, cell in enumerate(cells):
                page.write(at[0] + row, at[1] + index, cell)
    return target.getvalue()


HEAD = ("类别", "日期", "人数", "备注")


def rows(*cells: Sequence[Any], head: Sequence[str] = HEAD) -> list[Row]:
    return list(read(book([head, *cells]), SHEET))


def test_rows_come_typed_and_empty_ones_are_left_out() -> None:
    (one, two) = rows(("会议", date(2026, 2, 10), 12, "x"), (), ("trip", "2026年3月1日", None, None))
    assert (one.number, one.values) == (2, {"kind": "meeting", "day": date(2026, 2, 10), "count": 12, "note": "x"})
    assert (two.number, two.values) == (4, {"kind": "trip", "day": date(2026, 3, 1), "count": None, "note": None})
    assert (one.problems, two.problems) == ((), ())


def test_a_problem_names_sheet_row_column_and_text() -> None:
    (row,) = rows(("宴会", "昨天", 501, "y" * 21))
    assert [(one.sheet, one.cell, one.column, one.text, one.code) for one in row.problems] == [
        ("记录", "A2", "类别", "宴会", "not_allowed"),
        ("记录", "B2", "日期", "昨天", "not_a_day"),
        ("记录", "C2", "人数", "501", "out_of_range"),
        ("记录", "D2", "备注", "y" * 21, "text_too_long"),
    ]
    assert all(one.zh and one.en for one in row.problems)
    assert set(row.values.values()) == {None}
    (gap,) = rows((None, "2026-02-10", 1, "z"))
    assert [(one.cell, one.code) for one in gap.problems] == [("A2", "cell_empty")]


def test_a_problem_of_meaning_finds_its_cell() -> None:
    (row,) = rows(("会议", "2026-02-10", 1, "z"))
    found = row.problem(SHEET, "day", CellError("in_future", "在未来", "in the future"))
    assert (found.cell, found.text, found.code) == ("B2", "2026-02-10", "in_future")


def test_headings_stand_in_any_order_language_and_place() -> None:
    cells = [("note *", "DAY", "类别 · kind *"), ("n", "2026/2/3", "会议")]
    (row,) = read(book(cells, "Sheet1", at=(3, 2)), SHEET)
    assert (row.number, row.values["kind"], row.values["day"], row.values["note"]) == (
        5,
        "meeting",
        date(2026, 2, 3),
        "n",
    )
    assert row.problem(SHEET, "kind", CellError("c", "z", "e")).cell == "E5"


def test_wrong_headings_are_told_before_any_row() -> None:
    (only,) = rows(("会议", "2026-02-10", 1, 2), head=("类别", "类别", "人数", "地点"))
    assert [(one.cell, one.column, one.code) for one in only.problems] == [
        ("B1", "类别", "column_twice"),
        ("D1", "地点", "column_unknown"),
        (None, "日期", "column_missing"),
    ]
    assert only.values == {}


def test_numbers_that_lost_digits_and_citizen_numbers_never_show() -> None:
    (lost,) = rows(("会议", "2026-02-10", 1, 990000199001011234))
    assert [one.code for one in lost.problems] == ["number_cut_off"]
    (long,) = rows(("会议", "2026-02-10", 1, "身份证 990000199001011234 某"))
    assert [one.text for one in long.problems] == ["身份证 990000********4 某"]


PARSED = (
    (text(), 139901.0, "139901"),
    (text(), True, "是"),
    (day, datetime(2026, 2, 3, 10), date(2026, 2, 3)),  # noqa: DTZ001 - spreadsheets know no offset
    (day, "2026.2.3", date(2026, 2, 3)),
    (number(), "1,234.50", Decimal("1234.50")),
    (whole(), 7.0, 7),
    (yes_or_no, "是", True),
    (yes_or_no, "No", False),
    (uuid, "6f6e6c79-616e-7a65-8000-000000000001", UUID("6f6e6c79-616e-7a65-8000-000000000001")),
    (many(whole()), "1；2;\n3", (1, 2, 3)),
)


@pytest.mark.parametrize(("parse", "cell", "value"), PARSED)
def test_cells_are_read_as_what_they_mean(parse: Any, cell: Any, value: Any) -> None:
    assert parse(cell) == value


REFUSED = (
    (day, "2026-02-30", "not_a_day"),
    (day, 45000.0, "not_a_day"),
    (whole(), 7.5, "not_whole"),
    (whole(), "seven", "not_a_number"),
    (number(), True, "not_a_number"),
    (number(), "Infinity", "not_a_number"),
    (number(0, 5), -1, "out_of_range"),
    (yes_or_no, "也许", "not_yes_or_no"),
    (uuid, "x", "not_an_id"),
    (many(whole(), 2), "1;2;3", "too_many"),
    (text(pattern=r"\d{6}"), "12a456", "text_malformed"),
    (text(), "a\x07b", "control_character"),
)


@pytest.mark.parametrize(("parse", "cell", "code"), REFUSED)
def test_a_cell_that_means_nothing_is_refused_with_its_code(parse: Any, cell: Any, code: str) -> None:
    with pytest.raises(CellError) as refused:
        parse(cell)
    assert refused.value.code == code


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20))
def test_what_was_written_as_text_is_read_as_that_text(said: str) -> None:
    found = text()(said)
    assert found == said.strip()


def test_what_is_no_workbook_is_said_to_be_none() -> None:
    bare = io.BytesIO()
    with zipfile.ZipFile(bare, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    good = book([HEAD])
    for data in (b"", b"junk", good[:200], bare.getvalue(), good[:100] + bytes(100) + good[200:]):
        with pytest.raises(UnreadableError) as refused:
            list(read(data, SHEET))
        assert refused.value.code == "not_a_workbook"
    with pytest.raises(UnreadableError, match="空"):
        list(read(book([]), SHEET))


def test_more_rows_than_allowed_are_not_read() -> None:
    many_rows = book([HEAD, *[("会议", "2026-02-10", 1, "z")] * 4])
    assert len(list(read(many_rows, SHEET, most_rows=4))) == 4
    with pytest.raises(UnreadableError) as refused:
        list(read(many_rows, SHEET, most_rows=3))
    assert refused.value.code == "too_many_rows"


def rewritten(data: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with bytes of its first sheet replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert old in part
                part = part.replace(old, new)
            made.writestr(name, part)
    return target.getvalue()


FAR = (
    (b'r="D2"', b'r="XFD1048576"'),
    (b'r="D2"', b'r="BA2"'),
    (b'r="D2"', b"r = 'D101000'"),
    (b'r="D2"', b's=" r=\'A1\' " r="XFD9"'),
    (b'r="D2"', b'r="&#88;FD2"'),
    (b'r="D2"', b""),
    (b'<row r="2"', b'<row r="1048576"'),
    (b'<row r="2"', b"<row"),
)


@pytest.mark.parametrize(("old", "new"), FAR)
def test_one_far_cell_cannot_ask_for_a_grid_that_fills_the_memory(old: bytes, new: bytes) -> None:
    data = book([HEAD, ("会议", "2026-02-10", 1, "z")])
    assert len(list(read(data, SHEET))) == 1
    with pytest.raises(UnreadableError) as refused:
        list(read(rewritten(data, old, new), SHEET))
    assert refused.value.code == "sheet_too_large"


def test_a_small_file_that_unpacks_to_much_is_not_read() -> None:
    data = book([HEAD])
    bomb = rewritten(data, b"<sheetData>", b"<!--" + b" " * (257 * 1024 * 1024) + b"--><sheetData>")
    assert len(bomb) < 1024 * 1024
    with pytest.raises(UnreadableError) as refused:
        list(read(bomb, SHEET))
    assert refused.value.code == "sheet_too_large"


def resident() -> int:
    with open("/proc/self/statm") as file:  # noqa: PTH123 - a file of the kernel
        return int(file.read().split()[1]) * 4096


def test_a_hundred_thousand_rows_are_read_one_at_a_time_with_flat_memory() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as made:
        page = made.add_worksheet("记录")
        for index, heading in enumerate(HEAD):
            page.write_string(0, index, heading)
        for line in range(1, 100_001):
            page.write_string(line, 0, "会议")
            page.write_string(line, 1, "2026-02-10")
            page.write_number(line, 2, line % 500)
            page.write_string(line, 3, f"第{line}行")
    data = target.getvalue()
    start, found = read(data, SHEET), 0
    next(start)
    before = resident()
    for row in start:
        assert not row.problems
        found += 1
    assert found == 99_999
    assert resident() - before < 16 * 1024 * 1024


def test_letters_count_as_spreadsheets_do() -> None:
    assert [letter_of(one) for one in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]


def test_two_columns_of_one_name_are_no_sheet() -> None:
    with pytest.raises(ValueError, match="same zh"):
        Sheet("x", (Column("a", "甲", "a"), Column("b", "甲", "b")))
