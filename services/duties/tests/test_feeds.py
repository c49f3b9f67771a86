"""Calendar feeds: links that show deadlines without a name, and that can be revoked."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from icalendar import Calendar
from structlog.testing import capture_logs

from services.duties.handlers.calendars import digest
from services.duties.tests import story as cast
from services.duties.tests.story import Act, Story, at
from services.duties.tests.test_notices import record_year
from shared.contracts.duties.deadlines import CalendarFeedRevoked
from shared.kernel.tables import idempotency, ledger


async def made(story: Story, kind: str, subject: Any) -> dict[str, Any]:
    body = {"kind": kind, "subject_id": str(subject)}
    answer = await story.running.http.post(
        "/v1/calendar-feeds", json=body, headers=story.running.acting("safety_office")
    )
    assert answer.status_code == 201, answer.text
    feed: dict[str, Any] = answer.json()
    return feed


async def events(story: Story, address: str) -> list[Any]:
    """What somebody without a token reads at the address."""
    answer = await story.running.http.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


@pytest.mark.clause("art5.3", "art6.3")
async def test_a_feed_shows_one_entry_for_each_open_or_upcoming_obligation_with_both_alarms(story: Story) -> None:
    await record_year(story, 2025)
    feed = await made(story, "official", cast.official("戊"))
    shown = await events(story, feed["address"])
    board = await story.get(
        "/v1/boards/obligations",
        **{"from": "2025-05-01", "to": "2026-12-31", "limit": 500, "exercise": True},
        official_id=cast.official("戊"),
    )
    assert {str(one["uid"]) for one in shown} == {f"{one['id']}@duties.anze" for one in board["items"]} != set()
    (may,) = [one for one in shown if one["dtstart"].dt == date(2025, 5, 31) and "管委会主任" in one["summary"]]
    assert may["summary"].startswith("第六条（三）：")
    assert may["dtend"].dt == date(2025, 6, 1)
    alarms = [alarm["trigger"].dt for alarm in may.walk("VALARM")]
    assert [(one + timedelta(hours=8)).isoformat()[:16] for one in alarms] == ["2025-05-19T09:00", "2025-05-28T09:00"]
    next_year = [one for one in shown if one["dtstart"].dt.year == 2026]
    assert next_year
    assert all(not one.walk("VALARM") for one in next_year if one["dtstart"].dt.month > 1)  # no notice, no guess
    await story.record(Act(date(2025, 5, 20), "led_inspection", "戊", (cast.ZONE_DIRECTOR,)))
    assert may["uid"] not in {one["uid"] for one in await events(story, feed["address"])}


async def test_a_feed_names_posts_and_nobody_and_is_the_same_until_something_changes(story: Story) -> None:
    feed = await made(story, "organ", cast.ZONE_PARTY.id)
    http = story.running.http
    first, second = [await http.get(feed["address"]) for _ in range(2)]
    assert first.content == second.content
    assert cast.ZONE_SECRETARY.title in first.text.replace("\r\n ", "")
    assert str(cast.official("戊")) not in first.text
    unchanged = await http.get(feed["address"], headers={"If-None-Match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    await story.record(Act(date(2025, 5, 20), "led_inspection", "戊", (cast.ZONE_SECRETARY,)))
    changed = await http.get(feed["address"], headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_the_token_is_kept_nowhere_and_a_revoked_link_answers_no_more(story: Story) -> None:
    http, acting = story.running.http, story.running.acting
    with capture_logs() as logs:
        feed = await made(story, "organ", cast.ZONE_PARTY.id)
        await events(story, feed["address"])
        for wrong in ("x", feed["token"][:-1], feed["token"] + "A"):
            unknown = await http.get(f"/v1/calendar-feeds/{wrong}.ics")
            assert (unknown.status_code, unknown.json()["code"]) == (404, "feed_not_found")
        address = f"/v1/calendar-feeds/{feed['id']}/revoke"
        outside = acting("safety_office", regions=["130100"]) | {"If-Match": '"1"'}
        assert (await http.post(address, headers=outside)).status_code == 404
        assert (await http.post(address, headers=acting("safety_office"))).status_code == 428
        revoked = await http.post(address, headers=acting("registrar") | {"If-Match": '"1"'})
        assert (revoked.status_code, revoked.json()["revoked"]["by"]) == (200, "tester")
        again = await http.post(address, headers=acting("registrar") | {"If-Match": '"2"'})
        assert (again.status_code, again.json()["code"]) == (409, "feed_revoked")
        assert (await http.get(feed["address"])).status_code == 404
    assert feed["token"] not in str(logs)
    async with story.running.app.state.sessions() as session:
        rows = (await session.execute(sa.select(sa.cast(ledger.c.data, sa.Text)))).scalars().all()
        answers = (await session.execute(sa.select(idempotency.c.body))).scalars().all()
        tables = (await session.execute(sa.text("SELECT calendar_feed::text FROM calendar_feed"))).scalars().all()
    assert len(feed["token"]) == 43
    assert digest(feed["token"]) in str(tables)
    assert feed["token"] not in str([rows, answers, tables])
    listed = await story.running.http.get(
        "/v1/calendar-feeds", params={"exercise": True}, headers=acting("registrar", regions=[cast.ZONE])
    )
    assert [(one["id"], one["version"]) for one in listed.json()["items"]] == [(feed["id"], 2)]
    assert "token" not in listed.text


async def test_a_feed_is_made_within_the_own_regions_for_somebody_who_is_there(story: Story) -> None:
    http = story.running.http
    nobody = {"kind": "official", "subject_id": "00000000-0000-0000-0000-000000000001"}
    answer = await http.post("/v1/calendar-feeds", json=nobody, headers=story.running.acting("registrar"))
    assert (answer.status_code, answer.json()["code"]) == (404, "feed_subject_not_found")
    county = {"kind": "organ", "subject_id": str(cast.PARTY.id)}
    zone = story.running.acting("registrar", regions=[cast.ZONE])
    refused = await http.post("/v1/calendar-feeds", json=county, headers=zone)
    assert (refused.status_code, refused.json()["code"]) == (403, "region_outside_grant")
    assert (
        await http.post("/v1/calendar-feeds", json=county, headers=story.running.acting("viewer"))
    ).status_code == 403


async def test_a_feed_comes_back_after_a_restore_and_stays_revoked(story: Story) -> None:
    feeds = [await made(story, "organ", cast.ZONE_PARTY.id) for _ in range(2)]
    story.turn(at(date(2025, 5, 3)))
    headers = story.running.acting("registrar") | {"If-Match": '"1"'}
    await story.running.http.post(f"/v1/calendar-feeds/{feeds[0]['id']}/revoke", headers=headers)
    shown = await story.running.http.get(
        "/v1/calendar-feeds", params={"exercise": True}, headers=story.running.acting("registrar")
    )
    sessions = story.running.app.state.sessions
    async with sessions() as session, session.begin():
        await session.execute(sa.text("DELETE FROM calendar_feed"))
    for feed in feeds:
        history = await story.running.http.get(
            f"/v1/history/calendar_feed/{feed['id']}", headers=story.running.acting("auditor")
        )
        await story.restore(CalendarFeedRevoked, history.json())
    back = await story.running.http.get(
        "/v1/calendar-feeds", params={"exercise": True}, headers=story.running.acting("registrar")
    )
    assert back.json() == shown.json()
    answers = [(await story.running.http.get(one["address"])).status_code for one in feeds]
    assert answers == [404, 200]
