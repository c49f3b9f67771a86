"""Filings over HTTP: with the right body, one receipt for each, returned and filed again, and how each stands."""

from typing import Any

import pytest

from services.duties.tests.builders import BAODING, DIGEST, DINGZHOU, HEBEI, XIONGAN, XIONGXIAN
from services.duties.tests.conftest import TurningClock
from services.duties.tests.offices import NATIONAL, committee, day, head, open_offices, party
from services.duties.tests.registry import Registry
from shared.kernel.testing import Running
from shared.roster.facts import Organ, Region

UP, SAME = "safety_committee_one_level_up", "same_level_party_committee"


@pytest.fixture
async def offices(running: Running, registry: Registry, turning: TurningClock) -> Running:
    await open_offices(registry)
    turning.turn(day("2024-07-10"))
    return running


async def states(offices: Running, where: Region, **query: Any) -> list[dict[str, Any]]:
    answer = await offices.http.get(
        "/v1/filings/states", params={"post_id": head(where)} | query, headers=offices.acting("viewer")
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def first_half(offices: Running, where: Region, relation: str = UP, **query: Any) -> dict[str, Any]:
    (found,) = [
        one
        for one in await states(offices, where, **query)
        if (one["duty_id"], one["period"], one["relation"]) == ("art6.5b", "2024-H1", relation)
    ]
    return found


async def sent(offices: Running, where: Region, to: Organ, relation: str = UP, **changes: Any) -> Any:
    found = await first_half(offices, where, relation)
    body = {
        "post_id": str(head(where)),
        "obligation_id": found["obligation_id"],
        "period_start": "2024-01-01",
        "relation": relation,
        "recipient_organ_id": str(to.id),
        "filed_on": "2024-07-05",
        "sha256": DIGEST,
    } | changes
    return await offices.http.post(
        "/v1/filings", json=body, headers=offices.acting("registrar", regions=(where.code,), subject="sender")
    )


async def handled(offices: Running, filing: dict[str, Any], verb: str, body: dict[str, Any], where: Region) -> Any:
    headers = offices.acting("safety_office", regions=(where.code,)) | {"If-Match": f'"{filing["version"]}"'}
    return await offices.http.post(f"/v1/filings/{filing['id']}/{verb}", json=body, headers=headers)


@pytest.mark.clause("art6.5")
async def test_a_filing_of_xiongxian_with_baoding_is_refused_and_xiongan_is_named(offices: Running) -> None:
    wrong = await sent(offices, XIONGXIAN, committee(BAODING))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "filing.wrong_body"), wrong.text
    assert "雄安新区安委会" in wrong.json()["detail"]
    assert wrong.json()["basis"][0]["clause"] == "art6.5"
    assert (await first_half(offices, XIONGXIAN))["recipient"] == "雄安新区安委会"
    right = await sent(offices, XIONGXIAN, committee(XIONGAN))
    assert right.status_code == 201, right.text
    assert (await first_half(offices, XIONGXIAN))["status"] == "filed"


@pytest.mark.parametrize(
    ("where", "to"), [(HEBEI, NATIONAL), (DINGZHOU, committee(HEBEI)), (XIONGAN, committee(HEBEI))]
)
@pytest.mark.clause("art6.5")
async def test_one_level_up_is_by_administration(offices: Running, where: Region, to: Organ) -> None:
    own = await sent(offices, where, committee(where))
    assert (own.status_code, own.json()["code"]) == (422, "filing.wrong_body"), own.text
    assert to.name in own.json()["detail"]
    assert (await first_half(offices, where))["recipient_ids"] == [str(to.id)]
    accepted = await sent(offices, where, to)
    assert accepted.status_code == 201, accepted.text


@pytest.mark.clause("art6.5")
async def test_each_recipient_has_a_filing_a_receipt_and_a_state_of_its_own(offices: Running) -> None:
    up = (await sent(offices, XIONGXIAN, committee(XIONGAN))).json()
    assert (await first_half(offices, XIONGXIAN, SAME))["status"] == "due"
    again = await sent(offices, XIONGXIAN, committee(XIONGAN), filed_on="2024-07-06")
    assert (again.status_code, again.json()["code"]) == (409, "already_filed")
    same = await sent(offices, XIONGXIAN, party(XIONGXIAN), SAME)
    assert same.status_code == 201, same.text
    receipt = {"number": "备2024-1", "received_on": "2024-07-08"}
    too_low = await handled(offices, up, "receipt", receipt, XIONGXIAN)
    assert (too_low.status_code, too_low.json()["code"]) == (404, "filing_not_found"), "the sender confirms nothing"
    early = await handled(offices, up, "receipt", receipt | {"received_on": "2024-07-01"}, XIONGAN)
    assert (early.status_code, early.json()["code"]) == (422, "filing.receipt_day")
    done = (await handled(offices, up, "receipt", receipt, XIONGAN)).json()
    assert (done["receipt"]["number"], done["version"]) == ("备2024-1", 2)
    twice = await handled(offices, done, "receipt", receipt, XIONGAN)
    assert (twice.status_code, twice.json()["code"]) == (422, "filing.already_received")
    assert (await first_half(offices, XIONGXIAN, SAME))["filing"]["receipt"] is None


@pytest.mark.clause("art6.5", "art9.6")
@pytest.mark.parametrize(
    ("verb", "body"),
    [("receipt", {"number": "备2024-1", "received_on": "2024-07-08"}), ("return", {"reason": "（演练）缺件"})],
)
async def test_whoever_filed_neither_confirms_nor_returns_it_wherever_else_that_person_may_act(
    offices: Running, verb: str, body: dict[str, Any]
) -> None:
    filed = (await sent(offices, XIONGXIAN, committee(XIONGAN))).json()
    same = offices.acting("safety_office", regions=(XIONGAN.code,), subject="sender") | {"If-Match": '"1"'}
    own = await offices.http.post(f"/v1/filings/{filed['id']}/{verb}", json=body, headers=same)
    assert (own.status_code, own.json()["code"]) == (422, "filing.own_filing"), own.text
    assert [(one["clause"], one["kind"]) for one in own.json()["basis"]] == [("art6.5", "default")]
    assert (await first_half(offices, XIONGXIAN))["status"] == "filed"
    another = await handled(offices, filed, verb, body, XIONGAN)
    assert another.status_code == 200, another.text


@pytest.mark.clause("art6.5")
async def test_a_returned_filing_says_why_and_is_missing_until_it_is_filed_again(
    offices: Running, turning: TurningClock
) -> None:
    first = (await sent(offices, XIONGXIAN, committee(XIONGAN))).json()
    unreasoned = await handled(offices, first, "return", {"reason": " "}, XIONGAN)
    assert (unreasoned.status_code, unreasoned.json()["code"]) == (422, "filing.no_reason")
    back = (await handled(offices, first, "return", {"reason": "缺少逐项结果"}, XIONGAN)).json()
    assert back["returned"]["reason"] == "缺少逐项结果"
    turning.turn(day("2024-07-20"))
    seen = await first_half(offices, XIONGXIAN)
    assert (seen["status"], seen["filing"], [one["id"] for one in seen["earlier"]]) == ("returned", None, [back["id"]])
    assert (await first_half(offices, XIONGXIAN, known_at="2024-07-10T17:00:00+08:00"))["status"] == "due"
    twice = await handled(offices, back, "return", {"reason": "又"}, XIONGAN)
    assert (twice.status_code, twice.json()["code"]) == (422, "filing.already_returned")
    second = await sent(offices, XIONGXIAN, committee(XIONGAN), filed_on="2024-07-20")
    assert (second.status_code, second.json()["id"] != first["id"]) == (201, True)
    seen = await first_half(offices, XIONGXIAN)
    assert (seen["status"], len(seen["earlier"])) == ("filed", 1)


@pytest.mark.clause("art6.5")
async def test_a_filing_has_a_deadline_of_its_own_and_a_late_one_shows_as_late(
    offices: Running, turning: TurningClock
) -> None:
    turning.turn(day("2024-09-01"))
    by_day = {
        on: (await first_half(offices, XIONGXIAN, as_of=on))["status"]
        for on in ("2024-06-30", "2024-07-01", "2024-07-30", "2024-07-31")
    }
    assert list(by_day.values()) == ["not_due", "due", "due", "overdue"]
    late = await sent(offices, XIONGXIAN, committee(XIONGAN), filed_on="2024-08-15")
    assert late.status_code == 201
    seen = await first_half(offices, XIONGXIAN)
    assert (seen["status"], seen["due_on"]) == ("filed_late", "2024-07-30")
    assert {"clause": "art6.5", "kind": "default", "note": "due_on is configuration"} in seen["basis"]


REFUSED: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"filed_on": "2024-07-11"}, 422, "filing.in_future"),
    ({"filed_on": "2023-12-31"}, 422, "filing.before_period"),
    ({"recipient_organ_id": str(head(BAODING))}, 404, "organ_not_found"),
    ({"obligation_id": str(head(BAODING))}, 404, "obligation_not_found"),
    ({"period_start": "2024-07-01"}, 404, "obligation_not_found"),
    ({"performance_id": str(head(BAODING))}, 404, "performance_not_found"),
    ({"sha256": "0F" * 32}, 400, "invalid_request"),
)


@pytest.mark.clause("art6.5")
async def test_what_cannot_be_a_filing_is_refused_and_nothing_is_kept(offices: Running) -> None:
    for changes, status, code in REFUSED:
        answer = await sent(offices, XIONGXIAN, committee(XIONGAN), **changes)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    found = await offices.http.get("/v1/filings", headers=offices.acting("viewer"))
    assert found.json()["items"] == []


async def test_a_filing_is_read_by_sender_and_recipient_and_taken_back_by_its_sender_only(offices: Running) -> None:
    filing = (await sent(offices, XIONGXIAN, committee(XIONGAN))).json()
    for where, status in ((XIONGXIAN, 200), (XIONGAN, 200), (BAODING, 404), (DINGZHOU, 404)):
        headers = offices.acting("viewer", regions=(where.code,))
        assert (await offices.http.get(f"/v1/filings/{filing['id']}", headers=headers)).status_code == status
        listed = (await offices.http.get("/v1/filings", headers=headers)).json()["items"]
        assert len(listed) == (1 if status == 200 else 0)
    stranger = await handled(offices, filing, "withdraw", {"reason": "误报"}, BAODING)
    assert stranger.status_code == 404
    stale = await handled(offices, filing | {"version": 7}, "withdraw", {"reason": "误报"}, XIONGXIAN)
    assert stale.status_code == 412
    gone = await handled(offices, filing, "withdraw", {"reason": "误报"}, XIONGXIAN)
    assert (gone.status_code, gone.json()["corrected"]["reason"]) == (200, "误报")
    again = await handled(offices, gone.json(), "withdraw", {"reason": "误报"}, XIONGXIAN)
    assert (again.status_code, again.json()["code"]) == (422, "filing.already_withdrawn")
    assert (await first_half(offices, XIONGXIAN))["status"] == "due"
    viewer = await offices.http.post("/v1/filings", json={}, headers=offices.acting("viewer"))
    assert viewer.status_code == 403
    neither = await offices.http.get("/v1/filings/states", headers=offices.acting("viewer"))
    assert (neither.status_code, neither.json()["code"]) == (400, "one_selector")
    elsewhere = offices.acting("viewer", regions=("130600",))
    hidden = await offices.http.get("/v1/filings/states", params={"region": XIONGXIAN.code}, headers=elsewhere)
    assert hidden.status_code == 404


@pytest.mark.clause("art9.6")
async def test_a_region_shows_the_filings_of_all_its_posts(offices: Running) -> None:
    answer = await offices.http.get(
        "/v1/filings/states", params={"region": XIONGXIAN.code}, headers=offices.acting("viewer")
    )
    found = {(one["duty_id"], one["period"], one["relation"]) for one in answer.json()["items"]}
    assert found == {("art6.5b", f"2024-{half}", relation) for half in ("H1", "H2") for relation in (UP, SAME)}
