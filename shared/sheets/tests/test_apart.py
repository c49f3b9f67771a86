"""A large workbook is read by a process of its own: the same rows, and nothing of its grid in this process."""

import io
import os
import signal
import subprocess
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import xlsxwriter

from shared.sheets import Column, Sheet, UnreadableError, annotated, apart, read, reading, titles
from shared.sheets.reading import grid
from shared.sheets.tests.test_reading import book

SHEET = Sheet("许多", (Column("a", "甲", "a"), Column("b", "乙", "b")))
CELLS: list[tuple[Any, ...]] = [
    ("甲", "乙"),
    ('文字\n"引号"', 1),
    (2.5, True),
    (date(2026, 2, 10), datetime.fromisoformat("2026-02-10T08:30:00")),
    (time(8, 30), timedelta(hours=30)),
    ("𠮷", None),
]


def written() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd hh:mm"}) as made:
        made.add_worksheet("别的").write_string(0, 0, "x")
        page = made.add_worksheet(SHEET.title)
        for row, cells in enumerate(CELLS):
            page.write_row(row, 1, cells)
    return target.getvalue()


@pytest.fixture
def apart_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every workbook counts as large, and this process cannot read any."""
    monkeypatch.setattr(reading, "GRID_BYTES", 0)
    monkeypatch.setattr(reading, "load_workbook", None)


def test_a_large_workbook_has_the_same_rows_without_this_process_reading_it(request: pytest.FixtureRequest) -> None:
    content = written()
    here = list(grid(content, SHEET.title))
    request.getfixturevalue("apart_only")
    there = [(number, cells) for number, cells in grid(content, SHEET.title)]
    assert there == here
    assert [type(cell) for _, cells in there for cell in cells] == [type(cell) for _, cells in here for cell in cells]
    assert titles(io.BytesIO(content)) == ("别的", SHEET.title)


@pytest.mark.usefixtures("apart_only")
def test_reading_stops_with_whoever_reads_and_the_reader_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    readers: list[subprocess.Popen[bytes]] = []
    told_by = apart._told_by

    def noted(child: "subprocess.Popen[bytes]", *files: Any) -> Any:
        readers.append(child)
        return told_by(child, *files)

    monkeypatch.setattr(apart, "_told_by", noted)
    rows: Any = grid(book([("甲", "乙"), *(("x" * 200, "y" * 200) for _ in range(5_000))], SHEET.title), SHEET.title)
    assert next(rows)[1] == ["甲", "乙"]
    (reader,) = readers
    assert reader.poll() is None, "it waits until somebody takes more: what it has read is not in this process"
    rows.close()
    assert reader.wait(10) != 0


@pytest.mark.usefixtures("apart_only")
def test_a_reader_that_is_killed_is_an_unreadable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    told_by = apart._told_by

    def killed(child: "subprocess.Popen[bytes]", *files: Any) -> Any:
        os.kill(child.pid, signal.SIGKILL)
        return told_by(child, *files)

    monkeypatch.setattr(apart, "_told_by", killed)
    with pytest.raises(UnreadableError) as refused:
        list(read(written(), SHEET))
    assert refused.value.code == "not_a_workbook"


@pytest.mark.usefixtures("apart_only")
def test_what_is_no_workbook_and_a_copy_with_comments_go_the_same_way() -> None:
    with pytest.raises(UnreadableError):
        list(read(b"no workbook", SHEET))
    copy = annotated(written(), SHEET, [])
    assert next(cells[1:3] for _, cells in grid(copy, SHEET.title)) == ["甲", "乙"]
