"""A decision as proposed: severity, contents, reasons (Art. 23 to 28)."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.discipline.facts.cases import Case, LifelongFindings
from services.discipline.facts.measures import DecidingOrgan, MeasureTaken


class Severity(StrEnum):
    """How one measure stands to another in the order of the deciding organ."""

    LIGHTER = "lighter"
    EQUAL = "equal"
    HEAVIER = "heavier"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True, slots=True)
class SeverityOrder:
    """The deciding organ's order: chains of measure ids from light to heavy; else incomparable."""

    chains: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Weighing:
    """What Art. 24 and 25 ask for; `art24_applies` is the decider's own statement, if any."""

    main_leadership_responsibility: bool = False
    casualties_enlarged: bool = False
    loss_enlarged: bool = False
    serious_social_impact: bool = False
    remedied: bool = False
    art24_applies: bool | None = None
    words_24: str = ""
    words_25: str = ""
    baseline: str | None = None
    incomparable_reasons: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact of the reasons with its source and clause (Art. 28)."""

    fact: str
    source: str
    clause: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What Art. 28 makes a decision record."""

    post_duties: str
    performance: str
    conditions: str
    statement: str
    service: str
    appeal_deadline: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ProposedDecision:
    """A decision as proposed; `art23_applies`: held responsible for leadership because of an accident."""

    case: Case
    taken: MeasureTaken
    contents: Contents
    weighing: Weighing
    organ: DecidingOrgan
    proposed_by: UUID
    art23_applies: bool | None
    invokes_27: bool = False
    lifelong: LifelongFindings = field(default_factory=LifelongFindings)
