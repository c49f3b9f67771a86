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
from services.duties.facts import Adoption, Catalogue, Correction, Duty, Firmness, Obligation, PeriodKind, Recipient
from services.duties.facts.books import Books, BooksEntry
from services.duties.facts.catalogue import Governance
from services.duties.facts.overlays import Ending, Overlay, OverlayKind
from services.duties.facts.records import Filing, Impediment
from services.duties.facts.stored import Stored
from services.duties.repository import boards, projection
from services.duties.repository.books import put_books
from services.duties.repository.statuses import KNOWN, STATUS
from services.duties.rules.obligations import obligations_of_post, seats_in
from services.duties.rules.periods import period_of
from services.duties.rules.projected import periods_of_year, rules_of
from services.duties.rules.status import Records, View, incumbencies_of, report
from services.duties.tests.builders import ALWAYS, CATALOGUE, noon, uid
from services.duties.tests.worlds import BIRTH, CODES, LAST, World, days, spans, worlds
from shared.kernel import databases
from shared.kernel.testing import Stack
from shared.roster.facts import PostKind, Span
from shared.roster.repository import load_roster

YEARS = (2023, 2024, 2025)
RANDOM = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
moments = st.integers(-1000, 10000).map(lambda hours: BIRTH + timedelta(hours=hours))
documents = st.sampled_from(("冀应急〔2024〕1号", "冀应急〔2024〕2号", "县安委〔2024〕3号"))
duty_ids = st.sampled_from(("art5.2a", "art6.2", "art6.2", "art9.4", "art9.6"))
scopes = st.sampled_from(("133100", "zone", "town", "county", "130623"))
kinds_put_in = st.sampled_from((None, None, PostKind.GOVERNMENT_SAFETY_LEAD))
interpretations = st.builds(Adoption, duty_ids, scopes, spans(), documents, post_kind=kinds_put_in)


@st.composite
def histories(draw: st.DrawFn) -> list[Stored[Overlay]]:
    """Overlays of all kinds and places, in their versions: as recorded, and perhaps as ended some days later."""
    made = []
    for number in range(draw(st.integers(0, 4))):
        recorded = draw(moments)
        first = Overlay(
            id=uid(f"overlay{number}"),
            kind=draw(st.sampled_from(OverlayKind)),
            duty_id=draw(duty_ids),
            scope=draw(scopes),
            span=draw(spans()),
            document=draw(documents),
            issued_on=recorded.date(),
            issuer_organ_id=uid("issuer"),
            territory=draw(st.sampled_from(("130000", "130000", "130600", "139900", *CODES))),
            recorded_at=recorded,
            recorded_by="office",
            post_kind=draw(kinds_put_in),
            exercise=draw(st.sampled_from((False, False, True))),
        )
        made.append(Stored(first, (), 1))
        if draw(st.booleans()):
            at = recorded + timedelta(hours=draw(st.integers(0, 2000)))
            last = max(first.span.from_day, draw(days))
            ended = replace(first, span=Span(first.span.from_day, last), ended=Ending("终止", last, "office", at))
            made.append(Stored(ended, (), 2))
    return made


def known_overlays(history: Sequence[Stored[Overlay]], known_at: datetime) -> list[Overlay]:
    """The last version of each that was recorded by the moment, the first recorded first."""
    known = {one.fact.id: one.fact for one in history if recorded_at(one) <= known_at}
    return sorted(known.values(), key=lambda one: (one.recorded_at, one.id))


def recorded_at(stored: Stored[Overlay]) -> datetime:
    return stored.fact.ended.at if stored.fact.ended else stored.fact.recorded_at


def elsewhere(duty: Duty) -> Duty:
    """A duty of another statute, which asks for less."""
    asked = tuple(replace(one, id=f"other:{one.id}") for one in duty.requirements)
    return replace(duty, id=f"other:{duty.id}", statute="other", requirements=asked, count=1)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """The catalogue, amended from a day on with or without a gap, beside another statute, with overlays of its own."""
    duties: list[Duty] = []
    for duty in CATALOGUE.duties:
        if duty.id not in {"art5.2b", "art6.2", "art6.3c", "art9.4"} or not draw(st.booleans()):
            duties.append(duty)
            continue
        ends, begins = sorted((draw(days), draw(days)))
        begins = max(begins, ends + timedelta(days=1))
        scope = {**duty.scope, draw(scopes): draw(st.sampled_from(Firmness))}
        amended = replace(duty, count=2, scope=scope, span=Span(begins, draw(st.one_of(st.none(), days))))
        duties += [replace(duty, span=Span(date.min, ends)), amended][: draw(st.integers(1, 2))]
    governs = CATALOGUE.governs if draw(st.booleans()) else ()
    if governs:
        duties += [elsewhere(duty) for duty in CATALOGUE.duties if duty.id in {"art5.3b", "art6.2"}]
        for region in draw(st.lists(st.sampled_from(("130000", "130600", "139900", *CODES)), max_size=3)):
            governs += (Governance(draw(st.sampled_from(("other", "hebei"))), region, draw(spans())),)
    overlays = tuple(draw(st.lists(interpretations, max_size=2)))
    return replace(CATALOGUE, duties=tuple(duties), governs=governs, overlays=overlays)


@pytest.fixture
async def engine(stack: Stack) -> AsyncIterator[AsyncEngine]:
    made = databases.engine((await stack.database("duties")).runtime, name="test")
    yield made
    await made.dispose()


async def evaluate(
    session: AsyncSession, world: World, history: Iterable[Stored[Overlay]] = (), catalogue: Catalogue = CATALOGUE
) -> None:
    """Enter a world and evaluate its years."""
    await world.enter(session)
    for act in world.acts:
        await repository.put_performance(session, act, (), 1)
    for one in history:
        await repository.put_overlay(session, one.fact, one.path, recorded_at(one), one.version)
    await projection.sync_rules(session, rules_of(catalogue))
    posts, _ = await projection.next_posts(session, projection.BEFORE_ALL)
    await projection.fill_posts(session, posts, {year: periods_of_year(year) for year in YEARS})


async def owed_by_rule(
    session: AsyncSession,
    known_at: datetime,
    history: Sequence[Stored[Overlay]] = (),
    catalogue: Catalogue = CATALOGUE,
) -> tuple[list[Obligation], Records]:
    roster = await load_roster(session, known_at=known_at)
    recorded = [one.adoption for one in known_overlays(history, known_at)]
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    found = [
        one
        for seat in seats_in(roster).values()
        for one in obligations_of_post(seat, catalogue, first, last, adoptions=(*catalogue.overlays, *recorded))
    ]
    return found, Records(incumbencies_of(roster.appointments))


def plain(one: Obligation) -> tuple[Any, ...]:
    basis = one.basis.kind.value
    where = (one.post_id, one.organ_id, one.region_code, one.tier.value, list(one.path))
    what = (sorted(one.acts), one.manner.value, [item.value for item in one.filings], one.clause, one.duty_id)
    by = (one.adopted_by, one.default_by)
    return (one.id, one.period.from_day, one.period.to_day, one.count, basis, by, one.exercise, where, what)


async def owed_by_sql(session: AsyncSession, known_at: datetime) -> list[tuple[Any, ...]]:
    query = sa.text(
        "SELECT o.*, r.acts, r.manner, r.filings, r.clause FROM obligation o JOIN duty_rule r ON r.id = o.rule"
        f" WHERE {KNOWN}"
    )
    return [
        (
            *(row.id, row.from_day, row.due_on, row.count, row.basis, (row.adopted_by, row.default_by), row.exercise),
            (row.post_id, row.organ_id, row.region_code, row.tier, list(row.path)),
            (sorted(row.acts), row.manner, list(row.filings), row.clause, row.duty_id),
        )
        for row in await session.execute(query, {"known_at": known_at})
    ]


@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6", "art10.2", "art10.3")
@pytest.mark.clause("art11.3", "art30")
@RANDOM
@given(world=worlds(), history=histories(), catalogue=catalogues(), asked=st.lists(moments, min_size=1, max_size=3))
async def test_sql_derives_what_the_rule_derives_as_known_at_any_moment(
    engine: AsyncEngine,
    world: World,
    history: list[Stored[Overlay]],
    catalogue: Catalogue,
    asked: list[datetime],
) -> None:
    async with AsyncSession(engine) as session:
        await evaluate(session, world, history, catalogue)
        for known_at in (*asked, *(one[3] for one in world.events[:3]), *map(recorded_at, history)):
            expected, _ = await owed_by_rule(session, known_at, history, catalogue)
            by_id = sorted(await owed_by_sql(session, known_at), key=str)
            assert by_id == sorted(map(plain, expected), key=str)
        await session.rollback()


async def statuses(session: AsyncSession, as_of: date, known_at: datetime) -> dict[Any, tuple[str, list[str]]]:
    """By obligation its status, and the relations in which a filing is missing."""
    query = sa.text(
        f"SELECT o.id, {STATUS} AS status, ({boards.UNFILED}) AS unfiled"
        f" FROM obligation o JOIN duty_rule r ON r.id = o.rule WHERE {KNOWN}"
    )
    rows = await session.execute(query, {"as_of": as_of, "known_at": known_at, "due_soon_days": 10})
    return {row.id: (row.status, sorted(row.unfiled or ())) for row in rows}


filings_drawn = st.tuples(
    st.integers(0, 50),
    st.sampled_from(Recipient),
    days,
    moments,
    st.sampled_from(("kept", "kept", "returned", "undone")),
)


def made_filing(about: Obligation, relation: Recipient, day: date, recorded: datetime, end: str) -> Filing:
    """A filing about an obligation, perhaps sent back or withdrawn three days later."""
    ended = Correction("office", recorded + timedelta(days=3), "不全")
    return Filing(
        id=uid(f"{about.id}{relation}{day}{recorded}"),
        obligation_id=about.id,
        relation=relation,
        recipient_organ_id=uid("recipient"),
        filed_on=day,
        recorded_at=recorded,
        sha256="0" * 64,
        corrected=ended if end == "undone" else None,
        returned=ended if end == "returned" else None,
    )


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
    history=histories(),
    closed=closings,
    excused=st.lists(st.tuples(st.integers(0, 50), moments), max_size=3, unique_by=lambda one: one[0]),
    filed=st.lists(filings_drawn, max_size=6),
    asked=st.lists(st.tuples(days, moments), min_size=1, max_size=3),
)
async def test_status_by_one_expression_is_the_status_of_the_rule(
    engine: AsyncEngine,
    world: World,
    history: list[Stored[Overlay]],
    closed: list[Books],
    excused: list[tuple[int, datetime]],
    filed: list[tuple[int, Recipient, date, datetime, str]],
    asked: list[tuple[date, datetime]],
) -> None:
    async with AsyncSession(engine) as session:
        for kept in closed:
            await put_books(session, kept, (kept.region_code,), 1)
        await evaluate(session, world, history)
        owed, _ = await owed_by_rule(session, noon(LAST), history)
        impediments = [
            Impediment(uid(f"{number}"), owed[number].post_id, ALWAYS, "病假", at, None, owed[number].id, "x", at)
            for number, at in excused
            if number < len(owed)
        ]
        for one in impediments:
            await projection.keep_excuse(session, one)
        asking = [one for one in owed if one.filings]
        filings = [made_filing(asking[one[0] % len(asking)], *one[1:]) for one in filed if asking]
        for sent in filings:
            await projection.keep_filing(session, sent)
        for as_of, known_at in (*asked, (LAST, noon(LAST))):
            owed, records = await owed_by_rule(session, known_at, history)
            records = replace(records, performances=world.acts, impediments=impediments, books=closed, filings=filings)
            reports = [report(one, records, View(as_of, known_at)) for one in owed]
            assert await statuses(session, as_of, known_at) == {
                one.obligation.id: (one.status.value, sorted(state.relation for state in one.filings if state.missing))
                for one in reports
            }
        await session.rollback()
