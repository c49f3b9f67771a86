"""Proves that nothing is lost, and repairs what is (I5).

Towards the stream: every ledger row that left the outbox must be in the stream of its audience; a lost one
returns to the outbox. Towards a consumer: every event of its aggregate types is exactly one of applied, dead,
waiting, discarded, pending; one that was acknowledged and is none of these is applied again. Both work in
temporary tables, so memory stays flat.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import asyncpg
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError

from shared.kernel import streams
from shared.kernel.consumer import Consumer, delivery_of
from shared.kernel.envelope import AGENCY, INTERNAL, PUBLIC, contracts
from shared.kernel.streams import Declarations

CHUNK = 1_000
_COLUMN = {INTERNAL: "data", AGENCY: "agency_data", PUBLIC: "public_data"}


@dataclass(frozen=True, slots=True)
class Account:
    """Where a consumer's events are; `lost` counts those repaired, `ahead` aggregates the stream no longer knows."""

    consumer: str
    applied: int
    dead: int
    waiting: int
    discarded: int
    pending: int
    lost: int
    ahead: int


async def _fill(
    connection: asyncpg.Connection,
    table: str,
    messages: AsyncIterator[Msg],
    record: Callable[[Msg], tuple[object, ...] | None],
) -> None:
    chunk: list[tuple[object, ...]] = []
    async for message in messages:
        one = record(message)
        if one is not None:
            chunk.append(one)
        if len(chunk) == CHUNK:
            await connection.copy_records_to_table(table, records=chunk)
            chunk.clear()
    if chunk:
        await connection.copy_records_to_table(table, records=chunk)


def _own(source: str, subjects: tuple[str, ...], message: Msg) -> tuple[object, ...] | None:
    """The id of a service's message, unless its type has moved to another stream since it was published."""
    head = message.headers or {}
    ours = head.get("ce-source") == source and streams.matches(subjects, head["Nats-Subject"])
    return (UUID(head["ce-id"].split(":")[1]),) if ours else None


async def republish_lost(service: str, declared: Declarations, connection: asyncpg.Connection, client: Client) -> int:
    """Return to the outbox what a stream has lost; returns how many rows."""
    private = [kind for kind, one in contracts().items() if not one.PUBLISHED]
    found = 0
    for audience, column in _COLUMN.items():
        async with connection.transaction(isolation="repeatable_read"):
            # a name of its own: a connection remembers the columns of a table by its name
            await connection.execute("CREATE TEMP TABLE own_in_stream (id uuid) ON COMMIT DROP")
            await connection.fetchval("SELECT count(*) FROM halt")  # the snapshot stands before the stream is read
            for stream in declared.streams_of(service, audience):
                ours = partial(_own, f"anze/{service}", stream.subjects)
                await _fill(connection, "own_in_stream", streams.read(client, stream.name), ours)
            lost = await connection.fetch(
                "INSERT INTO outbox (seq, publish) SELECT seq, true FROM ledger l"
                f" WHERE {column} IS NOT NULL AND type <> ALL($1::text[])"
                " AND NOT EXISTS (SELECT 1 FROM own_in_stream i WHERE i.id = l.id)"
                " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.seq = l.seq) ORDER BY seq RETURNING seq",
                private,
            )
        found += len(lost)
    return found


async def account(consumer: Consumer, connection: asyncpg.Connection) -> tuple[Account, list[int]]:
    """Where every event of a consumer is, and the stream sequences of lost ones."""
    try:
        info = await consumer.client.jetstream().consumer_info(consumer.stream, consumer.name)
        floor = info.ack_floor.stream_seq if info.ack_floor else 0
    except NotFoundError:
        floor = 0
    filters = consumer.subscription.filters()

    def wanted(message: Msg) -> tuple[object, ...] | None:
        head = message.headers or {}
        if not streams.matches(filters, head["Nats-Subject"]):
            return None
        kind, _, identity = head["ce-subject"].partition("/")
        return kind, UUID(identity), int(head["ce-version"]), int(head["Nats-Sequence"])

    async with connection.transaction():
        await connection.execute(
            "CREATE TEMP TABLE in_stream (kind text, id uuid, version int, stream_seq bigint) ON COMMIT DROP"
        )
        await _fill(connection, "in_stream", streams.read(consumer.client, consumer.stream), wanted)
        rows = await connection.fetch(_CLASSIFY, consumer.name, consumer.subscription.source, floor)
        ahead = await connection.fetchval(_AHEAD, consumer.name, consumer.subscription.source)
    counts = {row["state"]: row["events"] for row in rows}
    lost = [seq for row in rows if row["state"] == "lost" for seq in row["sequences"]]
    return (
        Account(
            consumer=consumer.name,
            **{state: counts.get(state, 0) for state in ("applied", "dead", "waiting", "discarded")},
            pending=counts.get("pending", 0) + counts.get("failing", 0),
            lost=len(lost),
            ahead=ahead,
        ),
        lost,
    )


async def repair(consumer: Consumer, connection: asyncpg.Connection) -> Account:
    """Account for a consumer's events and apply the lost ones again, in stream order."""
    result, lost = await account(consumer, connection)
    js = consumer.client.jetstream()
    for sequence in sorted(lost):
        raw = await js.get_msg(consumer.stream, seq=sequence, direct=True)
        await consumer.apply([delivery_of(raw.headers, raw.data)])
    return result


async def rebuild(consumer: Consumer) -> int:
    """Apply the whole stream to a consumer whose positions are empty; returns how many events were read."""
    filters = consumer.subscription.filters()
    chunk, total = [], 0
    async for message in streams.read(consumer.client, consumer.stream):
        if streams.matches(filters, (message.headers or {})["Nats-Subject"]):
            chunk.append(delivery_of(message.headers, message.data))
        if len(chunk) == CHUNK:
            await consumer.apply(chunk)
            total += len(chunk)
            chunk = []
    if chunk:
        await consumer.apply(chunk)
    return total + len(chunk)


_CLASSIFY = """
SELECT state, count(*) AS events, array_agg(stream_seq) FILTER (WHERE state = 'lost') AS sequences
FROM (
  SELECT DISTINCT ON (i.kind, i.id, i.version) i.stream_seq,
    CASE WHEN d.state IS NOT NULL THEN d.state
         WHEN i.version <= coalesce(p.applied_version, 0) THEN 'applied'
         WHEN i.stream_seq > $3 THEN 'pending' ELSE 'lost' END AS state
  FROM in_stream i
  LEFT JOIN position p ON p.consumer = $1 AND p.source = $2 AND p.aggregate_type = i.kind AND p.aggregate_id = i.id
  LEFT JOIN dead_letter d ON d.consumer = $1 AND d.source = $2 AND d.aggregate_type = i.kind
    AND d.aggregate_id = i.id AND d.version = i.version
  ORDER BY i.kind, i.id, i.version, i.stream_seq
) AS classified GROUP BY state
"""
_AHEAD = """
SELECT count(*) FROM position p
LEFT JOIN (SELECT kind, id, max(version) AS newest FROM in_stream GROUP BY kind, id) s
  ON s.kind = p.aggregate_type AND s.id = p.aggregate_id
WHERE p.consumer = $1 AND p.source = $2 AND p.applied_version > coalesce(s.newest, 0)
"""
