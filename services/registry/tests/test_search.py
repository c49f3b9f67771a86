"""Searching: by characters, pinyin, initials and code, within one's regions, by index."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.registry import tables
from services.registry.facts.names import Spoken, plain, spoken
from services.registry.repository.search import found_by
from services.registry.repository.states import visible
from services.registry.tests.clerk import Clerk, days
from services.registry.tests.conftest import Calendar
from services.registry.tests.test_api_regions import BY

CODE = "91130000MA0000001W"


@pytest.mark.parametrize(
    ("name", "reading", "pinyin", "initials"),
    [
        ("单演练", None, "shanyanlian", "syl"),
        ("仇演练", None, "qiuyanlian", "qyl"),
        ("曾演练", None, "zengyanlian", "zyl"),
        ("解演练", None, "xieyanlian", "xyl"),
        ("尉迟演练", None, "yuchiyanlian", "ycyl"),
        ("覃演练", None, "qinyanlian", "qyl"),
        ("覃演练", "Tán", "tanyanlian", "tyl"),
        ("吕演练", None, "lvyanlian", "lyl"),
        ("演练甲", None, "yanlianjia", "ylj"),
        ("乐乐", "Yuè Lè", "yuele", "yl"),
    ],
)
def test_a_surname_is_read_as_a_surname_unless_another_reading_is_recorded(
    name: str, reading: str | None, pinyin: str, initials: str
) -> None:
    assert spoken(name, reading, person=True) == Spoken(pinyin, initials)


def test_what_is_no_person_has_no_surname() -> None:
    assert spoken("单位").pinyin == "danwei"
    assert plain("Lǚ  Shān'xī") == "lvshanxi"


@given(st.text(max_size=20), st.booleans())
def test_every_text_can_be_read(name: str, person: bool) -> None:
    said = spoken(name, person=person)
    assert len(said.initials) <= max(len(said.pinyin), 0)


async def named(clerk: Clerk, **asked: Any) -> list[str]:
    found = await clerk.get("/v1/officials", exercise=True, **asked)
    return sorted(one["name"] for one in found["items"])


@pytest.mark.clause("art2")
async def test_officials_are_found_by_characters_pinyin_and_initials_within_ones_regions(clerk: Clerk) -> None:
    for name, reading in (("单演练甲", None), ("单演练乙", "Dān"), ("仇演练", None)):
        body = {"name": name, "region_code": "139901", "exercise": True, "reading": reading}
        await clerk.post("/v1/officials", body)
    assert await named(clerk, q="单演") == ["单演练乙", "单演练甲"]
    assert await named(clerk, q="shan") == ["单演练甲"]
    assert await named(clerk, q="Shàn Yǎn") == ["单演练甲"]
    assert await named(clerk, q="dan") == ["单演练乙"]
    assert await named(clerk, q="QYL") == ["仇演练"]
    assert await named(clerk, q="演") == []
    assert await named(clerk, q="%") == []
    elsewhere = clerk.acting("registrar", regions=("130100",))
    assert await named(elsewhere, q="shan") == []
    (one,) = (await clerk.get("/v1/officials", exercise=True, q="dan"))["items"]
    body = {"name": "单演练乙", "reading": "Shàn", "reason": "读音更正"}
    await clerk.put(f"/v1/officials/{one['id']}", body, seen=1)
    assert await named(clerk, q="shan") == ["单演练乙", "单演练甲"]
    assert await named(clerk, q="dan") == []


@pytest.mark.clause("art2")
async def test_organs_are_found_by_credit_code_and_regions_by_code_and_a_wrong_code_is_refused(clerk: Clerk) -> None:
    body = {
        "name": "演练县应急管理局",
        "kind": "government_department",
        "region_code": "139901",
        "credit_code": CODE,
        **days("2018-01-01"),
    }
    organ = await clerk.post("/v1/organs", body)
    assert organ["credit_code"] == CODE
    for asked in ("91130000MA", "yanlianxianyingji", "ylxyjglj", "演练县"):
        found = await clerk.get("/v1/organs", exercise=True, q=asked)
        assert [one["id"] for one in found["items"]] == [organ["id"]], asked
    regions = await clerk.get("/v1/regions", exercise=True, q="139901")
    assert {one["code"][:6] for one in regions["items"]} == {"139901"}
    wrong = await clerk.refusal("POST", "/v1/organs", {**body, "credit_code": CODE[:-1] + "0"})
    assert wrong[:2] == (422, "credit_code_invalid")
    change = {"name": "演练县应急局", "roles": [], "reason": "更名", **days("2018-01-01")}
    kept = await clerk.put(f"/v1/organs/{organ['id']}", change, seen=1)
    assert kept["credit_code"] == CODE, "a code that is not given stays"


@pytest.mark.clause("art2")
async def test_a_name_recorded_ahead_is_found_on_its_day_and_what_was_found_before_is_found_as_known_then(
    clerk: Clerk, calendar: Calendar
) -> None:
    body = {"name": "演练县安监局", "kind": "government_department", "region_code": "139901", **days("2018-01-01")}
    organ = await clerk.post("/v1/organs", body)
    recorded = organ["recorded_at"]
    calendar.turn_to(2026, 5, 21, 9)
    reform = {"document": "文", "issuer": "演练市委", "issued_on": "2026-05-01", "kind": "renamed", "day": "2026-06-01"}
    await clerk.post(f"/v1/organs/{organ['id']}/succession", {**reform, "new_name": "演练县应急局"}, seen=1)
    path = "/v1/regions/139901100"
    seen = int((await clerk.send("GET", path)).headers["etag"].strip('"'))
    called = (await clerk.get(path))["name"]
    await clerk.put(f"{path}/name", {"name": "新演练镇", "from_day": "2026-06-01", **BY}, seen=seen)

    async def found(what: str, q: str, **asked: Any) -> list[str]:
        return [one["name"] for one in (await clerk.get(f"/v1/{what}", exercise=True, q=q, **asked))["items"]]

    for q, on_the_day, name in (("yanlianxianan", [], "演练县安监局"), ("ylxyjj", ["演练县应急局"], "演练县应急局")):
        before = [] if on_the_day else [name]
        assert await found("organs", q) == before, "today"
        assert await found("organs", q, as_of="2026-05-31") == before
        assert await found("organs", q, as_of="2026-06-01") == on_the_day
        assert len(await found("organs", q, history=True)) == 1, "any name it ever has"
    assert await found("organs", "yanlianxianan", as_of="2026-06-01", known_at=recorded) == ["演练县安监局"]
    assert await found("regions", "xinyanlian") == []
    assert await found("regions", "xinyanlian", as_of="2026-06-01") == ["新演练镇"]
    assert called not in await found("regions", called, as_of="2026-06-01")
    calendar.turn_to(2026, 6, 1, 9)
    assert (await found("organs", "ylxyjj"), await found("regions", "新演练")) == (["演练县应急局"], ["新演练镇"])
    assert await found("organs", "演练县安") == []
    assert called in await found("regions", called, as_of="2026-05-31")


@pytest.mark.clause("art2")
async def test_who_was_registered_under_a_name_that_was_corrected_is_found_by_it_as_known_then(
    clerk: Clerk, calendar: Calendar
) -> None:
    body = {"name": "演练甲", "region_code": "139901", "exercise": True}
    made = await clerk.post("/v1/officials", body)
    calendar.turn_to(2026, 5, 21, 9)
    await clerk.put(f"/v1/officials/{made['id']}", {"name": "演练丁", "reason": "姓名更正"}, seen=1)
    assert await named(clerk, q="yanlianjia") == []
    assert await named(clerk, q="yanlianjia", known_at=made["recorded_at"]) == ["演练甲"]
    assert await named(clerk, q="yanlianding", known_at=made["recorded_at"]) == []


async def test_searches_use_the_indexes(clerk: Clerk) -> None:
    invented = sa.text(
        "INSERT INTO official (id, version, recorded_at, exercise, path, name, pinyin, initials)"
        " SELECT gen_random_uuid(), 1, now(), true, '{130000}', '演练' || n, md5(n::text), left(md5((n + 1)::text), 3)"
        " FROM generate_series(1, 20000) AS n"
    )
    organs = sa.text(
        "INSERT INTO organ (id, version, recorded_at, exercise, path, name, kind, region_code, roles, from_day, names,"
        " successions, predecessor_ids, pinyin, initials)"
        " SELECT id, 1, recorded_at, true, path, name, 'government', '139901', '[]', '2018-01-01', '[]', '[]', '{}',"
        " pinyin, initials FROM official"
    )
    async with clerk.running.app.state.sessions() as session, session.begin():
        await session.execute(invented)
        await session.execute(organs)
    asked_of = [(tables.official, asked) for asked in ("演练1999", "abcde", "ylj")]
    for table, asked in (*asked_of, (tables.organ, "演练1999"), (tables.organ, "abcde")):
        async with clerk.running.app.state.sessions() as session:
            moment = datetime(2026, 5, 1, tzinfo=UTC)
            shown = visible(table, moment), found_by(table, asked, day=moment.date(), known_at=moment)
            query = sa.select(table.c.id).where(*shown)
            text = query.compile(session.bind, compile_kwargs={"literal_binds": True})
            lines = (await session.execute(sa.text(f"EXPLAIN {text}"))).scalars().all()
        plan = "\n".join(lines)
        assert "Seq Scan" not in plan, plan
        assert "_prefix" in plan, plan
