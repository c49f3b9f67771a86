"""The catalogue as readers see it."""

from datetime import date

from pydantic import BaseModel, Field

from services.duties.facts import Catalogue, Duty
from services.duties.schemas.common import View, cited
from shared.kernel.problems import BasisView


class RequirementView(View):
    """所要求的履职活动 · One act that a duty asks for."""

    id: str = Field(examples=["art10.2a.study"])
    acts: list[str] = Field(examples=[["special_study"]])
    manner: str = Field(examples=["presides"])
    evidence: list[str] = Field(examples=[["minutes"]])


class DutyView(BaseModel):
    """职责 · A duty: who, where, what, how often; `scope` says per tier whether text or reading."""

    id: str = Field(examples=["art6.2"])
    clause: str = Field(examples=["art6.2"])
    phrase: str = Field(examples=["每季度至少主持召开1次政府常务会议研究安全生产工作"])
    title_en: str
    post_kinds: list[str]
    organ_kinds: list[str]
    roles: list[str]
    scope: dict[str, str] = Field(examples=[{"county": "text", "subdistrict": "off"}])
    acts_in: dict[str, list[str]]
    standing: bool
    period: str | None = Field(examples=["quarter"])
    count: int = Field(examples=[1])
    requirements: list[RequirementView]
    filings: list[str]
    note: str | None
    off_posts: list[str] = Field(description="须经解释才纳入的岗位 · Kinds of post that only a reading puts in")
    statute: str = Field(examples=["hebei"])
    from_day: date | None = Field(description="条目起始日 · First day of this version of the entry")
    to_day: date | None
    basis: list[BasisView]

    @classmethod
    def of(cls, duty: Duty) -> "DutyView":
        """The view of a duty."""
        return cls(
            id=duty.id,
            clause=duty.clause,
            phrase=duty.phrase,
            title_en=duty.title_en,
            post_kinds=sorted(duty.post_kinds),
            organ_kinds=sorted(duty.organ_kinds),
            roles=sorted(duty.roles),
            scope={key: firmness.value for key, firmness in duty.scope.items()},
            acts_in={key: sorted(acts) for key, acts in duty.acts_in.items()},
            standing=duty.standing,
            period=duty.period.value if duty.period else None,
            count=duty.count,
            requirements=[
                RequirementView(
                    id=one.id, acts=sorted(one.acts), manner=one.manner.value, evidence=sorted(one.evidence)
                )
                for one in duty.requirements
            ],
            filings=[one.value for one in duty.filings],
            note=duty.note,
            off_posts=sorted(duty.off_posts),
            statute=duty.statute,
            from_day=None if duty.span.from_day == date.min else duty.span.from_day,
            to_day=duty.span.to_day,
            basis=cited([duty.clause]),
        )


class CatalogueView(BaseModel):
    """职责目录 · The catalogue; `version` is the digest of its content."""

    name: str = Field(examples=["hebei"])
    version: str
    duties: list[DutyView]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "CatalogueView":
        """The view of a catalogue."""
        return cls(
            name=catalogue.name, version=catalogue.version, duties=[DutyView.of(one) for one in catalogue.duties]
        )
