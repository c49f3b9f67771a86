"""The status of an obligation on any day, from facts, explained. A lapse attributes nothing to anybody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.duties.facts import (
    Correction,
    Defaults,
    Incumbency,
    Manner,
    Obligation,
    ObligationStatus,
    Performance,
    Period,
    Recipient,
)
from services.duties.facts.books import Books, entries_about
from services.duties.facts.records import Filing, Impediment
from services.duties.facts.reports import (
    ActCounted,
    ActNotCounted,
    FilingState,
    IncumbentShare,
    NotCounted,
    ObligationReport,
)
from services.duties.rules.periods import shanghai_day, uncovered_days
from services.duties.rules.persons import persons_among
from shared.roster.facts import Appointment, Official
from shared.statute.clauses import cites

DEFAULTS = Defaults()


@dataclass(frozen=True, slots=True)
class Records:
    """What is on record about a post; a report takes from it what concerns its obligation."""

    incumbencies: Sequence[Incumbency] = ()
    performances: Sequence[Performance] = ()
    impediments: Sequence[Impediment] = ()
    filings: Sequence[Filing] = ()
    books: Sequence[Books] = ()


@dataclass(frozen=True, slots=True)
class View:
    """From where one looks: the day, what had been recorded by `known_at`, and the configured defaults.

    `verify_after`: acts recorded after that instant count only once verified (an accident, art26).
    `show_later` lists acts recorded after `known_at`, which never count; without it the answer for one
    `known_at` never changes.
    """

    day: date
    known_at: datetime
    defaults: Defaults = DEFAULTS
    verify_after: datetime | None = None
    show_later: bool = False


def incumbencies_of(appointments: Iterable[Appointment], officials: Iterable[Official] = ()) -> tuple[Incumbency, ...]:
    """Who held which post when; annulled appointments never were, acting ones count.

    `officials` are the records of those persons, merged ones included: a person is one under each of the ids.
    """
    persons = persons_among(officials)
    return tuple(
        Incumbency(item.official_id, item.post_id, item.id, item.span, item.acting, persons.get(item.official_id, ()))
        for item in appointments
        if not item.annulled
    )


@cites("art5.2", "art5.3", "art6.2", "art6.3", "art9.4", "art28", "art30")
def report(obligation: Obligation, records: Records, view: View) -> ObligationReport:
    """The status as seen from `view`; acts in any order give the same answer."""
    counted, not_counted = _sort_acts(obligation, records, view)
    day, known_at = view.day, view.known_at
    known = (
        _impediment_as_known(item, known_at)
        for item in records.impediments
        if in_force(item.recorded_at, item.corrected, known_at) and _concerns(item, obligation)
    )
    # each once: accepted for this obligation rather than as it was recorded
    by_id = {item.id: item for item in sorted(known, key=lambda item: item.accepted_by is not None)}
    impediments = tuple(by_id.values())
    fulfilled_on = counted[obligation.count - 1].performance.day if len(counted) >= obligation.count else None
    excused = any(_excuses(item, obligation) for item in impediments)
    period = obligation.period
    spans = [item.span for item in _holders(obligation, records)]
    return ObligationReport(
        obligation=obligation,
        day=day,
        known_at=known_at,
        status=_status(obligation, view, fulfilled_on, excused=excused),
        fulfilled_on=fulfilled_on,
        counted=counted,
        not_counted=not_counted,
        incumbents=_incumbents(obligation, records, view.defaults),
        vacancy_days=uncovered_days(spans, period.from_day, period.to_day),
        impediments=impediments,
        filings=tuple(_filing(relation, obligation, records, view) for relation in obligation.filings),
    )


def _status(obligation: Obligation, view: View, fulfilled_on: date | None, *, excused: bool) -> ObligationStatus:
    period, day = obligation.period, view.day
    if day < period.from_day:
        return ObligationStatus.UPCOMING
    if fulfilled_on is not None:
        return ObligationStatus.FULFILLED
    if excused:
        return ObligationStatus.EXCUSED
    if day > period.to_day:
        return ObligationStatus.LAPSED
    soon = day > period.to_day - timedelta(days=view.defaults.due_soon_days)
    return ObligationStatus.DUE_SOON if soon else ObligationStatus.OPEN


def _sort_acts(
    obligation: Obligation, records: Records, view: View
) -> tuple[tuple[ActCounted, ...], tuple[ActNotCounted, ...]]:
    counted: list[ActCounted] = []
    refused: list[ActNotCounted] = []
    for recorded in sorted(records.performances, key=lambda act: (act.day, act.recorded_at, act.id)):
        if not _offered(recorded, obligation):
            continue
        act = _act_as_known(recorded, view.known_at)
        reason = why_not_counted(act, obligation, records, view)
        if reason is None:
            counted.append(ActCounted(act, shanghai_day(act.recorded_at) > obligation.period.to_day))
        elif view.show_later or reason is not NotCounted.RECORDED_AFTER_KNOWN_AT:
            refused.append(ActNotCounted(act, reason))
    return tuple(counted), tuple(refused)


def _act_as_known(act: Performance, known_at: datetime) -> Performance:
    """The record without what was added to it after `known_at`."""
    corrected = act.corrected if act.corrected and act.corrected.at <= known_at else None
    return replace(act, corrected=corrected, verified=act.verified if verified(act, known_at) else None)


def _impediment_as_known(item: Impediment, known_at: datetime) -> Impediment:
    if item.accepted_at is None or item.accepted_at <= known_at:
        return item
    return replace(item, accepted_by=None, accepted_at=None)


def _offered(act: Performance, obligation: Obligation) -> bool:
    """Whether the act is worth a word: in the period, it names the post or its body, or is of the kind.

    One of the kind that names the post is, too, where it missed the period by no more than the period's length: a
    question about years would else repeat every act under every month.
    """
    if act.exercise is not obligation.exercise:
        return False
    period = obligation.period
    named = any(capacity.post_id == obligation.post_id for capacity in act.capacities)
    of_kind = act.act in obligation.acts
    if period.contains(act.day):
        return named or of_kind or act.organ_id == obligation.organ_id
    missed = max((period.from_day - act.day).days, (act.day - period.to_day).days)
    return named and of_kind and missed <= period.days


def why_not_counted(act: Performance, obligation: Obligation, records: Records, view: View) -> NotCounted | None:
    """The first reason why an act does not count towards an obligation, or `None` where it counts."""
    return (
        _unknown_or_undone(act, view.known_at)
        or _kind_and_day(act, obligation, view.day)
        or _whose_act(act, obligation, records)
        or _unreviewed(act, obligation, records, view)
    )


def _unknown_or_undone(act: Performance, known_at: datetime) -> NotCounted | None:
    if act.recorded_at > known_at:
        return NotCounted.RECORDED_AFTER_KNOWN_AT
    if act.corrected and act.corrected.at <= known_at:
        return NotCounted.SUPERSEDED if act.corrected.replacement else NotCounted.WITHDRAWN
    return None


def _kind_and_day(act: Performance, obligation: Obligation, day: date) -> NotCounted | None:
    if act.act not in obligation.acts:
        return NotCounted.WRONG_ACT_KIND
    if not obligation.period.contains(act.day):
        return NotCounted.OUT_OF_PERIOD
    return NotCounted.AFTER_DAY if act.day > day else None


def _unreviewed(act: Performance, obligation: Obligation, records: Records, view: View) -> NotCounted | None:
    """Recorded while the books of its period were closed, or after the accident in question: needs a reviewer."""
    after_accident = view.verify_after is not None and act.recorded_at > view.verify_after
    doubtful = after_accident or books_closed_at(act.recorded_at, obligation, records.books, view.defaults)
    return NotCounted.NEEDS_REVIEW if doubtful and not verified(act, view.known_at) else None


def books_closed_at(
    recorded_at: datetime, obligation: Obligation, books: Sequence[Books], defaults: Defaults = DEFAULTS
) -> bool:
    """Whether the books of the obligation's period were closed at that instant.

    The latest closing or reopening before it governs; where there is none, they close by themselves so many days after
    the period (default).
    """
    entries = entries_about(books, obligation.path, obligation.period, exercise=obligation.exercise)
    before = [entry for entry in entries if entry.at <= recorded_at]
    if before:
        return before[-1].closed
    return shanghai_day(recorded_at) > obligation.period.to_day + timedelta(days=defaults.books_close_days)


@cites("art5.2", "art5.3", "art6.2", "art6.3", "art10.2", "art10.3")
def _whose_act(act: Performance, obligation: Obligation, records: Records) -> NotCounted | None:
    """The act is the holder's own, in the capacity named; only the joint meeting is the committee's."""
    if obligation.manner is Manner.BODY:
        return None if act.organ_id == obligation.organ_id else NotCounted.ANOTHER_BODY
    held = {
        item.appointment_id
        for item in _holders(obligation, records)
        if item.is_of(act.actor(obligation.manner)) and item.span.covers(act.day)
    }
    if not held:
        return NotCounted.NOT_HOLDER
    named = any(
        capacity.post_id == obligation.post_id and (capacity.appointment_id is None or capacity.appointment_id in held)
        for capacity in act.capacities
    )
    return None if named else NotCounted.CAPACITY_NOT_NAMED


def verified(act: Performance, known_at: datetime) -> bool:
    """Whether a reviewer had confirmed the act by then."""
    return act.verified is not None and act.verified.at <= known_at


def in_force(recorded_at: datetime, corrected: Correction | None, known_at: datetime) -> bool:
    """Whether a fact was on record at `known_at` and neither withdrawn nor superseded by then."""
    return recorded_at <= known_at and (corrected is None or corrected.at > known_at)


def _holders(obligation: Obligation, records: Records) -> list[Incumbency]:
    return [item for item in records.incumbencies if item.post_id == obligation.post_id]


@cites("art28")
def _incumbents(obligation: Obligation, records: Records, defaults: Defaults) -> tuple[IncumbentShare, ...]:
    """Everybody who held the post in the period; the share only sorts, the longer ones first."""
    period = obligation.period
    terms: dict[UUID, list[Incumbency]] = {}
    for item in sorted(_holders(obligation, records), key=lambda item: (item.span.from_day, item.appointment_id)):
        if item.span.days_within(period.from_day, period.to_day):
            terms.setdefault(item.person_id, []).append(item)
    shares = [
        IncumbentShare(
            person, days_held(held, period), all(item.acting for item in held), tuple(item.span for item in held)
        )
        for person, held in terms.items()
    ]
    return tuple(sorted(shares, key=lambda one: one.days < period.days * defaults.sorting_share))


def days_held(terms: Iterable[Incumbency], period: Period) -> int:
    """On how many days of the period one of the terms ran; a day that two of them cover is one."""
    return period.days - uncovered_days([item.span for item in terms], period.from_day, period.to_day)


def _concerns(item: Impediment, obligation: Obligation) -> bool:
    """An impediment that names an obligation concerns that one only; else all of its post while it lasts."""
    if item.obligation_id is not None:
        return item.obligation_id == obligation.id
    period = obligation.period
    return item.post_id == obligation.post_id and item.span.days_within(period.from_day, period.to_day) > 0


def _excuses(item: Impediment, obligation: Obligation) -> bool:
    """Recorded is not accepted: only an impediment accepted for this very obligation excuses it."""
    return item.obligation_id == obligation.id and item.accepted_by is not None and item.accepted_at is not None


def _filing(relation: Recipient, obligation: Obligation, records: Records, view: View) -> FilingState:
    known = filings_known(obligation, relation, records.filings, day=view.day, known_at=view.known_at)
    return FilingState(relation, next((item for item in known if item.stands), None))


@cites("art6.5", "art9.6")
def filings_known(
    obligation: Obligation, relation: Recipient, filings: Iterable[Filing], *, day: date, known_at: datetime
) -> list[Filing]:
    """The filings of that kind that were made by the day and on record at `known_at`, each as it stood then."""
    found = (
        replace(
            item,
            receipt=item.receipt if item.receipt and item.receipt.at <= known_at else None,
            returned=item.returned if item.returned and item.returned.at <= known_at else None,
            corrected=item.corrected if item.corrected and item.corrected.at <= known_at else None,
        )
        for item in filings
        if item.obligation_id == obligation.id
        and item.relation is relation
        and item.filed_on <= day
        and item.recorded_at <= known_at
    )
    return sorted(found, key=lambda item: (item.filed_on, item.recorded_at, item.id))
