"""An attestation made before its accident was corrected is not current until it is renewed (Art. 26)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.duties.tests import story as cast
from services.duties.tests.story import Story, at
from shared.contracts.duties import AttestationOutdated
from shared.contracts.registry import AccidentCorrected, AccidentState, ChainRevised
from shared.papers import verify

DAY = cast.ACCIDENT_AT.date()
EARLIER = datetime(2026, 3, 20, 14, 30, tzinfo=cast.ACCIDENT_AT.tzinfo)


def corrected(**changes: Any) -> AccidentState:
    return cast.accident(AccidentCorrected, cast.EVERYBODY, **changes)


async def waiting(story: Story, outdated: bool = True) -> list[dict[str, Any]]:
    found = await story.get("/v1/attestations", accident_id=cast.ACCIDENT, outdated=outdated, exercise=True, limit=100)
    return list(found["items"])


async def signed(story: Story, identity: str) -> tuple[int, str]:
    answer = await story.running.http.get(
        f"/v1/attestations/{identity}/document", headers=story.running.acting("investigator")
    )
    return answer.status_code, answer.text if answer.is_success else answer.json()["code"]


async def renewed(story: Story, identity: str) -> dict[str, Any]:
    answer = await story.running.http.post(
        f"/v1/attestations/{identity}/renewals", json={}, headers=story.running.acting("investigator")
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.clause("art26")
async def test_a_corrected_time_outdates_every_attestation_once_and_a_renewed_one_answers_for_the_new_time(
    story: Story,
) -> None:
    story.turn(at(DAY))
    recorded = story.registry.envelope(cast.RECORDED, at(DAY))
    moved = story.registry.envelope(corrected(occurred_at=EARLIER), at(DAY))
    again = story.registry.envelope(cast.accident(ChainRevised, cast.EVERYBODY, occurred_at=EARLIER), at(DAY))
    await story.registry.deliver(recorded, recorded)
    first = await story.attestation("丙", cast.MAGISTRATE)
    status, paper = await signed(story, first["id"])
    assert (status, await waiting(story)) == (200, [])
    await story.registry.deliver(again, moved, moved, recorded, again)
    due = await waiting(story)
    assert len(due) == len(cast.EVERYBODY)
    assert {one["version"] for one in due} == {2}, "once, however often it comes"
    shown = await story.attestation("丙", cast.MAGISTRATE)
    assert shown["outdated"] == {
        "accident_at": EARLIER.isoformat(),
        "accident_region": cast.ZONE,
        "accident_industry": "C26",
        "reason": "事故时间已更正 · the accident's time was corrected",
    }
    assert shown["accident_at"] == first["accident_at"], "what it was made for stays to be read"
    assert await signed(story, first["id"]) == (422, "attestation_outdated")
    keys = (await story.running.http.get("/v1/attestations/keys")).json()
    assert verify(paper, keys)["attestation"]["digest"] == first["digest"], "the paper is still what it was"
    story.turn(at(DAY + timedelta(days=1)))
    now = await renewed(story, first["id"])
    assert (now["version"], now["accident_at"], now["window_to"]) == (3, EARLIER.isoformat(), "2026-03-20")
    assert (now["outdated"], len(await waiting(story))) == (None, len(due) - 1)
    due_by = [{one["period_end"] for one in attested["obligations"]} for attested in (first, now)]
    assert ["2026-03-31" in ends for ends in due_by] == [True, False], "what was not due by then is not in it any more"
    assert (await signed(story, first["id"]))[0] == 200
    before = await story.get(f"/v1/attestations/{first['id']}", known_at=at(DAY, 20).isoformat())
    assert (before["version"], before["outdated"]) == (2, shown["outdated"])


@pytest.mark.clause("art26")
@pytest.mark.parametrize(
    ("change", "words"),
    [({"region_code": cast.TOWN, "path": cast.PATHS[cast.TOWN]}, "地点"), ({"industry": "B06"}, "行业")],
)
async def test_a_corrected_place_or_industry_outdates_too_and_corrected_back_it_stands_again(
    story: Story, change: dict[str, Any], words: str
) -> None:
    await story.explode()
    first = await story.attestation("丁", cast.LEAD)
    await story.registry.say(cast.accident(ChainRevised, cast.EVERYBODY), at=at(DAY))
    assert await waiting(story) == [], "a chain that was revised corrects nothing of the accident"
    await story.registry.say(corrected(**change), at=at(DAY))
    assert {one["outdated"]["reason"].split(" · ")[0] for one in await waiting(story)} == {f"事故{words}已更正"}
    await story.registry.say(corrected(), at=at(DAY))
    back = await story.attestation("丁", cast.LEAD)
    assert (back["version"], back["outdated"], back["digest"]) == (3, None, first["digest"])
    assert (await waiting(story), (await signed(story, first["id"]))[0]) == ([], 200)
    history = await story.running.http.get(
        f"/v1/history/attestation/{first['id']}", headers=story.running.acting("auditor")
    )
    await story.restore(AttestationOutdated, history.json()[-2:])
    restored = await story.attestation("丁", cast.LEAD)
    assert restored == back | {"seal": restored["seal"]}, "but for the seal, which may have come in between"
