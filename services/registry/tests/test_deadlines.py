"""Deadlines of report, approval and evaluation: on any day, with extensions, appraisals and withdrawn steps."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts import Authority, Level
from services.registry.facts.proceedings import Deadline, DeadlineKind, DeadlineStatus, Proceeding, ProceedingKind
from services.registry.rules.calendar import year_after
from services.registry.rules.deadlines import (
    EVALUATION_LIMITS,
    INVESTIGATION_LIMITS,
    WORK_SAFETY_LAW,
    check_extension,
    deadlines,
    investigation_limit_on,
)
from services.registry.rules.level import DECREE_493, NoRuleInForceError
from services.registry.tests.rosters import ACCIDENT_DAY

K, S = ProceedingKind, DeadlineStatus
DAY60 = date(2026, 7, 19)


def on(after: int) -> date:
    return ACCIDENT_DAY + timedelta(days=after)


def step(kind: ProceedingKind, after: int, **more: object) -> Proceeding:
    authority = Authority.CITY if kind is K.OPENED else None
    return replace(Proceeding(kind, on(after), "演练市人民政府", authority=authority), **more)  # type: ignore[arg-type]


OPENED = step(K.OPENED, 1)


def asked(as_of: date, *steps: Proceeding, level: Level = Level.LARGER) -> dict[DeadlineKind, Deadline]:
    return {one.kind: one for one in deadlines(ACCIDENT_DAY, level, steps, as_of)}


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("as_of", "steps", "due_on", "status"),
    [
        (ACCIDENT_DAY, (), DAY60, S.OPEN),
        (DAY60, (OPENED,), DAY60, S.OPEN),
        (DAY60 + timedelta(days=1), (OPENED,), DAY60, S.OVERDUE),
        (DAY60, (OPENED, step(K.SUBMITTED, 60)), DAY60, S.MET),
        (on(61), (OPENED, step(K.SUBMITTED, 61)), DAY60, S.LATE),
        (on(60), (OPENED, step(K.SUBMITTED, 61)), DAY60, S.OPEN),
        (on(120), (OPENED, step(K.EXTENDED, 50, days=60)), on(120), S.OPEN),
        (on(121), (OPENED, step(K.EXTENDED, 50, days=60)), on(120), S.OVERDUE),
        (on(121), (OPENED, step(K.EXTENDED, 50, days=60, withdrawn="误登")), DAY60, S.OVERDUE),
        (on(70), (OPENED, step(K.APPRAISED, 10, until=on(19))), on(70), S.OPEN),
        (on(71), (OPENED, step(K.APPRAISED, 10, until=on(19))), on(70), S.OVERDUE),
        (on(75), (OPENED, step(K.APPRAISED, 10, until=on(19)), step(K.APPRAISED, 15, until=on(24))), on(75), S.OPEN),
        (on(100), (OPENED, step(K.APPRAISED, 41)), on(120), S.OPEN),
    ],
)
def test_the_report_is_due_sixty_days_after_the_accident_and_as_many_as_were_granted(
    as_of: date, steps: tuple[Proceeding, ...], due_on: date, status: DeadlineStatus
) -> None:
    found = asked(as_of, *steps)[DeadlineKind.REPORT]
    assert (found.due_on, found.status) == (due_on, status)
    assert any("第二十九条" in one.clause and "read" in (one.note or "") for one in found.basis)


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("level", "extension", "days"),
    [
        (Level.ORDINARY, 0, 15),
        (Level.LARGER, 0, 15),
        (Level.MAJOR, 0, 15),
        (Level.EXCEPTIONAL, 0, 30),
        (Level.EXCEPTIONAL, 30, 60),
    ],
)
def test_the_approval_is_due_by_the_level_from_the_day_of_the_report(level: Level, extension: int, days: int) -> None:
    steps = [OPENED, step(K.SUBMITTED, 40)]
    if extension:
        steps.append(step(K.APPROVAL_EXTENDED, 50, days=extension))
    last = on(40 + days)
    for as_of, status in ((last, S.OPEN), (last + timedelta(days=1), S.OVERDUE)):
        found = asked(as_of, *steps, level=level)[DeadlineKind.APPROVAL]
        assert (found.due_on, found.status) == (last, status)
    assert asked(on(39), *steps)[DeadlineKind.APPROVAL].status is S.NOT_BEGUN


@pytest.mark.clause("art8.5")
def test_rectification_and_accountability_are_evaluated_within_a_year_of_the_approval() -> None:
    steps = (OPENED, step(K.SUBMITTED, 40), step(K.APPROVED, 50))
    due = date(2027, 7, 9)
    for as_of, status in ((on(50), S.OPEN), (due, S.OPEN), (due + timedelta(days=1), S.OVERDUE)):
        found = asked(as_of, *steps)[DeadlineKind.EVALUATION]
        assert (found.due_on, found.status) == (due, status)
    done = replace(step(K.EVALUATED, 0), day=due)
    assert asked(due, *steps, done)[DeadlineKind.EVALUATION].status is S.MET
    late = replace(done, day=due + timedelta(days=1))
    assert asked(late.day, *steps, late)[DeadlineKind.EVALUATION].status is S.LATE
    assert [one.clause for one in found.basis] == ["art8.5", "安全生产法（2021修正） 第八十六条"]


@pytest.mark.clause("art8.5")
@pytest.mark.parametrize(
    ("day", "due_on", "status", "kinds"),
    [
        (date(2018, 8, 20), None, S.NOT_BEGUN, ["text"]),
        (date(2018, 8, 21), date(2019, 8, 23), S.OVERDUE, ["text", "reading"]),
        (date(2021, 8, 29), date(2022, 8, 31), S.OVERDUE, ["text", "reading"]),
        (date(2021, 8, 30), date(2022, 9, 1), S.OVERDUE, ["text", "text"]),
    ],
)
def test_before_the_law_set_the_year_it_is_read_into_the_rules_and_before_them_no_day_is_made_up(
    day: date, due_on: date | None, status: DeadlineStatus, kinds: list[str]
) -> None:
    steps = [
        Proceeding(kind, day + timedelta(days=at), "演练县人民政府", authority=Authority.COUNTY)
        for at, kind in enumerate((K.OPENED, K.SUBMITTED, K.APPROVED))
    ]
    found = {one.kind: one for one in deadlines(day, Level.ORDINARY, steps, date(2026, 1, 1))}[DeadlineKind.EVALUATION]
    assert (found.due_on, found.status) == (due_on, status)
    assert [one.kind.value for one in found.basis] == kinds


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 7, 9), date(2027, 7, 9)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
    ],
)
def test_a_year_ends_on_the_same_date_or_the_last_of_february(day: date, last: date) -> None:
    assert year_after(day) == last


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("kind", "level", "before", "days", "code"),
    [
        (K.EXTENDED, Level.LARGER, (), 60, "extension_within_limit"),
        (K.EXTENDED, Level.LARGER, (), 61, "extended_too_long"),
        (K.EXTENDED, Level.LARGER, (30,), 30, "extension_within_limit"),
        (K.EXTENDED, Level.LARGER, (30,), 31, "extended_too_long"),
        (K.APPROVAL_EXTENDED, Level.EXCEPTIONAL, (), 30, "extension_within_limit"),
        (K.APPROVAL_EXTENDED, Level.EXCEPTIONAL, (), 31, "extended_too_long"),
        (K.APPROVAL_EXTENDED, Level.MAJOR, (), 1, "no_extension_allowed"),
        (K.SUBMITTED, Level.MAJOR, (), 0, "no_extension"),
    ],
)
def test_extensions_together_keep_within_what_the_decree_allows(
    kind: ProceedingKind, level: Level, before: tuple[int, ...], days: int, code: str
) -> None:
    granted = [OPENED, *(step(kind, 5, days=one) for one in before)]
    assert check_extension(step(kind, 50, days=days), level, granted, ACCIDENT_DAY).code == code


@given(st.integers(0, 400), st.integers(0, 60), st.integers(0, 40), st.integers(0, 30))
def test_a_report_is_never_overdue_on_or_before_its_last_day_and_always_after(
    after: int, extension: int, from_day: int, appraisal: int
) -> None:
    steps = [OPENED, step(K.APPRAISED, 1 + from_day, until=on(1 + from_day + appraisal))]
    if extension:
        steps.append(step(K.EXTENDED, 1, days=extension))
    found = asked(on(after), *steps)[DeadlineKind.REPORT]
    assert found.due_on is not None
    assert (found.status is S.OVERDUE) is (on(after) > found.due_on)
    assert found.due_on >= DAY60


def test_every_limit_carries_its_document_first_day_and_whether_it_was_read() -> None:
    sources = [(one.document, one.status) for one in INVESTIGATION_LIMITS]
    assert sources == [(DECREE_493, "read")]
    years = [(one.valid_from, one.basis.clause, one.basis.kind.value) for one in EVALUATION_LIMITS]
    assert years == [
        (date(2018, 8, 23), "art8.5", "reading"),
        (date(2021, 9, 1), f"{WORK_SAFETY_LAW} 第八十六条", "text"),
    ]
    with pytest.raises(NoRuleInForceError):
        investigation_limit_on(date(2007, 5, 31))
