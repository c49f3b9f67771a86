"""Appeals against findings of non-performance: filed, and decided by another organ (art28)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.duties import repository
from services.duties.catalogue import load_catalogue
from services.duties.facts import Defaults, NonPerformanceFinding
from services.duties.facts.findings import Appeal, AppealDecision, AppealOutcome
from services.duties.facts.stored import Stored
from services.duties.handlers.events import N, finding_event
from services.duties.handlers.findings import read_finding
from services.duties.handlers.seats import acting_for, organ_known, seating_of_posts
from services.duties.rules.appeals import may_appeal, may_decide_appeal
from shared.contracts.duties import NonPerformanceAppealDecided, NonPerformanceAppealed
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.problems import obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.repository import organ_by_id


async def file_appeal(
    work: UnitOfWork, identity: UUID, expected: int | None, *, filed_on: date, statement: str
) -> Stored[NonPerformanceFinding]:
    """Record the official's objection; the finding stands until it is decided.

    Raises:
        NotFound, PreconditionRequired, StaleVersion: as for every change.
        Refused: nothing against the person, filed already, without words, out of time (art28).
    """
    stored = await _locked(work, identity, expected)
    found = stored.fact
    obey(may_appeal(found, filed_on, statement, today=clock.today(), defaults=Defaults()))
    appeal = Appeal(filed_on, statement, work.recorded_at)
    return await _save(work, NonPerformanceAppealed, stored, replace(found, appeal=appeal), reason=statement)


async def decide_appeal(
    work: UnitOfWork,
    identity: UUID,
    expected: int | None,
    *,
    organ_id: UUID,
    outcome: AppealOutcome,
    reasons: str,
    decided_on: date,
) -> Stored[NonPerformanceFinding]:
    """Record what another competent organ decided; a revoked finding founds nothing from then on.

    Raises:
        NotFound, PreconditionRequired, StaleVersion: as for every change; an unknown organ.
        Forbidden: the organ is not one that the caller acts for.
        Refused: no open appeal, the organ that found, or one without competence (art28, art29).
    """
    stored = await _locked(work, identity, expected)
    found = stored.fact
    organ = organ_known(await organ_by_id(work.session, organ_id))
    await acting_for(work, organ, decided_on)
    seat = (await seating_of_posts(work.session, [found.post_id])).seat(found.post_id)
    region = seat.region_on(found.span.to_day or decided_on) or seat.regions[-1]
    obey(may_decide_appeal(found, organ, region, decided_on, reasons, today=clock.today()))
    decision = AppealDecision(organ.id, outcome, reasons, decided_on, work.recorded_at)
    decided = replace(found, appeal=replace(_filed(found), decision=decision))
    return await _save(work, NonPerformanceAppealDecided, stored, decided, reason=reasons)


def _filed(found: NonPerformanceFinding) -> Appeal:
    assert found.appeal is not None  # noqa: S101 - the rule has refused a finding without one
    return found.appeal


async def _locked(work: UnitOfWork, identity: UUID, expected: int | None) -> Stored[NonPerformanceFinding]:
    ref = Ref("nonperformance", identity)
    await work.lock(ref)
    found = await read_finding(work.session, identity, work.regions or ())
    await work.lock_existing(ref, expected)
    return found


async def _save(
    work: UnitOfWork,
    kind: type[N],
    before: Stored[NonPerformanceFinding],
    found: NonPerformanceFinding,
    *,
    reason: str,
) -> Stored[NonPerformanceFinding]:
    event = finding_event(kind, found, load_catalogue().duty(found.duty_id).clause, before.path)
    version = work.emit(event, path=before.path, basis=("art28",), reason=reason, exercise=found.exercise)
    await repository.put_finding(work.session, found, before.path, version)
    return Stored(found, before.path, version)
