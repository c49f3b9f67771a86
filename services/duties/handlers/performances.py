"""Recording acts, withdrawing records, having them confirmed."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties import repository
from services.duties.catalogue import load_catalogue
from services.duties.facts import ActKind, Capacity, Correction, Evidence, Performance, Verification
from services.duties.facts.stored import Stored
from services.duties.handlers.events import P, performance_event
from services.duties.handlers.overlays import adoptions
from services.duties.handlers.seats import path_on, seating_of_posts
from services.duties.rules.performances import may_record, may_verify, may_withdraw
from shared.contracts.duties import PerformanceRecorded, PerformanceVerified, PerformanceWithdrawn
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Forbidden, Malformed, NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork


def _ref(identity: UUID) -> Ref:
    return Ref("performance", identity)


async def record_performance(
    work: UnitOfWork,
    *,
    act: ActKind,
    day: date,
    capacities: Sequence[Capacity],
    evidence: Sequence[Evidence],
    presided_by: UUID | None = None,
    led_by: UUID | None = None,
    performed_by: UUID | None = None,
    organ_id: UUID | None = None,
) -> Stored[Performance]:
    """Record an act in the capacities named; the body is that of the first capacity unless another is named.

    Raises:
        NotFound: a post is not in the register.
        Forbidden: a post lies outside the caller's regions.
        Refused: the act may not be recorded (art5.2, art5.3, art6.2, art6.3, art28).
    """
    ref = _ref(uuid4())
    await work.lock(ref)
    seating = await seating_of_posts(work.session, [one.post_id for one in capacities])
    seats = [seating.seat(one.post_id) for one in capacities]
    if not all(work.may_act_in(path_on(seat, day)) for seat in seats):
        raise Forbidden("region_outside_grant", "岗位不在授权区域内", "a post lies outside the regions granted")
    body = next((seat for seat in seats if organ_id in {None, seat.organ.id}), None)
    if body is None or len({seat.post.exercise for seat in seats}) > 1:
        raise Malformed("capacities_disagree", "所列岗位与机关或演练标记不一致", "organ or exercise does not agree")
    fact = Performance(
        id=ref.id,
        act=act,
        day=day,
        organ_id=body.organ.id,
        region_code=body.organ.region_code,
        recorded_at=work.recorded_at,
        recorded_by=work.actor,
        presided_by=presided_by,
        led_by=led_by,
        performed_by=performed_by,
        capacities=tuple(capacities),
        evidence=tuple(evidence),
        exercise=body.post.exercise,
    )
    adopted = await adoptions(work.session)
    obey(may_record(fact, seats, seating.incumbencies, load_catalogue(), today=clock.today(), adoptions=adopted))
    return await _keep(work, PerformanceRecorded, fact, path_on(body, day))


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
    return await _keep(work, PerformanceWithdrawn, fact, stored.path, reason)


async def verify_performance(work: UnitOfWork, identity: UUID, expected: int | None) -> Stored[Performance]:
    """Confirm an act that somebody else recorded.

    Raises:
        NotFound: there is no such record within the caller's regions.
        Refused: one's own entry, withdrawn, or verified already (art28).
    """
    stored = await _locked(work, identity, expected)
    obey(may_verify(stored.fact, work.actor))
    fact = replace(stored.fact, verified=Verification(work.actor, work.recorded_at))
    return await _keep(work, PerformanceVerified, fact, stored.path)


async def _locked(work: UnitOfWork, identity: UUID, expected: int | None) -> Stored[Performance]:
    await work.lock(_ref(identity))
    stored = await read_performance(work.session, identity, work.regions or ())
    await work.lock_existing(_ref(identity), expected)
    return stored


async def _keep(
    work: UnitOfWork, kind: type[P], fact: Performance, path: Sequence[str], reason: str | None = None
) -> Stored[Performance]:
    version = work.version(_ref(fact.id)) + 1
    await repository.put_performance(work.session, fact, path, version)
    work.emit(performance_event(kind, fact, path), path=path, reason=reason, exercise=fact.exercise)
    return Stored(fact, tuple(path), version)


async def read_performance(session: AsyncSession, identity: UUID, regions: Collection[str]) -> Stored[Performance]:
    """The record; NotFound where there is none within the regions."""
    stored = await repository.performance_by_id(session, identity)
    if stored is None or set(regions).isdisjoint(stored.path):
        raise NotFound("performance_not_found", "没有这项履职记录", "there is no such performance")
    return stored


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
