"""Every route: what it does, what it refuses with which clause, and who sees nothing of it."""

from datetime import date
from typing import Any

import pytest

from services.discipline.tests import cast
from services.discipline.tests.conftest import House, exemption, lead_of, points, proposal
from services.discipline.tests.examples import uid
from shared.contracts.duties import AttestationOutdated, AttestationRenewed, OutdatedPart

ELSEWHERE = ("130500",)
NOBODY = str(uid("nobody"))
GRAVE = {"main_leadership_responsibility": True, "serious_social_impact": True}


def opening(*leads: dict[str, Any], organ: str = "县纪委", **ground: object) -> dict[str, object]:
    """The body that opens a case."""
    stated = {"ground": "art21.4", "facts": "（演练）事实", "evidence": [cast.DIGEST]} | ground
    return {
        "lead_ids": [one["id"] for one in leads],
        "grounds": [stated],
        "handling_organ_id": str(uid(organ)),
    }


@pytest.mark.clause("art21")
async def test_a_lead_ends_once_in_a_reasoned_decision_of_a_person(after: House) -> None:
    lead = lead_of(await after.leads(), "县长", "丙")
    path, body = f"/leads/{lead['id']}", {"reason": "（演练）与事故无关联"}
    dismissed = await after.done("POST", f"{path}/dismiss", body=body, seen=1)
    assert (dismissed["status"], dismissed["ended_by"], dismissed["reason"]) == ("dismissed", "handler", body["reason"])
    assert await after.refused("lead_ended", "POST", f"{path}/dismiss", body=body, seen=2) == ["art21"]
    assert await after.refused("lead_ended", "POST", "/cases", body=opening(lead)) == ["art21"]
    blank = await after.call("POST", f"{path}/dismiss", body={"reason": "  "}, seen=2)
    assert (blank.status_code, blank.json()["code"]) == (400, "invalid_request")


async def test_a_change_names_the_version_it_has_seen(after: House) -> None:
    lead = lead_of(await after.leads(), "县长", "丙")
    path, body = f"/leads/{lead['id']}/dismiss", {"reason": "（演练）理由"}
    assert (await after.call("POST", path, body=body)).status_code == 428
    assert (await after.call("POST", path, body=body, seen=7)).status_code == 412
    read = await after.call("GET", f"/leads/{lead['id']}")
    assert read.headers["etag"] == '"1"'


@pytest.mark.clause("art26", "art29")
async def test_nobody_handles_finds_or_decides_for_an_organ_that_the_grant_does_not_name(after: House) -> None:
    lead = lead_of(await after.leads(), "应急局局长", "己")
    asked = (await after.done("POST", "/exemptions", body=exemption("丁", "县安全副县长")))["id"]

    async def only(right: str, method: str, path: str, *roles: str, **more: Any) -> Any:
        before = await after.rows("SELECT count(*) FROM ledger")
        wrong = await after.call(method, path, *roles, **more, organ="县应急局")
        assert (wrong.status_code, wrong.json()["code"]) == (403, "organ_outside_grant"), path
        assert await after.rows("SELECT count(*) FROM ledger") == before
        return await after.done(method, path, *roles, **more, organ=right)

    path = f"/cases/{(await only('县纪委', 'POST', '/cases', body=opening(lead)))['id']}"
    found = {"organ_id": str(uid("市政府")), "found_on": "2026-06-01", "findings": "（演练）调查报告"}
    await only("市政府", "PUT", f"{path}/findings", "investigator", body=found, seen=1)
    await only("县纪委", "POST", f"{path}/propose", body=proposal(), seen=2)
    decides = {"subject": "approver"}
    await only("县委", "POST", f"{path}/return", "discipline_approver", body={"reason": "（演练）"}, seen=3, **decides)
    await only("县纪委", "POST", f"{path}/propose", body=proposal(), seen=4)
    await only("县委", "POST", f"{path}/approve", "discipline_approver", seen=5, **decides)
    await only("市政府", "PUT", f"/exemptions/{asked}/findings", "investigator", body=points(), seen=1)


@pytest.mark.parametrize("method", ["read", "change"])
async def test_what_lies_outside_ones_regions_is_not_there(after: House, method: str) -> None:
    lead = lead_of(await after.leads(), "县长", "丙")
    await after.done("POST", "/exemptions", body=exemption("丁", "县安全副县长"))
    case = await after.open_case("己")
    asked = (await after.done("GET", "/exemptions?exercise=true"))["items"][0]["id"]
    calls: list[tuple[str, str, object]] = [
        ("GET", f"/leads/{lead['id']}", None),
        ("GET", f"/cases/{case['id']}", None),
        ("GET", f"/exemptions/{asked}", None),
        ("GET", f"/vetoes/{NOBODY}", None),
    ]
    if method == "change":
        calls = [
            ("POST", f"/leads/{lead['id']}/dismiss", {"reason": "（演练）"}),
            ("POST", "/cases", opening(lead)),
            ("POST", f"/cases/{case['id']}/propose", proposal()),
            ("POST", f"/cases/{case['id']}/close", {"reason": "（演练）"}),
            ("POST", "/exemptions", exemption("丙", "县长")),
            ("PUT", f"/exemptions/{asked}/findings", points()),
        ]
    for verb, path, body in calls:
        outside = await after.call(verb, path, body=body, seen=1, regions=ELSEWHERE)
        assert (outside.status_code, outside.json()["code"]) == (404, "not_found"), (verb, path)


async def test_lists_hold_ones_own_regions_and_exercises_only_when_asked(after: House) -> None:
    await after.open_case("己")
    await after.done("POST", "/exemptions", body=exemption("丁", "县安全副县长"))
    for path in ("/leads", "/cases", "/exemptions", "/vetoes"):
        assert (await after.done("GET", path, regions=(cast.PROVINCE,)))["items"] == []
        elsewhere = await after.done("GET", f"{path}?exercise=true", regions=ELSEWHERE)
        assert elsewhere["items"] == []
    county = await after.done("GET", f"/leads?exercise=true&accident_id={cast.ACCIDENT}")
    assert len(county["items"]) == len(cast.CHAIN) - 1  # the mayor is the city's
    page = await after.done("GET", "/leads?exercise=true&limit=3")
    rest = await after.done("GET", f"/leads?exercise=true&limit=500&cursor={page['next_cursor']}")
    assert len(page["items"]) + len(rest["items"]) == len(county["items"])
    assert len((await after.done("GET", f"/cases?exercise=true&official_id={uid('己')}"))["items"]) == 1
    assert (await after.done("GET", "/cases?exercise=true&status=decided"))["items"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/leads"),
        ("GET", "/cases"),
        ("GET", "/exemptions"),
        ("GET", "/vetoes"),
        ("POST", "/leads"),
        ("POST", "/cases"),
        ("POST", "/exemptions"),
        ("POST", f"/cases/{NOBODY}/approve"),
        ("POST", f"/vetoes/{NOBODY}/lift"),
    ],
)
async def test_a_role_that_the_policy_does_not_name_may_not(house: House, method: str, path: str) -> None:
    answer = await house.call(method, path, "viewer", body={})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")


@pytest.mark.clause("art21", "art28", "art29")
async def test_a_case_is_refused_without_what_the_statute_asks_for(after: House) -> None:
    leads = await after.leads()
    lead, vacant = lead_of(leads, "县长", "丙"), lead_of(leads, "应急局副局长", None)
    other = lead_of(leads, "应急局局长", "己")
    refused = after.refused
    assert await refused("nobody_held_the_post", "POST", "/cases", body=opening(vacant)) == ["art21"]
    assert await refused("several_officials", "POST", "/cases", body=opening(lead, other)) == ["art21"]
    assert await refused("ground_unfounded", "POST", "/cases", body=opening(lead, evidence=[])) == ["art21.4", "art28"]
    assert await refused("ground_missing", "POST", "/cases", body=opening(lead) | {"grounds": []}) == ["art21"]
    assert await refused("outside_authority", "POST", "/cases", body=opening(lead, organ="县档案馆")) == ["art29"]
    assert await refused("organ_unknown", "POST", "/cases", body=opening(lead, organ="无此机关")) == ["art29"]
    by_regulator = opening(lead, organ="县应急局", ground="art21.2")
    assert "art29" in await refused("outside_authority", "POST", "/cases", body=by_regulator)
    assert (await after.call("POST", "/cases", body=opening(lead) | {"lead_ids": [NOBODY]})).status_code == 404
    assert {one["status"] for one in await after.leads()} == {"open"}


async def test_the_same_key_gives_the_same_case_and_nothing_twice(after: House) -> None:
    lead = lead_of(await after.leads(), "县长", "丙")
    headers = after.running.acting("discipline_handler", regions=(cast.COUNTY,))
    first = await after.running.http.post("/v1/cases", json=opening(lead), headers=headers)
    again = await after.running.http.post("/v1/cases", json=opening(lead), headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    assert await after.rows("SELECT count(*) FROM discipline_case") == [(1,)]
    joined = lead_of(await after.leads(), "县长", "丙")
    assert (joined["status"], joined["case_id"]) == ("in_case", first.json()["id"])


@pytest.mark.clause("art21.2")
async def test_a_person_brings_facts_as_a_lead_of_the_posts_region(after: House) -> None:
    body = {
        "ground": "art21.2",
        "official_id": str(uid("己")),
        "post_id": str(uid("应急局局长")),
        "facts": "（演练）拒绝提供资料",
    }
    lead = await after.done("POST", "/leads", "inspector", body=body)
    assert (lead["source"], lead["exercise"], lead["status"]) == ("allegation", True, "open")
    outside = await after.call("POST", "/leads", "inspector", body=body, regions=ELSEWHERE)
    assert (outside.status_code, outside.json()["code"]) == (403, "region_outside_grant")
    missing = await after.call("POST", "/leads", "inspector", body=body | {"official_id": NOBODY})
    assert missing.status_code == 404


@pytest.mark.clause("art22")
async def test_referral_is_a_state_beside_the_case_and_stops_nothing(after: House) -> None:
    case = await after.open_case("己")
    path, words = f"/cases/{case['id']}", {"suspicion": "（演练）涉嫌职务违法"}
    assert await after.refused("suspicion_missing", "POST", f"{path}/refer", body={"suspicion": ""}, seen=1) == [
        "art22"
    ]
    referred = await after.done("POST", f"{path}/refer", body=words, seen=1)
    assert (referred["status"], referred["suspicion"]) == ("opened", words["suspicion"])
    assert {one["kind"] for one in referred["basis"]} == {"text", "default"}
    assert await after.refused("already_referred", "POST", f"{path}/refer", body=words, seen=2) == ["art22"]
    proposed = await after.done("POST", f"{path}/propose", body=proposal(), seen=2)
    assert proposed["status"] == "proposed"


@pytest.mark.clause("art28")
async def test_a_proposal_goes_back_with_reasons_and_the_case_can_close_without_a_measure(after: House) -> None:
    case = await after.open_case("己")
    path, reason = f"/cases/{case['id']}", {"reason": "（演练）事实不清"}
    await after.done("POST", f"{path}/propose", body=proposal(), seen=1)
    assert await after.refused("step_not_open", "POST", f"{path}/close", body=reason, seen=2) == ["art28"]
    back = await after.done("POST", f"{path}/return", "discipline_approver", body=reason, seen=2)
    assert (back["status"], back["proposal"], back["returned_reason"]) == ("opened", None, reason["reason"])
    exempted = reason | {"exempted": True}
    assert await after.refused("grounds_remain", "POST", f"{path}/close", body=exempted, seen=3) == ["art26"]
    closed = await after.done("POST", f"{path}/close", body=reason, seen=3)
    assert (closed["status"], closed["closed_reason"]) == ("closed_without_measure", reason["reason"])
    assert await after.refused("step_not_open", "POST", f"{path}/propose", body=proposal(), seen=4) == ["art28"]


@pytest.mark.clause("art22", "art23", "art24", "art28", "art29")
@pytest.mark.parametrize(
    ("code", "changes", "clause"),
    [
        ("measure_unknown", {"measure": "罚款"}, "art22"),
        ("art23_not_stated", {"art23_applies": None}, "art23"),
        ("outside_authority", {"organ": {"organ_id": str(uid("县应急局"))}}, "art29"),
        ("no_cadre_authority", {"organ": {"cadre_authority": False}}, "art29"),
        ("meeting_missing", {"organ": {"meeting": " "}}, "art29"),
        ("contents_missing", {"contents": {"statement": ""}}, "art28"),
        ("reasons_incomplete", {"contents": {"reasons": []}}, "art28"),
        (
            "baseline_missing",
            {"weighing": {"main_leadership_responsibility": True, "serious_social_impact": True}},
            "art24",
        ),
        ("figure_unconfirmed", {"measure": "demotion"}, "中国共产党组织处理规定（试行）（2021）"),
    ],
)
async def test_an_incomplete_decision_is_refused_with_its_clause(
    after: House, code: str, changes: dict[str, Any], clause: str
) -> None:
    case = await after.open_case("己")
    complete = proposal()
    merged = {
        key: complete.get(key, {}) | value if isinstance(value, dict) else value  # type: ignore[operator]
        for key, value in changes.items()
    }
    path = f"/cases/{case['id']}/propose"
    assert clause in await after.refused(code, "POST", path, body=complete | merged, seen=1)
    assert (await after.done("GET", f"/cases/{case['id']}"))["status"] == "opened"


async def test_days_out_of_order_and_unknown_fields_are_malformed(after: House) -> None:
    case = await after.open_case("己")
    for body in (proposal(on="2026-12-01"), proposal() | {"guilty": True}, proposal(effective_on="9999-12-31")):
        answer = await after.call("POST", f"/cases/{case['id']}/propose", body=body, seen=1)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


@pytest.mark.clause("art28")
async def test_the_case_reads_with_every_reason_and_clause(after: House) -> None:
    case = await after.open_case("己")
    path = f"/cases/{case['id']}"
    await after.done("POST", f"{path}/propose", body=proposal(), seen=1)
    await after.done("POST", f"{path}/approve", "discipline_approver", seen=2, subject="approver")
    file = await after.done("GET", path, "auditor")
    assert file["proposal"]["contents"]["reasons"] == [
        {"fact": "（演练）无记录", "source": "认定书", "clause": "art10.2a"}
    ]
    assert {"art28", "art21.4", "art23"} <= {one["clause"] for one in file["basis"]}
    assert (file["proposal"]["proposed_by"], file["approved_by"]) == ("handler", "approver")


@pytest.mark.clause("art23")
async def test_a_veto_is_lifted_early_by_a_person_with_reasons(after: House) -> None:
    case = await after.open_case("己")
    path = f"/cases/{case['id']}"
    await after.done("POST", f"{path}/propose", body=proposal(), seen=1)
    await after.done("POST", f"{path}/approve", "discipline_approver", seen=2, subject="approver")
    veto = (await after.done("GET", "/vetoes?exercise=true&kind=veto"))["items"][0]
    lift = {"lifted_on": "2027-03-01", "reason": "（演练）申诉后变更决定"}
    assert (await after.call("POST", f"/vetoes/{veto['id']}/lift", body=lift, seen=1)).status_code == 403
    lifted = await after.done("POST", f"/vetoes/{veto['id']}/lift", "discipline_approver", body=lift, seen=1)
    assert lifted["through_day"] == "2027-02-28"
    assert (await after.done("GET", f"/vetoes/{veto['id']}"))["version"] == 2
    standing = (await after.done("GET", "/vetoes?exercise=true&on=2027-03-01"))["items"]
    assert [one["kind"] for one in standing] == ["effect_period"]


@pytest.mark.clause("art26")
async def test_an_exemption_is_for_listed_posts_once_and_never_for_another_ground(after: House) -> None:
    body = exemption("丁", "县安全副县长")
    await after.done("POST", "/exemptions", body=body)
    twice = await after.call("POST", "/exemptions", body=body)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_requested")
    assert (await after.call("POST", "/exemptions", body=exemption("丁", "县长"))).status_code == 404
    unknown = body | {"investigating_organ_id": NOBODY, "ground": "art21.3"}
    assert await after.refused("organ_unknown", "POST", "/exemptions", body=unknown) == ["art26"]
    await after.hear(cast.attestation("丁", "县安全副县长", cast.standing("art8.1")))
    other = await after.done("POST", "/exemptions", body=body | {"ground": "art21.2"})
    assert other["assessment"]["code"] == "ground_not_exempt"
    grant = {"outcome": "granted", "reasons": "（演练）"}
    path = f"/exemptions/{other['id']}"
    assert await after.refused("ground_not_exempt", "POST", f"{path}/answer", body=grant, seen=1) == [
        "art26",
        "art21.2",
    ]
    by_another = points(organ="县纪委")
    assert await after.refused("not_the_investigating_organ", "PUT", f"{path}/findings", body=by_another, seen=1)


@pytest.mark.clause("art26")
async def test_records_attested_for_an_accident_that_was_corrected_since_grant_and_refuse_nothing(after: House) -> None:
    asked = await after.done("POST", "/exemptions", body=exemption("丁", "县安全副县长"))
    path = f"/exemptions/{asked['id']}"
    attested = cast.attestation("丁", "县安全副县长", cast.standing("art8.1"))
    correction = OutdatedPart(
        accident_at=attested.accident_at, accident_region="139901", accident_industry="B06", reason="（演练）行业已更正"
    )
    outdated = AttestationOutdated(**dict(attested) | {"outdated": correction})
    first, second = after.feed.of(attested, outdated)
    for message in (second, first, second):
        await after.apply([message])
    await after.done("PUT", f"{path}/findings", "investigator", body=points(), seen=1)
    grant = {"outcome": "granted", "reasons": "（演练）经查实"}
    assert await after.refused("attestation_outdated", "POST", f"{path}/answer", body=grant, seen=2) == ["art26"]
    await after.hear(AttestationRenewed(**dict(attested)))
    assert (await after.done("POST", f"{path}/answer", body=grant, seen=2))["status"] == "granted"


@pytest.mark.clause("art26")
async def test_a_denied_point_an_unexamined_duty_and_a_standing_outcome_are_told_apart(after: House) -> None:
    asked = await after.done("POST", "/exemptions", body=exemption("丁", "县安全副县长"))
    path = f"/exemptions/{asked['id']}"
    await after.hear(cast.attestation("丁", "县安全副县长", cast.standing("art8.1", None)))
    read = await after.done("GET", path)
    assert (read["assessment"]["code"], read["assessment"]["duties"]) == ("standing_duties_unexamined", ["art8.1"])
    suspend = {"outcome": "suspended", "reasons": "（演练）待查明"}
    await after.done("POST", f"{path}/answer", body=suspend, seen=1)
    again = await after.call("POST", f"{path}/answer", body=suspend, seen=2)
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    denied = await after.done("PUT", f"{path}/findings", "investigator", body=points(performed=False), seen=2)
    assert denied["assessment"]["code"] == "duties_not_performed"
    assert (await after.done("GET", "/exemptions?exercise=true&status=suspended"))["items"][0]["version"] == 3


@pytest.mark.clause("art26")
@pytest.mark.parametrize("performed", [False, True])
async def test_a_finding_about_conduct_outside_the_attested_window_neither_bars_nor_clears(
    after: House, performed: bool
) -> None:
    asked = await after.done("POST", "/exemptions", body=exemption("丁", "县安全副县长"))
    path = f"/exemptions/{asked['id']}"
    await after.hear(cast.attestation("丁", "县安全副县长", cast.standing("art8.1", None)))
    await after.done("PUT", f"{path}/findings", "investigator", body=points(), seen=1)

    async def code_after(*period: date) -> str:
        about = cast.found("丁", "县安全副县长", "art8.1", (period[0], period[1]), performed=performed)
        identity = uid(f"{period[0]}{performed}")
        await after.hear(about.model_copy(update={"id": identity, "obligation_id": None}))
        code: str = (await after.done("GET", path))["assessment"]["code"]
        return code

    assert await code_after(date(2019, 1, 1), date(2019, 12, 31)) == "standing_duties_unexamined"
    assert await code_after(date(2026, 5, 21), date(2026, 6, 30)) == "standing_duties_unexamined"
    within = await code_after(date(2025, 1, 1), date(2025, 5, 20))
    assert within == ("exempted" if performed else "found_not_performed")


@pytest.mark.clause("art22", "art29")
async def test_the_catalogue_answers_for_the_day_of_a_decision(house: House) -> None:
    on = await house.done("GET", "/measures?on=2026-12-24", "viewer")
    demerit = next(one for one in on["items"] if one["id"] == "demerit")
    assert [(row["months"], row["bars"]) for row in demerit["effects"]] == [(12, ["promotion"])]
    assert demerit["effects"][0]["source"].startswith("政务处分法")
    older = await house.done("GET", "/measures?on=2019-12-24", "viewer")
    then = next(one for one in older["items"] if one["id"] == "demerit")
    assert then["effects"][0]["source"].startswith("公务员法")
    table = await house.done("GET", "/authorities?on=2026-12-24", "viewer")
    assert {row["ground"] for row in table["handling"]} == {f"art21.{item}" for item in range(1, 8)}
    assert (await house.done("GET", "/authorities?on=2018-01-01", "viewer"))["deciding"] == []


async def test_the_document_names_a_clause_on_every_route_of_the_statute(house: House) -> None:
    paths = house.running.app.openapi()["paths"]
    own = [
        (path, verb, operation)
        for path, verbs in paths.items()
        for verb, operation in verbs.items()
        if any(
            path.startswith(f"/v1/{one}")
            for one in ("leads", "cases", "exemptions", "vetoes", "measures", "authorities")
        )
    ]
    assert len(own) == 23
    assert [(path, verb) for path, verb, operation in own if not operation.get("x-legal-basis")] == []
    assert [path for path, _, operation in own if " · " not in operation["summary"]] == []
