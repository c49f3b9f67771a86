"""What is on record beside the acts: impediments, filings with their receipts, attachments."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.duties.facts import ActKind, Capacity, Correction, Evidence, Recipient
from shared.roster.facts import Span


@dataclass(frozen=True, slots=True)
class Draft:
    """An act as somebody wants to record it; `organ_id` is by default that of the first capacity."""

    act: ActKind
    day: date
    capacities: tuple[Capacity, ...]
    evidence: tuple[Evidence, ...] = ()
    presided_by: UUID | None = None
    led_by: UUID | None = None
    performed_by: UUID | None = None
    organ_id: UUID | None = None
    place: str = ""
    participants: tuple[UUID, ...] = ()
    agenda: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class Impediment:
    """What stood in the way (illness, secondment …), as recorded; accepted, it excuses one obligation.

    One that is accepted for several obligations appears once for each, and once more as it was recorded.
    """

    id: UUID
    post_id: UUID
    span: Span
    description: str
    recorded_at: datetime
    official_id: UUID | None = None
    obligation_id: UUID | None = None
    accepted_by: str | None = None
    accepted_at: datetime | None = None
    corrected: Correction | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The safety committee's office accepted an impediment for one obligation; it is excused from then on."""

    obligation_id: UUID
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class RecordedImpediment:
    """An impediment as its record stands, with everything that it was accepted for; evidence by its SHA-256."""

    id: UUID
    post_id: UUID
    official_id: UUID | None
    span: Span
    description: str
    recorded_by: str
    recorded_at: datetime
    evidence: tuple[str, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    withdrawn: Correction | None = None
    exercise: bool = False

    def facts(self) -> tuple[Impediment, ...]:
        """What the rules of status read: the impediment, and once more for each obligation that it excuses."""
        bare = Impediment(
            id=self.id,
            post_id=self.post_id,
            span=self.span,
            description=self.description,
            recorded_at=self.recorded_at,
            official_id=self.official_id,
            corrected=self.withdrawn,
        )
        accepted = (
            replace(bare, obligation_id=one.obligation_id, accepted_by=one.by, accepted_at=one.at)
            for one in self.accepted
        )
        return (bare, *accepted)


@dataclass(frozen=True, slots=True)
class Receipt:
    """回执: the recipient confirms that a filing arrived, under a number of its own."""

    number: str
    received_on: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """备案: a document sent to one body. `obligation_id` says what it is about; each recipient has a filing of its own.

    `returned`: the recipient sent it back, and why; what was filed again is another filing, with its own day.
    """

    id: UUID
    obligation_id: UUID
    relation: Recipient
    recipient_organ_id: UUID
    filed_on: date
    recorded_at: datetime
    sha256: str
    corrected: Correction | None = None
    post_id: UUID | None = None
    duty_id: str = ""
    clause: str = ""
    period_start: date | None = None
    period_end: date | None = None
    performance_id: UUID | None = None
    recorded_by: str = ""
    receipt: Receipt | None = None
    returned: Correction | None = None
    exercise: bool = False

    @property
    def stands(self) -> bool:
        """Whether it was neither returned nor taken back."""
        return self.returned is None and self.corrected is None


class FilingStatus(StrEnum):
    """State of a filing that a duty asks for, on a day; it never unmakes a timely act."""

    NOT_DUE = "not_due"
    DUE = "due"
    OVERDUE = "overdue"
    FILED = "filed"
    FILED_LATE = "filed_late"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class FilingReport:
    """One filing asked for: with whom by relation, by when (a default), how it stands, and every filing on record."""

    obligation_id: UUID
    post_id: UUID
    duty_id: str
    clause: str
    period_label: str
    relation: Recipient
    due_on: date
    status: FilingStatus
    recipient_ids: tuple[UUID, ...]
    recipient_zh: str
    filing: Filing | None
    earlier: tuple[Filing, ...]
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """附件: a document outside the database, under its SHA-256; no file name is kept, for it could tell a number.

    `sm3` where whoever stored it asked for it; both are checked at every download. `size` in bytes.
    """

    id: UUID
    sha256: str
    size: int
    media_type: str
    region_code: str
    recorded_by: str
    recorded_at: datetime
    sm3: str | None = None
    exercise: bool = False
