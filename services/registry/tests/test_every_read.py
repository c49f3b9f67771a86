"""Every read of something dated takes `as_of` and `known_at`, and answers otherwise for an earlier day or moment.

The routes are read from the OpenAPI document, so a read that is added with neither both parameters nor a reason fails.
"""

from functools import cache
from typing import Any

import pytest

from services.registry.main import service
from services.registry.tests.clerk import Clerk, Story, days, explosion
from services.registry.tests.conftest import Calendar
from services.registry.tests.test_api_regions import second_city
from services.registry.tests.test_api_roster import official
from services.registry.tests.test_exports import table
from tools.documents import openapi

BOTH = {"as_of", "known_at"}
_OPERATORS = "the kernel's, for operators: no fact of the register"
_TEXT = "the statute's text as it was enacted"
_FILE = "a file in staging: it has no day, and its lines go once it is applied"
#: Reads that lack one of the two, and why.
NOT_DATED = {
    "/v1/officials/{official_id}": "a person has no days; names and merges are corrected, which `known_at` tells",
    "/v1/officials/{official_id}/citizen-number": "in no event and no version; each reading of it is recorded",
    "/v1/accidents/{accident_id}/chain-versions": "always as of the accident (Art. 21); `known_at` tells them apart",
    "/v1/accidents/{accident_id}/chain-difference": "always as of the accident (Art. 21); `known_at` tells them apart",
    "/v1/region-codes/{code}": "the history of a code tells all days at once",
    "/v1/accident-types": "a national standard, dated by its days in force and recorded by nobody",
    "/v1/end-causes": "words that this release knows",
    "/v1/import-template": "the form of a file",
    "/v1/imports/{import_id}": _FILE,
    "/v1/imports/{import_id}/problems": _FILE,
    "/v1/imports/{import_id}/annotated": _FILE,
    "/v1/statute": _TEXT,
    "/v1/statute/articles/{id}": _TEXT,
    "/v1/statute/clauses/{id}": _TEXT,
    "/v1/me": "the caller's own token",
    "/v1/dead-letters": _OPERATORS,
    "/v1/operations/{operation_id}": _OPERATORS,
    "/v1/history/{aggregate_type}/{aggregate_id}": "the ledger itself: every entry with the moment of its recording",
    "/healthz": _OPERATORS,
    "/readyz": _OPERATORS,
}
#: What the cast does not show: officials below, candidates in `test_api_regions`.
APART = {"/v1/officials", "/v1/zone-candidates"}


@cache
def reads() -> dict[str, set[str]]:
    """Every GET of the document, with the names of its query parameters."""
    return {
        path: {one["name"] for one in item["get"].get("parameters", ()) if one["in"] == "query"}
        for path, item in openapi(service())["paths"].items()
        if "get" in item
    }


def test_every_read_takes_a_day_and_a_moment_of_knowledge_or_says_why_not() -> None:
    lacking = {path for path, asked in reads().items() if not asked >= BOTH}
    assert lacking == set(NOT_DATED)


async def scene(story: Story) -> dict[str, str]:
    """An accident, a declaration and a department that comes to an end beside the cast; what each address names."""
    accident = await story.clerk.post("/v1/accidents", explosion())
    fund = {"kind": "safety_fund", "year": 2026, "fund_yuan": 1, "revenue_yuan": 1_000}
    place = {"region_code": "139901", "document": "演练文件", "exercise": True}
    declared = await story.clerk.post("/v1/declarations", fund | place | days("2026-01-01"))
    document = {"document": "文", "issuer": "演练市委", "issued_on": "2026-05-01"}
    body = {"kind": "merged", "day": "2026-06-01", "heirs": [{"organ_id": story["县应急局"]}], **document}
    await story.clerk.post(f"/v1/organs/{story['县档案局']}/succession", body, seen=1)
    return {
        "accident_id": accident["id"],
        "declaration_id": declared["id"],
        "organ_id": story["县档案局"],
        "post_id": story["县化工分管"],
        "official_id": story["辛"],
        "appointment_id": story["县化工分管/辛"],
        "portfolio_id": story["县化工分管 portfolio"],
        "code": "139901",
        "name": "accidents",
    }


async def test_every_dated_read_answers_otherwise_for_an_earlier_day_and_for_an_earlier_moment(story: Story) -> None:
    """An earlier moment knows nothing of it, an earlier day shows it otherwise; what is only echoed is left out."""
    names = await scene(story)
    more: dict[str, Any] = {"region": "139901", "exercise": True, "industry": "C26", "function": "应急管理"}

    async def told(path: str, **when: Any) -> Any:
        asked = {name: value for name, value in more.items() if name in reads()[path]}
        answer = await story.clerk.send("GET", path.format(**names), **asked, **when)
        assert answer.status_code in {200, 404}, answer.text
        return _facts(answer.json()) if answer.headers["content-type"].endswith("json") else answer.text

    now = {"as_of": "2026-07-20"}
    earlier = ({"as_of": "1970-01-01"}, {**now, "known_at": "2000-01-01T00:00:00+08:00"})
    dated = [path for path, asked in reads().items() if asked >= BOTH and path not in APART]
    same = [(path, when) for path in dated for when in earlier if await told(path, **when) == await told(path, **now)]
    assert same == []


def _facts(answer: Any) -> Any:
    echoed = {*BOTH, "trace_id", "instance"}
    return {name: one for name, one in answer.items() if name not in echoed} if isinstance(answer, dict) else answer


async def ids(clerk: Clerk, what: str, **asked: Any) -> list[str]:
    """What a list answers; its export has the same rows."""
    found = [one["id"] for one in (await clerk.get(f"/v1/{what}", exercise=True, **asked))["items"]]
    _, *rows = await table(clerk, what, exercise=True, **asked)
    assert {row[0] for row in rows} == set(found)
    return found


@pytest.mark.clause("art21.4")
async def test_accidents_are_listed_until_the_day_in_the_version_that_was_known(
    clerk: Clerk, calendar: Calendar
) -> None:
    now = await clerk.post("/v1/accidents", explosion())
    calendar.turn_to(2026, 5, 22, 9)
    dead = {"casualties": {"deaths": [{"count": 10, "died_on": "2026-05-20"}]}, "reason": "续报"}
    await clerk.post(f"/v1/accidents/{now['id']}/revisions", dead, seen=1)
    died = {"deaths": [{"count": 1, "died_on": "2026-05-10"}]}
    old = explosion(occurred_at="2026-05-10T10:00:00+08:00", report_steps=[], casualties=died)
    late = await clerk.post("/v1/accidents", old)
    both, known = [now["id"], late["id"]], {"known_at": now["recorded_at"]}
    assert await ids(clerk, "accidents") == both
    assert await ids(clerk, "accidents", **known) == [now["id"]], "the other one was reported later"
    assert await ids(clerk, "accidents", as_of="2026-05-19") == [late["id"]]
    assert await ids(clerk, "accidents", as_of="2026-05-19", **known) == []
    assert await ids(clerk, "accidents", as_of="2026-05-09", history=True) == both
    then, today = [await clerk.get("/v1/accidents", exercise=True, **when) for when in (known, {})]
    assert [one["level"] for one in then["items"]] == ["较大"]
    assert [one["level"] for one in today["items"]] == ["重大", "一般"]


@pytest.mark.clause("art2", "art27")
async def test_officials_are_listed_where_they_were_appointed_by_the_day_as_was_known(
    clerk: Clerk, calendar: Calendar
) -> None:
    await second_city(clerk)
    person = await official(clerk, "演练甲")
    body = {"name": "演练二县政府", "kind": "government", "region_code": "139902", **days("2020-01-01")}
    organ = await clerk.post("/v1/organs", body)
    seat = {"organ_id": organ["id"], "kind": "government_principal", "title": "县长", **days("2020-01-01")}
    post = await clerk.post("/v1/posts", seat)
    calendar.turn_to(2026, 5, 21, 9)
    ahead = {"post_id": post["id"], "official_id": person["id"], **days("2026-06-01", "2026-06-30")}
    await clerk.post("/v1/appointments", ahead)
    there = clerk.acting("registrar", regions=("139902",))
    assert await ids(there, "officials") == []
    assert await ids(there, "officials", history=True) == [person["id"]]
    for day in ("2026-06-01", "2027-01-01"):
        assert await ids(there, "officials", as_of=day) == [person["id"]], "leavers stay on the list (Art. 27)"
    assert await ids(there, "officials", as_of="2026-06-01", known_at=person["recorded_at"]) == []
