"""A consumer that starts from nothing rebuilds the province's roster, equal to what grew live (I9)."""

from collections.abc import AsyncIterator, Sequence

import sqlalchemy as sa

from bench.province import Plan, events, slices
from services.duties.main import service as duties
from services.registry.handlers import bulk
from services.registry.handlers.bulk import Fact
from services.registry.main import service as registry
from shared.contracts.topology import DECLARATIONS
from shared.kernel import databases, streams
from shared.kernel.consumer import delivery_of
from shared.kernel.envelope import Delivery
from shared.kernel.testing import Running, Stack, eventually
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import projection
from shared.roster.tables import TABLES

#: Four towns of a county, with their five years.
PLAN = Plan(under=frozenset({"130123100", "130123101", "130123102", "130123103"}))
FRESH = "appraisal"


def chapters() -> list[list[Fact]]:
    """What happened in order of its recording, cut wherever something happens to a thing for the second time."""
    told = [version for one in slices(PLAN) for version in events.versions(PLAN, one)]
    cut: list[list[Fact]] = [[]]
    seen: set[object] = set()
    for version in sorted(told, key=lambda one: one.recorded_at):
        if version.event.id in seen:
            cut.append([])
            seen.clear()
        seen.add(version.event.id)
        cut[-1].append(Fact(version.event, version.path))
    return cut


async def append(running: Running, facts: Sequence[Fact]) -> None:
    async def stream() -> AsyncIterator[Fact]:
        for fact in facts:
            yield fact

    async def progress(_done: int, _total: int | None) -> None:
        """Nobody watches."""

    def transaction() -> UnitOfWork:
        return UnitOfWork(running.app.state.sessions, service="registry", actor="importer")

    await bulk.append_all(transaction, stream(), progress)


async def from_the_stream(stack: Stack) -> AsyncIterator[Delivery]:
    client = await streams.connect(stack.nats_url, name="test-rebuild")
    try:
        async for message in streams.read(client, "REGISTRY"):
            yield delivery_of(message.headers or {}, message.data)
    finally:
        await client.close()


async def test_a_consumer_starting_from_nothing_rebuilds_the_provinces_roster_equal_to_the_live_one(
    stack: Stack,
) -> None:
    await stack.provision(DECLARATIONS)
    source = await stack.start(registry(), DECLARATIONS)
    reader = await stack.start(duties(), DECLARATIONS)
    grown = chapters()
    assert len(grown) > 1, "something happened twice to something"
    for facts in grown:
        await append(source, facts)
    told = sum(len(facts) for facts in grown)

    async def arrived() -> bool:
        return await rows(reader) == told

    await eventually(arrived, seconds=90, what="the live copy")
    fresh = await stack.database(FRESH)
    engine = databases.engine(fresh.runtime, pool_size=1, name="test-rebuild")
    try:
        async with UnitOfWork(databases.session_maker(engine), service=FRESH, actor="tester") as work:
            assert await projection.rebuild(work, from_the_stream(stack)) == told
            rebuilt = await projection.digest(work.session)
            await work.commit()
    finally:
        await engine.dispose()
    async with reader.app.state.sessions() as session:
        assert await projection.digest(session) == rebuilt


async def rows(reader: Running) -> int:
    async with reader.app.state.sessions() as session:
        counts = [await session.scalar(sa.select(sa.func.count()).select_from(table)) for table in TABLES.values()]
    return sum(int(count or 0) for count in counts)
