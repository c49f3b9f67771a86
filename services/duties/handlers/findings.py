"""Findings of non-performance by a competent organ: the only breach of somebody (art21.1, art29)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties import repository
from services.duties.catalogue import load_catalogue
from services.duties.facts import Adoption, Duty, NonPerformanceFinding, Obligation
from services.duties.facts.reports import ObligationReport
from services.duties.facts.stored import Stored
from services.duties.handlers.attestations import attestation_id, read_attestation
from services.duties.handlers.events import finding_event
from services.duties.handlers.overlays import adoptions
from services.duties.handlers.owed import beside_acts
from services.duties.handlers.reach import within_reach
from services.duties.handlers.seats import (
    Seating,
    acting_for,
    books_over,
    organ_known,
    path_on,
    person_of,
    seating_of_posts,
    within_grant,
)
from services.duties.rules.findings import Subject, may_find, may_name
from services.duties.rules.obligations import Seat, obligations_of_post
from services.duties.rules.status import Records, View, report
from services.duties.rules.void import accident_of
from shared.contracts.duties import NonPerformanceFound
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span
from shared.roster.repository import organ_by_id


@dataclass(frozen=True, slots=True)
class Matter:
    """What a finding is about, as asked."""

    official_id: UUID
    post_id: UUID
    duty_id: str
    obligation_id: UUID | None
    period_start: date
    period_end: date
    accident_id: UUID | None

    def id(self, official_id: UUID) -> UUID:
        """The same for the same matter of a person under one id, so that nobody finds twice about it."""
        what = self.obligation_id or f"{self.duty_id}/{self.period_start}/{self.period_end}"
        return uuid5(NAMESPACE_URL, f"anze:nonperformance:{official_id}/{self.post_id}/{what}")


async def find_nonperformance(
    work: UnitOfWork,
    matter: Matter,
    *,
    organ_id: UUID,
    reasons: str,
    heard_on: date | None,
    statement: str,
    decided_on: date,
    performed: bool,
) -> Stored[NonPerformanceFinding]:
    """Record what a competent organ found after hearing the person; `performed` clears them.

    Raises:
        NotFound: unknown post, organ or duty, or an accident for which the official is not attested.
        Forbidden: the post lies outside the caller's regions, or the organ is not one that the caller acts for.
        Conflict: it has been found about this matter already.
        Refused: incompetent organ, no reasons, not heard, no lapse, a reading (art21.1, art28, art29, art30).
    """
    ref = Ref("nonperformance", matter.id(matter.official_id))
    person = await person_of(work.session, matter.official_id)
    refs = {Ref("nonperformance", matter.id(one)) for one in person}
    await work.lock(*refs)
    duty = _duty(matter)
    seating = await seating_of_posts(work.session, [matter.post_id])
    seat = seating.seat(matter.post_id)
    path = path_on(seat, matter.period_end)
    within_grant(work, path)
    if any(work.version(one) for one in refs):
        raise Conflict("already_found", "该事项已有认定", "this matter has been decided already")
    organ = organ_known(await organ_by_id(work.session, organ_id))
    await acting_for(work, organ, decided_on)
    shown = await _report(work, matter, duty, person, seating)
    found = NonPerformanceFinding(
        id=ref.id,
        official_id=matter.official_id,
        post_id=matter.post_id,
        duty_id=duty.id,
        obligation_id=matter.obligation_id,
        span=Span(matter.period_start, matter.period_end),
        organ_id=organ.id,
        reasons=reasons,
        heard_on=heard_on,
        statement=statement,
        decided_on=decided_on,
        recorded_at=work.recorded_at,
        clears=performed,
        accident_id=matter.accident_id,
        exercise=seat.post.exercise,
    )
    region = seat.region_on(matter.period_end) or seat.regions[-1]
    subject = Subject(duty, region, seating.incumbencies, shown)
    obey(may_find(found, organ, subject, today=clock.today()))
    version = work.version(ref) + 1
    await repository.put_finding(work.session, found, path, version)
    event = finding_event(NonPerformanceFound, found, duty.clause, path)
    work.emit(event, path=path, basis=("art21.1", "art29", duty.clause), reason=reasons, exercise=found.exercise)
    return Stored(found, path, version)


def _duty(matter: Matter) -> Duty:
    """The duty as it stood when the period, or the conduct, began."""
    try:
        return load_catalogue().duty(matter.duty_id, matter.period_start)
    except KeyError:
        raise NotFound("duty_not_found", "没有这项职责", "there is no such duty") from None


async def _report(
    work: UnitOfWork, matter: Matter, duty: Duty, person: Sequence[UUID], seating: Seating
) -> ObligationReport | None:
    """What the records show of the obligation today; after an accident, as its attestation shows it."""
    seat = seating.seat(matter.post_id)
    owed = _obligation(matter, seat, await adoptions(work.session))
    obey(may_name(duty, matter.obligation_id, owed))
    accident_at = await _accident(work, matter, person)
    if owed is None:
        return None
    acts = await repository.performances_of(work.session, [matter.post_id], [seat.organ.id], person)
    view = View(clock.today(), work.recorded_at, verify_after=accident_at)
    impediments, _ = await beside_acts(work.session, [matter.post_id])
    books = await books_over(work.session, [seat])
    return report(owed, Records(seating.incumbencies, acts, impediments, books=books), view)


def _obligation(matter: Matter, seat: Seat, adopted: Sequence[Adoption]) -> Obligation | None:
    owed = obligations_of_post(seat, load_catalogue(), matter.period_start, matter.period_end, adoptions=adopted)
    return next((item for item in owed if item.id == matter.obligation_id), None)


async def _accident(work: UnitOfWork, matter: Matter, person: Sequence[UUID]) -> datetime | None:
    """When the accident was for which the official in that post is attested; `None` where none is named."""
    if matter.accident_id is None:
        return None
    named = {attestation_id(matter.accident_id, one, matter.post_id) for one in person}
    there = await repository.issued_already(work.session, named)
    identity = min(there, default=attestation_id(matter.accident_id, matter.official_id, matter.post_id))
    return accident_of((await read_attestation(work.session, identity, work.regions or ())).fact).at


async def read_finding(
    session: AsyncSession, identity: UUID, regions: Collection[str]
) -> Stored[NonPerformanceFinding]:
    """The finding; NotFound where there is none within the regions."""
    stored = await repository.finding_by_id(session, identity)
    return within_reach(
        stored, regions, NotFound("nonperformance_not_found", "没有这项认定", "there is no such finding")
    )


async def list_findings(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool, official_id: UUID | None
) -> tuple[list[Stored[NonPerformanceFinding]], str | None]:
    """One page of the findings within the regions, newest first."""
    return await repository.list_findings(session, paging, regions=regions, exercise=exercise, official_id=official_id)
