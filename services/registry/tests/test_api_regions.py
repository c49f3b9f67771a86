"""Regions by date, zones and code history over HTTP."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.registry import tables
from services.registry.tests.clerk import Clerk, days, explosion
from services.registry.tests.conftest import Calendar

COUNTY, TOWN, ZONE = "139901", "139901100", "139901400"
BY = {"document": "（演练）演政〔2026〕1号", "reason": "据文件登记"}
NEW_ZONE = {
    "code": "139901401",
    "name": "演练港区",
    "admin_parent": COUNTY,
    "from_day": "2026-01-01",
    "document": "（演练）演政〔2025〕9号",
    "managing_organ": {"name": "演练港区管委会"},
}


async def of(clerk: Clerk, code: str, day: str, *names: str, **params: Any) -> tuple[Any, ...]:
    found = await clerk.get(f"/v1/regions/{code}", as_of=day, **params)
    return tuple(found[name] for name in names)


async def second_city(clerk: Clerk) -> None:
    body = {"code": "139910", "name": "演练二市", "admin_parent": "130000", "from_day": "2020-01-01", "tier": "city"}
    answer = await clerk.refusal("POST", "/v1/regions", body | {"document": "文"})
    assert answer == (422, "exercise_code", ["art2"])
    county = {**body, "code": "139902", "admin_parent": "139900", "tier": "county", "document": "文"}
    assert (await clerk.post("/v1/regions", county))["competence"] is None


@pytest.mark.clause("art5.3", "art6.3")
async def test_a_tier_changes_from_a_day_on_and_changes_neither_parent_nor_competence(clerk: Clerk) -> None:
    path = f"/v1/regions/{TOWN}/tier"
    body = {"tier": "subdistrict", "from_day": "2026-03-01", **BY}
    assert (await clerk.refusal("PUT", path, body))[:2] == (428, "if_match_required")
    changed = await clerk.put(path, body, seen=1)
    assert [(one["tier"], one["from_day"]) for one in changed["tiers"]] == [
        ("town", "2018-01-01"),
        ("subdistrict", "2026-03-01"),
    ]
    assert (await clerk.refusal("PUT", path, body, seen=1))[:2] == (412, "stale_version")
    wanted = ("id", "tier", "admin_parent", "competence")
    before, after = [await of(clerk, TOWN, day, *wanted) for day in ("2026-02-28", "2026-03-01")]
    assert (before[1], after[1]) == ("town", "subdistrict")
    assert before[::2] == after[::2], "the same region below the same parent"
    assert await of(clerk, TOWN, "2026-03-01", "tier", known_at=changed["recorded_at"]) == ("subdistrict",)
    listed = await clerk.get("/v1/regions", tier="subdistrict", exercise=True, as_of="2026-03-01")
    assert [one["code"] for one in listed["items"]] == [TOWN]
    assert not (await clerk.get("/v1/regions", tier="subdistrict", exercise=True, as_of="2026-02-28"))["items"]
    await clerk.put(path, body | {"tier": "town", "from_day": "2026-03-01"}, seen=2)
    assert await of(clerk, TOWN, "2026-03-01", "tier") == ("town",), "the same day again is a correction"
    at = changed["recorded_at"]
    assert await of(clerk, TOWN, "2026-03-01", "tier", known_at=at) == ("subdistrict",), "what was known stays"


@pytest.mark.clause("art2")
@pytest.mark.parametrize(
    ("code", "change", "problem"),
    [
        (ZONE, {"tier": "county"}, "zone_keeps_tier"),
        (TOWN, {"tier": "zone"}, "zone_keeps_tier"),
        (COUNTY, {"tier": "city"}, "parent_not_higher"),
        (COUNTY, {"tier": "town"}, "child_not_lower"),
        ("139900", {"tier": "county"}, "child_not_lower"),
    ],
)
async def test_a_tier_that_does_not_fit_is_refused(clerk: Clerk, code: str, change: Any, problem: str) -> None:
    body = {"from_day": "2026-03-01", **BY, **change}
    assert await clerk.refusal("PUT", f"/v1/regions/{code}/tier", body, seen=1) == (422, problem, ["art2"])


@pytest.mark.clause("art2")
async def test_a_region_moves_with_everything_below_it_and_both_superiors_find_its_records(clerk: Clerk) -> None:
    await second_city(clerk)
    organ = {"name": "镇政府", "kind": "government", "region_code": TOWN, **days("2018-01-01")}
    kept = await clerk.post("/v1/organs", organ)
    body = {"admin_parent": "139902", "from_day": "2026-04-01", **BY}
    assert (await clerk.refusal("PUT", f"/v1/regions/{TOWN}/admin-parent", body | {"admin_parent": TOWN}, seen=1))[
        1
    ] == "parent_below_itself"
    away = body | {"admin_parent": "139999"}
    path = f"/v1/regions/{TOWN}/admin-parent"
    assert (await clerk.refusal("PUT", path, away, seen=1))[:2] == (422, "unknown_reference")
    neighbour = clerk.acting("registrar", regions=("139902",))
    assert (await neighbour.refusal("GET", f"/v1/organs/{kept['id']}"))[0] == 404
    moved = await clerk.put(path, body, seen=1)
    assert moved["path"] == ["130000", "139900", "139902", TOWN]
    assert await of(clerk, TOWN, "2026-03-31", "admin_parent", "tier") == (COUNTY, "town")
    assert await of(clerk, TOWN, "2026-04-01", "admin_parent", "tier") == ("139902", "town")
    for caller in (neighbour, clerk.acting("registrar", regions=(COUNTY,))):
        assert (await caller.get(f"/v1/organs/{kept['id']}"))["name"] == "镇政府"
        found = await caller.get("/v1/organs", exercise=True)
        assert [one["id"] for one in found["items"]] == [kept["id"]]
    change = {"name": "镇人民政府", "roles": [], "reason": "更正", **days("2018-01-01")}
    assert (await neighbour.put(f"/v1/organs/{kept['id']}", change, seen=1))["name"] == "镇人民政府"
    below = await clerk.get("/v1/regions", under="139902", exercise=True, as_of="2026-04-01")
    assert {one["code"] for one in below["items"]} == {"139902", TOWN}
    then = await clerk.get("/v1/regions", under="139902", exercise=True, as_of="2026-03-31")
    assert {one["code"] for one in then["items"]} == {"139902"}


@pytest.mark.clause("art2")
async def test_a_county_that_moves_takes_its_towns_and_zone_along(clerk: Clerk) -> None:
    body = {"code": "13990201", "name": "演练又一区", "admin_parent": "139900", "from_day": "2020-01-01"}
    await clerk.post("/v1/regions", {**body, "tier": "county", "document": "文"})
    move = {"admin_parent": "130000", "from_day": "2026-04-01", **BY}
    await clerk.put(f"/v1/regions/{COUNTY}/admin-parent", move, seen=1)
    for code in (TOWN, ZONE):
        assert await of(clerk, code, "2026-03-31", "path") == (["130000", "139900", COUNTY, code],)
        assert await of(clerk, code, "2026-04-01", "path", "admin_parent") == (["130000", COUNTY, code], COUNTY)
        (event, *_) = (await clerk.events("region", (await of(clerk, code, "2026-04-01", "id"))[0]))[::-1]
        assert event["data"]["path"] == ["130000", COUNTY, code]
    assert await of(clerk, ZONE, "2026-04-01", "tier") == ("zone",), "a zone keeps its tier whatever its parent"
    again = await clerk.load_divisions(exercise_only=True)
    assert (again["registered"], again["changed"]) == (0, 0), "a list undoes nothing that somebody registered"


@pytest.mark.clause("art2")
async def test_a_renamed_region_stays_the_same_region_and_has_the_name_of_the_day(clerk: Clerk) -> None:
    recorded = await clerk.post("/v1/accidents", explosion(region_code=TOWN))
    accident = await clerk.get(f"/v1/accidents/{recorded['id']}")
    path, body = f"/v1/regions/{TOWN}/name", {"name": "演练新名镇", "from_day": "2026-03-01", **BY}
    assert (await clerk.refusal("PUT", path, body))[:2] == (428, "if_match_required")
    assert (await clerk.refusal("PUT", path, body | {"document": None}, seen=1))[0] == 400
    assert (await clerk.acting("registrar").refusal("PUT", path, body, seen=1))[:2] == (403, "role_required")
    elsewhere = clerk.acting("administrator", regions=("130100",))
    assert (await elsewhere.refusal("PUT", path, body, seen=1))[0] == 404
    too_early = await clerk.refusal("PUT", path, body | {"from_day": "2017-12-31"}, seen=1)
    assert too_early[0] == 404, "no region had the code on that day"
    first = (await of(clerk, TOWN, "2026-02-28", "name"))[0]
    renamed = await clerk.put(path, body, seen=1)
    assert [(one["name"], one["from_day"], one["document"]) for one in renamed["names"]] == [
        (first, "2018-01-01", None),
        ("演练新名镇", "2026-03-01", BY["document"]),
    ]
    wanted = ("id", "code", "tier", "admin_parent", "path", "competence")
    assert await of(clerk, TOWN, "2026-02-28", *wanted) == await of(clerk, TOWN, "2026-03-01", *wanted)
    assert await of(clerk, TOWN, "2026-03-01", "name") == ("演练新名镇",)
    for name, day, found in ((first, "2026-02-28", 1), (first, "2026-03-01", 0), ("演练新名镇", "2026-03-01", 1)):
        listed = await clerk.get("/v1/regions", name=name, as_of=day, exercise=True)
        assert [one["name"] for one in listed["items"]] == [name] * found
    assert (await clerk.refusal("PUT", path, body, seen=1))[:2] == (412, "stale_version")
    event = (await clerk.events("region", renamed["id"]))[-1]
    assert (event["type"], event["reason"]) == ("anze.registry.region.changed.v1", BY["reason"])
    assert await clerk.get(f"/v1/accidents/{accident['id']}") == accident, "what happened there stays as it was"
    again = await clerk.load_divisions(exercise_only=True)
    assert (again["registered"], again["changed"]) == (0, 0), "a list undoes no name that somebody registered"


@pytest.mark.clause("art2")
async def test_a_renaming_put_on_record_late_or_corrected_leaves_what_was_known(clerk: Clerk) -> None:
    path, body = f"/v1/regions/{TOWN}/name", {"name": "演练误名镇", "from_day": "2026-03-01", **BY}
    known = [(await of(clerk, TOWN, "2026-03-01", "recorded_at", "name"))]
    changes: tuple[Any, ...] = ({}, {"name": "演练新名镇"}, {"name": "演练旧名镇", "from_day": "2024-01-01"})
    for seen, change in enumerate(changes, start=1):
        await clerk.put(path, body | change, seen=seen)
        known.append(await of(clerk, TOWN, "2026-03-01", "recorded_at", "name"))
    assert [name for _, name in known[1:]] == ["演练误名镇", "演练新名镇", "演练新名镇"], "no later name changes"
    for recorded_at, name in known[1:]:
        assert await of(clerk, TOWN, "2026-03-01", "name", known_at=recorded_at) == (name,)
    names = {day: (await of(clerk, TOWN, day, "name"))[0] for day in ("2023-12-31", "2024-01-01", "2026-03-01")}
    assert names == {"2023-12-31": known[0][1], "2024-01-01": "演练旧名镇", "2026-03-01": "演练新名镇"}
    assert await of(clerk, TOWN, "2024-01-01", "name", known_at=known[2][0]) == (known[0][1],)


@pytest.mark.clause("art21.4")
async def test_competence_is_asked_for_and_confirmed_by_a_person_with_a_document(clerk: Clerk) -> None:
    await second_city(clerk)

    async def waiting(day: str) -> list[str]:
        found = await clerk.get("/v1/regions", unconfirmed=True, exercise=True, as_of=day)
        return [one["code"] for one in found["items"]]

    assert await waiting("2026-05-20") == ["139902"]
    path, body = "/v1/regions/139902/competence", {"competence": "county", "from_day": "2026-02-01", **BY}
    assert (await clerk.refusal("PUT", path, {**body, "document": None}, seen=1))[0] == 400
    wrong = await clerk.refusal("PUT", path, {**body, "document": " "}, seen=1)
    assert wrong[:2] == (422, "document_required")
    town = await clerk.refusal("PUT", path, {**body, "competence": "town"}, seen=1)
    assert town[:2] == (422, "no_such_competence")
    assert (await clerk.acting("registrar").refusal("PUT", path, body, seen=1))[:2] == (403, "role_required")
    other = clerk.acting("administrator", regions=("130100",))
    assert (await other.refusal("PUT", path, body, seen=1))[0] == 404
    confirmed = await clerk.put(path, body, seen=1)
    assert confirmed["competences"][-1]["document"] == BY["document"]
    assert confirmed["tier"] == "county"
    assert (await waiting("2026-01-31"), await waiting("2026-02-01")) == (["139902"], [])
    (event, *_) = (await clerk.events("region", confirmed["id"]))[::-1]
    assert (event["actor"], event["reason"]) == ("tester", BY["reason"])


@pytest.mark.clause("art2")
async def test_candidates_are_listed_and_never_registered_by_themselves(clerk: Clerk) -> None:
    await clerk.load_divisions(exercise_only=False)
    listed = (await clerk.get("/v1/zone-candidates"))["items"]
    assert len(listed) == 142
    assert not any(one["registered"] for one in listed)
    (pseudo,) = [one for one in listed if one["code"] == "130171"]
    assert "130171010" in pseudo["listed_below"]
    assert not (await clerk.get("/v1/regions", tier="zone"))["items"]
    body = {**NEW_ZONE, "code": "130171", "name": pseudo["name"], "admin_parent": pseudo["admin_parent"]}
    zone = await clerk.post("/v1/zones", body)
    assert (zone["tier"], zone["exercise"], zone["path"]) == ("zone", False, ["130000", "130100", "130171"])
    assert (await of(clerk, "130171010", "2026-05-20", "admin_parent"))[0] == "130100", "no town moves by itself"
    before = {"known_at": "2026-05-20T17:00:00+08:00"}
    for asked, is_registered in ({}, True), ({"as_of": "2025-12-31"}, False), (before, False):
        found = (await clerk.get("/v1/zone-candidates", under="130100", **asked))["items"]
        assert [one["registered"] for one in found if one["code"] == "130171"] == [is_registered], asked
    waiting = (await clerk.get("/v1/zone-candidates", registered=False, under="130100"))["items"]
    assert "130171" not in {one["code"] for one in waiting}
    again = await clerk.load_divisions(exercise_only=False)
    assert (again["registered"], again["changed"]) == (0, 0)


@pytest.mark.clause("art2")
async def test_a_zone_is_registered_with_its_managing_organ(clerk: Clerk) -> None:
    headers = clerk.running.acting("registrar")
    one, two = [await clerk.running.http.post("/v1/zones", json=NEW_ZONE, headers=headers) for _ in range(2)]
    assert (one.status_code, one.json()) == (201, two.json()), "the same key twice registers once"
    zone = one.json()
    assert (zone["tier"], zone["exercise"], zone["competence"]) == ("zone", True, None)
    organ = await clerk.get(f"/v1/organs/{zone['managing_organ_id']}")
    assert (organ["name"], organ["kind"], organ["region_code"]) == (
        "演练港区管委会",
        "management_committee",
        "139901401",
    )
    assert (await clerk.refusal("POST", "/v1/zones", NEW_ZONE))[:2] == (422, "code_in_use")
    plain = {key: value for key, value in NEW_ZONE.items() if key != "managing_organ"}
    assert (await clerk.refusal("POST", "/v1/zones", plain))[0] == 400
    as_division = {**plain, "code": "139901402", "tier": "zone"}
    assert await clerk.refusal("POST", "/v1/regions", as_division) == (422, "zone_needs_organ", ["art2"])
    department = {**NEW_ZONE, "code": "139901403", "managing_organ": {"name": "某局", "kind": "government_department"}}
    assert await clerk.refusal("POST", "/v1/zones", department) == (422, "not_a_managing_organ", ["art2"])
    by_id = {**NEW_ZONE, "code": "139901404", "managing_organ": {"organ_id": organ["id"]}}
    assert (await clerk.post("/v1/zones", by_id))["managing_organ_id"] == organ["id"]
    outside = clerk.acting("registrar", regions=("130100",))
    elsewhere = {**NEW_ZONE, "code": "139901405"}
    assert (await outside.refusal("POST", "/v1/zones", elsewhere))[:2] == (403, "region_outside_grant")
    real = {**NEW_ZONE, "code": "139901406", "admin_parent": "130000"}
    assert (await clerk.refusal("POST", "/v1/zones", real))[1] == "exercise_code"


@pytest.mark.clause("art4.p2")
async def test_a_registered_zone_without_committee_is_a_finding_and_no_seat(clerk: Clerk) -> None:
    await clerk.post("/v1/zones", NEW_ZONE)
    found = await clerk.get("/v1/safety-committee", region="139901401", as_of="2026-05-20")
    assert (found["seats"], found["first_responsible"]) == ([], [])
    assert [one["finding"] for one in found["findings"]] == ["no organ"]


@pytest.mark.clause("art2")
async def test_a_code_has_a_history_and_a_region_ends_only_when_empty(clerk: Clerk, calendar: Calendar) -> None:
    await second_city(clerk)
    body = {"last_day": "2026-06-30", "successor_codes": ["139903"], **BY}
    path = f"/v1/regions/{COUNTY}/end"
    assert (await clerk.refusal("POST", path, body, seen=1))[:2] == (422, "region_not_empty")
    end = "/v1/regions/139902/end"
    assert (await clerk.refusal("POST", end, body, seen=1))[:2] == (422, "successor_unknown")
    heir = {"code": "139903", "name": "演练新县", "admin_parent": "139900", "from_day": "2026-07-01", "tier": "county"}
    await clerk.post("/v1/regions", {**heir, "document": "文"})
    ended = await clerk.post(end, body, seen=1)
    assert (ended["to_day"], ended["ended_by"]) == ("2026-06-30", BY["document"])
    reused = {**heir, "code": "139902", "name": "演练再县", "from_day": "2027-01-01", "document": "文"}
    early = {**reused, "from_day": "2026-06-30"}
    assert (await clerk.refusal("POST", "/v1/regions", early))[:2] == (422, "code_in_use")
    await clerk.post("/v1/regions", reused)
    history = (await clerk.get("/v1/region-codes/139902"))["regions"]
    assert [one["region"]["name"] for one in history] == ["演练二市", "演练再县"]
    assert [one["name"] for one in history[0]["successors"]] == ["演练新县"]
    (new,) = (await clerk.get("/v1/region-codes/139903"))["regions"]
    assert [one["code"] for one in new["predecessors"]] == ["139902"]
    assert (await clerk.refusal("GET", "/v1/region-codes/139998"))[0] == 404
    calendar.turn_to(2026, 8, 1, 9)
    assert (await clerk.refusal("GET", "/v1/regions/139902"))[0] == 404
    assert (await clerk.refusal("PUT", "/v1/regions/139902/tier", {"tier": "county", "from_day": "2026-08-01", **BY}))[
        0
    ] == 404


async def test_the_database_itself_refuses_two_regions_with_one_code_on_a_day(clerk: Clerk) -> None:
    async with clerk.running.app.state.sessions() as session:
        row = (await session.execute(sa.select(tables.region).where(tables.region.c.code == TOWN))).mappings().one()
        again = dict(row) | {"id": (await of(clerk, COUNTY, "2026-05-20", "id"))[0], "version": 2}
        with pytest.raises(sa.exc.IntegrityError, match="region_one_c"):
            await session.execute(tables.region.insert().values(again))


async def test_an_unknown_region_and_days_out_of_order_are_problems_and_nothing_is_recorded(clerk: Clerk) -> None:
    organ = {"name": "演练无处局", "kind": "government_department", "exercise": True}
    region = {"name": "演练县", "from_day": "2026-01-01", "tier": "county", "document": "文", "code": "139902"}
    asked = [
        ("/v1/organs", organ | {"region_code": "139999", **days("2026-01-01")}),
        ("/v1/officials", {"name": "演练人员甲", "exercise": True, "region_code": "139999"}),
        ("/v1/accidents", explosion() | {"region_code": "139999"}),
        ("/v1/regions", region | {"admin_parent": "139999"}),
        ("/v1/organs", organ | {"region_code": COUNTY, **days("2026-02-01", "2026-01-01")}),
    ]
    count = sa.text("SELECT count(*) FROM ledger")
    async with clerk.running.app.state.sessions() as session:
        before = await session.scalar(count)
        told = [(await clerk.refusal("POST", path, body))[:2] for path, body in asked]
        assert told == [*[(422, "unknown_reference")] * 4, (422, "dates_out_of_order")]
        assert await session.scalar(count) == before
