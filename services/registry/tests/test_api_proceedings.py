"""After an accident, through the API: investigation, deadlines, approval, evaluation, closing, chain differences."""

from typing import Any

import pytest

from services.registry.tests.clerk import Body, Clerk, Story, days, explosion, step
from services.registry.tests.conftest import Calendar
from services.registry.tests.test_api_regions import BY

CITY_GOVERNMENT = "演练市人民政府"
CASUALTIES: Body = {
    "deaths": [{"count": 3, "died_on": "2026-05-20"}],
    "serious_injuries": 12,
    "direct_loss_yuan": 5_000_000,
}


def took(kind: str, day: str, organ: str = CITY_GOVERNMENT, **more: Any) -> Body:
    return {"kind": kind, "day": day, "organ": organ, **more}


OPENED = took("investigation_opened", "2026-05-21", authority="city", document="演练函〔2026〕1号")
SUBMITTED = took("report_submitted", "2026-07-10", "演练事故调查组")
APPROVED = took("report_approved", "2026-07-20")
PUBLISHED = took("result_published", "2026-07-25")
EVALUATED = took(
    "rectification_evaluated", "2027-06-01", rectification="（演练）已落实", accountability="（演练）已落实"
)
CLOSED = took("closed", "2027-06-02", "演练市安委办")


async def recorded(clerk: Clerk, **more: Any) -> tuple[str, Body]:
    accident = await clerk.post("/v1/accidents", explosion(**more))
    return f"/v1/accidents/{accident['id']}", accident


async def taken(clerk: Clerk, path: str, *steps: Body, seen: int = 1) -> Body:
    """Record steps one after the other; the accident after the last."""
    answer: Body = {}
    for at, one in enumerate(steps):
        answer = await clerk.post(f"{path}/proceedings", one, seen=seen + at)
    return answer


@pytest.mark.clause("art8.5", "art21.4")
async def test_an_accident_is_investigated_approved_evaluated_and_closed(story: Story, calendar: Calendar) -> None:
    clerk = story.clerk
    path, _ = await recorded(clerk, casualties=CASUALTIES)
    calendar.turn_to(2026, 7, 30, 9)
    after = await taken(clerk, path, OPENED, SUBMITTED, APPROVED, PUBLISHED)
    assert (after["version"], after["chain"]["version"], after["alarms"]) == (5, 1, [])
    status, code, clauses = await clerk.refusal("POST", f"{path}/proceedings", {**CLOSED, "day": "2026-07-30"}, seen=5)
    assert (status, code, clauses) == (422, "file_incomplete", ["art8.5"])
    calendar.turn_to(2027, 6, 10, 9)
    closed = await taken(clerk, path, EVALUATED, CLOSED, seen=5)
    assert (closed["closed_on"], closed["alarms"]) == ("2027-06-02", [])
    progress = await clerk.get(f"{path}/proceedings")
    assert [one["kind"] for one in progress["proceedings"]] == [
        *("investigation_opened", "report_submitted", "report_approved", "result_published"),
        *("rectification_evaluated", "closed"),
    ]
    assert [(one["kind"], one["status"]) for one in progress["deadlines"]] == [
        ("investigation_report", "met"),
        ("approval", "met"),
        ("evaluation", "met"),
    ]
    assert progress["lacking"] == []
    assert (await clerk.refusal("POST", f"{path}/proceedings", OPENED, seen=7))[:2] == (422, "accident_closed")
    events = [one["type"].split(".")[3] for one in await clerk.events("accident", closed["id"])]
    assert events == [
        *("recorded", "investigation_opened", "investigation_report_submitted", "investigation_report_approved"),
        *("result_published", "rectification_evaluated", "closed"),
    ]


@pytest.mark.clause("art21.3", "art21.4")
async def test_closing_is_refused_with_every_missing_thing_named(story: Story) -> None:
    clerk = story.clerk
    path, _ = await recorded(clerk, report_steps=[step("unit", 14, 35)])
    answer = await clerk.send("POST", f"{path}/proceedings", {**CLOSED, "day": "2026-05-20"}, seen=1)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "file_incomplete")
    assert [one["pointer"].removeprefix("/lacking/") for one in problem["errors"]] == [
        *("report_upwards", "death_window", "direct_loss_yuan"),
        *("investigation_opened", "report_submitted", "report_approved", "result_published"),
    ]
    assert all("·" in one["detail"] for one in problem["errors"])
    assert "批复事故调查报告" in problem["detail"]
    assert problem["basis"]
    assert (await clerk.get(path))["version"] == 1


@pytest.mark.clause("art21.4")
async def test_deadlines_and_alarms_are_derived_for_any_day_and_stored_nowhere(
    story: Story, calendar: Calendar
) -> None:
    clerk = story.clerk
    path, accident = await recorded(clerk)
    for day, status, alarms in [
        ("2026-07-19", "open", []),
        ("2026-07-20", "overdue", ["investigation_report_overdue"]),
    ]:
        progress = await clerk.get(f"{path}/proceedings", as_of=day)
        report = progress["deadlines"][0]
        assert (report["due_on"], report["status"], progress["as_of"]) == ("2026-07-19", status, day)
        assert [one["code"] for one in progress["alarms"]] == alarms
        assert [one["code"] for one in (await clerk.get(path, as_of=day))["alarms"]] == alarms
        listed = (await clerk.get("/v1/accident-alarms", as_of=day, exercise=True))["items"]
        assert [[alarm["code"] for alarm in one["alarms"]] for one in listed] == ([alarms] if alarms else [])
    calendar.turn_to(2026, 7, 15, 9)
    extended = took("investigation_extended", "2026-07-14", days=30, reason="（演练）情况复杂")
    await taken(clerk, path, OPENED, extended)
    for day, status in [("2026-08-18", "open"), ("2026-08-19", "overdue")]:
        report = (await clerk.get(f"{path}/proceedings", as_of=day))["deadlines"][0]
        assert (report["due_on"], report["status"]) == ("2026-08-18", status)
    before = await clerk.get(f"{path}/proceedings", as_of="2026-08-01", known_at=accident["recorded_at"])
    assert (before["version"], before["deadlines"][0]["status"]) == (1, "overdue")
    more = took("investigation_extended", "2026-07-15", days=31, reason="（演练）")
    assert await clerk.refusal("POST", f"{path}/proceedings", more, seen=3) == (
        422,
        "extended_too_long",
        ["生产安全事故报告和调查处理条例（国务院令第493号） 第二十九条"],
    )
    assert (await clerk.get("/v1/accident-alarms"))["items"] == [], "an exercise stays apart"


@pytest.mark.clause("art21.4")
async def test_a_higher_level_takes_over_and_the_chain_grows_a_lower_one_alarms(story: Story) -> None:
    clerk = story.clerk
    path, accident = await recorded(clerk)
    day = "2026-05-20"
    low = await taken(clerk, path, took("investigation_opened", day, "演练县人民政府", authority="county"))
    assert [one["code"] for one in low["alarms"]] == ["investigated_too_low"]
    assert (low["investigated_by"], low["chain"]) == ("city", accident["chain"])
    high = await taken(clerk, path, took("investigation_opened", day, "演练省人民政府", authority="province"), seen=2)
    assert (high["alarms"], high["investigated_by"], high["taken_over_by"]) == ([], "province", "province")
    assert (high["investigating_region"], high["chain"]["version"]) == ("130000", 2)
    assert len(high["chain"]["entries"]) > len(accident["chain"]["entries"])


@pytest.mark.clause("art21.4")
async def test_concealed_figures_are_accepted_after_closing_and_show_what_the_closing_now_lacks(
    story: Story, calendar: Calendar
) -> None:
    clerk = story.clerk
    path, _ = await recorded(clerk, casualties=CASUALTIES)
    calendar.turn_to(2027, 6, 10, 9)
    await taken(clerk, path, OPENED, SUBMITTED, APPROVED, PUBLISHED, EVALUATED, CLOSED)
    calendar.turn_to(2029, 3, 1, 9)
    found = {"count": 7, "died_on": "2026-09-01", "concealed": True}
    body = {"casualties": {**CASUALTIES, "deaths": [*CASUALTIES["deaths"], found]}, "reason": "（演练）查实瞒报"}
    after = await clerk.post(f"{path}/revisions", body, seen=7)
    assert (after["level"], after["deaths"], after["investigated_by"]) == ("重大", 10, "province")
    assert [one["code"] for one in after["alarms"]] == ["investigated_too_low", "closed_without_file"]
    assert after["closed_on"] == "2027-06-02"
    reopened = took("reopened", "2029-03-01", reason="（演练）查实瞒报")
    again = await clerk.post(f"{path}/proceedings", reopened, seen=8)
    assert again["closed_on"] is None
    then = await clerk.get(path, as_of="2027-12-31")
    assert then["closed_on"] == "2027-06-02"


async def test_a_step_recorded_in_error_is_withdrawn_and_stays_visible(story: Story, calendar: Calendar) -> None:
    clerk = story.clerk
    path, _ = await recorded(clerk)
    calendar.turn_to(2026, 7, 30, 9)
    await taken(clerk, path, OPENED, SUBMITTED)
    reason = {"reason": "（演练）误登"}
    assert (await clerk.refusal("POST", f"{path}/proceedings/1/withdrawal", reason, seen=3))[1] == "others_rest_on_it"
    assert (await clerk.refusal("POST", f"{path}/proceedings/9/withdrawal", reason, seen=3))[1] == "no_such_step"
    after = await clerk.post(f"{path}/proceedings/2/withdrawal", reason, seen=3)
    progress = await clerk.get(f"{path}/proceedings")
    assert [one["withdrawn"] for one in progress["proceedings"]] == [None, "（演练）误登"]
    assert [one["code"] for one in after["alarms"]] == ["investigation_report_overdue"]
    assert (await clerk.refusal("POST", f"{path}/proceedings/2/withdrawal", reason, seen=3))[0] == 412


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (SUBMITTED, 422, "impossible_day"),
        ({**SUBMITTED, "day": "2026-05-20"}, 422, "step_before_its_time"),
        ({**OPENED, "day": "2026-05-19"}, 422, "impossible_day"),
        ({**OPENED, "day": "2026-05-20", "organ_id": "00000000-0000-4000-8000-000000000000"}, 422, "unknown_reference"),
        (took("investigation_opened", "2026-05-20"), 400, "invalid_request"),
        (took("guessed", "2026-05-20"), 400, "invalid_request"),
        (took("investigation_extended", "2026-05-20", days=61, reason="（演练）"), 400, "invalid_request"),
        ({**EVALUATED, "accountability": ""}, 400, "invalid_request"),
        ({**OPENED, "verdict": "有责"}, 400, "invalid_request"),
    ],
)
async def test_steps_that_cannot_be_are_refused_whole(clerk: Clerk, body: Body, status: int, code: str) -> None:
    path, _ = await recorded(clerk)
    assert (await clerk.refusal("POST", f"{path}/proceedings", body, seen=1))[:2] == (status, code)
    assert (await clerk.get(f"{path}/proceedings"))["proceedings"] == []


async def test_steps_need_the_role_the_region_and_the_version_seen(clerk: Clerk) -> None:
    path, _ = await recorded(clerk)
    today = {**OPENED, "day": "2026-05-20"}
    assert (await clerk.refusal("POST", f"{path}/proceedings", today))[:2] == (428, "if_match_required")
    assert (await clerk.refusal("POST", f"{path}/proceedings", today, seen=4))[0] == 412
    viewer = clerk.acting("viewer", "registrar")
    assert (await viewer.refusal("POST", f"{path}/proceedings", today, seen=1))[:2] == (403, "role_required")
    assert (await viewer.get(f"{path}/proceedings"))["version"] == 1
    elsewhere = clerk.acting("investigator", regions=("130100",))
    for method, below in (("POST", "proceedings"), ("POST", "proceedings/1/withdrawal")):
        body = today if below == "proceedings" else {"reason": "（演练）"}
        assert (await elsewhere.refusal(method, f"{path}/{below}", body, seen=1))[0] == 404
    for below in ("proceedings", "chain-versions", "chain-difference"):
        assert (await elsewhere.refusal("GET", f"{path}/{below}"))[0] == 404
    await clerk.post(f"{path}/proceedings", today, seen=1)
    assert (await clerk.refusal("POST", f"{path}/proceedings", today, seen=1))[0] == 412, "the same step twice is one"


async def test_the_same_accident_twice_under_one_key_is_recorded_once(clerk: Clerk) -> None:
    headers = clerk.running.acting(*clerk.roles) | {"Idempotency-Key": "explosion-1"}
    answers = [await clerk.running.http.post("/v1/accidents", json=explosion(), headers=headers) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 201
    assert answers[0].json() == answers[1].json()
    assert len((await clerk.get("/v1/accidents", exercise=True))["items"]) == 1


@pytest.mark.clause("art21.4", "art27")
async def test_a_roster_correction_publishes_a_new_chain_and_the_difference_is_shown(
    story: Story, calendar: Calendar
) -> None:
    clerk = story.clerk
    path, first = await recorded(clerk)
    calendar.turn_to(2026, 6, 12, 9)
    new = {"reason": "更正", **days("2026-06-01")}
    end = {"reason": "更正", **days("2024-03-01", "2026-05-31")}
    await clerk.put(f"/v1/appointments/{story['县委书记/乙']}", new, seen=1)
    await clerk.put(f"/v1/appointments/{story['县委书记/甲']}", end, seen=1)
    versions = await clerk.get(f"{path}/chain-versions")
    assert [(one["chain_version"], one["event"]) for one in versions] == [
        (1, "recorded"),
        (2, "chain_revised"),
        (3, "chain_revised"),
    ]
    assert all("更正" in one["reason"] for one in versions[1:])
    found = await clerk.get(f"{path}/chain-difference", older=1, newer=3)
    assert [(one["title"], one["official_id"]) for one in found["added"]] == [("县委书记", story["甲"])]
    assert [(one["title"], one["official_id"]) for one in found["removed"]] == [("县委书记", story["乙"])]
    assert [(one["title"], one["official_id"]) for one in found["earlier_removed"]] == [("县委书记", story["甲"])]
    assert (found["changed"], found["earlier_added"]) == ([], [])
    newest = await clerk.get(f"{path}/chain-difference")
    assert (newest["older"]["chain_version"], newest["newer"]["chain_version"]) == (2, 3)
    assert [(one["title"], one["vacant"]) for one in newest["removed"]] == [("县委书记", True)]
    assert (await clerk.refusal("GET", f"{path}/chain-difference", newer=9))[0] == 404
    past = await clerk.get(f"{path}/chain-versions", known_at=first["recorded_at"])
    assert [one["chain_version"] for one in past] == [1]


async def test_the_types_of_a_day_are_those_of_its_standard(clerk: Clerk) -> None:
    for day, standard, count in (("2025-12-31", "GB/T 6441-1986", 20), ("2026-05-20", "GB 6441-2025", 27)):
        types = await clerk.get("/v1/accident-types", as_of=day)
        assert {one["standard"] for one in types} == {standard}
        assert len(types) == count
    old = explosion(accident_type={"standard": "GB/T 6441-1986", "name": "火灾", "code": "08"})
    assert (await clerk.refusal("POST", "/v1/accidents", old))[:2] == (422, "standard_not_in_force")


@pytest.mark.clause("art21.3")
async def test_a_skipped_level_and_a_step_out_of_order_show_with_whose_step_it_was(clerk: Clerk) -> None:
    steps = [step("city", 14, 40, "unit"), step("unit", 14, 50), step("province", 16, 30, "city")]
    _, accident = await recorded(clerk, report_steps=steps)
    shown = [(one["sender"], one["skipped"], one["out_of_order"]) for one in accident["clock"]["steps"]]
    assert shown == [("unit", ["county"], True), (None, [], False), ("city", [], False)]
    assert all(one["recorded_at"] for one in accident["clock"]["steps"])


@pytest.mark.clause("art21.3")
async def test_a_tier_changed_later_makes_no_level_of_the_accidents_day_come_or_go(
    clerk: Clerk, calendar: Calendar
) -> None:
    _, accident = await recorded(clerk, report_steps=[step("unit", 14, 35), step("city", 14, 40, "unit")])
    calendar.turn_to(2026, 7, 2, 9)
    path, raised = "/v1/regions/139901", {"from_day": "2026-07-01", **BY}
    await clerk.put(f"{path}/admin-parent", {"admin_parent": "130000", **raised}, seen=1)
    await clerk.put(f"{path}/tier", {"tier": "city", **raised}, seen=2)
    read = await clerk.get(f"/v1/accidents/{accident['id']}")
    assert [one["skipped"] for one in read["clock"]["steps"]] == [[], ["county"]]
