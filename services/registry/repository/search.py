"""Searching by how a name begins: its characters, its pinyin, its initials; and by code.

Prefixes are ranges between two bounds, so that the index serves every plan, whatever was bound before.
"""

from typing import Any

import sqlalchemy as sa

from services.registry.facts.names import plain
from services.registry.repository.states import Condition

_CODES = {"region": "code", "organ": "credit_code"}
_LAST = 0x10FFFF


def _begins(column: sa.Column[Any], text: str) -> Condition:
    """Rows whose text begins so, by the operators of `text_pattern_ops`."""
    last = ord(text[-1])
    after = 0xE000 if last == 0xD7FF else min(last + 1, _LAST)  # surrogates are no characters
    from_here, up_to = sa.literal(text), sa.literal(text[:-1] + chr(after))
    return sa.and_(
        column.op("~>=~", is_comparison=True)(from_here),
        column.op("~<~", is_comparison=True)(up_to),
    )


def found_by(table: sa.Table, text: str) -> Condition:
    """Newest versions whose name, pinyin, initials or code begins with the text; tones and spaces do not matter."""
    asked = text.strip()
    if not asked:
        return sa.false()
    ways = [_begins(table.c.name, asked)]
    said = plain(asked)
    if said and said.isascii() and said.isalpha():
        ways += [_begins(table.c.pinyin, said), _begins(table.c.initials, said)]
    if table.name in _CODES and asked.isascii() and asked.isalnum():
        ways.append(_begins(table.c[_CODES[table.name]], asked.upper()))
    return sa.and_(table.c.superseded_at.is_(None), sa.or_(*ways))
