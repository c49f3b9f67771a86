"""The roster through the API: bitemporal, one seat one person, jurisdiction, citizen numbers."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from services.registry import tables
from services.registry.tests.clerk import Clerk, days
from services.registry.tests.conftest import Calendar
from shared.kernel.tables import ledger, outbox

#: Invented: prefix 990000, born 1970-01-01, with right check digits.
NUMBER, OTHER_NUMBER = "990000197001010018", "990000197001010034"


async def organ(clerk: Clerk, **changes: Any) -> Any:
    body = {"name": "县委", "kind": "party_committee", "region_code": "139901", **days("2018-01-01"), **changes}
    return await clerk.post("/v1/organs", body)


async def post(clerk: Clerk, kind: str = "party_principal", organ_id: str | None = None) -> Any:
    owner = organ_id or (await organ(clerk))["id"]
    body = {"organ_id": owner, "kind": kind, "title": "县委书记", **days("2018-01-01")}
    return await clerk.post("/v1/posts", body)


async def official(clerk: Clerk, name: str = "演练甲", **changes: Any) -> Any:
    body = {"name": name, "region_code": "139901", "exercise": True, **changes}
    return await clerk.post("/v1/officials", body)


async def appointment(clerk: Clerk, post_id: str, official_id: str, *span: str, **changes: Any) -> Any:
    body = {"post_id": post_id, "official_id": official_id, **days(*span), **changes}
    return await clerk.post("/v1/appointments", body)


@pytest.mark.clause("art2", "art5.3")
async def test_all_of_hebei_loads_once_with_its_tiers(clerk: Clerk) -> None:
    first = await clerk.load_divisions(exercise_only=False)
    assert first["regions"] > 2_600
    assert first["registered"] == first["regions"] - 5, "the exercise regions and their province stood already"
    again = await clerk.load_divisions(exercise_only=False)
    assert (again["registered"], again["changed"]) == (0, 0)
    for code, tier, path in (
        ("130682", "city", ["130000", "130682"]),
        ("130181", "city", ["130000", "130181"]),
        ("133100", "city", ["130000", "133100"]),
        ("130629", "county", ["130000", "133100", "130629"]),
        ("130102", "county", ["130000", "130100", "130102"]),
    ):
        region = await clerk.get(f"/v1/regions/{code}")
        assert (region["tier"], region["path"]) == (tier, path)
    cities = await clerk.get("/v1/regions", tier="city")
    assert len(cities["items"]) == 14
    waiting = await clerk.get("/v1/regions", unconfirmed=True)
    assert {one["code"] for one in waiting["items"]} == {"130682", "130181", "133100"}
    page = await clerk.get("/v1/regions", limit=2, under="130100")
    rest = await clerk.get("/v1/regions", limit=2, under="130100", cursor=page["next_cursor"])
    codes = [one["code"] for one in (*page["items"], *rest["items"])]
    assert codes == sorted(set(codes))
    assert codes[0] == "130100"
    reused = [(await clerk.get("/v1/regions/130502", as_of=day))["name"] for day in ("2000-01-01", "2024-01-01")]
    assert len(set(reused)) == 2, "a code is a region only together with its days"


async def test_a_region_is_known_from_the_moment_it_was_recorded(clerk: Clerk) -> None:
    before = "2026-05-20T17:00:00+08:00"
    assert (await clerk.refusal("GET", "/v1/regions/139901", known_at=before))[0] == 404
    assert (await clerk.get("/v1/regions/139901"))["exercise"] is True


@pytest.mark.clause("art4.p2")
async def test_one_seat_takes_one_person_at_a_time_and_an_acting_head_beside(clerk: Clerk) -> None:
    seat, person, other = await post(clerk), await official(clerk), await official(clerk, "演练乙")
    await appointment(clerk, seat["id"], person["id"], "2024-01-01", "2025-06-30")
    body = {"post_id": seat["id"], "official_id": other["id"], **days("2025-06-30")}
    assert await clerk.refusal("POST", "/v1/appointments", body) == (422, "seat_taken", ["art4.p2"])
    assert (await clerk.post("/v1/appointments", {**body, "acting": True}))["acting"] is True
    last = {**body, **days("2025-07-01", "2025-01-01")}
    assert (await clerk.refusal("POST", "/v1/appointments", last))[1] == "dates_out_of_order"
    early = {**body, **days("2010-01-01", "2011-01-01")}
    assert (await clerk.refusal("POST", "/v1/appointments", early))[1] == "outside_post"
    nobody = {**body, "official_id": seat["id"]}
    assert (await clerk.refusal("POST", "/v1/appointments", nobody))[1] == "unknown_reference"
    second = {"organ_id": seat["organ_id"], "kind": "party_principal", "title": "另一书记", **days("2020-01-01")}
    assert (await clerk.refusal("POST", "/v1/posts", second))[:2] == (422, "too_many_principals")
    close = {"title": "县委书记", "reason": "撤销岗位", **days("2018-01-01", "2025-01-01")}
    assert (await clerk.refusal("PUT", f"/v1/posts/{seat['id']}", close, seen=1))[1] == "outside_post"


async def test_sixty_writers_on_one_post_and_one_wins(clerk: Clerk) -> None:
    seat = await post(clerk)
    people = [await official(clerk, f"演练{n}") for n in range(60)]
    bodies = [{"post_id": seat["id"], "official_id": one["id"], **days("2026-01-01")} for one in people]
    answers = await asyncio.gather(*(clerk.send("POST", "/v1/appointments", body) for body in bodies))
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 201
    assert set(codes[1:]) <= {409, 422}
    assert {one.json()["code"] for one in answers if one.status_code == 422} == {"seat_taken"}
    held = await clerk.get("/v1/appointments", post_id=seat["id"], exercise=True, history=True)
    assert len(held["items"]) == 1


async def test_the_database_itself_refuses_a_second_holder(clerk: Clerk) -> None:
    seat, person = await post(clerk), await official(clerk)
    made = await appointment(clerk, seat["id"], person["id"], "2026-01-01")
    async with clerk.running.app.state.sessions() as session:
        row = (await session.execute(sa.select(tables.appointment))).mappings().one()
        again = dict(row) | {"id": seat["id"]}
        with pytest.raises(sa.exc.IntegrityError, match="appointment_one_seat"):
            await session.execute(tables.appointment.insert().values(again))
    assert made["version"] == 1


async def test_a_correction_overwrites_nothing(clerk: Clerk, calendar: Calendar) -> None:
    seat, person = await post(clerk), await official(clerk)
    made = await appointment(clerk, seat["id"], person["id"], "2026-01-01")
    path = f"/v1/appointments/{made['id']}"
    calendar.turn_to(2026, 5, 21, 9)
    source = {"source_recorded_at": "2026-01-05T09:00:00+08:00", "attested_by": "县委组织部"}
    body = {"reason": "据任免文件更正", **days("2026-02-01"), **source}
    assert (await clerk.refusal("PUT", path, body))[:2] == (428, "if_match_required")
    corrected = await clerk.put(path, body, seen=1)
    assert (corrected["from_day"], corrected["attested_by"]) == ("2026-02-01", "县委组织部")
    assert (await clerk.refusal("PUT", path, body, seen=1))[:2] == (412, "stale_version")
    half = {"reason": "更正", **days("2026-02-01"), "attested_by": "县委组织部"}
    assert (await clerk.refusal("PUT", path, half, seen=2))[:2] == (400, "invalid_request")
    calendar.turn_to(2026, 5, 22, 9)
    ended = await clerk.post(f"{path}/end", {"last_day": "2026-04-30", "end_reason": "退休"}, seen=2)
    assert (ended["to_day"], ended["end_reason"]) == ("2026-04-30", "退休")
    annulled = await clerk.post(f"{path}/annul", {"reason": "误登"}, seen=3)
    assert (annulled["annulled"], annulled["version"]) == (True, 4)
    assert (await clerk.refusal("POST", f"{path}/annul", {"reason": "误登"}, seen=4))[:2] == (409, "annulled")
    first, second = made["recorded_at"], corrected["recorded_at"]
    assert [(await clerk.get(path, known_at=at))["from_day"] for at in (first, second)] == ["2026-01-01", "2026-02-01"]
    assert (await clerk.refusal("GET", path, known_at="2026-05-20T17:00:00+08:00"))[0] == 404
    assert (await clerk.get("/v1/appointments", exercise=True, history=True))["items"] == []
    then = await clerk.get("/v1/appointments", exercise=True, known_at=first)
    assert [one["version"] for one in then["items"]] == [1]
    assert [one["reason"] for one in await clerk.events("appointment", made["id"])][1:] == [
        "据任免文件更正",
        "退休",
        "误登",
    ]


async def test_writes_are_idempotent_and_kept_to_ones_regions(clerk: Clerk) -> None:
    body = {"name": "县委", "kind": "party_committee", "region_code": "139901", **days("2018-01-01")}
    headers = clerk.running.acting("registrar")
    one, two = [await clerk.running.http.post("/v1/organs", json=body, headers=headers) for _ in range(2)]
    assert (one.status_code, one.json()) == (201, two.json())
    found = await clerk.get("/v1/organs", exercise=True)
    assert [item["id"] for item in found["items"]] == [one.json()["id"]]
    path = f"/v1/organs/{one.json()['id']}"
    elsewhere = clerk.acting("registrar", regions=("130100",))
    assert (await elsewhere.refusal("GET", path))[0] == 404
    change = {"name": "县委员会", "roles": [], "reason": "更名", **days("2018-01-01")}
    assert (await elsewhere.refusal("PUT", path, change, seen=1))[0] == 404
    assert (await elsewhere.refusal("POST", "/v1/organs", body))[:2] == (403, "region_outside_grant")
    assert (await clerk.acting("viewer").refusal("POST", "/v1/organs", body))[:2] == (403, "role_required")
    assert (await clerk.put(path, change, seen=1))["name"] == "县委员会"
    seen = await clerk.send("GET", path)
    assert seen.headers["etag"] == '"2"'
    unknown = {**body, "extra": 1}
    assert (await clerk.refusal("POST", "/v1/organs", unknown))[:2] == (400, "invalid_request")


@pytest.mark.clause("art4.p2")
async def test_committee_seats_follow_the_posts(clerk: Clerk) -> None:
    question = {"region": "139901", "as_of": "2026-05-20"}
    none = await clerk.get("/v1/safety-committee", **question)
    assert (none["seats"], [one["finding"] for one in none["findings"]]) == ([], ["no organ"])
    await organ(clerk, name="县安委会", kind="safety_committee")
    government = await organ(clerk, name="县政府", kind="government")
    seat, head = await post(clerk), await post(clerk, "government_principal", government["id"])
    person = await official(clerk)
    await appointment(clerk, seat["id"], person["id"], "2026-01-01", acting=True)
    seats = (await clerk.get("/v1/safety-committee", **question))["seats"]
    assert [(one["kind"], one["post_id"], one["acting"], one["vacant"]) for one in seats] == [
        ("first_director", seat["id"], True, False),
        ("director", head["id"], False, True),
    ]
    assert seats[0]["official_name"] == "演练甲"


async def test_a_citizen_number_is_kept_from_events_answers_and_logs(
    clerk: Clerk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    person = await official(clerk, citizen_number=NUMBER)
    assert "citizen_number" not in person
    again = {"name": "演练乙", "region_code": "139901", "citizen_number": NUMBER.lower()}
    assert (await clerk.refusal("POST", "/v1/officials", again))[:2] == (409, "citizen_number_taken")
    wrong = {**again, "citizen_number": NUMBER[:-1] + "3"}
    answer = await clerk.send("POST", "/v1/officials", wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_citizen_number")
    assert wrong["citizen_number"] not in answer.text
    path = f"/v1/officials/{person['id']}/citizen-number"
    assert (await clerk.refusal("GET", path, purpose="核对"))[:2] == (403, "role_required")
    reader = clerk.acting("organization")
    assert (await reader.refusal("GET", path))[0] == 400
    assert (await reader.get(path, purpose="核对身份"))["citizen_number"] == NUMBER
    found = await reader.post("/v1/official-searches", {"citizen_number": NUMBER})
    assert found["id"] == person["id"]
    assert (await reader.refusal("POST", "/v1/official-searches", {"citizen_number": OTHER_NUMBER}))[0] == 404
    outside = clerk.acting("organization", regions=("130100",))
    assert (await outside.refusal("GET", path, purpose="核对"))[0] == 404
    assert (await clerk.get(f"/v1/officials/{person['id']}"))["version"] == 1, "a read changes no ETag"
    async with clerk.running.app.state.sessions() as session:
        rows = (await session.execute(sa.select(ledger))).mappings().all()
        assert NUMBER not in str(rows)
        (read,) = [row for row in rows if row["aggregate_type"] == "reading"]
        assert (read["data"]["official_id"], read["reason"], read["actor"]) == (person["id"], "核对身份", "tester")
        queued = sa.select(outbox.c.publish).where(outbox.c.seq == read["seq"])
        assert await session.scalar(queued) in {False, None}
        kept = (await session.execute(sa.select(tables.citizen_number))).mappings().one()
        assert NUMBER.encode() not in bytes(kept["sealed"])
    assert NUMBER not in caplog.text + "".join(capsys.readouterr())


async def test_an_official_changes_name_and_gets_a_number_later(clerk: Clerk) -> None:
    person = await official(clerk)
    path = f"/v1/officials/{person['id']}"
    body = {"name": "演练甲甲", "reason": "更名", "citizen_number": OTHER_NUMBER}
    assert (await clerk.put(path, body, seen=1))["name"] == "演练甲甲"
    reader = clerk.acting("discipline_handler")
    assert (await reader.get(f"{path}/citizen-number", purpose="核对"))["citizen_number"] == OTHER_NUMBER
    assert [one["name"] for one in (await clerk.get("/v1/officials", exercise=True))["items"]] == ["演练甲甲"]


async def test_exercise_and_reality_do_not_mix(clerk: Clerk) -> None:
    seat = await post(clerk)
    real = await clerk.post("/v1/officials", {"name": "真实人员", "region_code": "130000"})
    body = {"post_id": seat["id"], "official_id": real["id"], **days("2026-01-01")}
    assert (await clerk.refusal("POST", "/v1/appointments", body))[:2] == (422, "exercise_mismatch")


async def test_a_portfolio_is_assigned_corrected_and_annulled(clerk: Clerk) -> None:
    seat = await post(clerk)
    body = {"post_id": seat["id"], "industries": ["26"], "fields": ["消防"], **days("2026-01-01")}
    made = await clerk.post("/v1/portfolios", body)
    assert made["industries"] == ["C26"]
    bad = {**body, "industries": ["Z26"]}
    assert (await clerk.refusal("POST", "/v1/portfolios", bad))[0] == 400
    wrong = {**body, "industries": ["A26"]}
    assert (await clerk.refusal("POST", "/v1/portfolios", wrong))[:2] == (422, "unknown_industry")
    path = f"/v1/portfolios/{made['id']}"
    change = {"industries": ["C"], "reason": "更正", **days("2026-02-01")}
    assert (await clerk.refusal("PUT", path, change, seen=5))[0] == 412
    assert (await clerk.put(path, change, seen=1))["fields"] == []
    assert (await clerk.post(f"{path}/annul", {"reason": "误登"}, seen=2))["annulled"] is True
    assert (await clerk.refusal("PUT", path, change, seen=3))[:2] == (409, "annulled")
    assert (await clerk.get("/v1/portfolios", exercise=True))["items"] == []
    assert (await clerk.get(path, known_at=made["recorded_at"]))["industries"] == ["C26"]
