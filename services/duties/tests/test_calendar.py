"""Working days as the notices of the State Council's office make them; a year without a notice is never guessed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.duties.facts.deadlines import CalendarDay, Stage, WorkingCalendar, WorkingYear, notice_id
from services.duties.rules import calendar as rules
from services.duties.rules.calendar import CalendarYearUnknown, calendar_of
from services.duties.tests.builders import uid

NUMBER = "演练发明电〔2024〕1号"


def year(number: int, *, off: dict[str, str] | None = None, worked: tuple[str, ...] = ()) -> WorkingYear:
    """A year; `off` holds the first and the last day of each holiday."""
    days = [
        CalendarDay(first + timedelta(days=n), "假", working=False)
        for first, last in ((date.fromisoformat(a), date.fromisoformat(b)) for a, b in (off or {}).items())
        for n in range((last - first).days + 1)
    ]
    return WorkingYear(number, NUMBER, (*days, *(CalendarDay(date.fromisoformat(one), "调休", True) for one in worked)))


YEARS = (
    year(
        2025,
        off={"2025-01-01": "2025-01-01", "2025-01-28": "2025-02-04", "2025-10-01": "2025-10-08"},
        worked=("2025-01-26", "2025-02-08", "2025-09-28", "2025-10-11"),
    ),
    year(2026, off={"2026-01-01": "2026-01-03"}, worked=("2026-01-04",)),
)
CALENDAR = calendar_of(YEARS)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2025-09-26", True),  # an ordinary Friday
        ("2025-09-27", False),  # an ordinary Saturday
        ("2025-09-28", True),  # a Sunday that is worked (调休)
        ("2025-10-08", False),  # a Wednesday that is off
        ("2025-10-11", True),  # a Saturday that is worked
        ("2026-01-02", False),
        ("2026-01-04", True),
    ],
)
def test_weekends_are_off_and_other_days_worked_but_for_what_the_notice_names(day: str, working: bool) -> None:
    assert rules.is_working(CALENDAR, date.fromisoformat(day)) is working


@pytest.mark.parametrize(
    ("due", "count", "expected"),
    [
        ("2025-05-31", 3, "2025-05-28"),
        ("2025-10-12", 1, "2025-10-11"),  # a worked Saturday counts
        ("2025-10-12", 3, "2025-10-09"),
        ("2025-10-12", 4, "2025-09-30"),  # across eight days off
        ("2025-10-12", 6, "2025-09-28"),  # a worked Sunday counts
        ("2026-01-05", 1, "2026-01-04"),
        ("2026-01-05", 2, "2025-12-31"),  # across the year's end
        ("2025-02-09", 2, "2025-02-07"),
        ("2025-02-09", 5, "2025-01-27"),  # across the Spring Festival
        ("2025-02-09", 6, "2025-01-26"),
    ],
)
def test_working_days_before_a_due_day(due: str, count: int, expected: str) -> None:
    assert rules.working_days_before(CALENDAR, date.fromisoformat(due), count) == date.fromisoformat(expected)


@given(st.dates(date(2025, 2, 1), date(2026, 12, 31)), st.integers(1, 15))
def test_between_the_answer_and_the_due_day_lie_exactly_that_many_working_days(due: date, count: int) -> None:
    answer = rules.working_days_before(CALENDAR, due, count)
    between = [answer + timedelta(days=n) for n in range((due - answer).days)]
    assert rules.is_working(CALENDAR, answer)
    assert sum(rules.is_working(CALENDAR, one) for one in between) == count
    assert rules.working_days_before(CALENDAR, due, count + 1) < answer


@given(st.dates(date(2025, 2, 1), date(2026, 12, 31)))
def test_no_stage_comes_back_and_the_first_reminder_lies_within_the_farthest_day(due: date) -> None:
    days = [due - timedelta(days=n) for n in range(40, -3, -1)]
    order = [None, Stage.FIRST, Stage.SECOND, Stage.LAPSED]
    seen = [order.index(rules.stage_on(CALENDAR, due, one)) for one in days if one.year >= 2025]
    assert seen == sorted(seen)
    assert seen[-1] == 3
    first, second = rules.alarm_days(CALENDAR, due)
    assert due - rules.FARTHEST <= first < second < due
    assert rules.stage_on(CALENDAR, due, first) is Stage.FIRST
    assert rules.stage_on(CALENDAR, due, first - timedelta(days=1)) is None
    assert rules.stage_on(CALENDAR, due, second) is rules.stage_on(CALENDAR, due, due) is Stage.SECOND


@pytest.mark.parametrize(
    "ask",
    [
        lambda: rules.is_working(CALENDAR, date(2027, 1, 4)),
        lambda: rules.working_days_before(CALENDAR, date(2025, 1, 5), 4),
        lambda: rules.stage_on(CALENDAR, date(2027, 1, 31), date(2027, 1, 30)),
    ],
)
def test_a_year_without_a_notice_is_an_error_and_never_a_guess(ask: Callable[[], object]) -> None:
    with pytest.raises(CalendarYearUnknown) as raised:
        ask()
    assert raised.value.decision.code == "calendar_year_unknown"
    assert not raised.value.decision.allowed
    assert raised.value.year in {2024, 2027}


def test_a_lapse_needs_no_calendar_and_due_days_that_need_one_are_named() -> None:
    empty = WorkingCalendar(frozenset(), {})
    days = [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 12, 31)]
    stages, unknown = rules.stages_on(empty, days, date(2027, 1, 20))
    assert stages == {date(2026, 12, 31): Stage.LAPSED}
    assert unknown == {date(2027, 1, 31): 2027}  # the others are too far off to be asked about
    assert rules.missing_years([2026], date(2026, 5, 1), date(2028, 1, 1)) == [2027, 2028]


def test_of_a_day_that_two_notices_name_the_later_says() -> None:
    bridge = replace(YEARS[1], days=(*YEARS[1].days, CalendarDay(date(2025, 12, 31), "元旦", working=False)))
    assert rules.may_record(bridge)
    assert not rules.is_working(calendar_of((bridge, YEARS[0])), date(2025, 12, 31))
    assert rules.is_working(CALENDAR, date(2025, 12, 31))


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ((date(2026, 1, 1), date(2026, 1, 1)), "calendar_day_twice"),
        ((date(2027, 1, 1),), "calendar_day_outside"),
        ((date(2025, 11, 30),), "calendar_day_outside"),
        ((date(2025, 12, 1), date(2026, 12, 31)), "calendar_recordable"),
    ],
)
def test_a_notice_names_each_day_once_and_days_of_its_year(days: tuple[date, ...], code: str) -> None:
    named = WorkingYear(2026, NUMBER, tuple(CalendarDay(one, "假", working=False) for one in days))
    assert rules.may_record(named).code == code


def test_an_obligation_has_one_notice_of_each_stage() -> None:
    obligations = [uid("one"), uid("two")]
    assert len({notice_id(one, stage) for one in obligations for stage in Stage}) == 6
    assert notice_id(obligations[0], Stage.FIRST) == notice_id(uid("one"), Stage.FIRST)
