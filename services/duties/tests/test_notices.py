"""Reminders and lapses reach people once each: whoever sweeps, how often, at once, or after a kill."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.duties.facts.deadlines import Swept
from services.duties.handlers import notices
from services.duties.main import service
from services.duties.tests import story as cast
from services.duties.tests.conftest import TurningClock
from services.duties.tests.story import Act, Story, at
from shared.contracts.duties.deadlines import NoticeGiven, WorkingCalendarRecorded
from shared.contracts.topology import DECLARATIONS
from shared.kernel import clock
from shared.kernel.tables import ledger
from shared.kernel.testing import Stack, eventually

ROOT = Path(__file__).parents[3]
MONTHLY = {"art5.2b", "art5.3c", "art6.3c"}
NOTICE: dict[str, Any] = {
    "notice_number": "演练发明电〔2024〕1号",
    "days": [{"day": "2025-05-01", "name": "劳动节", "working": False}],
}


async def record_year(
    story: Story, year: int, body: dict[str, Any] = NOTICE, seen: int | None = None
) -> httpx.Response:
    named = body | {"days": [one | {"day": one["day"].replace("2025", str(year), 1)} for one in body["days"]]}
    headers = story.running.acting("administrator") | ({} if seen is None else {"If-Match": f'"{seen}"'})
    return await story.running.http.put(f"/v1/working-calendar/{year}", json=named, headers=headers)


async def swept(story: Story, day: date) -> Swept:
    """Sweep on a day, twice: the second time gives nothing."""
    story.turn(at(day, 9))
    done = await notices.sweep(story.running.app.state.sessions, clock.now())
    again = await notices.sweep(story.running.app.state.sessions, clock.now())
    assert sum(again.given.values()) == 0
    return done


async def given(story: Story, **query: Any) -> list[dict[str, Any]]:
    page = await story.get("/v1/notices", limit=500, exercise=True, **query)
    items: list[dict[str, Any]] = page["items"]
    return items


async def on_the_ledger(story: Story) -> Counter[tuple[str, int]]:
    """Every notice that was ever said to be given, with its version."""
    async with story.running.app.state.sessions() as session:
        rows = await session.execute(
            sa.select(ledger.c.aggregate_id, ledger.c.version).where(ledger.c.aggregate_type == "notice")
        )
        return Counter((str(row.aggregate_id), row.version) for row in rows)


@pytest.mark.clause("art28")
async def test_two_reminders_and_a_lapse_come_once_each_and_a_record_ends_them(story: Story) -> None:
    assert (await record_year(story, 2025)).status_code == 200
    assert await swept(story, date(2025, 5, 16)) == Swept(date(2025, 5, 16))  # nothing ended before records were kept
    first = await swept(story, date(2025, 5, 19))
    assert first.given == {"first": len(await given(story)), "second": 0, "lapsed": 0}
    may = await given(story, stage="first", region=cast.ZONE)
    assert {one["duty_id"] for one in may} == MONTHLY
    assert {one["due_on"] for one in may} == {"2025-05-31"}
    await story.record(Act(date(2025, 5, 20), "led_inspection", "戊", (cast.ZONE_SECRETARY, cast.ZONE_DIRECTOR)))
    assert (await swept(story, date(2025, 5, 27))).given["second"] == 0
    await swept(story, date(2025, 5, 28))
    await swept(story, date(2025, 6, 1))
    for stage in ("second", "lapsed"):
        assert {one["duty_id"] for one in await given(story, stage=stage, organ_id=cast.ZONE_PARTY.id)} == {"art5.2b"}
        assert await given(story, stage=stage, organ_id=cast.ZONE_OFFICE.id) == []
    (lapse,) = await given(story, stage="lapsed", post_id=cast.ZONE_SECRETARY.id)
    assert [(one["clause"], one["kind"]) for one in lapse["basis"]][1] == (lapse["clause"], "default")
    meeting = Act(date(2025, 5, 22), "joint_meeting", "戊", (cast.ZONE_SECRETARY,), recorded=date(2025, 6, 3))
    await story.record(meeting)
    await swept(story, date(2025, 6, 4))
    assert await given(story, stage="lapsed", post_id=cast.ZONE_SECRETARY.id) == [lapse]  # a late record: as it was


@pytest.mark.clause("art28")
async def test_a_lapse_names_everybody_who_held_the_post_and_a_reminder_who_holds_it(story: Story) -> None:
    await record_year(story, 2026)
    story.turn(at(date(2026, 4, 1)))
    await swept(story, date(2026, 6, 16))
    await swept(story, date(2026, 7, 1))
    asked = {"post_id": cast.SECRETARY.id, "from": "2026-06-16"}
    reminded = [one for one in await given(story, stage="first", **asked) if one["duty_id"] == "art5.3b"]
    lapsed = [one for one in await given(story, stage="lapsed", **asked) if one["period_start"] == "2026-04-01"]
    two = sorted(str(cast.official(who)) for who in "甲乙")
    assert [one["holders"] for one in reminded] == [[str(cast.official("乙"))]]
    assert {tuple(one["holders"]) for one in lapsed if one["due_on"] == "2026-06-30"} >= {tuple(two)}
    theirs = await given(story, official_id=cast.official("甲"), stage="lapsed")
    assert lapsed[0]["id"] in {one["id"] for one in theirs}
    events = await story.running.http.get(
        f"/v1/history/notice/{lapsed[0]['id']}", headers=story.running.acting("auditor")
    )
    (entry,) = events.json()
    assert entry["basis"] == [lapsed[0]["clause"]]
    assert "甲" not in str(entry)
    outside = story.running.acting("viewer", regions=["130100"])
    page = await story.running.http.get("/v1/notices", params={"exercise": True}, headers=outside)
    assert page.json()["items"] == []
    assert (await story.get("/v1/notices"))["items"] == []  # exercises stay out


async def test_a_jump_of_a_year_gives_what_lapsed_within_the_horizon_and_makes_up_for_no_reminder(story: Story) -> None:
    await record_year(story, 2026)
    await swept(story, date(2025, 5, 2))
    done = await swept(story, date(2026, 5, 2))
    assert done.given["lapsed"] == len(await given(story, stage="lapsed")) > 50
    assert (done.given["first"], done.given["second"]) == (0, 0)
    assert {one["due_on"] for one in await given(story)} <= {f"{day}" for day in _month_ends()}
    counts = await on_the_ledger(story)
    assert set(counts.values()) == {1}
    assert {version for _, version in counts} == {1}


def _month_ends() -> list[date]:
    return [date.fromordinal(date(2025 + n // 12, n % 12 + 1, 1).toordinal() - 1) for n in range(5, 17)]


async def process(story: Story, turning: TurningClock, stack: Stack, *crash: str) -> int | None:
    """A process of its own sweeps; answers how it ended."""
    command = ["-m", "services.duties.tests.sweeper", stack.urls["duties"].runtime, str(turning.file), *crash]
    assert story.running
    child = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT)
    return await child.wait()


async def test_sweeps_at_once_and_after_a_kill_give_each_notice_once(
    story: Story, turning: TurningClock, stack: Stack
) -> None:
    story.turn(at(date(2025, 8, 1)))
    for point in ("unit.before_commit:2", "unit.after_commit:2"):
        assert await process(story, turning, stack, point) == -signal.SIGKILL
    cut = await on_the_ledger(story)
    sessions = story.running.app.state.sessions
    ended = await asyncio.gather(
        process(story, turning, stack),
        process(story, turning, stack),
        notices.sweep(sessions, clock.now()),
        notices.sweep(sessions, clock.now()),
    )
    assert (ended[0], ended[1]) == (0, 0)
    whole = await on_the_ledger(story)
    assert cut.keys() < whole.keys()
    assert set(whole.values()) == {1}
    assert {version for _, version in whole} == {1}
    assert {one["id"] for one in await given(story)} == {identity for identity, _ in whole}
    assert await notices.sweep_daily(sessions, clock.now()) is None  # the day is done
    assert sum((await notices.sweep(sessions, clock.now())).given.values()) == 0


async def test_a_year_without_a_notice_gives_lapses_and_no_reminder_and_says_so(story: Story) -> None:
    done = await swept(story, date(2025, 6, 18))
    assert done.given["lapsed"] > 0
    assert (done.given["first"], done.given["second"]) == (0, 0)
    assert (done.missing_years, done.unreminded_days) == ((2025,), (date(2025, 6, 30),))
    sessions = story.running.app.state.sessions
    assert await notices.sweep_daily(sessions, clock.now()) is None
    assert (await record_year(story, 2025)).status_code == 200
    again = await notices.sweep_daily(sessions, clock.now())  # a notice on record: the day is swept anew
    assert again is not None
    assert again.given["first"] > 0
    assert again.missing_years == ()


async def test_an_operator_starts_a_sweep_and_reads_what_it_did(story: Story) -> None:
    story.turn(at(date(2025, 6, 2)))
    http, acting = story.running.http, story.running.acting
    assert (await http.post("/v1/notices/sweeps", headers=acting("viewer"))).status_code == 403
    for expected in (True, False):
        started = await http.post("/v1/notices/sweeps", headers=acting("safety_office"))
        assert started.status_code == 202
        done = await story.finished(started.headers["Location"])
        result = done["result"]
        assert done["done"] == done["total"] == result["looked_at"] > 0
        assert (result["given"]["lapsed"] > 0) is expected
        assert result["day"] == "2025-06-02"
        assert result["missing_years"] == [2025]
        for role, status in (("safety_office", 200), ("registrar", 404)):  # whoever may start one may read it
            other = await http.get(started.headers["Location"], headers=acting(role, subject="another"))
            assert other.status_code == status


async def test_the_service_sweeps_by_itself(story: Story, stack: Stack, turning: TurningClock) -> None:
    story.turn(at(date(2025, 6, 2)))
    settings = {"ANZE_CLOCK_FILE": str(turning.file), "ANZE_PERIODIC_SECONDS": "0.2"}
    relay = story.running.app.state.runtime.relay
    assert relay is not None
    assert relay.leader
    await story.running.app.state.runtime.stop()  # another process takes the relay over
    running = await stack.start(service(), DECLARATIONS, **settings)

    async def told() -> Sequence[Any]:
        page = await running.http.get("/v1/notices", params={"exercise": True}, headers=running.acting("viewer"))
        found: Sequence[Any] = page.json()["items"]
        return found

    assert {one["stage"] for one in await eventually(told)} == {"lapsed"}


async def test_the_working_calendar_is_recorded_by_year_with_its_notice_and_a_version(story: Story) -> None:
    http, acting = story.running.http, story.running.acting
    unknown = await http.get("/v1/working-calendar/2025", headers=acting("viewer"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "calendar_year_unknown")
    missing = {"until": "2026-06-30"}
    assert (await story.get("/v1/working-calendar/missing", **missing))["years"] == [2025, 2026]
    made = await record_year(story, 2025)
    assert (made.status_code, made.headers["etag"]) == (200, '"1"')
    assert (await story.get("/v1/working-calendar/missing", **missing))["years"] == [2026]
    assert (await record_year(story, 2025)).status_code == 428
    amended = NOTICE | {"days": [*NOTICE["days"], {"day": "2025-10-11", "name": "国庆节", "working": True}]}
    assert (await record_year(story, 2025, amended, 1)).json()["version"] == 2
    assert (await record_year(story, 2025, seen=1)).status_code == 412
    assert (await record_year(story, 2026, seen=1)).status_code == 412
    twice = await record_year(story, 2026, NOTICE | {"days": NOTICE["days"] * 2})
    assert (twice.status_code, twice.json()["code"]) == (422, "calendar_day_twice")
    office = acting("safety_office")
    assert (await http.put("/v1/working-calendar/2026", json=NOTICE, headers=office)).status_code == 403
    assert (await story.get("/v1/working-calendar/2025"))["days"][1]["working"] is True


async def test_notices_and_years_come_back_after_a_restore(story: Story) -> None:
    year = (await record_year(story, 2025)).json()
    await swept(story, date(2025, 6, 2))
    shown = await given(story)
    async with story.running.app.state.sessions() as session:
        rows = (
            await session.execute(
                sa.select(ledger.c.data, ledger.c.version, ledger.c.type)
                .where(ledger.c.aggregate_type.in_(["notice", "working_calendar"]))
                .order_by(ledger.c.seq)
            )
        ).mappings()
        history = [dict(row) for row in rows]
    async with story.running.app.state.sessions() as session, session.begin():
        await session.execute(sa.text("DELETE FROM notice"))
        await session.execute(sa.text("DELETE FROM working_year"))
    assert await given(story) == []
    for kind in (NoticeGiven, WorkingCalendarRecorded):
        for one in history:
            if one["type"] == kind.type():
                await story.restore(kind, [one])
    assert await given(story) == shown
    assert await story.get("/v1/working-calendar/2025") == year
