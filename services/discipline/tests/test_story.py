"""Steps 7 to 10 of the story through the API, each with its clause."""

import pytest

from services.discipline.tests import cast
from services.discipline.tests.conftest import House, exemption, points, proposal
from services.discipline.tests.examples import uid

APPROVER = {"subject": "approver"}
FINDINGS = {
    "organ_id": str(uid("市政府")),
    "found_on": "2026-08-01",
    "findings": "（演练）调查报告",
}
LIFELONG = FINDINGS | {
    "leadership_responsibility": "（演练）负有主要领导责任",
    "vile_nature": "（演练）性质恶劣",
    "serious_consequences": "（演练）后果严重",
}


@pytest.mark.clause("art27", "art22")
async def test_story_7_removal_of_the_retired_is_refused_twice_for_different_reasons(after: House) -> None:
    case = await after.open_case("丙")
    assert case["retired_on"] == "2026-07-01"
    path, removal = f"/cases/{case['id']}", proposal("removal", "2026-12-24")
    assert await after.refused("art27_findings_missing", "POST", f"{path}/propose", body=removal, seen=1) == ["art27"]
    found = await after.done("PUT", f"{path}/findings", "investigator", body=FINDINGS, seen=1)
    again = await after.refused("art27_findings_missing", "POST", f"{path}/propose", body=removal, seen=2)
    assert (found["version"], again) == (2, ["art27"])
    await after.done("PUT", f"{path}/findings", "investigator", body=LIFELONG, seen=2)
    clauses = await after.refused("measure_needs_post", "POST", f"{path}/propose", body=removal, seen=3)
    assert clauses == ["art22", "art27"]
    lighter = proposal("circulation", "2026-12-24", art23_applies=False)
    proposed = await after.done("POST", f"{path}/propose", body=lighter, seen=3)
    assert proposed["status"] == "proposed"


@pytest.mark.clause("art26")
async def test_story_8_three_findings_and_whole_records_grant_the_exemption(after: House) -> None:
    whole = (cast.obligation("art8.4", cast.APRIL, "fulfilled"), cast.standing("art8.1"))
    asked = await after.done("POST", "/exemptions", body=exemption("丁", "县安全副县长"))
    path = f"/exemptions/{asked['id']}"
    assert asked["assessment"]["code"] == "attestation_missing"
    await after.hear(cast.attestation("丁", "县安全副县长", *whole))
    grant = {"outcome": "granted", "reasons": "（演练）经查实已全面履职"}
    assert await after.refused("findings_missing", "POST", f"{path}/answer", body=grant, seen=1) == ["art26"] * 2
    found = await after.done("PUT", f"{path}/findings", "investigator", body=points(), seen=1)
    assert found["assessment"]["outcome"] == "granted"
    against = grant | {"outcome": "refused"}
    assert await after.refused("nothing_against_exemption", "POST", f"{path}/answer", body=against, seen=2)
    granted = await after.done("POST", f"{path}/answer", body=grant, seen=2)
    assert (granted["status"], granted["code"]) == ("granted", "exempted")
    assert granted["attestation_digest"] == "d" * 64
    case = await after.open_case("丁")
    assert case["open_grounds"] == []
    refusal = await after.refused("exempted", "POST", f"/cases/{case['id']}/propose", body=proposal(), seen=1)
    assert refusal == ["art26"]
    closing = {"exempted": True, "reason": "（演练）依第二十六条"}
    closed = await after.done("POST", f"/cases/{case['id']}/close", body=closing, seen=1)
    assert closed["status"] == "exempted"


@pytest.mark.clause("art26")
async def test_story_9_the_lapse_suspends_the_finding_refuses_and_the_newcomer_is_not_touched(after: House) -> None:
    lapse = cast.obligation("art6.3c", cast.APRIL, "lapsed")
    late = cast.obligation("art5.3c", cast.APRIL, "lapsed", "recorded_after_accident", "not_verified")
    await after.hear(
        cast.attestation("戊", "管委会主任", lapse),
        cast.attestation("戊", "工委书记", late),
        cast.attestation("乙", "县委书记", cast.standing("art5.1")),
    )
    ids = {}
    for official, post in (("戊", "管委会主任"), ("戊", "工委书记"), ("乙", "县委书记")):
        made = await after.done("POST", "/exemptions", body=exemption(official, post))
        ids[post] = f"/exemptions/{made['id']}"
        await after.done("PUT", f"{ids[post]}/findings", "investigator", body=points(), seen=1)
    director = ids["管委会主任"]
    refuse = {"outcome": "refused", "reasons": "（演练）经认定未履职"}
    suspend = {"outcome": "suspended", "reasons": "（演练）待认定"}
    assert await after.refused("lapse_not_clarified", "POST", f"{director}/answer", body=refuse, seen=2)
    suspended = await after.done("POST", f"{director}/answer", body=suspend, seen=2)
    assert (suspended["status"], suspended["duties"]) == ("suspended", ["art6.3c"])
    await after.hear(cast.found("戊", "管委会主任", "art6.3c"))
    assert (await after.done("GET", director))["assessment"]["outcome"] == "refused"
    grant = {"outcome": "granted", "reasons": "（演练）"}
    clauses = await after.refused("found_not_performed", "POST", f"{director}/answer", body=grant, seen=3)
    assert clauses == ["art26", "art6.3c"]
    refused = await after.done("POST", f"{director}/answer", body=refuse, seen=3)
    assert (refused["status"], refused["duties"]) == ("refused", ["art6.3c"])
    assert "art6.3c" in refused["assessment"]["reason"]
    secretary = (await after.done("GET", ids["工委书记"]))["assessment"]
    assert (secretary["outcome"], secretary["duties"]) == ("suspended", ["art5.3c"])
    newcomer = (await after.done("GET", ids["县委书记"]))["assessment"]
    assert newcomer["outcome"] == "granted"


@pytest.mark.clause("art23", "art28")
async def test_story_10_a_demerit_for_the_accident_vetoes_through_the_last_blocked_day(after: House) -> None:
    await after.hear(cast.found("己", "应急局局长", "art10.2a"))
    case = await after.open_case("己")
    assert len(case["lead_ids"]) == 2
    assert case["accident_id"] == str(cast.ACCIDENT)
    path, both = f"/cases/{case['id']}", ("discipline_handler", "discipline_approver")
    await after.done("POST", f"{path}/propose", *both, body=proposal(), seen=1)
    assert await after.refused("same_person", "POST", f"{path}/approve", *both, seen=2) == ["art28"]
    assert (await after.done("GET", f"/vetoes?exercise=true&official_id={uid('己')}"))["items"] == []
    decided = await after.done("POST", f"{path}/approve", "discipline_approver", seen=2, **APPROVER)
    assert (decided["status"], decided["approved_by"]) == ("decided", "approver")
    veto, period = decided["vetoes"]
    assert (veto["kind"], veto["from_day"], veto["through_day"]) == ("veto", "2026-12-25", "2027-12-24")
    assert set(veto["bars"]) == {
        "excellence_of_year",
        "advanced_titles",
        "promotion",
        "important_reassignment",
    }
    assert veto["basis"][0]["clause"] == "art23"
    assert (period["kind"], period["bars"]) == ("effect_period", ["promotion"])
    assert period["basis"][0]["clause"].startswith("政务处分法 第八条")
    on = f"/vetoes?exercise=true&official_id={uid('己')}&on="
    assert len((await after.done("GET", f"{on}2027-12-24", "organization"))["items"]) == 2
    assert (await after.done("GET", f"{on}2027-12-25", "organization"))["items"] == []
    emitted = await after.rows(
        "SELECT exercise, data->>'through_day' FROM ledger WHERE type = 'anze.discipline.veto.imposed.v1'"
    )
    assert emitted == [(True, "2027-12-24")] * 2


@pytest.mark.clause("art23")
async def test_scenario_13_a_demerit_without_an_accident_has_its_effect_period_and_no_veto(house: House) -> None:
    await house.hear(cast.found("己", "应急局局长", "art10.2a").model_copy(update={"accident_id": None}))
    case = await house.open_case("己", ground="art21.1")
    path = f"/cases/{case['id']}"
    assert await house.refused("no_accident", "POST", f"{path}/propose", body=proposal(), seen=1) == ["art23"]
    await house.done("POST", f"{path}/propose", body=proposal(art23_applies=False), seen=1)
    decided = await house.done("POST", f"{path}/approve", "discipline_approver", seen=2, **APPROVER)
    assert [(one["kind"], one["accident_id"], one["through_day"]) for one in decided["vetoes"]] == [
        ("effect_period", None, "2027-12-24")
    ]


@pytest.mark.clause("art22")
async def test_a_measure_without_a_rule_of_its_own_bars_nothing(after: House) -> None:
    case = await after.open_case("丁")
    path, body = f"/cases/{case['id']}", proposal("circulation", art23_applies=False)
    await after.done("POST", f"{path}/propose", body=body, seen=1)
    decided = await after.done("POST", f"{path}/approve", "discipline_approver", seen=2, **APPROVER)
    assert decided["vetoes"] == []
