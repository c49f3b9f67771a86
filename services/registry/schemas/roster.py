"""Regions, organs, posts, officials, appointments, portfolios: requests and answers."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from services.registry.schemas.common import (
    Code,
    Days,
    Industries,
    Input,
    Name,
    NamedFields,
    Reasoned,
    Sourced,
    Versioned,
    Words,
)
from shared.roster.facts import DatedRole, OrganKind, OrganRole, PostKind, Tier

CitizenNumber = Annotated[str, Field(min_length=15, max_length=24)]
CreditCode = Annotated[
    str, Field(min_length=18, max_length=18, description="GB 32100", examples=["11130000000000000A"])
]
Pinyin = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-zÀ-ÖØ-öø-ǿ]+( [A-Za-zÀ-ÖØ-öø-ǿ]+)*$",
        max_length=100,
        description="姓名前几字的读音，读音特殊时登记 · how the first characters are read",
        examples=["Shàn"],
    ),
]
OrganIds = Annotated[tuple[UUID, ...], Field(max_length=100)]


class RegionView(Versioned):
    """行政区划或功能区 · A region: its code with its dates."""

    code: str = Field(examples=["139901"])
    name: str = Field(examples=["演练县"])
    tier: str = Field(examples=["county"])
    code_parent: str | None
    admin_parent: str | None
    from_day: date
    to_day: date | None
    competence: str | None = Field(
        description="事故调查管辖级别，空为未确认 · confirmed competence level; null: nobody confirmed it"
    )


class CompetenceIn(Reasoned):
    """确认管辖级别 · Confirm at which level the region investigates accidents; null withdraws it."""

    competence: Tier | None = Field(examples=["city"])


class DivisionsIn(Input):
    """载入范围 · What to load: everything, or the exercise regions with their province."""

    exercise_only: StrictBool = False


class RoleIn(Days):
    """部门职责（按日期）· What a department is for work safety, by date."""

    role: OrganRole
    industries: Industries = ()
    fields: NamedFields = ()
    function: Name | None = None
    document: Name | None = None

    def fact(self) -> DatedRole:
        """The role as a fact."""
        return DatedRole(self.role, self.span, self.industries, self.fields, self.function, self.document)


Roles = Annotated[tuple[RoleIn, ...], Field(max_length=50)]


class OrganIn(Days):
    """登记机关 · An organ to register."""

    name: Name = Field(examples=["演练县应急管理局"])
    kind: OrganKind
    region_code: Code
    roles: Roles = ()
    parent_id: UUID | None = None
    exercise: bool = False
    credit_code: CreditCode | None = None


class OrganChangeIn(Days, Reasoned):
    """更正机关 · An organ's name, days and roles as they are to be; a credit code that is not given stays."""

    name: Name
    roles: Roles
    credit_code: CreditCode | None = None


class RoleView(BaseModel):
    """部门职责 · A department's role by date."""

    role: str
    from_day: date
    to_day: date | None
    industries: list[str]
    fields: list[str]
    function: str | None
    document: str | None


class OrganView(Versioned):
    """机关 · An organ."""

    name: str
    kind: str
    region_code: str
    from_day: date
    to_day: date | None
    roles: list[RoleView]
    parent_id: UUID | None
    credit_code: str | None = None


class PostIn(Days):
    """登记岗位 · One seat in an organ."""

    organ_id: UUID
    kind: PostKind
    title: Name = Field(examples=["县委书记"])


class PostChangeIn(Days, Reasoned):
    """更正岗位 · A post's title and days as they are to be."""

    title: Name


class PostView(Versioned):
    """岗位 · A post."""

    organ_id: UUID
    kind: str
    title: str
    from_day: date
    to_day: date | None


class OfficialIn(Input):
    """登记人员 · A person; `region_code` says who keeps the record."""

    name: Name = Field(examples=["演练甲"])
    region_code: Code
    citizen_number: CitizenNumber | None = None
    exercise: bool = False
    reading: Pinyin | None = None


class OfficialChangeIn(Reasoned):
    """更正人员 · A name; a citizen number or reading that is not given stays."""

    name: Name
    citizen_number: CitizenNumber | None = None
    reading: Pinyin | None = None


class OfficialView(Versioned):
    """领导干部 · An official; the citizen number is in no answer but its own."""

    name: str
    reading: str | None = None


class NumberSearchIn(Input):
    """按身份号码查询 · Search by citizen number; in a body, because addresses are logged."""

    citizen_number: CitizenNumber


class NumberView(BaseModel):
    """公民身份号码 · The citizen number; that it was read is recorded."""

    official_id: UUID
    citizen_number: str


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
    end_reason: Words | None = None


class EndIn(Input):
    """结束任职 · The last day, and why."""

    last_day: date = Field(examples=["2026-06-30"])
    end_reason: Words = Field(examples=["退休"])


class AppointmentView(Versioned):
    """任职 · An appointment; `flags` name what a promotion stands against (Art. 23), for a person to decide."""

    post_id: UUID
    official_id: UUID
    from_day: date
    to_day: date | None
    acting: bool
    promotion: bool
    end_reason: str | None
    annulled: bool
    source_recorded_at: datetime | None
    attested_by: str | None
    flags: list[str] = Field(examples=[["promotion_during_veto:5f0c7a52-9a0e-4f0e-8a35-6f1f5b1d2c11"]])


class PortfolioIn(Days, Sourced):
    """登记分管 · What a post answers for."""

    post_id: UUID
    industries: Industries = ()
    fields: NamedFields = ()
    organ_ids: OrganIds = ()


class PortfolioChangeIn(Days, Sourced, Reasoned):
    """更正分管 · The portfolio as it should have been recorded."""

    industries: Industries = ()
    fields: NamedFields = ()
    organ_ids: OrganIds = ()


class PortfolioView(Versioned):
    """分管 · A portfolio."""

    post_id: UUID
    from_day: date
    to_day: date | None
    industries: list[str]
    fields: list[str]
    organ_ids: list[UUID]
    annulled: bool
    source_recorded_at: datetime | None
    attested_by: str | None
