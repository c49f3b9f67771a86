"""A seeded year is what the rules accept, agrees with the package day by day, and is never guessed."""

import json
from datetime import date, timedelta

import chinese_calendar
import pytest

from services.duties.facts.deadlines import CalendarDay, WorkingYear
from services.duties.rules.calendar import calendar_of, is_working, may_record
from tools.seed_calendar import body_of, main

NUMBER = "国办发明电〔2025〕7号"


@pytest.mark.parametrize("year", [2019, 2024, 2025, 2026])
def test_every_day_of_a_seeded_year_is_worked_or_off_as_the_package_says(year: int) -> None:
    listed = body_of(year, NUMBER)["days"]
    days = tuple(CalendarDay(date.fromisoformat(one["day"]), one["name"], one["working"]) for one in listed)
    seeded = WorkingYear(year, NUMBER, days)
    assert may_record(seeded)
    calendar = calendar_of([seeded])
    whole = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year, 12, 31) - date(year, 1, 1)).days + 1)]
    assert [is_working(calendar, one) for one in whole] == [chinese_calendar.is_workday(one) for one in whole]


def test_a_year_that_the_package_does_not_know_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["2099", "--notice", NUMBER]) == 1
    assert main(["2026", "--notice", NUMBER]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["notice_number"] == NUMBER
