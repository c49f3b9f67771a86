"""Parts that several requests and answers share."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.registry.facts.answers import Dated, Stored
from shared.roster.facts import Span
from shared.statute.decision import Basis

Name = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Code = Annotated[str, Field(pattern=r"^[0-9]{6,12}$", max_length=12, examples=["139901"])]
Industry = Annotated[str, Field(pattern=r"^[A-T]?[0-9]{0,4}$", min_length=1, max_length=5, examples=["C26"])]
NamedField = Annotated[str, Field(min_length=1, max_length=50, examples=["消防"])]
Industries = Annotated[tuple[Industry, ...], Field(max_length=200)]
NamedFields = Annotated[tuple[NamedField, ...], Field(max_length=100)]


class Input(BaseModel):
    """What a caller sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Days(Input):
    """起止日期（均含当日）· First and last day, both included; no last day means open."""

    from_day: date = Field(examples=["2025-01-10"])
    to_day: date | None = Field(None, examples=["2026-06-30"])

    @property
    def span(self) -> Span:
        """The days as a fact."""
        return Span(self.from_day, self.to_day)


class Sourced(Input):
    """补录来源 · Where a back-filled fact was recorded before, and who attests it."""

    source_recorded_at: AwareDatetime | None = None
    attested_by: Name | None = None

    @model_validator(mode="after")
    def _attested(self) -> Self:
        if (self.source_recorded_at is None) is not (self.attested_by is None):
            raise ValueError("a back-filled fact names both its source's moment and who attests it")
        return self


class Reasoned(Input):
    """更正理由 · Why something recorded is changed."""

    reason: Words = Field(examples=["据任免文件更正"])


class GroundView(BaseModel):
    """依据条款 · A clause with its kind: text, reading or default."""

    clause: str = Field(examples=["art4.p2"])
    kind: str = Field(examples=["text"])
    note: str | None = None

    @classmethod
    def of(cls, basis: Basis) -> "GroundView":
        """The view of a clause."""
        return cls(clause=basis.clause, kind=basis.kind.value, note=basis.note)


class Versioned(BaseModel):
    """登记版本 · A recorded version: its number (the ETag) and when it was recorded."""

    id: UUID
    version: int = Field(examples=[1])
    recorded_at: datetime
    path: list[str] = Field(description="行政隶属路径 · administrative path", examples=[["130000", "139900"]])
    exercise: bool = Field(description="演练 · an exercise")

    @classmethod
    def of(cls, stored: Stored[Any]) -> Self:
        """The view of a version."""
        meta = {"version": stored.version, "recorded_at": stored.recorded_at, "path": stored.path}
        return cls.model_validate(stored.state.model_dump() | meta)

    @classmethod
    def on_day(cls, dated: Dated[Stored[Any]]) -> Self:
        """The view of a version, with how it stands on the day asked about."""
        return cls.of(dated.found).model_copy(update={"standing": dated.standing.value})


MergedInto: Any = Field(
    None, description="同一人的另一条记录 · the record of the same person into which this one was merged"
)
OtherIds: Any = Field((), description="同一人的其他记录 · other records of the same person, shown once here")


class EntryView(BaseModel):
    """应予核查的岗位（不是责任认定）· A post to examine, not a responsible person, and why it is listed."""

    post_id: UUID
    post_kind: str = Field(examples=["party_principal"])
    title: str = Field(examples=["县委书记"])
    organ_id: UUID
    region_code: str = Field(examples=["139901"])
    tier: str = Field(examples=["county"])
    appointment_id: UUID | None
    official_id: UUID | None
    official_name: str | None
    official_merged_into: UUID | None = MergedInto
    other_official_ids: list[UUID] = OtherIds
    acting: bool
    vacant: bool
    held_from: date | None
    held_to: date | None
    basis: list[GroundView]
    reason_zh: str
    reason_en: str


class GapView(BaseModel):
    """登记缺口 · A seat that nobody registered in the region."""

    region_code: str
    post_kind: str
