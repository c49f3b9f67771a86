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
_UNSEALED = (
    sa.select(sa.func.count())
    .select_from(ledger)
    .where(
        ~sa.exists().where(seal.c.seq == ledger.c.seq),
        ~sa.exists().where(outbox.c.seq == ledger.c.seq),
    )
)


async def audit(
    service: str, sessions: async_sessionmaker[AsyncSession], head: tuple[int, bytes] | None
) -> list[seals.Fault]:
    """Every fault of a service's ledger; `head` is the newest seal that the stream, or anybody outside, has seen."""
    async with sessions() as session:
        unsealed = await session.scalar(_UNSEALED) or 0

        async def sealed() -> AsyncIterator[Mapping[str, Any]]:
            async for row in await session.stream(_SEALED.execution_options(yield_per=500)):
                yield dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public spelling

        return await seals.verify(service, sealed(), unsealed=unsealed, head=head)
