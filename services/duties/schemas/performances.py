"""Acts on record."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts import ActKind, Capacity, Evidence, EvidenceKind, Performance
from services.duties.facts.records import Draft
from services.duties.facts.stored import Stored
from services.duties.schemas.common import (
    CorrectionView,
    Request,
    Sha256,
    ShortText,
    VerificationView,
    View,
    WrittenDay,
    cited,
)
from shared.kernel.problems import BasisView

Lines = Annotated[list[Annotated[str, Field(min_length=1, max_length=1000)]], Field(max_length=50)]


class CapacityIn(Request):
    """以何岗位履职 · In which post somebody acted."""

    post_id: UUID
    appointment_id: UUID | None = None

    def fact(self) -> Capacity:
        """The fact."""
        return Capacity(self.post_id, self.appointment_id)


class EvidenceIn(Request):
    """证据摘要 · A document by its digest; a publication also has its day and place."""

    kind: EvidenceKind = Field(examples=["minutes"])
    sha256: Sha256 = Field(examples=["0f" * 32])
    day: WrittenDay | None = None
    place: Annotated[str, Field(max_length=200)] | None = None

    def fact(self) -> Evidence:
        """The fact."""
        return Evidence(self.kind, self.sha256, self.day, self.place)


class PerformanceIn(Request):
    """登记一项履职活动 · An act to be recorded, in the capacities named."""

    act: ActKind = Field(examples=["executive_meeting"])
    day: WrittenDay = Field(examples=["2026-02-10"])
    capacities: Annotated[list[CapacityIn], Field(min_length=1, max_length=10)]
    evidence: Annotated[list[EvidenceIn], Field(max_length=20)]
    presided_by: UUID | None = Field(None, description="主持人 · Who presided")
    led_by: UUID | None = Field(None, description="带队人 · Who led")
    performed_by: UUID | None = Field(None, description="实施人 · Who did it personally")
    organ_id: UUID | None = Field(
        None, description="会议机关，默认首个岗位的机关 · The body, by default of the first post"
    )
    place: Annotated[str, Field(max_length=200, examples=["演练县应急指挥中心"])] = Field(
        "", description="地名，不得填坐标 · A name, never coordinates"
    )
    participants: Annotated[list[UUID], Field(max_length=200)] = Field([], description="参加人 · Who took part")
    agenda: Lines = Field([], description="议题 · What was on the agenda")
    findings: Lines = Field([], description="发现的问题、形成的意见 · What was found or concluded")
    reviewer: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="账册关闭后补登的核实人 · Who will review an entry made after the books closed"
    )

    def draft(self) -> Draft:
        """The fact."""
        return Draft(
            act=self.act,
            day=self.day,
            capacities=tuple(one.fact() for one in self.capacities),
            evidence=tuple(one.fact() for one in self.evidence),
            presided_by=self.presided_by,
            led_by=self.led_by,
            performed_by=self.performed_by,
            organ_id=self.organ_id,
            place=self.place,
            participants=tuple(self.participants),
            agenda=tuple(self.agenda),
            findings=tuple(self.findings),
            reviewer=self.reviewer,
        )


class SupersessionIn(Request):
    """更正 · A correction: the right record, and why the other one was wrong."""

    reason: ShortText = Field(examples=["会议日期登记有误"])
    performance: PerformanceIn


class WithdrawalIn(Request):
    """撤回或替代 · A withdrawal; with `replacement` a supersession."""

    reason: ShortText = Field(examples=["会议日期登记有误"])
    replacement: UUID | None = None


class CapacityView(View):
    """岗位 · A capacity."""

    post_id: UUID
    appointment_id: UUID | None


class EvidenceView(View):
    """证据摘要 · A document by its digest."""

    kind: str
    sha256: str
    day: date | None
    place: str | None


class PerformanceView(BaseModel):
    """履职记录 · An act on record."""

    id: UUID
    version: int
    act: str
    day: date
    organ_id: UUID
    region_code: str
    path: list[str]
    presided_by: UUID | None
    led_by: UUID | None
    performed_by: UUID | None
    capacities: list[CapacityView]
    evidence: list[EvidenceView]
    place: str
    participants: list[UUID]
    agenda: list[str]
    findings: list[str]
    reviewer: str | None
    corrected: CorrectionView | None
    verified: VerificationView | None
    recorded_at: datetime
    recorded_by: str
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: Stored[Performance]) -> "PerformanceView":
        """The view of a record."""
        act = stored.fact
        return cls(
            id=act.id,
            version=stored.version,
            act=act.act,
            day=act.day,
            organ_id=act.organ_id,
            region_code=act.region_code,
            path=list(stored.path),
            presided_by=act.presided_by,
            led_by=act.led_by,
            performed_by=act.performed_by,
            capacities=[CapacityView.model_validate(one) for one in act.capacities],
            evidence=[EvidenceView.model_validate(one) for one in act.evidence],
            place=act.place,
            participants=list(act.participants),
            agenda=list(act.agenda),
            findings=list(act.findings),
            reviewer=act.reviewer,
            corrected=CorrectionView.model_validate(act.corrected) if act.corrected else None,
            verified=VerificationView.model_validate(act.verified) if act.verified else None,
            recorded_at=act.recorded_at,
            recorded_by=act.recorded_by,
            exercise=act.exercise,
            basis=cited(["art28"]),
        )
