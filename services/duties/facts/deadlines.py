"""Deadlines that reach people: notices of obligations, the working calendar, calendar feeds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from services.duties.facts.stored import Stored

_NONE_YET = UUID(int=0)


class Stage(StrEnum):
    """When a notice is given: first reminder, second reminder, or after a period that ended without a record."""

    FIRST = "first"
    SECOND = "second"
    LAPSED = "lapsed"


def notice_id(obligation_id: UUID, stage: Stage) -> UUID:
    """The identity of a notice: an obligation has one of each stage, whoever gives it and however often."""
    return uuid5(obligation_id, f"anze:notice:{stage.value}")


@dataclass(frozen=True, slots=True)
class Notice:
    """提醒: that an obligation is due soon, or that its period ended without a record; it attributes nothing.

    `holders` are, of a reminder, who holds the post on the day it is given; of a lapse, everybody who held it in the
    period. `founds`: the text binds, or a reading that was adopted.
    """

    stage: Stage
    obligation_id: UUID
    requirement_id: str
    duty_id: str
    clause: str
    post_id: UUID
    organ_id: UUID
    region_code: str
    path: tuple[str, ...]
    period_start: date
    due_on: date
    given_on: date
    holders: tuple[UUID, ...]
    obligation_basis: str
    founds: bool
    exercise: bool = False

    @property
    def id(self) -> UUID:
        """Derived, so that it can be given once only."""
        return notice_id(self.obligation_id, self.stage)


@dataclass(frozen=True, slots=True)
class SweepPosition:
    """How far the sweep of a day came: the last obligation it looked at, in the order of post, due day and id."""

    day: date
    post_id: UUID = _NONE_YET
    due_on: date = date.min
    obligation_id: UUID = _NONE_YET
    finished: bool = False


@dataclass
class Swept:
    """What a sweep did: notices given by stage; due days without reminders, for want of a year of the calendar."""

    day: date
    given: dict[str, int] = field(default_factory=lambda: dict.fromkeys((one.value for one in Stage), 0))
    looked_at: int = 0
    missing_years: tuple[int, ...] = ()
    unreminded_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that a notice of the State Council's office names: off, or worked (调休)."""

    day: date
    name: str
    working: bool


@dataclass(frozen=True, slots=True)
class WorkingYear:
    """A year's notice on holidays: its number (国办发明电…) and the days it names."""

    year: int
    notice_number: str
    days: tuple[CalendarDay, ...]

    @property
    def id(self) -> UUID:
        """The same for the same year."""
        return working_year_id(self.year)


def working_year_id(year: int) -> UUID:
    """The identity of a year of the working calendar."""
    return uuid5(NAMESPACE_URL, f"anze:working-calendar:{year}")


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The years whose notices are on record, with every day that they name."""

    years: frozenset[int]
    named: Mapping[date, bool]


class FeedKind(StrEnum):
    """Whose obligations a feed shows."""

    OFFICIAL = "official"
    ORGAN = "organ"


@dataclass(frozen=True, slots=True)
class Revocation:
    """A feed's link was revoked."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """日历订阅: a link to the deadlines of an official or organ within a region; the token itself is not kept."""

    id: UUID
    kind: FeedKind
    subject_id: UUID
    region_code: str
    token_sha256: str
    created_by: str
    created_at: datetime
    revoked: Revocation | None = None
    exercise: bool = False


StoredFeed = Stored[CalendarFeed]


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One obligation of a feed; `known_since` is when this service learned of it."""

    obligation_id: UUID
    duty_id: str
    clause: str
    post_title: str
    from_day: date
    due_on: date
    count: int
    basis: str
    known_since: datetime


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A feed's obligation with what its calendar entry says: the statute's words, and the days of both reminders.

    `alarms` is empty where the working calendar lacks a year that they need.
    """

    item: FeedItem
    phrase: str
    alarms: tuple[date, ...]
