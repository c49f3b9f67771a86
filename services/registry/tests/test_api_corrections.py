"""What was recorded wrongly about an accident is corrected, nothing is overwritten, and everything derived follows."""

from typing import Any

import pytest

from services.registry.tests.clerk import Body, Clerk, Story, explosion, step
from services.registry.tests.conftest import Calendar


def circumstances(**changes: Any) -> Body:
    kept = {name: explosion()[name] for name in ("title", "occurred_at", "industry")}
    return {**kept, "reason": "（演练）据调查更正", **changes}


@pytest.mark.clause("art21.4")
async def test_the_type_found_by_the_investigation_is_recorded_and_the_old_state_stays_readable(story: Story) -> None:
    clerk = story.clerk
    accident = await clerk.post("/v1/accidents", explosion())
    path = f"/v1/accidents/{accident['id']}"
    kind = {"standard": "GB 6441-2025", "name": "火灾"}
    after = await clerk.put(f"{path}/circumstances", circumstances(accident_type=kind), seen=1)
    assert (after["type_standard"], after["type_name"], after["version"]) == ("GB 6441-2025", "火灾", 2)
    assert after["chain"]["entries"] == accident["chain"]["entries"]
    then = await clerk.get(path, known_at=accident["recorded_at"])
    assert (then["type_name"], then["version"]) == (None, 1)
    events = [one["type"].split(".")[3] for one in await clerk.events("accident", accident["id"])]
    assert events == ["recorded", "corrected"]


@pytest.mark.clause("art21.4")
async def test_another_nature_has_another_window_and_another_industry_another_chain(
    story: Story, calendar: Calendar
) -> None:
    clerk = story.clerk
    calendar.turn_to(2026, 6, 10, 9)
    deaths = [{"count": 2, "died_on": "2026-05-20"}, {"count": 1, "died_on": "2026-06-01"}]
    accident = await clerk.post("/v1/accidents", explosion(casualties={"deaths": deaths}))
    assert accident["level"] == "较大"
    path = f"/v1/accidents/{accident['id']}"
    fire = await clerk.put(f"{path}/circumstances", circumstances(nature="fire"), seen=1)
    assert (fire["level"], fire["deaths_after_window"], fire["death_window_last_day"]) == ("一般", 1, "2026-05-27")
    farming = await clerk.put(f"{path}/circumstances", circumstances(industry="A01"), seen=2)
    titles = {one["title"] for one in farming["chain"]["entries"]}
    assert "县农业分管" in titles
    assert "县化工分管" not in titles
    found = await clerk.get(f"{path}/chain-difference")
    assert "县农业分管" in {one["title"] for one in found["added"]}


@pytest.mark.clause("art21.3")
async def test_a_corrected_time_moves_the_clock_and_not_behind_a_report(clerk: Clerk) -> None:
    accident = await clerk.post("/v1/accidents", explosion(occurred_at="2026-05-20T14:35:00+08:00"))
    path = f"/v1/accidents/{accident['id']}/circumstances"
    late = circumstances(occurred_at="2026-05-20T14:40:00+08:00")
    assert (await clerk.refusal("PUT", path, late, seen=1))[:2] == (422, "report_before_accident")
    after = await clerk.put(path, circumstances(), seen=1)
    assert after["occurred_at"].startswith("2026-05-20T14:30:00")
    assert [one["due_at"] for one in after["clock"]["steps"]] == [one["due_at"] for one in accident["clock"]["steps"]]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"industry": "C99"}, 422, "unknown_industry"),
        ({"occurred_at": "2030-01-01T00:00:00+08:00"}, 422, "in_the_future"),
        ({"accident_type": {"standard": "GB/T 6441-1986", "name": "火灾", "code": "08"}}, 422, "standard_not_in_force"),
        ({"region_code": "139"}, 400, "invalid_request"),
        ({"region_code": "139999"}, 422, "unknown_reference"),
        ({"reason": ""}, 400, "invalid_request"),
        ({"zone_codes": ["139901100"]}, 422, "cannot_be_derived"),
    ],
)
async def test_bad_corrections_are_refused_whole(clerk: Clerk, changes: Body, status: int, code: str) -> None:
    accident = await clerk.post("/v1/accidents", explosion())
    path = f"/v1/accidents/{accident['id']}"
    assert (await clerk.refusal("PUT", f"{path}/circumstances", circumstances(**changes), seen=1))[:2] == (status, code)
    assert (await clerk.get(path))["version"] == 1


@pytest.mark.clause("art21.3")
async def test_a_report_recorded_in_error_is_withdrawn_stays_visible_and_leaves_the_clock(clerk: Clerk) -> None:
    steps = [step("unit", 14, 35), step("county", 16, 0, "unit"), step("county", 15, 20, "unit")]
    accident = await clerk.post("/v1/accidents", explosion(report_steps=[steps[0], steps[1]]))
    assert accident["clock"]["within_limits"] is False
    path = f"/v1/accidents/{accident['id']}"
    reason = {"reason": "（演练）时间误登"}
    after = await clerk.post(f"{path}/report-steps/2/withdrawal", reason, seen=1)
    assert [(one["number"], one["withdrawn"]) for one in after["withdrawn_steps"]] == [(2, reason["reason"])]
    assert [one["number"] for one in after["clock"]["steps"]] == [1]
    again = await clerk.post(f"{path}/report-steps", {"steps": [steps[2]]}, seen=2)
    assert [(one["number"], one["within_limit"]) for one in again["clock"]["steps"]] == [(1, None), (3, True)]
    assert await clerk.refusal("POST", f"{path}/report-steps/2/withdrawal", reason, seen=3) == (
        422,
        "no_such_step",
        ["art21.3"],
    )
    assert (await clerk.get(path, known_at=accident["recorded_at"]))["withdrawn_steps"] == []


async def test_corrections_need_the_role_the_region_and_the_version_seen(clerk: Clerk) -> None:
    accident = await clerk.post("/v1/accidents", explosion())
    path = f"/v1/accidents/{accident['id']}"
    bodies = (("PUT", "circumstances", circumstances()), ("POST", "report-steps/1/withdrawal", {"reason": "（演练）"}))
    for method, below, body in bodies:
        assert (await clerk.refusal(method, f"{path}/{below}", body))[0] == 428
        assert (await clerk.refusal(method, f"{path}/{below}", body, seen=9))[0] == 412
        viewer = clerk.acting("viewer")
        assert (await viewer.refusal(method, f"{path}/{below}", body, seen=1))[:2] == (403, "role_required")
        elsewhere = clerk.acting("registrar", regions=("130100",))
        assert (await elsewhere.refusal(method, f"{path}/{below}", body, seen=1))[0] == 404
