"""The registry with a whole province in it: import, questions and their plans, lists, searches, growth.

The first province comes through the bulk path, the further ones as copies of its states inside the database, under
other ids and codes: what is measured with them in place is the questions.
"""

import json
import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import asyncpg
import sqlalchemy as sa
from httpx import AsyncClient
from sqlalchemy.engine import Engine

from bench import bulk
from bench.ground import Ground
from bench.measure import Line, Stopwatch, percentile, shorter
from bench.province import Plan, multiply, people
from bench.province.regions import hebei
from services.registry.main import service
from shared.contracts.topology import DECLARATIONS
from shared.kernel import databases
from shared.kernel.testing import Running
from shared.roster.facts import Tier

NOWHERE = "nats://127.0.0.1:9"
PLANS = Path("build") / "responsibility-plan.json"
STAGE = 3  # provinces, on the way to more
FIRST_DAY, DAYS = date(2023, 2, 1), 1_000  # towns are on the list from 2023 on
Params = dict[str, Any]
Question = Callable[[Random], tuple[str, Params]]
Statement = tuple[str, tuple[Any, ...]]


async def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """The part `registry`; `--scale N` asks the same questions among three provinces and among N."""
    lines = await bulk.import_beside_copy(ground, quick=quick)
    lines += await bulk.rebuild_beside_read(ground, quick=quick)
    return lines + await _province(ground, quick=quick)


async def _province(ground: Ground, *, quick: bool) -> list[Line]:
    count = 100 if quick else 1_000
    async with ground.stack() as stack:
        urls = await stack.database("registry")
        running = await stack.start(service(), DECLARATIONS, NATS_URL=NOWHERE)
        first = await bulk.load(urls.runtime, bulk.facts(Plan(under=frozenset({"130100"}) if quick else None)))
        await ground.as_admin(stack, "registry", "VACUUM ANALYZE")
        told = await _ask(running, count)
        lines = [Line("import of the province", first, None, None, None, "facts/s"), _memory("after it")]
        lines += [
            Line(f"{name}, {what} of {count}", value, None, None, None, "ms")
            for name, took in told.items()
            for what, value in (("p50", percentile(took, 0.5)), ("p99", percentile(took, 0.99)))
        ]
        lines.append(await _plan(running, databases.dsn(urls.owner)))
        if ground.scale > 1:
            lines += await _growth(ground, running, stack, told, count)
    return lines


async def _growth(
    ground: Ground, running: Running, stack: Any, before: Mapping[str, list[float]], count: int
) -> list[Line]:
    """The same questions among three provinces, then among N, beside one; 1 means that size did not matter."""
    dsn = databases.dsn(stack.urls["registry"].owner)
    lines: list[Line] = []
    there = 1
    for wanted in sorted({min(ground.scale, STAGE), ground.scale}):
        watch = Stopwatch()
        rows = await multiply.provinces(dsn, there, wanted)
        await ground.as_admin(stack, "registry", "VACUUM ANALYZE")
        times, there = f"{wanted}× ÷ 1×", wanted
        lines.append(Line(f"rows added until {wanted}×, {watch.seconds():.0f} s", rows, None, None, None, "rows"))
        again = await _ask(running, count)
        lines += [
            shorter(f"{name}, {what}, {times}", percentile(took, share), percentile(before[name], share), "ms")
            for name, took in again.items()
            for what, share in (("p50", 0.5), ("p99", 0.99))
        ]
        lines.append(await _plan(running, dsn))
    return lines


def _memory(when: str) -> Line:
    """The most that this process ever held, measuring side and servers' clients included."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Line(f"most memory of the importing process {when}", most, None, None, None, "MiB")


def _day(random: Random) -> str:
    return (FIRST_DAY + timedelta(days=random.randrange(DAYS))).isoformat()


def _place(random: Random, *tiers: Tier) -> str:
    """A region of the city that every plan has."""
    return random.choice([one.code for one in hebei() if one.tier in tiers and "130100" in one.path])


def _responsibility(random: Random) -> tuple[str, Params]:
    region = _place(random, Tier.COUNTY, Tier.TOWN, Tier.SUBDISTRICT)
    asked = {"region": region, "as_of": _day(random), "industry": random.choice(("C26", "E47", "G54", "B06", "P83"))}
    return "/v1/responsibility", asked


def _list(random: Random) -> tuple[str, Params]:
    kind = random.choice(("organs", "posts", "appointments", "portfolios"))
    return f"/v1/{kind}", {"region": _place(random, Tier.COUNTY), "as_of": _day(random), "limit": 50}


def _search(random: Random) -> tuple[str, Params]:
    return "/v1/officials", {"name": people.name(random.randrange(3_600, 8_000)), "limit": 50}


def _findings(random: Random) -> tuple[str, Params]:
    return "/v1/findings", {"region": _place(random, Tier.COUNTY), "as_of": _day(random), "limit": 50}


QUESTIONS: dict[str, Question] = {
    "who answered (responsibility)": _responsibility,
    "list within a county": _list,
    "search by name": _search,
    "page of findings of a county": _findings,
}


async def _ask(running: Running, count: int) -> dict[str, list[float]]:
    """Milliseconds of each question through the API in this process, one at a time; findings a tenth as often."""
    headers = running.acting("viewer", regions=("130000",))
    return {
        name: [
            await _timed(running.http, *question(Random(number)), headers)  # noqa: S311 - the same questions each time
            for number in range(count // 10 if question is _findings else count)
        ][5:]
        for name, question in QUESTIONS.items()
    }


async def _timed(http: AsyncClient, path: str, params: Params, headers: Mapping[str, str]) -> float:
    begun = perf_counter()
    answer = await http.get(path, params=params | {"exercise": True}, headers=dict(headers))
    assert answer.is_success, answer.text
    return (perf_counter() - begun) * 1_000


async def _plan(running: Running, dsn: str) -> Line:
    """How often the planner would read a whole table for one responsibility question."""
    with _statements() as said:
        await _timed(running.http, *_responsibility(Random(1)), running.acting("viewer"))  # noqa: S311 - see above
    connection = await asyncpg.connect(dsn)
    try:
        explained = [
            {"statement": text, "plan": json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {text}", *values))}
            for text, values in said
            if "FROM" in text and "pg_" not in text
        ]
    finally:
        await connection.close()
    PLANS.parent.mkdir(exist_ok=True)
    PLANS.write_text(json.dumps(explained, ensure_ascii=False, indent=1), encoding="utf-8")
    assert explained, "the question asked the database something"
    scans = sum(json.dumps(one["plan"]).count('"Seq Scan"') for one in explained)
    return Line("sequential scans in the plans of a responsibility question", scans, None, None, None, "scans")


@contextmanager
def _statements() -> Iterator[list[Statement]]:
    """What is sent to databases meanwhile, as the driver gets it."""
    said: list[Statement] = []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> None:
        said.append((statement, tuple(parameters)))

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)
