"""事故类别: the types of GB/T 6441-1986 and GB 6441-2025, and which standard an accident's day calls for."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.registry.facts import AccidentType

# (standard, first day); that the new one begins with the year 2026 is known, its very day is unverified.
STANDARDS: tuple[tuple[str, date], ...] = (
    ("GB/T 6441-1986", date(1987, 2, 1)),
    ("GB 6441-2025", date(2026, 1, 1)),
)


def standard_on(day: date) -> str | None:
    """The standard in force on `day`; None before the first."""
    return next((standard for standard, first in reversed(STANDARDS) if first <= day), None)


def accident_types(rows: Iterable[Mapping[str, str]]) -> frozenset[AccidentType]:
    """Every type of the list; whatever is not in here is no type of the standard it names."""
    return frozenset(AccidentType(row["standard"], row["name"], row["code"] or None) for row in rows)
