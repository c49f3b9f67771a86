"""The catalogue as readers see it."""

from datetime import date

from pydantic import BaseModel, Field

from services.duties.facts import Catalogue, Duty
from services.duties.facts.catalogue import Governance
from services.duties.schemas.common import View, cited
from shared.kernel.problems import BasisView
from shared.roster.facts import Span


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
    notes: dict[str, str] = Field(description="各处如何理解 · How the words are read in which place")
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
            notes=dict(duty.notes),
            off_posts=sorted(duty.off_posts),
            statute=duty.statute,
            from_day=_since(duty.span),
            to_day=duty.span.to_day,
            basis=cited([duty.clause]),
        )


class GovernanceView(View):
    """适用范围 · A statute governs a region and what lies below it, from a day to a day."""

    statute: str = Field(examples=["hebei"])
    region: str = Field(examples=["130000"])
    from_day: date | None
    to_day: date | None

    @classmethod
    def of(cls, one: Governance) -> "GovernanceView":
        """The view of what a statute governs."""
        return cls(statute=one.statute, region=one.region, from_day=_since(one.span), to_day=one.span.to_day)


def _since(span: Span) -> date | None:
    """The first day; `None` where no day is said."""
    return None if span.from_day == date.min else span.from_day


class CatalogueView(BaseModel):
    """职责目录 · The catalogue; `version` is the digest of its content."""

    name: str = Field(examples=["hebei"])
    version: str
    governs: list[GovernanceView]
    duties: list[DutyView]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "CatalogueView":
        """The view of a catalogue."""
        return cls(
            name=catalogue.name,
            version=catalogue.version,
            governs=[GovernanceView.of(one) for one in catalogue.governs],
            duties=[DutyView.of(one) for one in catalogue.duties],
        )
