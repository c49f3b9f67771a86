"""Relay and consumer against the least code that moves the same messages with the same guarantees."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import asyncpg
import sqlalchemy as sa
from nats.aio.client import Client
from nats.aio.msg import Msg
from sqlalchemy.ext.asyncio import async_sessionmaker

from bench.ground import DECLARED, RACE, Ground
from bench.measure import BARE, OURS, Line, Stopwatch, compared, contest
from shared.kernel import databases, streams
from shared.kernel.consumer import BATCH, Consumer, Subscription
from shared.kernel.envelope import INTERNAL, Delivery, Entry, Ref, headers, subject
from shared.kernel.relay import Message, Relay
from shared.kernel.testing import Stack
from shared.kernel.tests import toy
from shared.kernel.unit_of_work import UnitOfWork

Apply = Callable[[Sequence[Msg]], Awaitable[None]]
PER_BATCH = 1_000
SEAL = f"1:{'0' * 64}:{'0' * 64}"
ASYNCPG = "bare asyncpg"
INSERT = sa.text("INSERT INTO echo (id, seen, times) VALUES (:id, :seen, 0)")


async def insert(work: UnitOfWork, event: toy.Echoed, _delivery: Delivery) -> None:
    """The least that a handler can do: one row for each event."""
    await work.session.execute(INSERT, {"id": event.id, "seen": event.value})


SUBSCRIPTION = Subscription(name=RACE, source="echo", aggregates=("echo",), handlers={toy.Echoed: insert})


class Counting(Consumer):
    """Our consumer as it runs, with a stopwatch from the first fetched batch to the last acknowledgement."""

    def expect(self, count: int) -> None:
        """Begin again with nothing seen."""
        self.left, self.watch, self.took, self.done = count, Stopwatch(), 0.0, asyncio.Event()
        self.begun = False

    async def handle(self, messages: Sequence[Msg]) -> None:
        """Handle a batch and look at the watch."""
        if not self.begun:
            self.begun, self.watch = True, Stopwatch()
        await super().handle(messages)
        self.left -= len(messages)
        if self.left <= 0:
            self.took = self.watch.seconds()
            self.done.set()


class Race:
    """One set of events of the echo, carried again and again."""

    def __init__(self, ground: Ground, stack: Stack, client: Client, count: int) -> None:
        self._ground, self._stack, self._client, self._count = ground, stack, client, count
        self._dsn = {name: databases.dsn(stack.urls[name].runtime) for name in ("toy", "echo")}
        self._prepared: list[Message] = []

    async def record(self) -> None:
        """Write the events' ledger rows."""
        engine = databases.engine(self._stack.urls["echo"].runtime)
        for _ in range(0, self._count, 500):
            async with UnitOfWork(databases.session_maker(engine), service="echo", actor="bench") as work:
                refs = [Ref("echo", uuid4()) for _ in range(500)]
                await work.lock(*refs)
                for ref in refs:
                    work.emit(toy.Echoed(id=ref.id, value=1), path=toy.PATH)
                await work.commit()
        await engine.dispose()
        connection = await asyncpg.connect(self._dsn["echo"])
        for row in await connection.fetch("SELECT * FROM ledger ORDER BY seq"):
            entry = Entry.of(dict(row))
            tags = headers(entry, "echo", INTERNAL, row["seq"], SEAL)
            self._prepared.append(Message(subject(entry, "echo", INTERNAL), row["data"].encode(), tags))
        await connection.close()

    async def relay(self) -> float:
        """Messages per second from the outbox to the stream and out of the outbox."""
        await self._ground.as_admin(
            self._stack,
            "echo",
            "TRUNCATE seal, outbox",
            "INSERT INTO outbox SELECT seq, true FROM ledger ORDER BY seq",
            "VACUUM ANALYZE outbox, seal, ledger",
        )
        await self._stack.provision(DECLARED)
        connection = await asyncpg.connect(self._dsn["echo"])
        try:
            relay, watch = Relay("echo", self._dsn["echo"], self._client, DECLARED, batch=PER_BATCH), Stopwatch()
            assert await relay.drain(connection) == self._count
            return self._count / watch.seconds()
        finally:
            await connection.close()

    async def bare_publish(self) -> float:
        """The same messages, prepared beforehand, as atomic batches with a request on the last."""
        await self._stack.provision(DECLARED)
        batches = []
        for start in range(0, self._count, PER_BATCH):
            chunk, batch = self._prepared[start : start + PER_BATCH], uuid4().hex
            tags = [{"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(at)} for at in range(1, len(chunk) + 1)]
            tags[-1]["Nats-Batch-Commit"] = "1"
            batches.append([(one.subject, one.body, one.headers | tag) for one, tag in zip(chunk, tags, strict=True)])
        watch = Stopwatch()
        for ready in batches:
            for where, body, head in ready[:-1]:
                await self._client.publish(where, body, headers=head)
            where, body, head = ready[-1]
            answer = json.loads((await self._client.request(where, body, timeout=30, headers=head)).data)
            assert "error" not in answer, answer
        return self._count / watch.seconds()

    async def _fresh_consumer(self) -> None:
        js = self._client.jetstream()
        await js.delete_consumer("ECHO", f"toy-{RACE}")
        await js.add_consumer("ECHO", DECLARED.consumers[-1].config())
        await self._ground.as_admin(
            self._stack, "toy", "TRUNCATE echo, position, dead_letter", "VACUUM ANALYZE echo, position, dead_letter"
        )

    async def consume(self) -> float:
        """Events per second through our consumer, with position, once-only and order."""
        await self._fresh_consumer()
        engine = databases.engine(self._stack.urls["toy"].runtime)
        sessions = databases.session_maker(engine)
        consumer = Counting("toy", SUBSCRIPTION, sessions, self._dsn["toy"], self._client, "ECHO")
        consumer.expect(self._count)
        task = asyncio.create_task(consumer.run())
        try:
            await asyncio.wait_for(consumer.done.wait(), 120)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await engine.dispose()
        return self._count / consumer.took

    async def bare_consume(self) -> float:
        """Fetch, insert through SQLAlchemy, commit, acknowledge."""
        engine = databases.engine(self._stack.urls["toy"].runtime)
        sessions = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)

        async def apply(messages: Sequence[Msg]) -> None:
            async with sessions() as session, session.begin():
                for one in messages:
                    body = json.loads(one.data)
                    await session.execute(INSERT, {"id": body["id"], "seen": body["value"]})

        try:
            return await self._bare(apply)
        finally:
            await engine.dispose()

    async def bare_asyncpg(self) -> float:
        """Fetch, insert through asyncpg, commit, acknowledge."""
        connection = await asyncpg.connect(self._dsn["toy"])
        statement = "INSERT INTO echo (id, seen, times) VALUES ($1, $2, 0)"

        async def apply(messages: Sequence[Msg]) -> None:
            async with connection.transaction():
                for one in messages:
                    body = json.loads(one.data)
                    await connection.execute(statement, body["id"], body["value"])

        try:
            return await self._bare(apply)
        finally:
            await connection.close()

    async def _bare(self, apply: Apply) -> float:
        await self._fresh_consumer()
        pull = await self._client.jetstream().pull_subscribe_bind(consumer=f"toy-{RACE}", stream="ECHO")
        left, watch = self._count, Stopwatch()
        while left > 0:
            messages = await pull.fetch(BATCH, timeout=10)
            if left == self._count:
                watch = Stopwatch()
            await apply(messages)
            for one in messages:
                await one.ack()
            left -= len(messages)
        took = watch.seconds()
        await pull.unsubscribe()
        return self._count / took


async def measure(ground: Ground, rounds: int, count: int) -> list[Line]:
    """Relay and consumer, `count` messages in each round."""
    async with ground.toys() as stack:
        client = await streams.connect(ground.nats_url, name="bench")
        try:
            race = Race(ground, stack, client, count)
            await race.record()
            relayed = await contest({OURS: race.relay, BARE: race.bare_publish}, rounds)
            await race.relay()  # leaves a whole stream, whichever side was last
            sides = {OURS: race.consume, BARE: race.bare_consume, ASYNCPG: race.bare_asyncpg}
            consumed = await contest(sides, rounds)
        finally:
            await client.close()
    return [
        compared("relay ÷ bare atomic publish", relayed, unit="msg/s", goal=0.7),
        compared("consumer ÷ bare fetch + insert (SQLAlchemy) + ack", consumed, unit="msg/s", goal=0.6),
        compared("consumer ÷ bare fetch + insert (asyncpg) + ack", consumed, unit="msg/s", against=ASYNCPG),
    ]
