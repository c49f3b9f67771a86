"""Reviews of standing duties, and findings of non-performance."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from services.duties.handlers import appeals, reviews
from services.duties.handlers import findings as handlers
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.findings import (
    AppealDecisionIn,
    AppealIn,
    FindingIn,
    FindingView,
    StandingReviewIn,
    StandingReviewView,
    StandingYearView,
)
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, Work, answer_version

standing_reviews = router("standing-reviews", "常设职责审查 · Standing reviews")
nonperformance_findings = router("nonperformance-findings", "未履职认定 · Findings of non-performance")


@standing_reviews.post(
    "", status_code=201, summary="登记审查 · Record a review", **may("standing_review", "record", "art26")
)
async def record(body: StandingReviewIn, work: KeyedWork) -> StandingReviewView:
    """常设职责是否履行的审查，本身不是认定 · How a standing duty was performed; by itself no finding."""
    stored = await reviews.record_review(
        work,
        official_id=body.official_id,
        post_id=body.post_id,
        duty_id=body.duty_id,
        from_day=body.from_day,
        to_day=body.to_day,
        outcome=body.outcome,
        note=body.note,
        evidence=body.evidence,
        heard_on=body.heard_on,
        statement=body.statement,
    )
    work.answer_version = stored.version
    return StandingReviewView.of(stored)


@standing_reviews.get("", summary="审查列表 · Reviews", **may("standing_review", "read"))
async def list_reviews(
    request: Request, session: Reading, paging: Paged, official_id: UUID | None = None, exercise: Exercise = False
) -> Page[StandingReviewView]:
    """最近的在前 · Newest first."""
    found, following = await reviews.list_reviews(
        session, paging, regions=regions_of(request), exercise=exercise, official_id=official_id
    )
    return Page(items=[StandingReviewView.of(one) for one in found], next_cursor=following)


@standing_reviews.get("/year", summary="年度待审查事项 · A post's year", **may("standing_review", "read", "art26"))
async def standing_year(
    request: Request, session: Reading, post_id: UUID, year: Annotated[int, Query(ge=2018, le=2100)]
) -> list[StandingYearView]:
    """岗位当年各常设职责、各任职人员是否已审查 · Which standing duties of the year were examined, holder by holder."""
    rows = await reviews.standing_year(session, post_id, year, regions_of(request))
    return [StandingYearView.of(row) for row in rows]


@nonperformance_findings.post(
    "",
    status_code=201,
    summary="作出未履职认定 · Find non-performance",
    **may("nonperformance", "find", "art21.1", "art28", "art29", "art30"),
)
async def find(body: FindingIn, work: KeyedWork) -> FindingView:
    """须由有权机关在听取本人陈述后说明理由作出；到期无记录本身不归责 · Competent organ, reasons, person heard."""
    matter = handlers.Matter(
        official_id=body.official_id,
        post_id=body.post_id,
        duty_id=body.duty_id,
        obligation_id=body.obligation_id,
        period_start=body.period_start,
        period_end=body.period_end,
        accident_id=body.accident_id,
    )
    stored = await handlers.find_nonperformance(
        work,
        matter,
        organ_id=body.organ_id,
        reasons=body.reasons,
        heard_on=body.heard_on,
        statement=body.statement,
        decided_on=body.decided_on,
        performed=body.outcome == "performed",
    )
    work.answer_version = stored.version
    return FindingView.of(stored)


@nonperformance_findings.get("", summary="认定列表 · Findings", **may("nonperformance", "read"))
async def list_findings(
    request: Request, session: Reading, paging: Paged, official_id: UUID | None = None, exercise: Exercise = False
) -> Page[FindingView]:
    """最近的在前 · Newest first."""
    found, following = await handlers.list_findings(
        session, paging, regions=regions_of(request), exercise=exercise, official_id=official_id
    )
    return Page(items=[FindingView.of(one) for one in found], next_cursor=following)


@nonperformance_findings.get("/{finding_id}", summary="一项认定 · One finding", **may("nonperformance", "read"))
async def read(finding_id: UUID, request: Request, session: Reading) -> FindingView:
    """认定的事项、机关、理由和本人陈述 · Matter, organ, reasons, and what the person said."""
    stored = await handlers.read_finding(session, finding_id, regions_of(request))
    answer_version(request, stored.version)
    return FindingView.of(stored)


@nonperformance_findings.post(
    "/{finding_id}/appeal", summary="申诉 · Appeal", **may("nonperformance", "appeal", "art28")
)
async def appeal(finding_id: UUID, body: AppealIn, expected: ExpectedVersion, work: Work) -> FindingView:
    """登记本人申诉；决定前认定继续有效 · The official's objection; the finding stands until it is decided."""
    stored = await appeals.file_appeal(work, finding_id, expected, filed_on=body.filed_on, statement=body.statement)
    work.answer_version = stored.version
    return FindingView.of(stored)


@nonperformance_findings.post(
    "/{finding_id}/appeal-decision",
    summary="申诉决定 · Decide an appeal",
    **may("nonperformance", "decide_appeal", "art28", "art29"),
)
async def decide(finding_id: UUID, body: AppealDecisionIn, expected: ExpectedVersion, work: Work) -> FindingView:
    """由认定机关以外的有权机关维持或撤销 · Upheld or revoked by a competent organ other than the one that found."""
    stored = await appeals.decide_appeal(
        work,
        finding_id,
        expected,
        organ_id=body.organ_id,
        outcome=body.outcome,
        reasons=body.reasons,
        decided_on=body.decided_on,
    )
    work.answer_version = stored.version
    return FindingView.of(stored)
