"""The books of periods."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts import Period, PeriodKind
from services.duties.facts.books import Books, BooksEntry
from services.duties.facts.stored import Stored
from services.duties.tables.projection import books
from shared.kernel.pagination import Paging, page

_ENTRIES = TypeAdapter(tuple[BooksEntry, ...])


async def put_books(session: AsyncSession, kept: Books, path: Sequence[str], version: int) -> None:
    """Save the books as they stand now."""
    values = {
        "id": kept.id,
        "version": version,
        "region_code": kept.region_code,
        "path": list(path),
        "period_kind": kept.period.kind.value,
        "from_day": kept.period.from_day,
        "to_day": kept.period.to_day,
        "entries": _ENTRIES.dump_python(kept.entries, mode="json"),
        "exercise": kept.exercise,
    }
    made = insert(books).values(**values)
    changed = {name: made.excluded[name] for name in values if name != "id"}
    await session.execute(made.on_conflict_do_update(index_elements=[books.c.id], set_=changed))


def _books(row: sa.Row[Any]) -> Stored[Books]:
    period = Period(PeriodKind(row.period_kind), row.from_day, row.to_day)
    fact = Books(row.region_code, period, _ENTRIES.validate_python(row.entries), row.exercise)
    return Stored(fact, tuple(row.path), row.version)


async def books_by_id(session: AsyncSession, identity: UUID) -> Stored[Books] | None:
    """The books, or `None`."""
    row = (await session.execute(sa.select(books).where(books.c.id == identity))).first()
    return None if row is None else _books(row)


async def books_of_regions(session: AsyncSession, codes: Collection[str]) -> tuple[Books, ...]:
    """The books of exactly these regions, of every period."""
    among = books.c.region_code == sa.any_(sa.cast(list(codes), ARRAY(sa.Text)))
    return tuple(_books(row).fact for row in await session.execute(sa.select(books).where(among)))


async def list_books(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool
) -> tuple[list[Stored[Books]], str | None]:
    """One page of the books within the regions, the latest period first."""
    within = books.c.path.overlap(sa.cast(list(regions), ARRAY(sa.Text)))
    query = sa.select(books).where(within, books.c.exercise.is_(exercise))
    rows, following = await page(session, query, paging, books.c.to_day, books.c.id, descending=True)
    return [_books(row) for row in rows], following
