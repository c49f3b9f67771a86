"""What an amended catalogue would change."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts import Obligation, ObligationStatus
from services.duties.schemas.common import DutyId, Request
from services.duties.schemas.obligations import PeriodView
from shared.kernel.moments import Day


class WhatIfIn(Request):
    """拟议修改 · A proposal: the whole catalogue as TOML, or entries changed, added or dropped by id."""

    statute: str = Field("hebei", pattern=r"^[a-z][a-z0-9_]{0,30}$")
    catalogue: str | None = Field(None, max_length=500_000, description="目录全文（TOML） · The whole catalogue")
    change: list[dict[str, Any]] = Field(
        default_factory=list,
        max_length=100,
        description="修改或新增的条目，字段同目录文件 · Entries changed or added, in the fields of the file",
        examples=[[{"id": "art5.3b", "period": "month"}]],
    )
    drop: list[DutyId] = Field(default_factory=list, max_length=100, description="删去的条目 · Entries dropped")
    region: str = Field(pattern=r"^\d{6,12}$", description="该区划及其下级 · In or below", examples=["139901"])
    from_day: Day
    to_day: Day
    as_of: Day | None = Field(None, description="状态截至之日，默认今日 · Status on which day, by default today")
    exercise: bool = False


class CountsView(BaseModel):
    """差异计数 · Obligations added, dropped, changed; posts and officials affected; lapses."""

    added: int
    dropped: int
    changed: int
    posts: int
    officials: int
    lapses_appear: int
    lapses_vanish: int


class RegionCountsView(CountsView):
    """一个区划的差异 · Those of a region's own organs."""

    region_code: str


class DutyEffectView(BaseModel):
    """条目的变化 · A duty that is added, dropped or changed."""

    duty_id: str
    effect: str


class DifferenceView(BaseModel):
    """一项任务的差异 · An obligation that would be added, dropped or changed."""

    effect: str
    duty_id: str
    post_id: UUID
    organ_id: UUID
    region_code: str
    period: PeriodView
    count: int
    founds: bool
    status_before: str | None
    status_after: str | None
    officials: list[UUID]


class WhatIfView(BaseModel):
    """如果修改目录 · What would differ; nothing was changed. `limits` say what was not looked at."""

    region: str
    from_day: date
    to_day: date
    as_of: date
    known_at: datetime
    exercise: bool
    catalogue_version: str
    amended_version: str
    duties: list[DutyEffectView]
    total: CountsView
    regions: list[RegionCountsView]
    obligations: list[DifferenceView] = Field(description="至多 500 项；计数完整 · At most 500; the counts are whole")
    limits: list[str]


class Differing(Protocol):
    """What a difference shows."""

    @property
    def effect(self) -> str:
        """Added, dropped or changed."""

    @property
    def obligation(self) -> Obligation:
        """As it would be; as it is, where it is dropped."""

    @property
    def before(self) -> ObligationStatus | None:
        """Its status now."""

    @property
    def after(self) -> ObligationStatus | None:
        """Its status under the amended catalogue."""

    @property
    def officials(self) -> Iterable[UUID]:
        """Who held the post in the period."""


def differences_of(found: Iterable[Differing]) -> list[DifferenceView]:
    """The views of differences."""
    return [
        DifferenceView(
            effect=one.effect,
            duty_id=one.obligation.duty_id,
            post_id=one.obligation.post_id,
            organ_id=one.obligation.organ_id,
            region_code=one.obligation.region_code,
            period=PeriodView.model_validate(one.obligation.period),
            count=one.obligation.count,
            founds=one.obligation.founds,
            status_before=one.before,
            status_after=one.after,
            officials=sorted(one.officials),
        )
        for one in found
    ]
