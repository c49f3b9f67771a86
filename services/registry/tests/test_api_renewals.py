"""What is put on record later renews the accidents that it touches: competence, the place of a region, one person."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.registry.handlers.saving import becoming, save
from services.registry.repository import states
from services.registry.rules.divisions import EXERCISE_FIRST_DAY, region_id
from services.registry.tests.clerk import Clerk, Story, days, explosion, step
from services.registry.tests.conftest import Calendar
from services.registry.tests.test_api_regions import BY, second_city
from services.registry.tests.test_api_roster import appointment, official, organ, post
from shared.contracts.registry import RegionChanged, RegionState
from shared.kernel.envelope import Ref
from shared.kernel.tables import ledger
from shared.kernel.unit_of_work import UnitOfWork

DINGZHOU = "130682"


async def kinds(clerk: Clerk, accident: Any) -> list[str]:
    return [one["type"].split(".")[3] for one in await clerk.events("accident", accident["id"])]


async def version(clerk: Clerk, path: str) -> int:
    return int((await clerk.send("GET", path)).headers["etag"].strip('"'))


@pytest.mark.clause("art21.4")
async def test_competence_confirmed_later_renews_the_accidents_of_its_days_and_clears_or_sets_the_alarm(
    clerk: Clerk, calendar: Calendar
) -> None:
    await clerk.load_divisions(exercise_only=False)
    region = await clerk.get("/v1/regions/130100")
    assert "设区的市级人民政府" in region["competences"][0]["document"], "what the text itself names rests on the text"
    made = await clerk.post("/v1/accidents", explosion(region_code=DINGZHOU, report_steps=[]))
    played = await clerk.post("/v1/accidents", explosion(region_code=DINGZHOU, report_steps=[], exercise=True))
    earlier = explosion(region_code=DINGZHOU, report_steps=[], occurred_at="2025-12-31T10:00:00+08:00")
    earlier["casualties"] = {"deaths": [{"count": 3, "died_on": "2025-12-31"}]}
    before = await clerk.post("/v1/accidents", earlier)
    codes = [[alarm["code"] for alarm in one["alarms"]] for one in (made, before)]
    assert [("competence_unconfirmed" in one) for one in codes] == [True, True]
    calendar.turn_to(2026, 5, 25, 9)
    path = f"/v1/regions/{DINGZHOU}"
    confirmed = {"competence": "city", "from_day": "2026-01-01", **BY}
    await clerk.put(f"{path}/competence", confirmed, seen=await version(clerk, path))
    now = await clerk.get(f"/v1/accidents/{made['id']}")
    assert (now["version"], now["investigating_region"], now["chain"]["version"]) == (2, DINGZHOU, 1)
    assert "competence_unconfirmed" not in {one["code"] for one in now["alarms"]}
    assert await kinds(clerk, made) == await kinds(clerk, played) == ["recorded", "jurisdiction_revised"]
    then = await clerk.get(f"/v1/accidents/{made['id']}", known_at=made["recorded_at"])
    assert (then["investigating_region"], "competence_unconfirmed" in {one["code"] for one in then["alarms"]}) == (
        None,
        True,
    )
    untouched = await clerk.get(f"/v1/accidents/{before['id']}")
    assert (untouched["version"], untouched["investigating_region"]) == (1, None), "not confirmed for that day"
    withdrawn = {"competence": None, "from_day": "2026-01-01", **BY}
    await clerk.put(f"{path}/competence", withdrawn, seen=await version(clerk, path))
    again = await clerk.get(f"/v1/accidents/{made['id']}")
    assert (again["version"], again["investigating_region"]) == (3, None)
    assert "competence_unconfirmed" in {one["code"] for one in again["alarms"]}


@pytest.mark.clause("art2", "art6.5")
async def test_a_region_has_the_name_and_the_place_of_the_day(clerk: Clerk, calendar: Calendar) -> None:
    await clerk.load_divisions(exercise_only=False)
    for code, day, name, parent in (
        ("130502", "2019-12-31", "桥东区", "130500"),
        ("130502", "2020-01-01", "襄都区", "130500"),
        ("130602", "2014-12-31", "新市区", "130600"),
        ("130602", "2015-01-01", "竞秀区", "130600"),
        ("130638", "2017-03-31", "雄县", "130600"),
        ("130638", "2017-04-01", "雄县", "133100"),
    ):
        found = await clerk.get(f"/v1/regions/{code}", as_of=day)
        assert (found["name"], found["admin_parent"], found["path"]) == (name, parent, ["130000", parent, code])
    calendar.turn_to(2026, 6, 1, 9)
    casualties = {"deaths": [{"count": 1, "died_on": "2016-05-20"}]}
    old = explosion(
        region_code="130638", occurred_at="2016-05-20T10:00:00+08:00", report_steps=[], casualties=casualties
    )
    made = await clerk.post("/v1/accidents", old)
    assert (made["path"], made["investigating_region"]) == (["130000", "130600", "130638"], "130638")
    larger = {"casualties": {"deaths": [{"count": 3, "died_on": "2016-05-20"}]}, "reason": "续报"}
    after = await clerk.post(f"/v1/accidents/{made['id']}/revisions", larger, seen=1)
    assert after["investigating_region"] == "130600", "before 雄安 was founded, 保定 investigated"


@pytest.mark.clause("art21.4")
async def test_a_region_moved_for_past_days_takes_its_accidents_along_and_the_past_answer_stays(
    story: Story, calendar: Calendar
) -> None:
    clerk = story.clerk
    await second_city(clerk)
    made = await clerk.post("/v1/accidents", explosion(region_code="139901100"))
    old = await clerk.post(
        "/v1/accidents",
        explosion(
            region_code="139901100",
            occurred_at="2026-03-01T10:00:00+08:00",
            report_steps=[],
            casualties={"deaths": [{"count": 1, "died_on": "2026-03-01"}]},
        ),
    )
    calendar.turn_to(2026, 6, 1, 9)
    path = "/v1/regions/139901100"
    body = {"admin_parent": "139902", "from_day": "2026-05-01", **BY}
    await clerk.put(f"{path}/admin-parent", body, seen=await version(clerk, path))
    now = await clerk.get(f"/v1/accidents/{made['id']}")
    assert (now["path"], now["chain"]["version"]) == (["130000", "139900", "139902", "139901100"], 2)
    assert not {one["region_code"] for one in now["chain"]["entries"]} & {"139901"}
    assert await kinds(clerk, made) == ["recorded", "moved", "jurisdiction_revised"]
    for region, ids in (("139902", [made["id"]]), ("139901", [old["id"]])):
        found = await clerk.get("/v1/accidents", exercise=True, region=region)
        assert [one["id"] for one in found["items"]] == ids
    then = await clerk.get("/v1/accidents", exercise=True, region="139901", known_at=made["recorded_at"])
    assert made["id"] in {one["id"] for one in then["items"]}
    assert (await clerk.get(f"/v1/accidents/{old['id']}"))["version"] == 1, "it lay there before the move"
    async with clerk.running.app.state.sessions() as session:
        told = sa.select(ledger.c.place).where(ledger.c.aggregate_id == UUID(made["id"])).order_by(ledger.c.version)
        places = list((await session.execute(told)).scalars())
    assert places == [
        "130000.139900.139901.139901100",
        "130000.139900.139901.139901100",
        "130000.139900.139902.139901100",
    ]


@pytest.mark.clause("art21.4")
async def test_a_list_that_corrects_a_region_renews_its_accidents_and_leaves_what_somebody_confirmed(
    clerk: Clerk, calendar: Calendar
) -> None:
    identity = region_id("139900", EXERCISE_FIRST_DAY)
    async with UnitOfWork(clerk.running.app.state.sessions, service="registry", actor="tester") as work:
        await work.lock(Ref("region", identity))
        known = await states.one(work.session, RegionState, identity)
        assert known is not None
        older = becoming(RegionChanged, known.state, competence=None, competences=())
        await save(work, older, older.path)
        await work.commit()
    made = await clerk.post("/v1/accidents", explosion())
    assert [one["code"] for one in made["alarms"]] == ["competence_unconfirmed"]
    calendar.turn_to(2026, 5, 21, 9)
    loaded = await clerk.load_divisions(exercise_only=True)
    assert (loaded["registered"], loaded["changed"]) == (0, 1)
    now = await clerk.get(f"/v1/accidents/{made['id']}")
    assert (now["version"], now["investigating_region"]) == (2, "139900")
    path = "/v1/regions/139900"
    body = {"competence": "county", "from_day": "2026-01-01", **BY}
    await clerk.put(f"{path}/competence", body, seen=await version(clerk, path))
    again = await clerk.load_divisions(exercise_only=True)
    assert (again["registered"], again["changed"]) == (0, 0)


@pytest.mark.clause("art27")
async def test_one_person_under_two_records_is_listed_once_with_both_ids_and_separated_again(
    clerk: Clerk, calendar: Calendar
) -> None:
    seat = await post(clerk)
    one, other = await official(clerk, "演练甲"), await official(clerk, "演练甲")
    await appointment(clerk, seat["id"], one["id"], "2025-01-01", "2026-01-31")
    await appointment(clerk, seat["id"], other["id"], "2026-02-01")
    made = await clerk.post("/v1/accidents", explosion())
    assert [one["official_id"] for one in made["chain"]["earlier_holders"]] == [one["id"]]
    calendar.turn_to(2026, 5, 21, 9)
    await clerk.post(f"/v1/officials/{one['id']}/merge", {"into": other["id"], "reason": "同一人"}, seen=1)
    now = await clerk.get(f"/v1/accidents/{made['id']}")
    assert (now["version"], now["chain"]["earlier_holders"]) == (2, []), "the present holder is no earlier one"
    (listed,) = [entry for entry in now["chain"]["entries"] if entry["post_id"] == seat["id"]]
    assert (listed["official_id"], listed["other_official_ids"]) == (other["id"], [one["id"]])
    question = {"region": "139901", "as_of": "2026-01-15"}
    compared = await clerk.get("/v1/responsibility", **question, compared_with=made["recorded_at"])
    (change,) = compared["difference"]["changes"]
    assert [cause["event_type"] for cause in change["causes"]] == ["anze.registry.official.merged.v1"]
    answer = await clerk.get("/v1/responsibility", **question)
    (then,) = [entry for entry in answer["entries"] if entry["post_id"] == seat["id"]]
    assert (then["official_id"], then["official_merged_into"], then["other_official_ids"]) == (
        one["id"],
        other["id"],
        [other["id"]],
    )
    await organ(clerk, name="县安委会", kind="safety_committee")
    seats = await clerk.get("/v1/safety-committee", region="139901", as_of="2026-01-15")
    (chair,) = seats["seats"]
    assert (chair["official_id"], chair["official_merged_into"], chair["other_official_ids"]) == (
        one["id"],
        other["id"],
        [other["id"]],
    )
    scope = await clerk.get(f"/v1/officials/{other['id']}/scope", as_of="2026-01-15")
    assert scope["in_scope"] is True, "what was held under the other record was held by the person"
    await clerk.post(f"/v1/officials/{one['id']}/separate", {"reason": "并非同一人"}, seen=2)
    apart = await clerk.get(f"/v1/accidents/{made['id']}")
    assert (apart["version"], len(apart["chain"]["earlier_holders"])) == (3, 1)


@pytest.mark.clause("art21.3")
async def test_a_late_report_alarms_each_with_its_clause_until_it_is_withdrawn(
    clerk: Clerk, calendar: Calendar
) -> None:
    late = [step("unit", 14, 35), step("county", 15, 36, "unit"), step("city", 17, 50, "county")]
    made = await clerk.post("/v1/accidents", explosion(report_steps=late))
    found = [(one["code"], [ground["clause"].split()[-1] for ground in one["basis"]]) for one in made["alarms"]]
    assert found == [("reported_late", ["第九条", "art21.3"]), ("reported_late", ["第十一条", "art21.3"])]
    unit, county = made["alarms"]
    assert ("事故发生单位" in unit["reason_zh"], unit["basis"][1]["kind"]) == (True, "reading")
    assert ("县级应于2026-05-20 17:36" in county["reason_zh"], county["basis"][1]["kind"]) == (True, "text")
    calendar.turn_to(2026, 5, 20, 20)
    path = f"/v1/accidents/{made['id']}"
    owed = await clerk.get(path)
    assert [one["code"] for one in owed["alarms"]] == ["reported_late", "reported_late", "report_overdue"]
    assert "至今未报" in owed["alarms"][2]["reason_zh"]
    listed = await clerk.get("/v1/accident-alarms", exercise=True)
    assert [one["accident"]["id"] for one in listed["items"]] == [made["id"]]
    in_time = await clerk.get(path, as_of="2026-05-20", known_at=made["recorded_at"])
    assert [one["code"] for one in in_time["alarms"]] == ["reported_late", "reported_late"]
    await clerk.post(f"{path}/report-steps/3/withdrawal", {"reason": "误登"}, seen=1)
    await clerk.post(f"{path}/report-steps", {"steps": [step("city", 17, 0, "county")]}, seen=2)
    again = await clerk.get(path)
    assert [one["code"] for one in again["alarms"]] == ["reported_late", "report_overdue"]


@pytest.mark.clause("art27")
async def test_who_answered_until_a_portfolio_or_a_post_ended_in_the_window_is_an_earlier_holder(story: Story) -> None:
    clerk = story.clerk
    body = {"industries": ["C26"], "reason": "分工调整", **days("2025-01-10", "2026-04-30")}
    await clerk.put(f"/v1/portfolios/{story['县化工分管 portfolio']}", body, seen=1)
    made = await clerk.post("/v1/accidents", explosion())
    assert "县化工分管" not in {one["title"] for one in made["chain"]["entries"]}
    earlier = {one["title"]: one for one in made["chain"]["earlier_holders"]}
    assert set(earlier) == {"县委书记", "县化工分管"}
    assert earlier["县化工分管"]["official_id"] == story["辛"]
    assert "2026-04-30" in earlier["县化工分管"]["reason_zh"]
    assert earlier["县化工分管"]["basis"][-1]["kind"] == "reading"
    decided = {
        "document": "文",
        "issuer": "演练市委",
        "issued_on": "2026-04-01",
        "kind": "abolished",
        "day": "2026-05-01",
    }
    await clerk.post(f"/v1/organs/{story['县应急局']}/succession", decided, seen=1)
    now = await clerk.get(f"/v1/accidents/{made['id']}")
    gone = {one["title"] for one in now["chain"]["earlier_holders"]}
    assert gone == {"县委书记", "县化工分管", "县应急局长", "县应急副局长"}
