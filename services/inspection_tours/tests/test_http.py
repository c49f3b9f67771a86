"""Inspection tours over HTTP on a real database: the story's step 4, refusals, jurisdiction, coverage, restore."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.inspection_tours.main import service
from services.inspection_tours.tables import metadata
from services.inspection_tours.tests import cast
from services.inspection_tours.tests.cast import CITY, COUNTY, ZONE, accident, uid
from services.inspection_tours.tests.conftest import Tours
from shared.contracts.registry import ACCIDENT_EVENTS
from shared.kernel.envelope import contract
from shared.roster.tests.messages import delivery

TOURS = "/v1/tours"
COVERAGE = f"/v1/coverage?region={COUNTY}&exercise=true&as_of=2026-07-31"
PLAN = {"planned_for": "2026-06-01", "team": ["dev:inspector", "dev:other"]}


async def proposed(tours: Tours) -> dict[str, Any]:
    await tours.apply("accidents", accident("较大"))
    (tour,) = (await tours.get(f"{TOURS}?exercise=true")).json()["items"]
    return dict(tour)


async def taken(tours: Tours, tour: dict[str, Any], step: str, body: Any, role: str = "inspector") -> dict[str, Any]:
    """The tour after a step that must succeed."""
    answer = await tours.post(f"{TOURS}/{tour['id']}/{step}", body, role=role, seen=tour["version"])
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{tour["version"] + 1}"'
    return dict(answer.json())


async def inspected(tours: Tours) -> dict[str, Any]:
    """A proposed tour, planned, opened and with one problem."""
    tour = await taken(tours, await proposed(tours), "plan", PLAN, "safety_office")
    tours.today(date(2026, 6, 5))
    tour = await taken(tours, tour, "open", {"on": "2026-06-01"})
    return await taken(tours, tour, "findings", {"problems": ["储罐区无人值守"], "on": "2026-06-02"})


async def listed_zone(tours: Tours) -> None:
    body = {"region_code": ZONE, "from_day": "2025-01-01", "document": "演安委〔2025〕1号"}
    answer = await tours.post("/v1/listings", body, role="safety_office")
    assert answer.status_code == 201, answer.text


@pytest.mark.clause("art14")
async def test_story_4_a_special_tour_is_proposed_visited_rectified_rechecked_closed_and_moves_no_routine_date(
    tours: Tours,
) -> None:
    await listed_zone(tours)
    before = (await tours.get(COVERAGE)).json()
    assert {body["organ_id"] for body in before["bodies"]} == {str(uid("开发区党工委")), str(uid("开发区管委会"))}
    tour = await inspected(tours)
    assert tour["organ_ids"] == [str(one) for one in sorted((uid("开发区党工委"), uid("开发区管委会")))]
    finding = f"findings/{tour['findings'][0]['id']}"
    tour = await taken(tours, tour, f"{finding}/rectification", {"rectification": "已设双岗"}, "safety_office")
    seen = {"solved": True, "words": "现场核实"}
    path = f"{TOURS}/{tour['id']}/{finding}/recheck"
    same = await tours.post(path, seen, role="rechecker", seen=tour["version"], subject="dev:inspector")
    assert (same.status_code, same.json()["code"], same.json()["basis"][0]["clause"]) == (422, "same_person", "art14")
    result = {"result": "发现一个问题", "samples": 4}
    tour = await taken(tours, tour, "result", result)
    assert tour["official_ids"] == [str(uid("戊"))]
    early = await tours.post(f"{TOURS}/{tour['id']}/close", {}, role="inspector", seen=tour["version"])
    assert (early.status_code, early.json()["code"]) == (422, "findings_open")
    tour = await taken(tours, tour, f"{finding}/recheck", seen, "rechecker")
    tour = await taken(tours, tour, "close", {})
    assert (tour["state"], tour["closed_on"], tour["exercise"]) == ("closed", "2026-06-05", True)
    assert tour["findings"][0]["state"] == "closed"
    assert [basis["clause"] for basis in tour["basis"]] == ["art14", "art14"]
    assert (await tours.get(COVERAGE)).json() == before
    happened = "SELECT split_part(type, '.', 4), exercise FROM ledger WHERE aggregate_type = 'tour' ORDER BY seq"
    names = await tours.rows(happened)
    assert names == [
        (name, True)
        for name in (
            "proposed",
            "planned",
            "opened",
            "finding_recorded",
            "finding_rectified",
            "result_given",
            "finding_rechecked",
            "closed",
        )
    ]


@pytest.mark.clause("art14")
async def test_an_accident_proposes_one_tour_whatever_comes_twice_or_out_of_order(tours: Tours) -> None:
    first, second, third = cast.deliveries(
        accident("一般"), accident("较大", revised=True), accident("重大", revised=True)
    )
    consumer = tours.consumer("accidents")
    await consumer.apply([third, third])
    assert await tours.rows("SELECT state FROM tour") == []
    await consumer.apply([first])
    await consumer.apply([second, first, second, third])
    ids = await tours.rows("SELECT id, version, kind, state, region_code, path, exercise, accident_id FROM tour")
    assert [row[1:] for row in ids] == [
        (1, "special", "proposed", ZONE, list(cast.PATH), True, uid("爆炸")),
    ]
    assert await tours.rows("SELECT count(*) FROM ledger") == [(1,)]


@pytest.mark.clause("art14")
async def test_whatever_follows_an_accident_advances_the_position_and_proposes_no_second_tour(tours: Tours) -> None:
    grave = accident("较大")
    events = [kind.model_validate(grave.model_dump()) for kind in ACCIDENT_EVENTS]
    messages = cast.deliveries(*events)
    await tours.consumer("accidents").apply([*messages, *messages])
    assert await tours.rows("SELECT count(*) FROM tour") == [(1,)]
    position = "SELECT applied_version FROM position WHERE aggregate_type = 'accident'"
    assert await tours.rows(position) == [(len(ACCIDENT_EVENTS),)]


@pytest.mark.clause("art14")
async def test_an_ordinary_accident_proposes_none_and_a_proposal_may_be_declined_with_a_reason(tours: Tours) -> None:
    await tours.apply("accidents", accident("一般", name="小事故"))
    assert await tours.rows("SELECT state FROM tour") == []
    tour = await proposed(tours)
    bare = await tours.post(f"{TOURS}/{tour['id']}/decline", {"reason": " "}, role="safety_office", seen=1)
    assert (bare.status_code, bare.json()["code"]) == (422, "words_missing")
    assert (await taken(tours, tour, "decline", {"reason": "省级已派出巡查组"}, "safety_office"))["state"] == "declined"


async def test_the_roster_twice_and_out_of_order_gives_the_same_coverage(tours: Tours) -> None:
    path = f"/v1/coverage?region={CITY}&exercise=true"
    before = (await tours.get(path)).json()
    assert {body["organ_id"] for body in before["bodies"]} == {str(uid("县委")), str(uid("县政府"))}
    consumer = tours.consumer("roster")
    for one in reversed(cast.deliveries(*cast.roster())):
        await consumer.apply([one, one])
    assert (await tours.get(path)).json() == before


@pytest.mark.clause("art14")
async def test_coverage_goes_from_due_to_planned_to_visited_to_overdue_by_routine_tours_only(tours: Tours) -> None:
    def of_city(day: str) -> str:
        return f"/v1/coverage?region={CITY}&exercise=true&as_of={day}"

    async def party_committee(day: str) -> dict[str, Any]:
        bodies = (await tours.get(of_city(day), role="viewer")).json()["bodies"]
        return next(one for one in bodies if one["organ_id"] == str(uid("县委")))

    assert (await party_committee("2020-01-01"))["status"] == "due"
    assert (await party_committee("2026-05-21"))["status"] == "overdue"
    body = PLAN | {"region_code": COUNTY, "planned_for": "2026-05-21", "organ_ids": [str(uid("县委"))]}
    answer = await tours.post(TOURS, body, role="safety_office")
    assert answer.status_code == 201, answer.text
    tour = answer.json()
    assert (tour["kind"], tour["state"], tour["version"]) == ("routine", "planned", 1)
    planned = await party_committee("2026-05-21")
    assert (planned["status"], planned["planned_on"], planned["forecast_late"]) == ("overdue", "2026-05-21", True)
    tour = await taken(tours, tour, "open", {})
    tour = await taken(tours, tour, "findings", {"problems": []})
    tour = await taken(tours, tour, "result", {"result": "未发现问题", "samples": 1})
    visited = await party_committee("2026-09-01")
    assert (visited["status"], visited["last_routine_on"], visited["months_since"], visited["due_on"]) == (
        "visited",
        "2026-05-21",
        3,
        "2028-05-20",
    )
    late = await party_committee("2028-05-21")
    assert (late["overdue"], late["basis"][0]["clause"]) == (True, "art14")
    assert (await tours.get(f"/v1/coverage?region={CITY}")).json()["bodies"] == []


@pytest.mark.clause("art14")
@pytest.mark.parametrize(
    ("listing", "code"),
    [
        ({"organ_id": str(uid("县委")), "document": "文"}, "not_a_department"),
        ({"region_code": COUNTY, "document": "文"}, "visited_by_the_text"),
        ({"organ_id": str(uid("县应急局")), "document": " "}, "listing_incomplete"),
    ],
)
async def test_only_departments_and_zones_are_listed_and_by_a_document(
    tours: Tours, listing: dict[str, str], code: str
) -> None:
    answer = await tours.post("/v1/listings", {"from_day": "2025-01-01"} | listing, role="safety_office")
    assert (answer.status_code, answer.json()["code"], answer.json()["basis"][0]["clause"]) == (422, code, "art14")
    assert await tours.rows("SELECT count(*) FROM ledger") == [(0,)]


@pytest.mark.clause("art14")
async def test_a_listed_department_is_owed_a_tour_by_its_own_level(tours: Tours) -> None:
    body = {"organ_id": str(uid("县应急局")), "from_day": "2025-01-01", "document": "演安委〔2025〕2号"}
    headers = tours.running.acting("safety_office")
    made = await tours.running.http.post("/v1/listings", json=body, headers=headers)
    again = await tours.running.http.post("/v1/listings", json=body, headers=headers)
    assert (made.status_code, again.json()) == (201, made.json())
    covered = (await tours.get(COVERAGE)).json()["bodies"]
    assert [(one["organ_id"], one["basis"][0]["note"]) for one in covered] == [
        (str(uid("县应急局")), "演安委〔2025〕2号")
    ]
    assert (await tours.get("/v1/listings?exercise=true")).json()["items"] == [made.json()]
    assert (await tours.get("/v1/listings")).json()["items"] == []


@pytest.mark.clause("art14")
@pytest.mark.parametrize(
    ("step", "body", "code"),
    [
        ("plan", PLAN | {"planned_for": "2026-05-20"}, "plan_in_the_past"),
        ("plan", PLAN | {"team": []}, "plan_incomplete"),
        ("plan", PLAN | {"organ_ids": [str(uid("县委"))]}, "body_elsewhere"),
        ("open", {}, "step_not_open"),
        ("open", {"on": "2026-05-22"}, "day_not_come"),
        ("findings", {"problems": [" "]}, "problem_missing"),
        ("result", {"result": "无", "samples": 1}, "step_not_open"),
    ],
)
async def test_a_step_that_does_not_follow_or_lacks_something_is_refused_with_its_clause(
    tours: Tours, step: str, body: dict[str, Any], code: str
) -> None:
    tour = await proposed(tours)
    role = "safety_office"
    answer = await tours.post(f"{TOURS}/{tour['id']}/{step}", body, role=role, seen=1)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert {basis["clause"] for basis in answer.json()["basis"]} == {"art14"}
    assert await tours.rows("SELECT version FROM tour") == [(1,)]


async def test_tours_of_other_regions_are_not_there_and_exercises_stay_apart(tours: Tours) -> None:
    tour = await proposed(tours)
    path = f"{TOURS}/{tour['id']}"
    elsewhere: dict[str, Any] = {"regions": ["130100"]}
    assert (await tours.get(f"{TOURS}?exercise=true", **elsewhere)).json()["items"] == []
    assert (await tours.get(TOURS)).json()["items"] == []
    assert (await tours.get(f"{TOURS}?exercise=true&state=closed")).json()["items"] == []
    assert (await tours.get(path, **elsewhere)).status_code == 404
    for seen in (None, 1, 7):
        answer = await tours.post(f"{path}/plan", PLAN, role="safety_office", seen=seen, **elsewhere)
        assert (answer.status_code, answer.json()["code"]) == (404, "tour_not_found")
    routine = PLAN | {"region_code": COUNTY}
    assert (await tours.post(TOURS, routine, role="safety_office", **elsewhere)).status_code == 403
    assert (await tours.get(COVERAGE, **elsewhere)).status_code == 404
    listing = {"region_code": ZONE, "from_day": "2025-01-01", "document": "文"}
    assert (await tours.post("/v1/listings", listing, role="safety_office", **elsewhere)).status_code == 403
    assert (await tours.get(path, role="viewer")).status_code == 403
    assert (await tours.post(f"{path}/plan", PLAN, role="inspector", seen=1)).status_code == 403


async def test_a_change_names_the_version_it_has_seen_and_a_read_tells_it(tours: Tours) -> None:
    tour = await proposed(tours)
    path = f"{TOURS}/{tour['id']}"
    assert (await tours.post(f"{path}/plan", PLAN, role="safety_office")).status_code == 428
    assert (await tours.post(f"{path}/plan", PLAN, role="safety_office", seen=2)).status_code == 412
    read = await tours.get(path)
    assert (read.headers["etag"], read.json()) == ('"1"', tour)
    assert (await tours.get(f"{TOURS}/{uuid4()}")).status_code == 404
    planned = await taken(tours, tour, "plan", PLAN, "safety_office")
    unknown = await tours.post(
        f"{path}/findings/{uuid4()}/rectification", {"rectification": "x"}, role="inspector", seen=planned["version"]
    )
    assert (unknown.status_code, unknown.json()["code"]) == (404, "finding_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        PLAN | {"region_code": "县"},
        PLAN | {"region_code": COUNTY, "kind": "random"},
        PLAN | {"region_code": COUNTY, "team": ["x" * 201]},
        PLAN | {"region_code": COUNTY, "planned_for": "2026-02-30"},
        PLAN | {"region_code": COUNTY, "planned_for": "9999-12-31"},
    ],
)
async def test_a_malformed_plan_is_a_problem_and_writes_nothing(tours: Tours, body: dict[str, Any]) -> None:
    answer = await tours.post(TOURS, body, role="safety_office")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    unknown = await tours.post(TOURS, PLAN | {"region_code": "139999"}, role="safety_office")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "region_not_found")
    assert await tours.rows("SELECT count(*) FROM ledger") == [(0,)]


async def test_what_is_adopted_from_events_equals_what_lived(tours: Tours) -> None:
    await listed_zone(tours)
    tour = await inspected(tours)
    finding = f"findings/{tour['findings'][0]['id']}"
    tour = await taken(tours, tour, f"{finding}/rectification", {"rectification": "已设双岗"}, "safety_office")
    tour = await taken(tours, tour, f"{finding}/recheck", {"solved": False, "words": "仍无人"}, "rechecker")
    await taken(tours, tour, "result", {"result": "须继续整改", "samples": 2})
    state = "SELECT to_jsonb(t)::text FROM tour t UNION ALL SELECT to_jsonb(l)::text FROM listing l"
    lived = await tours.rows(state)
    assert len(lived) == 2
    entries = await tours.rows("SELECT type, data, version FROM ledger ORDER BY seq")
    async with tours.running.app.state.sessions() as session, session.begin():
        for table in ("tour", "listing"):
            await session.execute(sa.text(f"DELETE FROM {table}"))
        for kind, data, version in entries:
            found = contract(kind)
            assert found is not None
            event = found.model_validate(data)
            one = delivery(event, version, recorded=datetime(2026, 6, 5, tzinfo=UTC))
            await service().adopt[found](session, event, one)
    assert await tours.rows(state) == lived


async def test_agencies_read_results_and_no_plan_and_nobody_reads_names(tours: Tours) -> None:
    tour = await inspected(tours)
    await taken(tours, tour, "result", {"result": "发现一个问题", "samples": 2})
    rows = await tours.rows("SELECT split_part(type, '.', 4), agency_data, public_data FROM ledger ORDER BY seq")
    assert all(public is None for _, _, public in rows)
    assert [name for name, agency, _ in rows if agency is not None] == ["result_given"]
    agency = rows[-1][1]
    assert set(agency) == {"id", "kind", "state", "region_code", "organ_ids", "opened_on", "result_on"}


async def test_the_document_speaks_chinese_first_and_cites_the_statute(tours: Tours) -> None:
    document = (await tours.running.http.get("/openapi.json")).json()
    own = [
        one
        for path, methods in document["paths"].items()
        if path.startswith(("/v1/tours", "/v1/coverage", "/v1/listings"))
        for one in methods.values()
    ]
    assert len(own) == 14
    assert all(" · " in one["summary"] and one["x-legal-basis"] for one in own)


async def test_the_migrations_make_the_tables_that_the_code_means(tours: Tours) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
            return kind != "table" or name in metadata.tables

        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return list(compare_metadata(context, metadata))

    async with tours.running.app.state.runtime.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
