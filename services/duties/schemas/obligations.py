"""Obligations with their status explained."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts import ObligationStatus
from services.duties.facts.records import Impediment
from services.duties.facts.reports import ActCounted, ActNotCounted, ObligationReport
from services.duties.schemas.common import View, basis_of
from shared.kernel.pagination import Page
from shared.kernel.problems import BasisView

Status = ObligationStatus


class PeriodView(View):
    """期间 · A period; both days are included."""

    kind: str = Field(examples=["quarter"])
    label: str = Field(examples=["2026-Q1"])
    from_day: date
    to_day: date


class ActView(BaseModel):
    """计入的活动 · An act that counts; late-recorded where it was recorded after the period."""

    performance_id: UUID
    act: str = Field(examples=["executive_meeting"])
    day: date
    recorded_at: datetime
    late_recorded: bool

    @classmethod
    def of(cls, item: ActCounted) -> "ActView":
        """The view of an act that counts."""
        act = item.performance
        return cls(
            performance_id=act.id,
            act=act.act,
            day=act.day,
            recorded_at=act.recorded_at,
            late_recorded=item.late_recorded,
        )


class UncountedActView(BaseModel):
    """未计入的活动及原因 · An act that does not count, and why."""

    performance_id: UUID
    act: str
    day: date
    recorded_at: datetime
    reason: str = Field(examples=["capacity_not_named"])

    @classmethod
    def of(cls, item: ActNotCounted) -> "UncountedActView":
        """The view of an act that does not count."""
        act = item.performance
        return cls(performance_id=act.id, act=act.act, day=act.day, recorded_at=act.recorded_at, reason=item.reason)


class TermView(View):
    """任期 · An appointment's days; both are included."""

    from_day: date
    to_day: date | None


class IncumbentView(View):
    """任职者、任期及在岗天数 · Who held the post, when, and for how many days of the period; it attributes nothing."""

    official_id: UUID
    days: int = Field(examples=[90])
    acting: bool
    spans: list[TermView]


class RecordedImpedimentView(BaseModel):
    """期间内的履职障碍 · An impediment on record that touches the period; accepted for this obligation or not."""

    impediment_id: UUID
    official_id: UUID | None
    from_day: date
    to_day: date | None
    accepted: bool

    @classmethod
    def of(cls, item: Impediment) -> "RecordedImpedimentView":
        """The view of an impediment; what it says stays with its own record."""
        return cls(
            impediment_id=item.id,
            official_id=item.official_id,
            from_day=item.span.from_day,
            to_day=item.span.to_day,
            accepted=item.accepted_by is not None,
        )


class FilingStateView(View):
    """备案情况 · A filing that is asked for, and whether it is on record."""

    relation: str
    missing: bool


class ObligationView(BaseModel):
    """履职任务 · A duty of a post for a period, and what the records show of it on a day."""

    id: UUID
    requirement_id: str = Field(examples=["art6.2"])
    duty_id: str = Field(examples=["art6.2"])
    clause: str = Field(examples=["art6.2"])
    post_id: UUID
    organ_id: UUID
    region_code: str = Field(examples=["139901"])
    tier: str = Field(examples=["county"])
    period: PeriodView
    count: int
    acts: list[str]
    manner: str
    founds: bool = Field(description="条文或已采纳的理解 · Binding by text or by an adopted reading")
    status: str = Field(examples=["lapsed"])
    fulfilled_on: date | None
    late_recorded: bool
    counted: list[ActView]
    not_counted: list[UncountedActView]
    incumbents: list[IncumbentView]
    vacancy_days: int
    impediments: list[RecordedImpedimentView]
    filings: list[FilingStateView]
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, shown: ObligationReport) -> "ObligationView":
        """The view of a report."""
        owed = shown.obligation
        return cls(
            id=owed.id,
            requirement_id=owed.requirement_id,
            duty_id=owed.duty_id,
            clause=owed.clause,
            post_id=owed.post_id,
            organ_id=owed.organ_id,
            region_code=owed.region_code,
            tier=owed.tier.value,
            period=PeriodView.model_validate(owed.period),
            count=owed.count,
            acts=sorted(owed.acts),
            manner=owed.manner.value,
            founds=owed.founds,
            status=shown.status.value,
            fulfilled_on=shown.fulfilled_on,
            late_recorded=shown.late_recorded,
            counted=[ActView.of(one) for one in shown.counted],
            not_counted=[UncountedActView.of(one) for one in shown.not_counted],
            incumbents=[IncumbentView.model_validate(one) for one in shown.incumbents],
            vacancy_days=shown.vacancy_days,
            impediments=[RecordedImpedimentView.of(one) for one in shown.impediments],
            filings=[FilingStateView.model_validate(one) for one in shown.filings],
            exercise=owed.exercise,
            basis=basis_of(*owed.bases),
        )


class ObligationPage(Page[ObligationView]):
    """履职任务一页 · One page, as of a day and as known at a moment, both as they were applied."""

    as_of: date
    known_at: datetime
