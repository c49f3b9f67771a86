"""Exemptions of those who performed their duties."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.discipline.facts import ExemptionOutcome, ExemptionPoint, Ground, InvestigationFinding
from services.discipline.schemas.common import AnswerView, Body, Reason, Words, basis_views
from shared.contracts.discipline import ExemptionState, InvestigationFindingPart
from shared.kernel.problems import BasisView

ExemptionStatus = Literal["requested", "suspended", "granted", "refused"]


class ExemptionIn(Body):
    """免责申请 · Of one official in one post for one accident."""

    official_id: UUID
    post_id: UUID
    accident_id: UUID
    ground: Ground = Field(Ground.ACCIDENT, description="免责只及于第四项 · Only ground (四) can be exempted")
    investigating_organ_id: UUID
    statement: Words = ""


class PointIn(Body):
    """一项查实 · One of the three findings."""

    point: ExemptionPoint
    performed: bool
    reasons: Reason = Field(examples=["（演练）调查报告第三部分"])


class PointsIn(Body):
    """查实结论 · What the investigating organ found."""

    organ_id: UUID
    findings: Annotated[list[PointIn], Field(min_length=1, max_length=3)]

    def facts(self) -> list[InvestigationFinding]:
        """The findings for rules."""
        return [InvestigationFinding(one.point, one.performed, self.organ_id, one.reasons) for one in self.findings]


class AnswerIn(Body):
    """登记结论 · The outcome that a person records, with reasons."""

    outcome: ExemptionOutcome = Field(examples=["granted"])
    reasons: Reason


class ExemptionView(BaseModel):
    """尽职免责 · What was recorded, and what the file carries now."""

    id: UUID
    official_id: UUID
    post_id: UUID
    accident_id: UUID
    ground: str
    investigating_organ_id: UUID
    statement: str
    requested_by: str
    requested_on: date
    status: str = Field(examples=["requested"])
    findings: list[InvestigationFindingPart]
    answered_by: str | None
    answered_on: date | None
    answer_reasons: str | None
    code: str | None
    duties: list[str]
    attestation_digest: str | None = Field(description="所依据的证明 · The attestation it was answered on")
    assessment: AnswerView
    newest_attestation_id: UUID | None
    newest_attestation_digest: str | None
    exercise: bool
    version: int
    recorded_at: datetime
    basis: list[BasisView]

    @classmethod
    def of(
        cls,
        state: ExemptionState,
        version: int,
        recorded_at: datetime,
        *,
        assessment: AnswerView,
        attestation: tuple[UUID | None, str | None],
    ) -> "ExemptionView":
        """The exemption as people read it."""
        return cls(
            **state.model_dump(exclude={"basis"}),
            version=version,
            recorded_at=recorded_at,
            assessment=assessment,
            newest_attestation_id=attestation[0],
            newest_attestation_digest=attestation[1],
            basis=basis_views(state.basis),
        )


class ExemptionRow(BaseModel):
    """免责列表项 · An exemption in a list."""

    id: UUID
    official_id: UUID
    post_id: UUID
    accident_id: UUID
    status: str
    requested_on: date
    duties: list[str]
    exercise: bool
    version: int
