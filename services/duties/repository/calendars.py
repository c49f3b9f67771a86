"""The working calendar, calendar feeds, and what a feed shows."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts import Defaults
from services.duties.facts.deadlines import (
    CalendarDay,
    CalendarFeed,
    FeedItem,
    FeedKind,
    Revocation,
    StoredFeed,
    WorkingYear,
)
from services.duties.facts.stored import Stored
from services.duties.repository.statuses import KNOWN, STATUS
from services.duties.tables.deadlines import calendar_feed, working_year
from shared.kernel.pagination import Paging, page

_DAYS = TypeAdapter(tuple[CalendarDay, ...])
_REVOKED = TypeAdapter(Revocation | None)


async def put_year(session: AsyncSession, year: WorkingYear, version: int) -> None:
    """Save a year's notice as it stands now."""
    days = _DAYS.dump_python(year.days, mode="json")
    values = {"version": version, "notice_number": year.notice_number, "days": days}
    made = insert(working_year).values(year=year.year, **values)
    await session.execute(made.on_conflict_do_update(index_elements=[working_year.c.year], set_=values))


async def years(session: AsyncSession, only: int | None = None) -> list[Stored[WorkingYear]]:
    """The years that have a notice on record, in order; only one of them where asked."""
    query = sa.select(working_year).order_by(working_year.c.year)
    if only is not None:
        query = query.where(working_year.c.year == only)
    return [
        Stored(WorkingYear(row.year, row.notice_number, _DAYS.validate_python(row.days)), (), row.version)
        for row in await session.execute(query)
    ]


async def put_feed(session: AsyncSession, feed: CalendarFeed, path: Sequence[str], version: int) -> None:
    """Save a feed as it stands now."""
    values = {
        "id": feed.id,
        "version": version,
        "kind": feed.kind.value,
        "subject_id": feed.subject_id,
        "region_code": feed.region_code,
        "path": list(path),
        "token_sha256": feed.token_sha256,
        "created_by": feed.created_by,
        "created_at": feed.created_at,
        "revoked": _REVOKED.dump_python(feed.revoked, mode="json"),
        "exercise": feed.exercise,
    }
    made = insert(calendar_feed).values(**values)
    changed = {name: made.excluded[name] for name in values if name != "id"}
    await session.execute(made.on_conflict_do_update(index_elements=[calendar_feed.c.id], set_=changed))


def _feed(row: sa.Row[Any]) -> StoredFeed:
    fact = CalendarFeed(
        id=row.id,
        kind=FeedKind(row.kind),
        subject_id=row.subject_id,
        region_code=row.region_code,
        token_sha256=row.token_sha256,
        created_by=row.created_by,
        created_at=row.created_at,
        revoked=_REVOKED.validate_python(row.revoked),
        exercise=row.exercise,
    )
    return Stored(fact, tuple(row.path), row.version)


async def feed_by_id(session: AsyncSession, identity: UUID) -> StoredFeed | None:
    """The feed, or `None`."""
    row = (await session.execute(sa.select(calendar_feed).where(calendar_feed.c.id == identity))).first()
    return None if row is None else _feed(row)


async def feed_by_token(session: AsyncSession, token_sha256: str) -> StoredFeed | None:
    """The feed whose link has that digest, revoked or not; or `None`."""
    wanted = calendar_feed.c.token_sha256 == token_sha256
    row = (await session.execute(sa.select(calendar_feed).where(wanted))).first()
    return None if row is None else _feed(row)


async def list_feeds(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool
) -> tuple[list[StoredFeed], str | None]:
    """One page of the feeds within the regions, the latest first."""
    within = calendar_feed.c.path.overlap(sa.cast(list(regions), ARRAY(sa.Text)))
    query = sa.select(calendar_feed).where(within, calendar_feed.c.exercise.is_(exercise))
    keys = (calendar_feed.c.created_at, calendar_feed.c.id)
    rows, following = await page(session, query, paging, *keys, descending=True)
    return [_feed(row) for row in rows], following


_OF_ORGAN = "o.organ_id = CAST(:subject AS uuid)"
#: What falls into the official's own tenure, or will.
_OF_OFFICIAL = """EXISTS (SELECT FROM roster_appointment t WHERE t.post_id = o.post_id
  AND t.official_id = ANY(CAST(:person AS uuid[])) AND NOT t.annulled AND t.superseded_at IS NULL
  AND t.from_day <= o.due_on
  AND (t.to_day IS NULL OR t.to_day >= greatest(o.from_day, CAST(:as_of AS date))))
  AND o.post_id IN (SELECT post_id FROM roster_appointment WHERE official_id = ANY(CAST(:person AS uuid[])))"""
_ITEMS = f"""SELECT * FROM (
  SELECT o.id, o.duty_id, r.clause, o.from_day, o.due_on, o.count AS times, o.basis, lower(o.known) AS known_since,
    coalesce((SELECT p.title FROM roster_post p WHERE p.id = o.post_id AND p.superseded_at IS NULL), '') AS title,
    {STATUS} AS status
  FROM obligation o JOIN duty_rule r ON r.id = o.rule
  WHERE @whose AND {KNOWN} AND o.due_on BETWEEN CAST(:as_of AS date) AND CAST(:until AS date)
    AND o.exercise = CAST(:exercise AS boolean) AND o.path @> ARRAY[CAST(:region AS text)]) i
WHERE status NOT IN ('fulfilled', 'excused') ORDER BY due_on, id"""


async def items(
    session: AsyncSession,
    feed: CalendarFeed,
    today: date,
    until: date,
    known_at: datetime,
    person: Collection[UUID] = (),
) -> list[FeedItem]:
    """The feed's obligations that are due in [today, until] and neither fulfilled nor excused, by day and id.

    Of an official's feed, `person` are all ids of theirs.
    """
    whose = _OF_ORGAN if feed.kind is FeedKind.ORGAN else _OF_OFFICIAL
    values = {
        "subject": feed.subject_id,
        "person": list(person),
        "region": feed.region_code,
        "exercise": feed.exercise,
        "as_of": today,
        "until": until,
        "known_at": known_at,
        "due_soon_days": Defaults().due_soon_days,
    }
    return [
        FeedItem(
            row.id,
            row.duty_id,
            row.clause,
            row.title,
            row.from_day,
            row.due_on,
            row.times,
            row.basis,
            row.known_since,
        )
        for row in await session.execute(sa.text(_ITEMS.replace("@whose", whose)), values)
    ]
