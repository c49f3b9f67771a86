"""Searching by how a name begins: its characters, its pinyin, its initials; and by code.

Prefixes are ranges between two bounds, so that the index serves every plan, whatever was bound before.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry import tables
from services.registry.facts.names import plain
from services.registry.repository.states import Condition, covers, visible

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


def found_by(table: sa.Table, text: str, *, day: date | None = None, known_at: datetime | None = None) -> Condition:
    """Versions whose name of a day, its pinyin or initials, or whose code begins with the text.

    `None` as the day means the names of all days. Tones and spaces do not matter. Beside this condition only the
    versions visible at `known_at` may be asked for.
    """
    asked = text.strip()
    if not asked:
        return sa.false()
    named = _called(table, asked)
    if "names" not in table.c:
        return named
    undated = sa.func.jsonb_array_length(table.c.names) == 0
    ways = [sa.and_(named, undated), table.c.id == sa.any_(_named_on(table, asked, day, known_at))]
    if asked.isascii() and asked.isalnum():
        ways.append(_begins(table.c[_CODES[table.name]], asked.upper()))
    return sa.or_(*ways)


def _called(table: sa.Table, asked: str) -> Condition:
    ways = [_begins(table.c.name, asked)]
    said = plain(asked)
    if said and said.isascii() and said.isalpha():
        ways += [_begins(table.c.pinyin, said), _begins(table.c.initials, said)]
    return sa.or_(*ways)


def _named_on(table: sa.Table, asked: str, day: date | None, known_at: datetime | None) -> sa.Cast[Any]:
    """The ids of those whose dated names begin so: an array, read once, so that the index on ids serves it."""
    names = tables.dated_name
    query = (
        sa.select(sa.func.array_agg(names.c.id))
        .join(table, sa.and_(table.c.id == names.c.id, table.c.version == names.c.version))
        .where(_called(names, asked), visible(table, known_at), *([] if day is None else [covers(names, day)]))
    )
    return sa.cast(query.correlate(None).scalar_subquery(), ARRAY(sa.Uuid))
