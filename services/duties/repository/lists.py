"""SQL of the yearly responsibility lists: one row a version."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts.lists import ResponsibilityList
from services.duties.facts.stored import Stored
from services.duties.tables import responsibility_list
from shared.kernel.pagination import Paging, page

_LIST = TypeAdapter(ResponsibilityList)


async def put_list(
    session: AsyncSession, made: ResponsibilityList, path: Sequence[str], version: int, recorded_at: datetime
) -> None:
    """Save one version."""
    values = {
        "id": made.id,
        "version": version,
        "organ_id": made.organ_id,
        "year": made.year,
        "content": _LIST.dump_python(made, mode="json"),
        "path": list(path),
        "recorded_at": recorded_at,
        "exercise": made.exercise,
    }
    await session.execute(insert(responsibility_list).values(**values).on_conflict_do_nothing())


def _stored(row: sa.Row[Any]) -> Stored[ResponsibilityList]:
    return Stored(_LIST.validate_python(row.content), tuple(row.path), row.version)


async def list_by_id(
    session: AsyncSession, identity: UUID, *, version: int | None = None
) -> Stored[ResponsibilityList] | None:
    """A version of a list, the newest by default, or `None`."""
    table = responsibility_list.c
    query = sa.select(responsibility_list).where(table.id == identity).order_by(table.version.desc()).limit(1)
    if version is not None:
        query = query.where(table.version == version)
    row = (await session.execute(query)).first()
    return None if row is None else _stored(row)


async def page_of_lists(
    session: AsyncSession,
    paging: Paging,
    *,
    regions: Collection[str],
    exercise: bool,
    organ_id: UUID | None,
    year: int | None,
) -> tuple[list[Stored[ResponsibilityList]], str | None]:
    """One page of the lists within the regions, each in its newest version."""
    table = responsibility_list.c
    newest = sa.select(responsibility_list).ext(distinct_on(table.id)).order_by(table.id, table.version.desc())
    newest = newest.where(table.path.overlap(sa.cast(list(regions), ARRAY(sa.Text))), table.exercise.is_(exercise))
    if organ_id is not None:
        newest = newest.where(table.organ_id == organ_id)
    if year is not None:
        newest = newest.where(table.year == year)
    found = newest.subquery()
    rows, following = await page(session, sa.select(found), paging, found.c.id)
    return [_stored(row) for row in rows], following
