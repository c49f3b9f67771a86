"""More provinces like the first, made inside a registry's database: other ids and codes, the same posts and people."""

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry import tables

_KINDS = ("region", "organ", "post", "official", "appointment", "portfolio")
_CODES = frozenset({"code", "code_parent", "admin_parent", "region_code"})
_LISTS_OF_CODES = frozenset({"path", "ancestry", "successor_codes"})


async def provinces(dsn: str, there: int, wanted: int) -> int:
    """Copy the states of Hebei under 91…, 92… until there are so many provinces; answers the rows added.

    No ledger comes with them. `dsn` is asyncpg's, as a role that may insert.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SET synchronous_commit = off")
        done = [await connection.execute(_copies(tables.TABLES[kind]), there, wanted - 1) for kind in _KINDS]
    finally:
        await connection.close()
    return sum(int(one.split()[-1]) for one in done)


def _copies(table: sa.Table) -> str:
    names = table.c.keys()
    told = ", ".join(_copied(column) for column in table.c)
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {told}"
        f" FROM {table.name} CROSS JOIN generate_series($1::int, $2::int) AS k WHERE path[1] = '130000'"
    )


def _copied(column: sa.Column[object]) -> str:
    """What stands in a column of the k-th copy."""
    name, kind = column.name, column.type
    if isinstance(kind, sa.Uuid):
        return f"CAST(md5({name}::text || k) AS uuid)"
    if isinstance(kind, ARRAY) and isinstance(kind.item_type, sa.Uuid):
        return f"ARRAY(SELECT CAST(md5(one::text || k) AS uuid) FROM unnest({name}) AS one)"
    if name in _CODES:
        return f"regexp_replace({name}, '^13', '9' || k)"
    if name in _LISTS_OF_CODES:
        copied = f"SELECT regexp_replace(c, '^13', '9' || k) FROM unnest({name}) WITH ORDINALITY AS p(c, n) ORDER BY n"
        return f"ARRAY({copied})"
    if isinstance(kind, JSONB):
        return f"CAST(replace({name}::text, '\"13', '\"9' || k) AS jsonb)"
    return name
