"""Interpretations and local defaults."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts.overlays import Overlay, OverlayKind
from services.duties.facts.stored import Stored
from services.duties.schemas.common import DutyId, Request, ShortText, Text, View, basis_of
from shared.kernel.moments import Day
from shared.kernel.problems import BasisView
from shared.roster.facts import PostKind

Scope = Annotated[
    str,
    Field(
        pattern=r"^(province|city|county|town|subdistrict|zone|\d{6}|\d{9}|\d{12})$",
        description="层级或区划代码 · A tier, or a region code",
        examples=["zone", "133100"],
    ),
]


class OverlayIn(Request):
    """解释或本地默认 · A document that adopts a reading; only the interpreter's is an interpretation (Art. 30)."""

    kind: OverlayKind = Field(examples=["interpretation"])
    duty_id: DutyId
    scope: Scope
    from_day: Day = Field(description="适用起始日，不早于印发之日 · First day, not before it was issued")
    to_day: Day | None = None
    document: ShortText = Field(description="文号 · Document number", examples=["演练应急〔2026〕1号"])
    issued_on: Day
    issuer_organ_id: UUID
    consulted_organ_id: UUID | None = Field(None, description="所商组织部门 · The organization department consulted")
    post_kind: PostKind | None = Field(None, description="纳入的岗位类别 · The kind of post put under the duty")
    note: Text = ""


class OverlayEndIn(Request):
    """终止 · The later document that ends it."""

    last_day: Day
    document: ShortText
    issued_on: Day


class EndingView(View):
    """终止 · By which document it ends."""

    document: str
    issued_on: date
    at: datetime


class OverlayView(BaseModel):
    """解释或本地默认 · `kind` says which; a local default founds nothing."""

    id: UUID
    version: int
    kind: str
    duty_id: str
    scope: str
    post_kind: str | None
    from_day: date
    to_day: date | None
    document: str
    issued_on: date
    issuer_organ_id: UUID
    consulted_organ_id: UUID | None
    territory: str
    note: str
    founds: bool = Field(description="据以认定是否有约束力 · Whether a lapse under it may found anything")
    recorded_at: datetime
    ended: EndingView | None
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: Stored[Overlay]) -> "OverlayView":
        """The view of an overlay."""
        fact = stored.fact
        return cls(
            id=fact.id,
            version=stored.version,
            kind=fact.kind.value,
            duty_id=fact.duty_id,
            scope=fact.scope,
            post_kind=fact.post_kind.value if fact.post_kind else None,
            from_day=fact.span.from_day,
            to_day=fact.span.to_day,
            document=fact.document,
            issued_on=fact.issued_on,
            issuer_organ_id=fact.issuer_organ_id,
            consulted_organ_id=fact.consulted_organ_id,
            territory=fact.territory,
            note=fact.note,
            founds=fact.adoption.binding,
            recorded_at=fact.recorded_at,
            ended=EndingView.model_validate(fact.ended) if fact.ended else None,
            exercise=fact.exercise,
            basis=basis_of(*fact.bases),
        )
