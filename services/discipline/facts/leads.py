"""The seven grounds, and what founds a lead (Art. 21)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.statute.decision import Basis, BasisKind


class Ground(StrEnum):
    """The seven grounds of Art. 21, coded by their item."""

    DUTY_NOT_PERFORMED = "art21.1"
    OBSTRUCTION = "art21.2"
    REPORTING = "art21.3"
    ACCIDENT = "art21.4"
    HAZARD = "art21.5"
    ILLEGAL_PRODUCTION = "art21.6"
    OTHER = "art21.7"


class LeadSource(StrEnum):
    """Where a lead comes from."""

    CHAIN_ENTRY = "chain_entry"
    LAPSE = "lapse"
    NON_PERFORMANCE_FINDING = "non_performance_finding"
    REPORTING = "reporting"
    HAZARD = "hazard"
    ILLEGAL_ACCIDENTS = "illegal_accidents"
    ALLEGATION = "allegation"


@dataclass(frozen=True, slots=True)
class Lead:
    """线索: something to look into, never a reproach. `officials` may hold nobody (a vacant post) or several.

    `key` is equal for equal causes, so that the same cause proposes one lead however often it is told.
    """

    ground: Ground
    source: LeadSource
    key: str
    officials: tuple[UUID, ...]
    post_id: UUID | None
    accident_id: UUID | None
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """A post of the responsibility chain of an accident; `why` is the clause that lists it."""

    accident_id: UUID
    post_id: UUID
    official_id: UUID | None
    why: tuple[Basis, ...]
    earlier_holder: bool = False
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Lapse:
    """到期无记录: `adopted` matters for a reading (Art. 30); `incumbents` attributes nothing."""

    obligation_id: UUID
    post_id: UUID
    duty: str
    kind: BasisKind
    incumbents: tuple[UUID, ...]
    adopted: bool = False


class ReportFault(StrEnum):
    """迟报、漏报、谎报、瞒报."""

    LATE = "late"
    OMITTED = "omitted"
    FALSE = "false"
    CONCEALED = "concealed"


@dataclass(frozen=True, slots=True)
class ReportingFact:
    """A faulty report; `leadership` says in words why the official answers for it as a leader."""

    accident_id: UUID
    fault: ReportFault
    by_enterprise: bool
    official_id: UUID | None
    leadership: str


@dataclass(frozen=True, slots=True)
class HazardFact:
    """A major hazard or general problem (`general_problem`) of a whole area or industry, due on a day."""

    hazard_id: UUID
    whole_area_or_industry: bool
    general_problem: bool
    due_on: date
    solved_on: date | None
    official_id: UUID
    leadership: str


@dataclass(frozen=True, slots=True)
class IllegalAccident:
    """An accident from illegal production (非法违法生产安全事故): where, and in which industry."""

    accident_id: UUID
    region_code: str
    industry: str


@dataclass(frozen=True, slots=True)
class WeakEnforcement:
    """打非治违不力 said in words, with the accidents that followed one another."""

    accidents: tuple[IllegalAccident, ...]
    weakness: str
    official_id: UUID
    leadership: str


@dataclass(frozen=True, slots=True)
class Allegation:
    """Facts brought by a person: obstruction, other circumstances, or anyone a handler adds with a reason."""

    allegation_id: UUID
    ground: Ground
    official_id: UUID
    facts: str
    accident_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LeadEnd:
    """How a lead ends: in a case, or in a reasoned decision not to open one."""

    case_id: UUID | None
    reason: str
    decided_by: UUID
