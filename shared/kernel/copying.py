"""COPY into a table inside a session's own transaction: what writes thousands of rows waits for the tables alone.

Rows are taken while earlier ones travel, so that whoever makes them lazily works beside the database.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

#: From so many rows on COPY is worth its statements.
WORTH = 30


async def copy(session: AsyncSession, table: str, columns: Sequence[str], records: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows; JSON columns take text. Refusals of the database are those of a statement."""
    driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    if not driver.is_in_transaction():  # it begins with the first statement: COPY alone would commit by itself
        await session.execute(sa.text("SELECT"))
    try:
        await driver.copy_records_to_table(table, columns=columns, records=records)
    except asyncpg.PostgresError as error:
        kind = IntegrityError if isinstance(error, asyncpg.IntegrityConstraintViolationError) else DBAPIError
        raise kind(f"COPY {table}", None, error) from error
