"""Findings of performance, cases, and the findings of Art. 27."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.discipline.facts.leads import Ground


@dataclass(frozen=True, slots=True)
class PerformanceFinding:
    """A competent organ's reasoned finding, either way, whether the official performed a duty.

    Only `performed=False` after hearing the person is a breach of somebody. A standing duty has none.
    """

    official_id: UUID
    duty: str
    obligation_id: UUID | None
    performed: bool
    organ_id: UUID
    competent: bool
    heard_on: date | None
    made_on: date
    reasons: str
    revoked: bool = False


class CaseState(StrEnum):
    """Where a case stands."""

    OPENED = "opened"
    PROPOSED = "proposed"
    DECIDED = "decided"
    EXEMPTED = "exempted"
    CLOSED_WITHOUT_MEASURE = "closed_without_measure"
    HANDED_OVER = "handed_over"


class CaseStep(StrEnum):
    """What may be done with a case."""

    PROPOSE = "propose"
    RETURN = "return"
    DECIDE = "decide"
    EXEMPT = "exempt"
    CLOSE_WITHOUT_MEASURE = "close_without_measure"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True)
class GroundStated:
    """A ground with its facts and the digests of its evidence."""

    ground: Ground
    facts: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """问责案件 against one official; `exempted` means that Art. 26 excludes ground (四) for its accident."""

    official_id: UUID
    grounds: tuple[GroundStated, ...]
    accident_id: UUID | None = None
    retired_on: date | None = None
    exempted: bool = False
    state: CaseState = CaseState.OPENED
    referred_on: date | None = None

    def retired(self, day: date) -> bool:
        """Whether the official has retired by `day`."""
        return self.retired_on is not None and self.retired_on <= day


@dataclass(frozen=True, slots=True)
class LifelongFindings:
    """The findings of Art. 27, in words: leadership responsibility, vile nature, serious consequences."""

    leadership_responsibility: str = ""
    vile_nature: str = ""
    serious_consequences: str = ""
