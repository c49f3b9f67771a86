"""The monthly duties of town, subdistrict and zone leaders as an OpenFisca tax-benefit system, beside our own SQL.

Both read the same posts and acts from the same database and say of every post and month whether an inspection lapsed.
OpenFisca is given who holds what and how often they inspected, and keeps nothing: it simulates for each question. Ours
also asks who held the post on the act's day, in which capacity it was recorded, whether the books were closed and what
was known when, and keeps that with its indexes; then a question about any day reads it.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from sqlalchemy.ext.asyncio import AsyncSession

from bench.measure import BARE, OURS, Line, Stopwatch, compared, contest
from services.duties.repository import evaluation, projection, statuses
from services.duties.rules.projected import periods_of_year

if TYPE_CHECKING:
    from bench.duties import Province

PLACES = ("town", "subdistrict", "zone")
KINDS = ("party_principal", "government_principal")
DUTIES = dict(zip(("art5.3c", "art6.3c"), KINDS, strict=True))
RULES = [f"{duty}@{place}" for duty in DUTIES for place in PLACES]
YEAR = 2025
Answers = dict[tuple[UUID, int], bool]
_PERSON = Entity("person", "persons", "somebody's post", "")


class kind(Variable):  # type: ignore[misc] # noqa: N801 - OpenFisca names a variable by its class
    """Index in KINDS."""

    value_type, entity, definition_period = int, _PERSON, DateUnit.ETERNITY


class tier(Variable):  # type: ignore[misc] # noqa: N801
    """Index in PLACES; -1 elsewhere."""

    value_type, entity, definition_period = int, _PERSON, DateUnit.ETERNITY


class inspections(Variable):  # type: ignore[misc] # noqa: N801
    """How many inspections the holder led in the month."""

    value_type, entity, definition_period = int, _PERSON, DateUnit.MONTH


def _lapsed(index: int) -> type[Variable]:
    def formula(person: Any, month: Any, _parameters: Any) -> Any:
        owed = (person("kind", month) == index) * (person("tier", month) >= 0)
        return owed * (person("inspections", month) < 1)

    content = {"value_type": bool, "entity": _PERSON, "definition_period": DateUnit.MONTH, "formula": formula}
    return type(f"lapsed_{index}", (Variable,), content)


def system() -> TaxBenefitSystem:
    """Three inputs, and for each of the two duties whether it lapsed in a month."""
    made = TaxBenefitSystem([_PERSON])
    for one in (kind, tier, inspections, *(_lapsed(index) for index in range(len(KINDS)))):
        made.add_variable(one)
    return made


_POSTS = f"""
SELECT p.id, p.kind, r.tier FROM roster_post p JOIN roster_organ o ON o.id = p.organ_id AND o.superseded_at IS NULL
JOIN roster_region r ON r.code = o.region_code AND r.superseded_at IS NULL
WHERE p.superseded_at IS NULL AND p.kind = ANY(:kinds) AND r.tier = ANY(:places) AND r.path && ARRAY['130600']
  AND o.kind NOT LIKE '%department%'
  AND greatest(p.from_day, o.from_day, r.from_day) <= '{YEAR}-01-01' AND coalesce(p.to_day, o.to_day, r.to_day) IS NULL
ORDER BY p.id"""
_COUNTS = f"""
SELECT unnest(post_ids) AS post, extract(month FROM day)::int AS month, count(*) AS n FROM performance
WHERE act = 'led_inspection' AND corrected IS NULL AND day BETWEEN '{YEAR}-01-01' AND '{YEAR}-12-31' GROUP BY 1, 2"""


async def _read(session: AsyncSession) -> tuple[list[sa.Row[Any]], Mapping[tuple[UUID, int], int]]:
    asked = {"kinds": list(KINDS), "places": list(PLACES)}
    posts = list((await session.execute(sa.text(_POSTS), asked)).all())
    counts = {(row.post, row.month): row.n for row in await session.execute(sa.text(_COUNTS))}
    return posts, counts


async def by_openfisca(province: "Province", whole: TaxBenefitSystem) -> Answers:
    """Read, simulate twelve months, answer."""
    async with province.sessions() as session:
        posts, counts = await _read(session)
    simulation = SimulationBuilder().build_default_simulation(whole, count=len(posts))
    simulation.set_input("kind", "eternity", np.array([KINDS.index(row.kind) for row in posts]))
    simulation.set_input("tier", "eternity", np.array([PLACES.index(row.tier) for row in posts]))
    found: Answers = {}
    for month in range(1, 13):
        named = f"{YEAR}-{month:02}"
        simulation.set_input("inspections", named, np.array([counts.get((row.id, month), 0) for row in posts]))
        lapsed = sum(simulation.calculate(f"lapsed_{index}", named) for index in range(len(KINDS)))
        found |= {(row.id, month): bool(one) for row, one in zip(posts, lapsed, strict=True)}
    return found


async def by_sql(province: "Province", posts: list[UUID], *, anew: bool) -> tuple[Answers, float]:
    """The answers for these posts' monthly inspections, and what it took.

    `anew` evaluates obligations and acts from nothing before asking for the status, and is rolled back; otherwise what
    the projection keeps is asked, as a board does it.
    """
    values: dict[str, Any] = {"posts": posts, "rules": RULES, "books_close_days": 30}
    values |= projection.periods_as_values(periods_of_year(YEAR))
    async with province.sessions() as session:
        if anew:
            for table in ("obligation_act", "obligation"):
                await session.execute(sa.text(f"DELETE FROM {table} WHERE post_id = ANY(:posts)"), {"posts": posts})
        watch = Stopwatch()
        if anew:
            await session.execute(sa.text(evaluation.refresh(some_posts=True, some_rules=True)), values)
            await session.execute(sa.text(evaluation.refresh_acts_of_posts()), values)
        query = sa.text(
            f"SELECT o.post_id, extract(month FROM o.from_day)::int AS month, {statuses.STATUS} = 'lapsed' AS lapsed"
            f" FROM obligation o WHERE {statuses.KNOWN} AND o.rule = ANY(CAST(:rules AS text[]))"
            " AND o.post_id = ANY(CAST(:posts AS uuid[]))"
        )
        asked = {"as_of": province.judged, "known_at": province.known_at, "due_soon_days": 10, **values}
        found = {(row.post_id, row.month): bool(row.lapsed) for row in await session.execute(query, asked)}
        return found, watch.seconds()


async def compare(province: "Province", rounds: int = 3) -> list[Line]:
    """The same posts and months by both, and how many of them a second."""
    whole = system()
    async with province.sessions() as session:
        posts = [row.id for row in (await _read(session))[0]]
    expected = await by_openfisca(province, whole)
    for anew in (True, False):
        answers, _ = await by_sql(province, posts, anew=anew)
        assert answers == expected, set(answers.items()) ^ set(expected.items())
    assert {True, False} == set(expected.values())

    async def ours(*, anew: bool) -> float:
        return len(expected) / (await by_sql(province, posts, anew=anew))[1]

    async def theirs() -> float:
        watch = Stopwatch()
        await by_openfisca(province, whole)
        return len(expected) / watch.seconds()

    what = f"{len(posts):,} leaders × 12 months of inspections"
    kept = await contest({OURS: partial(ours, anew=False), BARE: theirs}, rounds)
    fresh = await contest({OURS: partial(ours, anew=True), BARE: theirs}, rounds)
    return [
        compared(f"{what}, asked again ÷ OpenFisca-core", kept, unit="months/s"),
        compared(f"{what}, evaluated and kept ÷ OpenFisca-core", fresh, unit="months/s"),
    ]
