"""Coverage of the two-yearly cycle (Art. 14) on any day: only routine tours count."""

from collections.abc import Collection
from datetime import date, timedelta

from services.inspection_tours.facts import (
    Configuration,
    Coverage,
    CoverageStatus,
    OwedTour,
    Tour,
    TourKind,
    TourState,
)
from shared.statute.clauses import cites
from shared.statute.effects import last_blocked_day

_HELD = (TourState.RESULT, TourState.CLOSED)
_COMING = (TourState.PLANNED, TourState.OPENED, TourState.FINDINGS)


@cites("art14")
def routine_visits(owed: OwedTour, tours: Collection[Tour], on: date) -> tuple[date, ...]:
    """The days by `on` on which routine tours of the body opened that reached a result, in order."""
    return tuple(
        sorted(
            tour.opened_on
            for tour in tours
            if tour.kind is TourKind.ROUTINE
            and tour.state in _HELD
            and owed.organ_id in tour.organ_ids
            and tour.opened_on is not None
            and tour.opened_on <= on
        )
    )


@cites("art14")
def coverage_of(owed: OwedTour, tours: Collection[Tour], on: date, configuration: Configuration) -> Coverage:
    """Visited, planned, due or overdue on a day; overdue stands even where a tour is planned."""
    visits = routine_visits(owed, tours, on)
    last = visits[-1] if visits else None
    due_on = last_blocked_day(last or owed.since, configuration.cycle_months)
    planned_on = _planned(owed, tours)
    forecast_on = planned_on or due_on
    return Coverage(
        owed=owed,
        on=on,
        status=_status(last, due_on, planned_on, on, configuration),
        last_routine_on=last,
        months_since=None if last is None else whole_months(last, on),
        due_on=due_on,
        planned_on=planned_on,
        forecast_on=forecast_on,
        forecast_late=max(forecast_on, on) > due_on,
    )


def whole_months(since: date, on: date) -> int:
    """Whole calendar months that ended by `on`; a month ends the day before the same day number."""
    months = max(0, (on.year - since.year) * 12 + on.month - since.month)
    return months if months == 0 or last_blocked_day(since, months) < on else months - 1


def _planned(owed: OwedTour, tours: Collection[Tour]) -> date | None:
    days = (
        tour.opened_on or tour.planned_for
        for tour in tours
        if tour.kind is TourKind.ROUTINE and tour.state in _COMING and owed.organ_id in tour.organ_ids
    )
    return min((day for day in days if day is not None), default=None)


def _status(
    last: date | None, due_on: date, planned_on: date | None, on: date, configuration: Configuration
) -> CoverageStatus:
    if on > due_on:
        return CoverageStatus.OVERDUE
    if planned_on is not None:
        return CoverageStatus.PLANNED
    months_left = whole_months(on, due_on + timedelta(days=1))
    if last is None or months_left < configuration.due_soon_months:
        return CoverageStatus.DUE
    return CoverageStatus.VISITED
