"""All SQL of discipline: states are put whole and read back as the contract's own state models."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.discipline import tables
from shared.contracts.discipline import ExemptionState, LeadState, VetoState
from shared.contracts.duties import AttestationState, NonPerformanceState
from shared.kernel.envelope import Event
from shared.kernel.pagination import Paging, page

State = TypeVar("State", bound=Event)
_OWN = frozenset({"id", "version", "recorded_at", "state"})
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Kept(Generic[State]):
    """An aggregate's current state, its version and when that was recorded."""

    state: State
    version: int
    recorded_at: datetime


async def put(session: AsyncSession, state: Event, version: int, recorded_at: datetime) -> None:
    """Keep a state in place of the one before it."""
    table = tables.TABLES[state.AGGREGATE]
    values = {column.name: getattr(state, column.name) for column in table.columns if column.name not in _OWN}
    values |= {"version": version, "recorded_at": recorded_at, "state": state.model_dump(mode="json")}
    await session.execute(
        insert(table).values(id=state.id, **values).on_conflict_do_update(index_elements=["id"], set_=values)
    )


async def find(session: AsyncSession, kind: type[State], identity: UUID) -> Kept[State] | None:
    """The state of one aggregate, or `None`."""
    table = tables.TABLES[kind.AGGREGATE]
    found = await _all(session, kind, table.c.id == identity)
    return found[0] if found else None


async def find_all(session: AsyncSession, kind: type[State], identities: Collection[UUID]) -> list[Kept[State]]:
    """Those of these aggregates that exist, by id."""
    return await _all(session, kind, _among(tables.TABLES[kind.AGGREGATE].c.id, identities))


async def listed(
    session: AsyncSession,
    kind: type[State],
    paging: Paging,
    /,
    *,
    regions: frozenset[str],
    exercise: bool,
    on: date | None = None,
    officials: Collection[UUID] | None = None,
    **equal: object,
) -> tuple[list[Kept[State]], str | None]:
    """One page of the states within the regions, real or of exercises, whose columns equal what is given.

    Args:
        session: where to read.
        kind: the state model, which names the table.
        paging: which page.
        regions: the codes that the reader may see.
        exercise: only exercises, or only what is real.
        on: only periods that contain this day.
        officials: only of these, the ids of one person.
        equal: column = value; `None` filters nothing.
    """
    table = tables.TABLES[kind.AGGREGATE]
    query = sa.select(table.c.state, table.c.version, table.c.recorded_at).where(
        table.c.path.overlap(sa.cast(sorted(regions), ARRAY(sa.Text))),
        table.c.exercise.is_(exercise),
        *(table.c[name] == value for name, value in equal.items() if value is not None),
    )
    if officials is not None:
        query = query.where(_among(table.c.official_id, officials))
    if on is not None:
        query = query.where(table.c.from_day <= on, sa.or_(table.c.through_day.is_(None), table.c.through_day >= on))
    rows, cursor = await page(session, query, paging, table.c.id)
    return [_kept(kind, row) for row in rows], cursor


async def leads_of_chain(session: AsyncSession, accident_id: UUID) -> list[LeadState]:
    """The leads that an accident's chain has proposed."""
    table = tables.lead
    found = await _all(
        session, LeadState, table.c.accident_id == accident_id, table.c.state["source"].astext == "chain_entry"
    )
    return [one.state for one in found]


async def about_accident(session: AsyncSession, kind: type[State], accident_id: UUID) -> list[State]:
    """Every lead, case or bar that names an accident."""
    table = tables.TABLES[kind.AGGREGATE]
    named = table.c.state["accident_id"].astext == str(accident_id)
    return [one.state for one in await _all(session, kind, named)]


async def findings_about(session: AsyncSession, person: Collection[UUID]) -> list[NonPerformanceState]:
    """What competent organs found about somebody, under whichever id, either way."""
    found = await _all(session, NonPerformanceState, _among(tables.nonperformance.c.official_id, person))
    return [one.state for one in found]


async def attestation_of(
    session: AsyncSession, person: Collection[UUID], post_id: UUID, accident_id: UUID
) -> AttestationState | None:
    """The newest attestation of somebody, under whichever id, in a post for an accident."""
    table = tables.attestation
    found = await _all(
        session,
        AttestationState,
        _among(table.c.official_id, person),
        table.c.post_id == post_id,
        table.c.accident_id == accident_id,
    )
    return max(found, key=lambda one: one.recorded_at).state if found else None


async def exempted_posts(session: AsyncSession, person: Collection[UUID], accident_id: UUID) -> set[UUID]:
    """The posts in which an exemption was granted to somebody, under whichever id, for the accident."""
    table = tables.exemption
    found = await _all(
        session,
        ExemptionState,
        _among(table.c.official_id, person),
        table.c.accident_id == accident_id,
        table.c.status == "granted",
    )
    return {one.state.post_id for one in found}


async def vetoes_of_case(session: AsyncSession, case_id: UUID) -> list[Kept[VetoState]]:
    """The bars that a case's decision imposed, vetoes before effect periods."""
    found = await _all(session, VetoState, tables.veto.c.case_id == case_id)
    return sorted(found, key=lambda one: (one.state.kind != "veto", one.state.bars))


def _among(column: sa.Column[UUID], values: Collection[UUID]) -> Condition:
    return column == sa.any_(sa.cast(list(values), ARRAY(sa.Uuid)))


async def _all(session: AsyncSession, kind: type[State], *conditions: Condition) -> list[Kept[State]]:
    table = tables.TABLES[kind.AGGREGATE]
    rows = await session.execute(
        sa.select(table.c.state, table.c.version, table.c.recorded_at).where(*conditions).order_by(table.c.id)
    )
    return [_kept(kind, row) for row in rows.all()]


def _kept(kind: type[State], row: Sequence[object] | sa.Row[tuple[object, ...]]) -> Kept[State]:
    state, version, recorded_at = row[:3]
    return Kept(kind.model_validate(state), int(str(version)), recorded_at)  # type: ignore[arg-type]
