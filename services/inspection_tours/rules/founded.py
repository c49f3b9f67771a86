"""What becomes of a special tour whose accident turns out to be elsewhere, or to be none."""

from dataclasses import replace

from services.inspection_tours.facts import Tour, TourState
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


def _noted(tour: Tour, note: str) -> str:
    """The reason with the note, once."""
    return tour.reason if note in tour.reason else f"{tour.reason}；{note}"
