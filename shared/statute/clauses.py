"""`@cites("art5.2")` marks a function with the clauses it exists for; the conformance report collects it."""

from collections.abc import Callable
from typing import TypeVar

from shared.statute.text import cite

F = TypeVar("F", bound=Callable[..., object])


def cites(*clause_ids: str) -> Callable[[F], F]:
    """Mark a function. UnknownClause at import for a clause that does not exist, ValueError for none."""
    if not clause_ids:
        raise ValueError("cites() names at least one clause")
    for clause_id in clause_ids:
        cite(clause_id)

    def mark(function: F) -> F:
        vars(function)["__clauses__"] = (*clause_ids, *clauses_of(function))
        return function

    return mark


def clauses_of(function: Callable[..., object]) -> tuple[str, ...]:
    """The clauses a function was marked with, in the order written."""
    marked: tuple[str, ...] = getattr(function, "__clauses__", ())
    return marked
