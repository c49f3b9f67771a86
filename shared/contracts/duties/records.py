"""What duties says about records beside the acts: impediments, filings with their receipts, attachments."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.duties.base import CorrectionPart, DutiesEvent, Part


class AcceptancePart(Part):
    """The safety committee's office accepted an impediment for one obligation."""

    obligation_id: UUID
    by: str
    at: datetime
    reason: str


class ImpedimentState(DutiesEvent):
    """履职障碍: what stood in the way of a post's duties; only an acceptance excuses, and only its obligation."""

    AGGREGATE: ClassVar[str] = "impediment"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art28",)

    post_id: UUID
    official_id: UUID | None = None
    from_day: date
    to_day: date | None = None
    description: str
    recorded_by: str
    recorded_at: datetime
    evidence: tuple[str, ...] = ()
    accepted: tuple[AcceptancePart, ...] = ()
    withdrawn: CorrectionPart | None = None


class ImpedimentRecorded(ImpedimentState):
    """An impediment was recorded; it excuses nothing yet."""

    NAME: ClassVar[str] = "recorded"


class ImpedimentAccepted(ImpedimentState):
    """It was accepted for one more obligation."""

    NAME: ClassVar[str] = "accepted"


class ImpedimentWithdrawn(ImpedimentState):
    """It was withdrawn; it stays readable, and what it excused is excused no more."""

    NAME: ClassVar[str] = "withdrawn"


class ReceiptPart(Part):
    """The recipient confirmed that a filing arrived, under a number of its own."""

    number: str
    received_on: date
    by: str
    at: datetime


class FilingState(DutiesEvent):
    """备案 with one body: what was sent, when, and whether it was confirmed or returned.

    `recipient_path` holds the codes of the recipient's administrative ancestors. What is filed again after a return
    is another filing.
    """

    AGGREGATE: ClassVar[str] = "filing"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "obligation_id", "duty_id", "clause", "relation", "recipient_organ_id", "filed_on"}
    )
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art6.5", "art9.6")

    obligation_id: UUID
    post_id: UUID
    duty_id: str
    clause: str
    period_start: date
    period_end: date
    relation: str
    recipient_organ_id: UUID
    recipient_path: tuple[str, ...]
    filed_on: date
    sha256: str
    performance_id: UUID | None = None
    recorded_by: str
    recorded_at: datetime
    receipt: ReceiptPart | None = None
    returned: CorrectionPart | None = None
    corrected: CorrectionPart | None = None


class FilingFiled(FilingState):
    """A document was filed with the body that the statute names."""

    NAME: ClassVar[str] = "filed"


class FilingReceived(FilingState):
    """The recipient confirmed it."""

    NAME: ClassVar[str] = "received"


class FilingReturned(FilingState):
    """The recipient sent it back, and why; the filing is missing again."""

    NAME: ClassVar[str] = "returned"


class FilingWithdrawn(FilingState):
    """Whoever filed it took it back."""

    NAME: ClassVar[str] = "withdrawn"


class AttachmentState(DutiesEvent):
    """附件: a document outside the database, under its digest; never its content, never a file name."""

    AGGREGATE: ClassVar[str] = "attachment"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art28",)

    sha256: str
    sm3: str | None = None
    size: int
    media_type: str
    region_code: str
    recorded_by: str
    recorded_at: datetime


class AttachmentStored(AttachmentState):
    """A document was stored."""

    NAME: ClassVar[str] = "stored"
