"""The status of an obligation, explained: what a person needs to check it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.duties.facts import Obligation, ObligationStatus, Performance, Recipient
from services.duties.facts.records import Filing, Impediment
from shared.roster.facts import Span


class NotCounted(StrEnum):
    """Why an act does not count."""

    NOT_HOLDER = "not_holder"
    CAPACITY_NOT_NAMED = "capacity_not_named"
    ANOTHER_BODY = "another_body"
    WRONG_ACT_KIND = "wrong_act_kind"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    OUT_OF_PERIOD = "out_of_period"
    AFTER_DAY = "after_day"
    RECORDED_AFTER_KNOWN_AT = "recorded_after_known_at"
    NEEDS_REVIEW = "needs_review"


@dataclass(frozen=True, slots=True)
class ActCounted:
    """An act that counts; `late_recorded` where it was recorded after the period's last day."""

    performance: Performance
    late_recorded: bool


@dataclass(frozen=True, slots=True)
class ActNotCounted:
    """An act that was offered and does not count, with the reason."""

    performance: Performance
    reason: NotCounted


@dataclass(frozen=True, slots=True)
class Served:
    """Whether a record counts for an obligation; `reason` says why not, and is `None` where it does."""

    obligation: Obligation
    reason: NotCounted | None


@dataclass(frozen=True, slots=True)
class IncumbentShare:
    """Who held the post, when, and for how many days of the period; a fact about time, not about conduct.

    `spans` are those of the appointments, in their order; `acting` where all of them were.
    """

    official_id: UUID
    days: int
    acting: bool
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class FilingState:
    """A filing that the duty asks for, and whether it is on record; it does not unmake a timely act."""

    relation: Recipient
    filing: Filing | None

    @property
    def missing(self) -> bool:
        """Whether none is on record."""
        return self.filing is None


@dataclass(frozen=True, slots=True)
class ObligationReport:
    """Status of an obligation on `day`, and everything that a person needs to check it."""

    obligation: Obligation
    day: date
    known_at: datetime
    status: ObligationStatus
    fulfilled_on: date | None
    counted: tuple[ActCounted, ...]
    not_counted: tuple[ActNotCounted, ...]
    incumbents: tuple[IncumbentShare, ...]
    vacancy_days: int
    impediments: tuple[Impediment, ...]
    filings: tuple[FilingState, ...]

    @property
    def late_recorded(self) -> bool:
        """Whether an act that counts was recorded only after the period."""
        return any(act.late_recorded for act in self.counted)
