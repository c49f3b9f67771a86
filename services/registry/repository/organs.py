"""Organs by what they are called on a day: whom a roster file means, and how an exported one names them."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import tables
from services.registry.repository.lists import Scope
from services.registry.repository.states import Condition, among, many
from shared.contracts.registry import OrganState
from shared.roster import facts_of

Row = dict[str, Any]


async def ever_called(session: AsyncSession, codes: Collection[str], names: Collection[str], day: date) -> list[Row]:
    """Every version of the organs of regions that ever have one of the names, as plain rows, the newest last.

    The newest one is under its name of the day.
    """
    table = tables.organ
    query = sa.select(table).where(_ever(codes, names)).order_by(table.c.id, table.c.version)
    columns = table.c.keys()
    rows = [dict(zip(columns, row, strict=True)) for row in await session.execute(query)] if names else []
    for row in rows:
        if row["superseded_at"] is None and row["names"]:
            row["name"] = facts_of.organ_state_on(OrganState.model_validate(row), day).name
    return rows


async def called_alone(
    session: AsyncSession, organs: Iterable[OrganState], scope: Scope, day: date
) -> set[tuple[str, str]]:
    """Region and name of those among these organs that no other organ there is called on the day, in their world."""
    asked = {(one.region_code, one.name) for one in organs}
    there = _ever({code for code, _ in asked}, {name for _, name in asked})
    found = await many(session, OrganState, there, tables.organ.c.exercise.is_(scope.exercise), known_at=scope.known_at)
    states = (facts_of.organ_state_on(one.state, day) for one in found)
    called = Counter((one.region_code, one.name) for one in states)
    return {key for key in asked if called[key] == 1}


def _ever(codes: Collection[str], names: Collection[str]) -> Condition:
    """Organs that in any version, on any day, have one of the names: by ids, so that every part has its index."""
    organ, dated = tables.organ.c, tables.dated_name.c
    there = among(organ.region_code, codes)
    plainly = sa.select(organ.id).where(there, among(organ.name, names))
    ids = plainly.union(sa.select(dated.id).where(among(dated.name, names))).subquery()
    known = sa.select(sa.func.array_agg(ids.c.id)).scalar_subquery()
    return sa.and_(there, organ.id == sa.any_(sa.cast(known, ARRAY(sa.Uuid))))
