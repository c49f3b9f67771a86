"""`as_of`: what was true on that day. `known_at`: what had been recorded by that moment.

`known_at` is clamped to the oldest open transaction: its facts carry a moment that has passed, and they are not
there yet. The clamped value is echoed, and asked again it answers the same (I8).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Query
from pydantic import BeforeValidator
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kernel import clock
from shared.kernel.problems import Malformed
from shared.kernel.routing import Reading
from shared.kernel.unit_of_work import FLOOR_CLASS

_FLOOR = sa.text(
    "SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = :floor_class"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _written_as(pattern: str, words: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.match(pattern, value):
            raise ValueError(words)  # pydantic would take a bare number for seconds since 1970
        return value

    return BeforeValidator(check)


Day = Annotated[date, _written_as(r"\d{4}-\d\d-\d\d$", "a day is written YYYY-MM-DD")]
Instant = Annotated[datetime, _written_as(r"\d{4}-\d\d-\d\d[Tt ]", "an instant is written YYYY-MM-DDThh:mm:ss+08:00")]


@dataclass(frozen=True, slots=True)
class Moment:
    """The day asked about, and the effective moment of knowledge."""

    as_of: date
    known_at: datetime


async def settled(session: AsyncSession, asked: datetime | None = None) -> datetime:
    """The latest moment, not after `asked`, by which nothing more can be recorded."""
    now = clock.now()  # read before the locks: whoever records earlier than this either shows there or has committed
    limit = min(asked or now, now)
    oldest_ms = await session.scalar(_FLOOR, {"floor_class": FLOOR_CLASS})
    if oldest_ms is None:
        return limit
    floor = datetime.fromtimestamp(oldest_ms / 1000, clock.SHANGHAI) - timedelta(microseconds=1)
    return min(limit, floor)


async def _moment(
    session: Reading,
    as_of: Annotated[Day | None, Query(description="截至哪一天的事实，默认今日 · True on which day")] = None,
    known_at: Annotated[
        Instant | None,
        Query(description="截至何时已登记，须带时差 · Recorded by which instant, with offset"),
    ] = None,
) -> Moment:
    if known_at is not None and known_at.tzinfo is None:
        raise Malformed("offset_required", "known_at 须带时差", "known_at needs an offset")
    try:
        return Moment(as_of or clock.today(), await settled(session, known_at))
    except OverflowError as error:
        raise Malformed("invalid_known_at", "known_at 超出范围", "known_at is out of range") from error


At = Annotated[Moment, Depends(_moment, scope="function")]
