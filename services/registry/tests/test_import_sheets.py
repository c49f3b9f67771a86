"""A roster file's further sheets: what departments are for work safety, and what leaders answer for."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter
from python_calamine import load_workbook

from services.registry.handlers.imports.sheet import PORTFOLIOS, ROLES, ROSTER
from services.registry.tests.clerk import Body, Clerk, explosion
from services.registry.tests.sheets import NUMBERS, SEAT, problems, run, send
from services.registry.tests.test_imports import ledger_rows
from shared.sheets import Sheet

BUREAU = {name: SEAT[name] for name in ("region_code", "organ", "organ_kind")}
ROLE: Body = {
    **BUREAU,
    "role": "列名监管部门",
    "from_day": "2019-01-01",
    "industries": "B；26",
    "fields": "危险化学品;矿山",
    "document": "演练办〔2019〕1号",
    "issuer": "演练县委办公室",
    "issued_on": "2019-01-01",
    "side": "政府",
}
LEADER: Body = {
    **SEAT,
    "organ": "演练县人民政府",
    "organ_kind": "政府",
    "post_kind": "政府其他领导",
    "post": "副县长",
    "official": "演练乙",
    "citizen_number": NUMBERS[1],
}
PORTFOLIO: Body = {
    **{name: LEADER[name] for name in ("region_code", "organ", "organ_kind", "post_kind", "post")},
    "from_day": "2020-02-01",
    "industries": "C26",
    "fields": "消防",
    "organs": SEAT["organ"],
}
Rows = list[Body]


def book(roster: Rows, roles: Sequence[Body] = (), portfolios: Sequence[Body] = ()) -> bytes:
    target = io.BytesIO()
    given: list[tuple[Sheet, Rows]] = [(ROSTER, roster), (ROLES, list(roles)), (PORTFOLIOS, list(portfolios))]
    with xlsxwriter.Workbook(target) as made:
        for sheet, rows in given:
            page = made.add_worksheet(sheet.title)
            for index, column in enumerate(sheet.columns):
                page.write_string(0, index, column.heading)
                for number, row in enumerate(rows, start=1):
                    if row.get(column.name) is not None:
                        page.write_string(number, index, str(row[column.name]))
    return target.getvalue()


async def imported(clerk: Clerk, roster: Rows, roles: Sequence[Body] = (), portfolios: Sequence[Body] = ()) -> Any:
    sent = await send(clerk, book(roster, roles, portfolios))
    return await run(clerk, sent.json()["id"])


async def told(clerk: Clerk, done: Body) -> list[tuple[str, str, str, str]]:
    found = await clerk.get(f"/v1/imports/{done['import_id']}/problems", limit=500)
    return [(one["sheet"], f"{one['letter']}{one['row']}", one["text"], one["code"]) for one in found["items"]]


@pytest.mark.clause("art4", "art10.3")
async def test_roles_and_portfolios_come_with_the_roster_and_the_same_file_twice_changes_nothing(clerk: Clerk) -> None:
    sheets: tuple[Rows, Rows, Rows] = ([SEAT, LEADER], [ROLE], [PORTFOLIO])
    done = await imported(clerk, *sheets)
    assert (done["stage"], done["rows"], done["applied"]) == ("applied", 4, 4)
    assert done["changes"] == {
        "organ_registered": 2,
        "post_registered": 2,
        "official_registered": 2,
        "appointment_registered": 2,
        "portfolio_registered": 1,
    }
    (organ,) = (await clerk.get("/v1/organs", exercise=True, name=SEAT["organ"]))["items"]
    (role,) = organ["roles"]
    assert (role["role"], role["industries"], role["fields"]) == (
        "named_regulator",
        ["B", "C26"],
        ["危险化学品", "矿山"],
    )
    assert (role["document"], role["issued_on"], role["side"]) == ("演练办〔2019〕1号", "2019-01-01", "government")
    (portfolio,) = (await clerk.get("/v1/portfolios", exercise=True))["items"]
    assert (portfolio["organ_ids"], portfolio["industries"]) == ([organ["id"]], ["C26"])
    before = await ledger_rows(clerk)
    again = await imported(clerk, *sheets)
    assert (again["stage"], again["changes"], again["applied"]) == ("applied", {}, 4)
    assert await ledger_rows(clerk) == before


@pytest.mark.clause("art4", "art10.3")
async def test_rows_that_differ_correct_what_was_told_and_both_is_two_roles(clerk: Clerk) -> None:
    await imported(clerk, [SEAT, LEADER], [ROLE], [PORTFOLIO])
    changed = await imported(
        clerk,
        [],
        [
            {**ROLE, "to_day": "2024-12-31", "fields": None},
            {**ROLE, "role": "监管兼行业主管", "from_day": "2025-01-01"},
        ],
        [{**PORTFOLIO, "to_day": "2024-12-31"}, {**PORTFOLIO, "from_day": "2025-01-01", "fields": "消防；燃气"}],
    )
    assert changed["changes"] == {"organ_corrected": 1, "portfolio_corrected": 1, "portfolio_registered": 1}
    (organ,) = (await clerk.get("/v1/organs", exercise=True, name=SEAT["organ"]))["items"]
    assert [(one["role"], one["from_day"], one["to_day"], len(one["fields"])) for one in organ["roles"]] == [
        ("named_regulator", "2019-01-01", "2024-12-31", 2),
        ("other_regulator", "2025-01-01", None, 2),
        ("industry_competent", "2025-01-01", None, 2),
    ]
    held = (await clerk.get("/v1/portfolios", exercise=True, history=True))["items"]
    assert {(one["from_day"], one["to_day"], len(one["fields"]), one["version"]) for one in held} == {
        ("2020-02-01", "2024-12-31", 1, 2),
        ("2025-01-01", None, 2, 1),
    }


@pytest.mark.clause("art4", "art10.3")
async def test_what_is_wrong_in_any_sheet_is_told_by_sheet_cell_and_text_and_nothing_is_applied(clerk: Clerk) -> None:
    before = await ledger_rows(clerk)
    done = await imported(
        clerk,
        [SEAT, LEADER],
        [
            {**ROLE, "industries": "Z99"},
            {**ROLE, "role": "管家"},
            {**ROLE, "document": None, "function": "甲"},
            {**ROLE, "organ": "演练县无此局"},
            {**ROLE, "to_day": "2018-01-01", "function": "乙"},
            ROLE,
            ROLE,
        ],
        [
            {**PORTFOLIO, "organs": "演练县无此局"},
            {**PORTFOLIO, "post": "无此岗位"},
            {**PORTFOLIO, "from_day": "2021-01-01", "attested_by": "演练档案室"},
            {**PORTFOLIO, "from_day": "2022-01-01", "attested_by": "演练档案室", "source_recorded_at": "2199-01-01"},
        ],
    )
    assert (done["stage"], done["applied"]) == ("faulty", 0)
    roles, portfolios = ROLES.title, PORTFOLIOS.title
    assert sorted(await told(clerk, done)) == sorted(
        [
            (roles, "G2", "Z99", "unknown_industry"),
            (roles, "D3", "管家", "not_allowed"),
            (roles, "J4", "", "document_missing"),
            (roles, "B5", "演练县无此局", "organ_unknown"),
            (roles, "F6", "2018-01-01", "dates_out_of_order"),
            (roles, "D8", "列名监管部门", "row_twice"),
            (portfolios, "J2", "演练县无此局", "organ_unknown"),
            (portfolios, "E3", "无此岗位", "post_unknown"),
            (portfolios, "L4", "演练档案室", "source_incomplete"),
            (portfolios, "K5", "2199-01-01", "source_in_the_future"),
        ]
    )
    assert await ledger_rows(clerk) == before
    copy = await clerk.send("GET", f"/v1/imports/{done['import_id']}/annotated")
    names = load_workbook(io.BytesIO(copy.content)).sheet_names
    assert names == [ROSTER.title, roles, portfolios, "问题 Problems"]
    again = await send(clerk, copy.content)
    assert (await run(clerk, again.json()["id"]))["faults"] == 10, "corrected, the copy can be sent again"


async def test_the_template_has_all_sheets_with_dropdowns_and_filled_in_it_is_read(clerk: Clerk) -> None:
    answer = await clerk.send("GET", "/v1/import-template")
    found = load_workbook(io.BytesIO(answer.content))
    assert found.sheet_names[:3] == [ROSTER.title, ROLES.title, PORTFOLIOS.title]
    heads = [found.get_sheet_by_name(sheet.title).to_python()[0] for sheet in (ROSTER, ROLES, PORTFOLIOS)]
    assert heads == [[one.heading for one in sheet.columns] for sheet in (ROSTER, ROLES, PORTFOLIOS)]
    choices = found.get_sheet_by_name("选项 Choices").to_python()
    assert {"列名监管部门", "监管兼行业主管"} <= {cell for row in choices for cell in row}
    sent = await send(clerk, answer.content)
    done = await run(clerk, sent.json()["id"])
    assert (done["rows"], done["faults"]) == (0, 0)


@pytest.mark.clause("art18")
async def test_a_portfolio_by_file_that_touches_an_accidents_day_publishes_a_new_chain(clerk: Clerk) -> None:
    await imported(clerk, [SEAT, LEADER])
    accident: Any = await clerk.post("/v1/accidents", explosion())
    assert LEADER["official"] not in {one["official_name"] for one in accident["chain"]["entries"]}
    await imported(clerk, [], [ROLE], [PORTFOLIO])
    revised = (await clerk.get(f"/v1/accidents/{accident['id']}"))["chain"]
    assert revised["version"] == 2
    assert {LEADER["official"], SEAT["official"]} <= {one["official_name"] for one in revised["entries"]}


@pytest.mark.clause("art2", "art23")
async def test_a_row_that_names_either_record_of_a_person_is_about_the_person(clerk: Clerk) -> None:
    await imported(clerk, [SEAT])
    (first,) = (await clerk.get("/v1/officials", exercise=True))["items"]
    body = {"name": "演练甲又名", "region_code": "139901", "exercise": True}
    second = await clerk.post("/v1/officials", body)
    await clerk.post(f"/v1/officials/{first['id']}/merge", {"into": second["id"], "reason": "同一人"}, seen=1)
    before = await ledger_rows(clerk)
    again = await imported(clerk, [SEAT])
    assert (again["stage"], again["changes"]) == ("applied", {}), "the same file after a merge changes nothing"
    assert await ledger_rows(clerk) == before
    ended = {**SEAT, "to_day": "2024-12-31"}
    later = {**SEAT, "post": "总工程师", "post_kind": "department_other_leader", "from_day": "2025-01-01"}
    by_id = {**later, "citizen_number": None, "official_id": first["id"]}
    done = await imported(clerk, [ended, by_id])
    assert done["changes"] == {"post_registered": 1, "appointment_corrected": 1, "appointment_registered": 1}
    held = (await clerk.get("/v1/appointments", exercise=True, official_id=second["id"], history=True))["items"]
    assert {(one["official_id"], one["from_day"]) for one in held} == {
        (first["id"], "2020-02-01"),
        (second["id"], "2025-01-01"),
    }, "what is new is recorded under the record as which the person answers"
    taken = await imported(clerk, [{**SEAT, "from_day": "2024-06-01", "official_id": second["id"]}])
    assert await problems(clerk, taken["import_id"]) == [(2, "任职日", "appointed_twice")]


async def exported(clerk: Clerk) -> dict[str, list[Body]]:
    """The sheets of an exported roster file, as rows by column name."""
    answer = await clerk.send("GET", "/v1/exports/roster", exercise=True, history=True, format="xlsx")
    made = load_workbook(io.BytesIO(answer.content))
    found: dict[str, list[Body]] = {}
    for sheet in (ROSTER, ROLES, PORTFOLIOS):
        heads, *rows = made.get_sheet_by_name(sheet.title).to_python()
        names = {column.heading: column.name for column in sheet.columns}
        lines = [{names[str(head)]: str(cell) for head, cell in zip(heads, row, strict=True) if cell} for row in rows]
        found[sheet.title] = sorted(lines, key=str)
    return found


@pytest.mark.clause("art4", "art10.3")
async def test_an_exported_roster_with_roles_and_portfolios_fills_an_empty_register_with_the_same_rows(
    clerk: Clerk, empty: Clerk
) -> None:
    office = {**BUREAU, "organ": "演练县安委办", "organ_kind": "安全生产委员会办公室"}
    vacant = {**LEADER, "post": "副县长二", "official": None, "citizen_number": None, "from_day": None}
    await imported(
        clerk,
        [SEAT, {**LEADER, "to_day": "2024-12-31"}, vacant, {**office, "organ_from": "2018-01-01"}],
        [ROLE, {**ROLE, "role": "监管兼行业主管", "from_day": "2025-01-01", "function": "消防"}],
        [PORTFOLIO, {**PORTFOLIO, "from_day": "2025-01-01", "organs": f"{SEAT['organ']}；{office['organ']}"}],
    )
    sheets = await exported(clerk)
    assert [len(rows) for rows in sheets.values()] == [4, 3, 2], "the organ without posts has its row"
    before = await ledger_rows(clerk)
    file = await clerk.send("GET", "/v1/exports/roster", exercise=True, history=True, format="xlsx")
    sent = await send(clerk, file.content)
    again = await run(clerk, sent.json()["id"])
    assert (again["stage"], again["rows"], again["changes"], await ledger_rows(clerk)) == ("applied", 9, {}, before)
    numbers = {"演练甲": NUMBERS[0], "演练乙": NUMBERS[1]}
    roster = [
        {name: value for name, value in row.items() if name != "official_id"}
        | ({"citizen_number": numbers[row["official"]]} if "official" in row else {})
        for row in sheets[ROSTER.title]
    ]
    done = await imported(empty, roster, sheets[ROLES.title], sheets[PORTFOLIOS.title])
    assert (done["stage"], done["rows"]) == ("applied", 9)
    there = await exported(empty)
    assert [[{**row, "official_id": ""} for row in rows] for rows in there.values()] == [
        [{**row, "official_id": ""} for row in rows] for rows in sheets.values()
    ], "but for the ids of persons, whose numbers no export holds"
