"""One person, several records: the ids that belong together by merges, in the registry and in every copy of it."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY


def same_person(table: sa.Table, standing: sa.ColumnElement[bool], officials: Collection[UUID]) -> sa.Select[UUID]:
    """Every id of the persons whom `officials` name, those ids included.

    Args:
        table: versions of officials, with `id` and `merged_into`.
        standing: which versions are known.
        officials: ids, merged or not.
    """
    given = sa.func.unnest(sa.cast(list(officials), ARRAY(sa.Uuid))).column_valued("given")
    person = sa.select(given.label("id")).cte("person", recursive=True)
    other = sa.case((table.c.id == person.c.id, table.c.merged_into), else_=table.c.id)
    linked = sa.select(other).where(
        sa.or_(table.c.id == person.c.id, table.c.merged_into == person.c.id),
        table.c.merged_into.is_not(None),
        standing,
    )
    return sa.select(person.union(linked).c.id)
