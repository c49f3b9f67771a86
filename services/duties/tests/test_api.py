"""The routes over HTTP on the real database: what is refused, hidden, repeated, corrected, listed."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.duties.tests import story as cast
from services.duties.tests.story import Act, Story, at, body
from shared.kernel.testing import Running
from shared.roster.facts import Post

TRIP = Act(date(2026, 2, 20), "research_trip", "甲", (cast.SECRETARY,))


async def recorded(story: Story) -> dict[str, Any]:
    return await story.record(TRIP)


UNPROVED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"day": "2026-12-01"}, "performance.in_future"),
    ({"act": "executive_meeting"}, "performance.kind_not_accepted"),
    ({"performed_by": str(cast.official("丙"))}, "performance.not_holder"),
    ({"performed_by": None}, "performance.no_actor"),
    ({"day": "2024-02-01"}, "performance.outside_appointment"),
    ({"evidence": []}, "performance.evidence_missing"),
    ({"evidence": [{"kind": "report", "sha256": "0F" * 32}]}, "performance.digest_malformed"),
)


@pytest.mark.clause("art5.3", "art28")
async def test_an_act_that_no_record_can_prove_is_refused_with_its_clause(story: Story) -> None:
    story.turn(at(TRIP.day))
    only_personal = body(TRIP, presided_by=None, led_by=None)
    for changes, code in UNPROVED:
        answer = await story.running.http.post(
            "/v1/performances", json=only_personal | changes, headers=story.running.acting("registrar")
        )
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert answer.json()["basis"][0]["clause"] == "art28"
    assert (await story.get("/v1/performances", exercise=True))["items"] == []


async def test_malformed_requests_name_the_wrong_place_and_write_nothing(story: Story) -> None:
    story.turn(at(TRIP.day))
    wrong: tuple[dict[str, Any], ...] = (
        {"act": "banquet"},
        {"unknown": 1},
        {"capacities": []},
        {"day": "yesterday"},
        {"organ_id": str(cast.GOVERNMENT.id)},
    )
    for changes in wrong:
        answer = await story.running.http.post(
            "/v1/performances", json=body(TRIP) | changes, headers=story.running.acting("registrar")
        )
        assert answer.status_code == 400, answer.text
    nobody = await story.running.http.post(
        "/v1/performances",
        json=body(TRIP, capacities=[{"post_id": str(uuid4())}]),
        headers=story.running.acting("registrar"),
    )
    assert (nobody.status_code, nobody.json()["code"]) == (404, "post_not_found")
    assert (await story.get("/v1/performances", exercise=True))["items"] == []


async def test_who_lacks_the_role_or_the_region_records_and_sees_nothing(story: Story) -> None:
    acting, http = story.running.acting, story.running.http
    viewer = await http.post("/v1/performances", json=body(TRIP), headers=acting("viewer"))
    assert (viewer.status_code, viewer.json()["code"]) == (403, "role_required")
    stranger = await http.post("/v1/performances", json=body(TRIP), headers=acting("registrar", regions=("130100",)))
    assert (stranger.status_code, stranger.json()["code"]) == (403, "region_outside_grant")
    act = await recorded(story)
    elsewhere = acting("safety_office", regions=("130100",))
    for path in (f"/v1/performances/{act['id']}", f"/v1/obligations?region={cast.COUNTY}&exercise=true"):
        assert (await http.get(path, headers=elsewhere)).status_code == 404
    withdrawal = await http.post(
        f"/v1/performances/{act['id']}/withdraw", json={"reason": "误录"}, headers=elsewhere | {"If-Match": '"1"'}
    )
    assert withdrawal.status_code == 404
    assert (await http.get("/v1/performances?exercise=true", headers=elsewhere)).json()["items"] == []
    assert (await http.get("/v1/performances")).status_code == 401


@pytest.mark.clause("art28")
async def test_a_withdrawal_names_the_version_seen_and_keeps_the_record_readable(story: Story) -> None:
    act = await recorded(story)
    acting, http = story.running.acting, story.running.http
    path = f"/v1/performances/{act['id']}/withdraw"
    assert (await http.post(path, json={"reason": "误录"}, headers=acting("registrar"))).status_code == 428
    stale = await http.post(path, json={"reason": "误录"}, headers=acting("registrar") | {"If-Match": '"7"'})
    assert stale.status_code == 412
    blank = await http.post(path, json={"reason": " "}, headers=acting("registrar") | {"If-Match": '"1"'})
    assert (blank.status_code, blank.json()["code"]) == (422, "performance.no_reason")
    done = await http.post(
        path, json={"reason": "误录"}, headers=acting("registrar", subject="clerk") | {"If-Match": '"1"'}
    )
    assert (done.status_code, done.headers["etag"], done.json()["corrected"]["by"]) == (200, '"2"', "clerk")
    again = await http.post(path, json={"reason": "误录"}, headers=acting("registrar") | {"If-Match": '"2"'})
    assert (again.status_code, again.json()["code"]) == (422, "performance.already_withdrawn")
    verified = await http.post(
        f"/v1/performances/{act['id']}/verify", headers=acting("inspector") | {"If-Match": '"2"'}
    )
    assert (verified.status_code, verified.json()["code"]) == (422, "performance.already_withdrawn")
    (shown,) = await owed(story, cast.SECRETARY, "art5.3b", "2026-01-01", as_of="2026-04-01")
    assert (shown["status"], shown["not_counted"][0]["reason"]) == ("lapsed", "withdrawn")


async def test_the_same_key_records_once_and_another_body_is_refused(story: Story) -> None:
    story.turn(at(TRIP.day))
    headers, http = story.running.acting("registrar"), story.running.http
    first = await http.post("/v1/performances", json=body(TRIP), headers=headers)
    again = await http.post("/v1/performances", json=body(TRIP), headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    other = await http.post("/v1/performances", json=body(TRIP, day="2026-02-19"), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await story.get("/v1/performances", exercise=True))["items"]) == 1
    assert (await story.get("/v1/performances"))["items"] == []


async def owed(story: Story, post: Post, duty_id: str, period_start: str, **query: Any) -> list[dict[str, Any]]:
    asked = {"post_id": post.id, "exercise": True, "from": "2026-01-01", "to": "2026-12-31", "limit": 500} | query
    page = await story.get("/v1/obligations", **asked)
    return [one for one in page["items"] if (one["duty_id"], one["period"]["from_day"]) == (duty_id, period_start)]


@pytest.mark.clause("art5.3", "art28")
async def test_a_status_follows_the_day_and_what_was_known(story: Story) -> None:
    act = await recorded(story)
    story.turn(at(date(2026, 7, 1)))
    seen: dict[tuple[str, str], str] = {}
    for day in ("2025-12-31", "2026-02-01", "2026-03-25", "2026-04-01"):
        for known in ("2026-02-19T00:00:00+08:00", "2026-06-30T00:00:00+08:00"):
            (one,) = await owed(story, cast.SECRETARY, "art5.3b", "2026-01-01", as_of=day, known_at=known)
            seen[day, known[:10]] = one["status"]
    assert [seen[day, "2026-02-19"] for day in ("2025-12-31", "2026-02-01", "2026-03-25", "2026-04-01")] == [
        "upcoming",
        "open",
        "due_soon",
        "lapsed",
    ]
    assert seen["2026-04-01", "2026-06-30"] == "fulfilled"
    (now,) = await owed(story, cast.SECRETARY, "art5.3b", "2026-01-01")
    assert [one["performance_id"] for one in now["counted"]] == [act["id"]]
    assert [(one["official_id"], one["days"]) for one in now["incumbents"]] == [(str(cast.official("甲")), 90)]
    (second,) = await owed(story, cast.SECRETARY, "art5.3b", "2026-04-01")
    assert (second["status"], [one["days"] for one in second["incumbents"]]) == ("lapsed", [71, 20])


@pytest.mark.clause("art26")
async def test_an_officials_obligations_are_those_of_the_own_tenure(story: Story) -> None:
    story.turn(at(date(2026, 7, 1)))
    days = {"from": "2026-01-01", "to": "2026-06-30", "exercise": True, "limit": 500}
    items = (await story.get("/v1/obligations", official_id=cast.official("乙"), **days))["items"]
    assert {one["period"]["label"] for one in items} == {"2026-Q2", "2026-H1"}
    items = (await story.get("/v1/obligations", official_id=cast.official("戊"), **days))["items"]
    assert {one["post_id"] for one in items} == {str(cast.ZONE_SECRETARY.id), str(cast.ZONE_DIRECTOR.id)}
    items = (await story.get("/v1/obligations", region=cast.TOWN, **days))["items"]
    assert {one["vacancy_days"] > 0 for one in items} == {True}
    assert {one["incumbents"] == [] for one in items} == {True}


async def test_obligations_come_in_pages_without_gap_or_repetition(story: Story) -> None:
    story.turn(at(date(2026, 7, 1)))
    asked = {"region": cast.COUNTY, "exercise": True, "from": "2026-01-01", "to": "2026-06-30"}
    whole = (await story.get("/v1/obligations", **asked, limit=500))["items"]
    pages: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await story.get("/v1/obligations", **asked, limit=4, **({"cursor": cursor} if cursor else {}))
        pages += page["items"]
        cursor = page["next_cursor"]
    assert len(whole) > 8
    assert [one["id"] for one in pages] == [one["id"] for one in whole]
    lapsed = (await story.get("/v1/obligations", **asked, status="lapsed", limit=500))["items"]
    assert {one["id"] for one in lapsed} == {one["id"] for one in whole if one["status"] == "lapsed"}
    assert (await story.get("/v1/obligations", region=cast.COUNTY))["items"] == []


UNANSWERABLE = (
    "",
    f"post_id={cast.SECRETARY.id}&region=139901",
    "region=139901&from=2026-02-01&to=2026-01-01",
    "region=139901&from=2000-01-01&to=2026-01-01",
    "region=139901&exercise=true&cursor=%C3%A9",
    "region=139901&known_at=2026-01-01T00:00:00",
)


async def test_an_unanswerable_question_is_malformed(story: Story) -> None:
    for query in UNANSWERABLE:
        answer = await story.running.http.get(f"/v1/obligations?{query}", headers=story.running.acting("viewer"))
        assert answer.status_code == 400, answer.text


NOT_THEIRS: tuple[tuple[dict[str, str], str], ...] = (
    ({"duty_id": "art6.2"}, "review.not_standing"),
    ({"duty_id": "art7"}, "review.not_of_post"),
    ({"official_id": str(cast.official("丙"))}, "review.not_incumbent"),
    ({"to_day": "2030-01-01"}, "review.span"),
    ({"from_day": "2026-02-01", "to_day": "2026-01-01"}, "review.span"),
)


@pytest.mark.clause("art26")
async def test_a_review_of_what_was_not_that_persons_standing_duty_is_refused(story: Story) -> None:
    story.turn(at(date(2026, 5, 10)))
    review = {
        "official_id": str(cast.official("丁")),
        "post_id": str(cast.LEAD.id),
        "duty_id": "art8.1",
        "from_day": "2025-05-20",
        "to_day": "2026-05-09",
        "outcome": "performed",
        "evidence": ["ab" * 32],
        "heard_on": "2026-05-09",
        "statement": "（演练）本人意见",
    }
    for changes, code in NOT_THEIRS:
        headers = story.running.acting("inspector")
        answer = await story.running.http.post("/v1/standing-reviews", json=review | changes, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert answer.json()["basis"][0]["clause"] in {"art26", "art28"}
    await story.examine("丁", cast.LEAD, "art8.1")
    page = await story.get("/v1/standing-reviews", official_id=cast.official("丁"), exercise=True)
    assert [one["duty_id"] for one in page["items"]] == ["art8.1"]


async def test_attestations_stay_within_the_region_and_out_of_default_lists(story: Story) -> None:
    await story.explode()
    one = await story.attestation("丁", cast.LEAD)
    http, acting = story.running.http, story.running.acting
    assert (await story.get("/v1/attestations", accident_id=cast.ACCIDENT))["items"] == []
    elsewhere = acting("investigator", regions=("130100",))
    for path in ("", "/document"):
        assert (await http.get(f"/v1/attestations/{one['id']}{path}", headers=elsewhere)).status_code == 404
    refused = await http.post(f"/v1/attestations/{one['id']}/renewals", json={}, headers=elsewhere)
    assert refused.status_code == 404
    forbidden = await http.get(f"/v1/attestations/{one['id']}", headers=acting("viewer"))
    assert forbidden.status_code == 403
    seen = await http.get(f"/v1/attestations/{one['id']}", headers=acting("investigator") | {"If-None-Match": '"1"'})
    assert seen.status_code == 304


@pytest.mark.clause("art5", "art12")
async def test_the_catalogue_is_read_whole_and_by_duty(running: Running) -> None:
    headers = running.acting("viewer")
    whole = (await running.http.get("/v1/duties", headers=headers)).json()
    assert len({one["clause"] for one in whole["duties"]}) == 41
    duty = (await running.http.get("/v1/duties/art6.2", headers=headers)).json()
    assert (duty["period"], duty["count"], duty["scope"]["county"]) == ("quarter", 1, "text")
    assert (await running.http.get("/v1/duties/art99", headers=headers)).status_code == 404


async def test_every_route_of_the_statute_says_so_in_the_document(running: Running) -> None:
    document = (await running.http.get("/openapi.json")).json()
    assert document["paths"]["/v1/attestations/{attestation_id}"]["get"]["x-legal-basis"] == ["art26", "art28"]
    content = document["paths"]["/v1/attestations/{attestation_id}/document"]["get"]["responses"]["200"]["content"]
    assert list(content) == ["application/jose"]


def named(part: Any) -> Iterator[str]:
    """The parameters and fields in a part of a document."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        yield from [part["name"]] if "in" in part else []
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from named(inner)


async def test_nobody_can_ask_who_is_best_or_where_somebody_was(running: Running) -> None:
    names = set(named((await running.http.get("/openapi.json")).json()))
    assert {"official_id", "evidence", "limit"} <= names
    told = re.compile("(^|_)(rank|ranking|score|sort|order_by|latitude|longitude|coordinates|gps|device)($|_)")
    assert [one for one in names if told.search(one)] == []
