"""Carries the ledger to the stream: seals, publishes, and only after the PubAck forgets (I3, I6).

One relay per service works at a time, under a session advisory lock on the very connection that writes seals. Woken
by NOTIFY, it polls anyway. Where the stream knows a seal that this database does not (a database restored from a
backup), writes stop until `anze recover` has re-adopted those events.
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from functools import cache
from typing import Any, NamedTuple
from uuid import uuid4

import asyncpg
import structlog
from nats.aio.client import Client

from shared.kernel import clock, crash, seals, streams
from shared.kernel.envelope import AGENCY, INTERNAL, PUBLIC, Entry, headers, subject
from shared.kernel.streams import Declarations, StreamSpec

log = structlog.get_logger(__name__)
CHANNEL = "anze_outbox"
POLL_SECONDS = 1.0
DUPLICATE_IN_BATCH = 10201
_TAGS = ("Nats-Batch-Id", "Nats-Batch-Sequence", "Nats-Batch-Commit")
_LEADERSHIP = "SELECT pg_try_advisory_lock(hashtext('anze'), hashtext('relay'))"
_COLUMNS = len(Entry.names())
_BODIES = {INTERNAL: "data", AGENCY: "agency_data", PUBLIC: "public_data"}
_HALT = "INSERT INTO halt (reason, since) VALUES ($1, $2) ON CONFLICT (sole) DO NOTHING"
#: An entry's columns first and the seal's last, as they are taken out of a row below. In seq order by the primary key:
#: a backlog of a million rows costs no more than one of a thousand.
_PENDING = (
    f"SELECT {', '.join(Entry.names())}, seq, publish, digest, position, hash, prev_hash"
    " FROM outbox o JOIN ledger l USING (seq)"
    " LEFT JOIN seal s USING (seq) WHERE o.seq <> ALL($2::bigint[]) ORDER BY o.seq LIMIT $1"
)


class PublishError(Exception):
    """The stream did not accept messages; they stay in the outbox."""


class Message(NamedTuple):
    """What goes out: subject, body, headers."""

    subject: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Batch:
    """Rows of the outbox, and their messages by stream (a batch lies in one); empty where nothing is pending."""

    seqs: list[int] = field(default_factory=list)
    messages: list[list[Message]] = field(default_factory=list)


async def publish(client: Client, messages: Sequence[Message], sent: asyncio.Event) -> None:
    """Publish in order, as one atomic batch; one by one where the stream already has some of them.

    `sent` is set when a batch is on its way and only its PubAck is awaited.

    Raises:
        PublishError: the stream refused; nothing of a batch was stored.
        nats.errors.Error, TimeoutError: no answer, so perhaps stored: the message ids make repeating harmless.
    """
    if len(messages) > 1:
        batch = uuid4().hex
        for number, one in enumerate(messages, start=1):
            one.headers["Nats-Batch-Id"], one.headers["Nats-Batch-Sequence"] = batch, str(number)
        messages[-1].headers["Nats-Batch-Commit"] = "1"
        for number, one in enumerate(messages[:-1], start=1):
            await client.publish(one.subject, one.body, headers=one.headers)
            if number % 50 == 0:
                await asyncio.sleep(0)  # what is written goes out, and the database's answers come in
        crash.point("relay.mid_batch")
        asyncio.get_running_loop().call_soon(sent.set)
        answer = await _request(client, messages[-1])
        if "error" not in answer:
            return
        if answer["error"].get("err_code") != DUPLICATE_IN_BATCH:
            raise PublishError(answer["error"])
    for one in messages:
        for tag in _TAGS:
            one.headers.pop(tag, None)
        answer = await _request(client, one)
        if "error" in answer:
            raise PublishError(answer["error"])


async def _request(client: Client, message: Message) -> dict[str, Any]:
    reply = await client.request(message.subject, message.body, timeout=30, headers=message.headers)
    return dict(json.loads(reply.data))


class Relay:
    """The relay of one service; `run` until cancelled.

    Attributes:
        leader: whether this process publishes.
        ahead: why writes are stopped, or `None`.
    """

    def __init__(self, service: str, dsn: str, client: Client, declared: Declarations, *, batch: int = 1000) -> None:
        self.service = service
        self.leader = False
        self.ahead: str | None = None
        self._dsn = dsn
        self._client = client
        self._declared = declared
        # of whole aggregate types
        self._stream = cache(lambda *kind: declared.stream_for(f"anze.v1.{'.'.join(kind)}.>"))
        self._batch = batch
        self._wake, self._sent = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        """Lead when the lock is free, publish until something breaks, begin again."""
        while True:
            try:
                await self._lead()
            except Exception as error:  # noqa: BLE001 - a relay never gives up, whatever a driver raises
                log.warning("relay.interrupted", service=self.service, error=type(error).__name__)
            finally:
                self.leader = False
            await asyncio.sleep(POLL_SECONDS)

    async def _lead(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=5, command_timeout=60)
        try:
            if not await connection.fetchval(_LEADERSHIP):
                return
            self.ahead = await self._compare_heads(connection)
            if self.ahead:
                await connection.execute(_HALT, self.ahead, clock.now())
                return
            self.leader = True
            await connection.add_listener(CHANNEL, lambda *_: self._wake.set())
            while True:
                self._wake.clear()
                await self.drain(connection)
                await self._wait()
        finally:
            await connection.close(timeout=5)

    async def _wait(self) -> None:
        with suppress(TimeoutError):  # not wait_for, which can lose a cancellation on Python 3.11
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()

    async def drain(self, connection: asyncpg.Connection) -> int:
        """Seal and publish what is pending; returns how many rows. While one batch travels, the next is made ready.

        What is committed meanwhile may be left for the next call; its NOTIFY asks for that.
        """
        total, arrived, ready = 0, _Batch(), self._made(await self._sealed(connection, _Batch()))
        while ready.seqs:
            self._sent.clear()
            following = asyncio.create_task(self._turn(connection, arrived, ready))
            try:
                for messages in ready.messages:
                    await publish(self._client, messages, self._sent)
                self._sent.set()
            except BaseException:
                following.cancel()
                await asyncio.wait([following])
                raise
            crash.point("relay.after_puback")
            arrived, ready = ready, await following
            total += len(arrived.seqs)
        await self._forget(connection, arrived)
        return total

    async def _turn(self, connection: asyncpg.Connection, arrived: "_Batch", travelling: "_Batch") -> "_Batch":
        """Forget what has arrived and make the batch behind `travelling` ready, in one commit."""
        async with connection.transaction():
            await self._forget(connection, arrived)
            rows = await self._sealed(connection, travelling)
        await self._sent.wait()  # this process has better to do until all is sent, and nothing while an answer comes
        return self._made(rows)

    async def _forget(self, connection: asyncpg.Connection, arrived: "_Batch") -> None:
        if arrived.seqs:
            await connection.execute("DELETE FROM outbox WHERE seq = ANY($1::bigint[])", arrived.seqs)
            crash.point("relay.after_outbox_delete")

    async def _sealed(self, connection: asyncpg.Connection, travelling: "_Batch") -> list[tuple[asyncpg.Record, str]]:
        """Fetch and seal the next rows behind those that travel; each with its `ce-seal`."""
        rows = await connection.fetch(_PENDING, self._batch, travelling.seqs)
        fresh = [(row["seq"], row["digest"]) for row in rows if not row["position"]]
        made = iter(await self._seal(connection, fresh))
        return [(row, seals.travelling(*row[-3:]) if row["position"] else str(next(made))) for row in rows]

    def _made(self, rows: Sequence[tuple[asyncpg.Record, str]]) -> "_Batch":
        """The messages of rows."""
        entries = [(row, Entry._make(row[:_COLUMNS]), seal) for row, seal in rows if row["publish"]]
        lots: dict[str, list[Message]] = {}
        for audience, body in _BODIES.items():
            for row, entry, seal in entries:
                if row[body] is not None:
                    told = headers(entry, self.service, audience, row["seq"], seal)
                    message = Message(subject(entry, self.service, audience), row[body].encode(), told)
                    lots.setdefault(self._stream(audience, self.service, entry.aggregate_type), []).append(message)
        return _Batch([row["seq"] for row, _ in rows], list(lots.values()))

    async def _compare_heads(self, connection: asyncpg.Connection) -> str | None:
        """Why this database is behind its own streams, or `None` when it is not."""
        newest = await newest_seal(self._declared.streams_of(self.service), self._client)
        if newest is None:
            return None
        known = await connection.fetchval("SELECT hash FROM seal WHERE position = $1", newest[0])
        told = f"the stream holds seal {newest[0]}, which this database does not: run `anze recover {self.service}`"
        return None if known == newest[1] else told

    async def _seal(self, connection: asyncpg.Connection, rows: Sequence[tuple[int, bytes]]) -> list[seals.Seal]:
        if not rows:
            return []
        head = await connection.fetchrow(
            "SELECT position, seq, prev_hash, hash FROM seal ORDER BY position DESC LIMIT 1"
        )
        made = seals.chain(seals.Seal(**head) if head else None, self.service, rows)
        now = clock.now().astimezone(UTC)  # once, and not for each row by the driver
        await connection.copy_records_to_table(
            "seal",
            records=[(one.position, one.seq, one.prev_hash, one.hash, seals.DEFAULT, now) for one in made],
            columns=["position", "seq", "prev_hash", "hash", "algorithm", "sealed_at"],
        )
        crash.point("relay.sealed")
        return made


async def newest_seal(own: Iterable[StreamSpec], client: Client, *, window: int = 1000) -> tuple[int, bytes] | None:
    """The highest seal among the last messages of each stream (republished events may stand behind newer ones)."""
    newest: tuple[int, bytes] | None = None
    for stream in own:
        final = await streams.last(client.jetstream(), stream.name)
        after = max(0, (final.seq or 0) - window) if final else 0
        async for message in streams.read(client, stream.name, after=after):
            found = seals.parse((message.headers or {})["ce-seal"])[:2]
            newest = max(newest, found) if newest else found
    return newest
