"""What the records say about an official and an accident (art26): own tenure, then and now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.duties.facts import (
    Adoption,
    Catalogue,
    Defaults,
    Duty,
    Incumbency,
    NonPerformanceFinding,
    Obligation,
    ObligationStatus,
    StandingOutcome,
    StandingReview,
)
from services.duties.facts.reports import NotCounted, ObligationReport
from services.duties.rules.obligations import Seat, duties_between, obligations_of_post
from services.duties.rules.periods import months_before, shanghai_day
from services.duties.rules.status import Records, View, days_held, report
from shared.roster.facts import Span
from shared.statute.clauses import cites

DEFAULTS = Defaults()
_EXAMINED_WELL = {StandingOutcome.PERFORMED, StandingOutcome.NOT_APPLICABLE}


class Difference(StrEnum):
    """How the record of today differs from that at the accident."""

    RECORDED_AFTER_ACCIDENT = "recorded_after_accident"
    NOT_VERIFIED = "not_verified"
    CORRECTED_AFTER_ACCIDENT = "corrected_after_accident"
    STATUS_CHANGED = "status_changed"


@dataclass(frozen=True, slots=True)
class AttestedObligation:
    """An obligation due by the accident, as recorded then and as recorded now."""

    obligation: Obligation
    days_in_post: int
    then: ObligationReport
    now: ObligationReport
    differences: frozenset[Difference]
    findings: tuple[NonPerformanceFinding, ...]


@dataclass(frozen=True, slots=True)
class AttestedDuty:
    """A standing duty of the tenure: examined (latest review on record) or not."""

    duty: Duty
    post_id: UUID
    founds: bool
    review: StandingReview | None
    findings: tuple[NonPerformanceFinding, ...]


@dataclass(frozen=True, slots=True)
class Attestation:
    """The records of one official for one accident. It concludes nothing about the person."""

    official_id: UUID
    accident_at: datetime
    known_at: datetime
    window: Span
    catalogue_version: str
    obligations: tuple[AttestedObligation, ...]
    standing: tuple[AttestedDuty, ...]

    @property
    def lapses(self) -> tuple[AttestedObligation, ...]:
        """Lapses that may found something, as recorded now."""
        return tuple(row for row in self._lapsed() if row.obligation.founds)

    @property
    def undecided(self) -> tuple[AttestedObligation, ...]:
        """Lapses on which nobody has found either way: each suspends an exemption until somebody does."""
        return tuple(row for row in self.lapses if not row.findings)

    @property
    def reading_lapses(self) -> tuple[AttestedObligation, ...]:
        """Lapses under readings that nobody adopted: shown, founding nothing (art30)."""
        return tuple(row for row in self._lapsed() if not row.obligation.founds)

    @property
    def findings(self) -> tuple[NonPerformanceFinding, ...]:
        """Findings of non-performance against this official within the attestation."""
        rows: tuple[AttestedObligation | AttestedDuty, ...] = (*self.obligations, *self.standing)
        return tuple(finding for row in rows for finding in row.findings if not finding.clears)

    @property
    def unexamined(self) -> tuple[AttestedDuty, ...]:
        """Binding standing duties that nobody found performed or not applicable: not examined, unclear, or wanting."""
        return tuple(
            row
            for row in self.standing
            if row.founds and (row.review is None or row.review.outcome not in _EXAMINED_WELL)
        )

    @property
    def whole(self) -> bool:
        """Whether nothing is open: no lapse undecided, no finding, standing duties examined as performed."""
        return not (self.undecided or self.findings or self.unexamined)

    def _lapsed(self) -> tuple[AttestedObligation, ...]:
        return tuple(row for row in self.obligations if row.now.status is ObligationStatus.LAPSED)


@dataclass(frozen=True, slots=True)
class Conduct:
    """Everything on record from which an attestation is drawn."""

    seats: Sequence[Seat]
    records: Records
    reviews: Sequence[StandingReview] = ()
    findings: Sequence[NonPerformanceFinding] = ()
    adoptions: Sequence[Adoption] = ()


@cites("art26", "art28")
def attest(
    official_id: UUID,
    accident_at: datetime,
    conduct: Conduct,
    catalogue: Catalogue,
    *,
    known_at: datetime,
    defaults: Defaults = DEFAULTS,
) -> Attestation:
    """The attestation of an official for an accident, as known at `known_at`.

    Own tenure only. An obligation is in it when its period ended before the accident's day, within the
    look-back window, and the official held the post on some day of it. An act recorded after the accident
    counts if verified.
    """
    accident_day = shanghai_day(accident_at)
    window = Span(months_before(accident_day, defaults.look_back_months), accident_day)
    person = {official_id}.union(*(item.ids for item in conduct.records.incumbencies if item.is_of(official_id)))
    drawn = replace(
        conduct,
        findings=tuple(item for item in conduct.findings if item.official_id in person and item.stands(known_at)),
        reviews=[item for item in conduct.reviews if item.official_id in person and item.recorded_at <= known_at],
        records=_known(conduct.records, known_at),
    )
    rows: list[AttestedObligation] = []
    standing: list[AttestedDuty] = []
    for seat in conduct.seats:
        tenure = [
            item
            for item in conduct.records.incumbencies
            if item.is_of(official_id) and item.post_id == seat.post.id and item.span.overlaps(window)
        ]
        if tenure:
            due = _due(seat, tenure, catalogue, window, conduct, defaults)
            rows += [_row(item, tenure, accident_at, drawn, known_at, defaults) for item in due]
            standing += _standing(seat, tenure, catalogue, window, drawn)
    rows.sort(key=lambda row: (row.obligation.period.to_day, row.obligation.key))
    return Attestation(official_id, accident_at, known_at, window, catalogue.version, tuple(rows), tuple(standing))


def _known(records: Records, known_at: datetime) -> Records:
    return replace(records, performances=[act for act in records.performances if act.recorded_at <= known_at])


def _due(
    seat: Seat,
    tenure: Sequence[Incumbency],
    catalogue: Catalogue,
    window: Span,
    conduct: Conduct,
    defaults: Defaults,
) -> list[Obligation]:
    """Obligations due in the window, of periods with a day of the official's own tenure."""
    last = window.to_day or date.max
    owed = obligations_of_post(
        seat,
        catalogue,
        window.from_day,
        last,
        adoptions=conduct.adoptions,
        effective_from=defaults.effective_from,
    )
    return [item for item in owed if item.period.to_day < last and days_held(tenure, item.period)]


def _row(
    obligation: Obligation,
    tenure: Sequence[Incumbency],
    accident_at: datetime,
    conduct: Conduct,
    known_at: datetime,
    defaults: Defaults,
) -> AttestedObligation:
    day = shanghai_day(accident_at)
    then = report(obligation, conduct.records, View(day, accident_at, defaults, show_later=True))
    now = report(obligation, conduct.records, View(day, known_at, defaults, verify_after=accident_at))
    return AttestedObligation(
        obligation=obligation,
        days_in_post=days_held(tenure, obligation.period),
        then=then,
        now=now,
        differences=_differences(then, now, accident_at),
        findings=tuple(item for item in conduct.findings if item.obligation_id == obligation.id),
    )


def _differences(then: ObligationReport, now: ObligationReport, accident_at: datetime) -> frozenset[Difference]:
    """Marks only for acts that count, would count if verified, or counted before they were corrected."""
    marks: set[Difference] = set()
    if any(item.performance.recorded_at > accident_at for item in now.counted):
        marks.add(Difference.RECORDED_AFTER_ACCIDENT)
    for act in now.not_counted:
        if act.reason is NotCounted.NEEDS_REVIEW and act.performance.recorded_at > accident_at:
            marks |= {Difference.RECORDED_AFTER_ACCIDENT, Difference.NOT_VERIFIED}
    counted_then = {item.performance.id for item in then.counted}
    gone = {NotCounted.WITHDRAWN, NotCounted.SUPERSEDED}
    if any(item.reason in gone and item.performance.id in counted_then for item in now.not_counted):
        marks.add(Difference.CORRECTED_AFTER_ACCIDENT)
    if then.status is not now.status:
        marks.add(Difference.STATUS_CHANGED)
    return frozenset(marks)


@cites("art26")
def _standing(
    seat: Seat,
    tenure: Sequence[Incumbency],
    catalogue: Catalogue,
    window: Span,
    conduct: Conduct,
) -> list[AttestedDuty]:
    """Standing duties of the tenure within the window, each with the review and the findings that tell of it."""
    last = window.to_day or date.max
    rows: dict[str, AttestedDuty] = {}
    for item in tenure:
        held = Span(max(item.span.from_day, window.from_day), min(item.span.to_day or last, last))
        for duty, bound in duties_between(seat, catalogue, held, conduct.adoptions):
            if duty.standing:
                before = duty.id in rows and rows[duty.id].founds
                rows[duty.id] = _attested(duty, seat, bound or before, window, conduct)
    return list(rows.values())


def _attested(duty: Duty, seat: Seat, bound: bool, window: Span, conduct: Conduct) -> AttestedDuty:
    about = (seat.post.id, duty.id)
    reviews = [item for item in conduct.reviews if (item.post_id, item.duty_id) == about and item.span.overlaps(window)]
    found = tuple(
        item
        for item in conduct.findings
        if item.obligation_id is None and (item.post_id, item.duty_id) == about and item.span.overlaps(window)
    )
    return AttestedDuty(duty, seat.post.id, bound, _telling(reviews), found)


def _telling(reviews: Sequence[StandingReview]) -> StandingReview | None:
    """The latest review; a wanting one of other days before it, which no later one of those days has replaced."""
    stand = [
        item
        for item in reviews
        if not any(other.span.overlaps(item.span) and _recorded(other) > _recorded(item) for other in reviews)
    ]
    return max(stand, key=lambda item: (item.outcome not in _EXAMINED_WELL, *_recorded(item)), default=None)


def _recorded(review: StandingReview) -> tuple[datetime, UUID]:
    return review.recorded_at, review.id
