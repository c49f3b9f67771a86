"""Attestation, findings of the investigating organ, and the answer to an exemption (Art. 26)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.discipline.facts.cases import PerformanceFinding
from services.discipline.facts.leads import Ground
from shared.roster.facts import Span
from shared.statute.decision import Decision


class AttestedState(StrEnum):
    """What the attestation shows of an obligation."""

    FULFILLED = "fulfilled"
    RECORDED_AFTER = "recorded_after"
    LAPSED = "lapsed"
    NOT_DUE = "not_due"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class AttestedObligation:
    """An obligation as attested; `verified` says that an act recorded after the accident was verified."""

    obligation_id: UUID
    duty: str
    period: Span
    state: AttestedState
    verified: bool = False


@dataclass(frozen=True, slots=True)
class StandingDuty:
    """A duty without period: examined or not; what was found is a `PerformanceFinding`."""

    duty: str
    examined: bool


@dataclass(frozen=True, slots=True)
class Attestation:
    """Duties' attestation of one official in one post for one accident, over the official's own tenure."""

    official_id: UUID
    accident_id: UUID
    accident_on: date
    tenure: Span
    obligations: tuple[AttestedObligation, ...]
    standing: tuple[StandingDuty, ...]


class ExemptionPoint(StrEnum):
    """The three things that 经查实 covers."""

    DUTIES = "duties"
    OTHER_LAW = "other_law"
    DEPLOYMENTS = "deployments"


@dataclass(frozen=True, slots=True)
class InvestigationFinding:
    """The investigating organ's finding on one of the three points."""

    point: ExemptionPoint
    performed: bool
    organ_id: UUID
    reasons: str


@dataclass(frozen=True, slots=True)
class ExemptionRequest:
    """Everything on file when an exemption is to be decided; `other_ids` are of the same person, merged records."""

    official_id: UUID
    ground: Ground
    investigating_organ_id: UUID
    attestation: Attestation
    findings: tuple[InvestigationFinding, ...]
    performance: tuple[PerformanceFinding, ...] = ()
    other_ids: frozenset[UUID] = frozenset()


class ExemptionOutcome(StrEnum):
    """Granted, suspended until something is found either way, or refused."""

    GRANTED = "granted"
    SUSPENDED = "suspended"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ExemptionAnswer:
    """The outcome, why, and the duties it turns on."""

    outcome: ExemptionOutcome
    decision: Decision
    duties: tuple[str, ...] = ()
