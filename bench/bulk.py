"""The import against COPY of the very same rows, and the read model's rebuild against bare reading of the stream."""

import gc
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack

import asyncpg

from bench.ground import Ground
from bench.measure import BARE, OURS, Line, Stopwatch, compared, contest
from bench.province import Plan, events, slices
from services.registry import tables
from services.registry.handlers import bulk
from services.registry.handlers.bulk import Fact
from shared.contracts.topology import DECLARATIONS
from shared.kernel import databases, streams
from shared.kernel.consumer import delivery_of
from shared.kernel.envelope import Delivery
from shared.kernel.relay import Relay
from shared.kernel.testing import Stack
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import projection

#: What an import writes: states, ledger, outbox.
WRITTEN = (*(name for name in tables.TABLES if name not in {"accident", "declaration"}), "ledger", "outbox")


def facts(plan: Plan) -> Iterable[Fact]:
    """The province as an import brings it, one region in memory at a time."""
    return (Fact(event, one.region.path) for one in slices(plan) for event in events.newest(plan, one))


async def load(url: str, given: Iterable[Fact]) -> float:
    """Append facts to a registry as its runtime role; returns facts per second."""
    engine = databases.engine(url, pool_size=3, name="bench")
    sessions, taken = databases.session_maker(engine), 0
    await (await engine.connect()).close()  # what the driver asks a server that it does not know is not importing

    async def stream() -> AsyncIterator[Fact]:
        for fact in given:
            yield fact

    async def progress(done: int, _total: int | None) -> None:
        nonlocal taken
        taken = done

    watch = Stopwatch()
    await bulk.append_all(lambda: UnitOfWork(sessions, service="registry", actor="bench"), stream(), progress)
    rate = taken / watch.seconds()
    await engine.dispose()
    return rate


async def import_beside_copy(ground: Ground, *, quick: bool) -> list[Line]:
    """Facts per second through the bulk path, and through COPY of the rows that it wrote into another database."""
    given = list(facts(Plan(under=frozenset({"130123"} if quick else {"131100"}))))
    async with AsyncExitStack() as exits:
        ours, bare = [await exits.enter_async_context(ground.stack()) for _ in (OURS, BARE)]
        urls = await ours.database("registry")
        into = databases.dsn((await bare.database("registry")).owner)
        rows: dict[str, list[asyncpg.Record]] = {}

        async def append() -> float:
            await _empty(ground, ours)
            rate = await load(urls.runtime, given)
            if not rows:
                rows.update(await _rows(databases.dsn(urls.owner)))
                gc.freeze()  # no import holds these: its collector need not look them through
            return rate

        async def copy() -> float:
            await _empty(ground, bare)
            return await _copy(into, rows, len(given))

        found = await contest({OURS: append, BARE: copy}, 2 if quick else 11)
    return [compared("import ÷ COPY of the same rows, ledger included", found, unit="facts/s", goal=0.3)]


async def _empty(ground: Ground, stack: Stack) -> None:
    names = ", ".join(WRITTEN)
    await ground.as_admin(stack, "registry", f"TRUNCATE {names} RESTART IDENTITY", f"VACUUM ANALYZE {names}")


async def _rows(dsn: str) -> dict[str, list[asyncpg.Record]]:
    connection = await asyncpg.connect(dsn)
    try:
        return {name: await connection.fetch(f"SELECT * FROM {name}") for name in WRITTEN}
    finally:
        await connection.close()


async def _copy(dsn: str, rows: dict[str, list[asyncpg.Record]], count: int) -> float:
    """Every table in one COPY, all in one transaction: nothing is computed, checked or locked but by the tables."""
    connection = await asyncpg.connect(dsn)
    try:
        watch = Stopwatch()
        async with connection.transaction():
            for name, records in rows.items():
                columns = list(records[0].keys())
                await connection.copy_records_to_table(name, records=map(tuple, records), columns=columns)
        return count / watch.seconds()
    finally:
        await connection.close()


async def rebuild_beside_read(ground: Ground, *, quick: bool) -> list[Line]:
    """Events per second from the stream into an emptied copy, and of reading the stream to its end."""
    given = list(facts(Plan(under=frozenset({"130123"} if quick else {"131100"}))))
    async with ground.stack() as stack:
        await stack.provision(DECLARATIONS)
        urls, copy = await stack.database("registry"), await stack.database("duties")
        await load(urls.runtime, given)
        await _publish(ground, urls.runtime)
        engine = databases.engine(copy.runtime, pool_size=1, name="bench")
        sessions = databases.session_maker(engine)

        async def rebuild() -> float:
            watch = Stopwatch()
            async with UnitOfWork(sessions, service="duties", actor="bench") as work:
                taken = await projection.rebuild(work, _deliveries(ground))
                await work.commit()
            assert taken == len(given)
            return taken / watch.seconds()

        async def read() -> float:
            watch = Stopwatch()
            return len([one async for one in _deliveries(ground)]) / watch.seconds()

        found = await contest({OURS: rebuild, BARE: read}, 1 if quick else 3)
        await engine.dispose()
    return [compared("rebuild of the roster's copy ÷ bare stream read", found, unit="events/s")]


async def _publish(ground: Ground, url: str) -> None:
    connection = await asyncpg.connect(databases.dsn(url))
    client = await streams.connect(ground.nats_url, name="bench-publish")
    try:
        await Relay("registry", databases.dsn(url), client, DECLARATIONS).drain(connection)
    finally:
        await client.close()
        await connection.close()


async def _deliveries(ground: Ground) -> AsyncIterator[Delivery]:
    client = await streams.connect(ground.nats_url, name="bench-read")
    try:
        async for message in streams.read(client, "REGISTRY"):
            yield delivery_of(message.headers or {}, message.data)
    finally:
        await client.close()
