"""An annulled accident founds nothing: leads, cases and vetoes are noted, for people to end."""

from typing import Any

import pytest

from services.discipline.facts import Ground
from services.discipline.handlers.annulled import ANNULLED
from services.discipline.rules.annulled import check_accident_stands
from services.discipline.tests import cast
from services.discipline.tests.conftest import House, exemption, proposal
from services.discipline.tests.examples import uid
from services.discipline.tests.test_story import APPROVER
from shared.contracts.registry import AccidentAnnulled


def annulled() -> Any:
    told = {"cause": "recorded_by_mistake", "reason": "（演练）误登"}
    return cast.accident(AccidentAnnulled, version=1, annulled=True, annulment=told)


@pytest.mark.clause("art21.4", "art26")
@pytest.mark.parametrize("ground", list(Ground))
def test_only_ground_four_needs_an_accident_that_stands(ground: Ground) -> None:
    assert check_accident_stands({ground}, annulled=False)
    assert bool(check_accident_stands({ground}, annulled=True)) is (ground is not Ground.ACCIDENT)


@pytest.mark.clause("art21.4")
async def test_leads_are_noted_once_whatever_comes_twice_or_out_of_order_and_found_no_case(house: House) -> None:
    first, second = house.feed.of(cast.accident(), annulled())
    await house.apply([second, second])
    assert await house.leads() == []
    await house.apply([first])
    await house.apply([second, first, second])
    leads = await house.leads()
    assert {(one["note"], one["status"], one["version"]) for one in leads} == {(ANNULLED, "open", 2)}
    assert len(leads) == len(cast.CHAIN)
    stated = {"ground": "art21.4", "facts": "（演练）事实", "evidence": [cast.DIGEST]}
    body = {"lead_ids": [leads[0]["id"]], "grounds": [stated], "handling_organ_id": str(uid("县纪委"))}
    path = (cast.PROVINCE,)
    assert await house.refused("accident_annulled", "POST", "/cases", body=body, regions=path) == ["art21.4"]
    asked = exemption("县长", "县长")
    post, official = leads[0]["post_id"], leads[0]["official_id"]
    asked = {**asked, "post_id": post, "official_id": official}
    refused = await house.refused("accident_annulled", "POST", "/exemptions", body=asked, regions=path)
    assert refused == ["art21.4"]


@pytest.mark.clause("art21.4", "art23")
async def test_an_open_case_decides_nothing_on_it_and_may_close(after: House) -> None:
    case = await after.open_case("己")
    await after.hear(annulled())
    path = f"/cases/{case['id']}"
    shown = await after.done("GET", path)
    assert (shown["note"], shown["status"], shown["version"]) == (ANNULLED, "opened", 2)
    assert await after.refused("accident_annulled", "POST", f"{path}/propose", body=proposal(), seen=2) == ["art21.4"]
    closed = await after.done("POST", f"{path}/close", body={"exempted": False, "reason": "（演练）事故误登"}, seen=2)
    assert closed["status"] == "closed_without_measure"


@pytest.mark.clause("art23")
async def test_a_veto_imposed_before_holds_with_a_note_until_a_person_lifts_it(after: House) -> None:
    case = await after.open_case("己")
    path, both = f"/cases/{case['id']}", ("discipline_handler", "discipline_approver")
    await after.done("POST", f"{path}/propose", *both, body=proposal(), seen=1)
    decided = await after.done("POST", f"{path}/approve", "discipline_approver", seen=2, **APPROVER)
    message = after.feed.of(annulled())
    await after.apply([*message, *message])
    vetoes = (await after.done("GET", f"/vetoes?exercise=true&official_id={uid('己')}"))["items"]
    assert [(one["note"], one["through_day"]) for one in vetoes] == [(ANNULLED, "2027-12-24")] * 2
    assert {one["id"] for one in vetoes} == {one["id"] for one in decided["vetoes"]}
    emitted = await after.rows("SELECT type FROM ledger WHERE aggregate_type IN ('veto', 'case') ORDER BY seq")
    kinds = [kind.split(".")[2:4] for (kind,) in emitted]
    assert kinds.count(["veto", "questioned"]) == 2
    assert kinds.count(["case", "noted"]) == 1
