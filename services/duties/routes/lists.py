"""The yearly responsibility list: drafted, amended, approved, published, assessed."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from services.duties.handlers import lists as handlers
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.lists import (
    ListApprovalIn,
    ListAssessmentIn,
    ListIn,
    ListItemsIn,
    ListPublicationIn,
    ListView,
)
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, Work, answer_version

responsibility_lists = router("responsibility-lists", "年度责任清单 · Yearly responsibility lists")
_BASIS = "art6.5"


@responsibility_lists.post(
    "", status_code=201, summary="拟定清单 · Draft a list", **may("responsibility_list", "draft", _BASIS)
)
async def draft(body: ListIn, work: KeyedWork) -> ListView:
    """按职责目录为每名政府领导拟定 · From the catalogue, for each leader of the government."""
    stored = await handlers.draft_list(work, body.organ_id, body.year)
    work.answer_version = stored.version
    return ListView.of(stored)


@responsibility_lists.get("", summary="责任清单列表 · Lists", **may("responsibility_list", "read", _BASIS))
async def page_of_lists(
    request: Request,
    session: Reading,
    paging: Paged,
    organ_id: UUID | None = None,
    year: Annotated[int | None, Query(ge=2018, le=2100)] = None,
    exercise: Exercise = False,
) -> Page[ListView]:
    """各清单的最新版本 · The newest version of each list."""
    found, following = await handlers.page_of_lists(
        session, paging, regions=regions_of(request), exercise=exercise, organ_id=organ_id, year=year
    )
    return Page(items=[ListView.of(one) for one in found], next_cursor=following)


@responsibility_lists.get("/{list_id}", summary="一份清单 · One list", **may("responsibility_list", "read", _BASIS))
async def read(
    list_id: UUID, request: Request, session: Reading, version: Annotated[int | None, Query(ge=1, le=10**6)] = None
) -> ListView:
    """默认最新版本；以往版本可凭版本号查阅 · The newest version, or an earlier one by its number."""
    stored = await handlers.read_list(session, list_id, regions_of(request), version=version)
    answer_version(request, stored.version)
    return ListView.of(stored)


@responsibility_lists.put(
    "/{list_id}/items", summary="修订清单 · Amend a list", **may("responsibility_list", "draft", _BASIS)
)
async def amend(list_id: UUID, body: ListItemsIn, expected: ExpectedVersion, work: Work) -> ListView:
    """已批准的清单修订后须重新批准和公示 · What had been approved needs approval and publication again."""
    items = [handlers.NewItem(one.post_id, one.text, one.duty_id, one.id) for one in body.items]
    stored = await handlers.amend_list(work, list_id, expected, items, body.reason)
    work.answer_version = stored.version
    return ListView.of(stored)


@responsibility_lists.post(
    "/{list_id}/approve", summary="批准清单 · Approve a list", **may("responsibility_list", "approve", _BASIS)
)
async def approve(list_id: UUID, body: ListApprovalIn, expected: ExpectedVersion, work: Work) -> ListView:
    """拟定人不得批准 · Not by whoever drafted it."""
    stored = await handlers.approve_list(work, list_id, expected, approved_on=body.approved_on, document=body.document)
    work.answer_version = stored.version
    return ListView.of(stored)


@responsibility_lists.post(
    "/{list_id}/publish", summary="登记公示 · Record publication", **may("responsibility_list", "publish", _BASIS)
)
async def publish(list_id: UUID, body: ListPublicationIn, expected: ExpectedVersion, work: Work) -> ListView:
    """渠道、位置、日期和公示内容摘要 · Channel, place, day, and the digest of what was published."""
    stored = await handlers.publish_list(work, list_id, expected, body.fact(), body.organised_by)
    work.answer_version = stored.version
    return ListView.of(stored)


@responsibility_lists.post(
    "/{list_id}/assessments",
    summary="登记检查考核 · Assess a half-year",
    **may("responsibility_list", "assess", _BASIS),
)
async def assess(list_id: UUID, body: ListAssessmentIn, expected: ExpectedVersion, work: Work) -> ListView:
    """每半年逐项考核；结果随即报本级党委和上一级安委会备案 · Item by item; the result is filed at once."""
    stored = await handlers.assess_list(work, list_id, expected, body.fact(), body.organised_by)
    work.answer_version = stored.version
    return ListView.of(stored)
