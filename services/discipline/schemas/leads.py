"""Leads and bars."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.discipline.facts import Ground
from services.discipline.schemas.common import Body, Reason, basis_views
from shared.contracts.discipline import LeadState, VetoState
from shared.kernel.problems import BasisView

LeadStatus = Literal["open", "in_case", "dismissed"]
BarKind = Literal["veto", "effect_period"]


class LeadIn(Body):
    """反映的情况 · Facts brought about an official in a post."""

    ground: Ground = Field(examples=["art21.2"])
    official_id: UUID
    post_id: UUID
    facts: Reason = Field(examples=["（演练）检查时拒绝提供资料"])
    accident_id: UUID | None = None


class LeadView(BaseModel):
    """线索 · A lead: something to look into, never a reproach."""

    id: UUID
    ground: str = Field(examples=["art21.4"])
    source: str = Field(examples=["chain_entry"])
    official_id: UUID | None = Field(description="空缺岗位为空 · Null for a vacant post")
    post_id: UUID | None
    accident_id: UUID | None
    facts: str
    opened_on: date
    status: str = Field(examples=["open"])
    case_id: UUID | None
    ended_by: str | None
    reason: str | None
    note: str | None
    exercise: bool
    version: int
    recorded_at: datetime
    basis: list[BasisView]

    @classmethod
    def of(cls, state: LeadState, version: int, recorded_at: datetime) -> "LeadView":
        """The lead as people read it."""
        fields = state.model_dump(exclude={"basis"})
        return cls(**fields, version=version, recorded_at=recorded_at, basis=basis_views(state.basis))


class VetoView(BaseModel):
    """一票否决或者影响期 · A veto or an effect period, blocking both end days."""

    id: UUID
    official_id: UUID
    kind: str = Field(examples=["veto"])
    bars: list[str] = Field(examples=[["promotion"]])
    from_day: date = Field(examples=["2026-12-25"])
    through_day: date | None = Field(examples=["2027-12-24"])
    accident_id: UUID | None
    case_id: UUID
    measure: str = Field(examples=["demerit"])
    measure_name_zh: str = Field(examples=["记过"])
    note: str | None = Field(None, description="事由变化，由人决定 · what happened to its cause; it holds until lifted")
    exercise: bool
    version: int
    recorded_at: datetime
    basis: list[BasisView]

    @classmethod
    def of(cls, state: VetoState, version: int, recorded_at: datetime) -> "VetoView":
        """The bar as people read it."""
        fields = state.model_dump(exclude={"basis"})
        return cls(**fields, version=version, recorded_at=recorded_at, basis=basis_views(state.basis))
