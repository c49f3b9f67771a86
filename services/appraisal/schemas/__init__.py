"""What the routes of appraisal take and answer."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.appraisal.facts import (
    AppraisalKind,
    AppraisalStatus,
    Grade,
    HeardOrgan,
    KnownVeto,
    NomineeKind,
    References,
    StoredAppraisal,
    StoredVetting,
    Vetting,
    VettingAnswer,
)
from services.appraisal.schemas.books import BooksReferenceView
from shared.kernel.moments import Day
from shared.kernel.problems import BasisView
from shared.roster.facts import PostKind
from shared.statute.decision import Basis, Decision
from shared.statute.effects import Bar, Effect, EffectKind

Kind = AppraisalKind
Status = AppraisalStatus
Nominee = NomineeKind
Words = Annotated[str, Field(max_length=20_000)]
Reason = Annotated[str, Field(max_length=4_000)]
Digest = Annotated[str, Field(max_length=200, examples=["sha256:4f2a"])]
Year = Annotated[int, Field(ge=2018, le=2200, examples=[2026])]
_ON = Field(default=None, description="办理日期，默认今日 · The day, today by default", examples=["2026-12-20"])


def basis_views(basis: Sequence[Basis]) -> list[BasisView]:
    """Clauses as the API shows them."""
    return [BasisView(clause=one.clause, kind=one.kind, note=one.note) for one in basis]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AppraisalBody(_Body):
    """开展考核 · The body, and one of its members unless the body itself is appraised."""

    organ_id: UUID
    official_id: UUID | None = None
    year: Year
    kind: AppraisalKind = AppraisalKind.YEARLY


class ReportBody(_Body):
    """述职 · A yearly report: what it says on work safety."""

    work_safety_section: Words = Field(examples=["全年履行安全生产工作责任情况如下……"])
    on: Day | None = _ON


class GradeBody(_Body):
    """评定等次 · A grade that a person gives."""

    grade: Grade
    reason: Reason = ""
    on: Day | None = _ON


class ReopenBody(_Body):
    """重新评定 · Why a flagged grade is reopened."""

    reason: Reason = Field(examples=["一票否决期间涉及该年度"])


class VettingBody(_Body):
    """开展考察 · The nominee, and what is intended; the organ is that of the post, or of the candidate."""

    official_id: UUID
    organ_id: UUID
    post_kind: PostKind | None = None
    kind: NomineeKind = NomineeKind.OFFICIAL
    promotion: bool = False
    important_reassignment: bool = False
    performance_record: Words = ""


class HearingBody(_Body):
    """征求意见 · From which organ, until when, and the proof that it was sought."""

    organ: HeardOrgan
    deadline: Day = Field(examples=["2027-02-20"])
    proof: Digest
    on: Day | None = _ON


class OpinionBody(_Body):
    """意见入卷 · What the organ answered, as a document."""

    organ: HeardOrgan
    adverse: bool
    digest: Digest
    on: Day | None = _ON


class ConclusionBody(_Body):
    """考察结论 · What a person concludes; a record given here replaces the one on file."""

    favourable: bool
    words: Reason = Field(examples=["影响期内，不予提拔"])
    performance_record: Words | None = None
    on: Day | None = _ON


class ReportView(BaseModel):
    """述职 · A yearly report."""

    work_safety_section: str
    reported_by: str = Field(examples=["dev:organization"])
    reported_on: date


class GradeView(BaseModel):
    """等次 · A grade on record."""

    grade: Grade
    given_on: date
    given_by: str
    reason: str


class FlagView(BaseModel):
    """标记 · Why a given grade is to be considered again."""

    flagged_on: date
    veto_ids: list[UUID]
    basis: list[BasisView]


class ReopeningView(BaseModel):
    """重新评定 · Who reopened a grade, when and why."""

    by: str
    on: date
    reason: str


class AppraisalView(BaseModel):
    """考核 · An appraisal of a body or of a member."""

    id: UUID
    version: int = Field(examples=[3])
    organ_id: UUID
    official_id: UUID | None
    year: int
    kind: AppraisalKind
    status: AppraisalStatus
    report: ReportView | None
    grade: GradeView | None = Field(description="现行等次 · The grade that stands, flagged or not")
    grades: list[GradeView] = Field(description="历次等次 · Every grade given, in order")
    flag: FlagView | None
    reopenings: list[ReopeningView]
    path: list[str] = Field(examples=[["130000", "139900", "139901"]])
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: StoredAppraisal) -> Self:
        """The view of a stored appraisal."""
        kept = stored.appraisal
        return cls(
            id=kept.id,
            version=stored.version,
            organ_id=kept.organ_id,
            official_id=kept.official_id,
            year=kept.year,
            kind=kept.kind,
            status=kept.status,
            report=ReportView.model_validate(kept.report, from_attributes=True) if kept.report else None,
            grade=GradeView.model_validate(kept.standing, from_attributes=True) if kept.standing else None,
            grades=[GradeView.model_validate(one, from_attributes=True) for one in kept.grades],
            flag=None
            if kept.flag is None
            else FlagView(
                flagged_on=kept.flag.flagged_on,
                veto_ids=list(kept.flag.veto_ids),
                basis=basis_views(kept.flag.basis),
            ),
            reopenings=[ReopeningView.model_validate(one, from_attributes=True) for one in kept.reopenings],
            path=list(kept.path),
            exercise=kept.exercise,
            basis=basis_views(stored.basis),
        )


class TourReferenceView(BaseModel):
    """巡查结果 · A result of an inspection tour."""

    tour_id: UUID
    kind: str = Field(examples=["special"])
    visited_on: date
    result: str


class VetoReferenceView(BaseModel):
    """一票否决或者影响期 · A veto or an effect period."""

    id: UUID
    kind: str = Field(examples=["veto"])
    measure_name_zh: str = Field(examples=["记过"])
    from_day: date
    last_blocked_day: date | None
    accident_id: UUID | None
    bars: list[Bar]
    basis: list[BasisView]
    note: str | None = Field(None, description="事由变化 · what happened to its cause; it holds until lifted")

    @classmethod
    def of(cls, veto: KnownVeto) -> Self:
        """The view of a veto."""
        return cls(
            id=veto.id,
            kind=veto.kind,
            measure_name_zh=veto.measure_name_zh,
            from_day=veto.from_day,
            last_blocked_day=veto.through_day,
            accident_id=veto.accident_id,
            bars=[effect.bar for effect in veto.effects],
            basis=basis_views(tuple(dict.fromkeys(effect.basis for effect in veto.effects))),
            note=veto.note,
        )


class ReferencesView(BaseModel):
    """重要参考 · What the appraisal takes into account; no program sets a grade."""

    tours: list[TourReferenceView]
    vetoes: list[VetoReferenceView]
    books: list[BooksReferenceView]
    basis: list[BasisView]

    @classmethod
    def of(cls, references: References) -> Self:
        """The view of references."""
        return cls(
            tours=[TourReferenceView.model_validate(one, from_attributes=True) for one in references.tours],
            vetoes=[VetoReferenceView.of(one) for one in references.vetoes],
            books=[BooksReferenceView.model_validate(one, from_attributes=True) for one in references.books],
            basis=basis_views(references.basis),
        )


class OpinionView(BaseModel):
    """意见 · An opinion on file."""

    received_on: date
    adverse: bool
    digest: str


class HearingView(BaseModel):
    """征求意见 · An opinion that was sought."""

    organ: HeardOrgan
    sought_on: date
    deadline: date
    proof: str
    opinion: OpinionView | None


class ConclusionView(BaseModel):
    """考察结论 · A conclusion."""

    favourable: bool
    words: str
    by: str
    on: date


class VettingView(BaseModel):
    """考察 · A vetting."""

    id: UUID
    version: int = Field(examples=[2])
    official_id: UUID
    organ_id: UUID
    post_kind: PostKind | None
    kind: NomineeKind
    seeks: list[Bar]
    to_hear: HeardOrgan | None = Field(description="应当听取意见的机关 · The organ to be heard, if the text names one")
    performance_record: str
    hearings: list[HearingView]
    conclusion: ConclusionView | None
    path: list[str]
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: StoredVetting) -> Self:
        """The view of a stored vetting."""
        kept = stored.vetting
        return cls(
            id=kept.id,
            version=stored.version,
            official_id=kept.official_id,
            organ_id=kept.organ_id,
            post_kind=kept.post_kind,
            kind=kept.kind,
            seeks=list(kept.seeks),
            to_hear=stored.to_hear,
            performance_record=kept.performance_record,
            hearings=[HearingView.model_validate(one, from_attributes=True) for one in kept.hearings],
            conclusion=ConclusionView.model_validate(kept.conclusion, from_attributes=True)
            if kept.conclusion
            else None,
            path=list(kept.path),
            exercise=kept.exercise,
            basis=basis_views(stored.basis),
        )


class StandingView(BaseModel):
    """当日有效的限制 · Something that stands against the nominee on the day."""

    kind: EffectKind
    bar: Bar
    bar_zh: str = Field(examples=["晋升职务、级别"])
    measure: str
    from_day: date
    last_blocked_day: date | None = Field(description="最后一个受限日，含当日 · Blocked through this day")
    basis: list[BasisView]

    @classmethod
    def of(cls, effect: Effect) -> Self:
        """The view of an effect."""
        return cls(
            kind=effect.kind,
            bar=effect.bar,
            bar_zh=effect.bar.zh,
            measure=effect.measure,
            from_day=effect.from_day,
            last_blocked_day=effect.last_day,
            basis=basis_views((effect.basis,)),
        )


class SoughtView(BaseModel):
    """拟任事项能否办理 · Whether what is sought is barred."""

    bar: Bar
    allowed: bool
    code: str = Field(examples=["veto_bars_promotion"])
    reason_zh: str
    reason_en: str
    basis: list[BasisView]

    @classmethod
    def of(cls, bar: Bar, decision: Decision) -> Self:
        """The view of a decision on a bar."""
        return cls(
            bar=bar,
            allowed=decision.allowed,
            code=decision.code,
            reason_zh=decision.reason_zh,
            reason_en=decision.reason_en,
            basis=basis_views(decision.basis),
        )


class VettingAnswerView(BaseModel):
    """考察答复 · What stands against the nominee on a day, with clause and last blocked day."""

    vetting_id: UUID
    official_id: UUID
    as_of: date
    clear: bool = Field(description="当日没有一票否决或者影响期 · Nothing bars anything on that day")
    standing: list[StandingView]
    sought: list[SoughtView]
    basis: list[BasisView]

    @classmethod
    def of(cls, vetting: Vetting, answer: VettingAnswer) -> Self:
        """The view of an answer."""
        return cls(
            vetting_id=vetting.id,
            official_id=vetting.official_id,
            as_of=answer.on,
            clear=not answer.vetoes_or_periods,
            standing=[StandingView.of(effect) for effect in answer.standing],
            sought=[SoughtView.of(bar, one) for bar, one in zip(vetting.seeks, answer.sought, strict=True)],
            basis=basis_views(tuple(dict.fromkeys(effect.basis for effect in answer.standing))),
        )
