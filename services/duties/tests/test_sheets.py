"""Acts by Excel over HTTP: the template, every problem by cell, the annotated copy, and nothing twice."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from services.duties.facts import ActKind
from services.duties.facts.wording import ACT_WORDS
from services.duties.handlers.performance_sheet import SHEET
from services.duties.tests import story as cast
from services.duties.tests.builders import DIGEST
from services.duties.tests.story import Story, at, official
from shared.contracts.registry import OfficialMerged
from shared.sheets import MEDIA_TYPE, export_xlsx, read

URL = "/v1/performance-sheets"
ZONE_POST, TRIP_POST = "开发区党工委/开发区党工委书记", "县委/县委书记"
ZONE_TRIP = {"act": "led_inspection", "day": date(2026, 2, 15), "posts": ZONE_POST, "record": DIGEST}
TRIP = {"act": "research_trip", "day": date(2026, 2, 20), "posts": TRIP_POST, "report": DIGEST, "agenda": "=1+1"}


def sheet(*rows: Mapping[str, Any]) -> bytes:
    target = io.BytesIO()
    export_xlsx(SHEET, rows, target)
    return target.getvalue()


async def send(story: Story, data: bytes, path: str = "", region: str = cast.COUNTY, **query: Any) -> Any:
    headers = story.running.acting("safety_office", subject="clerk") | {"content-type": MEDIA_TYPE}
    return await story.running.http.post(URL + path, content=data, params={"region": region} | query, headers=headers)


async def on_record(story: Story) -> Sequence[dict[str, Any]]:
    items: Sequence[dict[str, Any]] = (await story.get("/v1/performances", exercise=True))["items"]
    return items


@pytest.fixture
async def march(story: Story) -> Story:
    story.turn(at(date(2026, 3, 20)))
    return story


@pytest.mark.clause("art5.3")
async def test_a_sheet_is_recorded_row_by_row_and_the_same_file_changes_nothing(march: Story) -> None:
    both = f"{ZONE_POST}；开发区管委会/开发区管委会主任"
    data = sheet(ZONE_TRIP | {"posts": both}, TRIP | {"who": str(official("甲")), "participants": str(official("丙"))})
    checked = await send(march, data, validate_only=True)
    assert (checked.status_code, len(checked.json()["recorded"])) == (200, 2), checked.text
    assert await on_record(march) == []
    done = (await send(march, data)).json()
    assert (len(done["recorded"]), done["unchanged"], done["problems"]) == (2, [], [])
    trip, zone = await on_record(march)
    assert (trip["performed_by"], trip["led_by"], trip["agenda"]) == (str(official("甲")), None, ["=1+1"])
    assert (zone["led_by"], zone["performed_by"], len(zone["capacities"])) == (str(official("戊")), None, 2)
    again = (await send(march, data)).json()
    assert (again["recorded"], sorted(again["unchanged"])) == ([], sorted(done["recorded"]))
    assert len(await on_record(march)) == 2


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"day": "昨天"}, "B", "not_a_day"),
    ({"day": date(2026, 3, 21)}, "B", "performance.in_future"),
    ({"posts": "市委/市委书记"}, "C", "post_unknown"),
    ({"posts": ""}, "C", "cell_empty"),
    ({"who": "无此人"}, "D", "official_unknown"),
    ({"who": "某"}, "D", "official_ambiguous"),
    ({"who": str(official("丙"))}, "D", "performance.not_holder"),
    ({"posts": "镇政府/镇长"}, "D", "who_unclear"),
    ({"place": "38.04281,114.51486"}, "E", "record.coordinates"),
    ({"record": "abc"}, "K", "text_malformed"),
    ({"record": None}, "A", "performance.evidence_missing"),
    ({"day": date(2025, 6, 15)}, "Q", "performance.closed_period"),
    ({"act": "executive_meeting"}, "A", "performance.kind_not_accepted"),
    (
        TRIP | {"day": date(2024, 2, 10), "who": str(official("甲")), "agenda": None, "record": None},
        "B",
        "performance.outside_appointment",
    ),
    ({"day": date(2025, 6, 15), "reviewer": "clerk"}, "Q", "performance.own_reviewer"),
    ({"findings": "责任人 990000199001011234"}, "H", "record.personal_number"),
)


@pytest.mark.clause("art5.3", "art28")
async def test_every_problem_is_told_by_its_cell_and_in_an_annotated_copy_that_can_be_sent_again(march: Story) -> None:
    data = sheet(*(ZONE_TRIP | changes for changes, _, _ in WRONG), TRIP)
    told = (await send(march, data, validate_only=True)).json()["problems"]
    found = [(one["cell"].rstrip("0123456789"), one["code"]) for one in told]
    rows = [one["row"] for one in told]
    assert rows == sorted(rows)
    assert found == [(letter, code) for _, letter, code in WRONG], told
    assert {one["sheet"] for one in told} == {"履职记录"}
    assert all(" · " in one["detail"] for one in told)
    copy = await send(march, data, "/annotated")
    assert (copy.status_code, copy.headers["content-type"]) == (200, MEDIA_TYPE)
    assert await on_record(march) == [], "a copy is a check"
    with zipfile.ZipFile(io.BytesIO(copy.content)) as archive:
        comments = archive.read("xl/comments1.xml").decode()
    assert comments.count("<comment ref=") == len(WRONG)
    sent = (await send(march, copy.content)).json()
    assert (len(sent["recorded"]), [one["cell"] for one in sent["problems"]]) == (1, [one["cell"] for one in told])


async def test_two_records_of_one_person_are_one_name_in_a_sheet(march: Story) -> None:
    """某 is everybody's name here; once all records but one are merged into that one, it is nobody else's."""
    people = [one for one in {a.official_id for a in cast.APPOINTMENTS} if one != official("戊")]
    merges = (OfficialMerged(id=one, name="某", exercise=True, merged_into=official("戊")) for one in people)
    await march.registry.say(*merges, at=at(date(2026, 3, 19)))
    done = (await send(march, sheet(ZONE_TRIP | {"who": "某"}))).json()
    assert (len(done["recorded"]), done["problems"]) == (1, [])


async def test_the_template_offers_the_regions_posts_and_reads_back_empty(march: Story) -> None:
    http, headers = march.running.http, march.running.acting("registrar", regions=(cast.COUNTY,))
    made = await http.get(f"{URL}/template", params={"region": cast.COUNTY}, headers=headers)
    assert (made.status_code, made.headers["content-type"]) == (200, MEDIA_TYPE)
    assert list(read(made.content, SHEET)) == []
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        everything = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    assert ZONE_POST in everything
    assert "市委/市委书记" not in everything
    above = await http.get(f"{URL}/template", params={"region": cast.CITY}, headers=headers)
    assert above.status_code == 404


async def test_what_is_no_sheet_or_from_elsewhere_is_refused(march: Story) -> None:
    junk = await send(march, b"junk")
    assert (junk.status_code, junk.json()["code"]) == (400, "not_a_workbook")
    nowhere = await send(march, sheet(TRIP), region="999999")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "region_not_found")
    large = await send(march, bytes(9 * 1024 * 1024))
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    viewer = march.running.acting("viewer") | {"content-type": MEDIA_TYPE}
    refused = await march.running.http.post(URL, content=sheet(TRIP), params={"region": cast.COUNTY}, headers=viewer)
    assert refused.status_code == 403


def test_every_kind_of_act_can_be_chosen() -> None:
    assert set(ACT_WORDS) == set(ActKind)
    assert len(set(ACT_WORDS.values())) == len(ACT_WORDS)
