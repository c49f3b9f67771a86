"""Recording acts, withdrawing records, having them confirmed."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties import repository
from services.duties.facts import Correction, Performance, Verification
from services.duties.facts.records import Draft
from services.duties.facts.stored import Stored
from services.duties.handlers.entry import Entered, enter, entering, first_ref, keep, performance_ref
from services.duties.handlers.reach import within_reach
from services.duties.rules.performances import may_verify, may_withdraw
from shared.contracts.duties import PerformanceVerified, PerformanceWithdrawn
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, NotFound, Problem, obey
from shared.kernel.unit_of_work import UnitOfWork


async def record_performance(work: UnitOfWork, draft: Draft) -> Stored[Performance]:
    """Record an act in the capacities named; the body is that of the first capacity unless another is named.

    Raises:
        NotFound: a post or a participant is not in the register.
        Forbidden: a post lies outside the caller's regions.
        Conflict: this very act is on record.
        Refused: the act may not be recorded (art5.2, art5.3, art6.2, art6.3, art28).
    """
    await work.lock(first_ref(draft))
    outcome = await enter(work, draft, await entering(work.session, [draft]))
    if not outcome.fresh:
        raise Conflict(
            "performance_already_recorded", f"已有相同记录 {outcome.stored.fact.id}", "this very act is on record"
        )
    return outcome.stored


async def record_many(work: UnitOfWork, drafts: Sequence[Draft]) -> list[Entered | Problem]:
    """Record many acts, each whole or not at all: what was recorded, what was there already, or why not.

    The same acts sent again change nothing.
    """
    await work.lock(*(first_ref(draft) for draft in drafts))
    known = await entering(work.session, drafts)
    done: list[Entered | Problem] = []
    for draft in drafts:
        try:
            done.append(await enter(work, draft, known))
        except Problem as problem:  # raised before anything of this act was written
            done.append(problem)
    return done


async def supersede_performance(
    work: UnitOfWork, identity: UUID, expected: int | None, *, reason: str, draft: Draft
) -> Stored[Performance]:
    """Correct a record: the right one is recorded, and the wrong one says by whom, when, why and by which.

    Raises:
        NotFound: there is no such record within the caller's regions.
        Refused: it is withdrawn already, or the right one may not be recorded (art28).
    """
    stored = await _locked(work, identity, expected)
    obey(may_withdraw(stored.fact, reason))
    right = await record_performance(work, draft)
    correction = Correction(work.actor, work.recorded_at, reason, right.fact.id)
    await keep(work, PerformanceWithdrawn, replace(stored.fact, corrected=correction), stored.path, reason)
    return right


async def withdraw_performance(
    work: UnitOfWork, identity: UUID, expected: int | None, *, reason: str, replacement: UUID | None
) -> Stored[Performance]:
    """Withdraw a record, or say which one supersedes it; both stay readable.

    Raises:
        NotFound: there is no such record, or no such replacement, within the caller's regions.
        Refused: it is withdrawn already (art28).
    """
    stored = await _locked(work, identity, expected)
    if replacement is not None:
        await read_performance(work.session, replacement, work.regions or ())
    obey(may_withdraw(stored.fact, reason))
    correction = Correction(work.actor, work.recorded_at, reason, replacement)
    fact = replace(stored.fact, corrected=correction)
    return await keep(work, PerformanceWithdrawn, fact, stored.path, reason)


async def verify_performance(work: UnitOfWork, identity: UUID, expected: int | None) -> Stored[Performance]:
    """Confirm an act that somebody else recorded.

    Raises:
        NotFound: there is no such record within the caller's regions.
        Refused: one's own entry, withdrawn, or verified already (art28).
    """
    stored = await _locked(work, identity, expected)
    obey(may_verify(stored.fact, work.actor))
    fact = replace(stored.fact, verified=Verification(work.actor, work.recorded_at))
    return await keep(work, PerformanceVerified, fact, stored.path)


async def _locked(work: UnitOfWork, identity: UUID, expected: int | None) -> Stored[Performance]:
    await work.lock(performance_ref(identity))
    stored = await read_performance(work.session, identity, work.regions or ())
    await work.lock_existing(performance_ref(identity), expected)
    return stored


async def read_performance(session: AsyncSession, identity: UUID, regions: Collection[str]) -> Stored[Performance]:
    """The record; NotFound where there is none within the regions."""
    stored = await repository.performance_by_id(session, identity)
    return within_reach(
        stored, regions, NotFound("performance_not_found", "没有这项履职记录", "there is no such performance")
    )


async def list_performances(
    session: AsyncSession,
    paging: Paging,
    *,
    regions: Collection[str],
    exercise: bool,
    post_id: UUID | None,
    official_id: UUID | None,
    from_day: date | None,
    to_day: date | None,
) -> tuple[list[Stored[Performance]], str | None]:
    """One page of the records within the regions, newest day first."""
    return await repository.list_performances(
        session,
        paging,
        regions=regions,
        exercise=exercise,
        post_id=post_id,
        official_id=official_id,
        from_day=from_day,
        to_day=to_day,
    )
