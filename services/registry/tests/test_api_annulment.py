"""Accidents moved to another place, and records annulled: nothing is overwritten, nothing is concealed."""

import asyncio
from typing import Any

import pytest

from services.registry.facts.annulment import Annulment, AnnulmentCause, Relied
from services.registry.facts.proceedings import Proceeding, ProceedingKind
from services.registry.rules.annulment import check_annulment
from services.registry.tests.clerk import ZONE, Body, Story, explosion
from services.registry.tests.rosters import ACCIDENT_DAY, named
from services.registry.tests.test_api_corrections import circumstances

TOWN, COUNTY = "139901100", "139901"
MISTAKE = {"cause": "recorded_by_mistake", "reason": "（演练）误登"}
THIS = Relied(named("一"), exercise=True)
STEP = Proceeding(ProceedingKind.OPENED, ACCIDENT_DAY, "演练县政府")


@pytest.mark.clause("art21.3", "art21.4")
@pytest.mark.parametrize(
    ("duplicate_of", "accident", "other", "steps", "code"),
    [
        (None, THIS, None, (), "annulment_allowed"),
        ("二", THIS, Relied(named("二"), exercise=True), (), "annulment_allowed"),
        ("二", THIS, None, (), "duplicate_of_nothing"),
        ("二", THIS, Relied(named("二"), exercise=True, annulled=True), (), "duplicate_of_nothing"),
        ("二", THIS, Relied(named("二"), exercise=False), (), "duplicate_of_nothing"),
        ("一", THIS, THIS, (), "duplicate_of_nothing"),
        (None, THIS, None, (STEP,), "proceedings_stand"),
        (None, Relied(named("一"), exercise=True, duplicates=1), None, (), "others_point_to_it"),
        (
            "二",
            Relied(named("一"), exercise=True, duplicates=1),
            Relied(named("二"), exercise=True),
            (),
            "annulment_allowed",
        ),
    ],
)
def test_a_record_is_annulled_as_mistake_or_duplicate_and_never_to_conceal(
    duplicate_of: str | None, accident: Relied, other: Relied | None, steps: tuple[Proceeding, ...], code: str
) -> None:
    cause = AnnulmentCause.MISTAKE if duplicate_of is None else AnnulmentCause.DUPLICATE
    told = Annulment(cause, "（演练）", None if duplicate_of is None else named(duplicate_of))
    decision = check_annulment(told, accident, steps, other)
    assert (decision.code, decision.basis[0].clause) == (code, "art21.3")
    swapped = {AnnulmentCause.MISTAKE: AnnulmentCause.DUPLICATE, AnnulmentCause.DUPLICATE: AnnulmentCause.MISTAKE}
    unfit = Annulment(swapped[cause], "（演练）", told.duplicate_of)
    assert check_annulment(unfit, accident, steps, other).code == "duplicate_unnamed"


@pytest.mark.clause("art21.4")
async def test_an_annulled_record_stays_readable_alarms_no_more_leaves_lists_and_changes_no_more(story: Story) -> None:
    clerk = story.clerk
    made = await clerk.post("/v1/accidents", explosion(report_steps=[explosion()["report_steps"][0]]))
    assert "report_overdue" in {one["code"] for one in made["alarms"]}
    path = f"/v1/accidents/{made['id']}"
    gone = await clerk.post(f"{path}/annulment", MISTAKE, seen=1)
    assert (gone["annulled"], gone["annulment"]["cause"], gone["alarms"], gone["version"]) == (
        True,
        "recorded_by_mistake",
        [],
        2,
    )
    assert gone["chain"] == made["chain"], "what was recorded is not overwritten"
    assert (await clerk.get("/v1/accidents", exercise=True))["items"] == []
    listed = (await clerk.get("/v1/accidents", exercise=True, annulled=True))["items"]
    assert [(one["id"], one["annulled"]) for one in listed] == [(made["id"], True)]
    then = await clerk.get(path, known_at=made["recorded_at"])
    assert (then["annulled"], then["version"]) == (False, 1)
    before = await clerk.get("/v1/accidents", exercise=True, known_at=made["recorded_at"])
    assert [one["id"] for one in before["items"]] == [made["id"]]
    changes: tuple[tuple[str, str, Body], ...] = (
        ("PUT", "circumstances", circumstances()),
        ("POST", "revisions", {"casualties": {}, "reason": "续报"}),
        ("POST", "annulment", MISTAKE),
        ("POST", "report-steps/1/withdrawal", {"reason": "误登"}),
        ("POST", "chain-adjustments", {"action": "add", "post_id": story["镇书记"], "reason": "处置"}),
        ("POST", "proceedings", {"kind": "report_submitted", "day": "2026-05-20", "organ": "演练市政府"}),
    )
    for verb, below, body in changes:
        assert (await clerk.refusal(verb, f"{path}/{below}", body, seen=2))[:2] == (409, "annulled"), below
    await clerk.post(f"/v1/appointments/{story['县长/丙']}/annul", {"reason": "误登"}, seen=1)
    kinds = [one["type"].split(".")[3] for one in await clerk.events("accident", made["id"])]
    assert kinds == ["recorded", "annulled"], "a correction of the roster renews no annulled accident"


@pytest.mark.clause("art21.3")
async def test_a_duplicate_names_the_record_that_stands_and_both_are_not_annulled_by_one_another(story: Story) -> None:
    clerk = story.clerk
    one, other = [await clerk.post("/v1/accidents", explosion()) for _ in range(2)]
    paths = [f"/v1/accidents/{made['id']}/annulment" for made in (one, other)]
    of = [{"cause": "duplicate", "duplicate_of": made["id"], "reason": "（演练）重复"} for made in (other, one)]
    assert (await clerk.refusal("POST", paths[0], {**MISTAKE, "cause": "duplicate"}, seen=1))[:2] == (
        422,
        "duplicate_unnamed",
    )
    viewer, elsewhere = clerk.acting("viewer"), clerk.acting("investigator", regions=("130100",))
    assert (await viewer.refusal("POST", paths[0], of[0], seen=1))[:2] == (403, "role_required")
    assert (await clerk.acting("registrar").refusal("POST", paths[0], of[0], seen=1))[0] == 403
    assert (await elsewhere.refusal("POST", paths[0], of[0], seen=1))[0] == 404
    assert (await clerk.refusal("POST", paths[0], of[0]))[0] == 428
    assert (await clerk.refusal("POST", paths[0], of[0], seen=9))[0] == 412
    answers = await asyncio.gather(
        *(clerk.send("POST", path, body, seen=1) for path, body in zip(paths, of, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    stands = (await clerk.get("/v1/accidents", exercise=True))["items"]
    assert len(stands) == 1, "one of two records of an accident is always left"
    left = f"/v1/accidents/{stands[0]['id']}/annulment"
    assert (await clerk.refusal("POST", left, MISTAKE, seen=1))[:2] == (422, "others_point_to_it")


def titles(entries: list[dict[str, Any]]) -> set[str]:
    return {one["title"] for one in entries}


@pytest.mark.clause("art21.4")
async def test_an_accident_is_moved_to_the_place_where_it_happened_with_a_new_chain_and_its_difference(
    story: Story,
) -> None:
    clerk = story.clerk
    made = await clerk.post("/v1/accidents", explosion())
    path = f"/v1/accidents/{made['id']}"
    moved = await clerk.put(f"{path}/circumstances", circumstances(region_code=TOWN), seen=1)
    assert (moved["region_code"], moved["path"][-1], moved["version"]) == (TOWN, TOWN, 3)
    assert {"镇书记", "镇长"} <= titles(moved["chain"]["entries"])
    assert not {"区书记", "区主任"} & titles(moved["chain"]["entries"])
    found = await clerk.get(f"{path}/chain-difference")
    assert (titles(found["added"]), titles(found["removed"])) == ({"镇书记", "镇长"}, {"区书记", "区主任"})
    kinds = [one["type"].split(".")[3] for one in await clerk.events("accident", made["id"])]
    assert kinds == ["recorded", "moved", "corrected"]
    county = clerk.acting("viewer", regions=(ZONE,))
    assert (await county.refusal("GET", path))[0] == 404, "it is another place's now"
    assert (await county.get(path, known_at=made["recorded_at"]))["region_code"] == ZONE
    there = await clerk.get("/v1/accidents", exercise=True, region=TOWN)
    assert [one["id"] for one in there["items"]] == [made["id"]]
    assert (await clerk.get("/v1/accidents", exercise=True, region=ZONE))["items"] == []
    again = await clerk.put(f"{path}/circumstances", circumstances(), seen=3)
    assert (again["region_code"], again["version"]) == (TOWN, 4), "no place is named: that on record stays"


@pytest.mark.clause("art21.4")
async def test_an_accident_moves_within_ones_regions_and_one_world_only(story: Story) -> None:
    clerk = story.clerk
    made = await clerk.post("/v1/accidents", explosion())
    path = f"/v1/accidents/{made['id']}/circumstances"
    zone = clerk.acting("investigator", regions=(ZONE,))
    body = circumstances(region_code=TOWN)
    assert (await zone.refusal("PUT", path, body, seen=1))[:2] == (403, "region_outside_grant")
    real = await clerk.post("/v1/accidents", explosion(region_code="130000", report_steps=[]))
    path = f"/v1/accidents/{real['id']}/circumstances"
    assert (await clerk.refusal("PUT", path, body, seen=1))[:2] == (422, "exercise_mismatch")
