"""Filings, receipts, returns, and how each filing stands."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts import Recipient
from services.duties.facts.records import Filing, FilingReport
from services.duties.facts.stored import Stored
from services.duties.schemas.attachments import HexDigest
from services.duties.schemas.common import CorrectionView, Request, View, WrittenDay, cited
from shared.kernel.problems import BasisView


class FilingIn(Request):
    """报送备案 · A document filed with one body; each recipient gets a filing of its own."""

    post_id: UUID
    obligation_id: UUID
    period_start: WrittenDay = Field(examples=["2024-01-01"])
    relation: Recipient = Field(examples=["safety_committee_one_level_up"])
    recipient_organ_id: UUID = Field(description="报送的机关 · A wrong one is refused, the right one named")
    filed_on: WrittenDay = Field(examples=["2024-07-05"])
    sha256: HexDigest = Field(examples=["0f" * 32])
    performance_id: UUID | None = Field(None, description="所附履职记录 · The act whose result it carries")


class ReceiptIn(Request):
    """回执 · A receipt."""

    number: Annotated[str, Field(min_length=1, max_length=100, examples=["演安委备〔2024〕12号"])]
    received_on: WrittenDay = Field(examples=["2024-07-08"])


class ReceiptView(View):
    """回执 · A receipt."""

    number: str
    received_on: date
    by: str
    at: datetime


class FilingView(BaseModel):
    """备案 · A filing with one body."""

    id: UUID
    version: int | None
    obligation_id: UUID
    post_id: UUID | None
    duty_id: str
    period_start: date | None
    period_end: date | None
    relation: str
    recipient_organ_id: UUID
    filed_on: date
    sha256: str
    performance_id: UUID | None
    receipt: ReceiptView | None
    returned: CorrectionView | None
    corrected: CorrectionView | None
    recorded_by: str
    recorded_at: datetime
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: Stored[Filing]) -> "FilingView":
        """The view of a filing."""
        return cls.shown(stored.fact, stored.version)

    @classmethod
    def shown(cls, fact: Filing, version: int | None = None) -> "FilingView":
        """The view of a filing as it was known at a moment, then without version."""
        return cls(
            id=fact.id,
            version=version,
            obligation_id=fact.obligation_id,
            post_id=fact.post_id,
            duty_id=fact.duty_id,
            period_start=fact.period_start,
            period_end=fact.period_end,
            relation=fact.relation.value,
            recipient_organ_id=fact.recipient_organ_id,
            filed_on=fact.filed_on,
            sha256=fact.sha256,
            performance_id=fact.performance_id,
            receipt=ReceiptView.model_validate(fact.receipt) if fact.receipt else None,
            returned=CorrectionView.model_validate(fact.returned) if fact.returned else None,
            corrected=CorrectionView.model_validate(fact.corrected) if fact.corrected else None,
            recorded_by=fact.recorded_by,
            recorded_at=fact.recorded_at,
            exercise=fact.exercise,
            basis=cited([fact.clause]),
        )


class FilingReportView(BaseModel):
    """应报备案及其状态 · A filing that a duty asks for: with whom, by when, and how it stands."""

    obligation_id: UUID
    post_id: UUID
    duty_id: str = Field(examples=["art6.5b"])
    period: str = Field(examples=["2024-H1"])
    relation: str
    due_on: date
    status: str = Field(examples=["overdue"])
    recipient_ids: list[UUID] = Field(description="应报机关；未登记则为空 · The right bodies; none where unregistered")
    recipient: str = Field(examples=["雄安新区安全生产委员会"])
    filing: FilingView | None
    earlier: list[FilingView] = Field(description="已退回或撤回的 · Returned or withdrawn ones")
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, found: FilingReport) -> "FilingReportView":
        """The view of a report; the deadline is a default, because the statute names no day."""
        return cls(
            obligation_id=found.obligation_id,
            post_id=found.post_id,
            duty_id=found.duty_id,
            period=found.period_label,
            relation=found.relation.value,
            due_on=found.due_on,
            status=found.status.value,
            recipient_ids=list(found.recipient_ids),
            recipient=found.recipient_zh,
            filing=FilingView.shown(found.filing) if found.filing else None,
            earlier=[FilingView.shown(one) for one in found.earlier],
            exercise=found.exercise,
            basis=[
                *cited([found.clause]),
                BasisView(clause=found.clause, kind="default", note="due_on is configuration"),
            ],
        )


class FilingReports(BaseModel):
    """当年应报备案 · The filings of a year, as of a day and as known at a moment."""

    items: list[FilingReportView]
    as_of: date
    known_at: datetime
