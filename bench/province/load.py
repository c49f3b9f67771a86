"""COPY of the province into databases of benches and tests: chunk by chunk, so that memory stays flat."""

from collections.abc import Iterable
from typing import Any

import asyncpg

from bench.province import registry, roster
from bench.province.plan import Plan
from shared.roster.tables import TABLES as ROSTER

CHUNK = 5_000
_Row = tuple[str, tuple[Any, ...]]


async def load_registry(dsn: str, plan: Plan) -> dict[str, int]:
    """Fill a registry's database with the province, its ledger included; returns rows by table.

    The ledger rows count as published: nothing waits in the outbox. `dsn` is asyncpg's, as a role that may insert.
    """
    names = {name: name for name in registry.COLUMNS}
    return await _load(dsn, registry.rows(plan), names, registry.COLUMNS)


async def load_roster(dsn: str, plan: Plan) -> dict[str, int]:
    """Fill the roster's copy in a consumer's database; its birth is the day the register was opened."""
    names = {kind: table.name for kind, table in ROSTER.items()}
    counted = await _load(dsn, roster.rows(plan), names, roster.COLUMNS)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "INSERT INTO roster_birth (born_at) SELECT min(arrived_at) FROM roster_region ON CONFLICT DO NOTHING"
        )
    finally:
        await connection.close()
    return counted


async def _load(
    dsn: str, rows: Iterable[_Row], names: dict[str, str], columns: dict[str, tuple[str, ...]]
) -> dict[str, int]:
    waiting: dict[str, list[tuple[Any, ...]]] = {}
    counted: dict[str, int] = {}
    connection = await asyncpg.connect(dsn)
    try:

        async def flush(kind: str) -> None:
            records = waiting.pop(kind)
            await connection.copy_records_to_table(names[kind], records=records, columns=columns[kind])
            counted[names[kind]] = counted.get(names[kind], 0) + len(records)

        for kind, row in rows:
            waiting.setdefault(kind, []).append(row)
            if len(waiting[kind]) == CHUNK:
                await flush(kind)
        for kind in tuple(waiting):
            await flush(kind)
        for name in counted:
            await connection.execute(f'ANALYZE "{name}"')
    finally:
        await connection.close()
    return counted
