"""事故类别: the types of GB/T 6441-1986 and GB 6441-2025, and which standard an accident's day calls for."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from services.registry.facts import AccidentType
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

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


@cites("art21.4")
def check_type(kind: AccidentType, day: date, known: Collection[AccidentType]) -> Decision:
    """A type is one that the standard of the accident's day names, by name and code."""
    standard = standard_on(day)
    basis = Basis(standard or "GB/T 6441-1986", BasisKind.READING, "按事故发生之日的标准 · the standard of the day")
    if kind not in known:
        return refuse("unknown_accident_type", "该标准中没有此事故类别", "the standard names no such type", basis)
    if kind.standard != standard:
        return refuse(
            "standard_not_in_force",
            f"{kind.standard} 在 {day} 不适用，当日适用 {standard or '无'}",
            f"{kind.standard} is not the standard of {day}, which is {standard or 'none'}",
            basis,
        )
    return allow("type_of_standard", "事故类别有效", "the standard of the day names the type", basis)
