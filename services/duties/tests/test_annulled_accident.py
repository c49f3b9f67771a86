"""Attestations of an accident whose record was annulled are void and not to be had any more (Art. 26)."""

import pytest

from services.duties.tests import story as cast
from services.duties.tests.story import Story, at
from shared.contracts.registry import AccidentAnnulled

DAY = cast.ACCIDENT_AT.date()


@pytest.mark.clause("art26")
async def test_an_annulled_accident_voids_its_attestations_once_and_renews_and_signs_none(story: Story) -> None:
    story.turn(at(DAY))
    known = [story.registry.envelope(cast.RECORDED, at(DAY))]
    gone = cast.accident(AccidentAnnulled, cast.EVERYBODY, annulled=True)
    known.append(story.registry.envelope(gone, at(DAY)))
    await story.registry.deliver(known[1], known[1])
    assert (await story.get("/v1/attestations", exercise=True))["items"] == []
    await story.registry.deliver(known[0])
    await story.registry.deliver(known[1], known[0], known[1])
    items = (await story.get("/v1/attestations", exercise=True, limit=100))["items"]
    assert len(items) == len(cast.EVERYBODY)
    assert {one["version"] for one in items} == {2}
    path = f"/v1/attestations/{items[0]['id']}"
    shown = await story.get(path)
    assert "撤销" in shown["void"]
    acting = story.running.acting("investigator")
    signed = await story.running.http.get(f"{path}/document", headers=acting)
    assert (signed.status_code, signed.json()["code"]) == (422, "attestation_void")
    renewed = await story.running.http.post(f"{path}/renewals", json={}, headers=acting)
    assert (renewed.status_code, renewed.json()["code"]) == (422, "attestation_void")
