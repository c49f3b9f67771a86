"""Loading under lock with jurisdiction, saving with the event, and the way back after a restore."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.discipline import repository
from services.discipline.repository import Kept
from shared.contracts.discipline import BasisPart, DisciplineEvent
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.problems import NotFound
from shared.kernel.unit_of_work import UnitOfWork
from shared.statute.decision import Basis

NAMESPACE = UUID("6f6e6c79-616e-7a65-8000-0000000000d5")
Model = TypeVar("Model", bound=DisciplineEvent)
Changed = TypeVar("Changed", bound=DisciplineEvent)


def derived(name: str) -> UUID:
    """The id of what a cause gives rise to: the same for the same cause."""
    return uuid5(NAMESPACE, name)


def chain_lead_id(accident_id: UUID, post_id: UUID, official_id: UUID | None) -> UUID:
    """The id of the lead that a listed post gives rise to."""
    return derived(f"{accident_id}:{post_id}:{official_id or 'vacant'}")


def person(subject: str) -> UUID:
    """Whom a token names, as rules compare people."""
    return derived(f"person:{subject}")


def unknown() -> NotFound:
    """Not there, or outside the caller's jurisdiction: the same answer."""
    return NotFound("not_found", "没有这项记录", "there is no such record")


async def opened(work: UnitOfWork, kind: type[Model], identity: UUID, expected: int | None) -> Kept[Model]:
    """The aggregate, locked, as the caller has seen it.

    Raises:
        NotFound: unknown, or outside the caller's regions (404).
        PreconditionRequired, StaleVersion: the version seen is missing or old (428, 412).
    """
    before = await repository.find(work.session, kind, identity)
    if before is None or not work.may_act_in(before.state.path):
        raise unknown()
    await work.lock_existing(Ref(kind.AGGREGATE, identity), expected)
    locked = await repository.find(work.session, kind, identity)
    return locked or before


def changed(kind: type[Changed], state: DisciplineEvent, **changes: Any) -> Changed:
    """What happened: the state with these changes."""
    return kind(**(dict(state) | changes))


async def save(work: UnitOfWork, event: Model, *, reason: str | None = None) -> Kept[Model]:
    """Emit what happened and keep the state it leaves."""
    version = work.emit(event, path=event.path, exercise=event.exercise, reason=reason)
    await repository.put(work.session, event, version, work.recorded_at)
    return Kept(event, version, work.recorded_at)


async def put_back(session: AsyncSession, event: DisciplineEvent, delivery: Delivery) -> None:
    """Restore an aggregate's state from its event."""
    await repository.put(session, event, delivery.version, delivery.recorded_at)


def basis_parts(basis: Iterable[Basis]) -> tuple[BasisPart, ...]:
    """Clauses as events carry them, each once."""
    return tuple(BasisPart(clause=one.clause, kind=one.kind.value, note=one.note) for one in dict.fromkeys(basis))
