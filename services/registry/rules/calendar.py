"""Calendar arithmetic that several rules need."""

from calendar import monthrange
from datetime import date


def months_before(day: date, months: int) -> date:
    """The day `months` calendar months before `day`, or that month's last day. ValueError below zero."""
    if months < 0:
        raise ValueError("a window of months is not negative")
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def year_after(day: date) -> date:
    """The last day of a year that begins after `day`: the same date, or 28 February where there is none."""
    return date(day.year + 1, day.month, min(day.day, monthrange(day.year + 1, day.month)[1]))
