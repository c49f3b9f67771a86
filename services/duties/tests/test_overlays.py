"""Overlays over HTTP: who may interpret, from when, what it changes in obligations, findings and attestations."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.duties import tables
from services.duties.handlers.adoption import adopt_overlay
from services.duties.handlers.evaluation import follow_adoption
from services.duties.handlers.overlays import overlay_event
from services.duties.main import service
from services.duties.repository import overlays_of, projection
from services.duties.tests import story as cast
from services.duties.tests.builders import uid
from services.duties.tests.registry import delivery
from services.duties.tests.story import Story, at
from shared.contracts.duties import OverlayEnded
from shared.contracts.registry import OrganRegistered
from shared.roster import facts_of
from shared.roster.facts import DatedRole, Organ, OrganKind, OrganRole

ALWAYS = cast.ALWAYS
SAFETY = DatedRole(OrganRole.NAMED_REGULATOR, ALWAYS, function="应急管理")
PROVINCE = "130000"


def organ(name: str, kind: OrganKind, code: str, *roles: DatedRole) -> Organ:
    return Organ(uid(name), name, kind, code, ALWAYS, roles, exercise=True)


EMERGENCY = organ("演练省应急管理厅", OrganKind.GOVERNMENT_DEPARTMENT, PROVINCE, SAFETY)
MARKETS = organ(
    "演练省市场监管局",
    OrganKind.GOVERNMENT_DEPARTMENT,
    PROVINCE,
    DatedRole(OrganRole.NAMED_REGULATOR, ALWAYS, function="市场监管"),
)
PERSONNEL = organ("演练省委组织部", OrganKind.ORGANIZATION_DEPARTMENT, PROVINCE)
CITY_PERSONNEL = organ("演练市委组织部", OrganKind.ORGANIZATION_DEPARTMENT, cast.CITY)
INTERPRETATION = {
    "kind": "interpretation",
    "duty_id": "art6.2",
    "scope": "zone",
    "from_day": "2025-10-01",
    "document": "演练应急〔2025〕1号",
    "issued_on": "2025-09-15",
    "issuer_organ_id": str(EMERGENCY.id),
    "consulted_organ_id": str(PERSONNEL.id),
}
LOCAL = {
    "kind": "local_default",
    "duty_id": "art6.2",
    "scope": "zone",
    "from_day": "2025-10-01",
    "document": "县安委〔2025〕3号",
    "issued_on": "2025-09-15",
    "issuer_organ_id": str(cast.EMERGENCY.id),
}


@pytest.fixture
async def province(story: Story) -> Story:
    """The story, with the provincial organs in the register."""
    organs = (EMERGENCY, MARKETS, PERSONNEL, CITY_PERSONNEL)
    await story.registry.say(*(facts_of.organ_event(OrganRegistered, one) for one in organs), at=cast.ROSTER_AT)
    story.turn(at(date(2025, 9, 20)))
    return story


async def post(story: Story, body: Mapping[str, Any], **headers: Any) -> Any:
    asked = headers or story.running.acting("safety_office")
    return await story.running.http.post("/v1/overlays", json=dict(body), headers=asked)


async def recorded(story: Story, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = await post(story, body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def zone_meetings(story: Story, **query: Any) -> list[dict[str, Any]]:
    asked = {"post_id": cast.ZONE_DIRECTOR.id, "exercise": True, "from": "2025-01-01", "to": "2026-12-31", "limit": 500}
    page = await story.get("/v1/obligations", **asked, **query)
    return [one for one in page["items"] if one["duty_id"] == "art6.2"]


@pytest.mark.clause("art30", "art6.2")
async def test_what_is_off_is_owed_from_the_interpretation_on_and_says_by_which_document(province: Story) -> None:
    assert await zone_meetings(province) == []
    made = await recorded(province, INTERPRETATION)
    assert (made["kind"], made["founds"], made["territory"]) == ("interpretation", True, PROVINCE)
    assert made["basis"][0] == {"clause": "art30", "kind": "text", "note": "演练应急〔2025〕1号"}
    found = await zone_meetings(province)
    assert [one["period"]["label"] for one in found] == [
        "2025-Q4",
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
        "2026-Q4",
    ]
    assert {one["founds"] for one in found} == {True}
    assert [(one["clause"], one["kind"]) for one in found[0]["basis"]] == [("art6.2", "reading"), ("art30", "text")]
    assert found[0]["basis"][1]["note"] == "演练应急〔2025〕1号"
    assert found[0]["acts"] == ["management_committee_meeting"]
    earlier = "2025-09-19T00:00:00+08:00"
    assert await zone_meetings(province, known_at=earlier) == []


async def standing_on_board(story: Story, **query: Any) -> dict[str, tuple[Any, ...]]:
    """What the board shows of the zone's director, held to be what the explained obligations show."""
    asked = {"post_id": cast.ZONE_DIRECTOR.id, "exercise": True, "from": "2025-01-01", "to": "2026-12-31", "limit": 500}
    asked |= {"duty_id": "art6.2"} | query
    board = await story.get("/v1/boards/obligations", **asked)
    shown = {one["id"]: (one["from_day"], one["status"], one["basis"], one["founds"]) for one in board["items"]}
    explained = {
        one["id"]: (one["period"]["from_day"], one["status"], one["basis"][0]["kind"], one["founds"])
        for one in await zone_meetings(story, **query)
    }
    assert shown == explained
    tally = await story.get("/v1/boards", by="duty", **asked)
    assert sum(number for one in tally["items"] for number in one["statuses"].values()) == len(shown)
    return shown


@pytest.mark.clause("art6.2", "art30")
async def test_boards_show_what_is_owed_once_an_overlay_is_recorded_and_as_long_as_it_lasts(province: Story) -> None:
    before = "2025-09-19T00:00:00+08:00"
    assert await standing_on_board(province) == {}
    await recorded(province, LOCAL)
    shown = await standing_on_board(province)
    assert {one[2:] for one in shown.values()} == {("default", False)}
    made = await recorded(province, INTERPRETATION)
    shown = await standing_on_board(province)
    assert (len(shown), {one[2:] for one in shown.values()}) == (5, {("reading", True)})
    named = {"post_id": cast.ZONE_DIRECTOR.id, "exercise": True, "duty_id": "art6.2", "to": "2026-12-31"}
    behind = (await province.get("/v1/boards/obligations", **named))["items"]
    assert {(one["adopted_by"], one["default_by"]) for one in behind} == {("演练应急〔2025〕1号", None)}
    assert await standing_on_board(province, known_at=before) == {}
    province.turn(at(date(2026, 5, 10)))
    path, headers = f"/v1/overlays/{made['id']}/end", province.running.acting("safety_office") | {"If-Match": '"1"'}
    ending = {"last_day": "2026-06-30", "document": "演练应急〔2026〕2号", "issued_on": "2026-05-01"}
    assert (await province.running.http.post(path, json=ending, headers=headers)).is_success
    shown = await standing_on_board(province)
    assert sorted((one[0], one[3]) for one in shown.values()) == [
        ("2025-10-01", True),
        ("2026-01-01", True),
        ("2026-04-01", True),
        ("2026-07-01", False),
        ("2026-10-01", False),
    ]
    earlier = await standing_on_board(province, known_at="2026-05-01T00:00:00+08:00")
    assert {one[3] for one in earlier.values()} == {True}
    sessions = province.running.app.state.sessions
    async with sessions() as session:
        live = await projection.digest(session)
    office = province.running.acting("safety_office")
    started = await province.running.http.post("/v1/projection/rebuilds", headers=office)
    await province.finished(started.headers["Location"])
    async with sessions() as session:
        assert await projection.digest(session) == live


@pytest.mark.clause("art30")
async def test_another_organ_sets_a_local_default_that_founds_nothing(province: Story) -> None:
    refused = await post(province, LOCAL | {"kind": "interpretation", "consulted_organ_id": str(PERSONNEL.id)})
    assert (refused.status_code, refused.json()["code"]) == (422, "overlay.not_interpreter")
    assert refused.json()["basis"] == [{"clause": "art30", "kind": "text"}]
    made = await recorded(province, LOCAL)
    assert (made["kind"], made["founds"]) == ("local_default", False)
    assert {one["kind"] for one in made["basis"]} == {"default"}
    found = await zone_meetings(province)
    assert {one["founds"] for one in found} == {False}
    assert {entry["kind"] for one in found for entry in one["basis"]} == {"default"}
    province.turn(at(date(2026, 2, 1)))
    lapsed = next(one for one in await zone_meetings(province) if one["period"]["label"] == "2025-Q4")
    finding = await find(province, lapsed)
    assert (finding.status_code, finding.json()["code"]) == (422, "finding.reading_not_adopted")


async def find(story: Story, lapsed: Mapping[str, Any]) -> Any:
    body = {
        "official_id": str(cast.official("戊")),
        "post_id": str(cast.ZONE_DIRECTOR.id),
        "duty_id": "art6.2",
        "obligation_id": lapsed["id"],
        "period_start": lapsed["period"]["from_day"],
        "period_end": lapsed["period"]["to_day"],
        "organ_id": str(cast.DISCIPLINE.id),
        "reasons": "无会议纪要",
        "heard_on": "2026-01-20",
        "statement": "本人陈述",
        "decided_on": "2026-01-25",
    }
    headers = story.running.acting("discipline_handler")
    return await story.running.http.post("/v1/nonperformance-findings", json=body, headers=headers)


@pytest.mark.clause("art21.1", "art30")
async def test_a_lapse_under_an_interpretation_may_be_found_and_stands_in_the_attestation(province: Story) -> None:
    await recorded(province, INTERPRETATION)
    province.turn(at(date(2026, 2, 1)))
    lapsed = next(one for one in await zone_meetings(province) if one["period"]["label"] == "2025-Q4")
    assert lapsed["status"] == "lapsed"
    made = await find(province, lapsed)
    assert made.status_code == 201, made.text
    await province.explode()
    attested = await province.attestation("戊", cast.ZONE_DIRECTOR)
    rows = {(one["duty_id"], one["period_start"]): one for one in attested["obligations"]}
    assert rows["art6.2", "2025-10-01"]["founds"] is True
    assert [one["duty_id"] for one in attested["findings"]] == ["art6.2"]


@pytest.mark.clause("art6.2", "art30")
async def test_an_act_that_only_an_interpretation_asks_for_may_be_recorded_once_it_is_in_force(province: Story) -> None:
    meeting = cast.Act(date(2025, 11, 5), "management_committee_meeting", "戊", (cast.ZONE_DIRECTOR,))
    province.turn(at(meeting.day))
    headers = province.running.acting("registrar")
    refused = await province.running.http.post("/v1/performances", json=cast.body(meeting), headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "performance.kind_not_accepted")
    await recorded(province, INTERPRETATION)
    await province.record(meeting)
    province.turn(at(date(2026, 2, 1)))
    found = {one["period"]["label"]: one["status"] for one in await zone_meetings(province)}
    assert (found["2025-Q4"], found["2026-Q1"]) == ("fulfilled", "open")


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"issuer_organ_id": str(MARKETS.id)}, "overlay.not_interpreter"),
    ({"issuer_organ_id": str(cast.EMERGENCY.id)}, "overlay.not_interpreter"),
    ({"consulted_organ_id": None}, "overlay.not_consulted"),
    ({"consulted_organ_id": str(CITY_PERSONNEL.id)}, "overlay.not_consulted"),
    ({"consulted_organ_id": str(MARKETS.id)}, "overlay.not_consulted"),
    ({"from_day": "2025-09-14"}, "overlay.retroactive"),
    ({"to_day": "2025-09-30"}, "overlay.days"),
    ({"issued_on": "2025-09-21"}, "overlay.in_future"),
    ({"document": " "}, "overlay.no_document"),
    ({"scope": "county"}, "overlay.nothing_to_adopt"),
    ({"duty_id": "art5.3a"}, "overlay.nothing_to_adopt"),
    ({"post_kind": "government_safety_lead"}, "overlay.nothing_to_adopt"),
)


@pytest.mark.clause("art30")
async def test_what_is_no_interpretation_is_refused_with_its_clause(province: Story) -> None:
    for changes, code in REFUSED:
        answer = await post(province, INTERPRETATION | changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert answer.json()["basis"][0]["clause"] == "art30"
    outside = await post(province, LOCAL | {"scope": "139900"})
    assert (outside.status_code, outside.json()["code"]) == (422, "overlay.outside_territory")
    assert (await province.get("/v1/overlays", exercise=True))["items"] == []


async def test_what_is_malformed_unknown_or_out_of_reach_is_refused(province: Story) -> None:
    for changes in ({"scope": "village"}, {"kind": "law"}, {"more": 1}, {"duty_id": "5.2"}):
        assert (await post(province, INTERPRETATION | changes)).status_code == 400
    for changes in ({"duty_id": "art99.1"}, {"issuer_organ_id": str(uuid4())}, {"scope": "139999"}):
        assert (await post(province, INTERPRETATION | changes)).status_code == 404
    acting = province.running.acting
    assert (await post(province, INTERPRETATION, **acting("viewer"))).status_code == 403
    stranger = await post(province, INTERPRETATION, **acting("safety_office", regions=("139901",)))
    assert (stranger.status_code, stranger.json()["code"]) == (403, "region_outside_grant")


async def test_the_same_key_records_once_and_the_same_matter_twice_is_a_conflict(province: Story) -> None:
    headers = province.running.acting("safety_office")
    first, again = [await post(province, INTERPRETATION, **headers) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    for changes in ({}, {"from_day": "2026-01-01"}):
        twice = await post(province, INTERPRETATION | changes)
        assert (twice.status_code, twice.json()["code"]) == (409, "overlay_overlaps")
    assert (await recorded(province, LOCAL))["kind"] == "local_default"
    assert len((await province.get("/v1/overlays", exercise=True))["items"]) == 2
    assert (await province.get("/v1/overlays"))["items"] == []
    assert (await province.get("/v1/overlays", exercise=True, duty_id="art9.4"))["items"] == []


@pytest.mark.clause("art30")
async def test_an_overlay_ends_by_a_later_document_and_past_periods_keep_it(province: Story) -> None:
    made = await recorded(province, INTERPRETATION)
    path, acting = f"/v1/overlays/{made['id']}/end", province.running.acting
    province.turn(at(date(2026, 5, 10)))
    ending = {"last_day": "2026-06-30", "document": "演练应急〔2026〕2号", "issued_on": "2026-05-01"}

    async def end(version: str | None, **changes: Any) -> Any:
        headers = acting("safety_office") | ({} if version is None else {"If-Match": version})
        return await province.running.http.post(path, json=ending | changes, headers=headers)

    assert (await end(None)).status_code == 428
    assert (await end('"7"')).status_code == 412
    for changes, code in (
        ({"last_day": "2026-04-30"}, "overlay.retroactive"),
        ({"issued_on": "2026-05-11", "last_day": "2026-06-30"}, "overlay.in_future"),
        ({"document": " "}, "overlay.no_document"),
    ):
        refused = await end('"1"', **changes)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    elsewhere = acting("safety_office", regions=("130100",)) | {"If-Match": '"1"'}
    assert (await province.running.http.post(path, json=ending, headers=elsewhere)).status_code == 404
    done = await end('"1"')
    assert (done.status_code, done.headers["etag"], done.json()["to_day"]) == (200, '"2"', "2026-06-30")
    assert done.json()["ended"]["document"] == "演练应急〔2026〕2号"
    again = await end('"2"')
    assert (again.status_code, again.json()["code"]) == (422, "overlay.already_ended")
    assert [one["period"]["label"] for one in await zone_meetings(province)] == ["2025-Q4", "2026-Q1", "2026-Q2"]
    known = await province.get(f"/v1/overlays/{made['id']}", known_at="2026-05-01T00:00:00+08:00")
    assert (known["version"], known["to_day"]) == (1, None)
    assert len(await zone_meetings(province, known_at="2026-05-01T00:00:00+08:00")) == 5


@pytest.mark.clause("art30")
async def test_overlays_restored_from_their_events_equal_the_live_ones(province: Story) -> None:
    made = await recorded(province, LOCAL | {"to_day": "2026-12-31", "note": "试行"})
    headers = province.running.acting("safety_office") | {"If-Match": '"1"'}
    ending = {"last_day": "2026-03-31", "document": "县安委〔2025〕9号", "issued_on": "2025-09-20"}
    await province.running.http.post(f"/v1/overlays/{made['id']}/end", json=ending, headers=headers)
    sessions = province.running.app.state.sessions
    async with sessions() as session:
        (live,) = await overlays_of(session)
        before = [tuple(row) for row in await session.execute(sa.select(tables.overlay).order_by("version"))]
        owed = await projection.digest(session)
    event = overlay_event(OverlayEnded, live.fact, live.path)
    again = delivery(event, 2, before[1][5], live.path)
    async with sessions() as session:
        await session.execute(sa.delete(tables.overlay).where(tables.overlay.c.version == 2))
        await follow_adoption(session, event.duty_id)
        assert await projection.digest(session) != owed
        for _ in range(2):
            await adopt_overlay(session, event, again)
        after = [tuple(row) for row in await session.execute(sa.select(tables.overlay).order_by("version"))]
        assert await projection.digest(session) == owed
    assert after == before
    assert {one.NAME for one in service().adopt if one.AGGREGATE == "overlay"} == {"recorded", "ended"}
