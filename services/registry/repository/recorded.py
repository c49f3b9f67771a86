"""What the ledger says of roster facts: which event recorded a state, when, by whom and why."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.answers import Fact, Recorded
from shared.kernel.envelope import contract
from shared.kernel.tables import ledger
from shared.roster import facts_of

FACT_OF: dict[str, Callable[[Any], Fact]] = {
    "region": facts_of.region_of,
    "organ": facts_of.organ_of,
    "post": facts_of.post_of,
    "official": facts_of.official_of,
    "appointment": facts_of.appointment_of,
    "portfolio": facts_of.portfolio_of,
}


async def recorded_between(
    session: AsyncSession, refs: Collection[tuple[str, UUID]], since: datetime, until: datetime
) -> list[Recorded]:
    """Every state of these aggregates that was recorded after `since`, `until` included, in the order of recording."""
    kinds, ids = sa.cast([kind for kind, _ in refs], ARRAY(sa.Text)), sa.cast([one for _, one in refs], ARRAY(sa.Uuid))
    wanted = sa.func.unnest(kinds, ids).table_valued("kind", "id", name="wanted").render_derived()
    rows = await session.execute(
        sa.select(ledger)
        .join(wanted, sa.and_(ledger.c.aggregate_type == wanted.c.kind, ledger.c.aggregate_id == wanted.c.id))
        .where(ledger.c.recorded_at > since, ledger.c.recorded_at <= until)
        .order_by(ledger.c.seq)
    )
    return [_recorded(row) for row in rows.mappings()]


def _recorded(row: sa.RowMapping) -> Recorded:
    known = contract(row["type"])
    if known is None:
        raise LookupError(f"the ledger holds {row['type']}, which no contract describes")
    return Recorded(
        event_id=row["id"],
        event_type=row["type"],
        version=row["version"],
        recorded_at=row["recorded_at"],
        actor=row["actor"],
        reason=row["reason"],
        fact=FACT_OF[row["aggregate_type"]](known.model_validate(row["data"])),
    )
