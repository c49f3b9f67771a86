"""Closing and reopening the books of a period, by the safety committee's office."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts.books import Books, BooksEntry, books_id
from services.duties.facts.projected import Tally
from services.duties.facts.stored import Stored
from services.duties.handlers.events import books_event, books_of
from services.duties.handlers.reach import within_reach
from services.duties.repository import boards, projection
from services.duties.repository import books as repository
from services.duties.repository.boards import Asked
from services.duties.rules.books import may_close, may_reopen
from services.duties.rules.periods import period_named
from shared.contracts.duties.books import BooksClosed, BooksReopened, BooksState
from shared.kernel import clock
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, Forbidden, NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.repository import path_of

B = TypeVar("B", bound=BooksState)


def _ref(identity: UUID) -> Ref:
    return Ref("books", identity)


async def open_and_close(work: UnitOfWork, region_code: str, label: str, *, exercise: bool) -> Stored[Books]:
    """Close the books of a region and all below it for the period of that label, for the first time.

    Raises:
        NotFound: no such region on the period's last day.
        Forbidden: it lies outside the caller's regions.
        Conflict: they were closed before; then a closing names the version seen.
        Refused: the period is not over (art28).
    """
    period = period_named(label)
    ref = _ref(books_id(region_code, period, exercise=exercise))
    await work.lock(ref)
    path = await path_of(work.session, region_code, period.to_day)
    if path is None:
        raise NotFound("region_not_found", "没有这个区划", "there is no such region")
    if not work.may_act_in(path):
        raise Forbidden("region_outside_grant", "区划不在授权区域内", "the region lies outside the regions granted")
    if work.version(ref):
        raise Conflict("books_exist", "该期间账册已建立，请按编号办理", "these books exist; use their id")
    return await _close(work, Stored(Books(region_code, period, exercise=exercise), path, 0))


async def close(work: UnitOfWork, identity: UUID, expected: int | None) -> Stored[Books]:
    """Close books again that were reopened; NotFound, or Refused where they are closed (art28)."""
    return await _close(work, await _locked(work, identity, expected))


async def _close(work: UnitOfWork, stored: Stored[Books]) -> Stored[Books]:
    obey(may_close(stored.fact, clock.today()))
    return await _keep(work, BooksClosed, stored, BooksEntry(closed=True, at=work.recorded_at, by=work.actor))


async def reopen(work: UnitOfWork, identity: UUID, expected: int | None, *, reason: str) -> Stored[Books]:
    """Reopen closed books, with a reason; NotFound, or Refused where they are not closed (art28)."""
    stored = await _locked(work, identity, expected)
    obey(may_reopen(stored.fact, reason))
    entry = BooksEntry(closed=False, at=work.recorded_at, by=work.actor, reason=reason)
    return await _keep(work, BooksReopened, stored, entry)


async def _locked(work: UnitOfWork, identity: UUID, expected: int | None) -> Stored[Books]:
    await work.lock(_ref(identity))
    stored = await read_books(work.session, identity, work.regions or ())
    await work.lock_existing(_ref(identity), expected)
    return stored


async def _keep(work: UnitOfWork, kind: type[B], stored: Stored[Books], entry: BooksEntry) -> Stored[Books]:
    fact = replace(stored.fact, entries=(*stored.fact.entries, entry))
    version = work.version(_ref(fact.id)) + 1
    await _save(work.session, fact, stored.path, version)
    event = books_event(kind, fact, stored.path, await _tallies(work, fact))
    work.emit(event, path=stored.path, reason=entry.reason or None, exercise=fact.exercise)
    return Stored(fact, stored.path, version)


async def _save(session: AsyncSession, fact: Books, path: Sequence[str], version: int) -> None:
    """Save the books, and let the acts recorded since the latest entry count by them."""
    await repository.put_books(session, fact, path, version)
    await projection.evaluate_books(session, fact.region_code, fact.period, fact.entries[-1].at)


async def _tallies(work: UnitOfWork, fact: Books) -> list[Tally]:
    """How the obligations of the region's own organs for exactly this period stand at this entry."""
    today: date = clock.today()
    asked = Asked(
        as_of=today,
        known_at=work.recorded_at,
        from_day=fact.period.to_day,
        to_day=fact.period.to_day,
        regions=[fact.region_code],
        exercise=fact.exercise,
        region=fact.region_code,
        begun_on=fact.period.from_day,
    )
    return await boards.own_organs(work.session, asked)


async def adopt_books(session: AsyncSession, event: BooksState, delivery: Delivery) -> None:
    """Put the books back after a restore."""
    await _save(session, books_of(event), event.path, delivery.version)


async def read_books(session: AsyncSession, identity: UUID, regions: Collection[str]) -> Stored[Books]:
    """The books; NotFound where there are none within the regions."""
    stored = await repository.books_by_id(session, identity)
    return within_reach(stored, regions, NotFound("books_not_found", "没有这个账册", "there are no such books"))


async def list_books(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool
) -> tuple[list[Stored[Books]], str | None]:
    """One page of the books within the regions, the latest period first."""
    return await repository.list_books(session, paging, regions=regions, exercise=exercise)
