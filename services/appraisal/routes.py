"""Appraisal over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.appraisal.handlers import appraisals, vettings
from services.appraisal.schemas import (
    AppraisalBody,
    AppraisalView,
    ConclusionBody,
    GradeBody,
    HearingBody,
    Kind,
    Nominee,
    OpinionBody,
    ReferencesView,
    ReopenBody,
    ReportBody,
    Status,
    VettingAnswerView,
    VettingBody,
    VettingView,
    Year,
)
from shared.kernel import clock
from shared.kernel.auth import requires
from shared.kernel.moments import Day
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, TransactionalRoute, Work, answer_version

appraisal_router = APIRouter(prefix="/v1/appraisals", tags=["考核 · Appraisal"], route_class=TransactionalRoute)
vetting_router = APIRouter(prefix="/v1/vettings", tags=["考察 · Vetting"], route_class=TransactionalRoute)
Exercise = Annotated[bool, Query(description="只看演练 · Exercises only")]


@appraisal_router.get(
    "",
    summary="考核列表 · List appraisals",
    dependencies=[Depends(requires("appraisal", "read"))],
    openapi_extra={"x-legal-basis": ["art16"]},
)
async def list_appraisals(
    request: Request,
    session: Reading,
    paging: Paged,
    *,
    organ_id: UUID | None = None,
    official_id: UUID | None = None,
    year: Year | None = None,
    kind: Kind | None = None,
    status: Status | None = None,
    exercise: Exercise = False,
) -> Page[AppraisalView]:
    """所辖地区的考核 · Appraisals within one's regions."""
    equal = {
        "organ_id": organ_id,
        "official_id": official_id,
        "year": year,
        "kind": kind,
        "status": status,
        "exercise": exercise,
    }
    found, following = await appraisals.list_appraisals(session, paging, request.state.actor.regions, equal)
    return Page(items=[AppraisalView.of(one) for one in found], next_cursor=following)


@appraisal_router.post(
    "",
    status_code=201,
    summary="开展考核 · Open an appraisal",
    dependencies=[Depends(requires("appraisal", "open"))],
    openapi_extra={"x-legal-basis": ["art16"]},
)
async def open_appraisal(body: AppraisalBody, work: KeyedWork) -> AppraisalView:
    """领导班子或者领导干部，一个年度一类一次 · A body or a member, once for a year and kind."""
    stored = await appraisals.open_appraisal(
        work, organ_id=body.organ_id, official_id=body.official_id, year=body.year, kind=body.kind
    )
    work.answer_version = stored.version
    return AppraisalView.of(stored)


@appraisal_router.get(
    "/{appraisal_id}",
    summary="读取考核 · Read an appraisal",
    dependencies=[Depends(requires("appraisal", "read"))],
    openapi_extra={"x-legal-basis": ["art16"]},
)
async def read_appraisal(appraisal_id: UUID, request: Request, session: Reading) -> AppraisalView:
    """述职、等次、标记 · Report, grades, flag."""
    stored = await appraisals.read_appraisal(session, appraisal_id, request.state.actor.regions)
    answer_version(request, stored.version)
    return AppraisalView.of(stored)


@appraisal_router.get(
    "/{appraisal_id}/references",
    summary="考核的重要参考 · References of an appraisal",
    dependencies=[Depends(requires("appraisal", "read"))],
    openapi_extra={"x-legal-basis": ["art14", "art16", "art23"]},
)
async def read_references(appraisal_id: UUID, request: Request, session: Reading) -> ReferencesView:
    """巡查结果、履职账册、一票否决和影响期 · Tour results, books, vetoes and effect periods of the year."""
    found = await appraisals.read_references(session, appraisal_id, request.state.actor.regions)
    return ReferencesView.of(found)


@appraisal_router.post(
    "/{appraisal_id}/report",
    summary="述职 · File the yearly report",
    dependencies=[Depends(requires("appraisal", "report"))],
    openapi_extra={"x-legal-basis": ["art16"]},
)
async def file_report(appraisal_id: UUID, body: ReportBody, expected: ExpectedVersion, work: Work) -> AppraisalView:
    """须列入履行安全生产工作责任情况 · With its work-safety section."""
    stored = await appraisals.report(
        work, appraisal_id, expected, work_safety_section=body.work_safety_section, on=body.on
    )
    work.answer_version = stored.version
    return AppraisalView.of(stored)


@appraisal_router.post(
    "/{appraisal_id}/grade",
    summary="评定等次 · Give a grade",
    dependencies=[Depends(requires("appraisal", "grade"))],
    openapi_extra={"x-legal-basis": ["art16", "art23"]},
)
async def give_grade(appraisal_id: UUID, body: GradeBody, expected: ExpectedVersion, work: Work) -> AppraisalView:
    """由人评定；一票否决涉及的年度不得评为优秀 · By a person; no excellence in a year that a veto touches."""
    stored = await appraisals.give_grade(work, appraisal_id, expected, grade=body.grade, reason=body.reason, on=body.on)
    work.answer_version = stored.version
    return AppraisalView.of(stored)


@appraisal_router.post(
    "/{appraisal_id}/reopen",
    summary="重新评定 · Reopen a flagged grade",
    dependencies=[Depends(requires("appraisal", "reopen"))],
    openapi_extra={"x-legal-basis": ["art23"]},
)
async def reopen(appraisal_id: UUID, body: ReopenBody, expected: ExpectedVersion, work: Work) -> AppraisalView:
    """由人说明理由后重新评定 · By a person, with a reason."""
    stored = await appraisals.reopen(work, appraisal_id, expected, reason=body.reason)
    work.answer_version = stored.version
    return AppraisalView.of(stored)


@vetting_router.get(
    "",
    summary="考察列表 · List vettings",
    dependencies=[Depends(requires("vetting", "read"))],
    openapi_extra={"x-legal-basis": ["art17"]},
)
async def list_vettings(
    request: Request,
    session: Reading,
    paging: Paged,
    official_id: UUID | None = None,
    kind: Nominee | None = None,
    concluded: bool | None = None,
    exercise: Exercise = False,
) -> Page[VettingView]:
    """所辖地区的考察 · Vettings within one's regions."""
    equal = {"official_id": official_id, "kind": kind, "concluded": concluded, "exercise": exercise}
    found, following = await vettings.list_vettings(session, paging, request.state.actor.regions, equal)
    return Page(items=[VettingView.of(one) for one in found], next_cursor=following)


@vetting_router.post(
    "",
    status_code=201,
    summary="开展考察 · Open a vetting",
    dependencies=[Depends(requires("vetting", "open"))],
    openapi_extra={"x-legal-basis": ["art17"]},
)
async def open_vetting(body: VettingBody, work: KeyedWork) -> VettingView:
    """拟任人选或者奖励人选 · A nominee, or a candidate for an award."""
    stored = await vettings.open_vetting(
        work,
        official_id=body.official_id,
        organ_id=body.organ_id,
        post_kind=body.post_kind,
        kind=body.kind,
        promotion=body.promotion,
        important_reassignment=body.important_reassignment,
        performance_record=body.performance_record,
    )
    work.answer_version = stored.version
    return VettingView.of(stored)


@vetting_router.get(
    "/{vetting_id}",
    summary="读取考察 · Read a vetting",
    dependencies=[Depends(requires("vetting", "read"))],
    openapi_extra={"x-legal-basis": ["art17"]},
)
async def read_vetting(vetting_id: UUID, request: Request, session: Reading) -> VettingView:
    """履职情况、意见、结论 · Record, opinions, conclusion."""
    stored = await vettings.read_vetting(session, vetting_id, request.state.actor.regions)
    answer_version(request, stored.version)
    return VettingView.of(stored)


@vetting_router.get(
    "/{vetting_id}/answer",
    summary="考察答复 · Vetoes and effect periods on a day",
    dependencies=[Depends(requires("vetting", "read"))],
    openapi_extra={"x-legal-basis": ["art17", "art23"]},
)
async def answer_vetting(
    vetting_id: UUID,
    request: Request,
    session: Reading,
    as_of: Annotated[Day | None, Query(description="截至哪一天，默认今日 · On which day")] = None,
) -> VettingAnswerView:
    """注明条款和最后一个受限日 · With clause and last blocked day."""
    found = await vettings.answer(session, vetting_id, as_of or clock.today(), request.state.actor.regions)
    return VettingAnswerView.of(*found)


@vetting_router.post(
    "/{vetting_id}/hearings",
    summary="征求意见 · Seek the opinion of the organ to be heard",
    dependencies=[Depends(requires("vetting", "hear"))],
    openapi_extra={"x-legal-basis": ["art17"]},
)
async def seek_opinion(vetting_id: UUID, body: HearingBody, expected: ExpectedVersion, work: Work) -> VettingView:
    """须有期限和凭证 · With a deadline and proof."""
    stored = await vettings.seek_opinion(
        work, vetting_id, expected, organ=body.organ, deadline=body.deadline, proof=body.proof, on=body.on
    )
    work.answer_version = stored.version
    return VettingView.of(stored)


@vetting_router.post(
    "/{vetting_id}/opinions",
    summary="意见入卷 · Put an opinion on file",
    dependencies=[Depends(requires("vetting", "hear"))],
    openapi_extra={"x-legal-basis": ["art17"]},
)
async def record_opinion(vetting_id: UUID, body: OpinionBody, expected: ExpectedVersion, work: Work) -> VettingView:
    """不同意见本身不妨碍结论 · Adverse content blocks nothing by itself."""
    stored = await vettings.record_opinion(
        work, vetting_id, expected, organ=body.organ, adverse=body.adverse, digest=body.digest, on=body.on
    )
    work.answer_version = stored.version
    return VettingView.of(stored)


@vetting_router.post(
    "/{vetting_id}/conclude",
    summary="作出考察结论 · Conclude a vetting",
    dependencies=[Depends(requires("vetting", "conclude"))],
    openapi_extra={"x-legal-basis": ["art17", "art23"]},
)
async def conclude(vetting_id: UUID, body: ConclusionBody, expected: ExpectedVersion, work: Work) -> VettingView:
    """由人作出；未听取意见的不得作出 · By a person; refused without the hearing."""
    stored = await vettings.conclude(
        work,
        vetting_id,
        expected,
        favourable=body.favourable,
        words=body.words,
        performance_record=body.performance_record,
        on=body.on,
    )
    work.answer_version = stored.version
    return VettingView.of(stored)
