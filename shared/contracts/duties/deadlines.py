"""Deadlines that reach people: notices, the working calendar, links to calendars. No person is named here."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.duties.base import DutiesEvent, Part


class NoticeState(DutiesEvent):
    """提醒: that an obligation is due soon, or that its period ended without a record. Given once for each stage.

    A lapse says that there is no record at the end of the period and attributes nothing; a record that comes later
    leaves the notice as it was given. `holder_ids`: of a reminder who held the post on `given_on`, of a lapse everybody
    who held it in the period. `obligation_basis`: text or reading; `founds`: the text binds, or a reading that was
    adopted. When a reminder is given is configuration: `basis` is `default`.
    """

    AGGREGATE: ClassVar[str] = "notice"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "stage", "obligation_id", "post_id", "organ_id", "region_code", "duty_id", "clause", "due_on"}
    )
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art28",)

    stage: Literal["first", "second", "lapsed"]
    obligation_id: UUID
    requirement_id: str
    duty_id: str
    clause: str
    post_id: UUID
    organ_id: UUID
    region_code: str
    period_start: date
    due_on: date
    given_on: date
    holder_ids: tuple[UUID, ...]
    obligation_basis: str
    founds: bool
    basis: str = "default"


class NoticeGiven(NoticeState):
    """A notice was given."""

    NAME: ClassVar[str] = "given"


class CalendarDayPart(Part):
    """A day that a notice names: off, or worked (调休)."""

    day: date
    name: str
    working: bool


class WorkingCalendarState(DutiesEvent):
    """工作日历: the notice on a year's holidays, by its number, with the days it names; for the whole country."""

    AGGREGATE: ClassVar[str] = "working_calendar"

    year: int
    notice_number: str
    days: tuple[CalendarDayPart, ...]


class WorkingCalendarRecorded(WorkingCalendarState):
    """A year's notice was recorded, or recorded anew."""

    NAME: ClassVar[str] = "recorded"


class RevocationPart(Part):
    """The link was revoked by a subject."""

    by: str
    at: datetime


class CalendarFeedState(DutiesEvent):
    """日历订阅: a link to the deadlines of an official or an organ within a region.

    Of the link's token there is only the SHA-256 (64 hex digits), from which nobody can make the link again.
    """

    AGGREGATE: ClassVar[str] = "calendar_feed"

    kind: Literal["official", "organ"]
    subject_id: UUID
    region_code: str
    token_sha256: str
    created_by: str
    created_at: datetime
    revoked: RevocationPart | None = None


class CalendarFeedCreated(CalendarFeedState):
    """A link was made."""

    NAME: ClassVar[str] = "created"


class CalendarFeedRevoked(CalendarFeedState):
    """The link answers no more."""

    NAME: ClassVar[str] = "revoked"
