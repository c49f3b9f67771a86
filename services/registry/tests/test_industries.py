"""GB/T 4754 codes match by depth."""

import pytest

from services.registry import data
from services.registry.rules.industries import catalogue, covers, deepest_cover, depth, normalise

ROWS = data.rows(data.INDUSTRIES)


@pytest.mark.parametrize(
    ("scope", "industry", "covered"),
    [
        ("C26", "C2614", True),
        ("26", "C2614", True),
        ("C", "2614", True),
        ("C2614", "C2614", True),
        ("C2614", "C26", False),
        ("C26", "C27", False),
        ("B", "C26", False),
        ("B06", "B0610", True),
    ],
)
def test_a_code_covers_what_lies_below_it_and_never_above(scope: str, industry: str, covered: bool) -> None:
    assert covers(scope, industry) is covered


@pytest.mark.parametrize("code", ["", "26 14", "B26", "C99", "Z", "C2", "C26145", "c26"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no GB/T 4754 code"):
        normalise(code)


def test_every_code_of_the_list_is_understood_with_its_section_and_depth() -> None:
    for row in ROWS:
        assert normalise(row["code"])[0] == row["section"]
        assert depth(row["code"]) == int(row["level"])
    assert len(catalogue(ROWS)) == len(ROWS) == 1970
    assert catalogue(ROWS)["C2614"].depth == 4


def test_the_deepest_scope_is_named() -> None:
    assert deepest_cover(("C", "C261", "C26", "A"), "C2614") == "C261"
    assert deepest_cover(("A",), "C2614") is None
    assert deepest_cover(("C",), None) is None
