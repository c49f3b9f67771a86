"""Boards count what the explained obligations say, within the caller's regions; books close, reopen, and tell."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from services.duties.handlers.boards import Asked
from services.duties.repository import boards
from services.duties.tests import story as cast
from services.duties.tests.story import Act, Story, at
from shared.contracts.duties.books import BooksReopened
from shared.kernel.envelope import contracts
from shared.kernel.pagination import Paging

Q1: dict[str, Any] = {"from": "2026-01-01", "to": "2026-03-31", "as_of": "2026-05-10", "exercise": True}
POSTS = (cast.SECRETARY, cast.MAGISTRATE, cast.ZONE_SECRETARY, cast.ZONE_DIRECTOR, cast.BUREAU_DEPUTY, cast.DEPUTY)


async def board(story: Story, by: str, **query: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    cursor = None
    while True:
        page = await story.get("/v1/boards", by=by, limit=2, **query, **({"cursor": cursor} if cursor else {}))
        found |= {one["key"]: one["statuses"] for one in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def explained(story: Story, **query: Any) -> list[dict[str, Any]]:
    page = await story.get("/v1/obligations", limit=500, **query)
    return [one for one in page["items"] if "2026-01-01" <= one["period"]["to_day"] <= "2026-03-31"]


@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art9.4", "art10.3", "art28")
async def test_a_board_counts_what_the_explained_obligations_say(story: Story) -> None:
    await story.keep_records()
    window = {key: Q1[key] for key in ("from", "to", "as_of", "exercise")}
    everything: list[dict[str, Any]] = []
    for region in (cast.CITY, cast.COUNTY, cast.TOWN, cast.ZONE):
        everything += await explained(story, region=region, **window)
    counted = {
        "organ": Counter((one["organ_id"], one["status"]) for one in everything),
        "region": Counter((one["region_code"], one["status"]) for one in everything),
        "duty": Counter((one["duty_id"], one["status"]) for one in everything),
        "period": Counter(
            (f"{one['period']['from_day']}/{one['period']['to_day']}", one["status"]) for one in everything
        ),
        "official": Counter((who["official_id"], one["status"]) for one in everything for who in one["incumbents"]),
    }
    assert {status for _, status in counted["organ"]} == {"fulfilled", "lapsed"}
    for by, expected in counted.items():
        shown = await board(story, by, **Q1)
        assert {(key, status): n for key, row in shown.items() for status, n in row.items()} == expected, by
    zone = await story.get("/v1/boards/obligations", region=cast.ZONE, limit=500, **Q1)
    by_rule = {one["id"]: one for one in everything if one["region_code"] == cast.ZONE}
    assert {one["id"] for one in zone["items"]} == by_rule.keys() != set()
    for one in zone["items"]:
        whole = by_rule[one["id"]]
        assert one["status"] == whole["status"]
        assert one["performances"] == [act["performance_id"] for act in whole["counted"]]
        assert one["unfiled"] == [filing["relation"] for filing in whole["filings"] if filing["missing"]]
    lapsed = await story.get("/v1/boards/obligations", status="lapsed", region=cast.ZONE, **Q1)
    assert {one["id"] for one in lapsed["items"]} == {key for key, one in by_rule.items() if one["status"] == "lapsed"}


async def test_a_board_of_an_official_holds_the_own_tenure_and_one_of_a_region_everything_below(story: Story) -> None:
    await story.keep_records()
    half = Q1 | {"to": "2026-06-30", "from": "2026-01-01"}
    before = await board(story, "duty", official_id=cast.official("甲"), **half)
    after = await board(story, "duty", official_id=cast.official("乙"), **half)
    assert before["art5.3b"] == {"fulfilled": 1, "open": 1}
    assert after["art5.3b"] == {"open": 1}  # the predecessor's quarter is not the newcomer's
    county = await board(story, "region", region=cast.COUNTY, **Q1)
    assert set(county) == {cast.COUNTY, cast.TOWN, cast.ZONE}
    assert set(await board(story, "region", **half)) == {*county, cast.CITY}
    zone_only = story.running.acting("viewer", regions=[cast.ZONE])
    seen = await story.running.http.get("/v1/boards", params={"by": "region", **Q1}, headers=zone_only)
    assert [one["key"] for one in seen.json()["items"]] == [cast.ZONE]
    outside = await story.running.http.get("/v1/boards", params={"region": cast.COUNTY, **Q1}, headers=zone_only)
    assert (outside.status_code, outside.json()["code"]) == (404, "region_not_found")
    real = await board(story, "organ", **(Q1 | {"exercise": False}))
    assert real == {}


async def test_a_board_of_an_earlier_moment_answers_the_same_when_asked_again(story: Story) -> None:
    act = await story.record(Act(date(2026, 2, 20), "research_trip", "甲", (cast.SECRETARY,)))
    story.turn(at(date(2026, 4, 2)))
    asked = Q1 | {"post_id": cast.SECRETARY.id, "known_at": at(date(2026, 4, 1)).isoformat()}
    known = await board(story, "duty", **asked)
    assert known == {"art5.3b": {"fulfilled": 1}}
    headers = story.running.acting("safety_office") | {"If-Match": '"1"'}
    withdrawn = f"/v1/performances/{act['id']}/withdraw"
    assert (await story.running.http.post(withdrawn, json={"reason": "误录"}, headers=headers)).is_success
    assert await board(story, "duty", **asked) == known
    now = Q1 | {"post_id": cast.SECRETARY.id}
    assert await board(story, "duty", **now) == {"art5.3b": {"lapsed": 1}}


async def test_a_year_that_nobody_evaluated_is_not_answered_with_zeros(story: Story) -> None:
    headers = story.running.acting("safety_office")
    asked: dict[str, Any] = {"from": "2020-01-01", "to": "2020-12-31", "exercise": True}
    answer = await story.running.http.get("/v1/boards", params=asked, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "year_not_evaluated")
    for path in ("/v1/projection/years/2020", "/v1/projection/rebuilds"):
        started = await story.running.http.post(path, headers=headers)
        assert started.status_code == 202
        await story.finished(started.headers["Location"])
    assert (await board(story, "period", **asked))["2020-01-01/2020-01-31"] == {"lapsed": 4}


@pytest.mark.clause("art28")
async def test_what_is_recorded_while_the_books_are_closed_needs_a_reviewer_and_reopening_needs_a_reason(
    story: Story,
) -> None:
    http = story.running.http

    def office() -> dict[str, str]:
        return story.running.acting("safety_office")

    story.turn(at(date(2026, 1, 20)))
    asked = {"region": cast.COUNTY, "period": "2026-01", "exercise": True}
    early = await http.post("/v1/books", json=asked, headers=office())
    assert (early.status_code, early.json()["code"]) == (422, "books.period_running")
    story.turn(at(date(2026, 2, 3)))
    assert (await http.post("/v1/books", json=asked, headers=story.running.acting("registrar"))).status_code == 403
    elsewhere = story.running.acting("safety_office", regions=[cast.ZONE])
    assert (await http.post("/v1/books", json=asked, headers=elsewhere)).status_code == 403
    key = office()
    made, again = [await http.post("/v1/books", json=asked, headers=key) for _ in range(2)]
    assert (made.status_code, again.json()) == (201, made.json())
    address = f"/v1/books/{made.json()['id']}"

    async def january(day: int) -> str:
        inspection = Act(
            date(2026, 1, day), "led_inspection", "戊", (cast.ZONE_SECRETARY,), recorded=date(2026, 2, day - 8)
        )
        await story.record(inspection)
        shown = await story.get("/v1/boards/obligations", post_id=cast.ZONE_SECRETARY.id, duty_id="art5.3c", **Q1)
        explained = await story.get("/v1/obligations", post_id=cast.ZONE_SECRETARY.id, limit=500, **Q1)
        (one,) = (row for row in shown["items"] if row["due_on"] == "2026-01-31")
        (same,) = (row for row in explained["items"] if row["id"] == one["id"])
        assert one["status"] == same["status"]
        return str(one["status"])

    assert await january(12) == "lapsed"
    nameless = await http.post(f"{address}/reopen", json={"reason": " "}, headers=office() | {"If-Match": '"1"'})
    assert (nameless.status_code, nameless.json()["code"]) == (422, "books.no_reason")
    assert (await http.post(f"{address}/reopen", json={"reason": "补录"}, headers=office())).status_code == 428
    reopened = await http.post(f"{address}/reopen", json={"reason": "补录"}, headers=office() | {"If-Match": '"1"'})
    assert reopened.json()["entries"][1]["reason"] == "补录"
    stale = await http.post(f"{address}/close", headers=office() | {"If-Match": '"1"'})
    assert stale.status_code == 412
    assert await january(13) == "fulfilled"
    closed = await http.post(f"{address}/close", headers=office() | {"If-Match": '"2"'})
    assert (closed.status_code, closed.json()["closed"], closed.headers["etag"]) == (200, True, '"3"')
    outside = await http.get(address, headers=story.running.acting("viewer", regions=["130100"]))
    assert outside.status_code == 404


async def test_books_say_how_each_organ_stood_and_come_back_after_a_restore(story: Story) -> None:
    await story.keep_records()
    asked = {"region": cast.ZONE, "period": "2026-03", "exercise": True}
    made = await story.running.http.post("/v1/books", json=asked, headers=story.running.acting("safety_office"))
    headers = story.running.acting("safety_office") | {"If-Match": '"1"'}
    address = f"/v1/books/{made.json()['id']}"
    await story.running.http.post(f"{address}/reopen", json={"reason": "补录"}, headers=headers)
    history = await story.running.http.get(
        f"/v1/history/books/{made.json()['id']}", headers=story.running.acting("auditor")
    )
    first, last = (BooksReopened.model_validate(one["data"]) for one in history.json())
    assert (first.closed, last.closed, [one.closed for one in last.entries]) == (True, False, [True, False])
    assert {one.organ_id: (one.statuses, one.founding) for one in first.organs} == {
        cast.ZONE_PARTY.id: ({"fulfilled": 1, "lapsed": 1}, 1),
        cast.ZONE_OFFICE.id: ({"fulfilled": 1}, 0),
    }
    shown = await story.get("/v1/books", exercise=True)
    sessions = story.running.app.state.sessions
    async with sessions() as session, session.begin():
        await session.execute(sa.text("DELETE FROM books"))
    await story.restore(BooksReopened, history.json())
    assert await story.get("/v1/books", exercise=True) == shown
    assert BooksReopened in contracts().values()


@pytest.mark.parametrize("status", [None, "fulfilled", "lapsed", "upcoming"])
async def test_what_lies_behind_a_board_of_many_regions_is_read_in_the_order_of_its_pages(
    story: Story, monkeypatch: pytest.MonkeyPatch, status: str | None
) -> None:
    await story.keep_records()
    asked = Asked(
        as_of=date(2026, 3, 25),
        known_at=at(date(2026, 5, 1)),
        from_day=date(2026, 1, 1),
        to_day=date(2026, 12, 31),
        regions=["130000"],
        exercise=True,
    )
    async with story.running.app.state.sessions() as session:
        sorted_, _ = await boards.standings(session, asked, Paging(500, None), status)
        monkeypatch.setattr(boards, "_MANY", 0)
        first, cursor = await boards.standings(session, asked, Paging(2, None), status)
        rest, end = await boards.standings(session, asked, Paging(500, cursor), status)
        assert await session.scalar(sa.text("SHOW enable_sort")) == "on"
        await session.execute(sa.text("SET LOCAL enable_sort = off"))
        plan = await session.execute(sa.text("EXPLAIN SELECT FROM obligation ORDER BY due_on, id LIMIT 50"))
        assert "obligation_due_on" in "".join(row[0] for row in plan)
    assert [*first, *rest] == sorted_
    assert (len(first), end) == (2, None)
    assert {one.status for one in sorted_} >= ({status} if status else {"fulfilled", "lapsed", "upcoming"})
