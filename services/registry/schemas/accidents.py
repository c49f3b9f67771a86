"""Accidents: requests and answers."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.registry.facts import (
    AccidentNature,
    AccidentType,
    Adjustment,
    AdjustmentAction,
    Authority,
    Casualties,
    Circumstances,
    ReportParty,
    ReportStep,
)
from services.registry.facts.annulment import Annulment, AnnulmentCause
from services.registry.facts.answers import AccidentFile, CheckedStep, ReportClock
from services.registry.schemas.answers import gap_views
from services.registry.schemas.common import (
    Code,
    EntryView,
    GapView,
    GroundView,
    Industry,
    Input,
    Name,
    NamedFields,
    Reasoned,
    Versioned,
    Words,
)
from shared.statute.decision import Decision

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Yuan = Annotated[int, Field(ge=0, le=10**15, description="元 · whole yuan", examples=[537_2500])]


class DeathsIn(Input):
    """某日死亡人数 · People who died on one day."""

    count: Annotated[int, Field(ge=1, le=1_000_000)]
    died_on: date = Field(examples=["2026-05-20"])
    concealed: bool = Field(False, description="瞒报后查实 · found after concealment")


class CasualtiesIn(Input):
    """伤亡与直接经济损失 · Casualties and direct loss; null is not known yet."""

    deaths: Annotated[tuple[DeathsIn, ...], Field(max_length=400)] = ()
    missing: Count = 0
    serious_injuries: Count | None = Field(None, description="重伤（含急性中毒）· serious injuries", examples=[12])
    direct_loss_yuan: Yuan | None = None
    concealed_serious_injuries: Count = 0
    concealed_loss_yuan: Yuan = 0

    def fact(self) -> Casualties:
        """The figures as a fact."""
        return Casualties(
            deaths=tuple((one.count, one.died_on, one.concealed) for one in self.deaths),
            **self.model_dump(exclude={"deaths"}),
        )


class TypeIn(Input):
    """事故类别及其标准 · A type with the standard that names it."""

    standard: Name = Field(examples=["GB 6441-2025"])
    name: Name
    code: Annotated[str, Field(max_length=10)] | None = None


class StepIn(Input):
    """报告环节 · A receiver learned of the accident from a sender; no sender is the scene."""

    receiver: ReportParty
    received_at: AwareDatetime = Field(examples=["2026-05-20T14:35:00+08:00"])
    sender: ReportParty | None = None

    def fact(self) -> ReportStep:
        """The step as a fact."""
        return ReportStep(self.receiver, self.received_at, self.sender)


Steps = Annotated[tuple[StepIn, ...], Field(max_length=100)]


class CircumstancesIn(Input):
    """时间、行业、类别 · When it was, in which industry, of which type."""

    title: Name = Field(examples=["演练经济开发区爆炸事故"])
    occurred_at: AwareDatetime = Field(examples=["2026-05-20T14:30:00+08:00"])
    industry: Industry
    nature: AccidentNature = AccidentNature.GENERAL
    accident_type: TypeIn | None = None
    fields: NamedFields = ()
    zone_codes: Annotated[tuple[Code, ...], Field(max_length=10)] = Field(
        (), description="所在而非行政上级的功能区 · zones that contain the place"
    )

    def told(self, region_code: str = "", *, exercise: bool = False) -> Circumstances:
        """The same as a fact; without a place where that on record stays."""
        kind = self.accident_type
        return Circumstances(
            title=self.title,
            region_code=region_code,
            occurred_at=self.occurred_at,
            industry=self.industry,
            nature=self.nature,
            accident_type=None if kind is None else AccidentType(kind.standard, kind.name, kind.code),
            fields=self.fields,
            zone_codes=self.zone_codes,
            exercise=exercise,
        )


class AccidentIn(CircumstancesIn):
    """登记事故 · An accident: its level is derived, never stated."""

    region_code: Code
    casualties: CasualtiesIn
    report_steps: Steps = ()
    taken_over_by: Authority | None = Field(None, description="提级（或实际）调查级别 · who took it over")
    exercise: bool = False

    def circumstances(self) -> Circumstances:
        """Where, when and what, as a fact."""
        return self.told(self.region_code, exercise=self.exercise)


class CorrectionIn(CircumstancesIn, Reasoned):
    """更正地点、时间、行业、类别 · What had been recorded wrongly or was found later; no place: it stays."""

    region_code: Code | None = Field(None, description="事故地点，不给则不变 · where it happened; null: as recorded")


class AnnulmentIn(Reasoned):
    """撤销误登或者重复登记 · A mistake, or a second record of an accident that stays on record as `duplicate_of`."""

    cause: AnnulmentCause
    duplicate_of: UUID | None = None

    def fact(self) -> Annulment:
        """The annulment as a fact."""
        return Annulment(self.cause, self.reason, self.duplicate_of)


class AnnulmentView(BaseModel):
    """撤销理由 · Why the record was annulled."""

    cause: str
    reason: str
    duplicate_of: UUID | None


class RevisionIn(Reasoned):
    """续报 · Casualties and loss as they are known now."""

    casualties: CasualtiesIn
    taken_over_by: Authority | None = None


class StepsIn(Input):
    """补充报告环节 · Further steps of reporting."""

    steps: Annotated[tuple[StepIn, ...], Field(min_length=1, max_length=100)]


class AdjustmentIn(Input):
    """增减核查名单 · A handler adds or drops a post, or one official of it; never without reason."""

    action: AdjustmentAction
    post_id: UUID
    official_id: UUID | None = None
    reason: Words

    def fact(self) -> Adjustment:
        """The adjustment as a fact."""
        return Adjustment(self.action, self.post_id, self.reason, self.official_id)


class StepView(BaseModel):
    """报告环节及时限 · A step against the limit of `sender`, whose step it is; null: no limit or no receipt."""

    number: int
    receiver: str
    received_at: datetime
    sender: str | None
    due_at: datetime | None
    within_limit: bool | None
    supplement: bool
    basis: GroundView | None
    skipped: list[str] = Field(description="越过的层级 · levels passed over, which is allowed")
    out_of_order: bool = Field(description="早于报告人自己的接报时间 · before its sender's own receipt")
    recorded_at: datetime | None

    @classmethod
    def of(cls, checked: CheckedStep) -> "StepView":
        """The view of a checked step."""
        return cls(
            number=checked.step.number,
            receiver=checked.step.receiver,
            received_at=checked.step.received_at,
            sender=checked.step.sender,
            due_at=checked.due_at,
            within_limit=checked.within_limit,
            supplement=checked.supplement,
            basis=checked.basis and GroundView.of(checked.basis),
            skipped=[str(party) for party in checked.skipped],
            out_of_order=checked.out_of_order,
            recorded_at=checked.step.recorded_at,
        )


class PendingView(BaseModel):
    """待报 · Who knows of the accident and has not handed it on."""

    party: str
    due_at: datetime
    overdue: bool


class ClockView(BaseModel):
    """报告时限 · The report clock; null: nothing late, but a receipt is missing."""

    within_limits: bool | None
    steps: list[StepView]
    pending: list[PendingView]
    receipt_unknown: list[str]

    @classmethod
    def of(cls, clock: ReportClock) -> "ClockView":
        """The view of a clock."""
        return cls(
            within_limits=clock.within_limits,
            steps=[StepView.of(step) for step in clock.steps],
            pending=[PendingView(party=p.party, due_at=p.due_at, overdue=p.overdue) for p in clock.pending],
            receipt_unknown=[str(party) for party in clock.receipt_unknown],
        )


class AlarmView(BaseModel):
    """警示 · Something that a person should look at."""

    code: str = Field(examples=["investigated_too_low"])
    reason_zh: str
    reason_en: str
    basis: list[GroundView]

    @classmethod
    def of(cls, decision: Decision) -> "AlarmView":
        """The view of a decision that alarms."""
        grounds = [GroundView.of(one) for one in decision.basis]
        return cls(code=decision.code, reason_zh=decision.reason_zh, reason_en=decision.reason_en, basis=grounds)


class WithdrawnStepView(BaseModel):
    """已撤回的报告环节 · A step recorded in error, which counts for nothing."""

    number: int
    receiver: str
    received_at: datetime
    sender: str | None
    withdrawn: str


class DroppedView(BaseModel):
    """经办机关剔除 · An entry that a handler dropped, and why."""

    entry: EntryView
    reason: str


class ChainView(BaseModel):
    """责任链条：应予核查的岗位 · Posts to examine as of the accident; earlier holders apart."""

    version: int
    window_from: date | None
    entries: list[EntryView]
    earlier_holders: list[EntryView]
    removed: list[DroppedView]
    gaps: list[GapView]


class AccidentSummary(Versioned):
    """事故 · An accident as lists show it."""

    title: str
    region_code: str
    occurred_at: datetime
    industry: str
    level: str = Field(examples=["较大"])
    deaths: int
    missing: int
    serious_injuries: int
    direct_loss_yuan: int | None
    investigated_by: str
    chain_version: int
    annulled: bool = Field(False, description="记录已撤销 · the record was annulled and stands for nothing")


class AccidentView(AccidentSummary):
    """事故全貌 · An accident with its level, clock, alarms and the posts to examine."""

    nature: str
    type_standard: str | None
    type_name: str | None
    type_code: str | None
    fields: list[str]
    zone_codes: list[str]
    decided_by: list[str]
    level_if_missing_dead: str
    unknown: list[str]
    deaths_after_window: int
    death_window_last_day: date
    reported_up_to: str
    investigation_demanded: str
    investigating_region: str | None
    taken_over_by: str | None
    clock: ClockView | None
    withdrawn_steps: list[WithdrawnStepView]
    as_of: date = Field(description="时限、警示和结案截至该日 · the day of clock, alarms and closing")
    closed_on: date | None
    alarms: list[AlarmView]
    chain: ChainView
    basis: list[GroundView]
    annulment: AnnulmentView | None = None

    @classmethod
    def of_file(cls, file: AccidentFile[Any]) -> "AccidentView":
        """The view of an accident's file."""
        state, level = file.stored.state, file.level
        derived = {
            "version": file.stored.version,
            "recorded_at": file.stored.recorded_at,
            "unknown": level.unknown,
            "deaths_after_window": level.deaths_after_window,
            "death_window_last_day": level.window_last_day,
            "reported_up_to": level.reported_up_to,
            "investigation_demanded": level.investigated_by,
            "clock": file.clock and ClockView.of(file.clock),
            "withdrawn_steps": [
                one.model_dump() | {"number": number}
                for number, one in enumerate(state.report_steps, 1)
                if one.withdrawn is not None
            ],
            "alarms": [AlarmView.of(one) for one in file.alarms],
            "as_of": file.as_of,
            "closed_on": file.closed_on,
            "basis": [GroundView.of(one) for one in level.basis],
            "chain": ChainView(
                version=state.chain_version,
                window_from=state.chain_from,
                entries=[_entry(one, file) for one in state.chain if not one.earlier_holder],
                earlier_holders=[_entry(one, file) for one in state.chain if one.earlier_holder],
                removed=[DroppedView(entry=_entry(one.entry, file), reason=one.reason) for one in state.removed],
                gaps=gap_views(state.gaps),
            ),
        }
        return cls.model_validate(state.model_dump() | derived)


def _entry(part: Any, file: AccidentFile[Any]) -> EntryView:
    grounds = [ground.model_dump() for ground in part.grounds]
    holder = None if part.official_id is None else file.names.get(part.official_id)
    person = {"official_name": holder and holder.name, "official_merged_into": holder and holder.merged_into}
    return EntryView.model_validate(part.model_dump() | {"basis": grounds} | person)
