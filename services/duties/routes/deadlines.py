"""Notices, the working calendar, calendar feeds."""

from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

from services.duties.handlers import calendars, notices
from services.duties.handlers.notices import NoticesAsked
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.deadlines import (
    FeedIn,
    FeedView,
    MissingYears,
    NewFeedView,
    NoticeStage,
    NoticeView,
    WorkingYearIn,
    WorkingYearView,
    as_icalendar,
)
from shared.kernel import clock
from shared.kernel.auth import Actor, requires
from shared.kernel.moments import Day
from shared.kernel.operations import OperationView, Progress
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, Reading, Work, answer_version

notice_routes = router("notices", "履职提醒 · Notices")
calendar_routes = router("working-calendar", "工作日历 · Working calendar")
feed_routes = router("calendar-feeds", "日历订阅 · Calendar feeds")
Region = Annotated[
    str | None, Query(max_length=12, pattern=r"^\d+$", examples=["139901"], description="含下辖 · With all below")
]
Year = Annotated[int, Path(ge=2018, le=2100)]


def _asked(
    request: Request,
    *,
    region: Region = None,
    stage: NoticeStage | None = None,
    post_id: UUID | None = None,
    organ_id: UUID | None = None,
    official_id: Annotated[UUID | None, Query(description="当时任职的 · Who held the post then")] = None,
    from_day: Annotated[Day | None, Query(alias="from", description="发出日不早于 · Given from")] = None,
    to_day: Annotated[Day | None, Query(alias="to", description="发出日不晚于 · Given until")] = None,
    exercise: Exercise = False,
) -> NoticesAsked:
    return NoticesAsked(regions_of(request), exercise, region, stage, post_id, organ_id, official_id, from_day, to_day)


@notice_routes.get("", summary="履职提醒 · Notices", **may("notice", "read"))
async def read_notices(
    session: Reading, paging: Paged, asked: Annotated[NoticesAsked, Depends(_asked, scope="function")]
) -> Page[NoticeView]:
    """两次到期前提醒与到期无记录告知，各一次；不归责于任何人 · Each is given once; it attributes nothing."""
    found, following = await notices.list_notices(session, asked, paging)
    return Page(items=[NoticeView.of(one) for one in found], next_cursor=following)


@notice_routes.post("/sweeps", status_code=202, summary="立即发出应发的提醒 · Give what is due now")
async def sweep(
    request: Request, response: Response, actor: Annotated[Actor, Depends(requires("notice", "sweep"))]
) -> OperationView:
    """可重复办理，已发出的不再发；缺工作日历的年度在结果中列明 · Safe to repeat; the result names missing years."""

    async def work(progress: Progress) -> dict[str, Any]:
        done = await notices.sweep(request.app.state.sessions, clock.now(), progress=progress)
        return {
            "day": done.day.isoformat(),
            "given": done.given,
            "looked_at": done.looked_at,
            "missing_years": list(done.missing_years),
            "unreminded_days": [one.isoformat() for one in done.unreminded_days],
        }

    started: OperationView = await request.app.state.operations.start("notice_sweep", actor.subject, work)
    response.headers["Location"] = f"/v1/operations/{started.id}"
    return started


@calendar_routes.get("/missing", summary="缺少的年度 · Years needed", **may("working_calendar", "read"))
async def read_missing(
    session: Reading, until: Annotated[Day, Query(description="直至 · Until", examples=["2027-12-31"])]
) -> MissingYears:
    """从今年起至该日所属年度，尚未登记放假通知的年度 · From this year on, those without a notice on record."""
    return MissingYears(until=until, years=list(await calendars.years_missing(session, clock.today(), until)))


@calendar_routes.get("/{year:int}", summary="一个年度的工作日历 · A year", **may("working_calendar", "read"))
async def read_year(year: Year, request: Request, session: Reading) -> WorkingYearView:
    """未登记的年度不作推测 · A year that is not on record is an error, never a guess."""
    stored = await calendars.read_year(session, year)
    answer_version(request, stored.version)
    return WorkingYearView.of(stored)


@calendar_routes.put("/{year:int}", summary="登记放假通知 · Record a notice", **may("working_calendar", "record"))
async def put_year(year: Year, body: WorkingYearIn, expected: ExpectedVersion, work: Work) -> WorkingYearView:
    """首次登记不带 If-Match；更改须注明所见版本 · The first time without If-Match; a change names the version seen."""
    stored = await calendars.put_year(work, body.fact(year), expected)
    work.answer_version = stored.version
    return WorkingYearView.of(stored)


@feed_routes.post("", status_code=201, summary="建立日历订阅 · Make a feed", **may("calendar_feed", "create"))
async def create_feed(body: FeedIn, work: Work, response: Response) -> NewFeedView:
    """令牌仅此一次显示，故不设幂等键：答复不予保存 · The token is shown once: no answer is kept, hence no key."""
    stored, token = await calendars.create_feed(work, body.kind, body.subject_id)
    work.answer_version = stored.version
    response.headers["Cache-Control"] = "no-store"
    return NewFeedView.made(stored, token)


@feed_routes.get("", summary="日历订阅列表 · Feeds", **may("calendar_feed", "read"))
async def list_feeds(request: Request, session: Reading, paging: Paged, exercise: Exercise = False) -> Page[FeedView]:
    """授权区域内的；不含令牌 · Within the own regions; without tokens."""
    found, following = await calendars.list_feeds(session, paging, regions=regions_of(request), exercise=exercise)
    return Page(items=[FeedView.of(one) for one in found], next_cursor=following)


@feed_routes.post("/{feed_id}/revoke", summary="撤销日历订阅 · Revoke a feed", **may("calendar_feed", "revoke"))
async def revoke_feed(feed_id: UUID, expected: ExpectedVersion, work: Work) -> FeedView:
    """链接随即失效 · The link answers no more."""
    stored = await calendars.revoke_feed(work, feed_id, expected)
    work.answer_version = stored.version
    return FeedView.of(stored)


_ICALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"description": "iCalendar", "content": {"text/calendar": {"schema": {"type": "string"}}}}
}


@feed_routes.get("/{token}.ics", summary="订阅的日历 · The calendar", response_class=Response, responses=_ICALENDAR)
async def read_feed(token: Annotated[str, Path(max_length=100)], session: Reading) -> Response:
    """凭链接读取，无须登录；只有岗位与期限，没有姓名 · By the link alone; posts and deadlines, and no names."""
    content = as_icalendar(await calendars.feed_entries(session, token))
    headers = {"ETag": f'"{sha256(content).hexdigest()}"', "Cache-Control": "private, no-cache"}
    return Response(content, headers=headers, media_type="text/calendar")
