"""Calendar periods partition the days, whatever the year."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.duties.facts import PeriodKind
from services.duties.rules.periods import (
    covered,
    months_before,
    period_of,
    periods_between,
    shanghai_day,
    uncovered_days,
)
from shared.roster.facts import Span

DAYS = st.dates(date(1981, 1, 1), date(2200, 12, 31))
KINDS = st.sampled_from(PeriodKind)


@given(KINDS, st.integers(1981, 2200))
def test_periods_partition_the_year(kind: PeriodKind, year: int) -> None:
    periods = list(periods_between(kind, date(year, 1, 1), date(year, 12, 31)))
    assert periods[0].from_day == date(year, 1, 1)
    assert periods[-1].to_day == date(year, 12, 31)
    for one, following in pairwise(periods):
        assert following.from_day == one.to_day + timedelta(days=1)
    assert len({period.label for period in periods}) == len(periods)


@given(KINDS, DAYS)
def test_each_day_lies_in_its_own_period(kind: PeriodKind, day: date) -> None:
    period = period_of(kind, day)
    assert period.contains(day)
    assert period_of(kind, period.from_day) == period_of(kind, period.to_day) == period


@pytest.mark.parametrize(
    ("kind", "day", "label", "days"),
    [
        (PeriodKind.MONTH, date(2024, 2, 29), "2024-02", 29),
        (PeriodKind.MONTH, date(2023, 2, 28), "2023-02", 28),
        (PeriodKind.MONTH, date(2100, 2, 1), "2100-02", 28),
        (PeriodKind.QUARTER, date(2024, 2, 29), "2024-Q1", 91),
        (PeriodKind.QUARTER, date(2024, 12, 31), "2024-Q4", 92),
        (PeriodKind.HALF_YEAR, date(2024, 6, 30), "2024-H1", 182),
        (PeriodKind.HALF_YEAR, date(2024, 7, 1), "2024-H2", 184),
        (PeriodKind.YEAR, date(2024, 2, 29), "2024", 366),
    ],
)
def test_leap_days_and_ends(kind: PeriodKind, day: date, label: str, days: int) -> None:
    assert (period_of(kind, day).label, period_of(kind, day).days) == (label, days)


def test_the_last_period_of_the_calendar_ends() -> None:
    assert [period.to_day for period in periods_between(PeriodKind.MONTH, date.max, date.max)] == [date.max]


def test_an_evening_in_utc_is_the_next_day_in_shanghai() -> None:
    assert shanghai_day(datetime(2024, 4, 30, 16, 0, tzinfo=UTC)) == date(2024, 5, 1)
    with pytest.raises(ValueError, match="offset"):
        shanghai_day(datetime(2024, 4, 30, 16, 0))  # noqa: DTZ001 - the missing offset is what is tested


def test_months_before_stays_within_the_month() -> None:
    assert months_before(date(2024, 2, 29), 12) == date(2023, 2, 28)
    assert months_before(date(2026, 5, 20), 12) == date(2025, 5, 20)
    assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)


@given(st.lists(st.tuples(DAYS, st.none() | st.integers(0, 400)), max_size=5), DAYS, st.integers(0, 200))
def test_uncovered_days_are_counted_one_by_one(drawn: list[tuple[date, int | None]], first: date, length: int) -> None:
    spans = [Span(start, None if days is None else start + timedelta(days=days)) for start, days in drawn]
    spans += [Span(first + timedelta(days=length // 3), first + timedelta(days=length // 2))]
    last = first + timedelta(days=length)
    days_of = (first + timedelta(days=offset) for offset in range(length + 1))
    missing = sum(not any(span.covers(day) for span in spans) for day in days_of)
    assert uncovered_days(spans, first, last) == missing
    assert covered(spans, first, last) is (missing == 0)
