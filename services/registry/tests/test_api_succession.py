"""Organs renamed, merged, split, abolished, over HTTP; roles with their documents; whom Art. 2 bound on a day."""

from typing import Any

import pytest

from services.registry.tests.clerk import Clerk, days
from services.registry.tests.conftest import Calendar
from services.registry.tests.test_api_roster import appointment, official, organ, post

DECIDED = {"document": "（演练）演发〔2026〕3号", "issuer": "演练市委、市政府", "issued_on": "2026-03-20"}
DAY, EVE = "2026-04-01", "2026-03-31"
BY_DOCUMENT = {"document": "（演练）演编〔2018〕1号", "issuer": "演练县委编委", "issued_on": "2018-01-01"}


def role(function: str, **more: Any) -> dict[str, Any]:
    return {"role": "named_regulator", "function": function, **days("2018-01-01"), **BY_DOCUMENT, **more}


async def department(clerk: Clerk, name: str, *functions: str) -> Any:
    roles = [role(one) for one in functions]
    return await organ(clerk, name=name, kind="government_department", roles=roles)


async def holders(clerk: Clerk, function: str, day: str, **params: Any) -> list[str]:
    found = await clerk.get("/v1/function-holders", region="139901", function=function, as_of=day, **params)
    return [one["name"] for one in found["items"]]


def reform(kind: str, *heirs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "day": DAY, "heirs": list(heirs), **DECIDED, **more}


def begins(name: str, *functions: str) -> dict[str, Any]:
    new = {"name": name, "kind": "government_department", "region_code": "139901"}
    return {"new": new, **({"functions": list(functions)} if functions else {})}


@pytest.mark.clause("art10.2", "art2")
async def test_after_a_merger_the_successor_answers_for_each_function_once(clerk: Clerk) -> None:
    housing, fire = (
        await department(clerk, "县住建局", "住房城乡建设", "消防"),
        await department(clerk, "县消防局", "消防"),
    )
    seat = await post(clerk, "department_principal", fire["id"])
    person = await official(clerk)
    held = await appointment(clerk, seat["id"], person["id"], "2024-01-01")
    body = reform("merged", begins("县住建消防局"), with_organs=[fire["id"]])
    path = f"/v1/organs/{housing['id']}/succession"
    assert (await clerk.refusal("POST", path, body))[:2] == (428, "if_match_required")
    assert (await clerk.refusal("POST", path, body, seen=9))[:2] == (412, "stale_version")
    stranger = clerk.acting("registrar", regions=("130100",))
    assert (await stranger.refusal("POST", path, body, seen=1))[0] == 404
    assert (await clerk.acting("viewer").refusal("POST", path, body, seen=1))[:2] == (403, "role_required")
    organs = (await clerk.post(path, body, seen=1))["organs"]
    assert [(one["name"], one["to_day"]) for one in organs] == [
        ("县住建局", EVE),
        ("县消防局", EVE),
        ("县住建消防局", None),
    ]
    functions = [one["function"] for one in organs[2]["roles"]]
    assert sorted(functions) == ["住房城乡建设", "消防"], "fire safety came from both and is owed once"
    assert {one["document"] for one in organs[2]["roles"]} == {DECIDED["document"]}
    assert set(organs[2]["predecessor_ids"]) == {housing["id"], fire["id"]}
    assert await holders(clerk, "消防", EVE) == ["县住建局", "县消防局"]
    assert await holders(clerk, "消防", DAY) == ["县住建消防局"]
    assert await holders(clerk, "消防", DAY, known_at=held["recorded_at"]) == ["县住建局", "县消防局"]
    for day, names in ((EVE, ["县消防局"]), (DAY, ["县住建消防局"])):
        asked = await clerk.get(f"/v1/organs/{fire['id']}/heirs", as_of=day)
        assert [one["name"] for one in asked["items"]] == names
    ended = await clerk.get(f"/v1/appointments/{held['id']}")
    assert (ended["to_day"], ended["end_reason"]) == (EVE, f"机构改革：{DECIDED['document']}")
    assert (await clerk.get(f"/v1/posts/{seat['id']}"))["to_day"] == EVE
    again = await clerk.refusal("POST", path, body, seen=2)
    assert again == (422, "organ_not_standing", ["art2"])


@pytest.mark.clause("art10.2")
async def test_a_renamed_organ_keeps_its_identity_and_its_name_of_each_day(clerk: Clerk) -> None:
    made = await department(clerk, "县安监局", "安全监管")
    body = reform("renamed", new_name="县应急局")
    path = f"/v1/organs/{made['id']}/succession"
    assert (await clerk.refusal("POST", path, reform("renamed"), seen=1))[0] == 400
    (renamed,) = (await clerk.post(path, body, seen=1))["organs"]
    assert (renamed["id"], renamed["name"], renamed["to_day"]) == (made["id"], "县应急局", None)
    assert [(one["name"], one["from_day"]) for one in renamed["names"]] == [
        ("县安监局", "2018-01-01"),
        ("县应急局", DAY),
    ]
    assert (await holders(clerk, "安全监管", EVE), await holders(clerk, "安全监管", DAY)) == (
        ["县安监局"],
        ["县应急局"],
    )
    asked = await clerk.get(f"/v1/organs/{made['id']}/heirs", as_of=DAY)
    assert [(one["organ_id"], one["documents"]) for one in asked["items"]] == [(made["id"], [DECIDED["document"]])]


@pytest.mark.clause("art10.2")
async def test_a_split_gives_every_function_to_one_heir(clerk: Clerk) -> None:
    made = await department(clerk, "县建交局", "住房城乡建设", "交通运输")
    path = f"/v1/organs/{made['id']}/succession"
    both = reform("split", begins("县住建局"), begins("县交通局", "交通运输"))
    assert await clerk.refusal("POST", path, both, seen=1) == (422, "function_twice", ["art10.2"])
    none = reform("split", begins("县住建局", "消防"), begins("县交通局", "交通运输"))
    assert (await clerk.refusal("POST", path, none, seen=1))[1] == "function_without_heir"
    stays = {"organ_id": made["id"], "functions": ["住房城乡建设"]}
    organs = (await clerk.post(path, reform("split", stays, begins("县交通局", "交通运输")), seen=1))["organs"]
    assert [one["to_day"] for one in organs] == [None, None]
    assert await holders(clerk, "住房城乡建设", DAY) == ["县建交局"]
    assert (await holders(clerk, "交通运输", EVE), await holders(clerk, "交通运输", DAY)) == (
        ["县建交局"],
        ["县交通局"],
    )


@pytest.mark.clause("art10.2")
async def test_an_organ_is_absorbed_and_one_is_abolished_and_nobody_took_over(clerk: Clerk) -> None:
    stays, goes = await department(clerk, "县公安局", "公安"), await department(clerk, "县消防局", "消防")
    path = f"/v1/organs/{goes['id']}/succession"
    assert (await clerk.refusal("POST", path, reform("merged", {"organ_id": goes["id"]}), seen=1))[1] == (
        "parties_do_not_fit"
    )
    organs = (await clerk.post(path, reform("merged", {"organ_id": stays["id"]}), seen=1))["organs"]
    assert [one["to_day"] for one in organs] == [EVE, None]
    assert sorted(one["function"] for one in organs[1]["roles"]) == ["公安", "消防"]
    alone = await department(clerk, "县粮食局", "粮食")
    await clerk.post(f"/v1/organs/{alone['id']}/succession", reform("abolished"), seen=1)
    asked = (await clerk.get(f"/v1/organs/{alone['id']}/heirs", as_of=DAY))["items"]
    assert [(one["function"], one["organ_id"]) for one in asked] == [("粮食", None)]
    assert await holders(clerk, "粮食", DAY) == []


async def test_what_begins_after_the_reform_is_for_a_person_to_correct_first(clerk: Clerk) -> None:
    made = await department(clerk, "县粮食局", "粮食")
    seat = await post(clerk, "department_principal", made["id"])
    await appointment(clerk, seat["id"], (await official(clerk))["id"], "2026-05-01")
    path = f"/v1/organs/{made['id']}/succession"
    assert (await clerk.refusal("POST", path, reform("abolished"), seen=1))[:2] == (422, "seat_begins_later")


async def test_a_reform_outside_ones_regions_is_not_found(clerk: Clerk) -> None:
    made = await department(clerk, "县粮食局", "粮食")
    far = await organ(clerk, name="市粮食局", kind="government_department", region_code="139900")
    county = clerk.acting("registrar", regions=("139901",))
    body = reform("merged", {"organ_id": far["id"]})
    assert (await county.refusal("POST", f"/v1/organs/{made['id']}/succession", body, seen=1))[0] == 404
    assert (await county.refusal("GET", f"/v1/organs/{far['id']}/heirs"))[0] == 404
    above = await county.refusal("GET", "/v1/function-holders", region="139900", function="粮食")
    assert above[0] == 404


@pytest.mark.clause("art10.2", "art11.3")
async def test_roles_name_number_organ_and_day_of_their_document_and_those_that_do_not_are_listed(clerk: Clerk) -> None:
    both = {"role": "both", "industries": ["C26"], "side": "government", **days("2024-01-01"), **BY_DOCUMENT}
    made = await organ(clerk, name="县工信局", kind="government_department", roles=[both])
    assert [(one["role"], one["issuer"], one["side"]) for one in made["roles"]] == [
        ("other_regulator", BY_DOCUMENT["issuer"], "government"),
        ("industry_competent", BY_DOCUMENT["issuer"], "government"),
    ]
    bare = await organ(clerk, name="县水利局", kind="government_department", roles=[role("水利", issued_on=None)])
    found = await clerk.get("/v1/organs", exercise=True, undocumented=True)
    assert [one["id"] for one in found["items"]] == [bare["id"]]
    half = {**role("水利"), "document": None}
    body = {"name": "某局", "kind": "government_department", "region_code": "139901", "roles": [half], **days(DAY)}
    assert (await clerk.refusal("POST", "/v1/organs", body))[0] == 400


@pytest.mark.clause("art6.5", "art2")
async def test_an_external_organ_lies_outside_the_province_and_has_no_posts(clerk: Clerk) -> None:
    body = {"name": "国务院安委会", "kind": "external_organ", "region_code": "000000", **days("2023-01-01")}
    made = await clerk.post("/v1/organs", body)
    assert (made["region_code"], made["path"]) == ("000000", ["130000"])
    inside = {**body, "region_code": "130000"}
    assert await clerk.refusal("POST", "/v1/organs", inside) == (422, "external_organ_outside", ["art2"])
    seat = {"organ_id": made["id"], "kind": "leading_body_member", "title": "主任", **days("2023-01-01")}
    assert await clerk.refusal("POST", "/v1/posts", seat) == (422, "external_organ_has_no_posts", ["art2"])


@pytest.mark.clause("art2")
async def test_scope_is_asked_for_the_day_of_the_conduct(clerk: Clerk) -> None:
    seat, person = await post(clerk), await official(clerk)
    made = await appointment(clerk, seat["id"], person["id"], "2024-01-01", "2026-03-31", acting=True)
    path = f"/v1/officials/{person['id']}/scope"
    inside = await clerk.get(path, as_of="2026-03-31")
    assert (inside["in_scope"], inside["basis"][0]["clause"]) == (True, "art2")
    (by,) = inside["appointments"]
    assert (by["appointment_id"], by["title"], by["acting"], by["tier"]) == (made["id"], "县委书记", True, "county")
    after = await clerk.get(path, as_of="2026-04-01")
    assert (after["in_scope"], after["code"], after["appointments"]) == (False, "no_post_that_day", [])
    enterprise = await organ(clerk, name="演练国企", kind="state_enterprise")
    chief = await post(clerk, "leading_body_member", enterprise["id"])
    await appointment(clerk, chief["id"], person["id"], "2026-04-01")
    outside = await clerk.get(path, as_of="2026-04-01")
    assert (outside["in_scope"], outside["code"]) == (False, "post_out_of_scope")
    assert [one["organ_name"] for one in outside["appointments"]] == ["演练国企"]
    stranger = clerk.acting("registrar", regions=("130100",))
    assert (await stranger.refusal("GET", path, as_of="2026-04-01"))[0] == 404
    assert (await clerk.acting("agency").refusal("GET", path))[:2] == (403, "role_required")
    unknown = await clerk.get(path, as_of="2026-03-31", known_at=person["recorded_at"])
    assert unknown["code"] == "no_post_that_day", "asked for what was known before the appointment was recorded"


@pytest.mark.clause("art4.p2")
async def test_the_committee_answer_names_first_responsible_persons_and_other_members(clerk: Clerk) -> None:
    seat = await post(clerk)
    government = await organ(clerk, name="县政府", kind="government")
    lead = await post(clerk, "government_other_leader", government["id"])
    person = await official(clerk)
    await appointment(clerk, seat["id"], person["id"], "2026-01-01", acting=True)
    await clerk.post("/v1/portfolios", {"post_id": lead["id"], "industries": ["C26"], **days("2026-01-01")})
    question = {"region": "139901", "as_of": "2026-05-20"}
    found = await clerk.get("/v1/safety-committee", **question)
    assert (found["seats"], found["findings"][0]["finding"]) == ([], "no organ"), "never a derived seat"
    assert [(one["official_id"], one["acting"]) for one in found["first_responsible"]] == [(person["id"], True)]
    assert [(one["post_id"], one["industries"], one["vacant"]) for one in found["other_members"]] == [
        (lead["id"], ["C26"], True)
    ]
    earlier = await clerk.get("/v1/safety-committee", **question, known_at=seat["recorded_at"])
    assert [one["vacant"] for one in earlier["first_responsible"]] == [True]


@pytest.mark.clause("art2", "art10.2")
async def test_an_organ_is_read_listed_exported_and_remembered_under_its_name_of_the_day(
    clerk: Clerk, calendar: Calendar
) -> None:
    old = await department(clerk, "县安全监管局", "安全监管")
    seat = await post(clerk, "department_principal", old["id"])
    person = await official(clerk)
    held = {"post_id": seat["id"], "official_id": person["id"], **days("2024-01-01", "2026-03-15")}
    await clerk.post("/v1/appointments", held)
    calendar.turn_to(2026, 3, 25, 9)
    await clerk.post(f"/v1/organs/{old['id']}/succession", reform("renamed", new_name="县应急管理局"), seen=1)
    calendar.turn_to(2026, 5, 21, 9)

    async def named(day: str) -> set[str]:
        exported = (await clerk.send("GET", "/v1/exports/organs", exercise=True, as_of=day)).text
        listed = await clerk.get("/v1/organs", exercise=True, as_of=day)
        found = {name for name in ("县安全监管局", "县应急管理局") if name in exported}
        return found | {one["name"] for one in listed["items"]} | {
            (await clerk.get(f"/v1/organs/{old['id']}", as_of=day))["name"]
        }  # fmt: skip

    assert (await named(EVE), await named(DAY)) == ({"县安全监管局"}, {"县应急管理局"})
    for name, day, count in (("县安全监管局", EVE, 1), ("县安全监管局", DAY, 0), ("县应急管理局", DAY, 1)):
        assert len((await clerk.get("/v1/organs", exercise=True, name=name, as_of=day))["items"]) == count
    career = await clerk.get(f"/v1/officials/{person['id']}/appointments")
    assert [one["organ_name"] for one in career["appointments"]] == ["县安全监管局"], "as it was called then"
    corrected = {"name": "县应急局", "roles": old["roles"], "reason": "更正", **days("2018-01-01")}
    await clerk.put(f"/v1/organs/{old['id']}", corrected, seen=2)
    assert (await named(EVE), await named(DAY)) == ({"县安全监管局"}, {"县应急局"}), "today's name is corrected"


@pytest.mark.clause("art2")
async def test_regions_are_exported_with_name_tier_and_parent_of_the_day(clerk: Clerk) -> None:
    by = {"from_day": "2026-03-01", "document": "文", "reason": "据文件登记"}
    await clerk.put("/v1/regions/139901100/name", {"name": "演练新名镇", **by}, seen=1)
    await clerk.put("/v1/regions/139901100/tier", {"tier": "subdistrict", **by}, seen=2)
    for day, told in (("2026-02-28", ("演练镇", "town")), ("2026-03-01", ("演练新名镇", "subdistrict"))):
        text = (await clerk.send("GET", "/v1/exports/regions", exercise=True, as_of=day)).text
        row = next(line for line in text.splitlines() if ",139901100," in line)
        assert all(one in row.split(",") for one in told), row
