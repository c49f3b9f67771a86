"""Accidents through the API: level, clock, investigating organ, chain, revision, corrections (story 1, 2, 5, 6, 13)."""

import asyncio
from typing import Any

import pytest

from services.registry.tests.clerk import ZONE, Clerk, Story, days, explosion, step
from services.registry.tests.conftest import Calendar

COUNTY_AND_ABOVE = {"区书记", "区主任", "县委书记", "县长", "县安全分管", "县化工分管", "县应急局长", "县应急副局长"}
CITY = {"演练市书记", "演练市长", "演练市安全分管", "演练市化工分管", "演练市应急局长"}
PROVINCE = {"演练省书记", "演练省长", "演练省安全分管", "演练省化工分管", "演练省应急局长"}


def titles(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["title"] for entry in entries}


@pytest.mark.clause("art21.3", "art21.4")
async def test_an_accident_gets_its_level_clock_and_investigating_organ(story: Story) -> None:
    answer = await story.clerk.send("POST", "/v1/accidents", explosion())
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    accident = answer.json()
    assert (accident["level"], accident["decided_by"]) == ("较大", ["deaths", "serious_injuries"])
    assert (accident["reported_up_to"], accident["investigated_by"]) == ("province", "city")
    assert (accident["investigating_region"], accident["alarms"], accident["exercise"]) == ("139900", [], True)
    assert accident["clock"]["within_limits"] is True
    assert [one["within_limit"] for one in accident["clock"]["steps"]] == [None, True, True, True]
    assert accident["path"] == ["130000", "139900", "139901", ZONE]
    assert "art21.4" in [one["clause"] for one in accident["basis"]]


@pytest.mark.clause("art4", "art21.4", "art27")
async def test_the_chain_lists_holders_at_the_accident_and_earlier_ones_apart(story: Story) -> None:
    accident = await story.clerk.post("/v1/accidents", explosion())
    chain = accident["chain"]
    assert titles(chain["entries"]) == COUNTY_AND_ABOVE | CITY
    holder = {entry["title"]: entry["official_id"] for entry in chain["entries"]}
    assert holder["县委书记"] == story["乙"]
    assert holder["县长"] == story["丙"]
    assert holder["区书记"] == holder["区主任"] == story["戊"]
    assert [(one["title"], one["official_id"]) for one in chain["earlier_holders"]] == [("县委书记", story["甲"])]
    assert all(one["basis"] and one["reason_zh"] and one["official_name"] for one in chain["entries"])
    assert (chain["version"], chain["window_from"]) == (1, "2025-05-20")


@pytest.mark.clause("art21.4")
async def test_ten_dead_move_the_investigation_up_and_the_chain_grows(story: Story, calendar: Calendar) -> None:
    clerk = story.clerk
    before = await clerk.post("/v1/accidents", explosion())
    calendar.turn_to(2026, 6, 10, 9)
    deaths = [{"count": 3, "died_on": "2026-05-20"}, {"count": 7, "died_on": "2026-06-01"}]
    body = {"casualties": {"deaths": deaths, "serious_injuries": 5}, "reason": "续报"}
    path = f"/v1/accidents/{before['id']}"
    assert await clerk.refusal("POST", f"{path}/revisions", body) == (428, "if_match_required", [])
    assert (await clerk.refusal("POST", f"{path}/revisions", body, seen=7))[0] == 412
    after = await clerk.post(f"{path}/revisions", body, seen=1)
    assert (after["level"], after["investigated_by"], after["deaths"]) == ("重大", "province", 10)
    assert titles(after["chain"]["entries"]) == COUNTY_AND_ABOVE | CITY | PROVINCE
    assert after["chain"]["version"] == 2
    kept = [one for one in after["chain"]["entries"] if one["title"] in COUNTY_AND_ABOVE | CITY]
    assert kept == before["chain"]["entries"]
    assert after["clock"]["within_limits"] is True, "a level that rises moves nobody's past"
    then = await clerk.get(path, known_at=before["recorded_at"])
    assert (then["level"], then["version"]) == ("较大", 1)


@pytest.mark.clause("art21.4")
async def test_a_death_after_the_window_does_not_count_and_is_shown(story: Story, calendar: Calendar) -> None:
    accident = await story.clerk.post("/v1/accidents", explosion(deaths=2))
    calendar.turn_to(2026, 7, 1, 9)
    deaths = [{"count": 2, "died_on": "2026-05-20"}, {"count": 1, "died_on": "2026-06-20"}]
    body = {"casualties": {"deaths": deaths}, "reason": "续报"}
    after = await story.clerk.post(f"/v1/accidents/{accident['id']}/revisions", body, seen=1)
    assert (after["level"], after["deaths"], after["deaths_after_window"]) == ("一般", 2, 1)


@pytest.mark.clause("art27")
async def test_a_corrected_portfolio_publishes_a_new_chain_and_nothing_else_changes(
    story: Story, calendar: Calendar
) -> None:
    clerk = story.clerk
    before = await clerk.post("/v1/accidents", explosion())
    calendar.turn_to(2026, 6, 12, 9)
    body = {"industries": ["C26"], "reason": "据分工文件更正", **days("2025-01-05")}
    path = f"/v1/portfolios/{story['县化工分管 portfolio']}"
    assert (await clerk.put(path, body, seen=1))["from_day"] == "2025-01-05"
    events = await clerk.events("accident", before["id"])
    assert [one["type"].split(".")[3] for one in events] == ["recorded", "chain_revised"]
    first, second = (one["data"] for one in events)
    assert (first.pop("chain_version"), second.pop("chain_version")) == (1, 2)
    assert first == second


async def test_a_correction_that_does_not_concern_the_chain_publishes_nothing(story: Story) -> None:
    clerk = story.clerk
    accident = await clerk.post("/v1/accidents", explosion())
    body = {"industries": ["A"], "reason": "更正", **days("2025-01-05")}
    await clerk.put(f"/v1/portfolios/{story['县农业分管 portfolio']}", body, seen=1)
    body = {"reason": "更正", **days("2018-01-01", "2019-12-31")}
    assert len(await clerk.events("accident", accident["id"])) == 1


async def test_a_corrected_appointment_moves_the_holder_in_the_chain(story: Story) -> None:
    clerk = story.clerk
    accident = await clerk.post("/v1/accidents", explosion())
    end = {"reason": "更正", **days("2024-03-01", "2026-05-31")}
    new = {"reason": "更正", **days("2026-06-01")}
    await clerk.put(f"/v1/appointments/{story['县委书记/乙']}", new, seen=1)
    await clerk.put(f"/v1/appointments/{story['县委书记/甲']}", end, seen=1)
    seen = await clerk.get(f"/v1/accidents/{accident['id']}")
    holders = {one["title"]: one["official_id"] for one in seen["chain"]["entries"]}
    assert (holders["县委书记"], seen["chain"]["version"]) == (story["甲"], 3)
    assert seen["chain"]["earlier_holders"] == []


@pytest.mark.clause("art21.4")
async def test_handlers_add_and_drop_with_a_reason(story: Story) -> None:
    clerk = story.clerk
    accident = await clerk.post("/v1/accidents", explosion())
    path = f"/v1/accidents/{accident['id']}/chain-adjustments"
    add = {"action": "add", "post_id": story["镇书记"], "reason": "参与应急处置"}
    drop = {"action": "remove", "post_id": story["县应急副局长"], "reason": "不分管该企业"}
    assert (await clerk.refusal("POST", path, {**add, "reason": ""}, seen=1))[0] == 400
    await clerk.post(path, add, seen=1)
    after = await clerk.post(path, drop, seen=2)
    assert titles(after["chain"]["entries"]) == COUNTY_AND_ABOVE - {"县应急副局长"} | CITY | {"镇书记"}
    assert [(one["entry"]["title"], one["reason"]) for one in after["chain"]["removed"]] == [
        ("县应急副局长", "不分管该企业")
    ]
    assert await clerk.refusal("POST", path, drop, seen=3) == (422, "nothing_adjusted", [])
    missing = {**add, "post_id": accident["id"]}
    assert (await clerk.refusal("POST", path, missing, seen=3))[1] == "cannot_be_derived"


@pytest.mark.clause("art21.3")
async def test_a_late_report_shows_and_a_step_before_the_accident_is_refused(story: Story) -> None:
    clerk = story.clerk
    accident = await clerk.post("/v1/accidents", explosion(report_steps=[step("unit", 14, 35)]))
    path = f"/v1/accidents/{accident['id']}/report-steps"
    early = {"steps": [step("county", 14, 0, "unit")]}
    assert (await clerk.refusal("POST", path, early, seen=1))[:2] == (422, "report_before_accident")
    late = {"steps": [step("county", 16, 0, "unit")]}
    seen = await clerk.post(path, late, seen=1)
    assert (seen["clock"]["within_limits"], seen["version"], seen["chain"]["version"]) == (False, 2, 1)


@pytest.mark.clause("art21.4")
async def test_unconfirmed_competence_is_asked_for_and_a_lower_investigator_alarms(clerk: Clerk) -> None:
    await clerk.load_divisions(exercise_only=False)
    body = explosion(region_code="130682", report_steps=[])
    status, code, clauses = await clerk.refusal("POST", "/v1/accidents", {**body, "taken_over_by": "city"})
    assert (status, code) == (422, "competence_unconfirmed"), "who is said to investigate must be known to be competent"
    assert "art21.4" in clauses
    for place, ask in (("130181", "130181"), ("130638", "133100")):  # 辛集; a county of 雄安
        made = await clerk.post("/v1/accidents", explosion(region_code=place, report_steps=[]))
        (alarm,) = made["alarms"]
        assert (made["investigating_region"], alarm["code"]) == (None, "competence_unconfirmed")
        assert (ask in alarm["reason_zh"], "省人民政府" in alarm["reason_zh"]) == (True, True)
    region = await clerk.get("/v1/regions/130682")
    assert (region["tier"], region["competence"]) == ("city", None)
    source = {"document": "（演练）冀政函〔2026〕1号", "from_day": "2026-01-01", "reason": "经确认"}
    confirmed = {"competence": "city", **source}
    await clerk.put("/v1/regions/130682/competence", confirmed, seen=region["version"])
    accident = await clerk.post("/v1/accidents", body)
    assert (accident["investigating_region"], accident["exercise"]) == ("130682", False)
    listed = await clerk.get("/v1/accidents", region="130682")
    assert [one["id"] for one in listed["items"]] == [accident["id"]]
    await _figures_come_before_competence(clerk)
    low = explosion(region_code="130102", report_steps=[], taken_over_by="county")
    alarms = (await clerk.post("/v1/accidents", low))["alarms"]
    assert [one["code"] for one in alarms] == ["investigated_too_low"]
    again = await clerk.load_divisions(exercise_only=False)
    assert (again["registered"], again["changed"]) == (0, 0), "a confirmed competence stays"


async def _figures_come_before_competence(clerk: Clerk) -> None:
    """What 辛集 investigates is confirmed for the county level only; three concealed deaths are taken all the same."""
    region = await clerk.get("/v1/regions/130181")
    source = {"document": "（演练）冀政函〔2026〕2号", "from_day": "2026-01-01", "reason": "经确认"}
    await clerk.put("/v1/regions/130181/competence", {"competence": "county", **source}, seen=region["version"])
    one = {"deaths": [{"count": 1, "died_on": "2026-05-20"}]}
    accident = await clerk.post("/v1/accidents", explosion(region_code="130181", report_steps=[], casualties=one))
    assert (accident["investigating_region"], accident["alarms"]) == ("130181", [])
    path = f"/v1/accidents/{accident['id']}/revisions"
    found = {"deaths": [*one["deaths"], {"count": 2, "died_on": "2026-05-20", "concealed": True}]}
    after = await clerk.post(path, {"casualties": found, "reason": "查实瞒报"}, seen=1)
    assert (after["level"], after["investigating_region"]) == ("较大", None)
    assert [alarm["code"] for alarm in after["alarms"]] == ["no_investigating_organ"]
    told = {"casualties": found, "reason": "提级"}
    assert (await clerk.refusal("POST", path, {**told, "taken_over_by": "city"}, seen=2))[0] == 422
    taken = await clerk.post(path, {**told, "taken_over_by": "province"}, seen=2)
    assert (taken["investigating_region"], taken["alarms"]) == ("130000", [])


@pytest.mark.clause("art4.p2")
async def test_the_same_question_at_the_same_known_at_gives_the_same_answer(story: Story, calendar: Calendar) -> None:
    clerk = story.clerk
    question: dict[str, Any] = {"region": "139901", "industry": "C26", "as_of": "2026-05-20"}
    first = await clerk.get("/v1/responsibility", **question)
    assert {one["title"] for one in first["entries"]} == COUNTY_AND_ABOVE - {"区书记", "区主任"}
    assert all(one["basis"] and one["official_name"] for one in first["entries"])
    calendar.turn_to(2026, 6, 12, 9)
    await clerk.put(
        f"/v1/portfolios/{story['县化工分管 portfolio']}",
        {"industries": ["C"], "reason": "更正", **days("2025-01-05")},
        seen=1,
    )
    await clerk.post(f"/v1/appointments/{story['县长/丙']}/annul", {"reason": "误登"}, seen=1)
    again = await clerk.get("/v1/responsibility", **question, known_at=first["known_at"])
    assert again == first
    now = await clerk.get("/v1/responsibility", **question)
    assert [one["vacant"] for one in now["entries"] if one["title"] == "县长"] == [True]
    assert await clerk.refusal("GET", "/v1/responsibility", **question, known_at="2026-06-01T00:00:00") == (
        400,
        "offset_required",
        [],
    )


async def test_jurisdiction_and_exercise_decide_who_sees_an_accident(story: Story) -> None:
    clerk = story.clerk
    accident = await clerk.post("/v1/accidents", explosion())
    path = f"/v1/accidents/{accident['id']}"
    assert (await clerk.get("/v1/accidents"))["items"] == []
    assert len((await clerk.get("/v1/accidents", exercise=True, level="较大"))["items"]) == 1
    assert (await clerk.get("/v1/accidents", exercise=True, first_day="2026-05-21"))["items"] == []
    county = clerk.acting("viewer", regions=("139901",))
    assert (await county.get(path))["id"] == accident["id"]
    elsewhere = clerk.acting("registrar", regions=("130100",))
    assert (await elsewhere.refusal("GET", path))[0] == 404
    revision = {"casualties": {}, "reason": "续报"}
    assert (await elsewhere.refusal("POST", f"{path}/revisions", revision, seen=1))[0] == 404
    assert (await elsewhere.refusal("POST", "/v1/accidents", explosion()))[:2] == (403, "region_outside_grant")
    assert (await county.refusal("POST", "/v1/accidents", explosion()))[:2] == (403, "role_required")
    assert (await elsewhere.get("/v1/accidents", exercise=True))["items"] == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"industry": "C99"}, 422, "unknown_industry"),
        ({"industry": "苹果"}, 400, "invalid_request"),
        ({"region_code": "139999"}, 422, "unknown_reference"),
        ({"occurred_at": "2030-01-01T00:00:00+08:00", "report_steps": []}, 422, "in_the_future"),
        ({"occurred_at": "2026-05-20T14:30:00"}, 400, "invalid_request"),
        ({"casualties": {"deaths": [{"count": 1, "died_on": "2026-05-19"}]}}, 422, "cannot_be_derived"),
        ({"casualties": {"deaths": [{"count": -1, "died_on": "2026-05-20"}]}}, 400, "invalid_request"),
        ({"accident_type": {"standard": "GB 6441-2025", "name": "不存在"}}, 422, "unknown_accident_type"),
        ({"zone_codes": ["139901100"]}, 422, "cannot_be_derived"),
        ({"level": "一般"}, 400, "invalid_request"),
    ],
)
async def test_bad_accidents_are_refused_whole(clerk: Clerk, changes: dict[str, Any], status: int, code: str) -> None:
    assert (await clerk.refusal("POST", "/v1/accidents", explosion(**changes)))[:2] == (status, code)
    assert (await clerk.get("/v1/accidents", exercise=True))["items"] == []


async def test_accidents_and_corrections_at_once_leave_no_chain_behind(story: Story) -> None:
    clerk = story.clerk
    path = f"/v1/appointments/{story['县委书记/乙']}"
    records = [clerk.send("POST", "/v1/accidents", explosion()) for _ in range(8)]
    body = {"reason": "更正", "acting": True, **days("2026-04-21")}
    corrections = [clerk.send("PUT", path, body, seen=seen) for seen in (1, 2, 1, 2)]
    mixed = [*records[:3], corrections[0], *records[3:6], *corrections[1:], *records[6:]]
    answers = await asyncio.gather(*mixed)
    codes = {answer.status_code for answer in answers}
    assert codes <= {200, 201, 412}
    assert 200 in codes
    listed = (await clerk.get("/v1/accidents", exercise=True))["items"]
    assert len(listed) == 8
    for one in listed:
        chain = (await clerk.get(f"/v1/accidents/{one['id']}"))["chain"]["entries"]
        assert [entry["acting"] for entry in chain if entry["title"] == "县委书记"] == [True]
