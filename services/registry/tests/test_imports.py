"""Roster files: checked as a whole, applied once, recognised again, resumed where they stopped, never in the way."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from python_calamine import load_workbook

from services.registry import tables
from services.registry.tests.clerk import Body, Clerk, explosion
from services.registry.tests.conftest import Calendar
from services.registry.tests.sheets import COLUMNS, NUMBERS, SEAT, ended, imported, problems, run, send, workbook
from shared.kernel.tables import ledger, operation, outbox


async def ledger_rows(clerk: Clerk) -> int:
    async with clerk.running.app.state.sessions() as session:
        return int(await session.scalar(sa.select(sa.func.count()).select_from(ledger)) or 0)


@pytest.mark.clause("art2")
async def test_a_file_registers_organs_posts_people_and_appointments(clerk: Clerk) -> None:
    deputy = {**SEAT, "post_kind": "department_safety_deputy", "post": "副局长", "official": "演练乙"}
    done = await imported(
        clerk,
        {**SEAT, "to_day": "2024-12-31", "end_reason": "交流任职"},
        {**SEAT, "official": "演练丙", "citizen_number": NUMBERS[2], "from_day": "2025-01-01", "promotion": "是"},
        {**deputy, "citizen_number": NUMBERS[1], "acting": "是"},
        {**SEAT, "organ": "演练县水利局", "post": None, "post_kind": None, **dict.fromkeys(PERSON)},
        {**SEAT, "post_kind": "department_other_leader", "post": "总工程师", **dict.fromkeys(PERSON)},
    )
    assert done["stage"] == "applied"
    assert (done["rows"], done["applied"], done["faults"]) == (5, 5, 0)
    assert done["changes"] == {
        "organ_registered": 2,
        "post_registered": 3,
        "official_registered": 3,
        "appointment_registered": 3,
    }
    organs = await clerk.get("/v1/organs", exercise=True, name="演练县应急管理局")
    (organ,) = organs["items"]
    assert (organ["from_day"], organ["path"]) == ("2018-01-01", ["130000", "139900", "139901"])
    posts = await clerk.get("/v1/posts", exercise=True, organ_id=organ["id"])
    principal = next(one for one in posts["items"] if one["title"] == "局长")
    assert principal["from_day"] == "2020-02-01", "an untold first day is the first on the post's lines"
    held = await clerk.get("/v1/appointments", exercise=True, history=True, post_id=principal["id"])
    assert {(one["from_day"], one["to_day"], one["promotion"]) for one in held["items"]} == {
        ("2020-02-01", "2024-12-31", False),
        ("2025-01-01", None, True),
    }
    events = await clerk.events("appointment", held["items"][0]["id"])
    assert "花名册导入" in events[0]["reason"]


PERSON = ("official", "citizen_number", "from_day")


@pytest.mark.clause("art2")
async def test_the_same_file_twice_changes_nothing(clerk: Clerk) -> None:
    rows = [
        {**SEAT, "to_day": "2024-12-31"},
        {**SEAT, "official": "演练丙", "citizen_number": NUMBERS[2], "from_day": "2025-01-01"},
    ]
    await imported(clerk, *rows)
    before = await ledger_rows(clerk)
    again = await imported(clerk, *rows)
    assert (again["stage"], again["changes"], again["applied"]) == ("applied", {}, 2)
    assert await ledger_rows(clerk) == before


@pytest.mark.clause("art2")
async def test_a_changed_row_is_a_correction_and_an_empty_cell_says_nothing(clerk: Clerk) -> None:
    await imported(clerk, {**SEAT, "to_day": "2024-12-31", "end_reason": "退休"})
    changed = await imported(
        clerk, {**SEAT, "official": "演练甲改", "to_day": "2024-11-30", "organ_from": "2017-06-01"}
    )
    assert changed["changes"] == {"organ_corrected": 1, "appointment_corrected": 1, "official_corrected": 1}
    (held,) = (await clerk.get("/v1/appointments", exercise=True, history=True))["items"]
    assert (held["version"], held["to_day"], held["end_reason"]) == (2, "2024-11-30", "退休")
    (official,) = (await clerk.get("/v1/officials", exercise=True))["items"]
    assert (official["name"], official["version"]) == ("演练甲改", 2)


@pytest.mark.clause("art2")
async def test_who_leaves_may_stand_below_who_comes(clerk: Clerk) -> None:
    await imported(clerk, SEAT)
    done = await imported(
        clerk,
        {**SEAT, "official": "演练丙", "citizen_number": NUMBERS[2], "from_day": "2025-01-01"},
        {**SEAT, "to_day": "2024-12-31"},
    )
    assert done["changes"]["appointment_corrected"] == 1
    assert done["changes"]["appointment_registered"] == 1


@pytest.mark.clause("art2", "art4.p2", "art23")
async def test_everything_wrong_is_told_by_row_and_column_and_nothing_is_applied(clerk: Clerk) -> None:
    before = await ledger_rows(clerk)
    sent = await send(
        clerk,
        workbook(
            SEAT,
            {**SEAT, "organ_kind": "村委会", "citizen_number": NUMBERS[1], "to_day": "2024-13-01"},
            {**SEAT, "citizen_number": "990000197001010019", "official": "演练乙"},
            {**SEAT, "region_code": "139955", "citizen_number": NUMBERS[1], "official": "演练乙"},
            {**SEAT, "official": "演练丁", "citizen_number": NUMBERS[2], "from_day": "2021-01-01"},
            {**SEAT, "official": "演练戊", "citizen_number": None, "from_day": "2015-01-01"},
            {**SEAT, "official": "演练己", "citizen_number": NUMBERS[0], "post": "副局长", "post_kind": None},
            {**SEAT, "credit_code": "911300000000000000"},
            {**SEAT, "organ_from": "2019-01-01", "post": None, "post_kind": None, **dict.fromkeys(PERSON)},
        ),
    )
    done = await run(clerk, sent.json()["id"])
    assert (done["stage"], done["applied"]) == ("faulty", 0)
    assert sorted(await problems(clerk, done["import_id"]), key=str) == sorted(
        [
            (3, "机关类别", "not_allowed"),
            (3, "离任日", "not_a_day"),
            (4, "公民身份号码", "invalid_citizen_number"),
            (5, "区划代码", "region_unknown"),
            (2, "任职日", "seat_taken"),
            (6, "任职日", "seat_taken"),
            (7, "公民身份号码", "person_unidentified"),
            (8, "岗位类别", "post_incomplete"),
            (8, "姓名", "contradicts_row"),
            (9, "统一社会信用代码", "credit_code_invalid"),
            (10, "机关设立日", "contradicts_row"),
        ],
        key=str,
    )
    assert await ledger_rows(clerk) == before


async def test_the_copy_has_comments_keeps_the_numbers_and_can_be_sent_again(clerk: Clerk) -> None:
    sent = await send(clerk, workbook({**SEAT, "organ_kind": "村委会"}))
    done = await run(clerk, sent.json()["id"], validate_only=True)
    copy = await clerk.send("GET", f"/v1/imports/{done['import_id']}/annotated")
    assert copy.status_code == 200
    assert copy.headers["cache-control"] == "no-store"
    book = load_workbook(io.BytesIO(copy.content))
    heads, row = book.get_sheet_by_index(0).to_python()
    assert row[COLUMNS.index("citizen_number")] == NUMBERS[0]
    listed = book.get_sheet_by_name("问题 Problems").to_python()
    assert listed[1][0] == "C2"
    again = await send(clerk, copy.content)
    assert (await run(clerk, again.json()["id"]))["faults"] == 1
    assert len(heads) == len(COLUMNS)


async def test_validate_only_says_what_would_change_and_changes_nothing(clerk: Clerk) -> None:
    before = await ledger_rows(clerk)
    sent = await send(clerk, workbook(SEAT))
    checked = await run(clerk, sent.json()["id"], validate_only=True)
    assert (checked["stage"], checked["applied"], checked["changes"]["appointment_registered"]) == ("checked", 0, 1)
    assert await ledger_rows(clerk) == before
    assert (await run(clerk, sent.json()["id"]))["stage"] == "applied"
    assert await ledger_rows(clerk) == before + 4


@pytest.mark.clause("art2")
async def test_citizen_numbers_stay_sealed_in_staging_in_problems_in_events_and_in_the_log(
    clerk: Clerk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "990000197001010019"
    sent = await send(clerk, workbook(SEAT, {**SEAT, "post": "副局长", "citizen_number": wrong}))
    done = await run(clerk, sent.json()["id"])
    found = await clerk.get(f"/v1/imports/{done['import_id']}/problems")
    told = [str(found), capsys.readouterr().out, capsys.readouterr().err, caplog.text]
    staging = (tables.roster_import, tables.import_piece, tables.import_line, tables.import_fault)
    for table in (*staging, ledger, outbox, operation):
        async with clerk.running.app.state.sessions() as session:
            rows = (
                await session.execute(
                    sa.select(sa.cast(sa.literal_column(f'"{table.name}"'), sa.Text)).select_from(table)
                )
            ).all()
        told += [str(row) for row in rows]
    for number in (NUMBERS[0], wrong):
        assert not [one for one in told if number in one or number.encode().hex() in one]
    fixed = await send(clerk, workbook(SEAT))
    await run(clerk, fixed.json()["id"])
    (official,) = (await clerk.get("/v1/officials", exercise=True))["items"]
    reader = clerk.acting("organization")
    read = await reader.get(f"/v1/officials/{official['id']}/citizen-number", purpose="核对")
    assert read["citizen_number"] == NUMBERS[0]
    async with clerk.running.app.state.sessions() as session:
        left = await session.scalar(
            sa.select(sa.func.count()).where(tables.import_line.c.import_id == sa.cast(fixed.json()["id"], sa.Uuid))
        )
        kept = await session.scalar(
            sa.select(sa.func.count()).where(tables.import_piece.c.import_id == sa.cast(fixed.json()["id"], sa.Uuid))
        )
    assert (left, kept) == (0, 0), "what was applied leaves nothing behind"


@pytest.mark.clause("art2")
async def test_nothing_is_imported_outside_the_callers_regions(clerk: Clerk) -> None:
    elsewhere = clerk.acting("registrar", regions=("130100",))
    done = await imported(elsewhere, SEAT)
    assert (done["stage"], done["applied"]) == ("faulty", 0)
    assert await problems(elsewhere, done["import_id"]) == [(2, "区划代码", "region_outside_grant")]
    other = await clerk.send("GET", f"/v1/imports/{done['import_id']}")
    assert other.status_code == 200, "the same person, another grant"


async def test_what_was_renamed_since_is_not_registered_a_second_time(clerk: Clerk) -> None:
    await imported(clerk, SEAT)
    (organ,) = (await clerk.get("/v1/organs", exercise=True))["items"]
    body: Body = {
        "name": "演练县应急管理和消防局",
        "from_day": "2018-01-01",
        "to_day": None,
        "roles": [],
        "reason": "更名",
    }
    await clerk.put(f"/v1/organs/{organ['id']}", body, seen=1)
    done = await imported(clerk, SEAT)
    assert await problems(clerk, done["import_id"]) == [(2, "机关名称", "organ_renamed")]


async def test_what_is_no_workbook_is_told_as_a_problem_of_the_whole_sheet(clerk: Clerk) -> None:
    sent = await send(clerk, b"no workbook")
    done = await run(clerk, sent.json()["id"])
    assert (done["stage"], await problems(clerk, done["import_id"])) == ("faulty", [(None, "", "not_a_workbook")])
    copy = await clerk.refusal("GET", f"/v1/imports/{done['import_id']}/annotated")
    assert copy[:2] == (422, "not_a_workbook")
    empty = await send(clerk, b"")
    assert empty.status_code == 422
    missing = await send(clerk, workbook(SEAT, columns=["region_code", "organ", "unknown"]))
    done = await run(clerk, missing.json()["id"])
    assert sorted(code for _, _, code in await problems(clerk, done["import_id"])) == [
        "column_missing",
        "column_unknown",
    ]


async def test_a_file_that_nobody_went_on_with_for_a_week_is_forgotten_and_never_taken_for_applied(
    clerk: Clerk, calendar: Calendar
) -> None:
    old = (await send(clerk, workbook(SEAT))).json()["id"]
    assert (await run(clerk, old, validate_only=True))["stage"] == "checked"
    calendar.turn_to(2026, 5, 28, 19)
    await send(clerk, workbook(SEAT))
    gone = await clerk.refusal("GET", f"/v1/imports/{old}/annotated")
    assert gone[:2] == (409, "file_gone")
    async with clerk.running.app.state.sessions() as session:
        pieces = (await session.execute(sa.select(tables.import_piece.c.import_id))).scalars().all()
    assert len(pieces) == 1, "of the file that was just sent"
    started = await clerk.send("POST", f"/v1/imports/{old}/runs")
    over = await ended(clerk, started.headers["location"])
    assert (over["status"], over["error"]) == ("failed", "文件已不再保存 · the file is no longer kept")
    assert (await clerk.get("/v1/officials", exercise=True))["items"] == []


async def test_the_same_upload_key_gives_the_same_import(clerk: Clerk) -> None:
    file = workbook(SEAT)  # made once: a workbook names the second in which it was written
    first, again = [await send(clerk, file, key="k") for _ in range(2)]
    assert first.json()["id"] == again.json()["id"]


@pytest.mark.clause("art21.4")
async def test_a_correction_by_file_that_touches_an_accidents_day_publishes_a_new_chain(clerk: Clerk) -> None:
    principal = {
        **SEAT,
        "organ": "演练县人民政府",
        "organ_kind": "政府",
        "post_kind": "政府主要负责人",
        "post": "县长",
    }
    await imported(clerk, principal)
    accident: Any = await clerk.post("/v1/accidents", explosion())
    assert accident["chain"]["version"] == 1
    assert "演练甲" in {one["official_name"] for one in accident["chain"]["entries"]}
    await imported(
        clerk,
        {**principal, "to_day": "2026-05-01"},
        {**principal, "official": "演练乙", "citizen_number": NUMBERS[1], "from_day": "2026-05-02"},
    )
    revised = (await clerk.get(f"/v1/accidents/{accident['id']}"))["chain"]
    assert revised["version"] == 2, "one new chain for the import, however many chunks it had"
    present = {one["official_name"] for one in revised["entries"]}
    assert "演练乙" in present
    assert "演练甲" not in present
    assert "演练甲" in {one["official_name"] for one in revised["earlier_holders"]}
