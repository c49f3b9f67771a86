"""Between facts and the events that carry them; an event holds all of its fact, so that each makes the other."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TypeVar

from pydantic import TypeAdapter

from services.duties.facts import (
    NonPerformanceFinding,
    Performance,
    Period,
    PeriodKind,
    StandingOutcome,
    StandingReview,
)
from services.duties.facts.attested import IssuedAttestation
from services.duties.facts.books import Books, BooksEntry
from services.duties.facts.findings import Appeal
from services.duties.facts.projected import Tally
from shared.contracts.duties import (
    AttestationState,
    NonPerformanceState,
    PerformanceState,
    StandingReviewRecorded,
    StandingReviewState,
)
from shared.contracts.duties.books import BooksState
from shared.roster.facts import Span

P = TypeVar("P", bound=PerformanceState)
A = TypeVar("A", bound=AttestationState)
N = TypeVar("N", bound=NonPerformanceState)
B = TypeVar("B", bound=BooksState)
_PERFORMANCE = TypeAdapter(Performance)
_ATTESTATION = TypeAdapter(IssuedAttestation)
_APPEAL: TypeAdapter[Appeal | None] = TypeAdapter(Appeal | None)


def performance_event(kind: type[P], act: Performance, path: Sequence[str]) -> P:
    """What happened to a performance, e.g. `performance_event(PerformanceRecorded, act, path)`."""
    return kind.model_validate(_PERFORMANCE.dump_python(act, mode="json") | {"path": tuple(path)})


def performance_of(event: PerformanceState) -> Performance:
    """The performance after the event."""
    return _PERFORMANCE.validate_python(event.model_dump())


def review_event(review: StandingReview, path: Sequence[str]) -> StandingReviewRecorded:
    """The review was recorded."""
    days = {"from_day": review.span.from_day, "to_day": review.span.to_day}
    return StandingReviewRecorded.model_validate(asdict(review) | days | {"path": tuple(path)})


def review_of(event: StandingReviewState) -> StandingReview:
    """The review in the event."""
    return StandingReview(
        id=event.id,
        official_id=event.official_id,
        post_id=event.post_id,
        duty_id=event.duty_id,
        span=Span(event.from_day, event.to_day),
        outcome=StandingOutcome(event.outcome),
        reviewed_by=event.reviewed_by,
        recorded_at=event.recorded_at,
        note=event.note,
        evidence=event.evidence,
        heard_on=event.heard_on,
        statement=event.statement,
        exercise=event.exercise,
    )


def finding_event(kind: type[N], found: NonPerformanceFinding, clause: str, path: Sequence[str]) -> N:
    """What happened to a finding; `clause` is that of the duty."""
    more = {
        "clause": clause,
        "path": tuple(path),
        "period_start": found.span.from_day,
        "period_end": found.span.to_day,
        "outcome": "performed" if found.clears else "not_performed",
    }
    return kind.model_validate(asdict(found) | more)


def finding_of(event: NonPerformanceState) -> NonPerformanceFinding:
    """The finding in the event."""
    return NonPerformanceFinding(
        id=event.id,
        official_id=event.official_id,
        post_id=event.post_id,
        duty_id=event.duty_id,
        obligation_id=event.obligation_id,
        span=Span(event.period_start, event.period_end),
        organ_id=event.organ_id,
        reasons=event.reasons,
        heard_on=event.heard_on,
        statement=event.statement,
        decided_on=event.decided_on,
        recorded_at=event.recorded_at,
        clears=event.outcome == "performed",
        accident_id=event.accident_id,
        appeal=_APPEAL.validate_python(event.appeal, from_attributes=True),
        exercise=event.exercise,
    )


def attestation_event(kind: type[A], issued: IssuedAttestation) -> A:
    """What happened to an attestation."""
    return kind.model_validate(asdict(issued))


def attestation_of(event: AttestationState) -> IssuedAttestation:
    """The attestation after the event."""
    return _ATTESTATION.validate_python(event.model_dump())


def books_event(kind: type[B], fact: Books, path: Sequence[str], tallies: Sequence[Tally]) -> B:
    """What happened to the books of a period."""
    return kind.model_validate(
        {
            "id": fact.id,
            "path": tuple(path),
            "exercise": fact.exercise,
            "region_code": fact.region_code,
            "period": fact.period.label,
            "period_kind": fact.period.kind.value,
            "from_day": fact.period.from_day,
            "to_day": fact.period.to_day,
            "closed": fact.closed,
            "entries": [asdict(one) for one in fact.entries],
            "organs": [{"organ_id": one.key, "statuses": one.statuses, "founding": one.founding} for one in tallies],
        }
    )


def books_of(event: BooksState) -> Books:
    """The books after the event."""
    entries = tuple(BooksEntry(one.closed, one.at, one.by, one.reason) for one in event.entries)
    period = Period(PeriodKind(event.period_kind), event.from_day, event.to_day)
    return Books(event.region_code, period, entries, event.exercise)
