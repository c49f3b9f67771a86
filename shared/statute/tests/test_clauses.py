"""A function can only cite what the statute says."""

import pytest

from shared.statute.clauses import cites, clauses_of
from shared.statute.text import UnknownClause


def test_a_marked_function_keeps_its_behaviour_and_names_its_clauses() -> None:
    @cites("art5.2", "art5.2a")
    def doubled(number: int) -> int:
        return 2 * number

    assert doubled(21) == 42
    assert clauses_of(doubled) == ("art5.2", "art5.2a")


def test_marks_add_up_in_the_order_written() -> None:
    @cites("art4")
    @cites("art5.1")
    def answer() -> int:
        return 42

    assert clauses_of(answer) == ("art4", "art5.1")


def test_an_unmarked_function_cites_nothing() -> None:
    assert clauses_of(len) == ()


def test_an_unknown_clause_fails_before_the_function_exists() -> None:
    with pytest.raises(UnknownClause, match=r"art5\.10"):
        cites("art5.10")


def test_citing_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one clause"):
        cites()
