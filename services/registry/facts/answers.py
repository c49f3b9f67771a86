"""What the registry answers with beside accidents: seats, who answered, report clocks, bars, stored versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from services.registry.facts import Accident, Authority, ChainEntry, Gap, LevelDecision, ReportParty, ReportStep
from services.registry.facts.proceedings import Deadline, Lacking, Proceeding, StandingSteps
from shared.roster.facts import Appointment, Official, Organ, Portfolio, Post, Region, Span
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


Fact = Region | Organ | Post | Official | Appointment | Portfolio


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as it was recorded: which event, when, by whom and why."""

    event_id: UUID
    event_type: str
    version: int
    recorded_at: datetime
    actor: str
    reason: str | None
    fact: Fact


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An entry that one of two answers has alone, or that says something else; `causes` in order of recording."""

    before: ChainEntry | None
    after: ChainEntry | None
    causes: tuple[Recorded, ...] = ()

    @property
    def entry(self) -> ChainEntry:
        """The entry, as it is or as it was."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change is of an entry")
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """What the later answer has otherwise than the earlier one."""

    changes: tuple[AnswerChange, ...]
    gaps_opened: tuple[Gap, ...]
    gaps_closed: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Where, on which day, about what, in which world, and what had to be known."""

    code: str
    day: date
    known_at: datetime
    industry: str | None = None
    fields: tuple[str, ...] = ()
    exercise: bool = False
    compared_with: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The posts that answered, the difference to the other moment if one was named, and the officials named."""

    found: Answerable
    difference: Difference | None
    officials: dict[UUID, Official]


@dataclass(frozen=True, slots=True)
class EndCause:
    """离任原因: a coded cause with its names."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Why an appointment ended: a code of the list, and words."""

    cause: str | None
    words: str | None


class Standing(StrEnum):
    """How something with days stands on one of them."""

    UPCOMING = "upcoming"
    IN_FORCE = "in_force"
    ENDED = "ended"
    ANNULLED = "annulled"


@dataclass(frozen=True, slots=True)
class Dated(Generic[S_co]):
    """Something with days, and how it stands on the day asked about."""

    found: S_co
    standing: Standing


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
    other_official_ids: tuple[UUID, ...] = ()
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
    sender that had reported before. `skipped` are the levels that the step passed over, which the rules allow;
    `out_of_order` says that the sender handed on what it had itself, by its own receipt, not learned yet.
    Whose step it was is its sender.
    """

    step: ReportStep
    due_at: datetime | None
    within_limit: bool | None
    supplement: bool
    basis: Basis | None
    skipped: tuple[ReportParty, ...] = ()
    out_of_order: bool = False


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
class Person:
    """A record with every record of the same person; `answers_as` is the one into which the others were merged."""

    asked: UUID
    answers_as: UUID
    records: tuple[Official, ...]


@dataclass(frozen=True, slots=True)
class Tenure(Generic[S_co]):
    """任职经历: an appointment with the post, the organ and the region that it was to."""

    held: Stored[S_co]
    post: Post
    organ: Organ


@dataclass(frozen=True, slots=True)
class AccidentFile(Generic[S_co]):
    """An accident with everything that is derived from it when it is read.

    Clock, deadlines, alarms and what is `lacking` for closing are those of the day `as_of`; `names` are those of
    the officials in the chain.
    """

    stored: Stored[S_co]
    accident: Accident
    level: LevelDecision
    clock: ReportClock | None
    steps: tuple[Proceeding, ...]
    deadlines: tuple[Deadline, ...]
    lacking: tuple[Lacking, ...]
    alarms: tuple[Decision, ...]
    as_of: date
    names: Mapping[UUID, Official]

    @property
    def closed_on(self) -> date | None:
        """The day on which the accident was closed, unless it was reopened since."""
        closed = StandingSteps.of(self.steps, self.as_of).closed
        return None if closed is None else closed.day


@dataclass(frozen=True, slots=True)
class ChainVersion:
    """A version of the responsibility chain: the accident's version that published it, and because of what."""

    chain_version: int
    version: int
    event: str
    reason: str | None
    recorded_at: datetime
