"""The yearly responsibility list over HTTP: drafted from the catalogue, approved by another, published, assessed."""

from datetime import date
from typing import Any

import pytest

from services.duties.catalogue import load_catalogue
from services.duties.facts.lists import ListItem
from services.duties.rules.lists import may_amend
from services.duties.tests import story as cast
from services.duties.tests.builders import uid
from services.duties.tests.story import Story, at
from shared.contracts.registry import OrganRegistered
from shared.roster import facts_of
from shared.roster.facts import Organ, OrganKind

DAY = "2026-03-10"
SHA = "cd" * 32
MAGISTRATE = str(cast.official("丙"))


class Desk:
    """One list, and the people who work on it."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.list: dict[str, Any] = {}

    async def ask(
        self, status: int, method: str, path: str, body: Any, *, subject: str = "drafter", seen: int | None = None
    ) -> Any:
        headers = self.story.running.acting("safety_office", subject=subject)
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        url = f"/v1/responsibility-lists{path}"
        answer = await self.story.running.http.request(method, url, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def draft(self, status: int = 201, **changes: Any) -> Any:
        self.list = await self.ask(status, "POST", "", {"organ_id": str(cast.GOVERNMENT.id), "year": 2026} | changes)
        return self.list

    async def step(self, status: int, what: str, body: Any, seen: int, subject: str = "approver") -> Any:
        return await self.ask(status, "POST", f"/{self.list['id']}/{what}", body, subject=subject, seen=seen)

    def results(self) -> list[dict[str, str]]:
        return [{"item_id": one["id"], "outcome": "carried_out"} for one in self.list["items"]]


APPROVAL = {"approved_on": DAY, "document": "演练县政府常务会议纪要〔2026〕3号"}
PUBLICATION = {"published_on": DAY, "channel": "政府网站", "place": "演练县政府网站公告栏", "sha256": SHA}


@pytest.fixture
async def desk(story: Story) -> Desk:
    story.turn(at(date(2026, 3, 10)))
    return Desk(story)


@pytest.mark.clause("art6.5")
async def test_a_list_is_drafted_from_the_catalogue_for_each_leader_in_the_words_of_the_statute(desk: Desk) -> None:
    made = await desk.draft()
    duties = {one.id: one for one in load_catalogue().duties}
    assert (made["stage"], made["edition"], made["exercise"]) == ("drafted", 1, True)
    assert {one["post_id"] for one in made["items"]} >= {str(cast.MAGISTRATE.id), str(cast.LEAD.id)}
    assert all(one["text"] == duties[one["duty_id"]].phrase for one in made["items"])
    assert {"art6.5a", "art8.1"} <= {one["duty_id"] for one in made["items"]}
    assert (await desk.draft(409))["code"] == "list_exists"
    assert (await desk.draft(422, organ_id=str(cast.PARTY.id)))["code"] == "list.not_a_government"
    assert (await desk.draft(422, year=2031))["code"] == "list.year"


@pytest.mark.clause("art6.5")
async def test_who_drafted_does_not_approve_and_only_what_is_approved_is_published(desk: Desk) -> None:
    await desk.draft()
    assert (await desk.step(422, "publish", PUBLICATION, 1))["code"] == "list.not_approved"
    assert (await desk.step(422, "approve", APPROVAL, 1, "drafter"))["code"] == "list.own_draft"
    assert (await desk.step(412, "approve", APPROVAL, 7))["code"] == "stale_version"
    await desk.step(200, "approve", APPROVAL, 1)
    assert (await desk.step(422, "approve", APPROVAL, 2))["code"] == "list.approved_already"
    early = PUBLICATION | {"published_on": "2026-03-09"}
    assert (await desk.step(422, "publish", early, 2))["code"] == "list.day"
    published = await desk.step(200, "publish", PUBLICATION | {"organised_by": MAGISTRATE}, 2)
    assert published["stage"] == "published"
    act = await desk.story.get(f"/v1/performances/{published['publication']['performance_id']}")
    assert (act["act"], act["performed_by"], act["day"]) == ("list_published", MAGISTRATE, DAY)


@pytest.mark.clause("art6.5")
@pytest.mark.parametrize(("today", "year"), [(date(2026, 3, 10), 2025), (date(2025, 12, 28), 2026)])
async def test_a_list_of_another_year_fulfils_nothing_of_the_year_in_which_it_is_published(
    desk: Desk, today: date, year: int
) -> None:
    desk.story.turn(at(today))
    await desk.draft(year=year)
    await desk.step(200, "approve", APPROVAL | {"approved_on": today.isoformat()}, 1)
    publication = PUBLICATION | {"published_on": today.isoformat()}
    refused = await desk.step(422, "publish", publication | {"organised_by": MAGISTRATE}, 2)
    assert (refused["code"], refused["basis"][0]["clause"]) == ("list.of_another_year", "art6.5")
    published = await desk.step(200, "publish", publication, 2)
    assert (published["stage"], published["publication"]["performance_id"]) == ("published", None)
    years = {"post_id": cast.MAGISTRATE.id, "from": "2025-01-01", "to": "2026-12-31", "as_of": "2027-01-01"}
    owed = await desk.story.get("/v1/obligations", **years, exercise=True, limit=500)
    lists = {one["period"]["label"]: one["status"] for one in owed["items"] if one["duty_id"] == "art6.5a"}
    assert lists == {"2025": "lapsed", "2026": "lapsed"}


@pytest.mark.clause("art6.5")
async def test_each_half_year_every_item_is_assessed_once_and_prior_versions_stay_readable(desk: Desk) -> None:
    await desk.draft()
    await desk.step(200, "approve", APPROVAL, 1)
    await desk.step(200, "publish", PUBLICATION, 2)
    made = {"half": 1, "assessed_on": DAY, "results": desk.results(), "sha256": SHA, "organised_by": MAGISTRATE}
    assert (await desk.step(422, "assessments", made | {"half": 2}, 3))["code"] == "list.half_not_begun"
    lacking = made | {"results": desk.results()[1:]}
    assert (await desk.step(422, "assessments", lacking, 3))["code"] == "list.items_missing"
    assessed = await desk.step(200, "assessments", made, 3)
    act = await desk.story.get(f"/v1/performances/{assessed['assessments'][0]['performance_id']}")
    assert act["act"] == "list_assessment"
    assert (await desk.step(422, "assessments", made, 4))["code"] == "list.assessed_already"
    items = [{"post_id": str(cast.LEAD.id), "text": "（演练）自定事项"}]
    body = {"items": items, "reason": "（演练）分工调整"}
    amended = await desk.ask(200, "PUT", f"/{desk.list['id']}/items", body, seen=4)
    assert (amended["edition"], amended["stage"], amended["assessments"]) == (2, "drafted", [])
    before = await desk.story.get(f"/v1/responsibility-lists/{desk.list['id']}", version=4)
    assert before["assessments"] == assessed["assessments"]
    page = await desk.story.get("/v1/responsibility-lists", organ_id=cast.GOVERNMENT.id, year=2026, exercise=True)
    assert [one["version"] for one in page["items"]] == [5]


@pytest.mark.clause("art6.5")
def test_a_list_names_leaders_of_its_own_government_only_and_no_item_twice() -> None:
    own, other = uid("own"), uid("other")
    item = ListItem(uid("item"), own, "（演练）")
    for items, code in (
        ([], "list.empty"),
        ([ListItem(uid("item"), own, " ")], "list.empty"),
        ([item, item], "list.item_twice"),
        ([item, ListItem(uid("two"), other, "（演练）")], "list.not_its_leader"),
        ([item], "list.amendable"),
    ):
        assert may_amend(items, {own}).code == code


async def test_a_list_outside_ones_regions_is_not_there(desk: Desk) -> None:
    await desk.draft()
    headers = desk.story.running.acting("viewer", regions=("130100",))
    answer = await desk.story.running.http.get(f"/v1/responsibility-lists/{desk.list['id']}", headers=headers)
    assert answer.status_code == 404


CITY_COMMITTEE = Organ(
    uid("演练市安委会"), "演练市安委会", OrganKind.SAFETY_COMMITTEE, cast.CITY, cast.ALWAYS, exercise=True
)


async def registered(desk: Desk) -> None:
    event = facts_of.organ_event(OrganRegistered, CITY_COMMITTEE)
    await desk.story.registry.say(event, at=cast.ROSTER_AT)


async def published(desk: Desk) -> dict[str, Any]:
    """A published list, and the assessment of its first half-year, not sent yet."""
    await desk.draft()
    await desk.step(200, "approve", APPROVAL, 1)
    await desk.step(200, "publish", PUBLICATION, 2)
    return {"half": 1, "assessed_on": DAY, "results": desk.results(), "sha256": SHA, "organised_by": MAGISTRATE}


async def filing_states(desk: Desk) -> dict[str, dict[str, Any]]:
    asked = {"post_id": cast.MAGISTRATE.id, "exercise": True}
    items = (await desk.story.get("/v1/filings/states", **asked))["items"]
    return {one["relation"]: one for one in items if (one["duty_id"], one["period"]) == ("art6.5b", "2026-H1")}


@pytest.mark.clause("art6.5")
async def test_the_result_of_an_assessment_is_filed_at_once_with_a_receipt_for_each_recipient(desk: Desk) -> None:
    await registered(desk)
    asked = await published(desk)
    assert {one["status"] for one in (await filing_states(desk)).values()} == {"not_due"}
    (assessed,) = (await desk.step(200, "assessments", asked, 3))["assessments"]
    filings = [await desk.story.get(f"/v1/filings/{one}") for one in assessed["filing_ids"]]
    assert {(one["relation"], one["recipient_organ_id"]) for one in filings} == {
        ("same_level_party_committee", str(cast.PARTY.id)),
        ("safety_committee_one_level_up", str(CITY_COMMITTEE.id)),
    }
    assert {(one["sha256"], one["filed_on"]) for one in filings} == {(SHA, DAY)}
    assert {one["performance_id"] for one in filings} == {assessed["performance_id"]}
    assert {one["status"] for one in (await filing_states(desk)).values()} == {"filed"}
    for number, one in enumerate(filings):
        headers = desk.story.running.acting("safety_office", subject="recipient") | {"If-Match": '"1"'}
        receipt = {"number": f"演备〔2026〕{number}号", "received_on": DAY}
        address = f"/v1/filings/{one['id']}/receipt"
        answer = await desk.story.running.http.post(address, json=receipt, headers=headers)
        assert (answer.status_code, answer.json()["receipt"]["number"]) == (200, receipt["number"]), answer.text
    shown = await filing_states(desk)
    assert len({one["filing"]["receipt"]["number"] for one in shown.values()}) == 2


async def unfiled(desk: Desk) -> list[list[str]]:
    """What is missing of the first half-year's filings: as explained, and on the board."""
    days = {"from": "2026-01-01", "to": "2026-06-30", "exercise": True, "limit": 500}
    asked = {"post_id": cast.MAGISTRATE.id, **days}
    explained = (await desk.story.get("/v1/obligations", **asked))["items"]
    (one,) = (x for x in explained if (x["duty_id"], x["period"]["label"]) == ("art6.5b", "2026-H1"))
    board = (await desk.story.get("/v1/boards/obligations", duty_id="art6.5b", **asked))["items"]
    return [[item["relation"] for item in one["filings"] if item["missing"]], *(item["unfiled"] for item in board)]


@pytest.mark.clause("art6.5")
async def test_a_returned_filing_is_missing_wherever_one_looks(desk: Desk) -> None:
    await registered(desk)
    (assessed,) = (await desk.step(200, "assessments", await published(desk), 3))["assessments"]
    assert await unfiled(desk) == [[], []]
    filings = [await desk.story.get(f"/v1/filings/{one}") for one in assessed["filing_ids"]]
    above = next(one for one in filings if one["relation"] == "safety_committee_one_level_up")
    headers = desk.story.running.acting("safety_office", subject="recipient") | {"If-Match": '"1"'}
    address = f"/v1/filings/{above['id']}/return"
    answer = await desk.story.running.http.post(address, json={"reason": "（演练）缺少逐项结果"}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert await unfiled(desk) == [["safety_committee_one_level_up"]] * 2


@pytest.mark.clause("art6.5")
async def test_where_the_right_body_is_not_registered_its_filing_stays_missing_and_the_body_is_named(
    desk: Desk,
) -> None:
    (assessed,) = (await desk.step(200, "assessments", await published(desk), 3))["assessments"]
    assert len(assessed["filing_ids"]) == 1
    shown = await filing_states(desk)
    assert shown["same_level_party_committee"]["status"] == "filed"
    above = shown["safety_committee_one_level_up"]
    assert (above["status"], above["filing"], above["recipient"]) == ("not_due", None, "演练市安全生产委员会")


@pytest.mark.clause("art6.5")
async def test_what_was_filed_by_hand_is_not_filed_again_and_a_late_assessment_is_about_its_own_half(
    desk: Desk,
) -> None:
    await registered(desk)
    asked = await published(desk)
    owed = (await filing_states(desk))["same_level_party_committee"]
    by_hand = {
        "post_id": str(cast.MAGISTRATE.id),
        "obligation_id": owed["obligation_id"],
        "period_start": "2026-01-01",
        "relation": "same_level_party_committee",
        "recipient_organ_id": str(cast.PARTY.id),
        "filed_on": DAY,
        "sha256": "ee" * 32,
    }
    http, acting = desk.story.running.http, desk.story.running.acting
    made = await http.post("/v1/filings", json=by_hand, headers=acting("registrar"))
    assert made.status_code == 201, made.text
    desk.story.turn(at(date(2026, 7, 6)))
    (assessed,) = (await desk.step(200, "assessments", asked | {"assessed_on": "2026-07-03"}, 3))["assessments"]
    assert made.json()["id"] in assessed["filing_ids"]
    (other,) = set(assessed["filing_ids"]) - {made.json()["id"]}
    filing = await desk.story.get(f"/v1/filings/{other}")
    assert (filing["period_start"], filing["filed_on"]) == ("2026-01-01", "2026-07-06")
    assert filing["performance_id"] is None, "the act of July is none of the first half-year's"
