"""What an amended catalogue would change: counted, explained, and nothing touched."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from services.duties import tables
from services.duties.catalogue import FOLDER, source_of, text_of
from services.duties.facts import ActKind, Catalogue, Firmness
from services.duties.handlers import what_if as handler
from services.duties.rules.catalogue import catalogue_of
from services.duties.rules.catalogue.source import RefusedError
from services.duties.rules.obligations import Seat
from services.duties.rules.status import Records, View
from services.duties.rules.what_if import (
    Difference,
    Effect,
    Pair,
    Tally,
    differences,
    differing,
    duty_effects,
    patched,
    substituted,
)
from services.duties.tests import story as cast
from services.duties.tests.builders import (
    CATALOGUE,
    COUNTY,
    DIGEST,
    TOWN,
    XIONGAN,
    ZONE,
    By,
    act,
    holds,
    noon,
    seat,
)
from services.duties.tests.story import Story, at
from services.duties.tests.test_restored_records import call
from shared.kernel.tables import ledger, operation
from shared.kernel.testing import eventually
from shared.roster.facts import OrganRole, PostKind, Span
from shared.roster.tables import TABLES as ROSTER

Y24 = Span(date(2024, 1, 1), date(2024, 12, 31))
AFTER = View(date(2025, 2, 1), noon(date(2025, 2, 1)))
SECRETARY = seat(COUNTY, PostKind.PARTY_PRINCIPAL)
MONTHLY = {"id": "art5.3b", "period": "month"}


def amended(change: list[dict[str, Any]], drop: list[str]) -> Catalogue:
    source = source_of("hebei")
    assert source is not None
    return substituted(CATALOGUE, catalogue_of(patched(source, change, drop), text_of("hebei"), proposal=True))


def found(where: Seat, after: Catalogue, records: Records | None = None) -> tuple[Difference, ...]:
    return differences(where, differing(CATALOGUE, after, ()), Y24, records or Records(), AFTER)


@pytest.mark.clause("art5.3")
def test_a_faster_rhythm_drops_the_old_obligations_and_adds_the_new() -> None:
    trip = act(ActKind.RESEARCH_TRIP, date(2024, 2, 5), By("甲", (SECRETARY,)))
    records = Records([holds("甲", SECRETARY, date(2023, 1, 1))], [trip])
    shown = found(SECRETARY, amended([MONTHLY], []), records)
    tally = Tally.of(shown)
    assert tally.effects == {Effect.ADDED: 12, Effect.DROPPED: 4, Effect.CHANGED: 0}
    assert (tally.posts, tally.officials, tally.lapses_vanish, tally.lapses_appear) == (1, 1, 3, 11)
    kept = {one.obligation.period.label: one.after for one in shown if one.effect is Effect.ADDED}
    assert kept["2024-02"] == "fulfilled"


@pytest.mark.clause("art5.3")
def test_a_higher_count_changes_obligations_and_makes_lapses_appear() -> None:
    trips = [act(ActKind.RESEARCH_TRIP, date(2024, month, 5), By("甲", (SECRETARY,))) for month in (2, 5, 8, 11)]
    records = Records([holds("甲", SECRETARY, date(2023, 1, 1))], trips)
    tally = Tally.of(found(SECRETARY, amended([{"id": "art5.3b", "count": 2}], []), records))
    assert tally.effects == {Effect.ADDED: 0, Effect.DROPPED: 0, Effect.CHANGED: 4}
    assert (tally.lapses_appear, tally.lapses_vanish) == (4, 0)


@pytest.mark.clause("art6.2")
def test_a_dropped_duty_and_a_widened_scope_are_counted() -> None:
    assert Tally.of(found(SECRETARY, amended([], ["art5.3b"]))).effects[Effect.DROPPED] == 4
    wider = amended([{"id": "art6.2", "scope": {"zone": "text"}, "acts_in": {}}], [])
    assert Tally.of(found(seat(ZONE, PostKind.GOVERNMENT_PRINCIPAL), wider)).effects[Effect.ADDED] == 4
    new = {
        "id": "art7a",
        "who": "standing_member",
        "phrase": "拟议",
        "en": "proposed",
        "period": "year",
        "count": 1,
        "manner": "performs",
        "requirements": [{"acts": ["research_trip"], "evidence": ["report"]}],
        "from": "2024-01-01",
    }
    added = found(seat(COUNTY, PostKind.PARTY_STANDING_MEMBER), amended([new], []))
    assert [(one.effect, one.obligation.duty_id, one.before, one.after) for one in added] == [
        (Effect.ADDED, "art7a", None, "lapsed")
    ]


def test_the_same_catalogue_differs_in_nothing() -> None:
    same = amended([{"id": "art5.3b"}], [])
    assert duty_effects(CATALOGUE, same) == {}
    assert found(SECRETARY, same) == ()


def test_a_patch_that_names_nothing_is_refused() -> None:
    source = source_of("hebei")
    assert source is not None
    for change, drop, reason in (
        ([{"count": 2}], [], "names the id"),
        ([], ["art99.1"], "no entry to drop"),
        ([{"id": "art5.3b", "from": "soon"}], [], "is a day"),
    ):
        with pytest.raises(RefusedError, match=reason):
            patched(source, change, drop)
    assert source_of("nowhere") is None


SEATS = (
    SECRETARY,
    seat(TOWN, PostKind.GOVERNMENT_PRINCIPAL),
    seat(ZONE, PostKind.GOVERNMENT_OTHER_LEADER),
    seat(XIONGAN, PostKind.PARTY_PRINCIPAL),
    seat(COUNTY, PostKind.DEPARTMENT_PRINCIPAL, OrganRole.NAMED_REGULATOR),
)
IDS = [duty.id for duty in CATALOGUE.duties if not duty.standing]


@settings(max_examples=40)
@given(st.sets(st.sampled_from(IDS), max_size=6), st.sets(st.sampled_from(IDS), max_size=6))
def test_looking_only_at_what_differs_finds_all_that_differs(dropped: set[str], bound: set[str]) -> None:
    after = replace(
        CATALOGUE,
        duties=tuple(
            replace(duty, scope=dict.fromkeys(duty.scope, Firmness.TEXT)) if duty.id in bound else duty
            for duty in CATALOGUE.duties
            if duty.id not in dropped
        ),
    )
    for where in SEATS:
        whole = differences(where, Pair(CATALOGUE, after), Y24, Records(), AFTER)
        assert found(where, after) == whole
        assert {one.obligation.duty_id for one in whole} <= dropped | bound


TEXT = (FOLDER / "hebei" / "catalogue.toml").read_text(encoding="utf-8")
ASKED = {"region": cast.COUNTY, "from_day": "2026-01-01", "to_day": "2026-03-31", "exercise": True}


async def ask(story: Story, body: dict[str, Any], *roles: str, **more: Any) -> Any:
    headers = story.running.acting(*(roles or ("safety_office",)), **more)
    return await story.running.http.post(
        "/v1/what-if", json=ASKED | body, headers={"Authorization": headers["Authorization"]}
    )


async def written(story: Story) -> dict[str, int]:
    """How many rows every table has."""
    all_tables = (*tables.metadata.sorted_tables, *ROSTER.values(), ledger)
    async with story.running.app.state.sessions() as session:
        return {one.name: await session.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in all_tables}


@pytest.mark.clause("art5.3")
async def test_the_difference_is_counted_by_region_and_nothing_is_written(story: Story) -> None:
    await story.record(cast.Act(date(2026, 2, 20), "research_trip", "甲", (cast.SECRETARY,)))
    story.turn(at(date(2026, 4, 10)))
    before = await written(story)
    answer = await ask(story, {"change": [MONTHLY]})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["duties"] == [{"duty_id": "art5.3b", "effect": "changed"}]
    assert shown["total"] == {
        "added": 3,
        "dropped": 1,
        "changed": 0,
        "posts": 1,
        "officials": 1,
        "lapses_appear": 2,
        "lapses_vanish": 0,
    }
    assert [one["region_code"] for one in shown["regions"]] == [cast.COUNTY]
    states = {one["period"]["label"]: (one["status_before"], one["status_after"]) for one in shown["obligations"]}
    assert states == {
        "2026-Q1": ("fulfilled", None),
        "2026-01": (None, "lapsed"),
        "2026-02": (None, "fulfilled"),
        "2026-03": (None, "lapsed"),
    }
    assert {tuple(one["officials"]) for one in shown["obligations"]} == {(str(cast.official("甲")),)}
    assert shown["catalogue_version"] != shown["amended_version"]
    assert any("nothing to anybody" in one for one in shown["limits"])
    assert await written(story) == before
    assert (await ask(story, {"change": [MONTHLY], "exercise": False})).json()["total"]["added"] == 0


@pytest.mark.clause("art5.3")
async def test_a_coming_period_shows_what_would_be_owed_and_no_lapse_before_its_time(story: Story) -> None:
    story.turn(at(date(2026, 4, 10)))
    shown = (await ask(story, {"change": [MONTHLY], "from_day": "2026-07-01", "to_day": "2026-09-30"})).json()
    assert (shown["total"]["added"], shown["total"]["dropped"], shown["total"]["lapses_appear"]) == (3, 1, 0)
    assert {one["period"]["label"] for one in shown["obligations"]} == {"2026-Q3", "2026-07", "2026-08", "2026-09"}
    assert {one["status_before"] or one["status_after"] for one in shown["obligations"]} == {"upcoming"}


@pytest.mark.clause("art5.3", "art28")
async def test_an_accepted_impediment_excuses_under_either_catalogue_and_closed_books_need_a_reviewer(
    story: Story,
) -> None:
    story.turn(at(date(2026, 4, 10)))
    twice = {"change": [{"id": "art5.3b", "count": 2}]}
    (lapsed,) = (await ask(story, twice)).json()["obligations"]
    assert (lapsed["status_before"], lapsed["status_after"]) == ("lapsed", "lapsed")
    asked = {"post_id": cast.SECRETARY.id, "exercise": True, "from": "2026-01-01", "to": "2026-01-01"}
    owed = (await story.get("/v1/obligations", **asked))["items"]
    obligation = next(one["id"] for one in owed if one["duty_id"] == "art5.3b")
    post = {"post_id": str(cast.SECRETARY.id)}
    hindered = post | {"from_day": "2026-01-05", "description": "抗洪", "evidence": [DIGEST]}
    made = await call(story.running, "/v1/impediments", hindered)
    accepted = {"obligation_id": obligation, "period_start": "2026-01-01", "reason": "抗洪"}
    await call(story.running, f"/v1/impediments/{made['id']}/accept", accepted, 1, subject="office")
    (excused,) = (await ask(story, twice)).json()["obligations"]
    assert (excused["status_before"], excused["status_after"]) == ("excused", "excused")
    await call(story.running, f"/v1/impediments/{made['id']}/withdraw", {"reason": "误"}, 2)
    closing = {"region": cast.COUNTY, "period": "2026-Q1", "exercise": True}
    await call(story.running, "/v1/books", closing)
    await story.record(cast.Act(date(2026, 2, 20), "research_trip", "甲", (cast.SECRETARY,), date(2026, 4, 11)))
    (closed,) = (await ask(story, twice)).json()["obligations"]
    assert closed["status_before"] == "lapsed"  # recorded while the books were closed, and not confirmed


@pytest.mark.clause("art6.2")
async def test_a_whole_catalogue_may_be_proposed_and_below_the_region_is_looked_at_too(story: Story) -> None:
    meetings = 'town = "reading", subdistrict = "off", zone = "off" }'
    text = TEXT.replace(meetings, 'town = "off", subdistrict = "off", zone = "text" }', 1)
    answer = await ask(story, {"catalogue": text, "region": cast.CITY})
    assert answer.status_code == 200, answer.text
    rows = {one["region_code"]: one for one in answer.json()["regions"]}
    assert (rows[cast.ZONE]["added"], rows[cast.TOWN]["dropped"]) == (1, 1)


async def test_a_large_question_is_a_long_operation_that_its_asker_may_follow(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "AT_ONCE", 1)
    story.turn(at(date(2026, 4, 10)))
    before = await written(story)
    asked = {"change": [MONTHLY, {"id": "art5.3c", "count": 2}], "region": cast.CITY}
    answer = await ask(story, asked, subject="asker")
    assert answer.status_code == 202, answer.text
    location, running = answer.headers["location"], story.running

    async def ended() -> Any:
        shown = await running.http.get(location, headers=running.acting("safety_office", subject="asker"))
        assert shown.status_code == 200, shown.text
        return None if shown.json()["status"] == "running" else shown.json()

    done = await eventually(ended, what="the operation's end")
    assert (done["status"], done["done"], done["total"]) == ("succeeded", 4, 4)
    assert done["result"]["total"]["changed"] == 3
    assert done["result"]["total"]["added"] == 3
    assert str(cast.official("甲")) not in str(done["result"])
    for role in ("safety_office", "auditor"):
        stranger = await running.http.get(location, headers=running.acting(role, subject="stranger"))
        assert (stranger.status_code, stranger.json()["code"]) == (404, "operation_not_found")
    assert await written(story) == before
    async with running.app.state.sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(operation)) == 1


async def test_a_proposal_that_contradicts_itself_is_refused_with_line_and_reason(story: Story) -> None:
    broken = TEXT.replace('period = "quarter"', 'period = "week"', 1)
    line = broken[: broken.index('period = "week"')].count("\n") + 1
    answer = await ask(story, {"catalogue": broken})
    assert (answer.status_code, answer.json()["code"]) == (422, "what_if.catalogue")
    assert f"catalogue:{line}: art5.3b" in answer.json()["detail"]
    for body, status, code in (
        ({"change": [{"id": "art5.3b", "period": "week"}]}, 422, "what_if.catalogue"),
        ({"drop": ["art99.1"]}, 422, "what_if.catalogue"),
        ({"catalogue": TEXT.replace('"hebei"', '"other"', 1)}, 422, "what_if.another_statute"),
        ({"catalogue": "[" * 5000}, 422, "what_if.catalogue"),
        ({"statute": "nowhere", "drop": ["art5.1"]}, 404, "statute_not_found"),
        ({}, 400, "one_proposal"),
        ({"catalogue": "x = 1", "drop": ["art5.1"]}, 400, "one_proposal"),
        ({"drop": ["art5.1"], "to_day": "2025-12-31"}, 400, "invalid_days"),
        ({"drop": ["art5.1"], "region": "139999"}, 404, "region_not_found"),
    ):
        refused = await ask(story, body)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text


async def test_only_within_the_grant_and_the_role(story: Story) -> None:
    assert (await ask(story, {"change": [MONTHLY]}, "registrar")).status_code == 403
    elsewhere = await ask(story, {"change": [MONTHLY]}, regions=("130100",))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "region_not_found")
