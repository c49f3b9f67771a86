"""What goes out: templates that come back in, copies that say what is wrong, exports without formulas."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from shared.sheets import annotated, export_csv, export_xlsx, read, template
from shared.sheets.tests.test_reading import HEAD, SHEET, book, rows


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".vml"))}


def test_a_template_offers_labels_in_dropdowns_and_explains_its_columns() -> None:
    made = template(SHEET, {"note": ["甲县", "乙县"]})
    found = parts(made)
    rules = re.findall(
        r'<dataValidation type="list"[^>]*sqref="([^"]+)"><formula1>([^<]+)', found["xl/worksheets/sheet1.xml"]
    )
    assert rules == [
        ("A2:A10001", "'选项 Choices'!$A$1:$A$2"),
        ("D2:D10001", "'选项 Choices'!$B$1:$B$2"),
    ]
    assert 'state="hidden"' in found["xl/workbook.xml"]
    everything = "".join(found.values())
    for words in ("会议", "调研", "乙县", "类别 · kind *", "填表说明 Help"):
        assert words in everything
    assert list(read(made, SHEET)) == []


def test_an_annotated_copy_marks_the_cells_keeps_the_rest_and_can_be_sent_again() -> None:
    cells = [HEAD, ("会议", date(2026, 2, 10), 3, "=1+1"), ("宴会", "昨天", 3, None), ("调研", "2026-02-11", None, "z")]
    sent = book(cells)
    problems = [one for row in read(sent, SHEET) for one in row.problems]
    copy = annotated(sent, SHEET, problems)
    found = parts(copy)
    comments = found["xl/comments1.xml"]
    assert re.findall(r'<comment ref="([A-Z]+\d+)"', comments) == ["A3", "B3"]
    assert "不在可选项之内 · not one of the values offered" in comments
    assert "<f>" not in found["xl/worksheets/sheet1.xml"]
    again = list(read(copy, SHEET))
    before = rows(*cells[1:])
    assert [one.values for one in again] == [one.values for one in before]
    assert [one.problems for one in again] == [one.problems for one in before]


def test_problems_of_rows_and_headings_are_marked_too() -> None:
    sent = book([("类别",), ("会议",)])
    problems = [one for row in read(sent, SHEET) for one in row.problems]
    assert [one.cell for one in problems] == [None]
    copy = parts(annotated(sent, SHEET, problems))
    assert 'ref="A1"' in copy["xl/comments1.xml"]
    assert any(
        "缺少这一列" in text for name, text in copy.items() if name.startswith("xl/sharedStrings") or "sheet2" in name
    )


EVIL = ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "http://x.test/", "{=1}")


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_is_ever_a_formula_or_a_link(evil: str) -> None:
    row = {"kind": "meeting", "day": date(2026, 2, 10), "count": -5, "note": evil}
    target = io.BytesIO()
    export_xlsx(SHEET, [row], target)
    page = parts(target.getvalue())["xl/worksheets/sheet1.xml"]
    assert "<f>" not in page
    assert "hyperlink" not in page
    line = b"".join(export_csv(SHEET, [row])).decode("utf-8-sig").splitlines(keepends=False)[1]
    assert line.startswith("会议,2026-02-10,-5,")
    assert not re.search(r'(^|,)"?[=+@\t\r]', line)
    assert re.search(r",\"?'-1", line) or evil != "-1"


def test_an_export_reads_back_as_what_it_was() -> None:
    kept = [
        {"kind": "meeting", "day": date(2026, 2, 10), "count": 5, "note": "=x"},
        {"kind": "trip", "day": date(2026, 2, 11), "count": None, "note": None},
    ]
    target = io.BytesIO()
    export_xlsx(SHEET, kept, target)
    assert [row.values for row in read(target.getvalue(), SHEET)] == kept


def test_lists_and_large_numbers_are_written_so_that_nothing_is_lost() -> None:
    lines = b"".join(export_csv(SHEET, [{"kind": ["meeting", "trip"], "count": Decimal(10) ** 16}])).decode("utf-8-sig")
    assert lines.splitlines()[1] == "会议；调研,,10000000000000000,"
