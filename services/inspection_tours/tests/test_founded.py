"""A special tour follows the accident that proposed it: to another place, or to its end."""

from dataclasses import replace

import pytest

from services.inspection_tours.facts import AccidentLevel, Tour, TourKind, TourState
from services.inspection_tours.rules.founded import after_annulment, after_level, after_move
from services.inspection_tours.tests import cast
from services.inspection_tours.tests.cast import COUNTY, ZONE, accident, uid
from services.inspection_tours.tests.conftest import Tours
from services.inspection_tours.tests.test_http import PLAN, TOURS, proposed, taken
from shared.contracts.registry import AccidentAnnulled, AccidentCorrected, AccidentMoved, AccidentRevised, AccidentState

ROWS = "SELECT state, region_code, path, version FROM tour"
EVENTS = "SELECT type FROM ledger WHERE aggregate_type = 'tour' ORDER BY version"


def later(kind: type[AccidentState], **changes: object) -> AccidentState:
    return kind.model_validate(accident("较大").model_dump() | changes)


MOVED = {"region_code": COUNTY, "path": cast.PATH[:-1]}


@pytest.mark.clause("art14")
@pytest.mark.parametrize("state", list(TourState))
def test_only_a_proposal_falls_with_its_accident_and_only_what_is_under_way_is_noted(state: TourState) -> None:
    tour = Tour(uid("t"), TourKind.SPECIAL, state, ZONE, (), reason="建议", path=cast.PATH)
    after, moved = after_annulment(tour), after_move(tour, COUNTY, cast.PATH[:-1])
    if state is TourState.PROPOSED:
        assert (after.state, moved.region_code, moved.path) == (TourState.DECLINED, COUNTY, cast.PATH[:-1])
    elif state in {TourState.PLANNED, TourState.OPENED, TourState.FINDINGS}:
        assert replace(after, reason="") == replace(moved, reason="") == replace(tour, reason="")
        assert ("撤销" in after.reason, COUNTY in moved.reason) == (True, True)
    else:
        assert after == moved == tour
    assert (after_annulment(after), after_move(moved, COUNTY, cast.PATH[:-1])) == (after, moved), "said once"


@pytest.mark.clause("art14")
async def test_an_annulled_accident_takes_its_proposal_along_whatever_comes_twice_or_out_of_order(tours: Tours) -> None:
    first, second = cast.deliveries(accident("较大"), later(AccidentAnnulled, annulled=True))
    consumer = tours.consumer("accidents")
    await consumer.apply([second, second])
    assert await tours.rows(ROWS) == []
    await consumer.apply([first])
    await consumer.apply([second, first, second])
    assert [row[0] for row in await tours.rows(ROWS)] == ["declined"]
    assert [kind.split(".")[3] for (kind,) in await tours.rows(EVENTS)] == ["proposed", "declined"]


@pytest.mark.clause("art14")
async def test_a_proposal_moves_with_its_accident_and_a_planned_tour_says_so(tours: Tours) -> None:
    moves = [accident("较大"), later(AccidentMoved, **MOVED), later(AccidentCorrected, **MOVED)]
    messages = cast.deliveries(*moves)
    await tours.consumer("accidents").apply([*messages, *messages])
    assert await tours.rows(ROWS) == [("proposed", COUNTY, list(cast.PATH[:-1]), 2)]
    assert [kind.split(".")[3] for (kind,) in await tours.rows(EVENTS)] == ["proposed", "noted"]


@pytest.mark.clause("art14")
async def test_a_planned_tour_is_noted_once_and_goes_on_or_not_as_people_decide(tours: Tours) -> None:
    tour = await taken(tours, await proposed(tours), "plan", PLAN, "safety_office")
    messages = cast.deliveries(accident("较大"), later(AccidentAnnulled, annulled=True))
    await tours.consumer("accidents").apply([*messages, *messages])
    shown = (await tours.get(f"{TOURS}/{tour['id']}")).json()
    assert (shown["state"], shown["version"], "撤销" in shown["reason"]) == ("planned", 3, True)


LOW, TRIGGER, HIGH = AccidentLevel.ORDINARY, AccidentLevel.LARGER, AccidentLevel.MAJOR


@pytest.mark.clause("art14")
@pytest.mark.parametrize("state", list(TourState))
def test_a_proposal_falls_and_returns_with_the_level_and_what_people_planned_is_put_to_them(state: TourState) -> None:
    tour = Tour(uid("t"), TourKind.SPECIAL, state, ZONE, (), reason="建议", path=cast.PATH)
    assert after_level(tour, TRIGGER, TRIGGER) == after_level(tour, HIGH, TRIGGER) == tour
    lowered = after_level(tour, LOW, TRIGGER)
    assert after_level(lowered, LOW, TRIGGER) == lowered
    back = after_level(lowered, HIGH, TRIGGER)
    if state is TourState.PROPOSED:
        assert (lowered.state, "低于较大" in lowered.questioned) == (TourState.DECLINED, True)
        assert back == replace(tour, reason="发生重大生产安全事故，建议专项巡查")
    else:
        under_way = state in {TourState.PLANNED, TourState.OPENED, TourState.FINDINGS}
        assert (replace(lowered, questioned=""), bool(lowered.questioned), back) == (tour, under_way, tour)


def graded(*levels: str) -> list[AccidentState]:
    return [accident(levels[0]), *(later(AccidentRevised, level=level) for level in levels[1:])]


@pytest.mark.clause("art14")
async def test_a_proposal_is_withdrawn_when_the_level_falls_below_the_trigger_and_proposed_again_when_it_rises(
    tours: Tours,
) -> None:
    first, lowered, moved, raised = cast.deliveries(
        *graded("较大", "一般"),
        later(AccidentCorrected, level="一般", **MOVED),
        later(AccidentRevised, level="重大", **MOVED),
    )
    consumer = tours.consumer("accidents")
    await consumer.apply([lowered, lowered])
    assert await tours.rows(ROWS) == []
    await consumer.apply([first, lowered, first])
    assert await tours.rows("SELECT state, questioned FROM tour") == [
        ("declined", "事故等级降为一般，低于较大，建议随之失效")
    ]
    await consumer.apply([raised, moved, raised, moved])
    assert await tours.rows(ROWS) == [("proposed", COUNTY, list(cast.PATH[:-1]), 3)]
    assert await tours.rows("SELECT questioned, reason FROM tour") == [("", "发生重大生产安全事故，建议专项巡查")]
    assert [kind.split(".")[3] for (kind,) in await tours.rows(EVENTS)] == ["proposed", "declined", "proposed"]


@pytest.mark.clause("art14")
async def test_a_planned_tour_is_questioned_when_the_level_falls_and_a_person_goes_on_or_declines_it(
    tours: Tours,
) -> None:
    tour = await taken(tours, await proposed(tours), "plan", PLAN, "safety_office")
    messages = cast.deliveries(*graded("较大", "一般", "较大", "一般", "较大"))
    await tours.consumer("accidents").apply([*messages[:2], *messages[:2]])
    shown = (await tours.get(f"{TOURS}/{tour['id']}")).json()
    assert (shown["state"], shown["version"]) == ("planned", 3)
    assert shown["questioned"] == "事故等级降为一般，低于较大，是否继续由人决定"
    await tours.consumer("accidents").apply([messages[2], messages[2]])
    shown = (await tours.get(f"{TOURS}/{tour['id']}")).json()
    assert (shown["state"], shown["version"], shown["questioned"]) == ("planned", 4, "")
    await tours.consumer("accidents").apply([messages[3]])
    shown = (await tours.get(f"{TOURS}/{tour['id']}")).json()
    declined = await taken(tours, shown, "decline", {"reason": "等级已降，不再进驻"}, "safety_office")
    assert (declined["state"], declined["questioned"]) == ("declined", "")
    await tours.consumer("accidents").apply([messages[4], messages[4]])
    assert await tours.rows("SELECT state, version FROM tour") == [("declined", 6)], "what a person declined stays so"
