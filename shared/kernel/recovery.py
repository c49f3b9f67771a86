"""`anze recover`: re-adopts from the stream what a restored database has forgotten.

Every internal message carries its ledger row whole and its seal; the row is inserted under its old `seq` and
id, its seal is checked and inserted, and the service puts the aggregate's state back from the event, which is
full state. Then writes are allowed again.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from nats.aio.client import Client
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.kernel import clock, seals, streams
from shared.kernel.consumer import delivery_of
from shared.kernel.envelope import Delivery, Entry, Event
from shared.kernel.streams import StreamSpec
from shared.kernel.tables import halt, ledger, outbox, seal

Adopt = Callable[[AsyncSession, Any, Delivery], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done: rows re-adopted, rows that only lacked their seal, positions that nobody holds any more."""

    adopted: int
    sealed: int
    missing_positions: int


class UnrecoverableError(Exception):
    """An event of the stream cannot be re-adopted; nothing was changed."""


async def recover(
    own: Iterable[StreamSpec],
    sessions: async_sessionmaker[AsyncSession],
    client: Client,
    adopt: Mapping[type[Event], Adopt],
) -> Recovered:
    """Re-adopt everything that the service's streams know and this database does not, in one transaction.

    Raises:
        UnrecoverableError: a message does not match its seal, or its type has no way back into the state.
    """
    adopted = sealed = 0
    async with sessions() as session, session.begin():
        head = await session.scalar(sa.select(sa.func.max(seal.c.position))) or 0
        highest = head
        async for message in streams.read_all(client, own):
            position, value, previous = seals.parse((message.headers or {})["ce-seal"])
            if position <= head:
                continue
            delivery = delivery_of(message.headers, message.data)
            if await session.scalar(sa.select(seal.c.position).where(seal.c.position == position)) is not None:
                continue
            seq, entry = delivery.entry()
            if await session.scalar(sa.select(ledger.c.seq).where(ledger.c.id == entry.id)) is None:
                await _adopt(session, adopt, delivery, seq, entry)
                adopted += 1
            else:
                sealed += 1
            if seals.link(position, seq, previous, seals.digest(entry)).hash != value:
                raise UnrecoverableError(f"event {delivery.event_id} does not match its seal")
            await session.execute(
                seal.insert().values(
                    position=position,
                    seq=seq,
                    prev_hash=previous,
                    hash=value,
                    algorithm=seals.DEFAULT,
                    sealed_at=clock.now(),
                )
            )
            await session.execute(outbox.delete().where(outbox.c.seq == seq))
            highest = max(highest, position)
        await session.execute(_ADVANCE)
        await session.execute(halt.delete())
    return Recovered(adopted, sealed, highest - head - adopted - sealed)


async def _adopt(
    session: AsyncSession, adopt: Mapping[type[Event], Adopt], delivery: Delivery, seq: int, entry: Entry
) -> None:
    event = delivery.event()
    way = adopt.get(type(event)) if event is not None else None
    if way is None:
        raise UnrecoverableError(f"no way back into the state for {delivery.type}")
    row = {name: getattr(entry, name) for name in Entry.names()}
    await session.execute(ledger.insert().values(seq=seq, digest=seals.digest(entry), **row))
    await way(session, event, delivery)
    await session.flush()


_ADVANCE = sa.text(
    "SELECT setval(pg_get_serial_sequence('ledger', 'seq'), greatest((SELECT coalesce(max(seq), 1) FROM ledger),"
    " (SELECT last_value FROM ledger_seq_seq)))"
)
