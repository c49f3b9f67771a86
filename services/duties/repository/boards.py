"""Boards: how obligations stand, counted by SQL on any day and by what was known at any moment. They rank nobody."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts import Defaults
from services.duties.facts.projected import Group, Standing, Tally
from services.duties.repository.statuses import KNOWN, STATUS
from shared.kernel.pagination import Paging, page

_KEYS: Mapping[Group, str] = {
    Group.ORGAN: "o.organ_id::text",
    Group.REGION: "o.region_code",
    Group.DUTY: "o.duty_id",
    Group.PERIOD: "o.from_day || '/' || o.due_on",
    Group.OFFICIAL: "t.official_id::text",
}


def _known(table: str) -> str:
    """Whether a version of the roster's copy was known at the moment (ADR 0011)."""
    return f"""CASE WHEN (SELECT born_at FROM roster_birth) <= CAST(:known_at AS timestamptz)
      THEN {table}.arrived_at <= CAST(:known_at AS timestamptz)
        AND ({table}.replaced_at IS NULL OR {table}.replaced_at > CAST(:known_at AS timestamptz))
      ELSE {table}.recorded_at <= CAST(:known_at AS timestamptz)
        AND ({table}.superseded_at IS NULL OR {table}.superseded_at > CAST(:known_at AS timestamptz)) END"""


#: The record that survives in the merges of the holder's records, as known at the moment: one person is one holder.
_SURVIVOR = f"""(WITH RECURSIVE up AS (SELECT t.official_id AS id, 0 AS depth UNION ALL
    SELECT m.merged_into, up.depth + 1 FROM up JOIN roster_official m ON m.id = up.id
    WHERE m.merged_into IS NOT NULL AND up.depth < 16 AND {_known("m")})
  SELECT id FROM up ORDER BY depth DESC LIMIT 1)"""
#: The terms of whoever held the post in the period, as known at the moment.
_TERMS = f"""roster_appointment t
  WHERE t.post_id = o.post_id AND NOT t.annulled AND t.from_day <= o.due_on
    AND (t.to_day IS NULL OR t.to_day >= o.from_day) AND {_known("t")}"""
#: Everybody who held the post: who is listed, not who answers (art28).
_HOLDERS = f"JOIN LATERAL (SELECT DISTINCT {_SURVIVOR} AS official_id FROM {_TERMS}) t ON true"
#: The person held the post, under whichever id.
_HELD = (
    "o.post_id IN (SELECT post_id FROM roster_appointment WHERE official_id = ANY(CAST(:person AS uuid[])))"
    f" AND EXISTS (SELECT FROM {_TERMS} AND t.official_id = ANY(CAST(:person AS uuid[])))"
)
_FOUNDS = "(o.basis = 'text' OR o.adopted_by IS NOT NULL)"
_WITHIN = "o.path && CAST(:{0} AS text[])"
_BELOW = (
    "o.region_code = ANY(ARRAY(SELECT DISTINCT code FROM roster_region WHERE ancestry && CAST(:{0} AS text[])))"
    f" AND {_WITHIN}"
)
_OF_ORGAN = (
    "o.post_id IN (SELECT id FROM roster_post WHERE organ_id = CAST(:organ_id AS uuid))"
    " AND o.organ_id = CAST(:organ_id AS uuid)"
)
#: Of more regions than a county has, obligations are read in the order of a page until it is full, not sorted for it.
_MANY = 100
_IN_MANY = "SELECT count(*) FROM (SELECT FROM roster_region WHERE ancestry && CAST(:codes AS text[]) LIMIT :many + 1) r"
#: What a status says of the days, so that nothing else is looked at.
_DAYS = {
    "upcoming": "o.due_on > CAST(:as_of AS date)",
    "due_soon": "o.due_on BETWEEN CAST(:as_of AS date) AND CAST(:as_of AS date) + CAST(:due_soon_days AS int)",
    "open": "o.due_on >= CAST(:as_of AS date)",
    "lapsed": "o.due_on < CAST(:as_of AS date)",
}
_COUNTED = """SELECT array_agg(a.performance_id ORDER BY a.day, a.performance_id) FROM obligation_act a
  WHERE a.obligation_id = o.id AND a.day <= CAST(:as_of AS date) AND a.recorded_at <= CAST(:known_at AS timestamptz)
    AND a.known @> CAST(:known_at AS timestamptz)
    AND (a.corrected_at IS NULL OR a.corrected_at > CAST(:known_at AS timestamptz))
    AND (NOT a.needs_review OR a.verified_at <= CAST(:known_at AS timestamptz))"""
#: The relations in which obligation `o` of rule `r` asks for a filing that is not on record.
UNFILED = """SELECT array_agg(f.relation) FROM unnest(r.filings) AS f(relation) WHERE NOT EXISTS (
  SELECT FROM obligation_filing d WHERE d.obligation_id = o.id AND d.relation = f.relation
    AND d.filed_on <= CAST(:as_of AS date) AND d.recorded_at <= CAST(:known_at AS timestamptz)
    AND (d.corrected_at IS NULL OR d.corrected_at > CAST(:known_at AS timestamptz)))"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which obligations: of periods that end in [from_day, to_day], within the caller's regions, on a day and moment.

    `region` is that and everything administered below it; the other selectors narrow further, `None` wants anything.
    `official_id` is the surviving one where `person` has several ids: every id of the official as known at the moment.
    """

    as_of: date
    known_at: datetime
    from_day: date
    to_day: date
    regions: Collection[str]
    exercise: bool = False
    region: str | None = None
    organ_id: UUID | None = None
    post_id: UUID | None = None
    official_id: UUID | None = None
    person: Collection[UUID] = ()
    duty_id: str | None = None
    begun_on: date | None = None
    due_soon_days: int = Defaults().due_soon_days

    def values(self) -> dict[str, Any]:
        """The parameters that every statement here takes."""
        return {
            "as_of": self.as_of,
            "known_at": self.known_at,
            "from_day": self.from_day,
            "to_day": self.to_day,
            "regions": list(self.regions),
            "exercise": self.exercise,
            "region": [self.region],
            "organ_id": self.organ_id,
            "post_id": self.post_id,
            "official_id": self.official_id,
            "person": list(self.person),
            "duty_id": self.duty_id,
            "begun_on": self.begun_on,
            "due_soon_days": self.due_soon_days,
        }

    @property
    def of_one(self) -> bool:
        """Whether only one organ, post or official is asked about."""
        return bool(self.organ_id or self.post_id or self.official_id)

    def rows(self, group: Group | None = None, *, by_region: bool = True) -> str:
        """`FROM` and `WHERE` of the obligations asked for, `t` being who held the post where officials are asked.

        `by_region`: whether the index by region serves, where not only one organ, post or official is asked about.
        """
        within = _BELOW if by_region and not self.of_one else _WITHIN
        where = [
            KNOWN,
            "o.due_on BETWEEN CAST(:from_day AS date) AND CAST(:to_day AS date)",
            "o.exercise = CAST(:exercise AS boolean)",
            (_WITHIN if self.region else within).format("regions"),
            *([within.format("region")] if self.region else []),
            *([_OF_ORGAN] if self.organ_id else []),
            *(["o.post_id = CAST(:post_id AS uuid)"] if self.post_id else []),
            *(["o.duty_id = CAST(:duty_id AS text)"] if self.duty_id else []),
            *(["o.from_day = CAST(:begun_on AS date)"] if self.begun_on else []),
            *([_HELD] if self.official_id else []),
        ]
        holders = ""
        if group is Group.OFFICIAL:
            holders = _HOLDERS
            where += ["t.official_id = CAST(:official_id AS uuid)"] if self.official_id else []
        return f"FROM obligation o {holders} WHERE {' AND '.join(where)}"


def _bound(statement: str, values: Mapping[str, Any]) -> sa.TextClause:
    made = sa.text(statement)
    return made.bindparams(**{name: one for name, one in values.items() if re.search(rf":{name}\b", statement)})


async def tallies(session: AsyncSession, asked: Asked, group: Group, paging: Paging) -> tuple[list[Tally], str | None]:
    """One page of a board, by its keys' own order: counts by status, and of the lapses those that found something."""
    key, values = _KEYS[group], asked.values()
    keys = _bound(f"SELECT DISTINCT {key} AS key {asked.rows(group)}", values).columns(sa.column("key", sa.Text))
    found = keys.subquery()
    rows, following = await page(session, sa.select(found), paging, found.c.key)
    wanted = [row.key for row in rows]
    counts = _bound(
        f"SELECT key, status, count(*) AS n, count(*) FILTER (WHERE founds) AS founding FROM"
        f" (SELECT {key} AS key, {STATUS} AS status, {_FOUNDS} AS founds {asked.rows(group)}"
        f" AND {key} = ANY(CAST(:wanted AS text[]))) AS s GROUP BY key, status",
        values | {"wanted": wanted},
    )
    statuses: dict[str, dict[str, int]] = {one: {} for one in wanted}
    founding = dict.fromkeys(wanted, 0)
    for row in await session.execute(counts):
        statuses[row.key][row.status] = row.n
        if row.status == "lapsed":
            founding[row.key] = row.founding
    return [Tally(one, statuses[one], founding[one]) for one in wanted], following


async def standings(
    session: AsyncSession, asked: Asked, paging: Paging, status: str | None = None
) -> tuple[list[Standing], str | None]:
    """One page of the obligations behind a board, with status, acts that count and filings that are missing."""
    many = await _in_many_regions(session, asked)
    days = f" AND {_DAYS[status]}" if status in _DAYS else ""
    inner = (
        f"SELECT o.*, r.requirement_id, r.clause, {_FOUNDS} AS founds, {STATUS} AS status,"
        f" ({_COUNTED}) AS performances, ({UNFILED}) AS unfiled {asked.rows(by_region=not many)}{days}"
    ).replace("FROM obligation o", "FROM obligation o JOIN duty_rule r ON r.id = o.rule", 1)
    columns = [
        *(sa.column(name, sa.Uuid) for name in ("id", "post_id", "organ_id")),
        *(sa.column(name, sa.Text) for name in ("requirement_id", "duty_id", "clause", "region_code", "tier")),
        *(sa.column(name, sa.Text) for name in ("basis", "adopted_by", "default_by", "status")),
        *(sa.column(name, sa.Date) for name in ("from_day", "due_on")),
        *(sa.column(name, sa.Boolean) for name in ("founds", "exercise")),
        sa.column("count", sa.Integer),
        sa.column("performances", ARRAY(sa.Uuid)),
        sa.column("unfiled", ARRAY(sa.Text)),
    ]
    found = _bound(inner, asked.values()).columns(*columns).subquery()
    query = sa.select(found)
    if status is not None:
        query = query.where(found.c.status == status)
    if many:
        await session.execute(sa.text("SET LOCAL enable_sort = off"))
    rows, following = await page(session, query, paging, found.c.due_on, found.c.id)
    if many:
        await session.execute(sa.text("SET LOCAL enable_sort = on"))
    return [_standing(row) for row in rows], following


async def _in_many_regions(session: AsyncSession, asked: Asked) -> bool:
    if asked.of_one:
        return False
    codes = [asked.region] if asked.region else list(asked.regions)
    return bool(await session.scalar(sa.text(_IN_MANY), {"codes": codes, "many": _MANY}) > _MANY)


def _standing(row: sa.Row[Any]) -> Standing:
    return Standing(
        id=row.id,
        requirement_id=row.requirement_id,
        duty_id=row.duty_id,
        clause=row.clause,
        post_id=row.post_id,
        organ_id=row.organ_id,
        region_code=row.region_code,
        tier=row.tier,
        from_day=row.from_day,
        due_on=row.due_on,
        count=row._mapping["count"],  # noqa: SLF001 - a row is a tuple, whose count() counts something else
        basis=row.basis,
        adopted_by=row.adopted_by,
        default_by=row.default_by,
        founds=row.founds,
        status=row.status,
        performances=tuple(row.performances or ()),
        unfiled=tuple(row.unfiled or ()),
        exercise=row.exercise,
    )


async def own_organs(session: AsyncSession, asked: Asked) -> list[Tally]:
    """The board by organ of one region's own organs, whole: what its closed books hold."""
    statement = (
        f"SELECT key, jsonb_object_agg(status, n) AS statuses, sum(founding) AS founding FROM"
        f" (SELECT organ_id::text AS key, status, count(*) AS n,"
        f" count(*) FILTER (WHERE founds AND status = 'lapsed') AS founding FROM"
        f" (SELECT o.organ_id, {STATUS} AS status, {_FOUNDS} AS founds {asked.rows()}"
        f" AND o.region_code = ANY(CAST(:region AS text[]))) s GROUP BY 1, 2) c GROUP BY key ORDER BY key"
    )
    typed = _bound(statement, asked.values()).columns(
        sa.column("key", sa.Text), sa.column("statuses", JSONB), sa.column("founding", sa.Integer)
    )
    return [Tally(row.key, row.statuses, int(row.founding)) for row in await session.execute(typed)]
