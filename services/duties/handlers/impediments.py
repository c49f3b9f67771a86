"""Recording impediments, accepting them for obligations, withdrawing them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts import Correction
from services.duties.facts.records import Acceptance, RecordedImpediment
from services.duties.facts.stored import Stored
from services.duties.handlers.owed import obligation_of
from services.duties.handlers.reach import within_reach
from services.duties.handlers.record_events import I, impediment_event
from services.duties.handlers.seats import path_on, seating_of_posts, within_grant
from services.duties.repository import projection, records
from services.duties.rules.impediments import may_accept, may_record_impediment, may_withdraw_impediment
from services.duties.rules.wording import may_say
from shared.contracts.duties.records import ImpedimentAccepted, ImpedimentRecorded, ImpedimentWithdrawn
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span


async def record_impediment(
    work: UnitOfWork,
    *,
    post_id: UUID,
    official_id: UUID | None,
    span: Span,
    description: str,
    evidence: tuple[str, ...],
) -> Stored[RecordedImpediment]:
    """Record what stands in the way of a post's duties; it excuses nothing yet.

    Raises:
        NotFound: the post is not in the register.
        Forbidden: it lies outside the caller's regions.
        Refused: days out of order, or of somebody who did not hold the post then (art28).
    """
    ref = Ref("impediment", uuid4())
    await work.lock(ref)
    seating = await seating_of_posts(work.session, [post_id])
    seat = seating.seat(post_id)
    path = path_on(seat, span.from_day)
    within_grant(work, path)
    work.act_for(seat.organ.id, path)
    fact = RecordedImpediment(
        id=ref.id,
        post_id=post_id,
        official_id=official_id,
        span=span,
        description=description,
        recorded_by=work.actor,
        recorded_at=work.recorded_at,
        evidence=evidence,
        exercise=seat.post.exercise,
    )
    obey(may_record_impediment(fact, seating.incumbencies, today=clock.today()))
    obey(may_say([description]))
    return await _keep(work, ImpedimentRecorded, fact, path)


async def accept_impediment(
    work: UnitOfWork, identity: UUID, expected: int | None, *, obligation_id: UUID, period_start: date, reason: str
) -> Stored[RecordedImpediment]:
    """Accept it for one obligation, which is excused from then on.

    Raises:
        NotFound: there is no such impediment or obligation within the caller's regions.
        Refused: of another post or time, accepted already, without reason, or one's own entry (art28).
    """
    stored = await _locked(work, identity, expected)
    fact = stored.fact
    seat = (await seating_of_posts(work.session, [fact.post_id])).seat(fact.post_id)
    obligation = await obligation_of(work.session, seat, obligation_id, period_start)
    obey(may_accept(fact, obligation, reason, work.actor))
    accepted = Acceptance(obligation_id, work.actor, work.recorded_at, reason)
    fact = replace(fact, accepted=(*fact.accepted, accepted))
    return await _keep(work, ImpedimentAccepted, fact, stored.path, reason)


async def withdraw_impediment(
    work: UnitOfWork, identity: UUID, expected: int | None, *, reason: str
) -> Stored[RecordedImpediment]:
    """Withdraw it; it stays readable, and excuses nothing any more.

    Raises:
        NotFound: there is no such impediment within the caller's regions.
        Refused: withdrawn already, or without reason (art28).
    """
    stored = await _locked(work, identity, expected)
    obey(may_withdraw_impediment(stored.fact, reason))
    fact = replace(stored.fact, withdrawn=Correction(work.actor, work.recorded_at, reason))
    return await _keep(work, ImpedimentWithdrawn, fact, stored.path, reason)


async def _locked(work: UnitOfWork, identity: UUID, expected: int | None) -> Stored[RecordedImpediment]:
    ref = Ref("impediment", identity)
    await work.lock(ref)
    stored = await read_impediment(work.session, identity, work.regions or ())
    await work.lock_existing(ref, expected)
    return stored


async def _keep(
    work: UnitOfWork, kind: type[I], fact: RecordedImpediment, path: tuple[str, ...], reason: str | None = None
) -> Stored[RecordedImpediment]:
    version = work.version(Ref("impediment", fact.id)) + 1
    await records.put_impediment(work.session, fact, path, version)
    for excuse in fact.facts():
        await projection.keep_excuse(work.session, excuse)
    work.emit(impediment_event(kind, fact, path), path=path, reason=reason, exercise=fact.exercise)
    return Stored(fact, path, version)


async def read_impediment(
    session: AsyncSession, identity: UUID, regions: Collection[str]
) -> Stored[RecordedImpediment]:
    """The impediment; NotFound where there is none within the regions."""
    stored = await records.impediment_by_id(session, identity)
    return within_reach(
        stored, regions, NotFound("impediment_not_found", "没有这项障碍记录", "there is no such impediment")
    )


async def list_impediments(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool, post_id: UUID | None
) -> tuple[list[Stored[RecordedImpediment]], str | None]:
    """One page of the impediments within the regions, newest first."""
    return await records.list_impediments(session, paging, regions=regions, exercise=exercise, post_id=post_id)
