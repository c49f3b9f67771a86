"""Appointments: what is asked for, what is answered, a whole career."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.registry.facts.answers import Dated, Person, Tenure
from services.registry.schemas.common import (
    Days,
    Input,
    Reasoned,
    Sourced,
    Versioned,
    Words,
)
from services.registry.schemas.roster import STANDING

EndCauseCode = Annotated[
    str,
    Field(pattern=r"^[a-z_]{1,40}$", description="离任原因代码 · code of `/v1/end-causes`", examples=["retirement"]),
]


class AppointmentIn(Days, Sourced):
    """登记任职 · An official holds a post; acting (主持工作) counts as holding."""

    post_id: UUID
    official_id: UUID
    acting: bool = False
    promotion: bool = Field(False, description="属于晋升 · it is a promotion")


class AppointmentChangeIn(Days, Sourced, Reasoned):
    """更正任职 · Days and kind as they should have been recorded."""

    acting: bool = False
    promotion: bool = False
    end_cause: EndCauseCode | None = None
    end_reason: Words | None = None


class EndIn(Input):
    """结束任职 · The last day, and why: a coded cause, words, or both."""

    last_day: date = Field(examples=["2026-06-30"])
    end_cause: EndCauseCode | None = None
    end_reason: Words | None = Field(None, examples=["退休"])

    @model_validator(mode="after")
    def _why(self) -> Self:
        if self.end_cause is None and self.end_reason is None:
            raise ValueError("an end has a cause, words, or both")
        return self


class EndCauseView(BaseModel):
    """离任原因 · A coded cause of an appointment's end."""

    code: str = Field(examples=["retirement"])
    zh: str = Field(examples=["退休"])
    en: str = Field(examples=["retired"])


class AppointmentView(Versioned):
    """任职 · An appointment; `flags` name what a promotion stands against (Art. 23), for a person to decide."""

    post_id: UUID
    official_id: UUID
    from_day: date
    to_day: date | None
    acting: bool
    promotion: bool
    end_cause: str | None
    end_reason: str | None
    annulled: bool
    source_recorded_at: datetime | None
    attested_by: str | None
    flags: list[str] = Field(examples=[["promotion_during_veto:5f0c7a52-9a0e-4f0e-8a35-6f1f5b1d2c11"]])
    standing: str | None = STANDING


class TenureView(AppointmentView):
    """一段任职经历 · An appointment with its post and organ."""

    post_title: str
    post_kind: str
    organ_id: UUID
    organ_name: str
    region_code: str


class CareerView(BaseModel):
    """任职经历 · All that a person held, under every id and in every region; leavers keep their history (Art. 27)."""

    official_id: UUID
    answers_as: UUID
    same_person: list[UUID]
    as_of: date
    known_at: datetime
    appointments: list[TenureView]

    @classmethod
    def of(cls, person: Person, tenures: list[Dated[Tenure[Any]]], as_of: date, known_at: datetime) -> "CareerView":
        """The view of the career."""
        return cls(
            official_id=person.asked,
            answers_as=person.answers_as,
            same_person=[one.id for one in person.records if one.id != person.asked],
            as_of=as_of,
            known_at=known_at,
            appointments=[_tenure(one) for one in tenures],
        )


def _tenure(one: Dated[Tenure[Any]]) -> TenureView:
    post, organ = one.found.post, one.found.organ
    seen = AppointmentView.of(one.found.held).model_dump() | {"standing": one.standing}
    return TenureView(
        **seen,
        post_title=post.title,
        post_kind=post.kind,
        organ_id=organ.id,
        organ_name=organ.name,
        region_code=organ.region_code,
    )
