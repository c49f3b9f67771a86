"""How long an event travels: from a commit to its being applied, and an accident through all five services.

Moments come from PostgreSQL itself: NOTIFY is delivered at commit, and triggers on `position` and `ledger` notify
in the very transaction that applies an event.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from importlib import import_module
from uuid import uuid4

import asyncpg
from nats.aio.client import Client
from nats.js import api
from rich.console import Console

from bench.ground import Ground
from bench.measure import Line, percentile, shorter
from shared.contracts.topology import DECLARATIONS, READERS, SERVICES
from shared.kernel import clock, databases, streams
from shared.kernel.relay import CHANNEL
from shared.kernel.testing import Stack, eventually
from shared.kernel.tests import toy

SEEN = "bench_seen"
QUIET_SECONDS = 0.7
_FUNCTION = (
    f"CREATE FUNCTION {SEEN}() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN PERFORM pg_notify('{SEEN}', ''); RETURN NULL; END $$"
)
_TRIGGERS = (
    _FUNCTION,
    f"CREATE TRIGGER {SEEN} AFTER INSERT OR UPDATE ON position EXECUTE FUNCTION {SEEN}()",
    f"CREATE TRIGGER {SEEN} AFTER INSERT ON ledger EXECUTE FUNCTION {SEEN}()",
)


class Watch:
    """Notes when something was last committed in the databases that it listens to."""

    def __init__(self) -> None:
        self.last = 0.0
        self._came = asyncio.Event()

    def note(self, *_: object) -> None:
        """Something was committed."""
        self.last = time.perf_counter()
        self._came.set()

    async def next(self) -> float:
        """When the next commit comes."""
        self._came.clear()
        await asyncio.wait_for(self._came.wait(), 60)
        return self.last

    async def settled(self) -> float:
        """When the last commit came, once nothing has come for a while."""
        with suppress(TimeoutError):
            while True:
                self._came.clear()
                await asyncio.wait_for(self._came.wait(), QUIET_SECONDS)
        return self.last


@asynccontextmanager
async def listening(dsn: str, channel: str, note: Callable[..., None]) -> AsyncIterator[None]:
    """Call `note` at every notification on a channel."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.add_listener(channel, note)
        yield
    finally:
        await connection.close()


async def measure(ground: Ground, events: int, accidents: int) -> list[Line]:
    """Both journeys."""
    return [*await commit_to_applied(ground, events), *await accident(ground, accidents)]


async def commit_to_applied(ground: Ground, count: int) -> list[Line]:
    """From the producer's commit to the consumer's, one event at a time."""
    took: list[float] = []
    async with ground.toys() as stack:
        await ground.as_admin(stack, "echo", *_TRIGGERS)
        producer = await stack.start(toy.TOY, toy.DECLARED)
        consumer = await stack.start(toy.ECHO_SERVICE, toy.DECLARED)
        committed, applied = Watch(), Watch()
        dsn = {name: databases.dsn(urls.runtime) for name, urls in stack.urls.items()}
        async with (
            listening(dsn["toy"], CHANNEL, committed.note),
            listening(dsn["echo"], SEEN, applied.note),
        ):

            async def fetching() -> bool:
                return any(one.active for one in consumer.app.state.runtime.consumers)

            await eventually(fetching)
            for number in range(count + 10):
                arrival = asyncio.create_task(applied.next())
                headers = producer.acting("writer")
                answer = await producer.http.post("/v1/counters", json={"value": 1}, headers=headers)
                assert answer.status_code == 201, answer.text
                await arrival
                if number >= 10:
                    took.append(applied.last - committed.last)
    return _both("commit to applied", took, None)


def _both(name: str, ours: Sequence[float], bare: Sequence[float] | None) -> list[Line]:
    lines = []
    for share, word in ((0.5, "p50"), (0.99, "p99")):
        mine, title = percentile(ours, share) * 1000, f"{name}, {word} of {len(ours)}"
        if bare is None:
            lines.append(Line(title, mine, None, None, None, "ms"))
        else:
            lines.append(shorter(title, mine, percentile(bare, share) * 1000, "ms"))
    return lines


async def accident(ground: Ground, count: int) -> list[Line]:
    """From the POST of an accident to the last reaction anywhere, beside a bare chain of as many hops."""
    try:
        services = [import_module(f"services.{name}.main").service() for name in SERVICES]
        clerks = import_module("services.registry.tests.clerk")
        rosters = import_module("services.registry.tests.rosters")
    except (ImportError, AttributeError) as error:
        Console(stderr=True).print(f"accident through all services: skipped, not all of them are there yet ({error})")
        return []
    calendar = ground.home / "clock.json"
    day = datetime(2026, 5, 20, 18, tzinfo=clock.SHANGHAI)
    calendar.write_text(json.dumps({"offset_seconds": (day - clock.wall()).total_seconds()}))
    ours: list[float] = []
    try:
        async with ground.stack() as stack, AsyncExitStack() as exits:
            watch = Watch()
            await stack.provision(DECLARATIONS)
            for name in SERVICES:
                urls = await stack.database(name)
                await ground.as_admin(stack, name, *_TRIGGERS)
                await exits.enter_async_context(listening(databases.dsn(urls.runtime), SEEN, watch.note))
            running = [await stack.start(one, DECLARATIONS, ANZE_CLOCK_FILE=str(calendar)) for one in services]
            clerk = clerks.Clerk(running[0])
            await clerk.load_divisions(exercise_only=True)
            await clerks.enact(clerk, rosters.story())
            await watch.settled()
            for number in range(count + 2):
                begun = time.perf_counter()
                await clerk.post("/v1/accidents", clerks.explosion())
                ended = await watch.settled()
                if number > 1:
                    ours.append(ended - begun)
            hops = await _hops(stack)
    finally:
        clock.follow(None)
    bare = await bare_chain(ground, hops, count)
    return _both(f"accident POST to last reaction ({hops} hops)", ours, bare)


async def _hops(stack: Stack) -> int:
    """Over how many streams the longest chain of causes goes, the consumers of its last event included."""
    causes: dict[str, str | None] = {}
    read: set[str] = set()
    for name, urls in stack.urls.items():
        heard = {kind for _, _, producer, kinds in READERS if producer == name for kind in kinds}
        connection = await asyncpg.connect(databases.dsn(urls.runtime))
        for row in await connection.fetch("SELECT id, caused_by, aggregate_type FROM ledger"):
            identity = f"{name}:{row['id']}"
            causes[identity] = row["caused_by"]
            if row["aggregate_type"] in heard:
                read.add(identity)
        await connection.close()

    def depth(identity: str) -> int:
        cause = causes.get(identity)
        return (identity in read) + (0 if cause is None else depth(cause))

    return max(depth(identity) for identity in causes)


async def bare_chain(ground: Ground, hops: int, count: int) -> list[float]:
    """Insert, commit, publish with PubAck, fetch, insert, commit … on one table and one stream."""
    async with ground.toys() as stack:
        client = await streams.connect(ground.nats_url, name="bench-chain")
        js = client.jetstream()
        subjects = [f"bench.chain.{number}" for number in range(hops)]
        await js.add_stream(name="CHAIN", subjects=["bench.chain.>"], storage=api.StorageType.FILE)
        connections = [await asyncpg.connect(databases.dsn(stack.urls["toy"].runtime)) for _ in range(hops + 1)]
        tasks = []
        try:
            ends: asyncio.Queue[float] = asyncio.Queue()
            for number, one in enumerate(subjects):
                following = subjects[number + 1] if number + 1 < hops else None
                config = api.ConsumerConfig(durable_name=f"hop{number}", filter_subject=one)
                await js.add_consumer("CHAIN", config)
                tasks.append(asyncio.create_task(_hop(client, number, connections[number + 1], following, ends)))
            took = []
            for number in range(count + 2):
                begun = time.perf_counter()
                await _insert(connections[0])
                await js.publish(subjects[0], b"{}")
                ended = await asyncio.wait_for(ends.get(), 60)
                if number > 1:
                    took.append(ended - begun)
            return took
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for connection in connections:
                await connection.close()
            await js.delete_stream("CHAIN")
            await client.close()


async def _insert(connection: asyncpg.Connection) -> None:
    await connection.execute("INSERT INTO echo (id, seen, times) VALUES ($1, 1, 1)", uuid4())


async def _hop(
    client: Client, number: int, connection: asyncpg.Connection, following: str | None, ends: asyncio.Queue[float]
) -> None:
    js = client.jetstream()
    pull = await js.pull_subscribe_bind(consumer=f"hop{number}", stream="CHAIN")
    while True:
        try:
            (message,) = await pull.fetch(1, timeout=5)
        except TimeoutError:
            continue
        await _insert(connection)
        await message.ack()
        if following is None:
            await ends.put(time.perf_counter())
        else:
            await js.publish(following, b"{}")
