"""Searching: by characters, pinyin, initials and code, within one's regions, by index."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.registry import tables
from services.registry.facts.names import Spoken, plain, spoken
from services.registry.repository.search import found_by
from services.registry.tests.clerk import Clerk, days

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


async def test_searches_use_the_indexes(clerk: Clerk) -> None:
    invented = sa.text(
        "INSERT INTO official (id, version, recorded_at, exercise, path, name, pinyin, initials)"
        " SELECT gen_random_uuid(), 1, now(), true, '{130000}', '演练' || n, md5(n::text), left(md5((n + 1)::text), 3)"
        " FROM generate_series(1, 20000) AS n"
    )
    async with clerk.running.app.state.sessions() as session, session.begin():
        await session.execute(invented)
    for asked in ("演练1999", "abcde", "ylj"):
        async with clerk.running.app.state.sessions() as session:
            query = sa.select(tables.official.c.id).where(found_by(tables.official, asked))
            text = query.compile(session.bind, compile_kwargs={"literal_binds": True})
            lines = (await session.execute(sa.text(f"EXPLAIN {text}"))).scalars().all()
        plan = "\n".join(lines)
        assert "Seq Scan" not in plan, plan
        assert "_prefix" in plan, plan
