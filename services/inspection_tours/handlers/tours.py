"""The life of tours: proposed by an accident or planned by hand, visited, rectified, re-checked, closed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4, uuid5

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.inspection_tours import repository
from services.inspection_tours.data import configuration
from services.inspection_tours.facts import (
    AccidentFact,
    AccidentLevel,
    Finding,
    Recheck,
    StepFacts,
    StoredTour,
    Tour,
    TourKind,
    TourState,
    TourStep,
)
from services.inspection_tours.rules import life, owed
from services.inspection_tours.rules.founded import reason_for
from services.inspection_tours.rules.special import propose_special_tour
from shared.contracts import inspection_tours as contracts
from shared.kernel import clock
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Forbidden, NotFound, Refused, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span
from shared.roster.repository import load_roster, organs_of, region_on
from shared.statute.decision import Decision

_PROPOSALS = UUID("6f6e6c79-616e-7a65-8000-000000000014")
_TOUR = TypeAdapter(Tour)
_T = TypeVar("_T")


def proposal_id(key: str) -> UUID:
    """The id of the tour that a proposal's key stands for: equal for every revision of one accident."""
    return uuid5(_PROPOSALS, key)


async def propose_special(
    work: UnitOfWork,
    *,
    accident_id: UUID,
    level: str,
    region_code: str,
    occurred_on: date,
    path: Sequence[str],
    exercise: bool,
) -> None:
    """Propose a special tour of the place of an accident that is grave enough, once."""
    accident = AccidentFact(accident_id, AccidentLevel(level), region_code, occurred_on)
    proposal = propose_special_tour(accident, configuration())
    if isinstance(proposal, Decision):
        return
    ref = Ref("tour", proposal_id(proposal.key))
    await work.lock(ref)
    if work.version(ref) > 0:
        return
    tour = Tour(
        id=ref.id,
        kind=TourKind.SPECIAL,
        state=TourState.PROPOSED,
        region_code=proposal.region_code,
        organ_ids=(),
        accident_id=proposal.accident_id,
        reason=reason_for(proposal.level),
        path=tuple(path),
        exercise=exercise,
    )
    await _save(work, contracts.TourProposed, tour)


async def plan_by_hand(
    work: UnitOfWork, *, region_code: str, organ_ids: Collection[UUID], planned_for: date, team: Collection[str]
) -> StoredTour:
    """Plan a routine tour of a place: of the named bodies, or of its party committee and government."""
    today = clock.today()
    region = await region_on(work.session, region_code, today)
    if region is None:
        raise NotFound("region_not_found", "没有这个地区", "there is no such region")
    if not work.may_act_in(region.path):
        raise Forbidden("region_outside_grant", "超出管辖地区", "the region is outside the grant")
    tour = Tour(
        id=uuid4(),
        kind=TourKind.ROUTINE,
        state=TourState.PROPOSED,
        region_code=region_code,
        organ_ids=(),
        path=region.path,
        exercise=region.exercise,
    )
    await work.lock(Ref("tour", tour.id))
    return await _plan(work, tour, organ_ids, planned_for, team)


async def plan(
    work: UnitOfWork,
    identity: UUID,
    expected: int | None,
    *,
    organ_ids: Collection[UUID],
    planned_for: date,
    team: Collection[str],
) -> StoredTour:
    """Plan a proposed tour."""
    tour = await _load_for_change(work, identity, expected)
    return await _plan(work, tour, organ_ids, planned_for, team)


async def _plan(
    work: UnitOfWork, tour: Tour, organ_ids: Collection[UUID], planned_for: date, team: Collection[str]
) -> StoredTour:
    today = clock.today()
    organs = await organs_of(work.session, tour.region_code, day=today)
    obey(owed.visits_its_place(organ_ids, organs, today))
    bodies = tuple(organ_ids) or owed.bodies_to_visit(organs, today)
    facts = StepFacts(today, planned_for=planned_for, team=tuple(team))
    planned = _allowed(life.take_step(replace(tour, organ_ids=bodies), TourStep.PLAN, facts, configuration()))
    return await _save(work, contracts.TourPlanned, planned)


async def decline(work: UnitOfWork, identity: UUID, expected: int | None, *, reason: str) -> StoredTour:
    """Decline a proposed tour, or a special one that was planned, with a reason."""
    tour = await _load_for_change(work, identity, expected)
    facts = StepFacts(clock.today(), words=reason)
    declined = _allowed(life.take_step(tour, TourStep.DECLINE, facts, configuration()))
    return await _save(work, contracts.TourDeclined, declined, reason=reason)


async def open_tour(work: UnitOfWork, identity: UUID, expected: int | None, *, on: date | None) -> StoredTour:
    """Open a planned tour."""
    tour = await _load_for_change(work, identity, expected)
    opened = _allowed(life.take_step(tour, TourStep.OPEN, StepFacts(_day(on)), configuration()))
    return await _save(work, contracts.TourOpened, opened)


async def record_findings(
    work: UnitOfWork, identity: UUID, expected: int | None, *, problems: Sequence[str], on: date | None
) -> StoredTour:
    """Record problems found, or that there were none."""
    tour = await _load_for_change(work, identity, expected)
    day = _day(on)
    obey(life.problems_described(problems))
    found = tuple(Finding(uuid4(), problem, work.actor, day) for problem in problems)
    inspected = _allowed(life.take_step(tour, TourStep.RECORD_FINDINGS, StepFacts(day), configuration()))
    recorded = replace(inspected, findings=(*tour.findings, *found))
    return await _save(work, contracts.FindingRecorded, recorded)


async def report_rectified(
    work: UnitOfWork, identity: UUID, finding_id: UUID, expected: int | None, *, words: str, on: date | None
) -> StoredTour:
    """Report the rectification of a problem."""
    tour = await _load_for_change(work, identity, expected)
    rectified = _allowed(life.report_rectified(_finding(tour, finding_id), work.actor, _day(on), words))
    return await _save(work, contracts.FindingRectified, _with(tour, rectified))


async def recheck(
    work: UnitOfWork,
    identity: UUID,
    finding_id: UUID,
    expected: int | None,
    *,
    solved: bool,
    words: str,
    on: date | None,
) -> StoredTour:
    """Look again whether a problem is solved; another person than who recorded or rectified it."""
    tour = await _load_for_change(work, identity, expected)
    check = Recheck(work.actor, _day(on), solved, words)
    checked = _allowed(life.recheck(_finding(tour, finding_id), check))
    return await _save(work, contracts.FindingRechecked, _with(tour, checked))


async def give_result(
    work: UnitOfWork, identity: UUID, expected: int | None, *, result: str, samples: int, on: date | None
) -> StoredTour:
    """Give the result, which is reference for the visited bodies and their officials when the tour opened."""
    tour = await _load_for_change(work, identity, expected)
    facts = StepFacts(_day(on), samples=samples, words=result)
    given = _allowed(life.take_step(tour, TourStep.GIVE_RESULT, facts, configuration()))
    during = Span(given.opened_on, given.opened_on) if given.opened_on else None
    roster = await load_roster(work.session, organs=given.organ_ids, during=during)
    reference = _allowed(life.result_reference(given, roster))
    return await _save(work, contracts.TourResultGiven, replace(given, official_ids=reference.official_ids))


async def close(work: UnitOfWork, identity: UUID, expected: int | None, *, on: date | None) -> StoredTour:
    """Close a tour all of whose problems are closed."""
    tour = await _load_for_change(work, identity, expected)
    closed = _allowed(life.take_step(tour, TourStep.CLOSE, StepFacts(_day(on)), configuration()))
    return await _save(work, contracts.TourClosed, closed)


async def read_tour(session: AsyncSession, identity: UUID, regions: frozenset[str]) -> StoredTour:
    """One tour within the caller's regions."""
    found = await repository.tour_by_id(session, identity)
    if found is None or regions.isdisjoint(found[0].path):
        raise _no_such_tour()
    return _stored(*found)


async def list_tours(
    session: AsyncSession, paging: Paging, regions: frozenset[str], *, exercise: bool, equal: Mapping[str, Any]
) -> tuple[list[StoredTour], str | None]:
    """One page of the tours within the caller's regions."""
    rows, following = await repository.list_tours(session, paging, regions=regions, exercise=exercise, equal=equal)
    return [_stored(*row) for row in rows], following


async def adopt_tour(session: AsyncSession, event: contracts.TourState, delivery: Delivery) -> None:
    """Put a tour back from its event."""
    await repository.put_tour(session, _TOUR.validate_python(event.model_dump()), delivery.version)


async def _load_for_change(work: UnitOfWork, identity: UUID, expected: int | None) -> Tour:
    ref = Ref("tour", identity)
    await work.lock(ref)
    found = await repository.tour_by_id(work.session, identity)
    if found is None or not work.may_act_in(found[0].path):
        raise _no_such_tour()
    await work.lock_existing(ref, expected)
    return found[0]


async def _save(
    work: UnitOfWork, kind: type[contracts.TourState], tour: Tour, *, reason: str | None = None
) -> StoredTour:
    version = work.emit(kind(**asdict(tour)), path=tour.path, reason=reason, exercise=tour.exercise)
    await repository.put_tour(work.session, tour, version)
    return _stored(tour, version)


def _stored(tour: Tour, version: int) -> StoredTour:
    return StoredTour(tour, version, life.basis_of_tour(tour))


def _allowed(answer: _T | Decision) -> _T:
    """What a rule made of the facts; its refusal is raised."""
    if isinstance(answer, Decision):
        raise Refused.by(answer)
    return answer


def _day(on: date | None) -> date:
    """The day something is recorded for: today unless said otherwise, never a day to come."""
    today = clock.today()
    obey(life.has_come(on or today, today))
    return on or today


def _finding(tour: Tour, identity: UUID) -> Finding:
    found = next((finding for finding in tour.findings if finding.id == identity), None)
    if found is None:
        raise NotFound("finding_not_found", "没有这个问题", "there is no such finding")
    return found


def _with(tour: Tour, changed: Finding) -> Tour:
    return replace(tour, findings=tuple(changed if one.id == changed.id else one for one in tour.findings))


def _no_such_tour() -> NotFound:
    return NotFound("tour_not_found", "没有这次巡查", "there is no such tour")
