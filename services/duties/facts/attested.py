"""Attestations as they are issued: frozen answers, kept as they were given (art26)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

Outcome = Literal["not_performed", "performed"]


@dataclass(frozen=True, slots=True)
class LapseOnRecord:
    """An obligation without an act on record that may found something and on which nobody has found yet."""

    obligation_id: UUID
    duty_id: str
    clause: str
    period_start: date
    period_end: date


@dataclass(frozen=True, slots=True)
class CountedAct:
    """An act that counts."""

    performance_id: UUID
    act: str
    day: date
    recorded_at: datetime
    late_recorded: bool


@dataclass(frozen=True, slots=True)
class UncountedAct:
    """An act that was offered and does not count, and why."""

    performance_id: UUID
    act: str
    day: date
    recorded_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class StatusOnRecord:
    """What the records show of an obligation at one moment."""

    status: str
    counted: tuple[CountedAct, ...]
    not_counted: tuple[UncountedAct, ...]


@dataclass(frozen=True, slots=True)
class FindingOnRecord:
    """A finding by a competent organ that concerns the row it stands in."""

    id: UUID
    outcome: Outcome
    organ_id: UUID
    decided_on: date
    obligation_id: UUID | None
    duty_id: str


@dataclass(frozen=True, slots=True)
class ObligationOnRecord:
    """An obligation due by the accident: as recorded by then, and as recorded now."""

    obligation_id: UUID
    requirement_id: str
    duty_id: str
    clause: str
    basis: str
    founds: bool
    period_start: date
    period_end: date
    days_in_post: int
    then: StatusOnRecord
    now: StatusOnRecord
    differences: tuple[str, ...]
    findings: tuple[FindingOnRecord, ...]


@dataclass(frozen=True, slots=True)
class StandingOnRecord:
    """A standing duty of the tenure: examined, by which review with which outcome, or not."""

    duty_id: str
    clause: str
    founds: bool
    examined: bool
    outcome: str | None
    review_id: UUID | None
    findings: tuple[FindingOnRecord, ...]


@dataclass(frozen=True, slots=True)
class AccidentTold:
    """When, where and in which industry the registry says that an accident happened; `None`: nobody kept it."""

    at: datetime
    region: str | None
    industry: str | None


@dataclass(frozen=True, slots=True)
class Outdated:
    """The accident as it was corrected since, and what of it an attestation no longer answers for."""

    accident_at: datetime
    accident_region: str | None
    accident_industry: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class IssuedAttestation:
    """履职证明: the records of one official in one post for one accident; it concludes nothing about the person.

    `digest` is the SHA-256 of the canonical JSON of every other field and names this version. `void`: why it attests
    nothing any more: its accident's record was annulled. `outdated`: its accident's time, place or industry was
    corrected, and it waits to be renewed. What an earlier edition issued names neither place nor industry.
    """

    id: UUID
    path: tuple[str, ...]
    exercise: bool
    accident_id: UUID
    accident_at: datetime
    official_id: UUID
    post_id: UUID
    appointment_ids: tuple[UUID, ...]
    window_from: date
    window_to: date
    look_back_months: int
    whole: bool
    lapses: tuple[LapseOnRecord, ...]
    unexamined: tuple[str, ...]
    findings: tuple[FindingOnRecord, ...]
    obligations: tuple[ObligationOnRecord, ...]
    standing: tuple[StandingOnRecord, ...]
    known_at: datetime
    catalogue_version: str
    digest: str = ""
    void: str | None = None
    accident_region: str | None = None
    accident_industry: str | None = None
    outdated: Outdated | None = None


@dataclass(frozen=True, slots=True)
class SealPosition:
    """Where the ledger's seal chain holds a version; `hash` in hex digits."""

    position: int
    hash: str
