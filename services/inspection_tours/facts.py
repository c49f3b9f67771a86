"""The words of inspection tours: tours, findings, coverage (Art. 14). Frozen facts that rules read."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.roster.facts import Span
from shared.statute.decision import Basis


class TourKind(StrEnum):
    """常规、专项、随机巡查."""

    ROUTINE = "routine"
    SPECIAL = "special"
    RANDOM = "random"


class TourState(StrEnum):
    """The life of a tour, in this order; a proposal may also be declined."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    OPENED = "opened"
    FINDINGS = "findings"
    RESULT = "result"
    CLOSED = "closed"
    DECLINED = "declined"


class TourStep(StrEnum):
    """What may be done with a tour."""

    PLAN = "plan"
    DECLINE = "decline"
    OPEN = "open"
    RECORD_FINDINGS = "record_findings"
    GIVE_RESULT = "give_result"
    CLOSE = "close"


class FindingState(StrEnum):
    """问题: open, rectified (整改), sent back after a re-check, closed after one."""

    OPEN = "open"
    RECTIFIED = "rectified"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Recheck:
    """复查: by whom, when, whether the problem is solved, and what was seen."""

    by: str
    on: date
    solved: bool
    words: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem found on a tour: who recorded it, who reported its rectification, every re-check.

    People who work on tours are named by the subject they sign in with.
    """

    id: UUID
    problem: str
    recorded_by: str
    recorded_on: date
    state: FindingState = FindingState.OPEN
    rectification: str = ""
    rectified_by: str | None = None
    rectified_on: date | None = None
    rechecks: tuple[Recheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Tour:
    """巡查 of bodies (organ ids) in a region; `path` holds its administrative ancestors and itself.

    `accident_id` where an accident proposed it; `reason` says why it is proposed or was declined. `questioned`: why
    what founded it does so no longer, or empty; people decide, but a proposal falls, and comes back with its ground.
    `official_ids`: the officials of the visited bodies when it opened, known from the result on.
    """

    id: UUID
    kind: TourKind
    state: TourState
    region_code: str
    organ_ids: tuple[UUID, ...]
    findings: tuple[Finding, ...] = ()
    planned_for: date | None = None
    opened_on: date | None = None
    result: str = ""
    accident_id: UUID | None = None
    reason: str = ""
    team: tuple[str, ...] = ()
    samples: int = 0
    result_on: date | None = None
    closed_on: date | None = None
    official_ids: tuple[UUID, ...] = ()
    path: tuple[str, ...] = ()
    exercise: bool = False
    questioned: str = ""


@dataclass(frozen=True, slots=True)
class StoredTour:
    """A tour at a version, with the clauses that it rests on."""

    tour: Tour
    version: int
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What a step brings with it: its day, the plan's day and team, places sampled (抽查点位), words."""

    on: date
    planned_for: date | None = None
    team: tuple[str, ...] = ()
    samples: int = 0
    words: str = ""


class AccidentLevel(StrEnum):
    """事故等级, from light to grave."""

    ORDINARY = "一般"
    LARGER = "较大"
    MAJOR = "重大"
    ESPECIALLY_MAJOR = "特别重大"

    @property
    def rank(self) -> int:
        """0 for 一般 through 3 for 特别重大."""
        return list(AccidentLevel).index(self)


@dataclass(frozen=True, slots=True)
class AccidentFact:
    """What the proposal of a special tour reads of an accident; `region_code` is its place."""

    accident_id: UUID
    level: AccidentLevel
    region_code: str
    occurred_on: date


@dataclass(frozen=True, slots=True)
class SpecialTourProposal:
    """A proposed special tour; `key` is equal for every revision of one accident."""

    key: str
    accident_id: UUID
    region_code: str
    level: AccidentLevel
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class ListedDepartment:
    """A relevant department (有关工作部门) on the dated list, with the document that lists it."""

    organ_id: UUID
    span: Span
    document: str


@dataclass(frozen=True, slots=True)
class RegisteredZone:
    """A zone that a registered decision puts under routine tours from a day on."""

    region_code: str
    span: Span
    document: str


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry of the dated list: a relevant department (`organ_id`), or a zone put under routine tours (none)."""

    id: UUID
    organ_id: UUID | None
    region_code: str
    from_day: date
    to_day: date | None
    document: str
    path: tuple[str, ...] = ()
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class OwedTour:
    """The region `obligor_code` owes the body `organ_id` a routine tour per cycle from `since` on."""

    obligor_code: str
    organ_id: UUID
    region_code: str
    since: date
    basis: Basis


@dataclass(frozen=True, slots=True)
class Configuration:
    """Defaults: months of a cycle, of warning before the due day; days and samples; trigger level."""

    cycle_months: int
    due_soon_months: int
    minimum_days: int
    minimum_samples: int
    special_tour_from: AccidentLevel
    rules_published_by: date


class CoverageStatus(StrEnum):
    """Where a body stands in its cycle on a day."""

    VISITED = "visited"
    PLANNED = "planned"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of one body on a day.

    `due_on` is the last day for the next routine tour; `forecast_on` the planned day, else the due day;
    `forecast_late` says that it comes too late. `months_since` are whole months since the last routine visit.
    """

    owed: OwedTour
    on: date
    status: CoverageStatus
    last_routine_on: date | None
    months_since: int | None
    due_on: date
    planned_on: date | None
    forecast_on: date
    forecast_late: bool


@dataclass(frozen=True, slots=True)
class ResultReference:
    """A result as reference (重要参考) for appraisal: bodies, and their officials at the time."""

    tour_id: UUID
    kind: TourKind
    organ_ids: tuple[UUID, ...]
    official_ids: tuple[UUID, ...]
    visited_on: date
    result: str
    basis: Basis
