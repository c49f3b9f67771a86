"""What the registry answers with beside accidents: seats, who answered, report clocks, bars, stored versions."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from services.registry.facts import Accident, Authority, ChainEntry, Gap, LevelDecision, ReportParty, ReportStep
from shared.roster.facts import Portfolio, Span
from shared.statute.decision import Basis, Decision

S_co = TypeVar("S_co", covariant=True)
_SEATS = Basis("art4.p2")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is asked about: an industry (GB/T 4754, any depth), named fields, or both."""

    industry: str | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answerable:
    """The posts of one region that answered for a matter on a day, and the seats nobody registered."""

    region_code: str
    day: date
    matter: Matter
    entries: tuple[ChainEntry, ...]
    gaps: tuple[Gap, ...]


class SeatKind(StrEnum):
    """第一主任 and 主任 of a safety committee; 第一责任人 and other members of a region's leading bodies."""

    FIRST_DIRECTOR = "first_director"
    DIRECTOR = "director"
    FIRST_RESPONSIBLE = "first_responsible"
    OTHER_MEMBER = "other_member"


class SeatFinding(StrEnum):
    """What keeps a seat from being derived: a fact about the register, never a lapse."""

    NO_ORGAN = "no organ"
    NO_POST = "no post"


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat that a post brings with it; acting heads are marked, a post without holder leaves it vacant."""

    kind: SeatKind
    post_id: UUID
    appointment_id: UUID | None
    official_id: UUID | None
    acting: bool
    basis: Basis = _SEATS

    @property
    def vacant(self) -> bool:
        """Whether nobody sits there."""
        return self.official_id is None


@dataclass(frozen=True, slots=True)
class OtherMember:
    """领导班子其他成员: what the post answers for on the day; without a portfolio, nothing is on record."""

    seat: Seat
    portfolios: tuple[Portfolio, ...]


@dataclass(frozen=True, slots=True)
class LeadingBodies:
    """Art. 4 for one region and day: seats of the committee, first responsible persons, other members."""

    committee: "CommitteeSeats"
    first_responsible: tuple[Seat, ...]
    others: tuple[OtherMember, ...]

    @property
    def officials(self) -> set[UUID]:
        """Everybody named."""
        seats = (*self.committee.seats, *self.first_responsible, *(one.seat for one in self.others))
        return {seat.official_id for seat in seats if seat.official_id is not None}


@dataclass(frozen=True, slots=True)
class CommitteeSeats:
    """The derived seats of a region's safety committee; `organ_id` None goes with the finding "no organ"."""

    region_code: str
    organ_id: UUID | None
    seats: tuple[Seat, ...]
    findings: tuple[tuple[SeatFinding, SeatKind | None], ...] = ()


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """Up to whom to report, and since when that was known: a level that rises moves nobody's past."""

    authority: Authority
    since: datetime


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """A recorded step and whether it kept its sender's limit.

    None: the sender had no limit, or its own receipt is unknown. `supplement` marks a further report of a
    sender that had reported before.
    """

    step: ReportStep
    due_at: datetime | None
    within_limit: bool | None
    supplement: bool
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class PendingReport:
    """A party that knows of the accident and has not handed it on as far as it must."""

    party: ReportParty
    due_at: datetime
    overdue: bool
    basis: Basis


@dataclass(frozen=True, slots=True)
class ReportClock:
    """Steps in time order, what is pending; `within_limits` None: nothing late, but a receipt is missing."""

    steps: tuple[CheckedStep, ...]
    pending: tuple[PendingReport, ...]
    receipt_unknown: tuple[ReportParty, ...]
    within_limits: bool | None


class BarKind(StrEnum):
    """一票否决 of Art. 23, or 影响期 of other rules, which bars promotion without any accident."""

    VETO = "veto"
    EFFECT_PERIOD = "effect_period"


@dataclass(frozen=True, slots=True)
class PromotionBar:
    """From the day a measure takes effect through the last blocked day (None: for good), with its rule."""

    official_id: UUID
    kind: BarKind
    span: Span
    basis: Basis
    annulled: bool = False


@dataclass(frozen=True, slots=True)
class Stored(Generic[S_co]):
    """A version as it is kept: the full state, its number, when it was recorded, and where it belongs."""

    state: S_co
    version: int
    recorded_at: datetime
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccidentFile(Generic[S_co]):
    """An accident with everything that is derived from it when it is read.

    `organ_region` is the region whose government investigates, `investigator` says whether its level suffices,
    `names` are those of the officials in the chain.
    """

    stored: Stored[S_co]
    accident: Accident
    level: LevelDecision
    investigator: Decision
    clock: ReportClock | None
    names: dict[UUID, str]
