"""Hundreds of writers at once: one winner for each seat, the rest told so, no deadlock in anybody's hands."""

import asyncio
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from services.registry import tables
from services.registry.handlers import appointments
from services.registry.tests.clerk import Clerk, days
from services.registry.tests.test_api_roster import official, organ, post
from shared.kernel.unit_of_work import UnitOfWork
from shared.statute.decision import Basis, allow

WRITERS = 360
SEATS = 6


async def seats(clerk: Clerk, count: int) -> list[str]:
    government = await organ(clerk, name="县政府", kind="government")
    made = [await post(clerk, "government_other_leader", government["id"]) for _ in range(count)]
    return [one["id"] for one in made]


async def overlapping(clerk: Clerk) -> int:
    """Pairs of substantive holders that share a seat and a day, by the database."""
    one, other = tables.appointment.alias(), tables.appointment.alias()
    both = [~row.c.annulled & ~row.c.acting & row.c.superseded_at.is_(None) for row in (one, other)]
    days_of = [sa.func.daterange(row.c.from_day, row.c.to_day, "[]") for row in (one, other)]
    query = sa.select(sa.func.count()).where(
        *both, one.c.post_id == other.c.post_id, one.c.id < other.c.id, days_of[0].op("&&")(days_of[1])
    )
    async with clerk.running.app.state.sessions() as session:
        return await session.scalar(query) or 0


@pytest.mark.clause("art4.p2")
async def test_hundreds_of_writers_on_six_seats_have_six_winners(clerk: Clerk) -> None:
    posts, people = await seats(clerk, SEATS), [(await official(clerk, f"演练{n}"))["id"] for n in range(60)]
    bodies = [
        {"post_id": posts[n % SEATS], "official_id": people[n % 60], **days("2026-01-01")} for n in range(WRITERS)
    ]
    answers = await asyncio.gather(*(clerk.send("POST", "/v1/appointments", body) for body in bodies))
    won = Counter(bodies[n]["post_id"] for n, answer in enumerate(answers) if answer.status_code == 201)
    assert won == dict.fromkeys(posts, 1)
    refused = Counter((one.status_code, one.json()["code"]) for one in answers if one.status_code != 201)
    assert set(refused) <= {(422, "seat_taken"), (422, "appointed_twice"), (409, "conflicting_record")}
    assert sum(refused.values()) == WRITERS - SEATS
    assert await overlapping(clerk) == 0


@pytest.mark.clause("art4.p2")
async def test_corrections_ends_and_new_holders_race_and_no_seat_is_held_twice(clerk: Clerk) -> None:
    posts, people = await seats(clerk, 4), [(await official(clerk, f"演练{n}"))["id"] for n in range(24)]
    held = []
    for n, seat in enumerate(posts):
        for year in (2021, 2023):
            body = {"post_id": seat, "official_id": people[n], **days(f"{year}-01-01", f"{year}-12-31")}
            held.append((await clerk.post("/v1/appointments", body))["id"])
    wide = {"reason": "更正", **days("2021-01-01", "2024-12-31")}
    calls = [clerk.send("PUT", f"/v1/appointments/{one}", wide, seen=1) for one in held for _ in range(8)]
    end = {"last_day": "2025-06-30", "end_cause": "transfer"}
    calls += [clerk.send("POST", f"/v1/appointments/{one}/end", end, seen=1) for one in held for _ in range(6)]
    for n in range(160):
        body = {"post_id": posts[n % 4], "official_id": people[n % 24], **days(f"{2022 + n % 4}-01-01")}
        calls.append(clerk.send("POST", "/v1/appointments", body))
    answers = await asyncio.gather(*calls)
    assert {one.status_code for one in answers} <= {200, 201, 409, 412, 422}
    codes = {one.json()["code"] for one in answers if one.status_code == 409}
    assert codes <= {"conflicting_record"}, "a deadlock is retried, not handed to the caller"
    assert await overlapping(clerk) == 0


@pytest.mark.clause("art4.p2")
async def test_the_second_wall_stands_where_the_lock_and_the_rule_are_taken_away(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (seat,), people = await seats(clerk, 1), [(await official(clerk, f"演练{n}"))["id"] for n in range(100)]

    def blind(*_facts: Any) -> Any:
        return allow("appointment_allowed", "可", "yes", Basis("art4.p2"))

    async def unlocked(work: UnitOfWork, *refs: Any) -> None:
        await lock(work, *(ref for ref in refs if ref.type != "post"))

    lock = UnitOfWork.lock
    monkeypatch.setattr(appointments, "check_appointment", blind)
    monkeypatch.setattr(UnitOfWork, "lock", unlocked)
    bodies = [{"post_id": seat, "official_id": one, **days("2026-01-01")} for one in people]
    answers = await asyncio.gather(*(clerk.send("POST", "/v1/appointments", body) for body in bodies))
    found = Counter(one.status_code for one in answers)
    assert found == {201: 1, 409: 99}
    assert await overlapping(clerk) == 0


@pytest.mark.clause("art4.p2")
async def test_merges_race_with_one_another_and_with_appointments_and_nobody_sits_twice(clerk: Clerk) -> None:
    (seat,), people = await seats(clerk, 1), [(await official(clerk, f"演练{n}"))["id"] for n in range(8)]
    pairs = [(one, other) for one in people for other in people if one != other]
    calls = [
        clerk.send("POST", f"/v1/officials/{one}/merge", {"into": other, "reason": "同一人"}, seen=1)
        for one, other in pairs
    ]
    for one in people * 8:
        body = {"post_id": seat, "official_id": one, **days("2026-01-01"), "acting": True}
        calls.append(clerk.send("POST", "/v1/appointments", body))
    answers = await asyncio.gather(*calls)
    assert {one.status_code for one in answers} <= {200, 201, 409, 412, 422}
    refused = {one.json()["code"] for one in answers if one.status_code == 409}
    assert refused <= {"already_one_person", "official_merged"}, "no deadlock reaches anybody"
    held = await clerk.get("/v1/appointments", post_id=seat, exercise=True, history=True)
    roots = [(await clerk.get(f"/v1/officials/{one['official_id']}"))["answers_as"] for one in held["items"]]
    assert len(set(roots)) == len(roots) > 0, "one person, one seat, under whichever id"
    persons = [await clerk.get(f"/v1/officials/{one}") for one in people]
    assert {one["answers_as"] for one in persons} == {one["id"] for one in persons if one["merged_into"] is None}
