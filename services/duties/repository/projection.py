"""The projection of dated facts: opened year by year, kept current by what changes it, made again from nothing.

Whoever changes what a row follows from holds that post's lock, so that two who change different things of one post see
each other's; who changes many posts holds all of them. Every function that writes answers how many rows it wrote.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts import Defaults, Period
from services.duties.facts.catalogue import Adoption, Governance
from services.duties.facts.projected import Rule
from services.duties.facts.records import Filing, Impediment
from services.duties.repository import evaluation
from services.duties.tables.projection import (
    duty_rule,
    evaluated_year,
    obligation,
    obligation_act,
    obligation_excuse,
    obligation_filing,
)
from shared.roster import tables as roster
from shared.roster.persons import same_person

_GOVERNS = TypeAdapter(tuple[Governance, ...])
_OVERLAYS = TypeAdapter(tuple[Adoption, ...])
_DAYS = {"books_close_days": Defaults().books_close_days}
_LOCK_CLASS = 0x6F77  # of the advisory locks of this projection
#: A plan for any number of posts, as the server makes one after five rounds, is seven times slower than one for theirs;
#: and what a step derives need not go through files.
_PLAN = "set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true)"
_WIDE = sa.text(f"SELECT {_PLAN}, pg_advisory_xact_lock({_LOCK_CLASS}, 0)")
_NARROW = sa.text(
    f"SELECT {_PLAN}, pg_advisory_xact_lock_shared({_LOCK_CLASS}, 0),"
    " pg_advisory_xact_lock(hashtext('owed'), hashtext(id)) FROM unnest(CAST(:posts AS text[])) AS p(id)"
)
_MANY = 500
STEP = 200  # regions at a time: their posts, some thousands, take half a second
BEFORE_ALL = ""
#: What `keep_excuse` and `keep_filing` keep of impediments and filings, again from their records.
_BESIDE = (
    "DELETE FROM obligation_excuse",
    (
        "INSERT INTO obligation_excuse (obligation_id, impediment_id, recorded_at, accepted_at, corrected_at)"
        " SELECT a.obligation_id, i.id, i.recorded_at, max(a.at), (i.withdrawn->>'at')::timestamptz FROM impediment i,"
        " jsonb_to_recordset(i.accepted) AS a(obligation_id uuid, at timestamptz) GROUP BY 1, 2 ON CONFLICT DO NOTHING"
    ),
    "DELETE FROM obligation_filing",
    (
        "INSERT INTO obligation_filing (obligation_id, filing_id, relation, filed_on, recorded_at, corrected_at)"
        " SELECT obligation_id, id, relation, filed_on, recorded_at,"
        " coalesce(returned->>'at', corrected->>'at')::timestamptz FROM filing ON CONFLICT DO NOTHING"
    ),
)
DERIVED = (obligation, obligation_act, obligation_excuse, obligation_filing)


async def lock_posts(session: AsyncSession, posts: Collection[UUID] | None = None) -> None:
    """Be the only one who changes what these posts' rows follow from, until the transaction ends.

    `None` is every post.
    """
    if posts is None or len(posts) > _MANY:
        await session.execute(_WIDE)
    elif posts:
        await session.execute(_NARROW, {"posts": sorted(str(one) for one in posts)})


def periods_as_values(periods: Iterable[Period]) -> dict[str, list[Any]]:
    """The parameters by which the statements of `evaluation` take periods."""
    listed = list(periods)
    return {
        "kinds": [one.kind.value for one in listed],
        "labels": [one.label for one in listed],
        "first_days": [one.from_day for one in listed],
        "last_days": [one.to_day for one in listed],
    }


async def _written(session: AsyncSession, statement: str, values: dict[str, Any]) -> int:
    """Run a statement that answers how many rows went and came."""
    gone, added = (await session.execute(sa.text(statement), values)).one()
    return int(gone) + int(added)


async def _any_merged(session: AsyncSession) -> bool:
    """Whether any two records of a person were ever merged: mostly not, and then the statements are simpler."""
    return bool(await session.scalar(sa.select(sa.exists().where(roster.official.c.merged_into.is_not(None)))))


async def evaluated_years(session: AsyncSession) -> dict[int, str]:
    """The years that are evaluated or being opened, each with the version of the catalogue by which it is."""
    rows = await session.execute(sa.select(evaluated_year).order_by(evaluated_year.c.year))
    return {row.year: row.catalogue for row in rows}


async def open_years(session: AsyncSession) -> set[int]:
    """The years that are evaluated for every post."""
    return set(await session.scalars(sa.select(evaluated_year.c.year).where(evaluated_year.c.through.is_(None))))


async def mark_years(session: AsyncSession, years: Collection[int], catalogue: str) -> None:
    """The years are evaluated by that version of the catalogue."""
    for year in sorted(years):
        made = insert(evaluated_year).values(year=year, catalogue=catalogue)
        changed = {"catalogue": made.excluded.catalogue}
        await session.execute(made.on_conflict_do_update(index_elements=[evaluated_year.c.year], set_=changed))


async def begin_year(session: AsyncSession, year: int, catalogue: str) -> None:
    """From now on whoever changes a post evaluates the year for it; `reach` does it for the others."""
    await lock_posts(session)
    made = insert(evaluated_year).values(year=year, catalogue=catalogue, through=BEFORE_ALL)
    await session.execute(made.on_conflict_do_nothing())


async def reached(session: AsyncSession, year: int) -> str | None:
    """The region up to which the year is evaluated; `None` where it is for all. Nobody else opens it meanwhile."""
    query = sa.select(evaluated_year.c.through).where(evaluated_year.c.year == year).with_for_update()
    found: str | None = await session.scalar(query)
    return found


async def reach(session: AsyncSession, year: int, region: str | None) -> None:
    """The year is evaluated up to that region, for all where `None`."""
    await session.execute(evaluated_year.update().where(evaluated_year.c.year == year).values(through=region))


async def next_posts(session: AsyncSession, after: str) -> tuple[list[UUID], str | None]:
    """The posts that ever stood in one of the `STEP` regions that follow one by code, and the last of these regions.

    Region by region, because what a step costs is the regions as much as the posts. `None` where these were the last.
    """
    query = (
        "WITH next AS MATERIALIZED (SELECT DISTINCT region_code AS code FROM roster_organ WHERE region_code > :after"
        " ORDER BY code LIMIT :step)"
        " SELECT ARRAY(SELECT DISTINCT p.id FROM roster_organ o JOIN roster_post p ON p.organ_id = o.id"
        " WHERE o.region_code > :after AND o.region_code <= (SELECT max(code) FROM next)),"
        " (SELECT CASE WHEN count(*) = :step THEN max(code) END FROM next)"
    )
    posts, through = (await session.execute(sa.text(query), {"after": after, "step": STEP})).one()
    return posts, through


async def posts_left(session: AsyncSession) -> list[UUID]:
    """The posts of which rows are kept though the roster's copy puts them into no region."""
    query = (
        "SELECT post_id FROM (SELECT post_id FROM obligation UNION SELECT post_id FROM obligation_act) kept WHERE NOT"
        " EXISTS (SELECT FROM roster_post p JOIN roster_organ o ON o.id = p.organ_id WHERE p.id = kept.post_id)"
    )
    return list(await session.scalars(sa.text(query)))


async def number_of_posts(session: AsyncSession) -> int:
    """How many posts the roster's copy has."""
    return int(await session.scalar(sa.text("SELECT count(DISTINCT id) FROM roster_post")) or 0)


async def fill_posts(session: AsyncSession, posts: Sequence[UUID], years: Mapping[int, Sequence[Period]]) -> int:
    """Evaluate years anew for some posts: what was there goes, what is owed and what counts comes."""
    await lock_posts(session, posts)
    rows, merged = 0, await _any_merged(session)
    for year, periods in years.items():
        values = _DAYS | {"from_day": date(year, 1, 1), "to_day": date(year, 12, 31), "posts": list(posts)}
        for statement in evaluation.emptied():
            await session.execute(sa.text(statement), values)
        owed: Any = await session.execute(sa.text(evaluation.fill()), values | periods_as_values(periods))
        acts: Any = await session.execute(sa.text(evaluation.fill_acts(merged=merged)), values)
        rows += owed.rowcount + acts.rowcount
    return rows


async def evaluate_posts(session: AsyncSession, posts: Collection[UUID] | None, periods: Sequence[Period]) -> int:
    """Bring the rows of these posts, of every post where `None`, to what the roster's copy now says."""
    await lock_posts(session, posts)
    some = posts is not None
    values: dict[str, Any] = {"posts": list(posts)} if posts is not None else {}
    return await _written(
        session, evaluation.refresh(some_posts=some, some_rules=False), values | periods_as_values(periods)
    )


async def evaluate_rules(session: AsyncSession, rules: Collection[str], periods: Sequence[Period]) -> int:
    """Bring the rows of these rules, for every post, to what the catalogue and the adopted readings now say."""
    if not rules or not periods:
        return 0
    await lock_posts(session)
    values = {"rules": list(rules)} | periods_as_values(periods)
    touched = sa.select(obligation.c.post_id).where(_any(obligation.c.rule, rules)).distinct()
    before = set(await session.scalars(touched))
    written = await _written(session, evaluation.refresh(some_posts=False, some_rules=True), values)
    posts = sorted(before | set(await session.scalars(touched)))
    return written + await evaluate_acts_of_posts(session, posts)


async def evaluate_acts_of_posts(session: AsyncSession, posts: Collection[UUID]) -> int:
    """Bring which acts count towards these posts' obligations to what is now known."""
    await lock_posts(session, posts)
    return await _written(
        session, evaluation.refresh_acts_of_posts(merged=await _any_merged(session)), _DAYS | {"posts": list(posts)}
    )


async def evaluate_performance(session: AsyncSession, performance: UUID, posts: Collection[UUID]) -> int:
    """Bring what one act counts towards to what its record now says; `posts` are those that it may concern."""
    await lock_posts(session, posts)
    return await _written(
        session,
        evaluation.refresh_acts_of_performance(merged=await _any_merged(session)),
        _DAYS | {"performance": performance},
    )


async def evaluate_books(session: AsyncSession, region_code: str, period: Period, since: datetime) -> int:
    """Bring the acts recorded since books were closed or reopened to what now counts."""
    await lock_posts(session)
    days = {"from_day": period.from_day, "to_day": period.to_day}
    values = _DAYS | days | {"region": region_code, "since": since}
    return await _written(session, evaluation.refresh_acts_of_books(merged=await _any_merged(session)), values)


async def sync_rules(session: AsyncSession, rules: Sequence[Rule]) -> set[str]:
    """Let the table hold these rules; answers the ids of those that are new, changed or gone."""
    there = {row.id: dict(row._mapping) for row in await session.execute(sa.select(duty_rule))}  # noqa: SLF001 - public
    plain = {one.id: _row(one) for one in rules}
    changed = {key for key in plain.keys() | there.keys() if plain.get(key) != there.get(key)}
    if changed:
        await session.execute(sa.delete(duty_rule).where(_any(duty_rule.c.id, changed)))
    if added := [plain[key] for key in sorted(changed & plain.keys())]:
        await session.execute(duty_rule.insert(), added)
    return changed


def _row(rule: Rule) -> dict[str, Any]:
    values = {name: list(one) if isinstance(one, tuple) else one for name, one in asdict(rule).items()}
    governs, overlays = (
        _GOVERNS.dump_python(rule.governs, mode="json"),
        _OVERLAYS.dump_python(rule.overlays, mode="json"),
    )
    return values | {"governs": governs, "overlays": overlays}


def _any(column: sa.Column[Any], values: Collection[Any]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.cast(list(values), ARRAY(column.type)))


async def rules_of_duty(session: AsyncSession, duty_id: str) -> tuple[str, ...]:
    """The rules that a reading of the duty may change (art30)."""
    return tuple(await session.scalars(sa.select(duty_rule.c.id).where(duty_rule.c.duty_id == duty_id)))


async def keep_excuse(session: AsyncSession, found: Impediment) -> None:
    """Keep an impediment that was accepted for an obligation; one that was not says nothing here."""
    if found.obligation_id is None or found.accepted_at is None or found.accepted_by is None:
        return
    await _keep(
        session,
        obligation_excuse,
        {
            "obligation_id": found.obligation_id,
            "impediment_id": found.id,
            "recorded_at": found.recorded_at,
            "accepted_at": found.accepted_at,
            "corrected_at": found.corrected.at if found.corrected else None,
        },
    )


async def keep_filing(session: AsyncSession, found: Filing) -> None:
    """Keep when a document about an obligation was filed, and when that was returned or taken back."""
    undone = found.returned or found.corrected
    await _keep(
        session,
        obligation_filing,
        {
            "obligation_id": found.obligation_id,
            "filing_id": found.id,
            "relation": found.relation.value,
            "filed_on": found.filed_on,
            "recorded_at": found.recorded_at,
            "corrected_at": undone.at if undone else None,
        },
    )


async def _keep(session: AsyncSession, table: sa.Table, values: dict[str, Any]) -> None:
    made = insert(table).values(**values)
    changed = {name: made.excluded[name] for name in values if name not in table.primary_key.columns}
    await session.execute(made.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed))


async def fill_beside(session: AsyncSession) -> int:
    """Take excuses and filings anew from their records; answers the rows written."""
    rows = 0
    for statement in _BESIDE:
        done: Any = await session.execute(sa.text(statement))
        rows += max(done.rowcount, 0)
    return rows


async def posts_of_organs(session: AsyncSession, organs: Collection[UUID]) -> tuple[UUID, ...]:
    """Every post that any version of the copy puts into one of the organs."""
    return tuple(
        await session.scalars(
            sa.text("SELECT DISTINCT id FROM roster_post WHERE organ_id = ANY(:organs) ORDER BY id"),
            {"organs": list(organs)},
        )
    )


async def organs_of_posts(session: AsyncSession, posts: Collection[UUID]) -> tuple[UUID, ...]:
    """Every organ in which any version of the copy puts one of the posts."""
    query = sa.text("SELECT DISTINCT organ_id FROM roster_post WHERE id = ANY(:posts)")
    return tuple(await session.scalars(query, {"posts": list(posts)}))


async def organs_in(session: AsyncSession, regions: Collection[UUID]) -> tuple[UUID, ...]:
    """Every organ that any version of the copy puts under a code that any version of the regions had."""
    query = sa.text(
        "SELECT DISTINCT id FROM roster_organ WHERE region_code IN"
        " (SELECT code FROM roster_region WHERE id = ANY(:regions))"
    )
    return tuple(await session.scalars(query, {"regions": list(regions)}))


async def posts_of_appointments(session: AsyncSession, appointments: Collection[UUID]) -> tuple[UUID, ...]:
    """Every post that any version of the appointments speaks of."""
    query = sa.text("SELECT DISTINCT post_id FROM roster_appointment WHERE id = ANY(:ids)")
    return tuple(await session.scalars(query, {"ids": list(appointments)}))


async def posts_of_merged(session: AsyncSession, officials: Collection[UUID]) -> tuple[UUID, ...]:
    """Every post that any id of these persons was ever appointed to, of those whose records were ever merged."""
    table = roster.official
    touched = sa.or_(_any(table.c.id, officials), _any(table.c.merged_into, officials))
    merged = set(await session.scalars(sa.select(table.c.id).where(table.c.merged_into.is_not(None), touched)))
    if not merged:
        return ()
    ever = set(await session.scalars(same_person(table, sa.true(), merged)))
    query = sa.select(roster.appointment.c.post_id).where(_any(roster.appointment.c.official_id, ever)).distinct()
    return tuple(await session.scalars(query))


async def digest(session: AsyncSession) -> str:
    """SHA-256 over every derived row, in hexadecimal: equal projections, equal digests."""
    parts = [f"SELECT ROW(t.*)::text AS line FROM {one.name} AS t" for one in DERIVED]
    whole = (
        "SELECT encode(sha256(convert_to(coalesce(string_agg(line, chr(10) ORDER BY line COLLATE \"C\"), ''), 'UTF8')),"
        f" 'hex') FROM ({' UNION ALL '.join(parts)}) AS rows"
    )
    return str(await session.scalar(sa.text(whole)))
