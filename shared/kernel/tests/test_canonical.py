"""The fast way to canonical JSON writes byte for byte what RFC 8785 writes, or is not taken."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import seals

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_json = st.recursive(
    st.none() | st.booleans() | _numbers | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=20,
)


@given(_json)
def test_canonical_json_is_that_of_the_standard(value: Any) -> None:
    assert seals.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        {"\U0001f600": 1, "\ufb33": 2},  # UTF-16 sorts these two otherwise than code points do
        {"loss": 1.0, "share": 1e21, "small": 1e-7},
        {"text": '\u0000\u001f\u007f\u2028"\\/演练'},
        [True, 1, -0.0],
    ],
)
def test_where_the_two_part_the_standard_is_kept(value: Any) -> None:
    assert seals.canonical(value) == rfc8785.dumps(value)


def test_a_number_that_no_double_holds_is_refused() -> None:
    with pytest.raises(rfc8785.IntegerDomainError):
        seals.canonical({"n": 2**53 + 1})
