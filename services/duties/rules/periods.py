"""Calendar periods over Asia/Shanghai dates (a default: the statute only says 每月, 每季度, 每半年, 每年)."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from services.duties.facts import Period, PeriodKind
from shared.roster.facts import Span
from shared.statute.clauses import cites

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991, before any day that matters
_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 12}
_DAY = timedelta(days=1)
_LABEL = re.compile(r"(?P<year>[12]\d{3})(-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4])|-H(?P<half>[12]))?")
_LABELLED = {PeriodKind.MONTH: "month", PeriodKind.QUARTER: "quarter", PeriodKind.HALF_YEAR: "half"}


def shanghai_day(instant: datetime) -> date:
    """The Asia/Shanghai date of an instant with an offset; ValueError for one without."""
    if instant.tzinfo is None:
        raise ValueError("an instant carries an offset")
    return instant.astimezone(SHANGHAI).date()


def _first_of_month(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


@cites("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6", "art10.2", "art10.3", "art11.3")
def period_of(kind: PeriodKind, day: date) -> Period:
    """The period of that kind in which `day` lies."""
    length = _MONTHS[kind]
    start = day.year * 12 + (day.month - 1) // length * length
    return Period(kind, _first_of_month(start), _last_day(start + length - 1))


def _last_day(months: int) -> date:
    # not the day before the next month's first: there is no year after date.max
    first = _first_of_month(months)
    return first.replace(day=31) if first.month == 12 else _first_of_month(months + 1) - _DAY


def period_named(label: str) -> Period:
    """The period that a label names (`2024-05`, `2024-Q2`, `2024-H1`, `2024`); ValueError where none does."""
    matched = _LABEL.fullmatch(label)
    if matched is None:
        raise ValueError(f"{label!r} names no period")
    year = int(matched["year"])
    for kind, group in _LABELLED.items():
        if matched[group] is not None:
            return period_of(kind, date(year, (int(matched[group]) - 1) * _MONTHS[kind] + 1, 1))
    return period_of(PeriodKind.YEAR, date(year, 1, 1))


def periods_between(kind: PeriodKind, from_day: date, to_day: date) -> Iterator[Period]:
    """Every period of that kind that shares a day with [from_day, to_day], in order."""
    day = from_day
    while day <= to_day:
        period = period_of(kind, day)
        yield period
        if period.to_day == date.max:
            return
        day = period.to_day + _DAY


def months_before(day: date, months: int) -> date:
    """The same day number `months` earlier, or that month's last day where the number does not exist."""
    target = day.year * 12 + day.month - 1 - months
    return _first_of_month(target).replace(day=min(day.day, _last_day(target).day))


def covered(spans: list[Span], first: date, last: date) -> bool:
    """Whether every day of [first, last] lies in at least one of the spans."""
    return uncovered_days(spans, first, last) == 0


def uncovered_days(spans: list[Span], first: date, last: date) -> int:
    """How many days of [first, last] lie in none of the spans."""
    missing, ordinal, end = 0, first.toordinal(), last.toordinal() + 1
    for span in sorted(spans, key=lambda span: span.from_day):
        start = min(span.from_day.toordinal(), end)
        missing += max(0, start - ordinal)
        stop = end if span.to_day is None else min(span.to_day.toordinal() + 1, end)
        ordinal = max(ordinal, start, stop)
    return missing + end - ordinal
