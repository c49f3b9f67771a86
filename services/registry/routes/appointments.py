"""Appointments."""

from uuid import UUID

from fastapi import APIRouter, Request

from services.registry.handlers import appointments, reading, saving
from services.registry.routes.common import InScope, KnownAt, OnDay, may
from services.registry.schemas.appointments import (
    AppointmentChangeIn,
    AppointmentIn,
    AppointmentView,
    EndCauseView,
    EndIn,
)
from services.registry.schemas.common import Reasoned
from shared.contracts.registry import AppointmentState
from shared.kernel.pagination import Page, Paged
from shared.kernel.routing import (
    ExpectedVersion,
    KeyedWork,
    Reading,
    TransactionalRoute,
    Work,
    answer_version,
)

router = APIRouter(prefix="/v1/appointments", tags=["任职 · Appointments"], route_class=TransactionalRoute)
causes = APIRouter(prefix="/v1/end-causes", tags=["任职 · Appointments"], route_class=TransactionalRoute)


@router.post(
    "", status_code=201, summary="登记任职 · Record an appointment", **may("register", "write", "art2", "art23")
)
async def record_appointment(body: AppointmentIn, work: KeyedWork) -> AppointmentView:
    """一岗一人；否决期、影响期内的晋升不予登记 · One seat, one person; no promotion into a running veto."""
    found = await appointments.record(
        work,
        post_id=body.post_id,
        official_id=body.official_id,
        span=body.span,
        acting=body.acting,
        promotion=body.promotion,
        source_recorded_at=body.source_recorded_at,
        attested_by=body.attested_by,
    )
    work.answer_version = found.version
    return AppointmentView.of(found)


@router.get("", summary="任职列表 · Appointments", **may("register", "read", "art2"))
async def list_appointments(  # noqa: PLR0917 - filters are query parameters, which FastAPI passes by name
    session: Reading,
    scope: InScope,
    day: OnDay,
    paging: Paged,
    post_id: UUID | None = None,
    official_id: UUID | None = None,
    acting: bool | None = None,
    promotion: bool | None = None,
    annulled: bool = False,
) -> Page[AppointmentView]:
    """按人员查询时含同一人的各条记录 · In one's regions; of an official under every id of the person."""
    found, cursor = await reading.appointments(
        session,
        paging,
        scope,
        official_id=official_id,
        post_id=post_id,
        acting=acting,
        promotion=promotion,
        annulled=annulled,
    )
    return Page(items=[AppointmentView.on_day(reading.dated(one, day)) for one in found], next_cursor=cursor)


@router.get("/{appointment_id}", summary="一项任职 · One appointment", **may("register", "read", "art2"))
async def read_appointment(
    appointment_id: UUID, session: Reading, day: OnDay, known_at: KnownAt, request: Request
) -> AppointmentView:
    """任职，含晋升提示 · An appointment, with what its promotion stands against and how it stands on a day."""
    regions = request.state.actor.regions
    found = await saving.read(session, AppointmentState, appointment_id, regions, known_at)
    answer_version(request, found.version)
    return AppointmentView.on_day(reading.dated(found, day))


@router.put("/{appointment_id}", summary="更正任职 · Correct an appointment", **may("register", "write", "art2"))
async def correct_appointment(
    appointment_id: UUID, body: AppointmentChangeIn, expected: ExpectedVersion, work: Work
) -> AppointmentView:
    """更正不覆盖原记录 · A correction overwrites nothing."""
    changes = body.model_dump(exclude={"reason"})
    found = await appointments.correct(work, appointment_id, expected, reason=body.reason, changes=changes)
    work.answer_version = found.version
    return AppointmentView.of(found)


@router.post("/{appointment_id}/end", summary="结束任职 · End an appointment", **may("register", "write", "art2"))
async def end_appointment(appointment_id: UUID, body: EndIn, expected: ExpectedVersion, work: Work) -> AppointmentView:
    """登记最后任职日及原因（代码、文字或两者）· The last day, and why: a coded cause, words, or both."""
    found = await appointments.end(work, appointment_id, expected, **body.model_dump())
    work.answer_version = found.version
    return AppointmentView.of(found)


@router.post("/{appointment_id}/annul", summary="撤销任职 · Annul an appointment", **may("register", "write", "art2"))
async def annul_appointment(
    appointment_id: UUID, body: Reasoned, expected: ExpectedVersion, work: Work
) -> AppointmentView:
    """视为自始未任；原记录仍可查 · It never took place; what was recorded stays readable."""
    found = await appointments.annul(work, appointment_id, expected, reason=body.reason)
    work.answer_version = found.version
    return AppointmentView.of(found)


@causes.get("", summary="离任原因目录 · Causes of an end", **may("register", "read", "art27"))
async def list_end_causes() -> list[EndCauseView]:
    """开放目录；“其他”须以文字说明 · An open list; `other` needs words."""
    return [EndCauseView(code=one.code, zh=one.zh, en=one.en) for one in appointments.CAUSES.values()]
