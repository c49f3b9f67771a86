"""What people found about conduct: reviews of standing duties, findings of non-performance, appeals."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.roster.facts import Span


class StandingOutcome(StrEnum):
    """What a reviewer found about a standing duty of a year."""

    PERFORMED = "performed"
    NOT_PERFORMED = "not_performed"
    NOT_APPLICABLE = "not_applicable"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class StandingReview:
    """A reviewer examined how an official performed a standing duty in a span; by itself it is no finding.

    `evidence` are SHA-256 digests of documents; `heard_on` and `statement` say when the holder was heard and what
    they said.
    """

    id: UUID
    official_id: UUID
    post_id: UUID
    duty_id: str
    span: Span
    outcome: StandingOutcome
    reviewed_by: str
    recorded_at: datetime
    note: str = ""
    evidence: tuple[str, ...] = ()
    heard_on: date | None = None
    statement: str = ""
    exercise: bool = False


class AppealOutcome(StrEnum):
    """What became of an appeal."""

    UPHELD = "upheld"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class AppealDecision:
    """维持或撤销: another organ than the one that found decided, with reasons."""

    organ_id: UUID
    outcome: AppealOutcome
    reasons: str
    decided_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """申诉: the official's objection to a finding, and the decision on it once there is one."""

    filed_on: date
    statement: str
    recorded_at: datetime
    decision: AppealDecision | None = None


@dataclass(frozen=True, slots=True)
class NonPerformanceFinding:
    """未履职认定: a competent organ's finding after hearing the person: the only breach *of somebody*.

    `obligation_id` for a periodic duty, `None` for a standing one, which then has its `span` of conduct. `clears`: the
    organ found the other way, that the person performed or that the lapse is not theirs.
    """

    id: UUID
    official_id: UUID
    post_id: UUID
    duty_id: str
    obligation_id: UUID | None
    span: Span
    organ_id: UUID
    reasons: str
    heard_on: date | None
    statement: str
    decided_on: date
    recorded_at: datetime
    clears: bool = False
    accident_id: UUID | None = None
    appeal: Appeal | None = None
    exercise: bool = False

    def stands(self, known_at: datetime) -> bool:
        """Whether the finding was on record at `known_at` and no appeal had revoked it by then."""
        decision = self.appeal.decision if self.appeal else None
        if decision is not None and decision.outcome is AppealOutcome.REVOKED and decision.recorded_at <= known_at:
            return False
        return self.recorded_at <= known_at
