"""Notices: what may need one, what was given, and how far the sweep came."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts import Defaults
from services.duties.facts.deadlines import Notice, Stage, SweepPosition
from services.duties.repository import same_person_now
from services.duties.repository.statuses import KNOWN, STATUS
from services.duties.tables.deadlines import notice, notice_sweep
from shared.kernel.pagination import Paging, page
from shared.roster.tables import birth

#: The next obligations due on some days, whatever became of them: a chunk is bounded. They are walked in the order of
#: the index by post, never by that of the due days, which would have to be sorted for each chunk.
_NEXT = """SELECT o.post_id, o.due_on, o.id FROM obligation o
  WHERE (o.post_id, o.due_on, o.id) > (CAST(:post AS uuid), CAST(:due AS date), CAST(:id AS uuid))
    AND o.due_on + 0 = ANY(CAST(:days AS date[]))
  ORDER BY o.post_id, o.due_on, o.id LIMIT CAST(:limit AS int)"""
_HOLDERS = """SELECT coalesce(array_agg(DISTINCT t.official_id ORDER BY t.official_id), '{}') FROM roster_appointment t
  WHERE t.post_id = o.post_id AND NOT t.annulled AND t.superseded_at IS NULL
    AND t.from_day <= CASE s.stage WHEN 'lapsed' THEN o.due_on ELSE CAST(:as_of AS date) END
    AND (t.to_day IS NULL OR t.to_day >= CASE s.stage WHEN 'lapsed' THEN o.from_day ELSE CAST(:as_of AS date) END)"""
#: Of these obligations those without a record, an excuse, or a notice of the day's stage.
_CANDIDATES = f"""
WITH wanted AS MATERIALIZED (SELECT o.* FROM obligation o WHERE o.id = ANY(CAST(:ids AS uuid[])) AND {KNOWN})
SELECT c.*, r.requirement_id, r.clause FROM (
  SELECT o.*, s.stage, o.basis = 'text' OR o.adopted_by IS NOT NULL AS founds, ({_HOLDERS}) AS holders,
    {STATUS} AS status
  FROM wanted o
  JOIN unnest(CAST(:days AS date[]), CAST(:stages AS text[])) AS s(due_on, stage) ON s.due_on = o.due_on
  WHERE NOT EXISTS (SELECT FROM notice n WHERE n.obligation_id = o.id AND n.stage = s.stage)) c
JOIN duty_rule r ON r.id = c.rule WHERE c.status NOT IN ('fulfilled', 'excused')"""


async def chunk(
    session: AsyncSession, position: SweepPosition, stages: Mapping[date, Stage], known_at: datetime, limit: int
) -> tuple[list[Notice], SweepPosition | None, int]:
    """The notices to give among the next `limit` obligations, where the walk then is, and how many were looked at.

    The position is `None` where there is nothing further.
    """
    days = sorted(stages)
    start = {"post": position.post_id, "due": position.due_on, "id": position.obligation_id, "limit": limit}
    seen = (await session.execute(sa.text(_NEXT), start | {"days": days})).all()
    if not seen:
        return [], None, 0
    asked = {
        "ids": [row.id for row in seen],
        "days": days,
        "stages": [stages[day].value for day in days],
        "known_at": known_at,
        "as_of": position.day,
        "due_soon_days": Defaults().due_soon_days,
    }
    rows = await session.execute(sa.text(_CANDIDATES), asked)
    last = SweepPosition(position.day, *seen[-1])
    return [_candidate(row, position.day) for row in rows], last, len(seen)


async def number_due_on(session: AsyncSession, days: Collection[date]) -> int:
    """How many rows the walk over obligations due on these days passes."""
    query = sa.text("SELECT count(*) FROM obligation WHERE due_on = ANY(CAST(:days AS date[]))")
    return int(await session.scalar(query, {"days": sorted(days)}) or 0)


def _candidate(row: sa.Row[Any], given_on: date) -> Notice:
    return Notice(
        stage=Stage(row.stage),
        obligation_id=row.id,
        requirement_id=row.requirement_id,
        duty_id=row.duty_id,
        clause=row.clause,
        post_id=row.post_id,
        organ_id=row.organ_id,
        region_code=row.region_code,
        path=tuple(row.path),
        period_start=row.from_day,
        due_on=row.due_on,
        given_on=given_on,
        holders=tuple(row.holders),
        obligation_basis=row.basis,
        founds=row.founds,
        exercise=row.exercise,
    )


_COLUMNS = tuple(column.name for column in notice.c if column.name not in {"id", "recorded_at"})


async def put_notices(session: AsyncSession, notices: Sequence[Notice], recorded_at: datetime) -> None:
    """Keep notices; one that is there stays as it is."""
    if not notices:
        return
    rows = [
        {name: getattr(one, name) for name in _COLUMNS}
        | {"id": one.id, "path": list(one.path), "holders": list(one.holders), "recorded_at": recorded_at}
        for one in notices
    ]
    await session.execute(insert(notice).on_conflict_do_nothing(index_elements=[notice.c.id]), rows)


async def position(session: AsyncSession) -> SweepPosition | None:
    """How far the latest sweep came; `None` where there was none."""
    row = (await session.execute(sa.select(notice_sweep))).first()
    if row is None:
        return None
    return SweepPosition(row.day, row.post_id, row.due_on, row.obligation_id, row.finished)


async def put_position(session: AsyncSession, came_to: SweepPosition) -> None:
    """Remember how far the sweep came."""
    names = ("day", "post_id", "due_on", "obligation_id", "finished")
    values = {name: getattr(came_to, name) for name in names}
    made = insert(notice_sweep).values(sole=True, **values)
    await session.execute(made.on_conflict_do_update(index_elements=[notice_sweep.c.sole], set_=values))


async def forget_position(session: AsyncSession) -> None:
    """Let the next sweep begin anew: something that it goes by has changed."""
    await session.execute(sa.delete(notice_sweep))


async def born_at(session: AsyncSession) -> datetime | None:
    """When the roster's copy was born; `None` before."""
    found: datetime | None = await session.scalar(sa.select(birth.c.born_at))
    return found


@dataclass(frozen=True, slots=True)
class NoticesAsked:
    """Which notices: given in [from_day, to_day], within the caller's regions; `None` wants anything."""

    regions: Collection[str]
    exercise: bool = False
    region: str | None = None
    stage: Stage | None = None
    post_id: UUID | None = None
    organ_id: UUID | None = None
    official_id: UUID | None = None
    from_day: date | None = None
    to_day: date | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What a notice must meet."""
        exact = {name: getattr(self, name) for name in ("stage", "post_id", "organ_id")}
        made: list[sa.ColumnElement[bool]] = [
            notice.c.path.overlap(sa.cast(list(self.regions), ARRAY(sa.Text))),
            notice.c.exercise.is_(self.exercise),
            *(notice.c[name] == wanted for name, wanted in exact.items() if wanted is not None),
        ]
        if self.region is not None:
            made.append(notice.c.path.contains(sa.cast([self.region], ARRAY(sa.Text))))
        if self.official_id is not None:
            person = sa.func.array(same_person_now(self.official_id).scalar_subquery(), type_=ARRAY(sa.Uuid))
            made.append(notice.c.holders.overlap(person))
        if self.from_day is not None:
            made.append(notice.c.given_on >= self.from_day)
        if self.to_day is not None:
            made.append(notice.c.given_on <= self.to_day)
        return made


async def list_notices(session: AsyncSession, asked: NoticesAsked, paging: Paging) -> tuple[list[Notice], str | None]:
    """One page of notices, the latest day first."""
    query = sa.select(notice).where(*asked.conditions())
    rows, following = await page(session, query, paging, notice.c.given_on, notice.c.id, descending=True)
    return [_notice(row) for row in rows], following


def _notice(row: sa.Row[Any]) -> Notice:
    values = {name: getattr(row, name) for name in _COLUMNS}
    changed = {"stage": Stage(row.stage), "path": tuple(row.path), "holders": tuple(row.holders)}
    return Notice(**(values | changed))
