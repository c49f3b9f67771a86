"""Accidents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from services.registry.handlers import accidents, annulments, files, reading
from services.registry.routes.common import InScope, KnownAt, may
from services.registry.schemas.accidents import (
    AccidentIn,
    AccidentSummary,
    AccidentView,
    AdjustmentIn,
    AnnulmentIn,
    CorrectionIn,
    RevisionIn,
    StepsIn,
)
from services.registry.schemas.common import Reasoned
from shared.kernel import clock
from shared.kernel.moments import Day
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import (
    ExpectedVersion,
    KeyedWork,
    Reading,
    TransactionalRoute,
    Work,
    answer_version,
)

router = APIRouter(prefix="/v1/accidents", tags=["生产安全事故 · Accidents"], route_class=TransactionalRoute)


@router.post(
    "",
    status_code=201,
    summary="登记事故 · Record an accident",
    **may("accident", "record", "art21.3", "art21.4"),
)
async def record_accident(body: AccidentIn, work: KeyedWork) -> AccidentView:
    """等级、报告时限、调查机关、责任链条一并推定 · Level, clock, investigating organ and chain in one transaction."""
    file = await accidents.record(
        work,
        body.circumstances(),
        body.casualties.fact(),
        steps=[step.fact() for step in body.report_steps],
        taken_over_by=body.taken_over_by,
    )
    work.answer_version = file.stored.version
    return AccidentView.of_file(file)


@router.get("", summary="事故列表 · Accidents", **may("accident", "read", "art21.4"))
async def list_accidents(
    session: Reading,
    scope: InScope,
    paging: Paged,
    level: Annotated[str | None, Query(pattern="^(一般|较大|重大|特别重大)$")] = None,
    industry: Annotated[str | None, Query(pattern=r"^[A-T][0-9]{0,4}$")] = None,
    first_day: Annotated[Day | None, Query(description="事故日不早于 · Not before")] = None,
    last_day: Annotated[Day | None, Query(description="事故日不晚于 · Not after")] = None,
    annulled: Annotated[bool | None, Query(description="只看已撤销的 · Annulled ones only")] = None,
) -> Page[AccidentSummary]:
    """截至当日已发生的，最新的在前；默认不含演练 · Until the day, newest first; no exercises by default."""
    found, cursor = await reading.accidents(
        session,
        paging,
        scope,
        first_day=first_day,
        last_day=last_day,
        level=level,
        industry=industry,
        annulled=annulled,
    )
    return Page(items=[AccidentSummary.of(one) for one in found], next_cursor=cursor)


@router.get("/{accident_id}", summary="一起事故 · One accident", **may("accident", "read", "art21.4", "art27"))
async def read_accident(
    accident_id: UUID,
    session: Reading,
    known_at: KnownAt,
    request: Request,
    as_of: Annotated[Day | None, Query(description="时限和警示截至哪一天 · The day of clock and alarms")] = None,
) -> AccidentView:
    """等级、时限、警示和应予核查的岗位；往任另列 · Level, clock, alarms, posts to examine; earlier holders apart."""
    when = files.When(clock.now(), as_of, known_at)
    file = await files.read_accident(session, accident_id, request.state.actor.regions, when)
    answer_version(request, file.stored.version)
    return AccidentView.of_file(file)


@router.post("/{accident_id}/revisions", summary="续报 · Revise", **may("accident", "revise", "art21.4"))
async def revise_accident(accident_id: UUID, body: RevisionIn, expected: ExpectedVersion, work: Work) -> AccidentView:
    """等级变化的，调查机关和责任链条随之变化 · Level, investigating organ and chain follow."""
    file = await accidents.revise(
        work,
        accident_id,
        expected,
        body.casualties.fact(),
        taken_over_by=body.taken_over_by,
        reason=body.reason,
    )
    work.answer_version = file.stored.version
    return AccidentView.of_file(file)


@router.put(
    "/{accident_id}/circumstances",
    summary="更正地点、时间、行业、类别 · Correct what it was",
    **may("accident", "revise", "art21.4"),
)
async def correct_accident(
    accident_id: UUID, body: CorrectionIn, expected: ExpectedVersion, work: Work
) -> AccidentView:
    """等级和责任链条随之变化，原记录仍可查 · Level and chain follow; what was recorded stays readable."""
    told = body.told(body.region_code or "")
    file = await accidents.correct(work, accident_id, expected, told, reason=body.reason)
    work.answer_version = file.stored.version
    return AccidentView.of_file(file)


@router.post(
    "/{accident_id}/annulment",
    summary="撤销误登、重复登记 · Annul a mistaken or second record",
    **may("accident", "annul", "art21.3", "art21.4"),
)
async def annul_accident(accident_id: UUID, body: AnnulmentIn, expected: ExpectedVersion, work: Work) -> AccidentView:
    """原记录仍可查，有处理步骤的先撤回 · It stays readable; steps of an investigation are withdrawn first."""
    file = await annulments.annul(work, accident_id, expected, body.fact())
    work.answer_version = file.stored.version
    return AccidentView.of_file(file)


@router.post(
    "/{accident_id}/report-steps", summary="补充报告环节 · Report steps", **may("accident", "revise", "art21.3")
)
async def record_steps(accident_id: UUID, body: StepsIn, expected: ExpectedVersion, work: Work) -> AccidentView:
    """每个环节对照其时限 · Each step against its limit."""
    file = await accidents.report(work, accident_id, expected, [step.fact() for step in body.steps])
    work.answer_version = file.stored.version
    return AccidentView.of_file(file)


@router.post(
    "/{accident_id}/report-steps/{number}/withdrawal",
    summary="撤回误登报告环节 · Withdraw a step of reporting",
    **may("accident", "revise", "art21.3"),
)
async def withdraw_step(
    accident_id: UUID,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    body: Reasoned,
    expected: ExpectedVersion,
    work: Work,
) -> AccidentView:
    """撤回的环节仍列明，不计时限 · A withdrawn step stays visible and counts for nothing."""
    file = await accidents.withdraw_step(work, accident_id, expected, number, reason=body.reason)
    work.answer_version = file.stored.version
    return AccidentView.of_file(file)


@router.post(
    "/{accident_id}/chain-adjustments",
    summary="增减核查名单 · Adjust the chain",
    **may("chain", "adjust", "art21.4"),
)
async def adjust_chain(accident_id: UUID, body: AdjustmentIn, expected: ExpectedVersion, work: Work) -> AccidentView:
    """增减须附理由；剔除的仍列明 · With a reason; whoever was dropped stays listed as dropped."""
    file = await accidents.adjust_chain(work, accident_id, expected, body.fact())
    work.answer_version = file.stored.version
    return AccidentView.of_file(file)
