"""Lists: `limit`, an opaque `cursor`, `{items, next_cursor}`; keyset order, so that pages stay fast and stable."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kernel.problems import Malformed

T = TypeVar("T")
_READERS: dict[str, Callable[[str], Any]] = {
    "s": str,
    "i": int,
    "u": UUID,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
}


class Page(BaseModel, Generic[T]):
    """一页 · One page of a list."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is wanted."""

    limit: int
    cursor: str | None


def _paging(
    limit: Annotated[int, Query(ge=1, le=500, description="每页条数 · Items per page")] = 50,
    cursor: Annotated[str | None, Query(max_length=1000, description="上一页给出的游标 · Cursor")] = None,
) -> Paging:
    return Paging(limit, cursor)


Paged = Annotated[Paging, Depends(_paging)]


def _encode(values: Sequence[Any]) -> str:
    kinds = {str: "s", int: "i", UUID: "u", datetime: "t", date: "d"}
    plain = [
        [next(kinds[kind] for kind in kinds if isinstance(v, kind)), v.isoformat() if isinstance(v, date) else str(v)]
        for v in values
    ]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        values = [_READERS[kind](text) for kind, text in json.loads(raw)]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Malformed("invalid_cursor", "游标无效", "the cursor is not valid") from error
    if len(values) != length:
        raise Malformed("invalid_cursor", "游标无效", "the cursor is not valid")
    return values


async def page(
    session: AsyncSession,
    query: sa.Select[Any],
    paging: Paging,
    *keys: sa.ColumnElement[Any],
    descending: bool = False,
) -> tuple[list[Any], str | None]:
    """Rows of one page and the cursor of the next.

    Args:
        session: where to read.
        query: rows whose columns include the keys.
        paging: which page.
        keys: not-null columns that together are unique; the order of the list.
        descending: newest first.
    """
    order = [key.desc() if descending else key.asc() for key in keys]
    row = sa.tuple_(*keys)
    if paging.cursor is not None:
        bound = sa.tuple_(
            *(sa.literal(v, type_=k.type) for v, k in zip(_decode(paging.cursor, len(keys)), keys, strict=True))
        )
        query = query.where(row < bound if descending else row > bound)
    result = await session.execute(query.add_columns(*keys).order_by(*order).limit(paging.limit + 1))
    rows = list(result.all())
    if len(rows) <= paging.limit:
        return rows, None
    rows = rows[: paging.limit]
    return rows, _encode(list(rows[-1])[-len(keys) :])
