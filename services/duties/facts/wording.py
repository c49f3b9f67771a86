"""What a citizen number looks like in free text."""

import re

_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def holds_citizen_number(text: str) -> bool:
    """Whether the text holds something written like a citizen number."""
    return _NUMBER.search(text) is not None
