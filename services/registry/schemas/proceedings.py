"""What follows an accident: requests and answers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.facts import AccidentType, Authority, ChainDifference
from services.registry.facts.answers import AccidentFile, ChainVersion
from services.registry.facts.proceedings import Deadline, Lacking, Proceeding, ProceedingKind
from services.registry.schemas.accidents import AccidentSummary, AlarmView
from services.registry.schemas.answers import entry_view
from services.registry.schemas.common import EntryView, GroundView, Input, Name, Words
from shared.roster.facts import Official

Granted = Annotated[int, Field(ge=1, le=60, description="延长日数 · days granted", examples=[30])]


class StepTaken(Input):
    """谁在哪一天 · Who took the step, on which day."""

    day: date = Field(examples=["2026-05-21"])
    organ: Name = Field(description="机关名称 · name of the organ", examples=["演练市人民政府"])
    organ_id: UUID | None = Field(None, description="已登记的机关 · the organ, where it is registered")
    document: Name | None = Field(None, description="文号 · document number", examples=["演练函〔2026〕1号"])


class OpenedIn(StepTaken):
    """成立事故调查组 · A group was formed; a level higher than before takes the investigation over."""

    kind: Literal["investigation_opened"]
    authority: Authority = Field(description="组织调查的政府级别 · level of the government that investigates")


class ExtendedIn(StepTaken):
    """延长提交调查报告期限 · More days for the report, 60 at most altogether."""

    kind: Literal["investigation_extended"]
    days: Granted
    reason: Words


class AppraisedIn(StepTaken):
    """技术鉴定 · A technical appraisal; its days are not counted, and none is named while it goes on."""

    kind: Literal["technical_appraisal"]
    until: date | None = None


class SubmittedIn(StepTaken):
    """提交事故调查报告 · The investigation report was submitted."""

    kind: Literal["report_submitted"]


class ApprovalExtendedIn(StepTaken):
    """延长批复时间 · More days for the approval, of a 特别重大 accident only, 30 at most altogether."""

    kind: Literal["approval_extended"]
    days: Granted
    reason: Words


class ApprovedIn(StepTaken):
    """批复事故调查报告 · The report was approved."""

    kind: Literal["report_approved"]


class PublishedIn(StepTaken):
    """公布处理情况 · The outcome was published; what the law keeps secret says so in `reason`."""

    kind: Literal["result_published"]
    reason: Words | None = None


class EvaluatedIn(StepTaken):
    """责任追究和整改措施落实情况评估 · The evaluation covers both rectification and accountability."""

    kind: Literal["rectification_evaluated"]
    rectification: Words = Field(description="整改措施落实情况 · how rectification was carried out")
    accountability: Words = Field(description="责任追究落实情况 · how accountability was carried out")


class ClosedIn(StepTaken):
    """结案 · Closed; refused while something is not on file."""

    kind: Literal["closed"]


class ReopenedIn(StepTaken):
    """重新启动 · A closed accident is reopened, with a reason."""

    kind: Literal["reopened"]
    reason: Words


ProceedingIn = Annotated[
    OpenedIn
    | ExtendedIn
    | AppraisedIn
    | SubmittedIn
    | ApprovalExtendedIn
    | ApprovedIn
    | PublishedIn
    | EvaluatedIn
    | ClosedIn
    | ReopenedIn,
    Field(discriminator="kind"),
]


def proceeding_of(body: StepTaken) -> Proceeding:
    """The step as a fact."""
    told = body.model_dump()
    return Proceeding(kind=ProceedingKind(told.pop("kind")), **told)


class ProceedingView(BaseModel):
    """事故处理步骤 · A step on record; a withdrawn one counts for nothing."""

    number: int
    kind: str = Field(examples=["investigation_opened"])
    kind_zh: str = Field(examples=["成立事故调查组"])
    day: date
    organ: str
    organ_id: UUID | None
    authority: str | None
    days: int
    until: date | None
    document: str | None
    reason: str | None
    rectification: str | None
    accountability: str | None
    withdrawn: str | None
    recorded_at: datetime

    @classmethod
    def of(cls, step: Proceeding) -> "ProceedingView":
        """The view of a step."""
        shown = {name: getattr(step, name) for name in cls.model_fields if name != "kind_zh"}
        return cls.model_validate(shown | {"kind": step.kind.value, "kind_zh": step.kind.zh})


class DeadlineView(BaseModel):
    """法定期限 · A deadline as it stands on the day asked about."""

    kind: str = Field(examples=["investigation_report"])
    kind_zh: str = Field(examples=["提交事故调查报告"])
    due_on: date | None
    done_on: date | None
    status: str = Field(examples=["open"])
    basis: list[GroundView]

    @classmethod
    def of(cls, deadline: Deadline) -> "DeadlineView":
        """The view of a deadline."""
        return cls(
            kind=deadline.kind,
            kind_zh=deadline.kind.zh,
            due_on=deadline.due_on,
            done_on=deadline.done_on,
            status=deadline.status,
            basis=[GroundView.of(one) for one in deadline.basis],
        )


class LackingView(BaseModel):
    """结案尚缺 · What must be on file before the accident is closed, and is not."""

    code: str = Field(examples=["report_approved"])
    reason_zh: str
    reason_en: str
    basis: GroundView

    @classmethod
    def of(cls, lacking: Lacking) -> "LackingView":
        """The view of what is lacking."""
        basis = GroundView.of(lacking.basis)
        return cls(code=lacking.code, reason_zh=lacking.zh, reason_en=lacking.en, basis=basis)


class ProgressView(BaseModel):
    """事故处理进展 · What followed an accident, and what is still to come, on the day asked about."""

    accident_id: UUID
    version: int
    as_of: date
    closed_on: date | None
    proceedings: list[ProceedingView]
    deadlines: list[DeadlineView]
    lacking: list[LackingView] = Field(description="结案尚缺 · lacking for closing")
    alarms: list[AlarmView]

    @classmethod
    def of(cls, file: AccidentFile[Any]) -> "ProgressView":
        """The view of an accident's file."""
        return cls(
            accident_id=file.accident.id,
            version=file.stored.version,
            as_of=file.as_of,
            closed_on=file.closed_on,
            proceedings=[ProceedingView.of(one) for one in file.steps],
            deadlines=[DeadlineView.of(one) for one in file.deadlines],
            lacking=[LackingView.of(one) for one in file.lacking],
            alarms=[AlarmView.of(one) for one in file.alarms],
        )


class AlarmedAccident(BaseModel):
    """有警示的事故 · An accident that a person should look at."""

    accident: AccidentSummary
    as_of: date
    alarms: list[AlarmView]

    @classmethod
    def of(cls, file: AccidentFile[Any]) -> "AlarmedAccident":
        """The view of an accident's file."""
        alarms = [AlarmView.of(one) for one in file.alarms]
        return cls(accident=AccidentSummary.of(file.stored), as_of=file.as_of, alarms=alarms)


class ChainVersionView(BaseModel):
    """责任链条版本 · A version of the chain and why it was published."""

    chain_version: int
    version: int = Field(description="事故记录版本 · the accident's version that carried it first")
    event: str = Field(examples=["chain_revised"])
    reason: str | None
    recorded_at: datetime

    @classmethod
    def of(cls, one: ChainVersion) -> "ChainVersionView":
        """The view of a version."""
        return cls(
            chain_version=one.chain_version,
            version=one.version,
            event=one.event,
            reason=one.reason,
            recorded_at=one.recorded_at,
        )


class ChangedEntry(BaseModel):
    """变化的岗位 · One post and official whose facts or reasons changed."""

    before: EntryView
    after: EntryView


class ChainDifferenceView(BaseModel):
    """责任链条差异 · What the newer version adds, drops and changes; entries are the same by post and official."""

    older: ChainVersionView
    newer: ChainVersionView
    added: list[EntryView]
    removed: list[EntryView]
    changed: list[ChangedEntry]
    earlier_added: list[EntryView]
    earlier_removed: list[EntryView]
    earlier_changed: list[ChangedEntry]
    basis: list[GroundView]

    @classmethod
    def of(
        cls, older: ChainVersion, newer: ChainVersion, found: ChainDifference, names: Mapping[UUID, Official]
    ) -> "ChainDifferenceView":
        """The view of a difference."""
        changed, earlier_changed = (
            [ChangedEntry(before=entry_view(a, names), after=entry_view(b, names)) for a, b in pairs]
            for pairs in (found.changed, found.earlier_changed)
        )
        return cls(
            older=ChainVersionView.of(older),
            newer=ChainVersionView.of(newer),
            added=[entry_view(one, names) for one in found.added],
            removed=[entry_view(one, names) for one in found.removed],
            changed=changed,
            earlier_added=[entry_view(one, names) for one in found.earlier_added],
            earlier_removed=[entry_view(one, names) for one in found.earlier_removed],
            earlier_changed=earlier_changed,
            basis=[GroundView(clause="art21.4", kind="text"), GroundView(clause="art27", kind="text")],
        )


class TypeView(BaseModel):
    """事故类别 · A type of accident with the standard that names it."""

    standard: str = Field(examples=["GB 6441-2025"])
    code: str | None
    name: str

    @classmethod
    def of(cls, kind: AccidentType) -> "TypeView":
        """The view of a type."""
        return cls(standard=kind.standard, code=kind.code, name=kind.name)
