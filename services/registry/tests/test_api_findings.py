"""Findings over HTTP: derived for any day and moment, page by page, cleared by what they say clears them."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from python_calamine import load_workbook

from bench.province import Plan, load
from services.registry.schemas.findings import RegionFindingView, as_csv, as_xlsx
from services.registry.tests.clerk import Clerk, Story, days
from services.registry.tests.conftest import Calendar
from services.registry.tests.test_api_proceedings import APPROVED, EVALUATED, OPENED, SUBMITTED, recorded, taken
from services.registry.tests.test_api_roster import appointment, official, organ, post
from shared.kernel import databases
from shared.kernel.testing import Stack
from shared.sheets import MEDIA_TYPE

COUNTY, TOWN = "139901", "139901100"
HERE: dict[str, Any] = {"region": COUNTY, "exercise": True, "as_of": "2026-05-20"}


async def found(clerk: Clerk, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await clerk.get("/v1/findings", **{**HERE, "limit": 500, **params}))["items"]
    return items


async def kinds(clerk: Clerk, **params: Any) -> list[tuple[str, str]]:
    return [(one["region_code"], one["kind"]) for one in await found(clerk, **params)]


@pytest.mark.clause("art4.p2", "art8")
async def test_a_vacancy_is_found_on_its_days_and_as_it_was_known(clerk: Clerk) -> None:
    await organ(clerk, name="县政府", kind="government")
    seat = await post(clerk)
    person = await official(clerk)
    before = (await clerk.get("/v1/findings", **HERE))["known_at"]
    held = await appointment(clerk, seat["id"], person["id"], "2026-01-01")
    vacancies = [one for one in await found(clerk, kind="vacant_principal", known_at=before) if one["post_id"]]
    assert [(one["post_id"], one["since"]) for one in vacancies] == [(seat["id"], "2018-01-01")]
    assert [one["clause"] for one in vacancies[0]["basis"]] == ["art4.p2"]
    assert not [one for one in await found(clerk, kind="vacant_principal") if one["post_id"]]
    await clerk.post(f"/v1/appointments/{held['id']}/end", {"last_day": "2026-05-10", "end_reason": "转任"}, seen=1)
    again = [one["since"] for one in await found(clerk, kind="vacant_principal") if one["post_id"]]
    assert again == ["2026-05-11"]
    assert not [one for one in await found(clerk, kind="vacant_principal", as_of="2026-05-10") if one["post_id"]]


@pytest.mark.clause("art8.5")
async def test_an_evaluation_that_is_overdue_is_found_where_the_accident_is_investigated(
    story: Story, calendar: Calendar
) -> None:
    clerk, kind = story.clerk, "evaluation_overdue"
    path, accident = await recorded(clerk)
    calendar.turn_to(2027, 8, 1, 9)
    approved = await taken(clerk, path, OPENED, SUBMITTED, APPROVED)
    last = {"region": "139900", "as_of": "2027-07-20", "kind": kind}
    assert await found(clerk, **last) == []
    after = {**last, "as_of": "2027-07-21"}
    (one,) = await found(clerk, **after)
    assert (one["region_code"], one["accident_id"], one["since"]) == ("139900", accident["id"], "2027-07-21")
    assert "art8.5" in [basis["clause"] for basis in one["basis"]]
    assert await found(clerk, **{**after, "region": COUNTY}) == []
    await taken(clerk, path, EVALUATED, seen=4)
    assert await found(clerk, **after) == []
    assert await found(clerk, **after, known_at=approved["recorded_at"]) == [one]


@pytest.mark.clause("art5.6", "art8")
async def test_a_recorded_matter_clears_its_finding_and_its_annulment_brings_it_back(story: Story) -> None:
    clerk, kind = story.clerk, "no_responsible_department"
    assert (TOWN, kind) in await kinds(clerk)
    body = {"kind": "responsible_department", "region_code": TOWN, "organ_id": story["县应急局"], "document": "演练1号"}
    made = await clerk.post("/v1/declarations", {**body, **days("2026-01-01")})
    assert (made["exercise"], made["path"][-1]) == (True, TOWN)
    assert (TOWN, kind) not in await kinds(clerk)
    assert (TOWN, kind) in await kinds(clerk, as_of="2025-12-31")
    path = f"/v1/declarations/{made['id']}"
    change = {"organ_id": story["县应急局"], "document": "演练2号", "reason": "更正", **days("2026-02-01")}
    assert (await clerk.put(path, change, seen=1))["document"] == "演练2号"
    assert (await clerk.refusal("PUT", path, change, seen=1))[:2] == (412, "stale_version")
    assert (await clerk.refusal("PUT", path, change))[:2] == (428, "if_match_required")
    standing = {day: (await clerk.get(path, as_of=day))["standing"] for day in ("2026-01-31", "2026-02-01")}
    assert standing == {"2026-01-31": "upcoming", "2026-02-01": "in_force"}
    await clerk.post(f"{path}/annul", {"reason": "误登"}, seen=2)
    assert (await clerk.get(path, as_of="2026-02-01"))["standing"] == "annulled"
    assert (TOWN, kind) in await kinds(clerk)
    assert (await clerk.refusal("PUT", path, change, seen=3))[:2] == (409, "annulled")
    assert (await clerk.get("/v1/declarations", exercise=True))["items"] == []
    assert [one["type"].split(".")[3] for one in await clerk.events("declaration", made["id"])] == [
        "recorded",
        "corrected",
        "annulled",
    ]


@pytest.mark.clause("art5.6", "art6.7", "art6.9", "art8")
async def test_a_matter_says_what_its_kind_needs_and_names_what_is_registered(clerk: Clerk) -> None:
    base = {"region_code": COUNTY, "document": "演练1号", **days("2026-01-01")}
    for body, code, clause in (
        ({"kind": "enterprise", "name": "演练厂"}, "declaration_incomplete", ["art6.9"]),
        (
            {"kind": "safety_fund", "year": 2025, "fund_yuan": 1, "revenue_yuan": 2, "name": "x"},
            "declaration_mixed",
            ["art6.7"],
        ),
        (
            {"kind": "responsible_department", "organ_id": "5d0c7a52-9a0e-5f0e-8a35-6f1f5b1d2c11"},
            "unknown_reference",
            [],
        ),
    ):
        assert await clerk.refusal("POST", "/v1/declarations", {**base, **body}) == (422, code, clause)
    good = {**base, "kind": "enterprise", "name": "演练厂", "industry": "26"}
    assert (await clerk.acting("viewer").refusal("POST", "/v1/declarations", good))[:2] == (403, "role_required")
    elsewhere = clerk.acting("registrar", regions=("130100",))
    assert (await elsewhere.refusal("POST", "/v1/declarations", good))[:2] == (403, "region_outside_grant")
    made = await clerk.post("/v1/declarations", good)
    assert made["industry"] == "C26"
    assert (await elsewhere.refusal("GET", f"/v1/declarations/{made['id']}"))[0] == 404
    assert [one["declaration_id"] for one in await found(clerk, kind="enterprise_without_regulator")] == [made["id"]]


async def test_findings_are_those_of_the_region_and_all_below_it_within_ones_own(story: Story) -> None:
    clerk = story.clerk
    assert {code for code, _ in await kinds(clerk)} == {COUNTY, TOWN, "139901400"}
    assert {code for code, _ in await kinds(clerk, region=TOWN)} == {TOWN}
    town = clerk.acting("viewer", regions=(TOWN,))
    assert {code for code, _ in await kinds(town)} == {TOWN}
    assert (await clerk.acting("viewer", regions=("130100",)).refusal("GET", "/v1/findings", **HERE))[0] == 404
    assert (await clerk.refusal("GET", "/v1/findings", **{**HERE, "region": "999999"}))[0] == 404
    assert (await clerk.acting("agency").refusal("GET", "/v1/findings", **HERE))[:2] == (403, "role_required")
    for cursor in ("x", "139901", "139901:x", "١:١"):
        assert (await clerk.refusal("GET", "/v1/findings", **HERE, cursor=cursor))[:2] == (400, "invalid_cursor")


async def test_pages_of_any_size_join_to_the_whole(story: Story) -> None:
    clerk = story.clerk
    whole = await found(clerk, region="139900")
    assert len(whole) > 8
    for limit in (1, 3, 7):
        joined: list[dict[str, Any]] = []
        params: dict[str, Any] = {**HERE, "region": "139900", "limit": limit}
        while True:
            page = await clerk.get("/v1/findings", **params)
            joined += page["items"]
            if page["next_cursor"] is None:
                break
            params |= {"cursor": page["next_cursor"], "known_at": page["known_at"]}
        assert joined == whole


async def test_an_export_holds_all_of_them_as_csv_excel_and_json(story: Story) -> None:
    clerk = story.clerk
    whole = await found(clerk)
    answer = await clerk.send("GET", "/v1/findings/export", **HERE)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="findings-2026-05-20.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["region_code"], row["kind"], row["since"]) for row in rows] == [
        (one["region_code"], one["kind"], one["since"]) for one in whole
    ]
    assert (await clerk.get("/v1/findings/export", **HERE, format="json"))["items"] == whole
    book = await clerk.send("GET", "/v1/findings/export", **HERE, format="xlsx")
    assert book.headers["content-type"] == MEDIA_TYPE
    heads, *cells = load_workbook(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert heads[:3] == ["区划代码 · region_code", "地区 · region_name", "种类 · kind"]
    assert [(row[0], row[2], str(row[4])) for row in cells] == [
        (one["region_code"], one["kind"], one["since"]) for one in whole
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
async def test_no_cell_of_an_export_can_be_taken_for_a_formula(start: str) -> None:
    one = RegionFindingView(
        kind="no_organ",
        region_code=COUNTY,
        region_name=f"{start}cmd|' /C calc'!A0",
        since=date(2026, 1, 1),
        what_zh="x",
        what_en=f"{start}1+1",
        clears_zh="",
        clears_en="",
        organ_id=None,
        post_id=None,
        appointment_id=None,
        declaration_id=None,
        accident_id=None,
        matter=None,
        basis=[],
    )
    row = next(csv.DictReader(io.StringIO(as_csv([one]).decode("utf-8-sig"), newline="")))
    assert row["region_name"] == (f"'{one.region_name}" if start.strip() else one.region_name.strip())
    assert row["what_en"] == (f"'{one.what_en}" if start.strip() else "1+1")
    cells = load_workbook(io.BytesIO(as_xlsx([one]))).get_sheet_by_index(0).to_python()[1]
    assert cells[1] == one.region_name, "a text cell, which no program computes"


async def test_the_invented_county_lacks_what_it_lacks_everywhere_the_same(clerk: Clerk, stack: Stack) -> None:
    plan = Plan(under=frozenset({"130123"}))
    await load.load_registry(databases.dsn(stack.urls["registry"].owner), plan)
    several = await found(clerk, region="130123", as_of="2026-01-01")
    seen = {one["kind"] for one in several}
    assert {"no_responsible_department", "vacant_principal", "no_safety_deputy"} <= seen
    assert len({one["region_code"] for one in several}) > 5
    for one in several:
        assert all((one["basis"], one["clears_zh"], one["clears_en"], one["since"] <= "2026-01-01")), one
