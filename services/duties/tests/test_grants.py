"""A grant that names an organ records and files for that organ and for no other; a refusal leaves nothing behind."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from services.duties.tests import story as cast
from services.duties.tests.builders import XIONGAN, XIONGXIAN
from services.duties.tests.offices import committee, party
from services.duties.tests.story import Act, Story, at, body
from services.duties.tests.test_filing_routes import first_half, offices, sent
from services.duties.tests.test_lists import APPROVAL
from services.duties.tests.test_overlays import LOCAL
from shared.kernel.tables import ledger
from shared.kernel.testing import Running
from shared.roster.facts import Organ

__all__ = ["offices"]
BEYOND = (403, "organ_outside_grant")


async def asked(
    running: Running, path: str, content: dict[str, Any], organ: Organ, region: str, *, seen: int | None = None
) -> tuple[int, str | None]:
    headers = running.acting("safety_office", regions=(region,), organ=str(organ.id), subject=organ.name)
    headers |= {} if seen is None else {"If-Match": f'"{seen}"'}
    answer = await running.http.post(path, json=content, headers=headers)
    return answer.status_code, answer.json().get("code")


async def written(running: Running) -> int:
    async with running.app.state.sessions() as session:
        return int(await session.scalar(sa.select(sa.func.count()).select_from(ledger)) or 0)


@pytest.mark.clause("art6.5", "art28", "art30")
async def test_acts_impediments_lists_and_documents_are_recorded_by_who_may_act_for_that_organ(story: Story) -> None:
    story.turn(at(date(2025, 9, 20)))
    act = body(Act(date(2025, 9, 10), "led_inspection", "丙", (cast.MAGISTRATE,)))
    impediment = {
        "post_id": str(cast.MAGISTRATE.id),
        "from_day": "2025-09-01",
        "to_day": "2025-09-03",
        "description": "（演练）防汛",
        "evidence": ["ab" * 32],
    }
    drafted = {"organ_id": str(cast.GOVERNMENT.id), "year": 2025}
    recorded: list[tuple[str, dict[str, Any], Organ, Organ]] = [
        ("/v1/performances", act, cast.GOVERNMENT, cast.PARTY),
        ("/v1/impediments", impediment, cast.GOVERNMENT, cast.PARTY),
        ("/v1/responsibility-lists", drafted, cast.GOVERNMENT, cast.PARTY),
        ("/v1/overlays", LOCAL, cast.EMERGENCY, cast.GOVERNMENT),
    ]
    before = await written(story.running)
    for path, content, _, other in recorded:
        assert await asked(story.running, path, content, other, cast.COUNTY) == BEYOND, path
    assert await written(story.running) == before
    for path, content, own, _ in recorded:
        assert await asked(story.running, path, content, own, cast.COUNTY) == (201, None), path
    (made,) = (await story.get("/v1/responsibility-lists", exercise=True))["items"]
    path, approval = f"/v1/responsibility-lists/{made['id']}/approve", APPROVAL | {"approved_on": "2025-09-20"}
    assert await asked(story.running, path, approval, cast.PARTY, cast.COUNTY, seen=1) == BEYOND
    (document,) = (await story.get("/v1/overlays", exercise=True))["items"]
    ended = {"last_day": "2025-12-31", "document": "演练〔2025〕9号", "issued_on": "2025-09-20"}
    path = f"/v1/overlays/{document['id']}/end"
    answers = [
        await asked(story.running, path, ended, organ, cast.COUNTY, seen=1)
        for organ in (cast.GOVERNMENT, cast.EMERGENCY)
    ]
    assert answers == [BEYOND, (200, None)]


@pytest.mark.clause("art6.5")
async def test_a_document_is_filed_for_ones_own_organ_and_answered_by_the_one_it_was_filed_with(
    offices: Running,
) -> None:
    found = await first_half(offices, XIONGXIAN)
    filing = {
        "post_id": found["post_id"],
        "obligation_id": found["obligation_id"],
        "period_start": "2024-01-01",
        "relation": found["relation"],
        "recipient_organ_id": str(committee(XIONGAN).id),
        "filed_on": "2024-07-05",
        "sha256": "ab" * 32,
    }
    before = await written(offices)
    assert await asked(offices, "/v1/filings", filing, party(XIONGXIAN), XIONGXIAN.code) == BEYOND
    assert await written(offices) == before
    made = (await sent(offices, XIONGXIAN, committee(XIONGAN))).json()
    for verb, answer in (("receipt", {"number": "1", "received_on": "2024-07-08"}), ("return", {"reason": "（演练）"})):
        path = f"/v1/filings/{made['id']}/{verb}"
        assert await asked(offices, path, answer, party(XIONGAN), XIONGAN.code, seen=1) == BEYOND, verb
    path = f"/v1/filings/{made['id']}/receipt"
    received = {"number": "1", "received_on": "2024-07-08"}
    assert await asked(offices, path, received, committee(XIONGAN), XIONGAN.code, seen=1) == (200, None)
