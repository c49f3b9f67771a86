"""Reviews of standing duties, and findings of non-performance."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts import NonPerformanceFinding, StandingOutcome, StandingReview
from services.duties.facts.findings import AppealOutcome
from services.duties.facts.stored import Stored
from services.duties.facts.years import StandingYear
from services.duties.schemas.common import DutyId, Request, Sha256, Text, View, cited
from shared.kernel.problems import BasisView


class StandingReviewIn(Request):
    """常设职责审查 · How an official performed a standing duty in a span, as the reviewer sees it."""

    official_id: UUID
    post_id: UUID
    duty_id: DutyId = Field(examples=["art8.1"])
    from_day: date
    to_day: date
    outcome: StandingOutcome = Field(examples=["performed"])
    note: Text = ""
    evidence: list[Sha256] = Field([], max_length=50, description="证据摘要 · Digests of the evidence")
    heard_on: date | None = Field(None, description="听取本人意见之日 · When the holder was heard")
    statement: Text = Field("", description="本人意见 · What the holder said")


class StandingReviewView(BaseModel):
    """常设职责审查 · A review; by itself no finding."""

    id: UUID
    version: int
    official_id: UUID
    post_id: UUID
    duty_id: str
    from_day: date
    to_day: date | None
    outcome: str
    note: str
    evidence: list[str]
    heard_on: date | None
    statement: str
    reviewed_by: str
    recorded_at: datetime
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: Stored[StandingReview]) -> "StandingReviewView":
        """The view of a review."""
        fact = stored.fact
        return cls(
            id=fact.id,
            version=stored.version,
            official_id=fact.official_id,
            post_id=fact.post_id,
            duty_id=fact.duty_id,
            from_day=fact.span.from_day,
            to_day=fact.span.to_day,
            outcome=fact.outcome.value,
            note=fact.note,
            evidence=list(fact.evidence),
            heard_on=fact.heard_on,
            statement=fact.statement,
            reviewed_by=fact.reviewed_by,
            recorded_at=fact.recorded_at,
            exercise=fact.exercise,
            basis=cited(["art26"]),
        )


class FindingIn(Request):
    """未履职认定 · What a competent organ found after hearing the person; `performed` clears them."""

    official_id: UUID
    post_id: UUID
    duty_id: DutyId = Field(examples=["art10.2a"])
    obligation_id: UUID | None = Field(None, description="定期职责必填 · Needed for a periodic duty")
    period_start: date
    period_end: date
    organ_id: UUID = Field(description="认定机关 · The competent organ")
    reasons: Text
    heard_on: date | None = Field(None, description="听取本人陈述之日 · When the person was heard")
    statement: Text = Field("", description="本人陈述 · What the person said")
    decided_on: date
    outcome: Literal["not_performed", "performed"] = "not_performed"
    accident_id: UUID | None = None


class AppealIn(Request):
    """申诉 · The official's objection."""

    filed_on: date
    statement: Text


class AppealDecisionIn(Request):
    """申诉决定 · What another competent organ decided."""

    organ_id: UUID
    outcome: AppealOutcome = Field(examples=["upheld"])
    reasons: Text
    decided_on: date


class AppealDecisionView(View):
    """申诉决定 · The decision."""

    organ_id: UUID
    outcome: AppealOutcome
    reasons: str
    decided_on: date
    recorded_at: datetime


class AppealView(View):
    """申诉 · An appeal, and the decision on it."""

    filed_on: date
    statement: str
    recorded_at: datetime
    decision: AppealDecisionView | None


class FindingView(BaseModel):
    """未履职认定 · A finding."""

    id: UUID
    version: int
    official_id: UUID
    post_id: UUID
    duty_id: str
    obligation_id: UUID | None
    period_start: date
    period_end: date | None
    organ_id: UUID
    reasons: str
    heard_on: date | None
    statement: str
    decided_on: date
    outcome: Literal["not_performed", "performed"]
    accident_id: UUID | None
    recorded_at: datetime
    appeal: AppealView | None
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: Stored[NonPerformanceFinding]) -> "FindingView":
        """The view of a finding."""
        fact = stored.fact
        return cls(
            id=fact.id,
            version=stored.version,
            official_id=fact.official_id,
            post_id=fact.post_id,
            duty_id=fact.duty_id,
            obligation_id=fact.obligation_id,
            period_start=fact.span.from_day,
            period_end=fact.span.to_day,
            organ_id=fact.organ_id,
            reasons=fact.reasons,
            heard_on=fact.heard_on,
            statement=fact.statement,
            decided_on=fact.decided_on,
            outcome="performed" if fact.clears else "not_performed",
            accident_id=fact.accident_id,
            recorded_at=fact.recorded_at,
            appeal=AppealView.model_validate(fact.appeal) if fact.appeal else None,
            exercise=fact.exercise,
            basis=cited(["art21.1", "art29"]),
        )


class StandingYearView(BaseModel):
    """常设职责年度情况 · One standing duty of a holder in a year, with its newest review."""

    duty_id: str
    clause: str
    official_id: UUID
    from_day: date
    to_day: date | None
    review: StandingReviewView | None
    basis: list[BasisView]

    @classmethod
    def of(cls, row: StandingYear) -> "StandingYearView":
        """The view of one row."""
        return cls(
            duty_id=row.duty.id,
            clause=row.duty.clause,
            official_id=row.official_id,
            from_day=row.span.from_day,
            to_day=row.span.to_day,
            review=StandingReviewView.of(Stored(row.review, (), 1)) if row.review else None,
            basis=cited([row.duty.clause]),
        )
