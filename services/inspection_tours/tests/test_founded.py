"""A special tour follows the accident that proposed it: to another place, or to its end."""

from dataclasses import replace

import pytest

from services.inspection_tours.facts import Tour, TourKind, TourState
from services.inspection_tours.rules.founded import after_annulment, after_move
from services.inspection_tours.tests import cast
from services.inspection_tours.tests.cast import COUNTY, ZONE, accident, uid
from services.inspection_tours.tests.conftest import Tours
from services.inspection_tours.tests.test_http import PLAN, TOURS, proposed, taken
from shared.contracts.registry import AccidentAnnulled, AccidentCorrected, AccidentMoved, AccidentState

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
