"""Who answered as known at K, and what K adds to, drops from and changes in an earlier K, with the facts behind it."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.registry.tests.clerk import Clerk, Story, days
from services.registry.tests.conftest import Calendar
from services.registry.tests.test_api_roster import appointment, official, organ
from shared.kernel.tables import ledger

Body = dict[str, Any]
DAY = "2026-05-20"


async def answered(clerk: Clerk, **asked: Any) -> Any:
    return await clerk.get("/v1/responsibility", region="139901", as_of=DAY, **asked)


def told(answer: Body) -> dict[tuple[str, str | None], tuple[str, list[str]]]:
    """(title, official's name) → (what happened, the types of the events that made it so)."""
    found = {}
    for one in answer["difference"]["changes"]:
        entry = one["after"] or one["before"]
        kinds = [".".join(cause["event_type"].split(".")[2:4]) for cause in one["causes"]]
        found[entry["title"], entry["official_name"]] = (one["change"], kinds)
    return found


async def government(clerk: Clerk) -> tuple[Body, Body]:
    """A county government with a head and a leader for chemistry."""
    body = await organ(clerk, name="县政府", kind="government")
    made = []
    for kind, title in (("government_principal", "县长"), ("government_other_leader", "化工分管")):
        wanted = {"organ_id": body["id"], "kind": kind, "title": title, **days("2018-01-01")}
        made.append(await clerk.post("/v1/posts", wanted))
    return made[0], made[1]


@pytest.mark.clause("art4.p2", "art9")
async def test_a_correction_shows_who_was_dropped_who_was_added_and_by_which_event(
    clerk: Clerk, calendar: Calendar
) -> None:
    head, leader = await government(clerk)
    old, new = await official(clerk, "演练甲"), await official(clerk, "演练乙")
    held = await appointment(clerk, head["id"], old["id"], "2024-01-01")
    assigned = {"post_id": leader["id"], "industries": ["C26"], **days("2024-01-01")}
    first = await clerk.post("/v1/portfolios", assigned)
    calendar.turn_to(2026, 5, 21, 9)
    before = "2026-05-21T08:00:00+08:00"
    end = {"last_day": "2026-05-10", "end_cause": "transfer"}
    await clerk.post(f"/v1/appointments/{held['id']}/end", end, seen=1)
    await appointment(clerk, head["id"], new["id"], "2026-05-11")
    narrowed = {"industries": ["C25"], "reason": "据分工文件更正", **days("2024-01-01")}
    await clerk.put(f"/v1/portfolios/{first['id']}", narrowed, seen=1)
    answer = await answered(clerk, compared_with=before, industry="C26")
    assert told(answer) == {
        ("县长", "演练甲"): ("dropped", ["appointment.corrected"]),
        ("县长", "演练乙"): ("added", ["appointment.recorded"]),
        ("化工分管", None): ("dropped", ["portfolio.corrected"]),
    }
    (cause,) = next(one for one in answer["difference"]["changes"] if one["change"] == "added")["causes"]
    assert (cause["actor"], cause["version"], cause["recorded_at"][:10]) == ("tester", 1, "2026-05-21")
    async with clerk.running.app.state.sessions() as session:
        entry = sa.select(ledger.c.aggregate_id, ledger.c.version).where(ledger.c.id == UUID(cause["event_id"]))
        assert tuple((await session.execute(entry)).one()) == (UUID(cause["aggregate_id"]), 1)
    reasons = [one["reason"] for change in answer["difference"]["changes"] for one in change["causes"]]
    assert set(reasons) == {"调任", None, "据分工文件更正"}
    back = await answered(clerk, known_at=before, compared_with=answer["known_at"], industry="C26")
    assert {key: what for key, (what, _) in told(back).items()} == {
        ("县长", "演练甲"): "added",
        ("县长", "演练乙"): "dropped",
        ("化工分管", None): "added",
    }, "asked the other way round, the same facts made the opposite difference"
    assert {key: why for key, (_, why) in told(back).items()} == {key: why for key, (_, why) in told(answer).items()}


@pytest.mark.clause("art4.p2")
async def test_an_answer_that_nothing_moved_has_no_difference_and_a_detour_is_no_cause_of_the_end(
    clerk: Clerk, calendar: Calendar
) -> None:
    head, _ = await government(clerk)
    person = await official(clerk)
    held = await appointment(clerk, head["id"], person["id"], "2024-01-01")
    first = await answered(clerk)
    assert first["difference"] is None
    calendar.turn_to(2026, 5, 21, 9)
    path = f"/v1/appointments/{held['id']}"
    await clerk.put(path, {"reason": "误改", **days("2024-01-01", "2024-06-30")}, seen=1)
    during = await answered(clerk, compared_with=first["known_at"])
    assert {what for what, _ in told(during).values()} == {"dropped", "added"}
    vacant = next(one for one in during["difference"]["changes"] if one["change"] == "added")
    assert vacant["after"]["vacant"] is True
    calendar.turn_to(2026, 5, 22, 9)
    await clerk.put(path, {"reason": "改回", **days("2024-01-01")}, seen=2)
    after = await answered(clerk, compared_with=first["known_at"])
    assert after["difference"]["changes"] == []
    acting = {"reason": "系主持工作", **days("2024-01-01"), "acting": True}
    await clerk.put(path, acting, seen=3)
    changed = await answered(clerk, compared_with=first["known_at"])
    (one,) = changed["difference"]["changes"]
    assert (one["change"], one["before"]["acting"], one["after"]["acting"]) == ("changed", False, True)
    assert [cause["reason"] for cause in one["causes"]] == ["误改", "改回", "系主持工作"], "each that moved the entry"


@pytest.mark.clause("art4.p2")
async def test_what_was_not_yet_registered_is_a_gap_that_closed(clerk: Clerk, calendar: Calendar) -> None:
    before = (await answered(clerk))["known_at"]
    calendar.turn_to(2026, 5, 21, 9)
    await government(clerk)
    answer = await answered(clerk, compared_with=before)
    closed = [gap["post_kind"] for gap in answer["difference"]["gaps_closed"]]
    assert (closed, answer["difference"]["gaps_opened"]) == (["government_principal"], [])
    assert told(answer) == {("县长", None): ("added", ["post.registered"])}
    born = "2026-05-20T17:00:00+08:00"
    nothing = await answered(clerk, compared_with=born)
    assert [one["change"] for one in nothing["difference"]["changes"]] == ["added"], "before the region was registered"


async def test_the_comparison_is_asked_with_an_offset_and_within_ones_regions(clerk: Clerk) -> None:
    question: Body = {"region": "139901", "as_of": DAY}
    refused = await clerk.refusal("GET", "/v1/responsibility", **question, compared_with="2026-05-20T17:00:00")
    assert refused[:2] == (400, "offset_required")
    now = (await answered(clerk))["known_at"]
    elsewhere = clerk.acting("investigator", regions=("130100",))
    assert (await elsewhere.refusal("GET", "/v1/responsibility", **question, compared_with=now))[0] == 404
    assert (await clerk.acting("agency").refusal("GET", "/v1/responsibility", **question))[:2] == (403, "role_required")
    future = await answered(clerk, compared_with="2030-01-01T00:00:00+08:00")
    assert future["difference"]["compared_with"] < "2026-05-21", "nothing is known before its time"


@pytest.mark.clause("art4.p2", "art9")
async def test_who_answered_is_told_for_an_industry_or_a_field_each_with_clause_and_reason(story: Story) -> None:
    fire = {"post_id": story["县农业分管"], "fields": ["消防"], **days("2025-01-10")}
    await story.clerk.post("/v1/portfolios", fire)
    for asked, there, elsewhere in (
        ({"industry": "C2614"}, "县化工分管", "县农业分管"),
        ({"field": "消防"}, "县农业分管", "县化工分管"),
    ):
        entries = (await answered(story.clerk, **asked))["entries"]
        titles = {one["title"]: one for one in entries}
        assert (there in titles, elsewhere in titles) == (True, False)
        assert next(iter(asked.values()))[:3] in titles[there]["reason_zh"]
        for one in entries:
            assert one["reason_zh"], one
            assert one["reason_en"], one
            assert [ground["clause"] for ground in one["basis"]], one
            assert {ground["kind"] for ground in one["basis"]} <= {"text", "reading", "default"}, one
            assert bool(one["official_name"]) is (one["official_id"] is not None), one
