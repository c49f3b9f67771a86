"""Accident types carry the standard they are taken from."""

from datetime import date

import pytest

from services.registry import data
from services.registry.facts import AccidentType
from services.registry.rules.accident_types import STANDARDS, accident_types, check_type, standard_on


def test_every_row_is_a_type_and_the_same_word_in_two_standards_is_two_types() -> None:
    rows = data.rows(data.ACCIDENT_TYPES)
    types = accident_types(rows)
    assert len(types) == len(rows) == 47
    assert {AccidentType("GB/T 6441-1986", "火灾", "08"), AccidentType("GB 6441-2025", "火灾")} <= types
    assert {item.standard for item in types} == {standard for standard, _ in STANDARDS}


@pytest.mark.parametrize(
    ("day", "standard"),
    [
        (date(1980, 1, 1), None),
        (date(2025, 12, 31), "GB/T 6441-1986"),
        (date(2026, 1, 1), "GB 6441-2025"),
    ],
)
def test_the_day_of_the_accident_decides_the_standard(day: date, standard: str | None) -> None:
    assert standard_on(day) == standard


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("kind", "day", "code"),
    [
        (AccidentType("GB/T 6441-1986", "火灾", "08"), date(2025, 12, 31), "type_of_standard"),
        (AccidentType("GB/T 6441-1986", "火灾", "08"), date(2026, 1, 1), "standard_not_in_force"),
        (AccidentType("GB 6441-2025", "火灾"), date(2026, 1, 1), "type_of_standard"),
        (AccidentType("GB 6441-2025", "火灾"), date(2025, 12, 31), "standard_not_in_force"),
        (AccidentType("GB 6441-2025", "火灾", "08"), date(2026, 1, 1), "unknown_accident_type"),
    ],
)
def test_a_type_is_one_that_the_standard_of_the_day_names(kind: AccidentType, day: date, code: str) -> None:
    assert check_type(kind, day, accident_types(data.rows(data.ACCIDENT_TYPES))).code == code
