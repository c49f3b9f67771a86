"""What the routes of inspection tours take and answer."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.inspection_tours.facts import (
    Coverage,
    CoverageStatus,
    Finding,
    FindingState,
    Listing,
    StoredTour,
    TourKind,
    TourState,
)
from shared.kernel.moments import Day
from shared.kernel.problems import BasisView
from shared.statute.decision import Basis

Words = Annotated[str, Field(max_length=4_000)]
Subject = Annotated[str, Field(min_length=1, max_length=200, examples=["dev:inspector"])]
Code = Annotated[str, Field(pattern=r"^[0-9]{6,12}$", examples=["139901400"])]
CycleDay = Annotated[Day, Field(ge=date(1949, 10, 1), le=date(2200, 12, 31))]
Kind = TourKind
State = TourState
_ON = Field(default=None, description="办理日期，默认今日 · The day, today by default", examples=["2026-06-05"])


def basis_views(basis: Sequence[Basis]) -> list[BasisView]:
    """Clauses as the API shows them."""
    return [BasisView(clause=one.clause, kind=one.kind, note=one.note) for one in basis]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlanBody(_Body):
    """巡查计划 · A plan; without bodies, the party committee and government of the place."""

    planned_for: CycleDay = Field(examples=["2026-06-02"])
    team: Annotated[list[Subject], Field(max_length=100)]
    organ_ids: Annotated[list[UUID], Field(max_length=200)] = []


class RoutinePlanBody(PlanBody):
    """常规巡查计划 · A plan of a routine tour of a place."""

    region_code: Code


class DayBody(_Body):
    """办理日期 · The day on which it happened."""

    on: CycleDay | None = _ON


class ReasonBody(_Body):
    """理由 · A reason."""

    reason: Words = Field(examples=["已列入省级专项巡查"])


class FindingsBody(DayBody):
    """发现的问题，可以为空 · The problems found; an empty list says that there were none."""

    problems: Annotated[list[Words], Field(max_length=200, examples=[["危险化学品储罐区无人值守"]])]


class RectificationBody(DayBody):
    """整改情况 · What was done about a problem."""

    rectification: Words = Field(examples=["已设双岗值守"])


class RecheckBody(DayBody):
    """复查情况 · What the re-check saw."""

    solved: bool
    words: Words = Field(examples=["现场核实，已整改到位"])


class ResultBody(DayBody):
    """巡查结果 · The result, and how many places were sampled."""

    result: Words = Field(examples=["发现一个问题，已督促整改"])
    samples: int = Field(ge=0, le=100_000, examples=[4])


class RecheckView(BaseModel):
    """复查 · A re-check."""

    by: str = Field(examples=["dev:rechecker"])
    on: date
    solved: bool
    words: str


class FindingView(BaseModel):
    """问题 · A problem found."""

    id: UUID
    problem: str
    state: FindingState
    recorded_by: str
    recorded_on: date
    rectification: str
    rectified_by: str | None
    rectified_on: date | None
    rechecks: list[RecheckView]

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """The view of a finding."""
        return cls.model_validate(finding, from_attributes=True)


class TourView(BaseModel):
    """巡查 · A tour."""

    id: UUID
    version: int = Field(examples=[3])
    kind: TourKind
    state: TourState
    region_code: Code
    path: list[str] = Field(examples=[["130000", "139900", "139901", "139901400"]])
    organ_ids: list[UUID]
    accident_id: UUID | None
    reason: str
    questioned: str = Field(
        description="事故不再构成依据的缘由，无则为空 · Why its accident no longer founds it; empty where it does",
        examples=["事故等级降为一般，低于较大，是否继续由人决定"],
    )
    planned_for: date | None
    team: list[str]
    opened_on: date | None
    findings: list[FindingView]
    result: str
    result_on: date | None
    samples: int
    official_ids: list[UUID] = Field(
        description="开展巡查时的任职人员 · Officials of the bodies when it opened, known from the result on"
    )
    closed_on: date | None
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: StoredTour) -> Self:
        """The view of a stored tour."""
        tour = stored.tour
        return cls(
            id=tour.id,
            version=stored.version,
            kind=tour.kind,
            state=tour.state,
            region_code=tour.region_code,
            path=list(tour.path),
            organ_ids=list(tour.organ_ids),
            accident_id=tour.accident_id,
            reason=tour.reason,
            questioned=tour.questioned,
            planned_for=tour.planned_for,
            team=list(tour.team),
            opened_on=tour.opened_on,
            findings=[FindingView.of(finding) for finding in tour.findings],
            result=tour.result,
            result_on=tour.result_on,
            samples=tour.samples,
            official_ids=list(tour.official_ids),
            closed_on=tour.closed_on,
            exercise=tour.exercise,
            basis=basis_views(stored.basis),
        )


class CoveredBody(BaseModel):
    """一个机关的巡查覆盖情况 · Where one body stands in its cycle."""

    organ_id: UUID
    region_code: Code
    status: CoverageStatus
    last_routine_on: date | None
    months_since: int | None = Field(examples=[7])
    due_on: date
    overdue: bool
    planned_on: date | None
    forecast_on: date
    forecast_late: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, coverage: Coverage) -> Self:
        """The view of one body's coverage."""
        return cls(
            organ_id=coverage.owed.organ_id,
            region_code=coverage.owed.region_code,
            status=coverage.status,
            last_routine_on=coverage.last_routine_on,
            months_since=coverage.months_since,
            due_on=coverage.due_on,
            overdue=coverage.status is CoverageStatus.OVERDUE,
            planned_on=coverage.planned_on,
            forecast_on=coverage.forecast_on,
            forecast_late=coverage.forecast_late,
            basis=basis_views((coverage.owed.basis,)),
        )


class CoverageView(BaseModel):
    """巡查覆盖 · Coverage of the bodies that a region owes routine tours, on a day."""

    region_code: Code
    as_of: date
    exercise: bool
    bodies: list[CoveredBody]


class ListingBody(_Body):
    """名录条目 · A department by its id, or a zone by its code, and the document that lists it."""

    organ_id: UUID | None = None
    region_code: Code | None = None
    from_day: CycleDay = Field(examples=["2024-01-01"])
    to_day: CycleDay | None = None
    document: Words = Field(examples=["演安委〔2024〕1号"])

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.organ_id is None) is (self.region_code is None):
            raise ValueError("name either organ_id or region_code")
        return self


class ListingView(BaseModel):
    """名录条目 · An entry of the dated list."""

    id: UUID
    organ_id: UUID | None
    region_code: Code
    from_day: date
    to_day: date | None
    document: str
    exercise: bool

    @classmethod
    def of(cls, listing: Listing) -> Self:
        """The view of an entry."""
        return cls.model_validate(listing, from_attributes=True)
