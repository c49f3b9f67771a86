"""Reviews of standing duties, and findings of non-performance."""

from uuid import UUID

from fastapi import Request

from services.duties.handlers import findings as handlers
from services.duties.handlers import reviews
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.findings import FindingIn, FindingView, StandingReviewIn, StandingReviewView
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import KeyedWork, Reading, answer_version

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
