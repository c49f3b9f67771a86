"""Two records of one person, leavers, coded ends: over HTTP on the real database."""

from typing import Any

import pytest

from services.registry.tests.clerk import Clerk, days
from services.registry.tests.conftest import Calendar
from services.registry.tests.test_api_roster import NUMBER, OTHER_NUMBER, appointment, official, organ, post
from services.registry.tests.test_vetoes import Vetoes, delivery, event
from shared.contracts.discipline import VetoImposed

Body = dict[str, Any]


class Twins:
    """Two records of one person, each with a post of its own; the second is to be merged into the first."""

    def __init__(
        self, clerk: Clerk, people: tuple[Body, Body], posts: tuple[Body, Body], held: tuple[Body, Body]
    ) -> None:
        self.clerk = clerk
        self.first, self.second = people
        self.posts, self.held = posts, held

    def path(self, verb: str = "") -> str:
        """The address of the record that is merged."""
        return f"/v1/officials/{self.second['id']}{verb}"

    async def merge(self, *, seen: int = 1) -> Body:
        """Merge the second into the first."""
        body = {"into": self.first["id"], "reason": "同一人重复登记"}
        merged: Body = await self.clerk.post(self.path("/merge"), body, seen=seen)
        return merged


async def twins(clerk: Clerk, **second: Any) -> Twins:
    """The county's secretary until March 2025, and the mayor since April: one person, registered twice."""
    government = await organ(clerk, name="县政府", kind="government")
    posts = await post(clerk), await post(clerk, "government_principal", government["id"])
    people = await official(clerk, "演练甲"), await official(clerk, "演练甲", **second)
    held = (
        await appointment(clerk, posts[0]["id"], people[0]["id"], "2024-01-01", "2025-03-31"),
        await appointment(clerk, posts[1]["id"], people[1]["id"], "2025-04-01"),
    )
    return Twins(clerk, people, posts, held)


@pytest.mark.clause("art2", "art27")
async def test_after_a_merge_both_ids_answer_and_the_appointments_are_shown_together(clerk: Clerk) -> None:
    one = await twins(clerk)
    merged = await one.merge()
    first, second = one.first["id"], one.second["id"]
    assert (merged["version"], merged["merged_into"], merged["answers_as"]) == (2, first, first)
    whole = await clerk.get(f"/v1/officials/{first}")
    assert (whole["version"], whole["merged_into"], whole["same_person"]) == (1, None, [second])
    assert (await clerk.get(one.path()))["same_person"] == [first]
    assert (await clerk.get(one.path(), known_at=merged["recorded_at"]))["answers_as"] == first
    earlier = await clerk.get(one.path(), known_at=one.held[1]["recorded_at"])
    assert (earlier["merged_into"], earlier["same_person"]) == (None, [])
    ids = [item["id"] for item in one.held]
    for identity in (first, second):
        career = await clerk.get(f"/v1/officials/{identity}/appointments", as_of="2026-05-20")
        assert [(item["id"], item["official_id"]) for item in career["appointments"]] == [
            (ids[0], first),
            (ids[1], second),
        ], "both tenures, each under the id that it was recorded under"
        assert [item["standing"] for item in career["appointments"]] == ["ended", "in_force"]
        listed = await clerk.get("/v1/appointments", official_id=identity, exercise=True, history=True)
        assert {item["id"] for item in listed["items"]} == set(ids)
    then = await clerk.get(f"/v1/officials/{first}/appointments", known_at=one.held[1]["recorded_at"])
    assert [item["id"] for item in then["appointments"]] == ids[:1], "as it was known before the merge"
    assert [item["type"].split(".")[3] for item in await clerk.events("official", second)] == ["registered", "merged"]
    new = {"post_id": one.posts[0]["id"], "official_id": second, **days("2026-01-01")}
    assert (await clerk.refusal("POST", "/v1/appointments", new))[:2] == (409, "official_merged")
    answer = await clerk.get("/v1/responsibility", region="139901", as_of="2026-05-20")
    named = {entry["title"]: entry for entry in answer["entries"] if entry["official_id"]}
    assert [(entry["official_id"], entry["official_merged_into"]) for entry in named.values()] == [(second, first)]


@pytest.mark.clause("art4.p2")
async def test_records_that_hold_one_seat_at_once_are_not_merged(clerk: Clerk) -> None:
    seat = await post(clerk)
    first, second = await official(clerk), await official(clerk)
    await appointment(clerk, seat["id"], first["id"], "2024-01-01")
    double = await appointment(clerk, seat["id"], second["id"], "2025-01-01", acting=True)
    path, body = f"/v1/officials/{second['id']}/merge", {"into": first["id"], "reason": "同一人"}
    assert await clerk.refusal("POST", path, body, seen=1) == (422, "seat_held_by_both", ["art4.p2"])
    await clerk.post(f"/v1/appointments/{double['id']}/annul", {"reason": "重复登记"}, seen=1)
    assert (await clerk.post(path, body, seen=1))["answers_as"] == first["id"]
    again = {"post_id": seat["id"], "official_id": first["id"], **days("2026-01-01"), "acting": True}
    assert (await clerk.refusal("POST", "/v1/appointments", again))[:2] == (422, "appointed_twice")


@pytest.mark.clause("art4.p2")
async def test_after_a_merge_the_person_is_not_appointed_to_one_seat_under_both_ids(clerk: Clerk) -> None:
    one = await twins(clerk)
    await one.merge()
    mayor = {"post_id": one.posts[1]["id"], "official_id": one.first["id"], **days("2026-01-01"), "acting": True}
    assert await clerk.refusal("POST", "/v1/appointments", mayor) == (422, "appointed_twice", ["art4.p2"])


@pytest.mark.clause("art2")
async def test_different_citizen_numbers_are_of_two_people(clerk: Clerk) -> None:
    first, second = await official(clerk, citizen_number=NUMBER), await official(clerk, citizen_number=OTHER_NUMBER)
    third = await official(clerk)
    path, body = f"/v1/officials/{second['id']}/merge", {"into": first["id"], "reason": "同一人"}
    assert await clerk.refusal("POST", path, body, seen=1) == (422, "citizen_numbers_differ", ["art2"])
    await clerk.post(f"/v1/officials/{third['id']}/merge", body, seen=1)
    change = {"name": "演练甲", "reason": "补登", "citizen_number": OTHER_NUMBER}
    assert (await clerk.refusal("PUT", f"/v1/officials/{third['id']}", change, seen=2))[1] == "citizen_number_taken"
    same = await clerk.put(f"/v1/officials/{third['id']}", {**change, "citizen_number": NUMBER}, seen=2)
    assert same["merged_into"] == first["id"], "the person's own number is on file already"
    reader = clerk.acting("organization")
    number = await reader.get(f"/v1/officials/{third['id']}/citizen-number", purpose="核对")
    assert number["citizen_number"] == NUMBER


async def test_a_second_number_is_not_put_on_file_for_one_person(clerk: Clerk) -> None:
    one = await twins(clerk, citizen_number=NUMBER)
    await one.merge()
    change = {"name": "演练甲", "reason": "补登", "citizen_number": OTHER_NUMBER}
    path = f"/v1/officials/{one.first['id']}"
    assert await clerk.refusal("PUT", path, change, seen=1) == (422, "citizen_numbers_differ", ["art2"])


async def test_a_merge_names_what_was_seen_and_keeps_to_ones_regions(clerk: Clerk) -> None:
    one = await twins(clerk)
    body = {"into": one.first["id"], "reason": "同一人"}
    path = one.path("/merge")
    assert (await clerk.refusal("POST", path, body))[:2] == (428, "if_match_required")
    assert (await clerk.refusal("POST", path, body, seen=4))[:2] == (412, "stale_version")
    assert (await clerk.acting("viewer").refusal("POST", path, body, seen=1))[:2] == (403, "role_required")
    elsewhere = clerk.acting("registrar", regions=("130100",))
    assert (await elsewhere.refusal("POST", path, body, seen=1))[0] == 404
    city = await clerk.post("/v1/officials", {"name": "演练丑", "region_code": "139900", "exercise": True})
    county = clerk.acting("registrar", regions=("139901",))
    far = {**body, "into": city["id"]}
    assert (await county.refusal("POST", path, far, seen=1))[:2] == (422, "unknown_reference")
    itself = {**body, "into": one.second["id"]}
    assert (await clerk.refusal("POST", path, itself, seen=1))[:2] == (409, "already_one_person")
    real = await clerk.post("/v1/officials", {"name": "真实人员", "region_code": "130000"})
    assert (await clerk.refusal("POST", path, {**body, "into": real["id"]}, seen=1))[:2] == (422, "exercise_mismatch")
    assert (await clerk.refusal("POST", path, {**body, "extra": 1}, seen=1))[:2] == (400, "invalid_request")
    await clerk.post(path, body, seen=1)
    assert (await clerk.refusal("POST", path, body, seen=2))[:2] == (409, "already_one_person")
    other = await official(clerk, "演练丙")
    into_merged = {**body, "into": one.second["id"]}
    beside = f"/v1/officials/{other['id']}/merge"
    assert (await clerk.refusal("POST", beside, into_merged, seen=1))[:2] == (409, "official_merged")


async def test_a_merge_is_undone_while_nothing_later_rests_on_it(clerk: Clerk, calendar: Calendar) -> None:
    one = await twins(clerk)
    undo = {"reason": "并非同一人"}
    assert (await clerk.refusal("POST", one.path("/separate"), undo, seen=1))[:2] == (409, "not_merged")
    merged = await one.merge()
    calendar.turn_to(2026, 5, 21, 9)
    ended = {"last_day": "2026-05-20", "end_cause": "transfer"}
    await clerk.post(f"/v1/appointments/{one.held[1]['id']}/end", ended, seen=1)
    apart = await clerk.post(one.path("/separate"), undo, seen=2)
    assert (apart["merged_into"], apart["answers_as"], apart["same_person"]) == (None, one.second["id"], [])
    assert (await clerk.get(one.path(), known_at=merged["recorded_at"]))["answers_as"] == one.first["id"]
    await one.merge(seen=3)
    calendar.turn_to(2026, 5, 22, 9)
    later = await appointment(clerk, one.posts[0]["id"], one.first["id"], "2026-05-22")
    answer = await clerk.send("POST", one.path("/separate"), undo, seen=4)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "merge_relied_upon")
    assert [item["pointer"] for item in problem["errors"]] == [f"/{later['id']}"]
    assert [item["clause"] for item in problem["basis"]] == ["art2"]


async def test_three_records_of_one_person_are_undone_the_last_first(clerk: Clerk, calendar: Calendar) -> None:
    people = [await official(clerk) for _ in range(3)]
    top, middle, low = [one["id"] for one in people]
    await clerk.post(f"/v1/officials/{low}/merge", {"into": middle, "reason": "同一人"}, seen=1)
    calendar.turn_to(2026, 5, 21, 9)
    await clerk.post(f"/v1/officials/{middle}/merge", {"into": top, "reason": "同一人"}, seen=1)
    seen = await clerk.get(f"/v1/officials/{low}")
    assert (seen["merged_into"], seen["answers_as"], set(seen["same_person"])) == (middle, top, {top, middle})
    undo = {"reason": "并非同一人"}
    assert (await clerk.refusal("POST", f"/v1/officials/{low}/separate", undo, seen=2))[1] == "merge_relied_upon"
    await clerk.post(f"/v1/officials/{middle}/separate", undo, seen=2)
    assert (await clerk.get(f"/v1/officials/{low}"))["answers_as"] == middle
    await clerk.post(f"/v1/officials/{low}/separate", undo, seen=2)
    assert (await clerk.get(f"/v1/officials/{middle}"))["same_person"] == []


@pytest.mark.clause("art23")
async def test_a_veto_against_one_record_bars_the_promotion_of_the_other(clerk: Clerk, calendar: Calendar) -> None:
    one = await twins(clerk)
    calendar.turn_to(2027, 1, 10, 9)
    seat = await post(
        clerk, "department_principal", (await organ(clerk, name="县局", kind="government_department"))["id"]
    )
    rise = await appointment(clerk, seat["id"], one.first["id"], "2027-01-05", promotion=True)
    vetoes = Vetoes(clerk, one.second["id"], rise["id"], seat["id"])
    await vetoes.hear(delivery(event(VetoImposed, one.second["id"], through=None), 1))
    assert (await vetoes.seen())["flags"] == [], "the two are not known to be one"
    await one.merge()
    flag = f"promotion_during_veto:{event(VetoImposed, one.second['id'], through=None).id}"
    assert (await vetoes.seen())["flags"] == [flag]
    end = {"last_day": "2027-01-20", "end_cause": "transfer"}
    await clerk.post(f"/v1/appointments/{rise['id']}/end", end, seen=2)
    again = {"post_id": seat["id"], "official_id": one.first["id"], **days("2027-02-01"), "promotion": True}
    assert await clerk.refusal("POST", "/v1/appointments", again) == (422, "promotion_during_veto", ["art23"])
    await clerk.post(one.path("/separate"), {"reason": "并非同一人"}, seen=2)
    assert (await vetoes.seen())["flags"] == []
    assert (await clerk.post("/v1/appointments", again))["flags"] == []


@pytest.mark.clause("art27")
async def test_who_left_every_post_stays_findable_with_the_whole_history(clerk: Clerk) -> None:
    seat, person = await post(clerk), await official(clerk, "演练退", region_code="139900")
    zone = await organ(clerk, name="区工委", kind="party_working_committee", region_code="139901400")
    second = await post(clerk, "party_principal", zone["id"])
    held = [
        await appointment(clerk, seat["id"], person["id"], "2020-01-01", "2022-12-31"),
        await appointment(clerk, second["id"], person["id"], "2023-01-01"),
    ]
    end = {"last_day": "2026-04-30", "end_cause": "retirement"}
    ended = await clerk.post(f"/v1/appointments/{held[1]['id']}/end", end, seen=1)
    assert (ended["end_cause"], ended["end_reason"]) == ("retirement", "退休")
    zones = clerk.acting("investigator", regions=("139901400",))
    listed = await zones.get("/v1/officials", exercise=True)
    assert [one["id"] for one in listed["items"]] == [person["id"]]
    career = await zones.get(f"/v1/officials/{person['id']}/appointments", as_of="2026-05-20")
    assert [
        (one["post_title"], one["organ_name"], one["region_code"], one["standing"]) for one in career["appointments"]
    ] == [
        ("县委书记", "县委", "139901", "ended"),
        ("县委书记", "区工委", "139901400", "ended"),
    ]
    then = await zones.get(f"/v1/officials/{person['id']}/appointments", as_of="2024-01-01")
    assert [one["standing"] for one in then["appointments"]] == ["ended", "in_force"]
    path = f"/v1/officials/{person['id']}/appointments"
    assert (await clerk.acting("viewer").refusal("GET", path))[:2] == (403, "role_required")
    assert (await clerk.acting("investigator", regions=("130100",)).refusal("GET", path))[0] == 404


@pytest.mark.clause("art27")
async def test_an_end_has_a_coded_cause_and_can_be_taken_back(clerk: Clerk) -> None:
    seat, person = await post(clerk), await official(clerk)
    made = await appointment(clerk, seat["id"], person["id"], "2024-01-01")
    path = f"/v1/appointments/{made['id']}"
    causes = {one["code"]: one["zh"] for one in await clerk.get("/v1/end-causes")}
    assert {"transfer", "retirement", "resignation", "dismissal", "death", "end_of_term", "other"} <= set(causes)
    day = {"last_day": "2026-04-30"}
    assert (await clerk.refusal("POST", f"{path}/end", day, seen=1))[0] == 400
    unknown = {**day, "end_cause": "vanished"}
    assert await clerk.refusal("POST", f"{path}/end", unknown, seen=1) == (422, "unknown_end_cause", ["art27"])
    wordless = {**day, "end_cause": "other"}
    assert await clerk.refusal("POST", f"{path}/end", wordless, seen=1) == (422, "end_reason_needed", ["art27"])
    ended = await clerk.post(f"{path}/end", {**day, "end_reason": "任期届满"}, seen=1)
    assert (ended["end_cause"], ended["end_reason"]) == ("end_of_term", "任期届满")
    worded = await clerk.post(f"{path}/end", {**day, "end_reason": "赴省外挂职"}, seen=2)
    assert worded["end_cause"] == "other"
    half = {"reason": "更正", **days("2024-01-01"), "end_cause": "transfer"}
    assert (await clerk.refusal("PUT", path, half, seen=3))[:2] == (422, "end_without_day")
    open_again = await clerk.put(path, {"reason": "离任系误登", **days("2024-01-01")}, seen=3)
    assert (open_again["to_day"], open_again["end_cause"], open_again["end_reason"]) == (None, None, None)
    assert (await clerk.get(path, known_at=ended["recorded_at"]))["end_cause"] == "end_of_term"


async def test_nobody_attests_what_is_yet_to_be_recorded(clerk: Clerk) -> None:
    seat, person = await post(clerk), await official(clerk)
    source = {"source_recorded_at": "2026-06-01T09:00:00+08:00", "attested_by": "县委组织部"}
    body = {"post_id": seat["id"], "official_id": person["id"], **days("2026-01-01"), **source}
    assert (await clerk.refusal("POST", "/v1/appointments", body))[:2] == (422, "source_in_the_future")
    portfolio = {"post_id": seat["id"], **days("2026-01-01"), **source}
    assert (await clerk.refusal("POST", "/v1/portfolios", portfolio))[:2] == (422, "source_in_the_future")
    past = {**source, "source_recorded_at": "2026-01-05T09:00:00+08:00"}
    made = await clerk.post("/v1/portfolios", {**portfolio, **past})
    assert (made["attested_by"], made["standing"]) == ("县委组织部", None)


@pytest.mark.clause("art10.2")
async def test_a_department_has_two_principals_and_one_person_several_posts(clerk: Clerk) -> None:
    bureau = await organ(clerk, name="县应急局", kind="government_department")
    secretary = await post(clerk, "department_principal", bureau["id"])
    director = await post(clerk, "department_principal", bureau["id"])
    third = {"organ_id": bureau["id"], "kind": "department_principal", "title": "第三", **days("2018-01-01")}
    assert (await clerk.refusal("POST", "/v1/posts", third))[:2] == (422, "too_many_principals")
    person = await official(clerk)
    for seat in (secretary, director):
        await appointment(clerk, seat["id"], person["id"], "2026-01-01")
    career = await clerk.get(f"/v1/officials/{person['id']}/appointments", as_of="2026-05-20")
    assert [one["standing"] for one in career["appointments"]] == ["in_force", "in_force"]


async def test_every_answer_says_how_the_record_stands_and_what_was_known(clerk: Clerk) -> None:
    seat, person = await post(clerk), await official(clerk)
    made = await appointment(clerk, seat["id"], person["id"], "2026-01-01", "2026-03-31")
    path = f"/v1/appointments/{made['id']}"
    days_asked = {"2025-12-31": "upcoming", "2026-01-01": "in_force", "2026-03-31": "in_force", "2026-04-01": "ended"}
    for day, standing in days_asked.items():
        assert (await clerk.get(path, as_of=day))["standing"] == standing
    answer = await clerk.send("GET", path, known_at="2026-05-20T23:00:00+08:00")
    assert answer.headers["known-at"] < "2026-05-20T23:00:00+08:00", "nothing is known before its time"
    await clerk.post(f"{path}/annul", {"reason": "误登"}, seen=1)
    assert (await clerk.get(path, as_of="2026-02-01"))["standing"] == "annulled"
    gone = await clerk.get("/v1/appointments", exercise=True, as_of="2026-02-01", annulled=True)
    assert [one["standing"] for one in gone["items"]] == ["annulled"]
