"""The evaluation of a province's year, its boards and one change, beside the least SQL that touches as many rows.

Beside OpenFisca-core, too: the same monthly duties of the same people, of which both must give the same answers.
"""

import resource
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bench import openfisca
from bench.ground import Ground
from bench.measure import BARE, OURS, Line, Stopwatch, compared, contest, percentile, shorter
from bench.province import Plan
from bench.province.load import load_roster
from services.duties.catalogue import load_catalogue
from services.duties.facts.projected import Group
from services.duties.handlers import evaluation
from services.duties.repository import boards, projection
from services.duties.repository.boards import Asked
from services.duties.rules.projected import rules_of
from shared.kernel import databases
from shared.kernel.clock import SHANGHAI
from shared.kernel.pagination import Paging
from shared.kernel.testing import Stack
from shared.roster.tables import TABLES

YEAR = 2025
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
CITY = "130600"
TODAY = date(2025, 11, 20)
NOW = datetime(2026, 1, 20, 12, tzinfo=SHANGHAI)
Sessions = async_sessionmaker[AsyncSession]
_BARE = "bare_obligation"
_IDS = {"id", "organ_id", "post_id", "official_id", "parent_id"}
#: For four obligations in five of a city, an act of whoever held the post on the tenth day of the period.
_ACTS = f"""
INSERT INTO performance (id, version, act, day, organ_id, region_code, post_ids, presided_by, led_by, performed_by,
  capacities, evidence, place, participants, agenda, findings, recorded_by, path, recorded_at, exercise)
SELECT gen_random_uuid(), 1, r.acts[1], o.from_day + 9, o.organ_id, o.region_code, ARRAY[o.post_id], t.official_id,
  t.official_id, t.official_id, jsonb_build_array(jsonb_build_object('post_id', o.post_id)), '[]', '', '{{}}', '[]',
  '[]', 'bench', o.path, o.from_day + 10, o.exercise
FROM obligation o JOIN duty_rule r ON r.id = o.rule
JOIN roster_appointment t ON t.post_id = o.post_id AND t.superseded_at IS NULL AND NOT t.annulled
  AND t.from_day <= o.from_day + 9 AND (t.to_day IS NULL OR t.to_day >= o.from_day + 9)
WHERE o.path && ARRAY['{CITY}'] AND get_byte(decode(substr(o.id::text, 1, 2), 'hex'), 0) % 5 <> 0
"""


@dataclass(slots=True)
class Province:
    """A province in the database of duties, `copies` times, with nothing evaluated yet."""

    stack: Stack
    sessions: Sessions
    known_at: datetime
    judged: date = date(2026, 1, 15)

    async def execute(self, statement: str, **values: Any) -> int:
        """Run a statement in a transaction of its own; answers the rows it touched."""
        async with self.sessions() as session, session.begin():
            done: Any = await session.execute(sa.text(statement), values)
            return int(done.rowcount)

    async def one(self, statement: str, **values: Any) -> Any:
        """The one value of a query."""
        async with self.sessions() as session:
            return await session.scalar(sa.text(statement), values)

    async def evaluate(self) -> int:
        """Open the year for every post, as the service does it: step by step; answers the obligations."""
        await self.execute("DELETE FROM evaluated_year")
        return await evaluation.open_year(self.sessions, YEAR)


async def measure(ground: Ground, rounds: int, copies: int, under: frozenset[str] | None) -> list[Line]:
    """Everything about one province.

    Args:
        ground: where.
        rounds: how often the year is evaluated.
        copies: how many provinces there are: seven owe about a million acts a year.
        under: only a part of the province, to see that it works.
    """
    async with ground.stack() as stack:
        urls = await stack.database("duties")
        await load_roster(databases.dsn(urls.runtime), Plan(exercise=False, under=under))
        engine = databases.engine(urls.runtime, name="bench")
        try:
            sessions = databases.session_maker(engine)
            async with sessions() as session, session.begin():
                await _multiply(session, copies)
                await projection.sync_rules(session, rules_of(load_catalogue()))

            province = Province(stack, sessions, NOW)
            await ground.as_admin(stack, "duties", "VACUUM ANALYZE", *_bare_table())
            lines = await _year(ground, province, rounds)
            lines += await _after_acts(ground, province)
            return lines
        finally:
            await engine.dispose()


async def _multiply(session: AsyncSession, copies: int) -> None:
    """More provinces like the first, by one statement for each table: other ids, other codes, the same posts."""
    for table in TABLES.values():
        names = [column.name for column in table.c]
        await session.execute(
            sa.text(
                f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(map(_copied, names))}"
                f" FROM {table.name} CROSS JOIN generate_series(1, CAST(:copies AS int) - 1) AS k"
            ),
            {"copies": copies},
        )


def _copied(name: str) -> str:
    if name in _IDS:
        return f"CAST(md5({name}::text || k) AS uuid)"
    if name in {"code", "region_code", "admin_parent", "code_parent"}:
        return f"regexp_replace({name}, '^13', '9' || k)"
    if name in {"path", "ancestry"}:  # all lie in the province whose statute governs
        copied = f"SELECT regexp_replace(c, '^13', '9' || k) FROM unnest({name}) WITH ORDINALITY AS p(c, n) ORDER BY n"
        return f"ARRAY['130000'] || ARRAY({copied})"
    return name


def _bare_table() -> tuple[str, ...]:
    """A table of the same shape with the same indexes, and one with the rows to be inserted into it."""
    return (
        f"CREATE TABLE {_BARE} (LIKE obligation INCLUDING INDEXES)",
        f"CREATE TABLE {_BARE}_source (LIKE obligation)",
        f"GRANT ALL ON {_BARE}, {_BARE}_source TO tpl_duties_runtime",
    )


async def _year(ground: Ground, province: Province, rounds: int) -> list[Line]:
    """The whole year for every post, against inserting the same rows when they are known already."""
    before, grown, count = _peak(), 0.0, 0

    async def emptied(table: str) -> None:
        await ground.as_admin(province.stack, "duties", f"TRUNCATE {table}")

    async def ours() -> float:
        nonlocal count, grown
        await emptied("obligation")
        watch = Stopwatch()
        made = await province.evaluate()
        rate = made / watch.seconds()
        if not count:  # warming up
            count, grown = made, _peak() - before
            await province.execute(f"INSERT INTO {_BARE}_source SELECT * FROM obligation")
        assert made == count
        return rate

    async def bare() -> float:
        await emptied(_BARE)
        watch = Stopwatch()
        await province.execute(f"INSERT INTO {_BARE} SELECT * FROM {_BARE}_source")
        return count / watch.seconds()

    found = await contest({OURS: ours, BARE: bare}, rounds)
    await ground.as_admin(province.stack, "duties", f"TRUNCATE {_BARE}, {_BARE}_source", "VACUUM ANALYZE obligation")
    return [
        compared(f"a year of {count:,} obligations ÷ bare INSERT … SELECT", found, unit="rows/s", goal=0.3),
        Line("memory that the process gains by evaluating it", grown, None, None, None, "MiB"),
    ]


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _after_acts(ground: Ground, province: Province) -> list[Line]:
    """With a year of acts in one city: boards, one official's year, one change, and OpenFisca."""
    acts = await province.execute(_ACTS)
    await ground.as_admin(province.stack, "duties", "ANALYZE performance")
    async with province.sessions() as session:
        posts = list(await session.scalars(sa.text("SELECT DISTINCT unnest(post_ids) FROM performance")))
    watch = Stopwatch()
    async with province.sessions() as session, session.begin():
        assert await projection.evaluate_acts_of_posts(session, posts) == acts
    rate = Line(f"which of {acts:,} acts count", acts / watch.seconds(), None, None, None, "acts/s")
    await ground.as_admin(province.stack, "duties", "VACUUM ANALYZE")
    return [rate, *await _boards(province), *await openfisca.compare(province), *await _changes(province)]


async def _timed(count: int, ask: Callable[[int], Awaitable[Any]]) -> list[float]:
    found = []
    for number in range(count + 3):
        watch = Stopwatch()
        await ask(number)
        if number >= 3:
            found.append(watch.seconds() * 1000)
    return found


async def _boards(province: Province) -> list[Line]:
    async with province.sessions() as session:
        counties = list(
            await session.scalars(
                sa.text(
                    f"SELECT code FROM roster_region WHERE tier = 'county' AND path && ARRAY['{CITY}'] ORDER BY code"
                )
            )
        )
        held = sa.text(
            "SELECT official_id, post_id FROM roster_appointment t WHERE to_day IS NULL AND superseded_at IS NULL"
            " AND EXISTS"
            f" (SELECT FROM obligation o WHERE o.post_id = t.post_id AND path && ARRAY['{CITY}']) ORDER BY id LIMIT 60"
        )
        people = (await session.execute(held)).all()

    def asked(**which: Any) -> Asked:
        return Asked(TODAY, province.known_at, FIRST, LAST, ["130000"], **which)

    async def board(number: int) -> None:
        async with province.sessions() as session:
            region = counties[number % len(counties)]
            rows, _ = await boards.tallies(session, asked(region=region), Group.ORGAN, Paging(100, None))
            assert rows

    async def bare_board(number: int) -> None:
        statement = sa.text(
            "SELECT organ_id, count(*) FROM obligation WHERE region_code = ANY(ARRAY(SELECT code FROM roster_region"
            " WHERE path && CAST(:codes AS text[]))) AND due_on BETWEEN :first AND :last GROUP BY organ_id LIMIT 100"
        )
        async with province.sessions() as session:
            values = {"codes": [counties[number % len(counties)]], "first": FIRST, "last": LAST}
            assert (await session.execute(statement, values)).all()

    async def official(number: int) -> None:
        async with province.sessions() as session:
            who = people[number % len(people)].official_id
            one = asked(official_id=who, person=[who])
            rows, _ = await boards.standings(session, one, Paging(200, None))
            assert rows

    async def bare_official(number: int) -> None:
        statement = sa.text("SELECT * FROM obligation WHERE post_id = :post AND due_on BETWEEN :first AND :last")
        async with province.sessions() as session:
            values = {"post": people[number % len(people)].post_id, "first": FIRST, "last": LAST}
            assert (await session.execute(statement, values)).all()

    return [
        _p99("a county's board by organ", await _timed(60, board), await _timed(60, bare_board)),
        _p99("one official's year", await _timed(200, official), await _timed(200, bare_official)),
        await _lapses(province),
    ]


async def _lapses(province: Province) -> Line:
    async def lapses(number: int) -> None:
        async with province.sessions() as session:
            one = Asked(TODAY - timedelta(days=number), province.known_at, FIRST, LAST, ["130000"])
            rows, _ = await boards.standings(session, one, Paging(50, None), "lapsed")
            assert len(rows) == 50

    async def bare_lapses(number: int) -> None:
        statement = sa.text(
            "SELECT * FROM obligation WHERE due_on BETWEEN :first AND :last ORDER BY due_on, id LIMIT 51"
        )
        async with province.sessions() as session:
            values = {"first": FIRST, "last": TODAY - timedelta(days=number)}
            assert (await session.execute(statement, values)).all()

    return _p99("a page of the province's lapses", await _timed(60, lapses), await _timed(60, bare_lapses))


def _p99(name: str, ours: Sequence[float], bare: Sequence[float]) -> Line:
    return shorter(
        f"{name}, p99 of {len(ours)} ÷ bare indexed query", percentile(ours, 0.99), percentile(bare, 0.99), "ms"
    )


async def _changes(province: Province) -> list[Line]:
    """An appointment ends earlier: what its post's rows follow from is evaluated, and nothing else is written."""
    async with province.sessions() as session:
        query = sa.text(
            "SELECT t.id, t.version, t.post_id FROM roster_appointment t WHERE superseded_at IS NULL AND to_day IS NULL"
            " AND EXISTS (SELECT FROM obligation_act a WHERE a.post_id = t.post_id) ORDER BY id LIMIT 43"
        )
        terms = (await session.execute(query)).all()
    other = "SELECT md5(string_agg(xmin::text, ',' ORDER BY ctid)) FROM obligation_act WHERE post_id <> ALL(:posts)"
    posts: list[UUID] = [one.post_id for one in terms]
    untouched = await province.one(other, posts=posts)
    written: list[int] = []

    async def change(number: int) -> None:
        one = terms[number]
        async with province.sessions() as session, session.begin():
            await session.execute(
                sa.text("UPDATE roster_appointment SET to_day = '2025-06-30' WHERE id = :id AND version = :version"),
                {"id": one.id, "version": one.version},
            )
            written.append(await projection.evaluate_acts_of_posts(session, [one.post_id]))

    took = await _timed(40, change)
    assert any(written)
    assert await province.one(other, posts=posts) == untouched
    assert max(written) <= 60, "only the acts of one post"
    return [
        Line("one appointment change, p50 of 40", percentile(took, 0.5), None, None, None, "ms"),
        Line("one appointment change, p99 of 40", percentile(took, 0.99), None, None, None, "ms"),
        Line("rows that it writes, at most", max(written), None, None, None, "rows"),
    ]
