"""Impediments and their acceptance."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts.records import RecordedImpediment
from services.duties.facts.stored import Stored
from services.duties.schemas.attachments import HexDigest
from services.duties.schemas.common import CorrectionView, Request, ShortText, View, WrittenDay, cited
from shared.kernel.problems import BasisView


class ImpedimentIn(Request):
    """登记履职障碍 · What stands in the way: illness, secondment, disaster …; it excuses nothing by itself."""

    post_id: UUID
    official_id: UUID | None = Field(None, description="涉及的任职者 · Whose, if somebody's")
    from_day: WrittenDay = Field(examples=["2026-02-01"])
    to_day: WrittenDay | None = None
    description: Annotated[str, Field(min_length=1, max_length=500, examples=["住院治疗"])]
    evidence: Annotated[list[HexDigest], Field(max_length=20)] = Field([], description="摘要 · Digests")


class AcceptanceIn(Request):
    """就某项任务采纳 · Accepted for one obligation."""

    obligation_id: UUID
    period_start: WrittenDay = Field(examples=["2026-01-01"])
    reason: ShortText = Field(examples=["住院期间无法主持会议，已由他人代行"])


class ReasonIn(Request):
    """理由 · A reason."""

    reason: ShortText = Field(examples=["登记有误"])


class AcceptanceView(View):
    """采纳 · An acceptance."""

    obligation_id: UUID
    by: str
    at: datetime
    reason: str


class ImpedimentView(BaseModel):
    """履职障碍 · An impediment as its record stands."""

    id: UUID
    version: int
    post_id: UUID
    official_id: UUID | None
    from_day: date
    to_day: date | None
    description: str
    evidence: list[str]
    accepted: list[AcceptanceView]
    withdrawn: CorrectionView | None
    recorded_by: str
    recorded_at: datetime
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: Stored[RecordedImpediment]) -> "ImpedimentView":
        """The view of an impediment."""
        fact = stored.fact
        return cls(
            id=fact.id,
            version=stored.version,
            post_id=fact.post_id,
            official_id=fact.official_id,
            from_day=fact.span.from_day,
            to_day=fact.span.to_day,
            description=fact.description,
            evidence=list(fact.evidence),
            accepted=[AcceptanceView.model_validate(one) for one in fact.accepted],
            withdrawn=CorrectionView.model_validate(fact.withdrawn) if fact.withdrawn else None,
            recorded_by=fact.recorded_by,
            recorded_at=fact.recorded_at,
            exercise=fact.exercise,
            basis=cited(["art28"]),
        )
