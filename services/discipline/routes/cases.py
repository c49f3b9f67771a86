"""问责案件: open, find, propose, approve, return, refer, close, read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.discipline.handlers import cases, decisions, reading
from services.discipline.schemas.cases import (
    CaseIn,
    CaseRow,
    CaseStatus,
    CaseView,
    CloseIn,
    FindingsIn,
    ProposalIn,
    ReferIn,
)
from services.discipline.schemas.common import ReasonIn
from services.discipline.schemas.leads import VetoView
from shared.contracts.discipline import CaseState
from shared.kernel.auth import requires
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, TransactionalRoute, Work, answer_version

router = APIRouter(prefix="/v1/cases", tags=["问责案件 · Cases"], route_class=TransactionalRoute)


def _view(file: reading.CaseFile) -> CaseView:
    kept = file.case
    return CaseView.of(
        kept.state,
        kept.version,
        kept.recorded_at,
        vetoes=[VetoView.of(one.state, one.version, one.recorded_at) for one in file.vetoes],
        open_grounds=file.open_grounds,
        retired_on=file.retired_on,
    )


@router.get(
    "",
    summary="案件列表 · List cases",
    dependencies=[Depends(requires("case", "read"))],
    openapi_extra={"x-legal-basis": ["art21"]},
)
async def list_cases(
    request: Request,
    session: Reading,
    paging: Paged,
    official_id: UUID | None = None,
    accident_id: UUID | None = None,
    status: CaseStatus | None = None,
    exercise: Annotated[bool, Query(description="只看演练 · Only exercises")] = False,
) -> Page[CaseRow]:
    """Cases within one's regions."""
    found, cursor = await reading.many(
        session,
        CaseState,
        paging,
        regions=request.state.actor.regions,
        exercise=exercise,
        official_id=official_id,
        accident_id=accident_id,
        status=status,
    )
    rows = [CaseRow(**one.state.model_dump(), version=one.version) for one in found]
    return Page(items=rows, next_cursor=cursor)


@router.get(
    "/{case_id}",
    summary="读取案件 · Read a case with all reasons and clauses",
    dependencies=[Depends(requires("case", "read"))],
    openapi_extra={"x-legal-basis": ["art21", "art28"]},
)
async def read_case(case_id: UUID, request: Request, session: Reading) -> CaseView:
    """The whole file."""
    kept = await reading.one(session, CaseState, case_id, request.state.actor.regions)
    answer_version(request, kept.version)
    return _view(await reading.case_file(session, kept))


@router.post(
    "",
    status_code=201,
    summary="立案 · Open a case from leads",
    dependencies=[Depends(requires("case", "open"))],
    openapi_extra={"x-legal-basis": ["art21", "art29"]},
)
async def open_case(body: CaseIn, work: KeyedWork) -> CaseView:
    """One official, at least one ground with facts and evidence, an organ that may handle it."""
    kept = await cases.open_case(
        work, lead_ids=body.lead_ids, grounds=body.stated(), handling_organ_id=body.handling_organ_id
    )
    work.answer_version = kept.version
    return _view(await reading.case_file(work.session, kept))


@router.put(
    "/{case_id}/findings",
    summary="登记调查认定 · Record the investigating organ's findings",
    dependencies=[Depends(requires("case", "find"))],
    openapi_extra={"x-legal-basis": ["art27", "art28"]},
)
async def record_findings(case_id: UUID, body: FindingsIn, expected: ExpectedVersion, work: Work) -> CaseView:
    """What was found, those of Art. 27 among it."""
    kept = await cases.record_findings(work, case_id, expected, **body.model_dump())
    work.answer_version = kept.version
    return _view(await reading.case_file(work.session, kept))


@router.post(
    "/{case_id}/propose",
    summary="提出问责意见 · Propose a measure",
    dependencies=[Depends(requires("case", "propose"))],
    openapi_extra={"x-legal-basis": ["art22", "art23", "art24", "art25", "art27", "art28", "art29"]},
)
async def propose(case_id: UUID, body: ProposalIn, expected: ExpectedVersion, work: Work) -> CaseView:
    """A complete decision; refused with the clause where the statute refuses."""
    kept = await decisions.propose(work, case_id, expected, body.draft())
    work.answer_version = kept.version
    return _view(await reading.case_file(work.session, kept))


@router.post(
    "/{case_id}/return",
    summary="退回意见 · Return a proposal, with reasons",
    dependencies=[Depends(requires("case", "return"))],
    openapi_extra={"x-legal-basis": ["art28"]},
)
async def send_back(case_id: UUID, body: ReasonIn, expected: ExpectedVersion, work: Work) -> CaseView:
    """The case is open again."""
    kept = await cases.send_back(work, case_id, expected, body.reason)
    work.answer_version = kept.version
    return _view(await reading.case_file(work.session, kept))


@router.post(
    "/{case_id}/approve",
    summary="批准决定 · Approve a decision, by another person",
    dependencies=[Depends(requires("case", "approve"))],
    openapi_extra={"x-legal-basis": ["art22", "art23", "art28", "art29"]},
)
async def approve(case_id: UUID, expected: ExpectedVersion, work: Work) -> CaseView:
    """The decision takes effect on its day and imposes its bars."""
    kept = await decisions.approve(work, case_id, expected)
    work.answer_version = kept.version
    return _view(await reading.case_file(work.session, kept))


@router.post(
    "/{case_id}/refer",
    summary="移送监察机关 · Refer to the supervision organ",
    dependencies=[Depends(requires("case", "refer"))],
    openapi_extra={"x-legal-basis": ["art22"]},
)
async def refer(case_id: UUID, body: ReferIn, expected: ExpectedVersion, work: Work) -> CaseView:
    """A state beside the case; no other measure stops."""
    kept = await cases.refer(work, case_id, expected, body.suspicion)
    work.answer_version = kept.version
    return _view(await reading.case_file(work.session, kept))


@router.post(
    "/{case_id}/close",
    summary="结案（不予问责） · Close without a measure",
    dependencies=[Depends(requires("case", "close"))],
    openapi_extra={"x-legal-basis": ["art26", "art28"]},
)
async def close(case_id: UUID, body: CloseIn, expected: ExpectedVersion, work: Work) -> CaseView:
    """With reasons, or because Art. 26 leaves no ground."""
    kept = await cases.close(work, case_id, expected, exempted=body.exempted, reason=body.reason)
    work.answer_version = kept.version
    return _view(await reading.case_file(work.session, kept))
