"""Applies a producer's events, each exactly once in effect and in version order per aggregate (I4, I5).

`position` says which version of each aggregate is applied: the next one applies, a lower one is a duplicate, a
higher one waits in `dead_letter`. A batch commits {positions, effects, own ledger rows} at once and is
acknowledged after the commit only. A handler that keeps failing blocks its aggregate, and nothing else;
failures of the connection never count.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import sqlalchemy as sa
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.kernel import crash, dead_letters
from shared.kernel.envelope import Delivery, Event
from shared.kernel.problems import Unavailable
from shared.kernel.streams import stream_of
from shared.kernel.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)
BATCH = 256
RETRYABLE_STATES = ("40001", "40P01")

Handler = Callable[[UnitOfWork, Any, Delivery], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A durable of this service: whose events it takes, and what it does with each type.

    Types without a handler advance the position and do nothing.
    """

    name: str
    source: str
    aggregates: tuple[str, ...]
    handlers: Mapping[type[Event], Handler]

    def durable(self, service: str) -> str:
        """The durable's name on the server."""
        return f"{service}-{self.name}"

    def filters(self) -> tuple[str, ...]:
        """Whole aggregate types, so that no version of an aggregate is ever missing."""
        return tuple(f"anze.v1.internal.{self.source}.{aggregate}.>" for aggregate in self.aggregates)


def passing(error: BaseException) -> bool:
    """Whether an error speaks of the connection or of concurrency, not of the event."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        lost = error.connection_invalidated or isinstance(error, InterfaceError)
        return lost or state in RETRYABLE_STATES or state[:2] in {"08", "57", "53"}
    return isinstance(error, OSError | TimeoutError | NatsError | Unavailable | asyncpg.PostgresConnectionError)


@dataclass(slots=True)
class _Position:
    applied: int = 0
    blocked: bool = False
    letters: bool = False  # something of this aggregate failed or waits


@dataclass(slots=True)
class Consumer:
    """One subscription at work in one service; `run` until cancelled.

    Attributes:
        active: whether this process fetches (it holds the advisory lock).
        trouble: why it does not, or `None`.
    """

    service: str
    subscription: Subscription
    sessions: async_sessionmaker[AsyncSession]
    dsn: str
    client: Client
    attempts: int = 5
    retry_seconds: float = 1.0
    active: bool = False
    trouble: str | None = None

    @property
    def name(self) -> str:
        """The durable's name, which also keys positions and dead letters."""
        return self.subscription.durable(self.service)

    async def run(self) -> None:
        """Fetch and apply while this process holds the durable's lock; begin again after trouble."""
        while True:
            try:
                await self._fetch_while_leading()
            except Exception as error:  # noqa: BLE001 - a consumer never gives up; the trouble shows in /readyz
                self.trouble = type(error).__name__
                log.warning("consumer.interrupted", consumer=self.name, error=self.trouble)
            finally:
                self.active = False
            await asyncio.sleep(self.retry_seconds)

    async def _fetch_while_leading(self) -> None:
        leader = await asyncpg.connect(self.dsn, timeout=5)
        try:
            if not await leader.fetchval("SELECT pg_try_advisory_lock(hashtext('consumer'), hashtext($1))", self.name):
                return
            js = self.client.jetstream()
            stream = stream_of(self.subscription.source)
            try:
                await js.consumer_info(stream, self.name)
            except NotFoundError:
                self.trouble = "missing consumer"
                return
            pull = await js.pull_subscribe_bind(consumer=self.name, stream=stream)
            self.active, self.trouble = True, None
            try:
                while not leader.is_closed():
                    try:
                        messages = await pull.fetch(BATCH, timeout=5)
                    except TimeoutError:
                        await js.consumer_info(stream, self.name)  # raises when somebody deleted it
                        continue
                    crash.point("consumer.after_fetch")
                    await self.handle([one for one in messages if await _is_ours(one)])
            finally:
                await pull.unsubscribe()
        finally:
            await leader.close(timeout=5)

    async def handle(self, messages: Sequence[Msg]) -> None:
        """Apply a batch and acknowledge it; one by one when the batch as a whole fails."""
        try:
            await self.apply([delivery_of(one.headers, one.data) for one in messages])
        except Exception as error:
            if len(messages) > 1:
                await self._handle_singly(messages)
                return
            if passing(error):
                await self._put_back(messages)
                if isinstance(error, Unavailable):
                    return  # the handler waits for something else to arrive
                raise
            if not await self._failed(messages[0], error):
                await self._put_back(messages)
                return
        crash.point("consumer.after_commit_before_ack")
        for one in messages:
            await one.ack()
        crash.point("consumer.after_ack")

    async def _handle_singly(self, messages: Sequence[Msg]) -> None:
        for index, one in enumerate(messages):
            try:
                await self.handle([one])
            except Exception:
                await self._put_back(messages[index + 1 :])
                raise

    async def _put_back(self, messages: Sequence[Msg]) -> None:
        """Ask for redelivery soon; where even that fails, it comes after the ack wait."""
        with suppress(Exception):
            for one in messages:
                await one.nak(delay=self.retry_seconds)

    async def apply(self, deliveries: Sequence[Delivery]) -> None:
        """Apply deliveries in one transaction."""
        async with self.unit_of_work() as work:
            await dead_letters.serialise(work.session, self.name)
            positions = await self._load(work, deliveries)
            before = {key: (one.applied, one.blocked) for key, one in positions.items()}
            for delivery in deliveries:
                await self._step(work, positions[str(delivery.ref.type), str(delivery.ref.id)], delivery)
            await self._store(work, positions, before)
            crash.point("consumer.before_commit")
            await work.commit()

    def unit_of_work(self) -> UnitOfWork:
        """A transaction in which this consumer acts."""
        return UnitOfWork(self.sessions, service=self.service, actor=f"service:{self.name}")

    async def _step(self, work: UnitOfWork, position: _Position, delivery: Delivery) -> None:
        if delivery.version <= position.applied:
            return
        if position.blocked or delivery.version > position.applied + 1:
            await dead_letters.keep_waiting(work.session, self.name, delivery)
            position.letters = True
            return
        await self.react(work, delivery)
        position.applied = delivery.version
        if position.letters:
            position.applied = await self.release(work, delivery)

    async def release(self, work: UnitOfWork, applied: Delivery) -> int:
        """Apply what waited behind an event, in order; returns the version reached."""
        await dead_letters.forget(work.session, self.name, applied)
        while (following := await dead_letters.take_waiting(work.session, self.name, applied)) is not None:
            await self.react(work, following)
            applied = following
        return applied.version

    async def react(self, work: UnitOfWork, delivery: Delivery) -> None:
        """Run the handler, unless the ledger shows that this very event was reacted to before."""
        event = delivery.event()
        handler = self.subscription.handlers.get(type(event)) if event is not None else None
        if handler is None:
            return
        work.caused_by(self.name, delivery.event_id)
        known = sa.text("SELECT 1 FROM ledger WHERE id = :id")
        if (await work.session.execute(known, {"id": work.reaction_id()})).first() is None:
            await handler(work, event, delivery)
            await work.append()

    async def _load(self, work: UnitOfWork, deliveries: Sequence[Delivery]) -> dict[tuple[str, str], _Position]:
        keys = sorted({(one.ref.type, str(one.ref.id)) for one in deliveries})
        positions = {key: _Position() for key in keys}
        rows = await work.session.execute(
            _LOAD,
            {
                "consumer": self.name,
                "source": self.subscription.source,
                "kinds": [kind for kind, _ in keys],
                "ids": [one for _, one in keys],
            },
        )
        for row in rows:
            positions[row.kind, str(row.id)] = _Position(row.applied_version or 0, bool(row.blocked), row.letters)
        return positions

    async def _store(
        self,
        work: UnitOfWork,
        positions: Mapping[tuple[str, str], _Position],
        before: Mapping[tuple[str, str], tuple[int, bool]],
    ) -> None:
        changed = {key: one for key, one in positions.items() if before[key] != (one.applied, one.blocked)}
        if changed:
            await work.session.execute(
                _STORE,
                {
                    "consumer": self.name,
                    "source": self.subscription.source,
                    "kinds": [kind for kind, _ in changed],
                    "ids": [one for _, one in changed],
                    "versions": [one.applied for one in changed.values()],
                },
            )

    async def _failed(self, message: Msg, error: Exception) -> bool:
        """Count a failure of the handler; true when the event is now a dead letter and may be acknowledged."""
        delivery = delivery_of(message.headers, message.data)
        async with self.sessions() as session:
            dead = await dead_letters.count_failure(session, self.name, delivery, error, self.attempts)
            crash.point("consumer.in_dead_lettering")
            await session.commit()
        log.warning("consumer.handler_failed", consumer=self.name, event_id=delivery.event_id, dead=dead)
        return dead


def delivery_of(headers: Mapping[str, str] | None, data: bytes | None) -> Delivery:
    """Read a stream message; raises KeyError or ValueError where it is no event of ours."""
    return Delivery.of(headers or {}, json.loads(data or b""))


async def _is_ours(message: Msg) -> bool:
    """Whether a message carries our envelope; one that does not is no event, and is terminated."""
    try:
        delivery_of(message.headers, message.data)
    except (KeyError, ValueError):
        log.warning("consumer.not_an_event", subject=message.subject)
        await message.term()
        return False
    return True


_LOAD = sa.text(
    "SELECT t.kind, t.id, p.applied_version, p.blocked, EXISTS (SELECT 1 FROM dead_letter d"
    " WHERE d.consumer = :consumer AND d.source = :source AND d.aggregate_type = t.kind AND d.aggregate_id = t.id"
    " AND d.state IN ('failing', 'waiting')) AS letters"
    " FROM unnest(CAST(:kinds AS text[]), CAST(CAST(:ids AS text[]) AS uuid[])) AS t(kind, id)"
    " LEFT JOIN position p ON p.consumer = :consumer AND p.source = :source"
    " AND p.aggregate_type = t.kind AND p.aggregate_id = t.id"
)
_STORE = sa.text(
    "INSERT INTO position (consumer, source, aggregate_type, aggregate_id, applied_version)"
    " SELECT :consumer, :source, t.kind, t.id, t.version FROM unnest(CAST(:kinds AS text[]),"
    " CAST(CAST(:ids AS text[]) AS uuid[]), CAST(:versions AS int[])) AS t(kind, id, version)"
    " ON CONFLICT (consumer, source, aggregate_type, aggregate_id)"
    " DO UPDATE SET applied_version = EXCLUDED.applied_version"
)
