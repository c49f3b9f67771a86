"""What becomes of a special tour whose accident turns out to be elsewhere, less grave, or none."""

from dataclasses import replace

from services.inspection_tours.facts import AccidentLevel, Tour, TourState
from shared.statute.clauses import cites

_UNDER_WAY = frozenset({TourState.PLANNED, TourState.OPENED, TourState.FINDINGS})


@cites("art14")
def after_annulment(tour: Tour) -> Tour:
    """A proposal falls with the record that it rests on; a tour that people planned is theirs to go on with or end.

    One that has its result, or was declined, stays as it is.
    """
    if tour.state is TourState.PROPOSED:
        return replace(tour, state=TourState.DECLINED, reason=_noted(tour, "事故记录已撤销，建议随之失效"))
    if tour.state in _UNDER_WAY:
        return replace(tour, reason=_noted(tour, "事故记录已撤销，是否继续由人决定"))
    return tour


@cites("art14")
def after_move(tour: Tour, region_code: str, path: tuple[str, ...]) -> Tour:
    """A proposal follows its accident to the place where it happened; a planned tour says that it lies elsewhere."""
    if tour.state is TourState.PROPOSED:
        return replace(tour, region_code=region_code, path=path)
    if tour.state in _UNDER_WAY and tour.region_code != region_code:
        return replace(tour, reason=_noted(tour, f"事故地点更正为{region_code}，是否继续由人决定"))
    return tour


@cites("art14")
def after_level(tour: Tour, level: AccidentLevel, trigger: AccidentLevel) -> Tour:
    """A proposal falls while its accident is below the trigger; a tour that people planned is put to them.

    When the level rises again the proposal that fell so comes back, and nothing is in question any more. What a person
    declined stays declined.
    """
    doubt = f"事故等级降为{level}，低于{trigger}" if level.rank < trigger.rank else ""
    if tour.state is TourState.PROPOSED and doubt:
        return replace(tour, state=TourState.DECLINED, questioned=f"{doubt}，建议随之失效")
    if tour.state is TourState.DECLINED and tour.questioned and not doubt:
        return replace(tour, state=TourState.PROPOSED, questioned="", reason=reason_for(level))
    if tour.state in _UNDER_WAY:
        return replace(tour, questioned=doubt and f"{doubt}，是否继续由人决定")
    return tour


def reason_for(level: AccidentLevel) -> str:
    """Why a special tour is proposed."""
    return f"发生{level}生产安全事故，建议专项巡查"


def _noted(tour: Tour, note: str) -> str:
    """The reason with the note, once."""
    return tour.reason if note in tour.reason else f"{tour.reason}；{note}"
