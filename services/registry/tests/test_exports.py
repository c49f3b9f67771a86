"""Exports: every list, as text only, streamed; a roster that goes out can come back in and changes nothing."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from python_calamine import load_workbook

from services.registry.handlers import exports
from services.registry.handlers.exports import Export, List
from services.registry.handlers.reading import Scope
from services.registry.tests.clerk import Clerk, Story, days, explosion
from services.registry.tests.conftest import Calendar
from services.registry.tests.sheets import NUMBERS, SEAT, imported, problems, run, seats, send
from shared.sheets import MEDIA_TYPE

OVERDUE = "2026-07-20"  # the investigation of the story's accident was due the day before


async def table(clerk: Clerk, name: str, **asked: Any) -> list[list[str]]:
    answer = await clerk.send("GET", f"/v1/exports/{name}", **asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read UTF-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.clause("art2")
@pytest.mark.parametrize("name", list(List))
async def test_every_list_can_be_exported_as_csv_and_as_excel_with_the_same_rows(story: Story, name: List) -> None:
    clerk = story.clerk
    await clerk.post("/v1/accidents", explosion())
    fund = {"kind": "safety_fund", "year": 2026, "fund_yuan": 1, "revenue_yuan": 1_000}
    place = {"region_code": "139901", "document": "演练文件", "exercise": True}
    await clerk.post("/v1/declarations", fund | place | days("2026-01-01"))
    rows = await table(clerk, name, exercise=True, as_of=OVERDUE)
    answer = await clerk.send("GET", f"/v1/exports/{name}", exercise=True, as_of=OVERDUE, format="xlsx")
    assert answer.headers["content-type"] == MEDIA_TYPE
    sheet = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(sheet) == len(rows)
    assert sheet[0] == rows[0]
    assert len(rows) > 1


async def test_alarms_are_exported_in_words(story: Story) -> None:
    await story.clerk.post("/v1/accidents", explosion())
    heads, row = await table(story.clerk, "accident-alarms", exercise=True, as_of=OVERDUE)
    assert "was due on 2026-07-19" in row[heads.index("警示 · Alarms")]
    assert row[heads.index("区划代码 · Region code")] == explosion()["region_code"]


@pytest.mark.clause("art2")
async def test_an_exported_roster_sent_back_in_changes_nothing_and_holds_no_number(clerk: Clerk) -> None:
    await imported(
        clerk,
        {
            **SEAT,
            "to_day": "2024-12-31",
            "end_reason": "退休",
            "source_recorded_at": "2020-02-01",
            "attested_by": "演练档案室",
        },
        {**SEAT, "official": "演练丙", "citizen_number": NUMBERS[2], "from_day": "2025-01-01", "reading": "Yǎn"},
        {
            **SEAT,
            "post": "总工程师",
            "post_kind": "department_other_leader",
            "official": None,
            "citizen_number": None,
            "from_day": None,
        },
    )
    answer = await clerk.send("GET", "/v1/exports/roster", exercise=True, history=True, format="xlsx")
    assert len(load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()) == 4
    sent = await send(clerk, answer.content)
    done = await run(clerk, sent.json()["id"])
    assert (done["stage"], done["rows"], done["changes"]) == ("applied", 3, {})
    text = (await clerk.send("GET", "/v1/exports/roster", exercise=True, history=True)).text
    assert not [number for number in NUMBERS if number in text]


@pytest.mark.clause("art2")
async def test_an_organ_renamed_ahead_goes_out_and_comes_in_under_its_name_of_the_day_and_is_never_registered_twice(
    clerk: Clerk, calendar: Calendar
) -> None:
    await imported(clerk, SEAT)
    (organ,) = (await clerk.get("/v1/organs", exercise=True))["items"]
    (post,) = (await clerk.get("/v1/posts", exercise=True))["items"]
    led = {"post_id": post["id"], "organ_ids": [organ["id"]], "industries": ["C26"], **days("2024-01-01")}
    await clerk.post("/v1/portfolios", led)
    reform = {"document": "文", "issuer": "演练市委", "issued_on": "2026-05-01", "kind": "renamed", "day": "2026-06-01"}
    new = {**SEAT, "organ": "演练县应急局"}
    await clerk.post(f"/v1/organs/{organ['id']}/succession", {**reform, "new_name": new["organ"]}, seen=1)

    async def refused_and_taken(other: dict[str, Any], named: dict[str, Any]) -> None:
        wrong = await imported(clerk, other)
        assert await problems(clerk, wrong["import_id"]) == [(2, "机关名称", "organ_renamed")]
        (told,) = (await clerk.get(f"/v1/imports/{wrong['import_id']}/problems"))["items"]
        assert named["organ"] in str(told)
        assert (await imported(clerk, named))["changes"] == {}
        answer = await clerk.send("GET", "/v1/exports/roster", exercise=True, history=True, format="xlsx")
        portfolios = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(2).to_python()
        assert portfolios[1].count(named["organ"]) == 2, "whose leader, and for whom"
        done = await run(clerk, (await send(clerk, answer.content)).json()["id"])
        assert (done["stage"], done["changes"]) == ("applied", {})

    await refused_and_taken(new, SEAT)
    calendar.turn_to(2026, 6, 1, 9)
    await refused_and_taken(SEAT, new)
    corrected = await imported(clerk, {**new, "organ_from": "2017-01-01"})
    assert corrected["changes"] == {"organ_corrected": 1}
    (event,) = (one for one in await clerk.events("organ", organ["id"]) if one["version"] == 3)
    assert event["data"]["name"] == new["organ"], "as it is called when that was recorded"
    assert SEAT["organ"] in (await table(clerk, "roster", exercise=True, as_of="2026-05-31"))[1]
    assert len((await clerk.get("/v1/organs", exercise=True, history=True))["items"]) == 1


async def test_text_that_looks_like_a_formula_is_exported_as_text(clerk: Clerk) -> None:
    await imported(clerk, {**SEAT, "organ": '=HYPERLINK("http://演练")', "official": "@演练", "post": "+演练"})
    rows = await table(clerk, "roster", exercise=True)
    assert {'\'=HYPERLINK("http://演练")', "'@演练", "'+演练"} <= set(rows[1])
    answer = await clerk.send("GET", "/v1/exports/roster", exercise=True, format="xlsx")
    book = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert '=HYPERLINK("http://演练")' in book[1], "a string cell, which no program computes"


@pytest.mark.clause("art2")
async def test_exports_keep_to_ones_regions_and_roles(clerk: Clerk) -> None:
    await imported(clerk, SEAT)
    elsewhere = clerk.acting("viewer", regions=("130100",))
    for name in ("roster", "organs", "posts", "officials", "appointments"):
        assert len(await table(elsewhere, name, exercise=True)) == 1, name
        assert len(await table(clerk, name, exercise=True)) == 2, name
        assert len(await table(clerk, name)) == 1, "exercises stay out unless asked for"
    agency = await clerk.acting("agency").refusal("GET", "/v1/exports/roster")
    assert agency[:2] == (403, "role_required")
    unknown = await clerk.refusal("GET", "/v1/exports/secrets")
    assert unknown[0] == 400


async def test_an_export_is_streamed_page_by_page_in_one_snapshot(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_PAGE", 10)
    monkeypatch.setattr(exports, "_LINES", 10)
    await imported(clerk, *seats(45))
    made = Export(List.OFFICIALS, Scope({"130000"}, exercise=True), clerk.running.app.state.sessions)
    pieces: AsyncIterator[bytes] = made.csv()
    first = await anext(pieces)
    await imported(clerk, *seats(20, first=100))
    rest = [piece async for piece in pieces]
    lines = b"".join((first, *rest)).decode("utf-8-sig").splitlines()
    assert len(rest) >= 4
    assert len(lines) == 46, "what is registered meanwhile is not in it"


async def test_an_excel_file_with_more_rows_than_a_sheet_holds_is_refused(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 5)
    await imported(clerk, *seats(10))
    refused = await clerk.refusal("GET", "/v1/exports/officials", exercise=True, format="xlsx")
    assert refused[:2] == (422, "too_many_rows")
