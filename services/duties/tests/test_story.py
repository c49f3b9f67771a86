"""Steps 3, 5, 8, 9 and 10 of the story, as far as duties answers for them."""

import hashlib
import secrets
from datetime import date
from typing import Any

import pytest
import rfc8785
import sqlalchemy as sa

from services.duties.schemas.findings import FindingView
from services.duties.tests import story as cast
from services.duties.tests.story import LATE, Story, at, lapses, row
from shared.contracts.duties import NonPerformanceFound
from shared.kernel.tables import seal
from shared.kernel.testing import eventually, token
from shared.papers import ForgedPaperError, verify
from shared.roster.facts import Post

pytestmark = pytest.mark.clause("art26")


async def renewed(story: Story, who: str, post: Post) -> dict[str, Any]:
    before = await story.attestation(who, post)
    answer = await story.running.http.post(
        f"/v1/attestations/{before['id']}/renewals", json={}, headers=story.running.acting("investigator")
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert (made["version"], made["id"]) == (before["version"] + 1, before["id"])
    return made


@pytest.mark.clause("art6.2", "art6.3", "art5.3")
async def test_step_3_each_member_is_attested_by_own_tenure_then_and_now(story: Story) -> None:
    await story.keep_records()
    await story.explode()

    ding = await story.attestation("丁", cast.LEAD)
    assert (ding["whole"], ding["lapses"], ding["unexamined"], ding["findings"]) == (True, [], [], [])
    assert len(ding["standing"]) == 6
    assert all(one["examined"] and one["outcome"] == "performed" for one in ding["standing"])
    assert (await story.attestation("丁", cast.MEMBER))["whole"] is True

    bing = await story.attestation("丙", cast.MAGISTRATE)
    assert (bing["whole"], lapses(bing)) == (False, [("art6.2", "2026-01-01")])
    assert (bing["window_from"], bing["window_to"]) == ("2025-05-20", "2026-05-20")

    await story.record(LATE)
    april = row(await renewed(story, "戊", cast.ZONE_SECRETARY), "art5.3c", "2026-04-01")
    assert (april["then"]["status"], april["now"]["status"]) == ("lapsed", "lapsed")
    assert april["differences"] == ["not_verified", "recorded_after_accident"]
    april = row(await renewed(story, "戊", cast.ZONE_DIRECTOR), "art6.3c", "2026-04-01")
    assert (april["now"]["status"], april["now"]["counted"], april["differences"]) == ("lapsed", [], [])
    assert "capacity_not_named" in {one["reason"] for one in april["now"]["not_counted"]}


@pytest.mark.clause("art10.2", "art27")
async def test_step_3_a_predecessors_time_is_not_the_newcomers(story: Story) -> None:
    await story.keep_records()
    await story.explode()
    yi, jia = await story.attestation("乙", cast.SECRETARY), await story.attestation("甲", cast.SECRETARY)
    assert (yi["obligations"], yi["lapses"]) == ([], [])
    assert row(jia, "art5.3b", "2026-01-01")["now"]["status"] == "fulfilled"
    assert ("art5.2a", "2025-07-01") in lapses(jia)
    assert lapses(await story.attestation("己", cast.BUREAU_HEAD)) == [("art10.2a", "2025-07-01")]
    assert lapses(await story.attestation("庚", cast.BUREAU_DEPUTY)) == []


async def test_step_3_an_inspection_recorded_late_counts_once_somebody_else_verified_it(story: Story) -> None:
    await story.explode()
    late = await story.record(LATE)
    http, acting = story.running.http, story.running.acting
    path = f"/v1/performances/{late['id']}/verify"
    own = await http.post(path, headers=acting("safety_office", subject="recorder") | {"If-Match": '"1"'})
    assert (own.status_code, own.json()["code"]) == (422, "performance.own_entry")
    checked = await http.post(path, headers=acting("inspector", subject="reviewer") | {"If-Match": '"1"'})
    assert (checked.status_code, checked.json()["verified"]["by"]) == (200, "reviewer")
    april = row(await renewed(story, "戊", cast.ZONE_SECRETARY), "art5.3c", "2026-04-01")
    assert (april["then"]["status"], april["now"]["status"]) == ("lapsed", "fulfilled")
    assert april["differences"] == ["recorded_after_accident", "status_changed"]


@pytest.mark.clause("art21.4")
async def test_step_5_a_revision_attests_new_members_once_and_leaves_the_others(story: Story) -> None:
    await story.explode()
    before = await story.get("/v1/attestations", accident_id=cast.ACCIDENT, exercise=True)
    assert len(before["items"]) == len(cast.EVERYBODY)
    await story.registry.say(cast.REVISED, at=at(cast.ACCIDENT_AT.date(), 20))
    after = await story.get("/v1/attestations", accident_id=cast.ACCIDENT, exercise=True)
    fresh = [one for one in after["items"] if one not in before["items"]]
    assert [(one["official_id"], one["version"]) for one in fresh] == [(str(cast.official("壬")), 1)]
    assert len(after["items"]) == len(before["items"]) + 1


async def test_step_8_the_exported_document_verifies_offline_and_one_changed_byte_undoes_it(story: Story) -> None:
    await story.explode()
    attestation = await story.attestation("丁", cast.LEAD)
    path = f"/v1/attestations/{attestation['id']}"

    async def sealed() -> dict[str, Any] | None:
        found: dict[str, Any] = await story.get(path)
        return found if found["seal"] else None

    held = (await eventually(sealed, what="seal"))["seal"]
    answer = await story.running.http.get(f"{path}/document", headers=story.running.acting("investigator"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jose")
    keys = (await story.running.http.get("/v1/attestations/keys")).json()
    content = verify(answer.text, keys)
    assert content["seal"] == held
    assert content["attestation"]["digest"] == attestation["digest"]
    named = {name: value for name, value in content["attestation"].items() if name != "digest"}
    assert hashlib.sha256(rfc8785.dumps(named)).hexdigest() == attestation["digest"]
    assert content["attestation"]["standing"] == attestation["standing"]
    for position in range(0, len(answer.text), 97):
        changed = chr(ord(answer.text[position]) ^ 1)
        with pytest.raises(ForgedPaperError):
            verify(answer.text[:position] + changed + answer.text[position + 1 :], keys)


@pytest.mark.clause("art26")
async def test_an_exported_attestation_names_the_seal_of_every_record_it_rests_on(story: Story) -> None:
    await story.keep_records()
    await story.explode()
    attestation = await story.attestation("丁", cast.LEAD)
    path = f"/v1/attestations/{attestation['id']}/document"
    keys = (await story.running.http.get("/v1/attestations/keys")).json()

    async def sealed() -> Any:
        answer = await story.running.http.get(path, headers=story.running.acting("investigator"))
        content = verify(answer.text, keys)
        return content if all(one["seal"] for one in content["records"]) else None

    content = await eventually(sealed, what="seals of the records")
    named = {one["review_id"] for one in content["attestation"]["standing"] if one["review_id"]}
    assert named
    assert named <= {one["id"] for one in content["records"]}
    async with story.running.app.state.sessions() as session:
        chain = {row.position: row.hash.hex() for row in await session.execute(sa.select(seal))}
    assert all(chain[one["seal"]["position"]] == one["seal"]["hash"] for one in content["records"])


def finding(attestation: dict[str, Any], duty_id: str, **changes: Any) -> dict[str, Any]:
    lapse = next(one for one in attestation["lapses"] if one["duty_id"] == duty_id)
    return (
        {
            "official_id": attestation["official_id"],
            "post_id": attestation["post_id"],
            "accident_id": attestation["accident_id"],
            "organ_id": str(cast.DISCIPLINE.id),
            "reasons": "无带队检查记录，本人亦未提出反证",
            "heard_on": "2026-06-01",
            "statement": "本人陈述：当月工作繁忙",
            "decided_on": "2026-06-02",
        }
        | {name: lapse[name] for name in ("duty_id", "obligation_id", "period_start", "period_end")}
        | changes
    )


@pytest.mark.clause("art21.1", "art28", "art29", "art6.3")
async def test_step_9_only_a_competent_organ_that_heard_the_person_finds_non_performance(story: Story) -> None:
    await story.keep_records()
    await story.explode()
    story.turn(at(cast.ACCIDENT_AT.date().replace(month=6, day=2)))
    http, acting = story.running.http, story.running.acting
    attestation = await story.attestation("戊", cast.ZONE_DIRECTOR)
    asked = finding(attestation, "art6.3c", accident_id=str(cast.ACCIDENT))
    refusals: tuple[tuple[dict[str, Any], str, str], ...] = (
        ({"heard_on": None}, "finding.not_heard", "art28"),
        ({"reasons": " "}, "finding.no_reasons", "art28"),
        ({"organ_id": str(cast.GOVERNMENT.id)}, "finding.organ_not_competent", "art29"),
        ({"official_id": str(cast.official("丙")), "accident_id": None}, "finding.not_incumbent", "art6.3"),
        ({"obligation_id": str(cast.ACCIDENT)}, "finding.no_obligation", "art6.3"),
        ({"obligation_id": None}, "finding.no_obligation", "art6.3"),
        ({"decided_on": "2026-07-01"}, "finding.in_future", "art28"),
    )
    for changes, code, clause in refusals:
        answer = await http.post(
            "/v1/nonperformance-findings", json=asked | changes, headers=acting("discipline_handler")
        )
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert clause in {one["clause"] for one in answer.json()["basis"]}
    made = await http.post("/v1/nonperformance-findings", json=asked, headers=acting("discipline_handler"))
    assert (made.status_code, made.json()["outcome"]) == (201, "not_performed"), made.text
    twice = await http.post("/v1/nonperformance-findings", json=asked, headers=acting("discipline_handler"))
    assert (twice.status_code, twice.json()["code"]) == (409, "already_found")
    read = await story.get(f"/v1/nonperformance-findings/{made.json()['id']}")
    assert FindingView.model_validate(read) == FindingView.model_validate(made.json())
    now = await renewed(story, "戊", cast.ZONE_DIRECTOR)
    assert [one["id"] for one in now["findings"]] == [made.json()["id"]]
    assert now["whole"] is False
    assert ("art6.3c", asked["period_start"]) not in lapses(now)
    assert (await renewed(story, "戊", cast.ZONE_SECRETARY))["findings"] == []


@pytest.mark.clause("art29")
async def test_nobody_finds_or_decides_for_an_organ_that_the_grants_do_not_reach(story: Story) -> None:
    await story.keep_records()
    await story.explode()
    story.turn(at(cast.ACCIDENT_AT.date().replace(month=6, day=2)))
    asked = finding(await story.attestation("戊", cast.ZONE_DIRECTOR), "art6.3c")

    async def ask(
        path: str, body: dict[str, Any], organ: str | None, region: str, **more: str
    ) -> tuple[int, str | None]:
        grants = [
            {"role": "discipline_handler", "region": region, "organ": organ},
            {"role": "viewer", "region": "130000"},
        ]
        headers = {"Authorization": f"Bearer {token(roles=[], grants=grants)}", "Idempotency-Key": secrets.token_hex(8)}
        answer = await story.running.http.post(path, json=body, headers=headers | more)
        return answer.status_code, answer.json().get("code")

    path, county, city = "/v1/nonperformance-findings", str(cast.DISCIPLINE.id), str(cast.CITY_DISCIPLINE.id)
    beyond = (403, "organ_outside_grant")
    assert await ask(path, asked, city, cast.COUNTY) == beyond, "the grant is for another organ"
    assert await ask(path, asked | {"organ_id": city}, None, cast.COUNTY) == beyond, "the organ lies above the grant"
    assert await ask(path, asked, county, cast.COUNTY) == (201, None)
    made = next(one for one in (await story.get(path, exercise=True))["items"] if one["duty_id"] == "art6.3c")
    appeal = {"filed_on": "2026-06-02", "statement": "（演练）不服"}
    assert await ask(f"{path}/{made['id']}/appeal", appeal, county, cast.COUNTY, **{"If-Match": '"1"'}) == (200, None)
    decision = {"outcome": "upheld", "reasons": "（演练）属实", "decided_on": "2026-06-02", "organ_id": city}
    answers = [
        await ask(f"{path}/{made['id']}/appeal-decision", decision, organ, region, **{"If-Match": '"2"'})
        for organ, region in ((county, cast.CITY), (None, cast.COUNTY), (city, cast.CITY))
    ]
    assert answers == [beyond, beyond, (200, None)]


@pytest.mark.clause("art28", "art29")
async def test_a_finding_may_be_appealed_once_and_is_decided_by_another_organ(story: Story) -> None:
    await story.keep_records()
    await story.explode()
    story.turn(at(cast.ACCIDENT_AT.date().replace(month=6, day=2)))
    http, acting = story.running.http, story.running.acting
    asked = finding(await story.attestation("戊", cast.ZONE_DIRECTOR), "art6.3c")
    made = (await http.post("/v1/nonperformance-findings", json=asked, headers=acting("discipline_handler"))).json()
    path = f"/v1/nonperformance-findings/{made['id']}"

    async def ask(what: str, body: dict[str, Any], seen: int, status: int, code: str | None = None) -> Any:
        headers = acting("discipline_handler") | {"If-Match": f'"{seen}"'}
        answer = await http.post(f"{path}/{what}", json=body, headers=headers)
        assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
        return answer.json()

    day = "2026-06-02"
    objection = {"filed_on": day, "statement": "（演练）不服"}
    decision = {"outcome": "revoked", "reasons": "（演练）另有记录", "decided_on": day}
    above = decision | {"organ_id": str(cast.CITY_DISCIPLINE.id)}
    await ask("appeal-decision", above, 1, 422, "appeal.none_open")
    await ask("appeal", objection | {"statement": " "}, 1, 422, "appeal.no_statement")
    await ask("appeal", objection | {"filed_on": "2026-05-01"}, 1, 422, "appeal.day")
    assert (await ask("appeal", objection, 1, 200))["appeal"]["decision"] is None
    await ask("appeal", objection, 2, 422, "appeal.filed_already")
    await ask("appeal", objection, 1, 412, "stale_version")
    assert len((await renewed(story, "戊", cast.ZONE_DIRECTOR))["findings"]) == 1
    await ask("appeal-decision", decision | {"organ_id": asked["organ_id"]}, 2, 422, "appeal.same_organ")
    incompetent = decision | {"organ_id": str(cast.GOVERNMENT.id)}
    await ask("appeal-decision", incompetent, 2, 422, "finding.organ_not_competent")
    assert (await ask("appeal-decision", above, 2, 200))["appeal"]["decision"]["outcome"] == "revoked"
    now = await renewed(story, "戊", cast.ZONE_DIRECTOR)
    assert now["findings"] == []
    assert ("art6.3c", asked["period_start"]) in lapses(now)


@pytest.mark.clause("art26")
async def test_a_year_of_standing_duties_shows_who_was_examined_and_who_was_not(story: Story) -> None:
    story.turn(at(date(2026, 5, 10)))
    await story.examine("丁", cast.LEAD, "art8.1")
    rows = await story.get("/v1/standing-reviews/year", post_id=cast.LEAD.id, year=2026)
    examined = {one["duty_id"]: one["review"] and one["review"]["outcome"] for one in rows}
    assert examined["art8.1"] == "performed"
    assert examined["art8.2"] is None
    assert {one["official_id"] for one in rows} == {str(cast.official("丁"))}


@pytest.mark.clause("art26", "art28")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"evidence": []}, "review.no_evidence"),
        ({"heard_on": None}, "review.not_heard"),
        ({"heard_on": "2025-05-19"}, "review.not_heard"),
    ],
)
async def test_a_result_without_evidence_or_hearing_is_refused(
    story: Story, changes: dict[str, Any], code: str
) -> None:
    story.turn(at(date(2026, 5, 10)))
    refused = await story.review("丁", cast.LEAD, "art8.1", **changes)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    unclear = await story.review("丁", cast.LEAD, "art8.1", **changes, outcome="unclear")
    assert unclear.status_code == 201


@pytest.mark.clause("art10.2", "art21.1")
async def test_step_10_a_finding_names_the_study_that_was_not_held(story: Story) -> None:
    await story.keep_records()
    await story.explode()
    story.turn(at(cast.ACCIDENT_AT.date().replace(month=12, day=23)))
    asked = finding(await story.attestation("己", cast.BUREAU_HEAD), "art10.2a", decided_on="2026-12-23")
    answer = await story.running.http.post(
        "/v1/nonperformance-findings", json=asked, headers=story.running.acting("organization")
    )
    assert answer.status_code == 201, answer.text
    history = await story.running.http.get(
        f"/v1/history/nonperformance/{answer.json()['id']}", headers=story.running.acting("auditor")
    )
    event = NonPerformanceFound.model_validate(history.json()[0]["data"])
    assert (event.clause, event.outcome, str(event.obligation_id)) == (
        "art10.2",
        "not_performed",
        asked["obligation_id"],
    )
    assert event.exercise is True


@pytest.mark.clause("art21.1")
async def test_a_finding_that_the_duty_was_performed_closes_the_lapse(story: Story) -> None:
    await story.keep_records()
    await story.explode()
    story.turn(at(cast.ACCIDENT_AT.date().replace(month=6, day=2)))
    asked = finding(await story.attestation("丙", cast.MAGISTRATE), "art6.2", outcome="performed")
    answer = await story.running.http.post(
        "/v1/nonperformance-findings", json=asked, headers=story.running.acting("discipline_handler")
    )
    assert answer.status_code == 201, answer.text
    now = await renewed(story, "丙", cast.MAGISTRATE)
    assert (now["lapses"], now["findings"]) == ([], [])
    assert [one["outcome"] for one in row(now, "art6.2", "2026-01-01")["findings"]] == ["performed"]


async def test_an_attestation_as_known_earlier_is_the_earlier_version(story: Story) -> None:
    await story.explode()
    first = await story.attestation("丁", cast.LEAD)
    story.turn(at(cast.ACCIDENT_AT.date().replace(month=6, day=1)))
    again = await renewed(story, "丁", cast.LEAD)
    assert again["digest"] != first["digest"]
    path = f"/v1/attestations/{first['id']}"
    old = await story.get(path, known_at=at(cast.ACCIDENT_AT.date().replace(day=25)).isoformat())
    assert {**old, "seal": None} == {**first, "seal": None}
    unknown = await story.running.http.get(
        path, params={"known_at": "2026-01-01T00:00:00+08:00"}, headers=story.running.acting("investigator")
    )
    assert unknown.status_code == 404
    wider = await story.running.http.post(
        f"{path}/renewals", json={"look_back_months": 24}, headers=story.running.acting("investigator")
    )
    assert wider.json()["window_from"] == "2024-05-20"
