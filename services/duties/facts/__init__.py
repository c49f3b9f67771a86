"""The words of duties 履职: what is owed, what was done, what the records show, as frozen facts.

A day is an Asia/Shanghai date; an instant carries an offset. `recorded_at` is when the system learned a fact.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from services.duties.facts.catalogue import (
    ActKind as ActKind,
)
from services.duties.facts.catalogue import (
    Adoption as Adoption,
)
from services.duties.facts.catalogue import (
    Catalogue as Catalogue,
)
from services.duties.facts.catalogue import (
    Duty as Duty,
)
from services.duties.facts.catalogue import (
    EvidenceKind as EvidenceKind,
)
from services.duties.facts.catalogue import (
    Firmness as Firmness,
)
from services.duties.facts.catalogue import (
    Manner as Manner,
)
from services.duties.facts.catalogue import (
    PeriodKind as PeriodKind,
)
from services.duties.facts.catalogue import (
    Recipient as Recipient,
)
from services.duties.facts.catalogue import (
    RegistryFinding as RegistryFinding,
)
from services.duties.facts.catalogue import (
    Requirement as Requirement,
)
from services.duties.facts.defaults import Defaults as Defaults
from services.duties.facts.findings import NonPerformanceFinding as NonPerformanceFinding  # one vocabulary
from services.duties.facts.findings import StandingOutcome as StandingOutcome
from services.duties.facts.findings import StandingReview as StandingReview
from shared.roster.facts import Span, Tier
from shared.statute.decision import Basis, BasisKind


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar month, quarter, half-year or year; both days are included."""

    kind: PeriodKind
    from_day: date
    to_day: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.to_day - self.from_day).days + 1

    @property
    def label(self) -> str:
        """`2024-05`, `2024-Q2`, `2024-H1` or `2024`."""
        year, month = f"{self.from_day.year:04d}", self.from_day.month
        labels = {
            PeriodKind.MONTH: f"{year}-{month:02d}",
            PeriodKind.QUARTER: f"{year}-Q{(month + 2) // 3}",
            PeriodKind.HALF_YEAR: f"{year}-H{(month + 5) // 6}",
            PeriodKind.YEAR: year,
        }
        return labels[self.kind]

    def contains(self, day: date) -> bool:
        """Whether `day` lies within."""
        return self.from_day <= day <= self.to_day


@dataclass(frozen=True, slots=True)
class Obligation:
    """履职任务: one requirement of a duty × one post × one period; the post's, not a person's."""

    requirement_id: str
    duty_id: str
    clause: str
    post_id: UUID
    organ_id: UUID
    region_code: str
    tier: Tier
    period: Period
    count: int
    acts: frozenset[ActKind]
    manner: Manner
    basis: Basis
    filings: tuple[Recipient, ...] = ()
    functions: tuple[str, ...] = ()
    adopted_by: str | None = None
    exercise: bool = False
    path: tuple[str, ...] = ()
    default_by: str | None = None

    @property
    def key(self) -> str:
        """Stable name: requirement, post, period."""
        return f"{self.requirement_id}/{self.post_id}/{self.period.label}"

    @property
    def id(self) -> UUID:
        """Derived from `key`, so that the same facts always give the same obligation.

        A UUID of version 8 over SHA-256, because PostgreSQL derives the same without an extension.
        """
        raw = bytearray(sha256(f"anze:obligation:{self.key}".encode()).digest()[:16])
        raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80
        return UUID(bytes=bytes(raw))

    @property
    def founds(self) -> bool:
        """Whether a lapse may found anything: text does, a reading only once adopted (art30)."""
        return self.basis.kind is BasisKind.TEXT or self.adopted_by is not None

    @property
    def bases(self) -> tuple[Basis, ...]:
        """The clause, and the document that adopts the reading or sets a local default (art30)."""
        if self.adopted_by is not None:
            return self.basis, Basis("art30", BasisKind.TEXT, self.adopted_by)
        if self.default_by is not None:
            return self.basis, Basis("art30", BasisKind.DEFAULT, self.default_by)
        return (self.basis,)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document by its SHA-256 (64 hex digits); a publication also has its day and place."""

    kind: EvidenceKind
    sha256: str
    day: date | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """In which post somebody acted; `appointment_id` where the record names it."""

    post_id: UUID
    appointment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A withdrawal, or with `replacement` a supersession, by a subject; nothing is overwritten."""

    by: str
    at: datetime
    reason: str
    replacement: UUID | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """A reviewer (a subject) confirmed the act: needed once the books are closed, or after an accident."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Performance:
    """履职记录: an act on a day, by named officials, in named capacities, with evidence.

    `participants` are officials who took part; a place is a name, never coordinates. `reviewer` is the subject who was
    asked to confirm what was entered after the books of its period had closed.
    """

    id: UUID
    act: ActKind
    day: date
    organ_id: UUID
    region_code: str
    recorded_at: datetime
    recorded_by: str = ""
    presided_by: UUID | None = None
    led_by: UUID | None = None
    performed_by: UUID | None = None
    capacities: tuple[Capacity, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    place: str = ""
    participants: tuple[UUID, ...] = ()
    agenda: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    reviewer: str | None = None
    corrected: Correction | None = None
    verified: Verification | None = None
    exercise: bool = False

    def actor(self, manner: Manner) -> UUID | None:
        """The official whose personal act it is, for that manner; a body's act has none."""
        actors = {Manner.PRESIDES: self.presided_by, Manner.LEADS: self.led_by, Manner.PERFORMS: self.performed_by}
        return actors.get(manner)


@dataclass(frozen=True, slots=True)
class Incumbency:
    """An official holds a post for a span; acting (主持工作) counts as holding.

    `ids`: every id under which that person is recorded, the surviving one first; empty where there is only one.
    """

    official_id: UUID
    post_id: UUID
    appointment_id: UUID
    span: Span
    acting: bool = False
    ids: tuple[UUID, ...] = ()

    @property
    def person_id(self) -> UUID:
        """The id that survives in merges of the person's records."""
        return self.ids[0] if self.ids else self.official_id

    def is_of(self, official_id: UUID | None) -> bool:
        """Whether that id is one of the person's."""
        return official_id == self.official_id or official_id in self.ids


class ObligationStatus(StrEnum):
    """State of an obligation on a day, derived from facts."""

    UPCOMING = "upcoming"
    OPEN = "open"
    DUE_SOON = "due_soon"
    FULFILLED = "fulfilled"
    LAPSED = "lapsed"
    EXCUSED = "excused"
