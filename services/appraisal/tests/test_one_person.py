"""Two records of one person: a veto against one bars the grade, the vetting and the award of the other."""

from datetime import date
from uuid import UUID

import pytest

from services.appraisal.tests.cast import BUREAU, GENG, JI, tour, veto
from services.appraisal.tests.conftest import Desk
from services.appraisal.tests.examples import uid
from services.appraisal.tests.test_http import APPRAISALS, NOMINEE, OF_JI, SECTION, VETTINGS, graded
from shared.contracts.registry import OfficialMerged, OfficialRegistered

SECOND = uid("己二")


async def merged(desk: Desk) -> None:
    """己 was registered twice; the second record is merged into the first."""
    await desk.apply(
        "roster",
        OfficialRegistered(id=SECOND, name="己", exercise=True),
        OfficialMerged(id=SECOND, name="己", exercise=True, merged_into=JI),
    )


@pytest.mark.clause("art16", "art23")
async def test_a_veto_against_one_record_bars_the_excellence_of_the_other(desk: Desk) -> None:
    await desk.apply("measures", veto(official_id=SECOND))
    await merged(desk)
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, OF_JI))['id']}"
    await desk.taken(path, "report", SECTION)
    assert await desk.refused(path, "grade", {"grade": "优秀"}) == (422, "excellence_barred", {"art23"})
    references = (await desk.get(f"{path}/references")).json()
    assert [one["id"] for one in references["vetoes"]] == [str(uid("一票否决"))]


@pytest.mark.clause("art23")
@pytest.mark.parametrize("first", ["veto", "merge"])
async def test_a_veto_against_one_record_flags_the_given_grade_of_the_other(desk: Desk, first: str) -> None:
    path = await graded(desk)
    for what in (first, *{"veto", "merge"} - {first}):
        assert (await desk.get(path)).json()["status"] == "graded", "not yet known to bar this person"
        for _ in range(2):
            await (merged(desk) if what == "merge" else desk.apply("measures", veto(official_id=SECOND)))
    seen = (await desk.get(path)).json()
    assert seen["flag"]["veto_ids"] == [str(uid("一票否决"))]
    assert seen["official_id"] == str(JI), "ids stay"
    assert (await desk.happened()).count("flagged") == 1


@pytest.mark.clause("art23")
async def test_a_merge_with_nothing_against_either_record_flags_nothing(desk: Desk) -> None:
    path = await graded(desk)
    await desk.apply("measures", veto(official_id=GENG))
    await merged(desk)
    assert (await desk.get(path)).json()["status"] == "graded"


@pytest.mark.clause("art17", "art23")
@pytest.mark.parametrize(("barred", "vetted"), [(JI, SECOND), (SECOND, JI)])
async def test_a_veto_against_one_record_answers_the_vetting_of_the_other(
    desk: Desk, barred: UUID, vetted: UUID
) -> None:
    await desk.apply("measures", veto(official_id=barred))
    nominee = NOMINEE | {"official_id": str(vetted), "post_kind": "government_other_leader"}
    await merged(desk)
    path = f"{VETTINGS}/{(await desk.opened(VETTINGS, nominee))['id']}"
    desk.today(date(2027, 3, 1))
    answer = (await desk.get(f"{path}/answer")).json()
    assert answer["clear"] is False
    good = {"favourable": True, "words": "同意", "performance_record": "（演练）履职记录"}
    assert await desk.refused(path, "conclude", good) == (422, "veto_bars_promotion", {"art23"})


@pytest.mark.clause("art16")
async def test_a_person_is_appraised_once_and_a_member_under_either_id(desk: Desk) -> None:
    await merged(desk)
    other = OF_JI | {"official_id": str(SECOND)}
    own = await desk.opened(APPRAISALS, other)
    twice = await desk.post(APPRAISALS, OF_JI)
    assert (twice.status_code, twice.json()["code"]) == (409, "appraisal_exists")
    body = {"organ_id": str(BUREAU), "year": 2026}
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, body))['id']}"
    geng = await desk.opened(APPRAISALS, body | {"official_id": str(GENG)})
    for reported in (path, f"{APPRAISALS}/{own['id']}", f"{APPRAISALS}/{geng['id']}"):
        await desk.taken(reported, "report", SECTION)
    assert (await desk.taken(path, "grade", {"grade": "良好"}))["grade"]["grade"] == "良好"


@pytest.mark.clause("art14", "art16")
async def test_a_tour_that_names_one_record_is_reference_for_the_appraisal_of_the_other(desk: Desk) -> None:
    await desk.apply("tours", tour(organ_ids=(uid("别处"),), official_ids=(SECOND,)))
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, OF_JI))['id']}"
    assert (await desk.get(f"{path}/references")).json()["tours"] == []
    await merged(desk)
    assert len((await desk.get(f"{path}/references")).json()["tours"]) == 1


@pytest.mark.clause("art16", "art17")
async def test_lists_find_a_person_under_either_id(desk: Desk) -> None:
    await desk.opened(APPRAISALS, OF_JI)
    await merged(desk)
    await desk.opened(VETTINGS, NOMINEE | {"official_id": str(SECOND), "post_kind": "government_other_leader"})
    for one in (JI, SECOND):
        for path in (APPRAISALS, VETTINGS):
            found = (await desk.get(f"{path}?exercise=true&official_id={one}")).json()["items"]
            assert len(found) == 1, path
    for path in (APPRAISALS, VETTINGS):
        assert (await desk.get(f"{path}?exercise=true&official_id={GENG}")).json()["items"] == []
