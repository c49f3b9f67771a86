"""Appraisal over HTTP on a real database: the story's steps 10 and 11, refusals, jurisdiction, restore."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.appraisal.handlers.appraisals import keep_veto
from services.appraisal.main import service
from services.appraisal.tables import metadata
from services.appraisal.tests import cast
from services.appraisal.tests.cast import BUREAU, ENTERPRISE, GENG, JI, veto
from services.appraisal.tests.conftest import Desk
from services.appraisal.tests.examples import uid
from shared.contracts.discipline import VetoLifted
from shared.contracts.inspection_tours import TourClosed, TourOpened
from shared.kernel.envelope import contract
from shared.kernel.testing import eventually
from shared.roster.tests.messages import delivery

APPRAISALS, VETTINGS = "/v1/appraisals", "/v1/vettings"
OF_JI = {"organ_id": str(BUREAU), "official_id": str(JI), "year": 2026}
NOMINEE = {"official_id": str(JI), "organ_id": str(BUREAU), "promotion": True}
SECTION = {"work_safety_section": "全年履行安全生产工作责任情况"}
AFTER_THE_MEASURE = date(2026, 12, 25)


async def graded(desk: Desk, grade: str = "优秀") -> str:
    """The path of 己's appraisal of 2026, graded on 2026-12-20."""
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, OF_JI))['id']}"
    await desk.taken(path, "report", SECTION)
    await desk.taken(path, "grade", {"grade": grade})
    return path


@pytest.mark.clause("art16", "art23")
async def test_story_10_a_veto_flags_the_given_grade_and_a_person_reopens_it(desk: Desk) -> None:
    path = await graded(desk)
    desk.today(AFTER_THE_MEASURE)
    await desk.apply("measures", veto(), cast.effect_period())
    flagged = (await desk.get(path)).json()
    assert (flagged["status"], flagged["grade"]["grade"], flagged["grade"]["given_on"]) == (
        "flagged",
        "优秀",
        "2026-12-20",
    )
    assert (flagged["flag"]["veto_ids"], flagged["flag"]["flagged_on"]) == ([str(uid("一票否决"))], "2026-12-25")
    assert {basis["clause"] for basis in flagged["flag"]["basis"]} == {"art23"}
    assert await desk.refused(path, "grade", {"grade": "称职"}) == (422, "step_not_open", {"art16"})
    assert (await desk.refused(path, "reopen", {"reason": " "}))[:2] == (422, "reason_missing")
    reopened = await desk.taken(path, "reopen", {"reason": "一票否决涉及2026年度"})
    assert (reopened["status"], reopened["grade"], reopened["reopenings"][0]["by"]) == (
        "reopened",
        None,
        "dev:organization",
    )
    assert await desk.refused(path, "grade", {"grade": "优秀"}) == (422, "excellence_barred", {"art23"})
    again = await desk.taken(path, "grade", {"grade": "称职", "reason": "重新评定"})
    assert (again["status"], again["flag"], [one["grade"] for one in again["grades"]]) == (
        "graded",
        None,
        ["优秀", "称职"],
    )
    assert await desk.happened() == ["opened", "reported", "graded", "flagged", "reopened", "graded"]
    assert await desk.rows("SELECT DISTINCT exercise FROM ledger") == [(True,)]


@pytest.mark.clause("art23")
async def test_a_veto_twice_and_out_of_order_flags_once_and_a_later_one_anew(desk: Desk) -> None:
    path = await graded(desk)
    lifted = veto(VetoLifted, through_day=date(2027, 3, 31))
    imposed, ended = cast.deliveries(veto(), lifted)
    consumer = desk.consumer("measures")
    await consumer.apply([ended, ended])
    assert (await desk.get(path)).json()["status"] == "graded"
    await consumer.apply([imposed, imposed])
    await consumer.apply([ended, imposed])
    assert await desk.rows("SELECT content ->> 'through_day' FROM veto") == [("2027-03-31",)]
    assert (await desk.happened()).count("flagged") == 1
    await desk.taken(path, "reopen", {"reason": "一票否决"})
    await desk.taken(path, "grade", {"grade": "基本称职"})
    await desk.apply("measures", veto(id=uid("另一否决"), from_day=date(2026, 12, 28)))
    anew = (await desk.get(path)).json()
    assert (anew["status"], anew["flag"]["veto_ids"]) == ("flagged", [str(uid("另一否决"))])


@pytest.mark.clause("art23")
@pytest.mark.parametrize(
    "other",
    [
        veto(from_day=date(2027, 1, 1)),
        veto(official_id=GENG),
        veto(bars=("unheard_of",)),
        veto(VetoLifted, through_day=date(2026, 12, 24)),
        cast.effect_period(),
    ],
)
async def test_a_grade_is_flagged_by_a_veto_of_that_official_and_year_only(desk: Desk, other: Any) -> None:
    path = await graded(desk)
    await desk.apply("measures", other)
    assert (await desk.get(path)).json()["status"] == "graded"


@pytest.mark.clause("art16", "art23")
async def test_a_veto_known_before_the_grade_refuses_excellence_and_flags_nothing_else(desk: Desk) -> None:
    await desk.apply("measures", veto())
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, OF_JI))['id']}"
    await desk.taken(path, "report", SECTION)
    assert await desk.refused(path, "grade", {"grade": "优秀"}) == (422, "excellence_barred", {"art23"})
    assert (await desk.taken(path, "grade", {"grade": "称职"}))["status"] == "graded"
    shorter = veto(VetoLifted, through_day=date(2027, 6, 30))
    await desk.apply("measures", veto(), shorter)
    assert (await desk.get(path)).json()["status"] == "graded"
    assert await desk.refused(path, "reopen", {"reason": "理由"}) == (422, "not_flagged", {"art16"})


@pytest.mark.clause("art16")
async def test_a_report_needs_its_work_safety_section_and_a_grade_needs_the_report(desk: Desk) -> None:
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, OF_JI))['id']}"
    assert await desk.refused(path, "grade", {"grade": "称职"}) == (422, "report_missing", {"art16"})
    missing = await desk.refused(path, "report", {"work_safety_section": " \n"})
    assert missing == (422, "work_safety_section_missing", {"art16"})
    assert await desk.refused(path, "report", SECTION | {"on": "2026-12-21"}) == (422, "day_not_come", {"art16"})
    assert (await desk.taken(path, "report", SECTION))["report"]["reported_by"] == "dev:organization"
    assert await desk.happened() == ["opened", "reported"]


@pytest.mark.clause("art16")
async def test_a_body_is_graded_when_it_and_every_member_have_reported(desk: Desk) -> None:
    body = {"organ_id": str(BUREAU), "year": 2026}
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, body))['id']}"
    await desk.taken(path, "report", SECTION)
    for official in (JI, GENG):
        assert await desk.refused(path, "grade", {"grade": "良好"}) == (422, "reports_missing", {"art16"})
        own = await desk.opened(APPRAISALS, body | {"official_id": str(official)})
        await desk.taken(f"{APPRAISALS}/{own['id']}", "report", SECTION)
    assert (await desk.taken(path, "grade", {"grade": "良好"}))["grade"]["grade"] == "良好"


@pytest.mark.clause("art16")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (OF_JI | {"official_id": str(uid("外人"))}, 422, "not_a_member"),
        (OF_JI | {"year": 2023}, 422, "not_a_member"),
        (OF_JI | {"year": 2027}, 422, "year_not_begun"),
        (OF_JI | {"organ_id": str(uuid4())}, 404, "organ_not_found"),
        (OF_JI | {"year": 1999}, 400, "invalid_request"),
        (OF_JI | {"kind": "monthly"}, 400, "invalid_request"),
        (OF_JI | {"grade": "优秀"}, 400, "invalid_request"),
    ],
)
async def test_an_appraisal_is_of_a_member_for_a_year_that_has_begun(
    desk: Desk, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await desk.post(APPRAISALS, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await desk.happened() == []


@pytest.mark.clause("art14", "art16")
async def test_tour_results_and_vetoes_are_shown_as_reference_whatever_comes_twice_or_late(desk: Desk) -> None:
    path = await graded(desk)
    begun, given, closed = cast.deliveries(
        cast.tour(TourOpened, state="opened", result="", official_ids=()), cast.tour(), cast.tour(TourClosed)
    )
    consumer = desk.consumer("tours")
    await consumer.apply([closed, given])
    assert (await desk.get(f"{path}/references")).json()["tours"] == []
    await consumer.apply([begun, begun, given, closed])
    last_year = cast.tour(id=uid("去年"), opened_on=date(2025, 6, 1))
    await desk.apply("tours", last_year)
    await desk.apply("measures", veto(), cast.effect_period())
    shown = (await desk.get(f"{path}/references")).json()
    assert shown["tours"] == [
        {"tour_id": str(uid("巡查")), "kind": "special", "visited_on": "2026-06-01", "result": "发现一个问题"}
    ]
    assert {(one["kind"], one["last_blocked_day"]) for one in shown["vetoes"]} == {
        ("veto", "2027-12-24"),
        ("effect_period", "2027-12-24"),
    }
    assert {basis["clause"] for basis in shown["basis"]} == {"art16", "art23", "政务处分法 第八条、第十九条"}


@pytest.mark.clause("art17", "art23")
async def test_story_11_vetting_names_clause_and_last_blocked_day_and_nothing_the_day_after(desk: Desk) -> None:
    await desk.apply("measures", veto(), cast.effect_period())
    desk.today(date(2027, 3, 1))
    vetting = await desk.opened(VETTINGS, NOMINEE | {"post_kind": "government_other_leader"})
    assert vetting["seeks"] == ["promotion", "leading_post", "higher_post"]
    assert (vetting["to_hear"], vetting["exercise"]) == (None, True)
    path = f"{VETTINGS}/{vetting['id']}"
    answer = (await desk.get(f"{path}/answer")).json()
    assert (answer["as_of"], answer["clear"]) == ("2027-03-01", False)
    promotion, *others = answer["sought"]
    assert [one["allowed"] for one in others] == [True, True]
    assert (promotion["allowed"], promotion["code"]) == (False, "veto_bars_promotion")
    assert "2027-12-24" in promotion["reason_zh"]
    assert {basis["clause"] for basis in promotion["basis"]} == {"art23", "政务处分法 第八条、第十九条"}
    assert {(one["bar"], one["last_blocked_day"]) for one in answer["standing"] if one["kind"] == "veto"} == {
        (bar, "2027-12-24") for bar in ("excellence_of_year", "advanced_titles", "promotion", "important_reassignment")
    }
    assert (await desk.get(f"{path}/answer?as_of=2027-12-24")).json()["clear"] is False
    after = (await desk.get(f"{path}/answer?as_of=2027-12-25")).json()
    assert (after["clear"], after["standing"], after["sought"][0]["allowed"]) == (True, [], True)


@pytest.mark.clause("art17", "art23")
async def test_a_favourable_conclusion_is_refused_while_barred_and_another_is_not(desk: Desk) -> None:
    await desk.apply("measures", veto())
    desk.today(date(2027, 3, 1))
    path = f"{VETTINGS}/{(await desk.opened(VETTINGS, NOMINEE))['id']}"
    good = {"favourable": True, "words": "同意提拔"}
    assert await desk.refused(path, "conclude", good) == (422, "record_missing", {"art17"})
    good["performance_record"] = "履职记录"
    assert await desk.refused(path, "conclude", good) == (422, "veto_bars_promotion", {"art23"})
    bad = good | {"favourable": False, "words": " "}
    assert await desk.refused(path, "conclude", bad) == (422, "words_missing", {"art17"})
    ended = await desk.taken(path, "conclude", bad | {"words": "影响期内，不予提拔"})
    assert (ended["conclusion"]["favourable"], ended["conclusion"]["by"]) == (False, "dev:organization")
    assert await desk.refused(path, "conclude", good) == (422, "concluded", {"art17"})
    assert await desk.happened() == ["opened", "concluded"]


@pytest.mark.clause("art17")
async def test_who_may_hold_no_leading_post_yet_is_not_recommended_for_one(desk: Desk) -> None:
    await desk.apply("measures", veto(kind="effect_period", bars=("leading_post",), basis=()))
    desk.today(date(2027, 3, 1))
    body = {"official_id": str(JI), "organ_id": str(BUREAU), "performance_record": "履职记录"}
    path = f"{VETTINGS}/{(await desk.opened(VETTINGS, body | {'post_kind': 'department_other_leader'}))['id']}"
    end = {"favourable": True, "words": "同意任职"}
    assert (await desk.refused(path, "conclude", end))[:2] == (422, "effect_period_bars_leading_post")
    assert (await desk.taken(path, "conclude", end | {"favourable": False}))["conclusion"] is not None


@pytest.mark.clause("art17")
async def test_the_principal_of_a_safety_regulator_is_concluded_only_after_the_superior_regulator_is_heard(
    desk: Desk,
) -> None:
    body = NOMINEE | {"official_id": str(GENG), "post_kind": "department_principal"}
    plain = await desk.post(VETTINGS, body)
    assert (plain.status_code, plain.json()["code"]) == (422, "regulator_principal")
    vetting = await desk.opened(
        VETTINGS, body | {"kind": "safety_regulator_principal", "performance_record": "履职记录"}
    )
    assert vetting["to_hear"] == "superior_safety_regulator"
    path, end = f"{VETTINGS}/{vetting['id']}", {"favourable": True, "words": "同意"}
    assert await desk.refused(path, "conclude", end) == (422, "not_heard", {"art17"})
    ask = {"organ": "superior_safety_regulator", "deadline": "2026-12-30", "proof": "sha256:request"}
    other = ask | {"organ": "same_level_safety_regulator"}
    assert await desk.refused(path, "hearings", other) == (422, "other_organ", {"art17"})
    assert (await desk.refused(path, "hearings", ask | {"deadline": "2026-12-19"}))[1] == "proof_missing"
    opinion = {"organ": "superior_safety_regulator", "adverse": True, "digest": "sha256:opinion"}
    assert (await desk.refused(path, "opinions", opinion))[:2] == (422, "not_sought")
    await desk.taken(path, "hearings", ask)
    assert await desk.refused(path, "conclude", end) == (422, "answer_pending", {"art17"})
    assert (await desk.refused(path, "opinions", opinion | {"on": "2026-12-19"}))[1] == "opinion_incomplete"
    heard = await desk.taken(path, "opinions", opinion)
    assert heard["hearings"][0]["opinion"]["adverse"] is True
    assert (await desk.refused(path, "opinions", opinion))[1] == "not_sought"
    assert (await desk.taken(path, "conclude", end))["conclusion"]["favourable"] is True
    assert await desk.happened() == ["opened", "opinion_sought", "opinion_recorded", "concluded"]


@pytest.mark.clause("art17")
async def test_an_opinion_that_was_sought_and_unanswered_by_its_deadline_is_heard(desk: Desk) -> None:
    body = NOMINEE | {"organ_id": str(ENTERPRISE), "kind": "enterprise_chief_safety_officer"}
    misplaced = await desk.post(VETTINGS, body | {"organ_id": str(BUREAU)})
    assert (misplaced.status_code, misplaced.json()["code"]) == (422, "not_an_enterprise")
    path = f"{VETTINGS}/{(await desk.opened(VETTINGS, body | {'performance_record': '履职记录'}))['id']}"
    ask = {"organ": "same_level_safety_regulator", "deadline": "2026-12-30", "proof": "sha256:request"}
    await desk.taken(path, "hearings", ask)
    desk.today(date(2026, 12, 31))
    ended = await desk.taken(path, "conclude", {"favourable": True, "words": "同意"})
    assert ended["conclusion"]["on"] == "2026-12-31"


async def test_other_regions_see_nothing_and_exercises_stay_apart(desk: Desk) -> None:
    path = await graded(desk)
    vetting = f"{VETTINGS}/{(await desk.opened(VETTINGS, NOMINEE))['id']}"
    elsewhere: dict[str, Any] = {"regions": ["130100"]}
    for listed, one in ((APPRAISALS, path), (VETTINGS, vetting)):
        assert (await desk.get(listed)).json()["items"] == []
        assert len((await desk.get(f"{listed}?exercise=true")).json()["items"]) == 1
        assert (await desk.get(f"{listed}?exercise=true", **elsewhere)).json()["items"] == []
        assert (await desk.get(one, **elsewhere)).status_code == 404
        assert (await desk.get(one, role="viewer")).status_code == 403
    for read in (f"{path}/references", f"{vetting}/answer"):
        assert (await desk.get(read, **elsewhere)).status_code == 404
    for seen in (None, 1, 3):
        answer = await desk.post(f"{path}/reopen", {"reason": "x"}, seen=seen, **elsewhere)
        assert answer.status_code == 404
        answer = await desk.post(f"{vetting}/conclude", {"favourable": True, "words": "x"}, seen=seen, **elsewhere)
        assert answer.status_code == 404
    assert (await desk.post(APPRAISALS, OF_JI | {"kind": "other"}, **elsewhere)).status_code == 403
    assert (await desk.post(VETTINGS, NOMINEE, **elsewhere)).status_code == 403
    assert (await desk.post(APPRAISALS, OF_JI | {"kind": "other"}, role="viewer")).status_code == 403
    assert (await desk.get(f"{APPRAISALS}?exercise=true&year=2025")).json()["items"] == []


async def test_a_change_names_the_version_it_has_seen_and_a_key_makes_once(desk: Desk) -> None:
    headers = desk.running.acting("organization")
    made = await desk.running.http.post(APPRAISALS, json=OF_JI, headers=headers)
    again = await desk.running.http.post(APPRAISALS, json=OF_JI, headers=headers)
    assert (made.status_code, again.status_code, again.json()) == (201, 201, made.json())
    twice = await desk.post(APPRAISALS, OF_JI)
    assert (twice.status_code, twice.json()["code"]) == (409, "appraisal_exists")
    path = f"{APPRAISALS}/{made.json()['id']}"
    assert (await desk.post(f"{path}/report", SECTION)).status_code == 428
    assert (await desk.post(f"{path}/report", SECTION, seen=2)).status_code == 412
    vetting = f"{VETTINGS}/{(await desk.opened(VETTINGS, NOMINEE))['id']}"
    end = {"favourable": False, "words": "不予提拔", "performance_record": "x"}
    assert (await desk.post(f"{vetting}/conclude", end)).status_code == 428
    assert (await desk.post(f"{vetting}/conclude", end, seen=9)).status_code == 412
    unknown = await desk.post(VETTINGS, NOMINEE | {"official_id": str(uuid4())})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "nominee_not_found")
    assert await desk.happened() == ["opened", "opened"]


@pytest.mark.clause("art23")
async def test_excellence_given_while_a_veto_arrives_waits_for_it_and_is_refused(desk: Desk) -> None:
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, OF_JI))['id']}"
    await desk.taken(path, "report", SECTION)

    async def waits() -> bool:
        waiting = (
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return await desk.rows(waiting) == [(1,)]

    async with desk.consumer("measures").unit_of_work() as work:
        await keep_veto(work, veto(), exercise=True)
        grading = asyncio.create_task(desk.post(f"{path}/grade", {"grade": "优秀"}, seen=2))
        await eventually(waits, what="the grade waits for the veto")
        await work.commit()
    answer = await grading
    assert (answer.status_code, answer.json()["code"]) == (422, "excellence_barred")


async def test_a_grade_of_an_exercise_is_untouched_by_a_real_veto(desk: Desk) -> None:
    path = await graded(desk)
    real = veto(exercise=False)
    one = delivery(real, 1, recorded=datetime(2026, 12, 25, tzinfo=UTC), exercise=False)
    await desk.consumer("measures").apply([one])
    assert (await desk.get(path)).json()["status"] == "graded"


async def test_what_is_adopted_from_events_equals_what_lived(desk: Desk) -> None:
    path = await graded(desk)
    await desk.apply("measures", veto())
    await desk.taken(path, "reopen", {"reason": "一票否决"})
    vetting = await desk.opened(
        VETTINGS,
        NOMINEE | {"post_kind": "department_principal", "kind": "safety_regulator_principal"},
    )
    ask = {"organ": "superior_safety_regulator", "deadline": "2026-12-30", "proof": "sha256:request"}
    await desk.taken(f"{VETTINGS}/{vetting['id']}", "hearings", ask)
    opinion = {"organ": "superior_safety_regulator", "adverse": False, "digest": "sha256:opinion"}
    await desk.taken(f"{VETTINGS}/{vetting['id']}", "opinions", opinion)
    state = "SELECT to_jsonb(a)::text FROM appraisal a UNION ALL SELECT to_jsonb(v)::text FROM vetting v"
    lived = await desk.rows(state)
    assert len(lived) == 2
    entries = await desk.rows("SELECT type, data, version FROM ledger ORDER BY seq")
    async with desk.running.app.state.sessions() as session, session.begin():
        for table in ("appraisal", "vetting"):
            await session.execute(sa.text(f"DELETE FROM {table}"))
        for kind, data, version in entries:
            found = contract(kind)
            assert found is not None
            event = found.model_validate(data)
            one = delivery(event, version, recorded=datetime(2026, 12, 25, tzinfo=UTC))
            await service().adopt[found](session, event, one)
    assert await desk.rows(state) == lived


async def test_nothing_of_appraisal_leaves_the_services(desk: Desk) -> None:
    await graded(desk)
    await desk.opened(VETTINGS, NOMINEE)
    assert set(await desk.rows("SELECT agency_data, public_data FROM ledger")) == {(None, None)}


async def test_the_document_speaks_chinese_first_and_cites_the_statute(desk: Desk) -> None:
    document = (await desk.running.http.get("/openapi.json")).json()
    own = [
        one
        for path, methods in document["paths"].items()
        if path.startswith(("/v1/appraisals", "/v1/vettings"))
        for one in methods.values()
    ]
    assert len(own) == 14
    assert all(" · " in one["summary"] and one["x-legal-basis"] for one in own)


async def test_the_migrations_make_the_tables_that_the_code_means(desk: Desk) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
            return kind != "table" or name in metadata.tables

        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return list(compare_metadata(context, metadata))

    async with desk.running.app.state.runtime.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
