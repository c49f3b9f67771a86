"""Two records of one person: findings, leads, exemptions and cases take them for one."""

from dataclasses import replace

import pytest

from services.discipline.handlers.reactions import UNLISTED
from services.discipline.rules.exemption import answer_exemption
from services.discipline.tests import cast
from services.discipline.tests.conftest import House, exemption, lead_of, points
from services.discipline.tests.examples import found, uid
from services.discipline.tests.test_exemption import CLEAN
from shared.contracts.registry import AppointmentRecorded, ChainPart, ChainRevised, OfficialMerged, OfficialRegistered


async def merged(house: House, name: str) -> str:
    """A second record of somebody, `<name>二`, merged into the first."""
    second = f"{name}二"
    await house.hear(
        OfficialRegistered(id=uid(second), name=name, exercise=True),
        OfficialMerged(id=uid(second), name=name, exercise=True, merged_into=uid(name)),
    )
    return second


@pytest.mark.clause("art26")
async def test_a_finding_against_one_record_counts_in_the_exemption_of_the_other(after: House) -> None:
    done = cast.obligation("art6.3c", cast.APRIL, "fulfilled")
    await after.hear(cast.attestation("戊", "管委会主任", done))
    made = await after.done("POST", "/exemptions", body=exemption("戊", "管委会主任"))
    path = f"/exemptions/{made['id']}"
    await after.done("PUT", f"{path}/findings", "investigator", body=points(), seen=1)
    await after.hear(cast.found("戊二", "管委会主任", "art6.3c"))
    assert (await after.done("GET", path))["assessment"]["outcome"] == "granted", "not known to be one person"
    second = await merged(after, "戊")
    assessed = (await after.done("GET", path))["assessment"]
    assert (assessed["outcome"], assessed["duties"]) == ("refused", ["art6.3c"])
    again = await after.call("POST", "/exemptions", body=exemption(second, "管委会主任"))
    assert (again.status_code, again.json()["code"]) == (409, "already_requested")
    of_other = await after.done("POST", "/exemptions", body=exemption(second, "工委书记"))
    assert of_other["official_id"] == str(uid(second)), "the chain lists the person, under the first id"


@pytest.mark.clause("art26")
def test_a_finding_counts_under_every_id_of_the_person_and_under_no_other() -> None:
    under_other = replace(CLEAN, performance=(found("art9.4", None, performed=False, official="另一编号"),))
    assert answer_exemption(under_other).outcome == answer_exemption(CLEAN).outcome == "granted"
    same = replace(under_other, other_ids=frozenset({uid("另一编号")}))
    assert answer_exemption(same).decision.code == "found_not_performed"


@pytest.mark.clause("art21.4")
async def test_a_chain_that_lists_the_other_record_in_the_post_proposes_no_second_lead(after: House) -> None:
    before = await after.leads()
    second = await merged(after, "乙")
    chain = [cast.entry(post) for post in cast.CHAIN]

    def recorded_anew(part: ChainPart) -> ChainPart:
        return part.model_copy(update={"official_id": uid(second)}) if part.post_id == uid("县委书记") else part

    revised = cast.accident(ChainRevised, version=2).model_copy(
        update={"chain": tuple(recorded_anew(part) for part in chain)}
    )
    for _ in range(2):
        await after.hear(revised)
    assert await after.leads() == before, "one lead, neither doubled nor noted as dropped"
    unlisted = tuple(part for part in chain if part.post_id != uid("县委书记"))
    await after.hear(revised.model_copy(update={"chain": unlisted}))
    assert lead_of(await after.leads(), "县委书记", "乙")["note"] == UNLISTED


@pytest.mark.clause("art21", "art21.1")
async def test_findings_about_one_duty_under_two_ids_are_one_lead(after: House) -> None:
    second = await merged(after, "己")
    await after.hear(cast.found("己", "应急局局长", "art10.2a"), cast.found(second, "应急局局长", "art10.2a"))
    assert [one["official_id"] for one in await after.leads() if one["ground"] == "art21.1"] == [str(uid("己"))]


@pytest.mark.clause("art21")
async def test_leads_under_two_ids_of_one_person_are_found_together_and_make_one_case(after: House) -> None:
    await after.hear(cast.found("己二", "应急局局长", "art10.2a"))
    assert len(await after.leads(official_id=uid("己"))) == 1
    second = await merged(after, "己")
    for name in ("己", second):
        assert len(await after.leads(official_id=uid(name))) == 2
    case = await after.open_case("己")
    assert len(case["lead_ids"]) == 2


@pytest.mark.clause("art27")
async def test_who_holds_a_post_under_another_id_is_not_retired(after: House) -> None:
    path = f"/cases/{(await after.open_case('丙'))['id']}"
    assert (await after.done("GET", path))["retired_on"] == "2026-07-01"
    second = await merged(after, "丙")
    still = AppointmentRecorded(
        id=uid("丙二任"), post_id=uid("县委书记"), official_id=uid(second), from_day=cast.SINCE, exercise=True
    )
    await after.hear(still)
    assert (await after.done("GET", path))["retired_on"] is None


@pytest.mark.clause("art26", "art28")
async def test_an_exemption_granted_under_one_id_takes_its_ground_from_the_case_of_the_other(after: House) -> None:
    await after.hear(cast.attestation("丁", "县安全副县长", cast.standing("art8.1")))
    path = f"/cases/{(await after.open_case('丁'))['id']}"
    second = await merged(after, "丁")
    asked = await after.done("POST", "/exemptions", body=exemption(second, "县安全副县长"))
    await after.done("PUT", f"/exemptions/{asked['id']}/findings", "investigator", body=points(), seen=1)
    assert (await after.done("GET", path))["open_grounds"] == ["art21.4"]
    grant = {"outcome": "granted", "reasons": "（演练）"}
    await after.done("POST", f"/exemptions/{asked['id']}/answer", body=grant, seen=2)
    assert (await after.done("GET", path))["open_grounds"] == []
    for name in ("丁", second):
        found = await after.done("GET", f"/exemptions?exercise=true&official_id={uid(name)}")
        assert [one["id"] for one in found["items"]] == [asked["id"]]


@pytest.mark.clause("art21.4")
async def test_a_merge_that_comes_twice_or_before_the_record_itself_changes_no_lead(after: House) -> None:
    before = await after.leads()
    for _ in range(2):
        await merged(after, "甲")
        assert await after.leads() == before
    assert len(await after.leads(official_id=uid("甲二"))) == len(await after.leads(official_id=uid("甲")))
