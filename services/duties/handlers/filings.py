"""Filing with the body that the statute names, its receipt, its return, and how each filing stands (art6.5, art9.6)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.catalogue import load_catalogue
from services.duties.facts import Correction, Obligation, Performance, Recipient
from services.duties.facts.records import Filing, FilingReport, Receipt
from services.duties.facts.stored import Stored
from services.duties.handlers.overlays import adoptions
from services.duties.handlers.owed import obligation_of
from services.duties.handlers.performances import read_performance
from services.duties.handlers.record_events import F, filing_event
from services.duties.handlers.seats import path_on, post_not_found, seating_of_posts, seating_of_region, within_grant
from services.duties.repository import projection, records
from services.duties.rules.filings import (
    another_answers,
    is_of,
    may_file,
    may_receive,
    may_undo,
    right_recipients,
    state_of,
)
from services.duties.rules.filings import region_on as roster_region_on
from services.duties.rules.obligations import Seat, obligations_of_post
from shared.contracts.duties.records import FilingFiled, FilingReceived, FilingReturned, FilingWithdrawn
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Organ, Roster
from shared.roster.repository import organ_by_id, organs_of, path_of, region_on

NATION = "000000"  # where external organs above the province are registered


@dataclass(frozen=True, slots=True)
class Sending:
    """A filing as asked: about which obligation, with whom, on which day, which document."""

    post_id: UUID
    obligation_id: UUID
    period_start: date
    relation: Recipient
    recipient_organ_id: UUID
    filed_on: date
    sha256: str
    performance_id: UUID | None


async def file(work: UnitOfWork, sending: Sending) -> Stored[Filing]:
    """File a document about an obligation with one body.

    Raises:
        NotFound: post, obligation, recipient or performance is not there.
        Forbidden: the post lies outside the caller's regions.
        Conflict: it is filed with that body already, neither returned nor withdrawn.
        Refused: not asked for, in future, or the wrong body, with the right one named (art6.5, art9.6).
    """
    session = work.session
    ref, standing = await _place(work, sending.obligation_id, sending.relation)
    if standing is not None:
        raise Conflict("already_filed", "已向该机关备案", "it is filed with that body already")
    seat = (await seating_of_posts(session, [sending.post_id])).seat(sending.post_id)
    path = path_on(seat, sending.filed_on)
    within_grant(work, path)
    work.act_for(seat.organ.id, path)
    obligation = await obligation_of(session, seat, sending.obligation_id, sending.period_start)
    recipient = await organ_by_id(session, sending.recipient_organ_id)
    if recipient is None:
        raise NotFound("organ_not_found", "没有这个机关", "there is no such organ")
    roster = await _neighbourhood(session, obligation.region_code, sending.filed_on)
    fact = _filing(work, ref, obligation, sending)
    obey(may_file(fact, obligation, roster, today=clock.today()))
    if sending.performance_id is not None:
        act = await read_performance(session, sending.performance_id, work.regions or ())
        obey(is_of(act.fact, obligation))
    return await _send(work, fact, path, recipient)


async def file_with_all(
    work: UnitOfWork, seat: Seat, obligation: Obligation, sha256: str, act: Performance | None
) -> tuple[UUID, ...]:
    """File a document, today, with every body that the duty names: one filing, and one receipt, for each.

    Where the right body is not registered, or is more than one, its filing stays missing, and `filing_states` names it.
    One that stands already is kept.
    """
    today, filed = clock.today(), []
    roster = await _neighbourhood(work.session, obligation.region_code, today)
    region = roster_region_on(obligation.region_code, roster, today)
    for relation in obligation.filings if region else ():
        ref, standing = await _place(work, obligation.id, relation)
        right = right_recipients(relation, region, roster, today) if region else ()
        if standing is not None:
            filed.append(standing.id)
        elif len(right) == 1:
            carried = act.id if act is not None and is_of(act, obligation) else None
            start = obligation.period.from_day
            sending = Sending(seat.post.id, obligation.id, start, relation, right[0].id, today, sha256, carried)
            fact = _filing(work, ref, obligation, sending)
            obey(may_file(fact, obligation, roster, today=today))
            filed.append((await _send(work, fact, path_on(seat, today), right[0])).fact.id)
    return tuple(filed)


def _filing(work: UnitOfWork, ref: Ref, obligation: Obligation, sending: Sending) -> Filing:
    return Filing(
        id=ref.id,
        obligation_id=obligation.id,
        relation=sending.relation,
        recipient_organ_id=sending.recipient_organ_id,
        filed_on=sending.filed_on,
        recorded_at=work.recorded_at,
        sha256=sending.sha256,
        post_id=obligation.post_id,
        duty_id=obligation.duty_id,
        clause=obligation.clause,
        period_start=obligation.period.from_day,
        period_end=obligation.period.to_day,
        performance_id=sending.performance_id,
        recorded_by=work.actor,
        exercise=obligation.exercise,
    )


async def _send(work: UnitOfWork, fact: Filing, path: tuple[str, ...], recipient: Organ) -> Stored[Filing]:
    to = await path_of(work.session, recipient.region_code, fact.filed_on)  # an external organ answers on paper
    return await _keep(work, FilingFiled, fact, path, to or path)


async def _place(work: UnitOfWork, obligation_id: UUID, relation: Recipient) -> tuple[Ref, Filing | None]:
    """Where the next filing of that obligation with that body belongs, or the one that stands."""
    for ordinal in count():
        ref = Ref("filing", uuid5(NAMESPACE_URL, f"anze:filing:{obligation_id}/{relation}/{ordinal}"))
        await work.lock(ref)
        there = await records.filing_by_id(work.session, ref.id)
        if there is None:
            break
        if there[0].fact.stands:
            return ref, there[0].fact
    return ref, None


async def _neighbourhood(session: AsyncSession, region_code: str, day: date) -> Roster:
    """The region, the one above it by administration, and the organs that filings of the region may go to."""
    region = await region_on(session, region_code, day)
    above = (
        None if region is None or region.admin_parent is None else await region_on(session, region.admin_parent, day)
    )
    codes = dict.fromkeys((region_code, above.code if above else NATION))
    organs = [organ for code in codes for organ in await organs_of(session, code, day=day)]
    return Roster(regions=tuple(one for one in (region, above) if one), organs=tuple(organs))


async def receive(
    work: UnitOfWork, identity: UUID, expected: int | None, *, number: str, received_on: date
) -> Stored[Filing]:
    """The recipient confirms a filing under a number of its own.

    Raises:
        NotFound: there is no such filing whose recipient lies within the caller's regions.
        Refused: it does not stand any more, has its receipt, or was filed by the caller (art6.5, art9.6).
    """
    stored, to = await _locked(work, identity, expected, as_recipient=True)
    obey(another_answers(stored.fact, work.actor))
    obey(may_receive(stored.fact, received_on, today=clock.today()))
    receipt = Receipt(number, received_on, work.actor, work.recorded_at)
    return await _keep(work, FilingReceived, replace(stored.fact, receipt=receipt), stored.path, to)


async def send_back(work: UnitOfWork, identity: UUID, expected: int | None, *, reason: str) -> Stored[Filing]:
    """The recipient returns a filing, and says why; it is missing again until it is filed anew.

    Raises:
        NotFound: there is no such filing whose recipient lies within the caller's regions.
        Refused: it does not stand any more, without reason, or was filed by the caller (art6.5, art9.6).
    """
    stored, to = await _locked(work, identity, expected, as_recipient=True)
    obey(another_answers(stored.fact, work.actor))
    obey(may_undo(stored.fact, reason))
    returned = Correction(work.actor, work.recorded_at, reason)
    return await _keep(work, FilingReturned, replace(stored.fact, returned=returned), stored.path, to, reason)


async def withdraw(work: UnitOfWork, identity: UUID, expected: int | None, *, reason: str) -> Stored[Filing]:
    """Whoever filed it takes it back; it stays readable.

    Raises:
        NotFound: there is no such filing from within the caller's regions.
        Refused: it does not stand any more, or without reason (art6.5, art9.6).
    """
    stored, to = await _locked(work, identity, expected, as_recipient=False)
    obey(may_undo(stored.fact, reason))
    corrected = Correction(work.actor, work.recorded_at, reason)
    return await _keep(work, FilingWithdrawn, replace(stored.fact, corrected=corrected), stored.path, to, reason)


async def _locked(
    work: UnitOfWork, identity: UUID, expected: int | None, *, as_recipient: bool
) -> tuple[Stored[Filing], tuple[str, ...]]:
    ref = Ref("filing", identity)
    await work.lock(ref)
    there = await records.filing_by_id(work.session, identity)
    if there is None or not work.may_act_in(there[1] if as_recipient else there[0].path):
        raise _not_found()
    if as_recipient:
        work.act_for(there[0].fact.recipient_organ_id, there[1])
    await work.lock_existing(ref, expected)
    return there


async def _keep(
    work: UnitOfWork,
    kind: type[F],
    fact: Filing,
    path: Sequence[str],
    recipient_path: Sequence[str],
    reason: str | None = None,
) -> Stored[Filing]:
    version = work.version(Ref("filing", fact.id)) + 1
    await records.put_filing(work.session, fact, path, recipient_path, version)
    await projection.keep_filing(work.session, fact)
    event = filing_event(kind, fact, path, recipient_path)
    work.emit(event, path=path, basis=(fact.clause,), reason=reason, exercise=fact.exercise)
    return Stored(fact, tuple(path), version)


def _not_found() -> NotFound:
    return NotFound("filing_not_found", "没有这项备案", "there is no such filing")


async def read_filing(session: AsyncSession, identity: UUID, regions: Collection[str]) -> Stored[Filing]:
    """The filing; NotFound where neither sender nor recipient lies within the regions."""
    there = await records.filing_by_id(session, identity)
    if there is None or set(regions).isdisjoint((*there[0].path, *there[1])):
        raise _not_found()
    return there[0]


async def list_filings(
    session: AsyncSession,
    paging: Paging,
    *,
    regions: Collection[str],
    exercise: bool,
    post_id: UUID | None,
    recipient_organ_id: UUID | None,
    from_day: date | None,
) -> tuple[list[Stored[Filing]], str | None]:
    """One page of the filings that come from the regions or went into them, newest day first."""
    return await records.list_filings(
        session,
        paging,
        regions=regions,
        exercise=exercise,
        post_id=post_id,
        recipient_organ_id=recipient_organ_id,
        from_day=from_day,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose filings: of one post, or of a region's own organs; of the year of `as_of`, as recorded by `known_at`."""

    as_of: date
    known_at: datetime
    post_id: UUID | None
    region: str | None
    exercise: bool
    filing_days: int


async def filing_states(session: AsyncSession, asked: Asked, regions: Collection[str]) -> list[FilingReport]:
    """Every filing that the duties of the year ask for, with the right body, its deadline and its state.

    Raises:
        NotFound: the post or the region is not there, or outside the caller's regions.
    """
    seats = await _seats(session, asked, regions)
    first, last = date(asked.as_of.year, 1, 1), date(asked.as_of.year, 12, 31)
    adopted = await adoptions(session, known_at=asked.known_at)
    owed = [
        item
        for seat in seats
        if seat.post.exercise is asked.exercise
        for item in obligations_of_post(seat, load_catalogue(), first, last, adoptions=adopted)
        if item.filings
    ]
    filed = await records.filings_of(session, {item.post_id for item in owed})
    around = {code: await _neighbourhood(session, code, asked.as_of) for code in {item.region_code for item in owed}}
    return [
        _state(item, relation, filed, around[item.region_code], asked) for item in owed for relation in item.filings
    ]


async def _seats(session: AsyncSession, asked: Asked, regions: Collection[str]) -> list[Seat]:
    if asked.post_id is not None:
        seat = (await seating_of_posts(session, [asked.post_id], known_at=asked.known_at)).seat(asked.post_id)
        if set(regions).isdisjoint(path_on(seat, asked.as_of)):
            raise post_not_found()
        return [seat]
    code = asked.region or ""
    path = await path_of(session, code, asked.as_of, known_at=asked.known_at)
    if path is None or set(regions).isdisjoint(path):
        raise NotFound("region_not_found", "没有这个区划", "there is no such region")
    return list((await seating_of_region(session, code, known_at=asked.known_at)).seats.values())


def _state(
    item: Obligation, relation: Recipient, filed: Sequence[Filing], roster: Roster, asked: Asked
) -> FilingReport:
    return state_of(
        item,
        relation,
        filed,
        roster,
        day=asked.as_of,
        known_at=asked.known_at,
        filing_days=asked.filing_days,
    )
