"""Appraisals: opened, reported, graded by people; flagged by vetoes; reopened and graded again by people."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.appraisal import repository
from services.appraisal.facts import (
    Appraisal,
    AppraisalKind,
    AppraisalStatus,
    AppraisalStep,
    Grade,
    GradeOnRecord,
    KnownVeto,
    References,
    ReopenedBy,
    SelfReport,
    StoredAppraisal,
)
from services.appraisal.rules import life
from services.appraisal.rules.grades import grade_may_be_given
from services.appraisal.rules.reports import reports_complete
from shared.contracts import appraisal as contracts
from shared.contracts.discipline import VetoState
from shared.kernel import clock
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, Forbidden, NotFound, Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span
from shared.roster.repository import identities, load_roster, organ_by_id, path_of
from shared.statute.decision import Decision

_APPRAISALS = UUID("6f6e6c79-616e-7a65-8000-000000000016")
_APPRAISAL = TypeAdapter(Appraisal)


def _person_locks(person: Collection[UUID]) -> tuple[Ref, ...]:
    """What a grade and a veto of one person, under whichever ids, both hold, so that neither misses the other."""
    return tuple(Ref("official", one) for one in person)


async def _person(session: AsyncSession, official_id: UUID | None) -> frozenset[UUID]:
    """Every id of a member; of the body itself none."""
    return frozenset() if official_id is None else await identities(session, official_id)


def _identity(organ_id: UUID, official_id: UUID | None, year: int, kind: AppraisalKind) -> UUID:
    return uuid5(_APPRAISALS, f"{organ_id}:{official_id}:{year}:{kind}")


async def open_appraisal(
    work: UnitOfWork, *, organ_id: UUID, official_id: UUID | None, year: int, kind: AppraisalKind
) -> StoredAppraisal:
    """Open the appraisal of a body or of one of its members, once for a year and kind."""
    today = clock.today()
    person = await _person(work.session, official_id)
    opened = [Ref("appraisal", _identity(organ_id, one, year, kind)) for one in person or (None,)]
    await work.lock(*opened)
    organ = await organ_by_id(work.session, organ_id)
    path = None if organ is None else await path_of(work.session, organ.region_code, today)
    if organ is None or path is None:
        raise NotFound("organ_not_found", "没有这个机关", "there is no such organ")
    if not work.may_act_in(path):
        raise Forbidden("region_outside_grant", "超出管辖地区", "the region is outside the grant")
    if any(work.version(one) for one in opened):
        raise Conflict("appraisal_exists", "该年度同类考核已经开展", "this appraisal is open already")
    roster = await load_roster(work.session, organs=[organ_id])
    obey(life.may_open(person, year, roster.appointments, today))
    identity = _identity(organ_id, official_id, year, kind)
    appraisal = Appraisal(identity, organ_id, official_id, year, kind, path, exercise=organ.exercise)
    return await _save(work, contracts.AppraisalOpened, appraisal)


async def report(
    work: UnitOfWork, identity: UUID, expected: int | None, *, work_safety_section: str, on: date | None
) -> StoredAppraisal:
    """File the yearly report; refused without its work-safety section."""
    appraisal = await _load_for_change(work, identity, expected)
    filed = SelfReport(work_safety_section, work.actor, _day(on))
    obey(life.may_report(appraisal, filed))
    reported = replace(appraisal, report=filed, status=AppraisalStatus.REPORTED)
    return await _save(work, contracts.AppraisalReported, reported)


async def give_grade(
    work: UnitOfWork, identity: UUID, expected: int | None, *, grade: Grade, reason: str, on: date | None
) -> StoredAppraisal:
    """Give a grade, as a person; 优秀 is refused while something takes the year's excellence away."""
    appraisal = await _load_for_change(work, identity, expected)
    day = _day(on)
    obey(life.may_step(appraisal, AppraisalStep.GRADE))
    vetoes = await _vetoes(work.session, appraisal)
    obey(grade_may_be_given(grade, appraisal.year, life.effects_of(vetoes)))
    if appraisal.official_id is None:
        await _all_reported(work, appraisal, day)
    given = GradeOnRecord(grade, day, work.actor, reason, life.touching(vetoes, appraisal.year))
    graded = replace(appraisal, grades=(*appraisal.grades, given), status=AppraisalStatus.GRADED)
    return await _save(work, contracts.AppraisalGraded, graded, reason=reason)


async def _all_reported(work: UnitOfWork, appraisal: Appraisal, on: date) -> None:
    """Refuse the grade of a body unless it and every member who holds a post on the day, under any id, reported."""
    roster = await load_roster(work.session, organs=[appraisal.organ_id], during=Span(on, on))
    members = [held.official_id for held in roster.appointments if not held.annulled]
    stored = await repository.appraisals_of_body(work.session, appraisal.organ_id, appraisal.year, appraisal.kind)
    one_of = {
        official: min(await identities(work.session, official))
        for official in {*members, *(one.official_id for one in stored if one.official_id is not None)}
    }
    reports = tuple(
        life.yearly_report(replace(one, official_id=one.official_id and one_of[one.official_id])) for one in stored
    )
    obey(reports_complete(reports, appraisal.organ_id, frozenset(one_of[member] for member in members)))


async def reopen(work: UnitOfWork, identity: UUID, expected: int | None, *, reason: str) -> StoredAppraisal:
    """Reopen a flagged grade, as a person, with a reason."""
    appraisal = await _load_for_change(work, identity, expected)
    reopened = life.reopen(appraisal, ReopenedBy(work.actor, clock.today(), reason))
    if isinstance(reopened, Decision):
        raise Refused.by(reopened)
    return await _save(work, contracts.AppraisalReopened, reopened, reason=reason)


async def keep_veto(work: UnitOfWork, event: VetoState, *, exercise: bool) -> None:
    """Keep a veto or effect period as discipline says it now stands."""
    await work.lock(*_person_locks(await identities(work.session, event.official_id)))
    await repository.put_veto(work.session, _known(event, exercise=exercise))


async def flag_touched(work: UnitOfWork, official_id: UUID) -> None:
    """Flag the grades of somebody, under whichever id, that a veto against any of the ids touches.

    Two records may become one person meanwhile, so who the person is, is read again under the locks.
    """
    await work.lock(*_person_locks(await identities(work.session, official_id)))
    person = await identities(work.session, official_id)
    await work.lock(*_person_locks(person))
    touched = await repository.appraisals_of(work.session, person)
    await work.lock(*(Ref("appraisal", identity) for identity in touched))
    for identity in touched:
        found = await repository.appraisal_by_id(work.session, identity)
        if found is None:
            continue
        flagged = life.flagged(found[0], await _vetoes(work.session, found[0]), clock.today())
        if flagged is not None and flagged.flag is not None:
            await _save(work, contracts.AppraisalFlagged, flagged, basis=[one.clause for one in flagged.flag.basis])


def _known(event: VetoState, *, exercise: bool) -> KnownVeto:
    return KnownVeto(
        id=event.id,
        official_id=event.official_id,
        kind=event.kind,
        measure_name_zh=event.measure_name_zh,
        accident_id=event.accident_id,
        from_day=event.from_day,
        through_day=event.through_day,
        effects=event.effects(),
        exercise=exercise,
        note=event.note,
    )


async def read_appraisal(session: AsyncSession, identity: UUID, regions: frozenset[str]) -> StoredAppraisal:
    """One appraisal within the caller's regions."""
    found = await repository.appraisal_by_id(session, identity)
    if found is None or regions.isdisjoint(found[0].path):
        raise _no_such_appraisal()
    return _stored(*found)


async def list_appraisals(
    session: AsyncSession, paging: Paging, regions: frozenset[str], equal: Mapping[str, Any]
) -> tuple[list[StoredAppraisal], str | None]:
    """One page of the appraisals within the caller's regions; those of an official under whichever id."""
    if equal["official_id"] is not None:
        equal = {**equal, "official_id": await identities(session, equal["official_id"])}
    rows, following = await repository.list_appraisals(session, paging, regions, equal)
    return [_stored(*row) for row in rows], following


async def read_references(session: AsyncSession, identity: UUID, regions: frozenset[str]) -> References:
    """What the appraisal takes into account as important reference, as heard so far."""
    appraisal = (await read_appraisal(session, identity, regions)).appraisal
    subject = await _person(session, appraisal.official_id) or {appraisal.organ_id}
    tours = await repository.tours_of(session, subject, exercise=appraisal.exercise)
    books = await repository.books_of(session, appraisal.organ_id, exercise=appraisal.exercise)
    return life.references(appraisal, subject, tours, await _vetoes(session, appraisal), books)


async def adopt_appraisal(session: AsyncSession, event: contracts.AppraisalState, delivery: Delivery) -> None:
    """Put an appraisal back from its event."""
    await repository.put_appraisal(session, _APPRAISAL.validate_python(event.model_dump()), delivery.version)


async def _vetoes(session: AsyncSession, appraisal: Appraisal) -> tuple[KnownVeto, ...]:
    person = await _person(session, appraisal.official_id)
    return await repository.vetoes_of(session, person, exercise=appraisal.exercise)


async def _load_for_change(work: UnitOfWork, identity: UUID, expected: int | None) -> Appraisal:
    unlocked = await repository.appraisal_by_id(work.session, identity)
    if unlocked is None or not work.may_act_in(unlocked[0].path):
        raise _no_such_appraisal()
    person = await _person(work.session, unlocked[0].official_id)
    await work.lock(*_person_locks(person))
    await work.lock_existing(Ref("appraisal", identity), expected)
    found = await repository.appraisal_by_id(work.session, identity)
    if found is None:
        raise _no_such_appraisal()
    return found[0]


async def _save(
    work: UnitOfWork,
    kind: type[contracts.AppraisalState],
    appraisal: Appraisal,
    *,
    reason: str | None = None,
    basis: list[str] | None = None,
) -> StoredAppraisal:
    event = kind(**asdict(appraisal))
    version = work.emit(event, path=appraisal.path, basis=basis or (), reason=reason, exercise=appraisal.exercise)
    await repository.put_appraisal(work.session, appraisal, version)
    return _stored(appraisal, version)


def _stored(appraisal: Appraisal, version: int) -> StoredAppraisal:
    return StoredAppraisal(appraisal, version, life.basis_of(appraisal))


def _day(on: date | None) -> date:
    """The day something is recorded for: today unless said otherwise, never a day to come."""
    today = clock.today()
    obey(life.has_come(on or today, today))
    return on or today


def _no_such_appraisal() -> NotFound:
    return NotFound("appraisal_not_found", "没有这次考核", "there is no such appraisal")
