"""What duties says happened: acts on record, reviews of standing duties, findings, attestations.

Nothing here names a person; nobody outside the services reads reviews, findings or attestations.
"""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.duties.base import CorrectionPart, DutiesEvent, Part


class CapacityPart(Part):
    """In which post somebody acted."""

    post_id: UUID
    appointment_id: UUID | None = None


class EvidencePart(Part):
    """A document by its SHA-256 (64 hex digits); a publication also has its day and place."""

    kind: str
    sha256: str
    day: date | None = None
    place: str | None = None


class VerificationPart(Part):
    """A reviewer confirmed the act."""

    by: str
    at: datetime


class PerformanceState(DutiesEvent):
    """履职记录: the full state of a recorded act; `recorded_at` is when it was recorded first.

    `participants` are officials; `place` is a name, never coordinates; `reviewer` was asked to confirm a late entry.
    """

    AGGREGATE: ClassVar[str] = "performance"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset({"id", "act", "day", "organ_id", "region_code"})
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art28",)

    act: str
    day: date
    organ_id: UUID
    region_code: str
    recorded_at: datetime
    recorded_by: str
    presided_by: UUID | None = None
    led_by: UUID | None = None
    performed_by: UUID | None = None
    capacities: tuple[CapacityPart, ...] = ()
    evidence: tuple[EvidencePart, ...] = ()
    place: str = ""
    participants: tuple[UUID, ...] = ()
    agenda: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    reviewer: str | None = None
    corrected: CorrectionPart | None = None
    verified: VerificationPart | None = None


class PerformanceRecorded(PerformanceState):
    """An act was recorded."""

    NAME: ClassVar[str] = "recorded"


class PerformanceWithdrawn(PerformanceState):
    """A record was withdrawn, or superseded by another one; it stays readable."""

    NAME: ClassVar[str] = "withdrawn"


class PerformanceVerified(PerformanceState):
    """A reviewer confirmed an act."""

    NAME: ClassVar[str] = "verified"


class StandingReviewState(DutiesEvent):
    """A reviewer examined how an official performed a standing duty; by itself no finding."""

    AGGREGATE: ClassVar[str] = "standing_review"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art26",)

    official_id: UUID
    post_id: UUID
    duty_id: str
    from_day: date
    to_day: date
    outcome: Literal["performed", "not_performed", "unclear", "not_applicable"]
    reviewed_by: str
    recorded_at: datetime
    note: str = ""
    evidence: tuple[str, ...] = ()
    heard_on: date | None = None
    statement: str = ""


class StandingReviewRecorded(StandingReviewState):
    """A review was recorded."""

    NAME: ClassVar[str] = "recorded"


class AppealDecisionPart(Part):
    """What another organ decided on an appeal: `upheld` or `revoked`, with reasons."""

    organ_id: UUID
    outcome: str
    reasons: str
    decided_on: date
    recorded_at: datetime


class AppealPart(Part):
    """The official's objection to a finding, and the decision on it once there is one."""

    filed_on: date
    statement: str
    recorded_at: datetime
    decision: AppealDecisionPart | None = None


class NonPerformanceState(DutiesEvent):
    """未履职认定: what a competent organ found about one official after hearing the person.

    `outcome` `performed` clears the person: the duty was performed, or the lapse is not theirs. `obligation_id` is
    `None` for a standing duty; then the period is that of the conduct.
    """

    AGGREGATE: ClassVar[str] = "nonperformance"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art21.1", "art29")

    official_id: UUID
    post_id: UUID
    obligation_id: UUID | None
    duty_id: str
    clause: str
    accident_id: UUID | None
    organ_id: UUID
    reasons: str
    heard_on: date
    statement: str
    decided_on: date
    period_start: date
    period_end: date
    outcome: Literal["not_performed", "performed"]
    recorded_at: datetime
    appeal: AppealPart | None = None

    @property
    def revoked(self) -> bool:
        """Whether an appeal ended the finding."""
        decision = self.appeal.decision if self.appeal else None
        return decision is not None and decision.outcome == "revoked"


class NonPerformanceFound(NonPerformanceState):
    """The organ found."""

    NAME: ClassVar[str] = "found"


class NonPerformanceAppealed(NonPerformanceState):
    """The official objected; the finding stands until it is decided."""

    NAME: ClassVar[str] = "appealed"


class NonPerformanceAppealDecided(NonPerformanceState):
    """Another organ decided on the appeal: upheld or revoked."""

    NAME: ClassVar[str] = "appeal_decided"


class LapsePart(Part):
    """An obligation without an act on record that may found something and on which nobody has found yet."""

    obligation_id: UUID
    duty_id: str
    clause: str
    period_start: date
    period_end: date


class CountedActPart(Part):
    """An act that counts."""

    performance_id: UUID
    act: str
    day: date
    recorded_at: datetime
    late_recorded: bool


class UncountedActPart(Part):
    """An act that was offered and does not count, and why."""

    performance_id: UUID
    act: str
    day: date
    recorded_at: datetime
    reason: str


class StatusPart(Part):
    """What the records show of an obligation at one moment."""

    status: str
    counted: tuple[CountedActPart, ...] = ()
    not_counted: tuple[UncountedActPart, ...] = ()


class AttestedFindingPart(Part):
    """A finding that concerns the row it stands in."""

    id: UUID
    outcome: Literal["not_performed", "performed"]
    organ_id: UUID
    decided_on: date
    obligation_id: UUID | None
    duty_id: str


class AttestedObligationPart(Part):
    """An obligation due by the accident: as recorded by the accident (`then`) and as recorded now.

    `founds`: the text binds, or a reading that was adopted (Art. 30); a lapse without it founds nothing.
    """

    obligation_id: UUID
    requirement_id: str
    duty_id: str
    clause: str
    basis: str
    founds: bool
    period_start: date
    period_end: date
    days_in_post: int
    then: StatusPart
    now: StatusPart
    differences: tuple[str, ...]
    findings: tuple[AttestedFindingPart, ...] = ()


class AttestedStandingPart(Part):
    """A standing duty of the tenure: examined, by which review with which outcome, or not."""

    duty_id: str
    clause: str
    founds: bool
    examined: bool
    outcome: str | None
    review_id: UUID | None
    findings: tuple[AttestedFindingPart, ...] = ()


class OutdatedPart(Part):
    """The accident as it was corrected since, and what of it the attestation no longer answers for."""

    accident_at: datetime
    accident_region: str | None
    accident_industry: str | None
    reason: str


class AttestationState(DutiesEvent):
    """The records of one official in one post for one accident; it concludes nothing about the person.

    `whole`: no lapse open, no finding against the official, every binding standing duty examined as performed.
    `window_from`/`window_to`: the look-back; `known_at`: what had been recorded by then is in it. `lapses` are the
    open ones; `unexamined` the ids of binding standing duties that nobody found performed; `findings` those of
    non-performance. `digest`: SHA-256 over the canonical JSON of every other field that is said; it names this version.
    `accident_at`, `accident_region` and `accident_industry` are those that it was made for.
    """

    AGGREGATE: ClassVar[str] = "attestation"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art26",)

    accident_id: UUID
    accident_at: datetime
    official_id: UUID
    post_id: UUID
    appointment_ids: tuple[UUID, ...]
    window_from: date
    window_to: date
    look_back_months: int
    whole: bool
    lapses: tuple[LapsePart, ...]
    unexamined: tuple[str, ...]
    findings: tuple[AttestedFindingPart, ...]
    obligations: tuple[AttestedObligationPart, ...]
    standing: tuple[AttestedStandingPart, ...]
    known_at: datetime
    catalogue_version: str
    digest: str
    void: str | None = None
    accident_region: str | None = None
    accident_industry: str | None = None
    outdated: OutdatedPart | None = None


class AttestationIssued(AttestationState):
    """An attestation was made because the official is listed in an accident's chain."""

    NAME: ClassVar[str] = "issued"


class AttestationRenewed(AttestationState):
    """It was computed again, as known at a later moment."""

    NAME: ClassVar[str] = "renewed"


class AttestationVoided(AttestationState):
    """The record of its accident was annulled: it attests nothing any more, and `void` says why."""

    NAME: ClassVar[str] = "voided"


class AttestationOutdated(AttestationState):
    """Its accident's time, place or industry was corrected: until it is renewed it is not current.

    `outdated` says what was corrected; without it, all was corrected back and it answers for the accident again.
    """

    NAME: ClassVar[str] = "outdated"


class EndingPart(Part):
    """A later document that ends an overlay; `by` is the subject who recorded it."""

    document: str
    issued_on: date
    by: str
    at: datetime


class OverlayState(DutiesEvent):
    """解释: a document that puts a reading of a duty into force, or sets a local default, from a day to a day.

    `kind` `interpretation`: the interpreter's own, after consulting; `local_default`: any other organ's, which founds
    nothing. `scope` is a tier or a region code, `territory` the region of the organ that issued it, `post_kind` the
    kind of post that it puts under a duty whose words leave it out.
    """

    AGGREGATE: ClassVar[str] = "overlay"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "kind", "duty_id", "scope", "post_kind", "from_day", "to_day", "document", "issued_on", "territory"}
    )
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art30",)

    kind: Literal["interpretation", "local_default"]
    duty_id: str
    scope: str
    from_day: date
    to_day: date | None
    document: str
    issued_on: date
    issuer_organ_id: UUID
    consulted_organ_id: UUID | None
    territory: str
    post_kind: str | None = None
    note: str = ""
    recorded_at: datetime
    recorded_by: str
    ended: EndingPart | None = None


class OverlayRecorded(OverlayState):
    """A document was recorded."""

    NAME: ClassVar[str] = "recorded"


class OverlayEnded(OverlayState):
    """A later document ends it; periods that began by its last day keep it."""

    NAME: ClassVar[str] = "ended"
