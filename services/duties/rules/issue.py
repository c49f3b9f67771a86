"""An attestation as it leaves the house: every row of the answer in words that last."""

from uuid import UUID

from services.duties.facts import NonPerformanceFinding
from services.duties.facts.attested import (
    CountedAct,
    FindingOnRecord,
    IssuedAttestation,
    LapseOnRecord,
    ObligationOnRecord,
    Outcome,
    StandingOnRecord,
    StatusOnRecord,
    UncountedAct,
)
from services.duties.facts.reports import ObligationReport
from services.duties.rules.attestation import Attestation, AttestedDuty, AttestedObligation, Conduct
from services.duties.rules.obligations import Seat
from shared.statute.clauses import cites


@cites("art26")
def issue(
    identity: UUID, accident_id: UUID, seat: Seat, drawn: Attestation, conduct: Conduct, look_back_months: int
) -> IssuedAttestation:
    """The attestation of one post, frozen. ValueError where the post has no region on the day of the accident."""
    day = drawn.window.to_day or drawn.accident_at.date()
    region = seat.region_on(day)
    if region is None:
        raise ValueError(f"post {seat.post.id} lies nowhere on {day}")
    return IssuedAttestation(
        id=identity,
        path=region.path,
        exercise=seat.post.exercise,
        accident_id=accident_id,
        accident_at=drawn.accident_at,
        official_id=drawn.official_id,
        post_id=seat.post.id,
        appointment_ids=tuple(
            item.appointment_id
            for item in sorted(conduct.records.incumbencies, key=lambda item: item.span.from_day)
            if item.is_of(drawn.official_id) and item.post_id == seat.post.id and item.span.overlaps(drawn.window)
        ),
        window_from=drawn.window.from_day,
        window_to=day,
        look_back_months=look_back_months,
        whole=drawn.whole,
        lapses=tuple(_lapse(row) for row in drawn.undecided),
        unexamined=tuple(row.duty.id for row in drawn.unexamined),
        findings=tuple(_finding(item) for item in drawn.findings),
        obligations=tuple(_obligation(row) for row in drawn.obligations),
        standing=tuple(_standing(row) for row in drawn.standing),
        known_at=drawn.known_at,
        catalogue_version=drawn.catalogue_version,
    )


def _lapse(row: AttestedObligation) -> LapseOnRecord:
    owed = row.obligation
    return LapseOnRecord(owed.id, owed.duty_id, owed.clause, owed.period.from_day, owed.period.to_day)


def _finding(found: NonPerformanceFinding) -> FindingOnRecord:
    outcome: Outcome = "performed" if found.clears else "not_performed"
    return FindingOnRecord(found.id, outcome, found.organ_id, found.decided_on, found.obligation_id, found.duty_id)


def _obligation(row: AttestedObligation) -> ObligationOnRecord:
    owed = row.obligation
    return ObligationOnRecord(
        obligation_id=owed.id,
        requirement_id=owed.requirement_id,
        duty_id=owed.duty_id,
        clause=owed.clause,
        basis=owed.basis.kind.value,
        founds=owed.founds,
        period_start=owed.period.from_day,
        period_end=owed.period.to_day,
        days_in_post=row.days_in_post,
        then=_status(row.then),
        now=_status(row.now),
        differences=tuple(sorted(item.value for item in row.differences)),
        findings=tuple(_finding(item) for item in row.findings),
    )


def _status(shown: ObligationReport) -> StatusOnRecord:
    counted = tuple(
        CountedAct(
            one.performance.id,
            one.performance.act.value,
            one.performance.day,
            one.performance.recorded_at,
            one.late_recorded,
        )
        for one in shown.counted
    )
    uncounted = tuple(
        UncountedAct(
            one.performance.id,
            one.performance.act.value,
            one.performance.day,
            one.performance.recorded_at,
            one.reason.value,
        )
        for one in shown.not_counted
    )
    return StatusOnRecord(shown.status.value, counted, uncounted)


def _standing(row: AttestedDuty) -> StandingOnRecord:
    return StandingOnRecord(
        duty_id=row.duty.id,
        clause=row.duty.clause,
        founds=row.founds,
        examined=row.review is not None,
        outcome=row.review.outcome.value if row.review else None,
        review_id=row.review.id if row.review else None,
        findings=tuple(_finding(item) for item in row.findings),
    )
