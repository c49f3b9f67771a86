"""Cases: what is stated, found, proposed, decided."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.discipline.facts import Ground, GroundStated
from services.discipline.schemas.common import Body, Code, Digest, Months, Reason, Words, basis_views
from services.discipline.schemas.leads import VetoView
from shared.contracts.discipline import (
    CaseFindingsPart,
    CaseState,
    DraftPart,
    GroundPart,
    ProposalPart,
)
from shared.kernel.problems import BasisView

CaseStatus = Literal["opened", "proposed", "decided", "exempted", "closed_without_measure"]


class GroundIn(Body):
    """问责情形 · A ground with its facts and the digests of its evidence."""

    ground: Ground = Field(examples=["art21.4"])
    facts: Words = Field(examples=["（演练）2025年下半年未举行专题研究"])
    evidence: Annotated[tuple[Digest, ...], Field(max_length=100)] = ()


class CaseIn(Body):
    """立案 · Leads about one official, at least one ground, the organ that handles."""

    lead_ids: Annotated[list[UUID], Field(min_length=1, max_length=50)]
    grounds: Annotated[list[GroundIn], Field(max_length=20)]
    handling_organ_id: UUID

    def stated(self) -> tuple[GroundStated, ...]:
        """The grounds for rules."""
        return tuple(GroundStated(one.ground, one.facts, tuple(one.evidence)) for one in self.grounds)


class FindingsIn(Body):
    """调查认定 · The investigating organ's findings, those of Art. 27 in words where it finds them."""

    organ_id: UUID
    found_on: date
    findings: Reason
    leadership_responsibility: Words = Field("", description="负有领导责任 · Leadership responsibility (Art. 27)")
    vile_nature: Words = Field("", description="性质恶劣 · Vile nature (Art. 27)")
    serious_consequences: Words = Field("", description="后果严重 · Serious consequences (Art. 27)")


class OrganIn(Body):
    """决定机关 · The deciding organ, its cadre authority and its meeting."""

    organ_id: UUID
    cadre_authority: bool = Field(description="是否有干部管理权限 · Whether it manages this official")
    meeting: Words = Field(examples=["（演练）县委常委会会议"])
    met_on: date


class ReasonOfIn(Body):
    """事实及来源、条款 · A fact with source and clause."""

    fact: Words
    source: Words
    clause: Annotated[str, Field(max_length=80)] = Field(examples=["art10.2a"])


class ContentsIn(Body):
    """决定要素 · What Art. 28 makes a decision record."""

    post_duties: Words
    performance: Words
    conditions: Words
    statement: Words
    service: Words
    appeal_deadline: date | None = None
    reasons: Annotated[tuple[ReasonOfIn, ...], Field(max_length=100)] = ()


class WeighingIn(Body):
    """从重、从轻 · What Art. 24 and 25 ask for."""

    main_leadership_responsibility: bool = False
    casualties_enlarged: bool = False
    loss_enlarged: bool = False
    serious_social_impact: bool = False
    remedied: bool = False
    art24_applies: bool | None = None
    words_24: Words = ""
    words_25: Words = ""
    baseline: Code | None = None
    incomparable_reasons: Words = ""


class ProposalIn(Body):
    """拟作决定 · A measure as proposed, with everything the decision must hold."""

    measure: Code = Field(examples=["demerit"])
    decided_on: date = Field(examples=["2026-12-24"])
    effective_on: date = Field(examples=["2026-12-25"])
    organ: OrganIn
    contents: ContentsIn
    weighing: WeighingIn = WeighingIn()
    severity_order: Annotated[list[Annotated[list[Code], Field(max_length=50)]], Field(max_length=20)] = Field(
        [], description="决定机关的轻重次序 · The deciding organ's order, each chain from light to heavy"
    )
    art23_applies: bool | None = Field(
        None, description="是否因发生事故被追究领导责任 · Whether Art. 23 applies, as the decision states"
    )
    invokes_27: bool = Field(False, description="是否援引第二十七条 · Whether it invokes Art. 27")
    supplied_months: Months | None = None
    combined_months: Months | None = None
    combined_from: Annotated[tuple[Months, ...], Field(max_length=20)] = ()
    term_months: Months | None = None
    term_ends_on: date | None = None
    ended_on: date | None = None
    confirmed_figures: Annotated[tuple[Code, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.effective_on < self.decided_on:
            raise ValueError("生效日早于决定日 · it takes effect before it was decided")
        if self.effective_on.year > 2500:
            raise ValueError("生效日超出范围 · the effective day is out of range")
        return self

    def draft(self) -> DraftPart:
        """The proposal as events carry it."""
        return DraftPart.model_validate(self.model_dump())


class CloseIn(Body):
    """结案 · End a case without a measure."""

    exempted: bool = Field(False, description="因第二十六条免责 · Because Art. 26 leaves no ground")
    reason: Reason


class ReferIn(Body):
    """移送 · The suspected duty violation or crime."""

    suspicion: Words = Field(examples=["（演练）涉嫌玩忽职守的事实"])


class CaseView(BaseModel):
    """问责案件 · A case with all reasons and clauses."""

    id: UUID
    official_id: UUID
    post_ids: list[UUID]
    lead_ids: list[UUID]
    accident_id: UUID | None
    grounds: list[GroundPart]
    open_grounds: list[str] = Field(description="免责后仍存在的情形 · Grounds that no exemption has taken away")
    handling_organ_id: UUID
    opened_by: str
    opened_on: date
    status: str = Field(examples=["decided"])
    retired_on: date | None
    findings: CaseFindingsPart | None
    proposal: ProposalPart | None
    returned_reason: str | None
    approved_by: str | None
    approved_on: date | None
    referred_on: date | None
    suspicion: str | None
    closed_reason: str | None
    note: str | None = Field(None, description="事由变化，由人决定 · what happened to its cause; a person decides")
    vetoes: list[VetoView]
    exercise: bool
    version: int
    recorded_at: datetime
    basis: list[BasisView]

    @classmethod
    def of(
        cls,
        state: CaseState,
        version: int,
        recorded_at: datetime,
        *,
        vetoes: Iterable[VetoView],
        open_grounds: Iterable[str],
        retired_on: date | None,
    ) -> "CaseView":
        """The case as people read it."""
        return cls(
            **state.model_dump(exclude={"basis", "veto_ids"}),
            version=version,
            recorded_at=recorded_at,
            vetoes=list(vetoes),
            open_grounds=list(open_grounds),
            retired_on=retired_on,
            basis=basis_views(state.basis),
        )


class CaseRow(BaseModel):
    """案件列表项 · A case in a list."""

    id: UUID
    official_id: UUID
    accident_id: UUID | None
    status: str
    opened_on: date
    referred_on: date | None
    exercise: bool
    version: int
