"""What happens to an accident after it was recorded: investigation, approval, evaluation, closing, and their days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.registry.facts import Authority
from shared.statute.decision import Basis


class ProceedingKind(StrEnum):
    """A step after the accident, recorded with its day and the organ that took it."""

    OPENED = "investigation_opened"
    EXTENDED = "investigation_extended"
    APPRAISED = "technical_appraisal"
    SUBMITTED = "report_submitted"
    APPROVAL_EXTENDED = "approval_extended"
    APPROVED = "report_approved"
    PUBLISHED = "result_published"
    EVALUATED = "rectification_evaluated"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def zh(self) -> str:
        """The step in Chinese."""
        return _KIND_ZH[self]


_KIND_ZH = {
    ProceedingKind.OPENED: "成立事故调查组",
    ProceedingKind.EXTENDED: "延长提交调查报告期限",
    ProceedingKind.APPRAISED: "技术鉴定",
    ProceedingKind.SUBMITTED: "提交事故调查报告",
    ProceedingKind.APPROVAL_EXTENDED: "延长批复时间",
    ProceedingKind.APPROVED: "批复事故调查报告",
    ProceedingKind.PUBLISHED: "公布事故处理情况",
    ProceedingKind.EVALUATED: "责任追究和整改措施落实情况评估",
    ProceedingKind.CLOSED: "结案",
    ProceedingKind.REOPENED: "重新启动",
}


@dataclass(frozen=True, slots=True)
class Proceeding:
    """A step that `organ` took on `day`; what else it says depends on its kind.

    `authority` is the level of the government that investigates (opened); `days` are granted (extensions);
    `until` is the last day of a technical appraisal, None while it goes on; `rectification` and
    `accountability` say what an evaluation found. A withdrawn step stays on record with the reason and counts
    for nothing.
    """

    kind: ProceedingKind
    day: date
    organ: str
    number: int = 0
    organ_id: UUID | None = None
    authority: Authority | None = None
    days: int = 0
    until: date | None = None
    document: str | None = None
    reason: str | None = None
    rectification: str | None = None
    accountability: str | None = None
    withdrawn: str | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StandingSteps:
    """The steps that count: none withdrawn; the present round begins with the newest investigation opened."""

    steps: tuple[Proceeding, ...]

    @classmethod
    def of(cls, steps: Sequence[Proceeding], as_of: date | None = None) -> "StandingSteps":
        """What stood on a day; what stands now where none is named."""
        return cls(
            tuple(one for one in steps if one.withdrawn is None and (as_of is None or one.day <= as_of)),
        )

    @property
    def round(self) -> tuple[Proceeding, ...]:
        """The steps since the newest investigation was opened, itself first; none before the first."""
        opened = [at for at, one in enumerate(self.steps) if one.kind is ProceedingKind.OPENED]
        return self.steps[opened[-1] :] if opened else ()

    def last(self, kind: ProceedingKind) -> Proceeding | None:
        """The newest step of a kind in the present round."""
        return next((one for one in reversed(self.round) if one.kind is kind), None)

    def granted(self, kind: ProceedingKind) -> int:
        """The days that extensions of a kind granted in the present round."""
        return sum(one.days for one in self.round if one.kind is kind)

    @property
    def closed(self) -> Proceeding | None:
        """The closing that no reopening followed."""
        ends = (ProceedingKind.CLOSED, ProceedingKind.REOPENED)
        last = next((one for one in reversed(self.steps) if one.kind in ends), None)
        return last if last is not None and last.kind is ProceedingKind.CLOSED else None


class DeadlineKind(StrEnum):
    """What the law gives a number of days for."""

    REPORT = "investigation_report"
    APPROVAL = "approval"
    EVALUATION = "evaluation"

    @property
    def zh(self) -> str:
        """The deadline in Chinese."""
        return {"investigation_report": "提交事故调查报告", "approval": "批复", "evaluation": "整改和责任追究评估"}[
            self.value
        ]


class DeadlineStatus(StrEnum):
    """`not_begun` has no last day yet, `open` is not over, `met` and `late` are done, `overdue` is not."""

    NOT_BEGUN = "not_begun"
    OPEN = "open"
    MET = "met"
    LATE = "late"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day and what became of it by the day asked about; never stored."""

    kind: DeadlineKind
    due_on: date | None
    done_on: date | None
    status: DeadlineStatus
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something that must be on file before an accident is closed, and is not."""

    code: str
    zh: str
    en: str
    basis: Basis
