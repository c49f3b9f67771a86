"""尽职免责: request, findings, answer, read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.discipline.handlers import exemptions, reading
from services.discipline.schemas.common import AnswerView
from services.discipline.schemas.exemptions import (
    AnswerIn,
    ExemptionIn,
    ExemptionRow,
    ExemptionStatus,
    ExemptionView,
    PointsIn,
)
from shared.contracts.discipline import ExemptionState
from shared.kernel.auth import requires
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import ExpectedVersion, KeyedWork, Reading, TransactionalRoute, Work, answer_version

router = APIRouter(prefix="/v1/exemptions", tags=["尽职免责 · Exemptions"], route_class=TransactionalRoute)
BASIS = {"x-legal-basis": ["art26"]}


def _view(file: reading.ExemptionFile) -> ExemptionView:
    kept = file.exemption
    return ExemptionView.of(
        kept.state,
        kept.version,
        kept.recorded_at,
        assessment=AnswerView.of(file.assessment),
        attestation=(file.attestation_id, file.attestation_digest),
    )


@router.get(
    "",
    summary="免责列表 · List exemptions",
    dependencies=[Depends(requires("exemption", "read"))],
    openapi_extra=BASIS,
)
async def list_exemptions(
    request: Request,
    session: Reading,
    paging: Paged,
    official_id: UUID | None = None,
    accident_id: UUID | None = None,
    status: ExemptionStatus | None = None,
    exercise: Annotated[bool, Query(description="只看演练 · Only exercises")] = False,
) -> Page[ExemptionRow]:
    """Exemptions within one's regions."""
    found, cursor = await reading.many(
        session,
        ExemptionState,
        paging,
        regions=request.state.actor.regions,
        exercise=exercise,
        official_id=official_id,
        accident_id=accident_id,
        status=status,
    )
    rows = [ExemptionRow(**one.state.model_dump(), version=one.version) for one in found]
    return Page(items=rows, next_cursor=cursor)


@router.get(
    "/{exemption_id}",
    summary="读取免责事项 · Read an exemption with what the file carries now",
    dependencies=[Depends(requires("exemption", "read"))],
    openapi_extra=BASIS,
)
async def read_exemption(exemption_id: UUID, request: Request, session: Reading) -> ExemptionView:
    """The recorded outcome beside the assessment on today's file."""
    kept = await reading.one(session, ExemptionState, exemption_id, request.state.actor.regions)
    answer_version(request, kept.version)
    return _view(await reading.exemption_file(session, kept))


@router.post(
    "",
    status_code=201,
    summary="申请免责 · Request an exemption",
    dependencies=[Depends(requires("exemption", "request"))],
    openapi_extra=BASIS,
)
async def request_exemption(body: ExemptionIn, work: KeyedWork) -> ExemptionView:
    """For an official whom the accident's chain lists in that post."""
    kept = await exemptions.request_exemption(work, **dict(body))
    work.answer_version = kept.version
    return _view(await reading.exemption_file(work.session, kept))


@router.put(
    "/{exemption_id}/findings",
    summary="登记查实结论 · Record the investigating organ's three findings",
    dependencies=[Depends(requires("exemption", "find"))],
    openapi_extra=BASIS,
)
async def record_points(exemption_id: UUID, body: PointsIn, expected: ExpectedVersion, work: Work) -> ExemptionView:
    """A newer finding on a point takes the older one's place."""
    kept = await exemptions.record_points(work, exemption_id, expected, body.facts())
    work.answer_version = kept.version
    return _view(await reading.exemption_file(work.session, kept))


@router.post(
    "/{exemption_id}/answer",
    summary="登记免责结论 · Record the outcome, by a person",
    dependencies=[Depends(requires("exemption", "answer"))],
    openapi_extra=BASIS,
)
async def answer(exemption_id: UUID, body: AnswerIn, expected: ExpectedVersion, work: Work) -> ExemptionView:
    """Refused where the file does not carry the outcome; the refusal names the obligation."""
    kept = await exemptions.answer(work, exemption_id, expected, outcome=body.outcome, reasons=body.reasons)
    work.answer_version = kept.version
    return _view(await reading.exemption_file(work.session, kept))
