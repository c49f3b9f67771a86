"""The projection's SQL says what the pure rules say: over any roster, any history, any day and moment."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.duties import repository
from services.duties.facts import Adoption, Obligation, PeriodKind
from services.duties.facts.books import Books, BooksEntry
from services.duties.facts.records import Impediment
from services.duties.repository import evaluation, projection
from services.duties.repository.books import put_books
from services.duties.rules.obligations import obligations_of_post, seats_in
from services.duties.rules.periods import period_of
from services.duties.rules.projected import periods_of_year, rules_of
from services.duties.rules.status import Records, View, incumbencies_of, report
from services.duties.tests.builders import ALWAYS, CATALOGUE, noon, uid
from services.duties.tests.worlds import BIRTH, CODES, LAST, World, days, worlds
from shared.kernel import databases
from shared.kernel.testing import Stack
from shared.roster.facts import Span
from shared.roster.repository import load_roster

YEARS = (2023, 2024, 2025)
RANDOM = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
moments = st.integers(-1000, 10000).map(lambda hours: BIRTH + timedelta(hours=hours))
adoptions = st.lists(
    st.builds(
        Adoption,
        st.sampled_from(("art5.2a", "art6.2", "art9.4")),
        st.sampled_from(("133100", "zone", "town", "130623")),
        days.map(Span),
        st.sampled_from(("冀应急〔2024〕1号", "冀应急〔2024〕2号")),
    ),
    max_size=3,
)


@pytest.fixture
async def engine(stack: Stack) -> AsyncIterator[AsyncEngine]:
    made = databases.engine((await stack.database("duties")).runtime, name="test")
    yield made
    await made.dispose()


async def evaluate(session: AsyncSession, world: World, adopted: Iterable[Adoption] = ()) -> None:
    """Enter a world and evaluate its years."""
    await world.enter(session)
    for act in world.acts:
        await repository.put_performance(session, act, (), 1)
    await projection.sync_rules(session, rules_of(CATALOGUE))
    for number, one in enumerate(adopted):
        await projection.keep_adoption(session, uid(f"adoption{number}"), one, adopted_at(number))
    for year in YEARS:
        await projection.fill_year(session, year, periods_of_year(year))


def adopted_at(number: int) -> datetime:
    return BIRTH + timedelta(days=number)


async def owed_by_rule(
    session: AsyncSession, known_at: datetime, adopted: Sequence[Adoption] = ()
) -> tuple[list[Obligation], Records]:
    roster = await load_roster(session, known_at=known_at)
    known = tuple(one for number, one in enumerate(adopted) if adopted_at(number) <= known_at)
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    found = [
        one
        for seat in seats_in(roster).values()
        for one in obligations_of_post(seat, CATALOGUE, first, last, adoptions=known)
    ]
    return found, Records(incumbencies_of(roster.appointments))


def plain(one: Obligation) -> tuple[Any, ...]:
    basis = one.basis.kind.value
    where = (one.post_id, one.organ_id, one.region_code, one.tier.value, list(one.path))
    what = (sorted(one.acts), one.manner.value, [item.value for item in one.filings], one.clause, one.duty_id)
    return (one.id, one.period.from_day, one.period.to_day, one.count, basis, one.adopted_by, one.exercise, where, what)


async def owed_by_sql(session: AsyncSession, known_at: datetime) -> list[tuple[Any, ...]]:
    query = sa.text(
        "SELECT o.*, r.acts, r.manner, r.filings, r.clause FROM obligation o JOIN duty_rule r ON r.id = o.rule"
        f" WHERE {evaluation.KNOWN}"
    )
    return [
        (
            *(row.id, row.from_day, row.due_on, row.count, row.basis, row.adopted_by, row.exercise),
            (row.post_id, row.organ_id, row.region_code, row.tier, list(row.path)),
            (sorted(row.acts), row.manner, list(row.filings), row.clause, row.duty_id),
        )
        for row in await session.execute(query, {"known_at": known_at})
    ]


@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6", "art10.2", "art10.3")
@pytest.mark.clause("art11.3", "art30")
@RANDOM
@given(world=worlds(), adopted=adoptions, asked=st.lists(moments, min_size=1, max_size=3))
async def test_sql_derives_what_the_rule_derives_as_known_at_any_moment(
    engine: AsyncEngine, world: World, adopted: list[Adoption], asked: list[datetime]
) -> None:
    async with AsyncSession(engine) as session:
        await evaluate(session, world, adopted)
        for known_at in (*asked, *(one[3] for one in world.events[:3])):
            expected, _ = await owed_by_rule(session, known_at, adopted)
            by_id = sorted(await owed_by_sql(session, known_at), key=str)
            assert by_id == sorted(map(plain, expected), key=str)
        await session.rollback()


async def statuses(session: AsyncSession, as_of: date, known_at: datetime) -> dict[Any, str]:
    query = sa.text(f"SELECT o.id, {evaluation.STATUS} AS status FROM obligation o WHERE {evaluation.KNOWN}")
    rows = await session.execute(query, {"as_of": as_of, "known_at": known_at, "due_soon_days": 10})
    return {row.id: row.status for row in rows}


def shut(region: str, label: date, entries: Sequence[tuple[bool, int]]) -> list[Books]:
    """The books of a region for every period that ends in a month, closed and reopened so many days after it."""
    found = []
    for kind in PeriodKind:
        period = period_of(kind, label)
        at = [noon(period.to_day) + timedelta(days=days_after) for _, days_after in entries]
        made = tuple(
            BooksEntry(closed, moment, "office") for (closed, _), moment in zip(entries, sorted(at), strict=True)
        )
        found += [Books(region, period, made, exercise=exercise) for exercise in (False, True)]
    return found


closings = st.builds(
    shut,
    st.sampled_from((CODES[0], "130600")),
    st.sampled_from((date(2024, 3, 1), date(2024, 12, 31))),
    st.lists(st.tuples(st.booleans(), st.integers(-10, 60)), max_size=3),
)


@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art9.4", "art28")
@RANDOM
@given(
    world=worlds(),
    closed=closings,
    excused=st.lists(st.tuples(st.integers(0, 50), moments), max_size=3),
    asked=st.lists(st.tuples(days, moments), min_size=1, max_size=3),
)
async def test_status_by_one_expression_is_the_status_of_the_rule(
    engine: AsyncEngine,
    world: World,
    closed: list[Books],
    excused: list[tuple[int, datetime]],
    asked: list[tuple[date, datetime]],
) -> None:
    async with AsyncSession(engine) as session:
        for kept in closed:
            await put_books(session, kept, (kept.region_code,), 1)
        await evaluate(session, world)
        owed, _ = await owed_by_rule(session, noon(LAST))
        impediments = [
            Impediment(uid(f"{number}"), owed[number].post_id, ALWAYS, "病假", at, None, owed[number].id, "x", at)
            for number, at in excused
            if number < len(owed)
        ]
        for one in impediments:
            await projection.keep_excuse(session, one)
        for as_of, known_at in (*asked, (LAST, noon(LAST))):
            owed, records = await owed_by_rule(session, known_at)
            records = replace(records, performances=world.acts, impediments=impediments, books=closed)
            expected = {one.id: report(one, records, View(as_of, known_at)).status.value for one in owed}
            assert await statuses(session, as_of, known_at) == expected
        await session.rollback()
