"""Events that a consumer could not apply, and those that wait behind them.

States: `failing` (will be tried again by redelivery), `dead` (given up, its aggregate is blocked), `waiting` (a
later version of an aggregate with a gap or a block), `discarded` (a person decided to go on without it).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kernel import clock, crash
from shared.kernel.envelope import Delivery
from shared.kernel.problems import Conflict, NotFound
from shared.kernel.tables import dead_letter, position
from shared.kernel.telemetry import scrub

if TYPE_CHECKING:
    from shared.kernel.consumer import Consumer


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event that was not applied."""

    id: UUID
    consumer: str
    source: str
    aggregate_type: str
    aggregate_id: UUID
    version: int
    state: str
    attempts: int
    error: str | None


async def serialise(session: AsyncSession, consumer: str) -> None:
    """Let one transaction at a time change a consumer's positions, whoever believes to lead."""
    await session.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtext('apply'), hashtext(:consumer))"),
        {"consumer": consumer},
    )


def _values(consumer: str, delivery: Delivery, state: str) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "consumer": consumer,
        "source": delivery.source,
        "aggregate_type": delivery.ref.type,
        "aggregate_id": delivery.ref.id,
        "version": delivery.version,
        "state": state,
        "headers": delivery.headers,
        "body": delivery.body,
        "recorded_at": clock.now(),
    }


def _of(consumer: str, delivery: Delivery) -> sa.ColumnElement[bool]:
    return sa.and_(
        dead_letter.c.consumer == consumer,
        dead_letter.c.source == delivery.source,
        dead_letter.c.aggregate_type == delivery.ref.type,
        dead_letter.c.aggregate_id == delivery.ref.id,
    )


async def keep_waiting(session: AsyncSession, consumer: str, delivery: Delivery) -> None:
    """Keep a version that cannot be applied yet; the same one twice is kept once."""
    await session.execute(insert(dead_letter).values(_values(consumer, delivery, "waiting")).on_conflict_do_nothing())


async def forget(session: AsyncSession, consumer: str, delivery: Delivery) -> None:
    """Remove the letter of an event that is applied now."""
    await session.execute(
        sa.delete(dead_letter).where(_of(consumer, delivery), dead_letter.c.version == delivery.version)
    )


async def take_waiting(session: AsyncSession, consumer: str, applied: Delivery) -> Delivery | None:
    """Take the event that follows `applied`, if it waits."""
    row = (
        await session.execute(
            sa.delete(dead_letter)
            .where(
                _of(consumer, applied),
                dead_letter.c.version == applied.version + 1,
                dead_letter.c.state == "waiting",
            )
            .returning(dead_letter.c.headers, dead_letter.c.body)
        )
    ).first()
    return None if row is None else Delivery.of(row.headers, row.body)


async def count_failure(
    session: AsyncSession, consumer: str, delivery: Delivery, error: Exception, attempts: int
) -> bool:
    """Count a failure of a handler; at `attempts` the event is dead and its aggregate blocked (returns true)."""
    text = scrub(f"{type(error).__name__}: {error}")[:500]
    made = insert(dead_letter).values(_values(consumer, delivery, "failing") | {"attempts": 1, "error": text})
    counted = await session.scalar(
        made.on_conflict_do_update(
            index_elements=["consumer", "source", "aggregate_type", "aggregate_id", "version"],
            set_={"attempts": dead_letter.c.attempts + 1, "error": text},
        ).returning(dead_letter.c.attempts)
    )
    if (counted or 0) < attempts:
        return False
    await session.execute(
        sa.update(dead_letter)
        .where(_of(consumer, delivery), dead_letter.c.version == delivery.version)
        .values(state="dead")
    )
    await session.execute(
        insert(position)
        .values(
            consumer=consumer,
            source=delivery.source,
            aggregate_type=delivery.ref.type,
            aggregate_id=delivery.ref.id,
            applied_version=0,
            blocked=True,
        )
        .on_conflict_do_update(
            index_elements=["consumer", "source", "aggregate_type", "aggregate_id"], set_={"blocked": True}
        )
    )
    return True


async def listing(session: AsyncSession, *, state: str | None, limit: int) -> Sequence[DeadLetter]:
    """The letters of all consumers of this service, oldest first."""
    columns = [dead_letter.c[name] for name in DeadLetter.__slots__]
    query = sa.select(*columns).order_by(dead_letter.c.recorded_at, dead_letter.c.version).limit(limit)
    if state is not None:
        query = query.where(dead_letter.c.state == state)
    return [DeadLetter(*row) for row in await session.execute(query)]


async def settle(consumers: Sequence["Consumer"], letter_id: UUID, *, discard: bool) -> int:
    """Replay a dead event (after the fix) or discard it, and release what waited behind it, in one transaction.

    Returns:
        The version that its aggregate has reached.

    Raises:
        NotFound: no such letter.
        Conflict: it is not dead.
    """
    by_name = {one.name: one for one in consumers}
    if not by_name:
        raise NotFound("dead_letter_not_found", "没有这封死信", "no such dead letter")
    async with next(iter(by_name.values())).unit_of_work() as work:
        row = (await work.session.execute(sa.select(dead_letter).where(dead_letter.c.id == letter_id))).first()
        if row is None or row.consumer not in by_name:
            raise NotFound("dead_letter_not_found", "没有这封死信", "no such dead letter")
        consumer = by_name[row.consumer]
        work.actor = f"service:{consumer.name}"
        await serialise(work.session, consumer.name)
        state = await work.session.scalar(sa.select(dead_letter.c.state).where(dead_letter.c.id == letter_id))
        if state != "dead":
            raise Conflict("dead_letter_not_dead", "只能重放或放弃死信", "only a dead event is replayed or discarded")
        delivery = Delivery.of(row.headers, row.body)
        if not discard:
            await consumer.react(work, delivery)
        crash.point("dead_letters.in_replay")
        reached = await consumer.release(work, delivery)
        if discard:
            kept = {**row._mapping, "state": "discarded"}  # noqa: SLF001 - SQLAlchemy's public spelling
            await work.session.execute(insert(dead_letter).values(kept))
        await work.session.execute(
            sa.update(position)
            .where(
                position.c.consumer == consumer.name,
                position.c.source == delivery.source,
                position.c.aggregate_type == delivery.ref.type,
                position.c.aggregate_id == delivery.ref.id,
            )
            .values(applied_version=reached, blocked=False)
        )
        await work.commit()
    return reached
