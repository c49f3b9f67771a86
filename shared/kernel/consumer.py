"""Applies a producer's events, each exactly once in effect and in version order per aggregate (I4, I5).

`position` says which version of each aggregate is applied: the next one applies, a lower one is a duplicate, a
higher one waits in `dead_letter`. A batch commits {positions, effects, own ledger rows} at once and is
acknowledged after the commit only. A handler that keeps failing blocks its aggregate, and nothing else;
failures of the connection never count.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.kernel import crash, dead_letters, positions
from shared.kernel.envelope import Delivery, Event
from shared.kernel.problems import Unavailable
from shared.kernel.unit_of_work import UnitOfWork, reaction_id

log = structlog.get_logger(__name__)
BATCH = 256
RETRYABLE_STATES = ("40001", "40P01")

Handler = Callable[[UnitOfWork, Any, Delivery], Awaitable[None]]
Received = tuple[Msg, Delivery]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A durable of this service: whose events it takes, and what it does with each type.

    A handler reacts: it emits, and runs once however often its event comes. A copy keeps what others said beside
    the service's own events: it emits nothing, runs before the handler, and runs again when the reaction is on the
    ledger already, as after a restore. Types with neither advance the position and do nothing. `after` names another
    subscription of the service to the same stream: a message waits until that one has everything that stands before it.
    """

    name: str
    source: str
    aggregates: tuple[str, ...]
    handlers: Mapping[type[Event], Handler] = field(default_factory=dict)
    copies: Mapping[type[Event], Handler] = field(default_factory=dict)
    after: str | None = None

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
class Consumer:
    """One subscription at work in one service; `run` until cancelled.

    Attributes:
        stream: where its events lie; one that only applies what it is handed needs none.
        active: whether this process fetches (it holds the advisory lock).
        trouble: why it does not, or `None`.
    """

    service: str
    subscription: Subscription
    sessions: async_sessionmaker[AsyncSession]
    dsn: str
    client: Client
    stream: str = ""
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
            try:
                await js.consumer_info(self.stream, self.name)
            except NotFoundError:
                self.trouble = "missing consumer"
                return
            pull = await js.pull_subscribe_bind(consumer=self.name, stream=self.stream)
            self.active, self.trouble = True, None
            try:
                while not leader.is_closed():
                    try:
                        messages = await pull.fetch(BATCH, timeout=5)
                    except TimeoutError:
                        await js.consumer_info(self.stream, self.name)  # raises when somebody deleted it
                        continue
                    crash.point("consumer.after_fetch")
                    await self._pass_on(messages)
            finally:
                await pull.unsubscribe()
        finally:
            await leader.close(timeout=5)

    async def _pass_on(self, messages: Sequence[Msg]) -> None:
        """Handle what may be handled by now; the rest comes again soon."""
        behind = await self._behind()
        early = [one for one in messages if behind is not None and one.metadata.sequence.stream >= behind]
        await self._put_back([(one, None) for one in early])
        if len(early) < len(messages):
            await self.handle([one for one in messages if one not in early])

    async def _behind(self) -> int | None:
        """The first stream sequence that the subscription in front may still have to apply; `None` where nothing is."""
        if self.subscription.after is None:
            return None
        durable = f"{self.service}-{self.subscription.after}"
        info = await self.client.jetstream().consumer_info(self.stream, durable)
        if not (info.num_pending or info.num_ack_pending):
            return None
        return info.ack_floor.stream_seq + 1 if info.ack_floor else 1

    async def handle(self, messages: Sequence[Msg]) -> None:
        """Apply a batch and acknowledge it; one by one when the batch as a whole fails."""
        await self._handle([(one, found) for one in messages if (found := await _ours(one)) is not None])

    async def _handle(self, batch: Sequence[Received]) -> None:
        try:
            await self.apply([delivery for _, delivery in batch])
        except Exception as error:
            if len(batch) > 1:
                await self._handle_singly(batch)
                return
            if passing(error):
                await self._put_back(batch)
                if isinstance(error, Unavailable):
                    return  # the handler waits for something else to arrive
                raise
            if not await self._failed(batch[0][1], error):
                await self._put_back(batch)
                return
        crash.point("consumer.after_commit_before_ack")
        for message, _ in batch:
            await message.ack()
        crash.point("consumer.after_ack")

    async def _handle_singly(self, batch: Sequence[Received]) -> None:
        for index, one in enumerate(batch):
            try:
                await self._handle([one])
            except Exception:
                await self._put_back(batch[index + 1 :])
                raise

    async def _put_back(self, batch: Sequence[tuple[Msg, Delivery | None]]) -> None:
        """Ask for redelivery soon; where even that fails, it comes after the ack wait."""
        with suppress(Exception):
            for message, _ in batch:
                await message.nak(delay=self.retry_seconds)

    async def apply(self, deliveries: Sequence[Delivery]) -> None:
        """Apply deliveries in one transaction."""
        async with self.unit_of_work() as work:
            await dead_letters.serialise(work.session, self.name)
            found = await positions.load(work.session, self.name, self.subscription.source, deliveries)
            known = await self._known(work, deliveries)
            for delivery in deliveries:
                await self._step(work, found[delivery.ref], delivery, known)
            await positions.store(work.session, self.name, self.subscription.source, found)
            crash.point("consumer.before_commit")
            await work.commit()

    def unit_of_work(self) -> UnitOfWork:
        """A transaction in which this consumer acts."""
        return UnitOfWork(self.sessions, service=self.service, actor=f"service:{self.name}")

    async def _step(
        self, work: UnitOfWork, position: positions.Position, delivery: Delivery, known: AbstractSet[UUID]
    ) -> None:
        if delivery.version <= position.applied:
            return
        if position.blocked or delivery.version > position.applied + 1:
            await dead_letters.keep_waiting(work.session, self.name, delivery)
            position.letters = True
            return
        await self._react(work, delivery, known)
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
        """Keep the copy, and run the handler unless the ledger shows that this event was reacted to before."""
        await self._react(work, delivery, await self._known(work, [delivery]))

    async def _react(self, work: UnitOfWork, delivery: Delivery, known: AbstractSet[UUID]) -> None:
        event = delivery.event()
        if event is None:
            return
        work.caused_by(self.name, delivery.event_id)
        copy, handler = (found.get(type(event)) for found in (self.subscription.copies, self.subscription.handlers))
        if copy is not None:
            await copy(work, event, delivery)
        if handler is not None and work.reaction_id() not in known:
            await handler(work, event, delivery)
        await work.append()

    async def _known(self, work: UnitOfWork, deliveries: Sequence[Delivery]) -> set[UUID]:
        """Reactions to these events that are on the ledger already: of a consumer that was rebuilt or restored."""
        ids = [reaction_id(self.name, one.event_id) for one in deliveries] if self.subscription.handlers else []
        return set(await work.session.scalars(_KNOWN, {"ids": ids})) if ids else set()

    async def _failed(self, delivery: Delivery, error: Exception) -> bool:
        """Count a failure of the handler; true when the event is now a dead letter and may be acknowledged."""
        async with self.sessions() as session:
            dead = await dead_letters.count_failure(session, self.name, delivery, error, self.attempts)
            crash.point("consumer.in_dead_lettering")
            await session.commit()
        log.warning("consumer.handler_failed", consumer=self.name, event_id=delivery.event_id, dead=dead)
        return dead


def delivery_of(headers: Mapping[str, str] | None, data: bytes | None) -> Delivery:
    """Read a stream message; raises KeyError or ValueError where it is no event of ours."""
    return Delivery.of(headers or {}, json.loads(data or b""))


async def _ours(message: Msg) -> Delivery | None:
    """What a message delivers; one that does not carry our envelope is no event, and is terminated."""
    try:
        return delivery_of(message.headers, message.data)
    except (KeyError, ValueError):
        log.warning("consumer.not_an_event", subject=message.subject)
        await message.term()
        return None


_KNOWN = sa.text("SELECT id FROM ledger WHERE id = ANY(:ids)")
