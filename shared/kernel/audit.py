"""`anze audit verify`: walks a service's chain in a database, against a head that an outside witness holds."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.kernel import seals
from shared.kernel.envelope import Entry
from shared.kernel.tables import ledger, outbox, seal

_SEALED = (
    sa.select(*seal.c, *(ledger.c[name] for name in Entry.names()), ledger.c.digest)
    .select_from(seal.outerjoin(ledger, ledger.c.seq == seal.c.seq))
    .order_by(seal.c.position)
)
#: How many rows have neither a seal nor a place in the outbox.
UNSEALED = (
    sa.select(sa.func.count())
    .select_from(ledger)
    .where(~sa.exists().where(seal.c.seq == ledger.c.seq), ~sa.exists().where(outbox.c.seq == ledger.c.seq))
)


async def audit(
    service: str, sessions: async_sessionmaker[AsyncSession], head: tuple[int, bytes] | None
) -> list[seals.Fault]:
    """Every fault of a service's ledger; `head` is the newest seal that the stream, or anybody outside, has seen."""
    async with sessions() as session:
        unsealed = await session.scalar(UNSEALED) or 0
        return await seals.verify(service, sealed(session), unsealed=unsealed, head=head)


async def sealed(session: AsyncSession) -> AsyncIterator[Mapping[str, Any]]:
    """Seals with their ledger rows, by position: what `seals.verify` walks."""
    async for row in await session.stream(_SEALED.execution_options(yield_per=500)):
        yield dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public spelling
