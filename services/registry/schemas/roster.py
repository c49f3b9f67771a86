"""Regions, organs, posts, officials, appointments, portfolios: requests and answers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, model_validator

from services.registry.facts.answers import Person, Stored
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
)
from shared.roster.facts import DatedRole, OrganKind, OrganRole, PostKind, Side

STANDING = Field(
    None,
    description="在所问之日的状态 · how it stands on the day asked about; null in other answers",
    examples=["in_force"],
)
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
    successor_codes: list[str] = Field(description="后继区划代码 · codes of what came after it")
    managing_organ_id: UUID | None = Field(description="功能区管理机构 · the managing organ of a zone")
    document: str | None = Field(description="登记文件 · the document by which somebody registered it")
    ended_by: str | None = Field(description="撤销文件 · the document that ended it")


class DivisionsIn(Input):
    """载入范围 · What to load: everything, or the exercise regions with their province."""

    exercise_only: StrictBool = False


class RoleIn(Days):
    """部门职责（按日期）· What a department is for work safety, by date."""

    role: OrganRole | Literal["both"] = Field(
        description="both：兼负监管与行业主管 · regulates and is competent for the industry: two roles"
    )
    industries: Industries = ()
    fields: NamedFields = ()
    function: Name | None = None
    document: Name | None = Field(None, description="文号 · number of the deciding document")
    issuer: Name | None = Field(None, description="发文机关 · the organ that decided")
    issued_on: date | None = Field(None, description="发文日期 · the day of the document")
    side: Side | None = Field(None, description="党委或政府一侧 · the party's or the government's side")

    @model_validator(mode="after")
    def _decided(self) -> Self:
        if self.document is None and (self.issuer is not None or self.issued_on is not None):
            raise ValueError("who decided, and when, belongs to a document")
        return self

    def facts(self) -> tuple[DatedRole, ...]:
        """The role as a fact; `both` is two."""
        both = (OrganRole.OTHER_REGULATOR, OrganRole.INDUSTRY_COMPETENT)
        return tuple(
            DatedRole(
                role,
                self.span,
                self.industries,
                self.fields,
                self.function,
                self.document,
                self.issuer,
                self.issued_on,
                self.side,
            )
            for role in (both if self.role == "both" else (self.role,))
        )


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
    issuer: str | None
    issued_on: date | None
    side: str | None

    @classmethod
    def of(cls, role: DatedRole) -> Self:
        """The view of a role."""
        days = {"from_day": role.span.from_day, "to_day": role.span.to_day}
        return cls.model_validate({name: getattr(role, name) for name in cls.model_fields if name not in days} | days)


class NameView(BaseModel):
    """名称 · A name from a day on, with the deciding document."""

    name: str
    from_day: date
    document: str | None
    issuer: str | None
    issued_on: date | None


class HeirView(BaseModel):
    """承继机关 · An organ that took over, and by which functions."""

    organ_id: UUID
    functions: list[str]


class FateView(BaseModel):
    """沿革 · What became of an organ on a day, by which document, and who took over what."""

    kind: str = Field(examples=["merged"])
    day: date
    heirs: list[HeirView]
    document: str
    issuer: str
    issued_on: date


class OrganView(Versioned):
    """机关 · An organ; `name` is that in force when the version was recorded, `names` those by date."""

    name: str
    kind: str
    region_code: str
    from_day: date
    to_day: date | None
    roles: list[RoleView]
    parent_id: UUID | None
    standing: str | None = STANDING
    names: list[NameView]
    successions: list[FateView]
    predecessor_ids: list[UUID]
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
    standing: str | None = STANDING


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
    merged_into: UUID | None = Field(
        description="已合并至同一人的另一条记录 · merged into this other record of the same person"
    )


class PersonView(OfficialView):
    """领导干部及同一人的全部记录 · An official with every record of the same person."""

    answers_as: UUID = Field(description="以此记录为准 · the record into which the others were merged")
    same_person: list[UUID] = Field(description="同一人的其他记录 · other records of the same person")

    @classmethod
    def of_person(cls, stored: Stored[Any], person: Person) -> "PersonView":
        """The view of a version and the person."""
        others = [one.id for one in person.records if one.id != person.asked]
        seen = OfficialView.of(stored).model_dump()
        return cls(**seen, answers_as=person.answers_as, same_person=others)


class MergeIn(Reasoned):
    """合并同一人的记录 · Say that this record is of the same person as another, and why."""

    into: UUID


class NumberSearchIn(Input):
    """按身份号码查询 · Search by citizen number; in a body, because addresses are logged."""

    citizen_number: CitizenNumber


class NumberView(BaseModel):
    """公民身份号码 · The citizen number; that it was read is recorded."""

    official_id: UUID
    citizen_number: str


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
    standing: str | None = STANDING
