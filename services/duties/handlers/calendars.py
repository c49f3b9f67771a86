"""The working calendar, by notice and year; and calendar feeds, by links that can be revoked."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date
from hashlib import sha256
from typing import TypeVar
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.catalogue import load_catalogue
from services.duties.facts.deadlines import (
    CalendarFeed,
    FeedEntry,
    FeedKind,
    Revocation,
    StoredFeed,
    WorkingCalendar,
    WorkingYear,
)
from services.duties.facts.stored import Stored
from services.duties.handlers.seats import person_of
from services.duties.repository import calendars, notices
from services.duties.rules.calendar import CalendarYearUnknown, alarm_days, calendar_of, may_record, missing_years
from shared.contracts.duties.deadlines import (
    CalendarFeedCreated,
    CalendarFeedRevoked,
    CalendarFeedState,
    WorkingCalendarRecorded,
    WorkingCalendarState,
)
from shared.kernel import clock
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, Forbidden, NotFound, StaleVersion, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import repository as roster
from shared.roster.facts import Span

F = TypeVar("F", bound=CalendarFeedState)
_FEED = TypeAdapter(CalendarFeed)
_YEAR = TypeAdapter(WorkingYear)


async def put_year(work: UnitOfWork, year: WorkingYear, expected: int | None) -> Stored[WorkingYear]:
    """Record a year's notice, or record it anew.

    Raises:
        Refused: a day is named twice, or lies outside the year.
        StaleVersion, PreconditionRequired: it is on record in another version, or no version was named.
    """
    obey(may_record(year))
    ref = Ref("working_calendar", year.id)
    await work.lock(ref)
    if work.version(ref):
        await work.lock_existing(ref, expected)
    elif expected is not None:
        raise StaleVersion("stale_version", "该年度尚未登记", "nothing is on record for the year")
    event = WorkingCalendarRecorded.model_validate(asdict(year) | {"id": year.id, "path": ()})
    version = work.emit(event, path=())
    await calendars.put_year(work.session, year, version)
    await notices.forget_position(work.session)
    return Stored(year, (), version)


async def read_year(session: AsyncSession, year: int) -> Stored[WorkingYear]:
    """A year's notice; NotFound with code `calendar_year_unknown` where none is on record."""
    found = await calendars.years(session, year)
    if not found:
        unknown = CalendarYearUnknown(year).decision
        raise NotFound(unknown.code, unknown.reason_zh, unknown.reason_en, basis=unknown.basis)
    return found[0]


async def years_missing(session: AsyncSession, today: date, until: date) -> Sequence[int]:
    """The years from today's to that of `until` without a notice on record."""
    return missing_years([one.fact.year for one in await calendars.years(session)], today, until)


async def adopt_year(session: AsyncSession, event: WorkingCalendarState, delivery: Delivery) -> None:
    """Put a year's notice back after a restore."""
    await calendars.put_year(session, _YEAR.validate_python(event.model_dump()), delivery.version)


async def create_feed(work: UnitOfWork, kind: FeedKind, subject_id: UUID) -> tuple[StoredFeed, str]:
    """Make a link; answers the feed and the token, which is nowhere afterwards.

    Raises:
        NotFound: there is no such official in a post today, or no such organ.
        Forbidden: outside the caller's regions.
    """
    path, exercise = await _place_of(work, kind, subject_id)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        id=uuid4(),
        kind=kind,
        subject_id=subject_id,
        region_code=path[-1],
        token_sha256=digest(token),
        created_by=work.actor,
        created_at=work.recorded_at,
        exercise=exercise,
    )
    await work.lock(Ref("calendar_feed", feed.id))
    return await _keep(work, CalendarFeedCreated, feed, path), token


def digest(token: str) -> str:
    """What is kept of a token; 32 random bytes need no salt."""
    return sha256(token.encode()).hexdigest()


async def _place_of(work: UnitOfWork, kind: FeedKind, subject_id: UUID) -> tuple[tuple[str, ...], bool]:
    """The region that a feed is about, and whether it is an exercise: the widest of those where they hold a post."""
    today = clock.today()
    if kind is FeedKind.ORGAN:
        organ = await roster.organ_by_id(work.session, subject_id)
        found = [] if organ is None else [await roster.path_of(work.session, organ.region_code, today)]
        exercise = organ is not None and organ.exercise
    else:
        held = await roster.appointments_of(work.session, subject_id, Span(today, today))
        found = [await roster.path_of_post(work.session, one.post_id, today) for one in held]
        exercise = any(one.exercise for one in held)
    paths = sorted((one for one in found if one), key=len)
    if not paths:
        raise NotFound("feed_subject_not_found", "没有这个机关或在职人员", "no such organ, or official in a post")
    own = [one for one in paths if work.may_act_in(one)]
    if not own:
        raise Forbidden("region_outside_grant", "不在授权区域内", "it lies outside the regions granted")
    return own[0], exercise


async def revoke_feed(work: UnitOfWork, identity: UUID, expected: int | None) -> StoredFeed:
    """Let a link answer no more; NotFound outside the regions, Conflict where it was revoked before."""
    await work.lock(Ref("calendar_feed", identity))
    stored = await calendars.feed_by_id(work.session, identity)
    if stored is None or not work.may_act_in(stored.path):
        raise NotFound("feed_not_found", "没有这个日历订阅", "there is no such feed")
    await work.lock_existing(Ref("calendar_feed", identity), expected)
    if stored.fact.revoked is not None:
        raise Conflict("feed_revoked", "该日历订阅已经撤销", "the feed was revoked before")
    revoked = replace(stored.fact, revoked=Revocation(work.actor, work.recorded_at))
    return await _keep(work, CalendarFeedRevoked, revoked, stored.path)


async def _keep(work: UnitOfWork, kind: type[F], feed: CalendarFeed, path: tuple[str, ...]) -> StoredFeed:
    event = kind.model_validate(asdict(feed) | {"path": path})
    version = work.emit(event, path=path, exercise=feed.exercise)
    await calendars.put_feed(work.session, feed, path, version)
    return Stored(feed, path, version)


async def adopt_feed(session: AsyncSession, event: CalendarFeedState, delivery: Delivery) -> None:
    """Put a feed back after a restore: its link answers again, or is revoked again."""
    await calendars.put_feed(session, _FEED.validate_python(event.model_dump()), event.path, delivery.version)


async def list_feeds(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool
) -> tuple[list[StoredFeed], str | None]:
    """One page of the feeds within the regions, the latest first."""
    return await calendars.list_feeds(session, paging, regions=regions, exercise=exercise)


async def feed_entries(session: AsyncSession, token: str) -> list[FeedEntry]:
    """What a link shows: open and upcoming obligations until the end of next year; NotFound where it is none."""
    stored = await calendars.feed_by_token(session, digest(token))
    if stored is None or stored.fact.revoked is not None:
        raise NotFound("feed_not_found", "没有这个日历订阅", "there is no such feed")
    today = clock.today()
    feed, until = stored.fact, date(today.year + 1, 12, 31)
    person = await person_of(session, feed.subject_id) if feed.kind is FeedKind.OFFICIAL else ()
    items = await calendars.items(session, feed, today, until, clock.now(), person)
    calendar = calendar_of(one.fact for one in await calendars.years(session))
    phrases = {one.id: one.phrase for one in load_catalogue().duties}
    return [FeedEntry(one, phrases.get(one.duty_id, ""), _alarms(calendar, one.due_on)) for one in items]


def _alarms(calendar: WorkingCalendar, due_on: date) -> tuple[date, ...]:
    try:
        return alarm_days(calendar, due_on)
    except CalendarYearUnknown:
        return ()
