"""How an act enters the records: one way for single entry, many at once, and Excel; and what it would serve."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties import repository
from services.duties.catalogue import load_catalogue
from services.duties.facts import Adoption, Performance
from services.duties.facts.books import Books
from services.duties.facts.records import Draft
from services.duties.facts.reports import Served
from services.duties.facts.stored import Stored
from services.duties.handlers.evaluation import follow_performance
from services.duties.handlers.events import P, performance_event
from services.duties.handlers.overlays import adoptions
from services.duties.handlers.seats import (
    Seating,
    books_over,
    path_on,
    post_not_found,
    seating_of_official,
    seating_of_posts,
    within_grant,
)
from services.duties.repository.arrivals import roster_lacks
from services.duties.rules.obligations import Seat
from services.duties.rules.performances import may_record
from services.duties.rules.serving import may_enter, served
from services.duties.rules.status import Records, View
from services.duties.rules.wording import may_say
from shared.contracts.duties import PerformanceRecorded
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.problems import Malformed, NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.statute.decision import Decision, first_refusal

_DRAFT = TypeAdapter(Draft)


@dataclass(frozen=True, slots=True)
class Entered:
    """An act on record; `fresh` where it was not there before."""

    stored: Stored[Performance]
    fresh: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What entering needs to know: seats, who sat in them, which participants the register lacks, books closed."""

    seating: Seating
    strangers: frozenset[UUID]
    books: tuple[Books, ...]
    adopted: tuple[Adoption, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A draft as a record, with the seats of its capacities and the one whose body it is of."""

    fact: Performance
    seats: list[Seat]
    body: Seat

    @property
    def path(self) -> tuple[str, ...]:
        return path_on(self.body, self.fact.day)


def performance_ref(identity: UUID) -> Ref:
    """The aggregate of a record."""
    return Ref("performance", identity)


def _identity(draft: Draft, ordinal: int) -> UUID:
    """The same for the same act; the next one where the record before it was withdrawn."""
    content = _DRAFT.dump_python(draft, mode="json", exclude={"reviewer"})
    content["capacities"] = sorted(content["capacities"], key=json.dumps)
    content["evidence"] = sorted(content["evidence"], key=json.dumps)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return uuid5(NAMESPACE_URL, f"anze:performance:{digest}/{ordinal}")


def first_ref(draft: Draft) -> Ref:
    """What must be locked before an act enters."""
    return performance_ref(_identity(draft, 0))


async def entering(session: AsyncSession, drafts: Sequence[Draft]) -> Known:
    """What the register says about everybody and every seat that the drafts name."""
    seating = await seating_of_posts(session, {one.post_id for draft in drafts for one in draft.capacities})
    participants = {one for draft in drafts for one in draft.participants}
    lacking = await roster_lacks(session, {"official": participants}) if participants else {}
    books = await books_over(session, seating.seats.values())
    return Known(seating, frozenset(lacking.get("official", ())), books, await adoptions(session))


async def enter(work: UnitOfWork, draft: Draft, known: Known) -> Entered:
    """Enter one act, or find it on record; whatever is raised is raised before anything is written.

    Raises:
        NotFound: a post or a participant is not in the register.
        Forbidden: a post lies outside the caller's regions.
        Malformed: capacities that do not agree with one another or with the body.
        Refused: the act may not be recorded (art5.2, art5.3, art6.2, art6.3, art28).
    """
    ref, there = await _place(work, draft)
    entry = _entry(draft, known, identity=ref.id, by=work.actor, at=work.recorded_at)
    within_grant(work, *(path_on(seat, draft.day) for seat in entry.seats))
    for seat in entry.seats:
        work.act_for(seat.organ.id, path_on(seat, draft.day))
    if there is not None:
        return Entered(there, fresh=False)
    obey(_decided(entry, known))
    return Entered(await keep(work, PerformanceRecorded, entry.fact, entry.path), fresh=True)


async def _place(work: UnitOfWork, draft: Draft) -> tuple[Ref, Stored[Performance] | None]:
    """Where the act belongs, and the record that stands there."""
    for ordinal in count():
        ref = performance_ref(_identity(draft, ordinal))
        await work.lock(ref)
        there = await repository.performance_by_id(work.session, ref.id)
        if there is None or there.fact.corrected is None:
            break
    return ref, there


def _entry(draft: Draft, known: Known, *, identity: UUID, by: str, at: datetime) -> _Entry:
    seats = [known.seating.seat(one.post_id) for one in draft.capacities]
    if not known.strangers.isdisjoint(draft.participants):
        raise NotFound("official_not_found", "名册中没有所列参加人", "a participant is not in the register")
    body = next((seat for seat in seats if draft.organ_id in {None, seat.organ.id}), None)
    if body is None or len({seat.post.exercise for seat in seats}) > 1:
        raise Malformed("capacities_disagree", "所列岗位与机关或演练标记不一致", "organ or exercise does not agree")
    fact = Performance(
        id=identity,
        act=draft.act,
        day=draft.day,
        organ_id=body.organ.id,
        region_code=body.organ.region_code,
        recorded_at=at,
        recorded_by=by,
        presided_by=draft.presided_by,
        led_by=draft.led_by,
        performed_by=draft.performed_by,
        capacities=draft.capacities,
        evidence=draft.evidence,
        place=draft.place,
        participants=draft.participants,
        agenda=draft.agenda,
        findings=draft.findings,
        reviewer=draft.reviewer,
        exercise=body.post.exercise,
    )
    return _Entry(fact, seats, body)


def _decided(entry: _Entry, known: Known) -> Decision:
    fact, catalogue, incumbencies = entry.fact, load_catalogue(), known.seating.incumbencies
    publication = (one.place for one in fact.evidence if one.place)
    recordable = may_record(fact, entry.seats, incumbencies, catalogue, today=clock.today(), adoptions=known.adopted)
    view = View(clock.today(), fact.recorded_at)
    records = Records(incumbencies, [fact], books=known.books)
    return first_refusal(
        (
            recordable,
            may_say((fact.place, *fact.agenda, *fact.findings, *publication)),
            may_enter(fact, served(fact, entry.seats, records, view, catalogue, known.adopted)),
        ),
        recordable,
    )


async def keep(
    work: UnitOfWork, kind: type[P], fact: Performance, path: Sequence[str], reason: str | None = None
) -> Stored[Performance]:
    """Save a record and say what happened to it."""
    version = work.version(performance_ref(fact.id)) + 1
    await repository.put_performance(work.session, fact, path, version)
    await follow_performance(work.session, fact)
    work.emit(performance_event(kind, fact, path), path=path, reason=reason, exercise=fact.exercise)
    return Stored(fact, tuple(path), version)


async def rehearse(
    session: AsyncSession, draft: Draft, regions: Collection[str], by: str
) -> tuple[Decision, tuple[Served, ...]]:
    """Whether a draft could be recorded now, and which obligations it would serve; nothing is written.

    Raises:
        NotFound: a post or participant is not in the register, or the post outside the caller's regions.
    """
    known = await entering(session, [draft])
    entry = _entry(draft, known, identity=_identity(draft, 0), by=by, at=clock.now())
    if any(set(regions).isdisjoint(path_on(seat, draft.day)) for seat in entry.seats):
        raise post_not_found()
    return _decided(entry, known), await serves(session, entry.fact, regions)


async def serves(session: AsyncSession, fact: Performance, regions: Collection[str]) -> tuple[Served, ...]:
    """What a record does for every obligation of the posts it names, of its body's, and of those its actors held."""
    seating = await seating_of_posts(session, [one.post_id for one in fact.capacities])
    seats = dict(seating.seats)
    incumbencies = set(seating.incumbencies)
    beside = {post.id for seat in seating.seats.values() if seat.organ.id == fact.organ_id for post in seat.organ_posts}
    more = [await seating_of_posts(session, beside - seats.keys())] if beside - seats.keys() else []
    actors = {one for one in (fact.presided_by, fact.led_by, fact.performed_by) if one is not None}
    more += [await seating_of_official(session, one) for one in sorted(actors)]
    for other in more:
        seats |= {post: seat for post, seat in other.seats.items() if post not in seats}
        incumbencies |= set(other.incumbencies)
    reachable = [seat for seat in seats.values() if not set(regions).isdisjoint(path_on(seat, fact.day))]
    records = Records(tuple(incumbencies), [fact], books=await books_over(session, reachable))
    view = View(clock.today(), clock.now())
    return served(fact, reachable, records, view, load_catalogue(), await adoptions(session))
