"""Working days: weekends are off and other days are worked, but for what the year's notice names.

A year without a notice on record is unknown: an error, never a guess. The stages of reminders are defaults: the statute
says by when, not when to remind.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from services.duties.facts import Defaults
from services.duties.facts.deadlines import Stage, WorkingCalendar, WorkingYear
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_DAY = timedelta(days=1)
_SATURDAY = 5
#: Ten working days lie within this, whatever bridges a notice makes: ten days off in a row, and two weekends.
FARTHEST = timedelta(days=31)
_PRACTICE = Basis("art28", BasisKind.DEFAULT, "reminders are a default of practice; the text says by when, not how")


class CalendarYearUnknown(Exception):  # noqa: N818 - it says what is not known
    """No notice of that year is on record; `decision` is the refusal with code `calendar_year_unknown`."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.decision: Decision = refuse(
            "calendar_year_unknown",
            f"{year}年工作日历尚未登记放假通知",
            f"no notice on holidays is on record for {year}",
            _PRACTICE,
        )
        super().__init__(self.decision.reason_en)


def calendar_of(years: Iterable[WorkingYear]) -> WorkingCalendar:
    """The calendar that these notices make; of a day that two of them name, the later year's notice says."""
    ordered = sorted(years, key=lambda one: one.year)
    named = {day.day: day.working for one in ordered for day in one.days}
    return WorkingCalendar(frozenset(one.year for one in ordered), named)


@cites("art28")
def may_record(year: WorkingYear) -> Decision:
    """Whether a notice may be recorded: each day once, within its year or the December before (New Year's bridge)."""
    days = [one.day for one in year.days]
    if len(set(days)) < len(days):
        return refuse("calendar_day_twice", "同一日列出两次", "a day is named twice", _PRACTICE)
    if any(not date(year.year - 1, 12, 1) <= day <= date(year.year, 12, 31) for day in days):
        return refuse("calendar_day_outside", "所列日期不属于该年度", "a day lies outside the year", _PRACTICE)
    return allow("calendar_recordable", "可以登记", "it may be recorded", _PRACTICE)


def is_working(calendar: WorkingCalendar, day: date) -> bool:
    """Whether the day is worked.

    Raises:
        CalendarYearUnknown: the day's year has no notice on record.
    """
    if day.year not in calendar.years:
        raise CalendarYearUnknown(day.year)
    return calendar.named.get(day, day.weekday() < _SATURDAY)


def working_days_before(calendar: WorkingCalendar, day: date, count: int) -> date:
    """The working day that lies `count` (at least 1) working days before `day`, which itself is not counted.

    Raises:
        CalendarYearUnknown: a day on the way lies in a year without a notice.
    """
    while count > 0:
        day -= _DAY
        count -= is_working(calendar, day)
    return day


def alarm_days(calendar: WorkingCalendar, due_on: date, defaults: Defaults | None = None) -> tuple[date, date]:
    """The days of the first and the second reminder; CalendarYearUnknown as for `working_days_before`."""
    used = defaults or Defaults()
    first, second = used.first_reminder_working_days, used.second_reminder_working_days
    return working_days_before(calendar, due_on, first), working_days_before(calendar, due_on, second)


@cites("art28")
def stage_on(calendar: WorkingCalendar, due_on: date, today: date, defaults: Defaults | None = None) -> Stage | None:
    """Which notice an obligation without a record gets on a day; a stage whose days have passed is not made up for.

    Raises:
        CalendarYearUnknown: as for `alarm_days`; a lapse needs no calendar.
    """
    if today > due_on:
        return Stage.LAPSED
    first, second = alarm_days(calendar, due_on, defaults)
    if today >= second:
        return Stage.SECOND
    return Stage.FIRST if today >= first else None


def stages_on(
    calendar: WorkingCalendar, due_days: Iterable[date], today: date
) -> tuple[dict[date, Stage], dict[date, int]]:
    """The stage of each due day that has one; and the due days without an answer, each with the year that is unknown.

    A due day so far off that no calendar brings its first reminder to today is not asked about.
    """
    stages: dict[date, Stage] = {}
    unknown: dict[date, int] = {}
    for due_on in due_days:
        if due_on - today > FARTHEST:
            continue
        try:
            stage = stage_on(calendar, due_on, today)
        except CalendarYearUnknown as error:
            unknown[due_on] = error.year
            continue
        if stage is not None:
            stages[due_on] = stage
    return stages, unknown


def missing_years(known: Iterable[int], today: date, until: date) -> Sequence[int]:
    """The years from today's to that of `until` that have no notice on record."""
    return sorted(set(range(today.year, until.year + 1)) - set(known))
