"""Regions over time, zones, organs' successions and scope: requests and answers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.registry.facts.answers import Stored
from services.registry.facts.regions import FunctionHolder, Inherited, ManagingOrgan, NewRegion, ScopeAnswer
from services.registry.schemas.common import Code, GroundView, Input, Name, Reasoned
from services.registry.schemas.roster import OrganView, RegionView, RoleView
from shared.contracts.registry import OrganState, RegionState
from shared.roster.facts import OrganKind, SuccessionKind, Tier

Document = Annotated[str, Field(min_length=1, max_length=200, examples=["（演练）演政〔2026〕1号"])]
Functions = Annotated[tuple[Name, ...], Field(max_length=50, examples=[["应急管理"]])]
DivisionCode = Annotated[str, Field(pattern=r"^13[0-9]{4,10}$", max_length=12, examples=["139901401"])]


class DatedChangeIn(Reasoned):
    """按日变更 · A change from a day on, by a document."""

    from_day: date = Field(examples=["2026-01-01"])
    document: Document


class TierIn(DatedChangeIn):
    """变更层级 · Another tier from a day on; parent and competence stay."""

    tier: Tier = Field(examples=["city"])


class ParentIn(DatedChangeIn):
    """变更行政隶属 · Another administrative parent from a day on; tiers stay, what lies below moves along."""

    admin_parent: Code


class CompetenceIn(DatedChangeIn):
    """确认管辖级别 · At which level the region investigates accidents from a day on; null withdraws it."""

    competence: Tier | None = Field(examples=["city"])


class NameIn(DatedChangeIn):
    """更名 · Another name from a day on; code, parent, tier and competence stay."""

    name: Name = Field(examples=["演练新名县"])


class RegionEndIn(Reasoned):
    """撤销区划 · The last day, and the codes of what comes after it on the next day."""

    last_day: date = Field(examples=["2026-12-31"])
    successor_codes: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    document: Document


class NewRegionIn(Input):
    """登记行政区划 · A division that no list has yet, by a document."""

    code: DivisionCode
    name: Name = Field(examples=["演练新县"])
    admin_parent: Code = Field(examples=["139900"])
    from_day: date = Field(examples=["2026-01-01"])
    document: Document

    def fact(self) -> NewRegion:
        """The region as a fact."""
        return NewRegion(self.code, self.name, self.admin_parent, self.from_day, self.document)


class DivisionIn(NewRegionIn):
    """登记行政区划 · With its tier; a zone is registered with its managing organ."""

    tier: Tier = Field(examples=["county"])


class ManagingOrganIn(Input):
    """管理机构 · An organ that stands (`organ_id`), or name and kind of the one to register with the zone."""

    organ_id: UUID | None = None
    name: Name | None = Field(None, examples=["演练新区管理委员会"])
    kind: OrganKind = OrganKind.MANAGEMENT_COMMITTEE

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.organ_id is None) is (self.name is None):
            raise ValueError("a zone's managing organ is named by its id, or by its name to be registered")
        return self

    def fact(self) -> ManagingOrgan:
        """The managing organ as a fact."""
        return ManagingOrgan(self.organ_id, self.name or "", self.kind)


class ZoneIn(NewRegionIn):
    """登记功能区 · A functional zone with its managing organ."""

    managing_organ: ManagingOrganIn


class DatedView(BaseModel):
    """按日属性 · From which day on, by which document."""

    from_day: date
    document: str | None


class DatedTierView(DatedView):
    """层级 · A tier from a day on."""

    tier: str


class DatedParentView(DatedView):
    """行政隶属 · A parent from a day on."""

    admin_parent: str | None
    path: list[str]


class DatedCompetenceView(DatedView):
    """管辖级别 · A competence from a day on; null: nobody confirmed it."""

    competence: str | None


class DatedNameView(DatedView):
    """名称 · A name from a day on."""

    name: str


class RegionHistoryView(RegionView):
    """区划沿革 · A region with everything that changed by date; empty lists: nothing did."""

    tiers: list[DatedTierView]
    parents: list[DatedParentView]
    competences: list[DatedCompetenceView]
    names: list[DatedNameView]


class RegionRefView(BaseModel):
    """区划 · A region by code, name and days."""

    id: UUID
    code: str
    name: str
    from_day: date
    to_day: date | None

    @classmethod
    def of(cls, stored: Stored[RegionState]) -> Self:
        """The view of a region."""
        return cls.model_validate(stored.state.model_dump())


class CodeHolderView(BaseModel):
    """代码沿革 · A region that had the code, what came before it and what after."""

    region: RegionHistoryView
    predecessors: list[RegionRefView]
    successors: list[RegionRefView]

    @classmethod
    def of(
        cls,
        region: Stored[RegionState],
        predecessors: Sequence[Stored[RegionState]],
        successors: Sequence[Stored[RegionState]],
    ) -> Self:
        """The view of one holder of a code."""
        return cls(
            region=RegionHistoryView.of(region),
            predecessors=[RegionRefView.of(one) for one in predecessors],
            successors=[RegionRefView.of(one) for one in successors],
        )


class CodeHistoryView(BaseModel):
    """代码沿革 · Every region that ever had a code, earliest first: a code names a region only with its dates."""

    code: str = Field(examples=["130502"])
    regions: list[CodeHolderView]


class CandidateView(BaseModel):
    """功能区候选 · A row of the list that looks like a zone; nobody registers it but a person."""

    code: str = Field(examples=["130171"])
    name: str
    reason: str = Field(examples=["功能区代码，无国家标准行政区划代码"])
    code_parent: str
    admin_parent: str
    listed_below: list[str] = Field(description="名录中列于其下的代码 · codes that the list puts below it")
    registered: bool


class CandidatesView(BaseModel):
    """功能区候选 · The candidates."""

    items: list[CandidateView]


class NewHeirIn(Input):
    """新设机关 · An organ that begins with the reform."""

    name: Name = Field(examples=["演练县应急管理局"])
    kind: OrganKind
    region_code: Code


class HeirIn(Input):
    """承继机关 · An organ that stands (`organ_id`) or is new; the functions it takes, all where none is named."""

    organ_id: UUID | None = None
    new: NewHeirIn | None = None
    functions: Functions | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.organ_id is None) is (self.new is None):
            raise ValueError("an heir is an organ that stands, or a new one")
        return self


class SuccessionIn(Input):
    """机构改革 · What becomes of an organ on a day, by which document; `with_organs` are merged with it."""

    kind: SuccessionKind
    day: date = Field(examples=["2026-01-01"])
    document: Document
    issuer: Name = Field(examples=["演练市委、市政府"])
    issued_on: date = Field(examples=["2025-12-20"])
    with_organs: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()
    heirs: Annotated[tuple[HeirIn, ...], Field(max_length=20)] = ()
    new_name: Name | None = None

    @model_validator(mode="after")
    def _renaming_has_a_name(self) -> Self:
        if (self.kind is SuccessionKind.RENAMED) is (self.new_name is None):
            raise ValueError("a renaming, and nothing else, has a new name")
        standing = [one.organ_id for one in self.heirs if one.organ_id is not None]
        if len(set(standing)) < len(standing) or len(set(self.with_organs)) < len(self.with_organs):
            raise ValueError("an organ is named once")
        return self


class SuccessionView(BaseModel):
    """机构改革 · Every organ as it is after the reform."""

    organs: list[OrganView]

    @classmethod
    def of(cls, saved: Sequence[Stored[OrganState]]) -> Self:
        """The view of what was saved."""
        return cls(organs=[OrganView.of(one) for one in saved])


class HolderView(BaseModel):
    """职能承担机关 · An organ that answered for the function, with the roles that say so."""

    organ_id: UUID
    name: str
    kind: str
    roles: list[RoleView]


class HoldersView(BaseModel):
    """职能由谁承担 · Who answered for a function on a day; each organ once."""

    region_code: str
    function: str
    as_of: date
    known_at: datetime
    items: list[HolderView]
    basis: list[GroundView]

    @classmethod
    def of(cls, code: str, function: str, as_of: date, known_at: datetime, found: Sequence[FunctionHolder]) -> Self:
        """The view of the holders."""
        items = [
            HolderView(
                organ_id=one.organ.id,
                name=one.organ.name,
                kind=one.organ.kind,
                roles=[RoleView.of(role) for role in one.roles],
            )
            for one in found
        ]
        basis = [GroundView(clause="art10.2", kind="text"), GroundView(clause="art11.3", kind="text")]
        return cls(region_code=code, function=function, as_of=as_of, known_at=known_at, items=items, basis=basis)


class InheritedView(BaseModel):
    """承继 · Who answers for one function; no organ: it was abolished and nobody took it over."""

    function: str | None
    organ_id: UUID | None
    name: str | None
    documents: list[str]


class HeirsView(BaseModel):
    """机关沿革 · Who answers on a day for what an organ had: itself before the reform, its heirs after it."""

    organ_id: UUID
    as_of: date
    known_at: datetime
    items: list[InheritedView]

    @classmethod
    def of(cls, organ_id: UUID, as_of: date, known_at: datetime, found: Sequence[Inherited]) -> Self:
        """The view of the heirs."""
        items = [
            InheritedView(
                function=one.function,
                organ_id=one.organ and one.organ.id,
                name=one.organ and one.organ.name,
                documents=list(one.documents),
            )
            for one in found
        ]
        return cls(organ_id=organ_id, as_of=as_of, known_at=known_at, items=items)


class HoldingView(BaseModel):
    """任职 · An appointment on the day, and whether Art. 2 names its post."""

    appointment_id: UUID
    post_id: UUID
    title: str
    organ_id: UUID
    organ_name: str
    region_code: str
    tier: str | None
    acting: bool
    in_scope: bool
    code: str
    reason_zh: str
    reason_en: str
    basis: list[GroundView]


class ScopeView(BaseModel):
    """适用范围 · Whether the rules bound an official on the day of the conduct, and by which appointments."""

    official_id: UUID
    as_of: date
    known_at: datetime
    in_scope: bool
    code: str = Field(examples=["post_in_scope"])
    reason_zh: str
    reason_en: str
    appointments: list[HoldingView]
    basis: list[GroundView]

    @classmethod
    def of(cls, answer: ScopeAnswer, known_at: datetime) -> Self:
        """The view of the answer."""
        decision = answer.decision
        return cls(
            official_id=answer.official_id,
            as_of=answer.day,
            known_at=known_at,
            in_scope=decision.allowed,
            code=decision.code,
            reason_zh=decision.reason_zh,
            reason_en=decision.reason_en,
            appointments=[
                HoldingView(
                    appointment_id=one.appointment.id,
                    post_id=one.post.id,
                    title=one.post.title,
                    organ_id=one.organ.id,
                    organ_name=one.organ.name_on(answer.day),
                    region_code=one.organ.region_code,
                    tier=one.region and one.region.tier,
                    acting=one.appointment.acting,
                    in_scope=one.decision.allowed,
                    code=one.decision.code,
                    reason_zh=one.decision.reason_zh,
                    reason_en=one.decision.reason_en,
                    basis=[GroundView.of(basis) for basis in one.decision.basis],
                )
                for one in answer.holdings
            ],
            basis=[GroundView.of(basis) for basis in decision.basis],
        )
