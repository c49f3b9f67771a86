"""Notices, the working calendar, calendar feeds; and a feed as iCalendar."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated
from uuid import UUID

from icalendar import Alarm, Calendar, Event
from pydantic import BaseModel, Field

from services.duties.facts.deadlines import (
    CalendarDay,
    FeedEntry,
    FeedKind,
    Notice,
    Stage,
    StoredFeed,
    WorkingYear,
)
from services.duties.facts.stored import Stored
from services.duties.schemas.common import Request, ShortText, View
from shared.kernel.moments import Day
from shared.kernel.problems import BasisView
from shared.statute.text import cite

NoticeStage = Stage
_NINE = time(9, tzinfo=timezone(timedelta(hours=8)))
_DEFAULT = "提醒时间为系统默认设置，非条文规定 · when reminders are given is a default, not the text"


class NoticeView(View):
    """提醒 · A notice: a reminder, or that a period ended without a record; it attributes nothing."""

    id: UUID
    stage: Stage
    obligation_id: UUID
    requirement_id: str = Field(examples=["art6.2"])
    duty_id: str = Field(examples=["art6.2"])
    clause: str = Field(examples=["art6.2"])
    post_id: UUID
    organ_id: UUID
    region_code: str
    period_start: date
    due_on: date
    given_on: date
    holders: list[UUID] = Field(
        description="提醒：当日任职者；到期：期间任职者 · Who held the post, that day or period"
    )
    obligation_basis: str
    founds: bool
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, one: Notice) -> "NoticeView":
        """The view of a notice."""
        values = {name: getattr(one, name) for name in cls.model_fields if name != "basis"}
        firm = BasisView(clause=one.clause, kind=one.obligation_basis, note=None)
        return cls(**values, basis=[firm, BasisView(clause=one.clause, kind="default", note=_DEFAULT)])


class CalendarDayIn(Request):
    """放假或调休的一日 · A day that the notice names."""

    day: Day
    name: Annotated[str, Field(min_length=1, max_length=50, examples=["国庆节"])]
    working: bool = Field(description="调休上班为真，放假为假 · Worked, or off")


class WorkingYearIn(Request):
    """一个年度的放假通知 · A year's notice on holidays."""

    notice_number: ShortText = Field(examples=["国办发明电〔2025〕7号"])
    days: Annotated[list[CalendarDayIn], Field(max_length=100)]

    def fact(self, year: int) -> WorkingYear:
        """The year that this says."""
        return WorkingYear(year, self.notice_number, tuple(CalendarDay(**one.model_dump()) for one in self.days))


class CalendarDayView(View):
    """放假或调休的一日 · A day that the notice names."""

    day: date
    name: str
    working: bool


class WorkingYearView(BaseModel):
    """工作日历的一个年度；未列出的周末放假、平日上班 · A year; what it does not name is off on weekends only."""

    year: int
    version: int
    notice_number: str
    days: list[CalendarDayView]

    @classmethod
    def of(cls, stored: Stored[WorkingYear]) -> "WorkingYearView":
        """The view of a year."""
        fact = stored.fact
        days = [CalendarDayView.model_validate(one) for one in fact.days]
        return cls(year=fact.year, version=stored.version, notice_number=fact.notice_number, days=days)


class MissingYears(BaseModel):
    """尚未登记放假通知的年度 · Years without a notice on record."""

    until: date
    years: list[int] = Field(examples=[[2027]])


class FeedIn(Request):
    """为谁建立日历订阅 · Whose calendar feed to make."""

    kind: FeedKind
    subject_id: UUID = Field(description="人员或机关编号 · The official's or organ's id")


class RevocationView(View):
    """撤销 · A revocation."""

    by: str
    at: datetime


class FeedView(BaseModel):
    """日历订阅，不含链接令牌 · A calendar feed, without the token of its link."""

    id: UUID
    version: int
    kind: FeedKind
    subject_id: UUID
    region: str
    created_by: str
    created_at: datetime
    revoked: RevocationView | None
    exercise: bool

    @classmethod
    def of(cls, stored: StoredFeed) -> "FeedView":
        """The view of a feed."""
        return cls(**_feed(stored))


class NewFeedView(FeedView):
    """新建的日历订阅；令牌仅此一次显示 · A new feed; the token is shown this once."""

    token: str
    address: str = Field(examples=["/v1/calendar-feeds/….ics"])

    @classmethod
    def made(cls, stored: StoredFeed, token: str) -> "NewFeedView":
        """The view of a feed that was just made."""
        return cls(**_feed(stored), token=token, address=f"/v1/calendar-feeds/{token}.ics")


def _feed(stored: StoredFeed) -> dict[str, object]:
    fact = stored.fact
    return {
        "id": fact.id,
        "version": stored.version,
        "kind": fact.kind,
        "subject_id": fact.subject_id,
        "region": fact.region_code,
        "created_by": fact.created_by,
        "created_at": fact.created_at,
        "revoked": fact.revoked and RevocationView.model_validate(fact.revoked),
        "exercise": fact.exercise,
    }


def as_icalendar(entries: Sequence[FeedEntry]) -> bytes:
    """The feed as an iCalendar file: the same entries give the same bytes. It names posts, and no person."""
    calendar = Calendar()
    calendar.add("prodid", "-//Anze//duties//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "履职期限")
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for one in entries:
        calendar.add_component(_event(one))
    return bytes(calendar.to_ical())


def _event(one: FeedEntry) -> Event:
    item = one.item
    summary = f"{cite(item.clause).label}：{one.phrase}（{item.post_title}）"
    event = Event()
    event.add("uid", f"{item.obligation_id}@duties.anze")
    event.add("dtstamp", item.known_since.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", item.due_on)
    event.add("dtend", item.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", summary)
    reading = "；按理解适用" if item.basis == "reading" else ""
    event.add("description", f"期间{item.from_day}至{item.due_on}，至少{item.count}次{reading}。{_DEFAULT}")
    for day in one.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", datetime.combine(day, _NINE).astimezone(UTC))
        event.add_component(alarm)
    return event
