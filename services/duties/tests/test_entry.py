"""Acts enter once and serve every duty that accepts them; what cannot be checked is refused, each with its clause."""

from datetime import date
from typing import Any

import pytest

from services.duties.tests import story as cast
from services.duties.tests.builders import DIGEST
from services.duties.tests.story import Act, Story, at, body, official
from shared.kernel.testing import Running

ZONE_TRIP = Act(date(2026, 2, 15), "led_inspection", "戊", (cast.ZONE_SECRETARY,))
TRIP = Act(date(2026, 2, 20), "research_trip", "甲", (cast.SECRETARY,))
OLD = Act(date(2026, 1, 15), "led_inspection", "戊", (cast.ZONE_SECRETARY,))
TODAY = date(2026, 3, 20)


async def post(story: Story, path: str, content: Any, *, subject: str = "clerk", **headers: str) -> Any:
    acting = story.running.acting("safety_office", subject=subject) | headers
    return await story.running.http.post(f"/v1/performance{path}", json=content, headers=acting)


async def status(story: Story, post_id: Any, duty_id: str, first: str, **query: Any) -> str:
    asked = {"post_id": post_id, "exercise": True, "from": first, "to": first, "limit": 500} | query
    items = (await story.get("/v1/obligations", **asked))["items"]
    (found,) = [one for one in items if (one["duty_id"], one["period"]["from_day"]) == (duty_id, first)]
    return str(found["status"])


REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("an act in the future", {"day": "2026-03-21"}, "performance.in_future"),
    ("outside the appointment", {"day": "2024-02-10"}, "performance.outside_appointment"),
    ("of a kind not accepted", {"act": "executive_meeting"}, "performance.kind_not_accepted"),
    ("by someone who does not hold the post", {"performed_by": str(official("丙"))}, "performance.not_holder"),
    ("without required evidence", {"evidence": []}, "performance.evidence_missing"),
    ("in a closed period without a reviewer", {"day": "2025-11-20"}, "performance.closed_period"),
    ("reviewed by its recorder", {"day": "2025-11-20", "reviewer": "clerk"}, "performance.own_reviewer"),
    ("with a citizen number", {"findings": ["责任人 990000199001011234"]}, "record.personal_number"),
    ("with a position", {"place": "38.04281, 114.51486"}, "record.coordinates"),
    ("with a position in words", {"place": "北纬38°02′，东经114°30′"}, "record.coordinates"),
)


@pytest.mark.clause("art5.3", "art28")
async def test_each_refusal_is_a_problem_with_its_clause_and_code(story: Story) -> None:
    story.turn(at(TODAY))
    only_personal = body(TRIP, presided_by=None, led_by=None)
    for what, changes, code in REFUSED:
        answer = await post(story, "s", only_personal | changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code), (what, answer.text)
        assert [one["clause"] for one in answer.json()["basis"]] == ["art28"], what
        rehearsed = (await post(story, "-drafts", only_personal | changes)).json()
        assert (rehearsed["recordable"], rehearsed["code"]) == (False, code), what
    batch = (await post(story, "-batches", {"items": [only_personal | changes for _, changes, _ in REFUSED]})).json()
    problems = [one["problem"] for one in batch["items"]]
    assert [(one["status"], one["code"]) for one in problems] == [(422, code) for _, _, code in REFUSED]
    assert {one["basis"][0]["clause"] for one in problems} == {"art28"}
    assert (await story.get("/v1/performances", exercise=True))["items"] == []
    evidence = [{"kind": "report", "sha256": DIGEST, "day": 0}]
    assert (await post(story, "-batches", {"items": [only_personal | {"evidence": evidence}]})).status_code == 400
    unknown = await post(story, "s", only_personal | {"latitude": 38.0})
    assert unknown.status_code == 400, "there is nowhere to put a position"


async def test_no_free_text_takes_a_citizen_number(story: Story) -> None:
    made = await story.record(TRIP)
    number = "（演练）990000199001011234"
    impediment = (await impeded(story)).json()
    headers = story.running.acting("safety_office") | {"If-Match": '"1"'}
    for path, field in (
        (f"/v1/performances/{made['id']}/withdraw", "reason"),
        (f"/v1/impediments/{impediment['id']}/withdraw", "reason"),
    ):
        answer = await story.running.http.post(path, json={field: number}, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"/body/{field}"), answer.text
    review = await story.review("丁", cast.LEAD, "art8.1", statement=number)
    assert (review.status_code, review.json()["errors"][0]["pointer"]) == (400, "/body/statement"), review.text
    assert "990000199001011234" not in review.text


@pytest.mark.clause("art5.3", "art28")
async def test_an_entry_into_closed_books_counts_once_somebody_else_has_reviewed_it(story: Story) -> None:
    story.turn(at(TODAY))
    made = await post(story, "s", body(OLD, reviewer="inspector"))
    assert (made.status_code, made.json()["reviewer"]) == (201, "inspector"), made.text
    assert await status(story, cast.ZONE_SECRETARY.id, "art5.3c", "2026-01-01") == "lapsed"
    path = f"s/{made.json()['id']}/verify"
    own = await post(story, path, None, **{"If-Match": '"1"'})
    assert (own.status_code, own.json()["code"]) == (422, "performance.own_entry")
    done = await post(story, path, None, subject="inspector", **{"If-Match": '"1"'})
    assert done.status_code == 200, done.text
    assert await status(story, cast.ZONE_SECRETARY.id, "art5.3c", "2026-01-01") == "fulfilled"


@pytest.mark.clause("art5.3", "art6.3")
async def test_a_record_tells_which_obligations_it_serves_and_why_not_the_others(story: Story) -> None:
    story.turn(at(TODAY))
    draft = (await post(story, "-drafts", body(ZONE_TRIP))).json()
    assert draft["recordable"], draft
    found = {(one["duty_id"], one["post_id"]): (one["serves"], one["reason"]) for one in draft["serves"]}
    assert found["art5.3c", str(cast.ZONE_SECRETARY.id)] == (True, None)
    assert found["art6.3c", str(cast.ZONE_DIRECTOR.id)] == (False, "capacity_not_named")
    assert found["art5.2b", str(cast.ZONE_SECRETARY.id)] == (False, "wrong_act_kind")
    assert all(one["reason_text"] for one in draft["serves"] if not one["serves"])
    assert (await story.get("/v1/performances", exercise=True))["items"] == [], "asking writes nothing"
    both = Act(ZONE_TRIP.day, ZONE_TRIP.kind, "戊", (cast.ZONE_SECRETARY, cast.ZONE_DIRECTOR))
    made = (await post(story, "s", body(both))).json()
    shown = await story.get(f"/v1/performances/{made['id']}/serves")
    assert {one["duty_id"] for one in shown["serves"] if one["serves"]} == {"art5.3c", "art6.3c"}
    for duty_id, seat in (("art5.3c", cast.ZONE_SECRETARY), ("art6.3c", cast.ZONE_DIRECTOR)):
        assert await status(story, seat.id, duty_id, "2026-02-01") == "fulfilled"
    elsewhere = story.running.acting("safety_office", regions=("130100",))
    hidden = await story.running.http.post("/v1/performance-drafts", json=body(ZONE_TRIP), headers=elsewhere)
    assert hidden.status_code == 404


@pytest.mark.clause("art28")
async def test_what_was_done_is_told_whole_and_recorded_once(story: Story) -> None:
    story.turn(at(TODAY))
    whole = body(
        TRIP,
        place="演练县应急指挥中心",
        participants=[str(official("丙"))],
        agenda=["隐患排查"],
        findings=["通道堵塞"],
    )
    made = await post(story, "s", whole)
    assert made.status_code == 201, made.text
    view = made.json()
    assert (view["place"], view["agenda"], view["findings"]) == (whole["place"], ["隐患排查"], ["通道堵塞"])
    assert view["participants"] == [str(official("丙"))]
    again = await post(story, "s", whole)
    assert (again.status_code, again.json()["code"]) == (409, "performance_already_recorded")
    assert view["id"] in again.json()["detail"]
    stranger = await post(story, "s", whole | {"participants": [str(official("某"))]})
    assert (stranger.status_code, stranger.json()["code"]) == (404, "official_not_found")
    gone = await post(story, f"s/{view['id']}/withdraw", {"reason": "误录"}, **{"If-Match": '"1"'})
    assert gone.status_code == 200
    anew = await post(story, "s", whole)
    assert (anew.status_code, anew.json()["id"] != view["id"]) == (201, True), "withdrawn, it may be recorded again"


@pytest.mark.clause("art28")
async def test_a_correction_makes_a_new_record_and_says_by_whom_and_why(story: Story) -> None:
    made = await story.record(TRIP)
    right = body(TRIP, day="2026-02-19")
    path = f"s/{made['id']}/supersede"
    unseen = await post(story, path, {"reason": "日期有误", "performance": right})
    assert unseen.status_code == 428
    wrong = await post(
        story, path, {"reason": "日期有误", "performance": right | {"evidence": []}}, **{"If-Match": '"1"'}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "performance.evidence_missing")
    done = await post(story, path, {"reason": "日期有误", "performance": right}, **{"If-Match": '"1"'})
    assert (done.status_code, done.json()["day"]) == (201, "2026-02-19"), done.text
    old = await story.get(f"/v1/performances/{made['id']}")
    assert (old["day"], old["version"]) == ("2026-02-20", 2)
    corrected = old["corrected"]
    assert (corrected["by"], corrected["reason"], corrected["replacement"]) == ("clerk", "日期有误", done.json()["id"])
    history = await story.running.http.get(
        f"/v1/history/performance/{made['id']}", headers=story.running.acting("auditor")
    )
    assert [one["version"] for one in history.json()] == [1, 2]


@pytest.mark.clause("art5.3", "art6.3")
async def test_many_acts_are_each_recorded_whole_or_refused_and_never_twice(story: Story) -> None:
    story.turn(at(TODAY))
    items = [body(TRIP), body(ZONE_TRIP), body(ZONE_TRIP, evidence=[]), body(TRIP)]
    keyless = story.running.acting("safety_office")
    del keyless["Idempotency-Key"]
    url = "/v1/performance-batches"
    checked = await story.running.http.post(url, params={"validate_only": True}, json={"items": items}, headers=keyless)
    assert checked.status_code == 200, checked.text
    assert [one["outcome"] for one in checked.json()["items"]] == ["recorded", "recorded", "refused", "unchanged"]
    assert (await story.get("/v1/performances", exercise=True))["items"] == []
    refused = await story.running.http.post(url, json={"items": items}, headers=keyless)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_required")
    done = (await post(story, "-batches", {"items": items})).json()
    assert (done["recorded"], done["unchanged"], done["refused"]) == (2, 1, 1)
    problem = done["items"][2]["problem"]
    assert (problem["status"], problem["code"], problem["basis"][0]["clause"]) == (
        422,
        "performance.evidence_missing",
        "art28",
    )
    again = (await post(story, "-batches", {"items": items})).json()
    assert [one["outcome"] for one in again["items"]] == ["unchanged", "unchanged", "refused", "unchanged"]
    assert [one["performance_id"] for one in again["items"]] == [one["performance_id"] for one in done["items"]]
    assert len((await story.get("/v1/performances", exercise=True))["items"]) == 2


async def impeded(story: Story, **changes: Any) -> Any:
    asked = {
        "post_id": str(cast.SECRETARY.id),
        "official_id": str(official("甲")),
        "from_day": "2026-01-05",
        "to_day": "2026-04-10",
        "description": "住院治疗（演练）",
        "evidence": [DIGEST],
    } | changes
    return await story.running.http.post("/v1/impediments", json=asked, headers=acting(story, "clerk"))


def acting(story: Story, subject: str, version: int | None = None, region: str = "130000") -> dict[str, str]:
    headers = story.running.acting("safety_office", subject=subject, regions=(region,))
    return headers if version is None else headers | {"If-Match": f'"{version}"'}


async def owed(story: Story, first: str) -> dict[str, Any]:
    days = {"from": first, "to": first, "exercise": True, "limit": 500}
    items = (await story.get("/v1/obligations", post_id=cast.SECRETARY.id, **days))["items"]
    (found,) = [one for one in items if (one["duty_id"], one["period"]["from_day"]) == ("art5.3b", first)]
    return dict(found)


@pytest.mark.clause("art28")
async def test_only_an_accepted_impediment_excuses_and_only_its_obligation(story: Story) -> None:
    story.turn(at(date(2026, 7, 10)))
    made = (await impeded(story)).json()
    first, second = await owed(story, "2026-01-01"), await owed(story, "2026-04-01")
    assert (first["status"], second["status"]) == ("lapsed", "lapsed"), "recorded is not accepted"
    shown = [(one["impediment_id"], one["accepted"]) for item in (first, second) for one in item["impediments"]]
    assert shown == [(made["id"], False)] * 2, "a lapse lists what was in the way"
    url = f"/v1/impediments/{made['id']}"
    for_first = {"obligation_id": first["id"], "period_start": "2026-01-01", "reason": "住院"}
    http = story.running.http
    own = await http.post(f"{url}/accept", json=for_first, headers=acting(story, "clerk", 1))
    assert (own.status_code, own.json()["code"]) == (422, "impediment.own_entry")
    registrar = story.running.acting("registrar") | {"If-Match": '"1"'}
    assert (await http.post(f"{url}/accept", json=for_first, headers=registrar)).status_code == 403
    done = await http.post(f"{url}/accept", json=for_first, headers=acting(story, "office", 1))
    assert (done.status_code, done.json()["accepted"][0]["by"]) == (200, "office"), done.text
    first, second = await owed(story, "2026-01-01"), await owed(story, "2026-04-01")
    assert (first["status"], second["status"]) == ("excused", "lapsed")
    assert [item["impediments"][0]["accepted"] for item in (first, second)] == [True, False]
    twice = await http.post(f"{url}/accept", json=for_first, headers=acting(story, "office", 2))
    assert (twice.status_code, twice.json()["code"]) == (422, "impediment.already_accepted")
    for_second = {"obligation_id": second["id"], "period_start": "2026-04-01", "reason": "住院"}
    assert (await http.post(f"{url}/accept", json=for_second, headers=acting(story, "office", 2))).status_code == 200
    assert [(await owed(story, one))["status"] for one in ("2026-01-01", "2026-04-01")] == ["excused", "excused"]
    other = {"obligation_id": for_second["obligation_id"], "period_start": "2026-01-01", "reason": "住院"}
    missing = await http.post(f"{url}/accept", json=other, headers=acting(story, "office", 3))
    assert (missing.status_code, missing.json()["code"]) == (404, "obligation_not_found")
    story.turn(at(date(2026, 7, 12)))
    gone = await http.post(f"{url}/withdraw", json={"reason": "证明不实"}, headers=acting(story, "office", 3))
    assert gone.status_code == 200
    assert (await owed(story, "2026-01-01"))["status"] == "lapsed"
    earlier = await status(story, cast.SECRETARY.id, "art5.3b", "2026-01-01", known_at="2026-07-11T00:00:00+08:00")
    assert earlier == "excused", "what was known then does not change"


@pytest.mark.clause("art28")
async def test_an_impediment_that_cannot_be_is_refused_and_stays_in_its_region(story: Story) -> None:
    story.turn(at(date(2026, 7, 10)))
    for changes, code in (
        ({"from_day": "2026-08-01", "to_day": None}, "impediment.span"),
        ({"to_day": "2026-01-01"}, "impediment.span"),
        ({"official_id": str(official("丙"))}, "impediment.not_incumbent"),
        ({"description": "病人 990000199001011234"}, "record.personal_number"),
    ):
        answer = await impeded(story, **changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert answer.json()["basis"][0]["clause"] == "art28"
    made = (await impeded(story)).json()
    http, url = story.running.http, f"/v1/impediments/{made['id']}"
    assert (await http.get(url, headers=acting(story, "office", region="130100"))).status_code == 404
    assert (await http.get("/v1/impediments", headers=acting(story, "office"))).json()["items"] == []
    listed = await http.get("/v1/impediments?exercise=true", headers=acting(story, "office"))
    assert [one["id"] for one in listed.json()["items"]] == [made["id"]]
    stale = await http.post(f"{url}/withdraw", json={"reason": "误"}, headers=acting(story, "office", 9))
    assert stale.status_code == 412
    unseen = await http.post(f"{url}/withdraw", json={"reason": "误"}, headers=acting(story, "office"))
    assert unseen.status_code == 428
    blank = await http.post(f"{url}/withdraw", json={"reason": " "}, headers=acting(story, "office", 1))
    assert (blank.status_code, blank.json()["code"]) == (422, "impediment.no_reason")
    assert (await http.post(f"{url}/withdraw", json={"reason": "误"}, headers=acting(story, "o", 1))).status_code == 200
    again = await http.post(f"{url}/withdraw", json={"reason": "误"}, headers=acting(story, "o", 2))
    assert (again.status_code, again.json()["code"]) == (422, "impediment.withdrawn")


async def test_without_the_role_nobody_records_or_accepts(running: Running) -> None:
    viewer = running.acting("viewer")
    for path in ("/v1/performance-batches", "/v1/impediments", "/v1/filings"):
        assert (await running.http.post(path, json={}, headers=viewer)).status_code == 403
