"""影响期 arithmetic: calendar months, the last blocked day, the longest governs."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.statute.decision import Basis
from shared.statute.effects import (
    MAX_COMBINED_MONTHS,
    Bar,
    Effect,
    EffectKind,
    barred,
    combined_period,
    governing,
    last_blocked_day,
    longest,
    standing,
)

DAYS = st.dates(min_value=date(2018, 1, 1), max_value=date(2060, 12, 31))
MONTHS = st.integers(min_value=1, max_value=MAX_COMBINED_MONTHS)
LAW = Basis("政务处分法 第八条")


def effect(
    last: date | None,
    bar: Bar = Bar.PROMOTION,
    kind: EffectKind = EffectKind.EFFECT_PERIOD,
    start: date = date(2026, 1, 1),
) -> Effect:
    return Effect(kind, bar, "demerit", start, last, LAW)


EFFECTS = st.lists(
    st.builds(
        effect,
        st.none() | DAYS,
        st.sampled_from(Bar),
        st.sampled_from(EffectKind),
        DAYS,
    ),
    max_size=8,
)


@pytest.mark.clause("art23")
@pytest.mark.parametrize(
    ("effective_on", "months", "last"),
    [
        (date(2026, 12, 25), 12, date(2027, 12, 24)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 29), 6, date(2027, 2, 28)),
        (date(2027, 8, 29), 6, date(2028, 2, 28)),
        (date(2026, 8, 28), 6, date(2027, 2, 27)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2026, 1, 1), 6, date(2026, 6, 30)),
        (date(2026, 5, 31), 1, date(2026, 6, 30)),
        (date(2026, 7, 31), 1, date(2026, 8, 30)),
    ],
)
def test_the_last_blocked_day_is_the_day_before_the_same_day_number_or_the_end_of_a_shorter_month(
    effective_on: date, months: int, last: date
) -> None:
    assert last_blocked_day(effective_on, months) == last


@pytest.mark.clause("art23")
@given(DAYS, MONTHS)
def test_the_day_after_a_period_has_the_same_number_or_is_the_first_of_a_month(start: date, months: int) -> None:
    last = last_blocked_day(start, months)
    free = last + timedelta(days=1)
    target = start.year * 12 + start.month - 1 + months
    if free.day == start.day:
        assert free.year * 12 + free.month - 1 == target
    else:
        assert last.year * 12 + last.month - 1 == target
        assert last.day == monthrange(last.year, last.month)[1] < start.day


@pytest.mark.clause("art23")
@given(DAYS, MONTHS, MONTHS)
def test_a_longer_period_ends_later(start: date, one: int, other: int) -> None:
    if one < other:
        assert last_blocked_day(start, one) < last_blocked_day(start, other)


@pytest.mark.clause("art23")
@given(DAYS, DAYS, MONTHS)
def test_a_later_start_never_ends_earlier(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert last_blocked_day(first, months) <= last_blocked_day(second, months)


def test_a_period_without_a_month_is_no_question() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        last_blocked_day(date(2026, 1, 1), 0)


@pytest.mark.clause("art23")
@given(EFFECTS, st.sampled_from(Bar), DAYS)
def test_the_longest_governs_and_nothing_that_does_not_block_does(effects: list[Effect], bar: Bar, day: date) -> None:
    found = governing(effects, bar, day)
    blocking = [each for each in effects if each.bar is bar and each.blocks(day)]
    if found is None:
        assert blocking == []
        assert barred(effects, bar, day).allowed
    else:
        assert found in blocking
        assert all((each.last_day or date.max) <= (found.last_day or date.max) for each in blocking)
        refusal = barred(effects, bar, day)
        assert not refusal.allowed
        assert str(found.last_day or "未定截止日") in refusal.reason_zh


@pytest.mark.clause("art23")
@given(EFFECTS, DAYS)
def test_what_stands_on_a_day_is_one_longest_for_each_bar_and_kind(effects: list[Effect], day: date) -> None:
    held = standing(effects, day)
    assert len({(each.bar, each.kind) for each in held}) == len(held)
    assert {(each.bar, each.kind) for each in held} == {(each.bar, each.kind) for each in effects if each.blocks(day)}


def test_a_bar_for_good_outlasts_every_date() -> None:
    for_good = effect(None)
    assert longest([effect(date(2090, 1, 1)), for_good]) is for_good
    assert longest([]) is None


@pytest.mark.clause("art23")
@pytest.mark.parametrize(("year", "touched"), [(2025, False), (2026, True), (2027, True), (2028, False)])
def test_a_period_touches_every_year_it_shares_a_day_with(year: int, touched: bool) -> None:
    assert effect(date(2027, 12, 24), start=date(2026, 12, 25)).touches_year(year) is touched


@pytest.mark.parametrize(
    ("months", "combined", "allowed"),
    [
        ((6, 12), 12, True),
        ((6, 12), 18, True),
        ((6, 12), 19, False),
        ((6, 12), 11, False),
        ((24, 24), 48, True),
        ((24, 24, 18), 49, False),
        ((12,), 12, False),
    ],
)
def test_a_combined_period_lies_between_the_longest_and_the_sum_and_never_exceeds_48_months(
    months: tuple[int, ...], combined: int, allowed: bool
) -> None:
    assert combined_period(months, combined).allowed is allowed


@given(st.lists(st.sampled_from((6, 12, 18, 24)), min_size=2, max_size=6), st.integers(1, 200))
def test_no_combined_period_exceeds_48_months(months: list[int], combined: int) -> None:
    if combined_period(months, combined):
        assert max(months) <= combined <= min(sum(months), MAX_COMBINED_MONTHS)
