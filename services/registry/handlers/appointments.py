"""Appointments: recorded, corrected, ended, annulled; nothing recorded is ever overwritten."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.registry.facts.answers import PromotionBar, Stored
from services.registry.handlers.chains import lock_touched, revise_chains
from services.registry.handlers.organs import POST, region_of_post
from services.registry.handlers.saving import (
    absent,
    becoming,
    changing,
    enter,
    in_jurisdiction,
    referred,
    save,
)
from services.registry.repository import people, rosters, states
from services.registry.rules.appointments import check_appointment, check_promotion, check_same_world
from shared.contracts.registry import (
    AppointmentAnnulled,
    AppointmentCorrected,
    AppointmentRecorded,
    AppointmentState,
    OfficialState,
    PostState,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import Conflict, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Appointment, Span

OFFICIAL = ("该人员", "the official")


async def record(
    work: UnitOfWork,
    *,
    post_id: UUID,
    official_id: UUID,
    span: Span,
    acting: bool = False,
    promotion: bool = False,
    source_recorded_at: datetime | None = None,
    attested_by: str | None = None,
) -> Stored[AppointmentState]:
    """Record that an official holds a post; a new promotion into a running veto or effect period is refused."""
    await enter(work)
    await work.lock(Ref("official", official_id))
    identity = uuid4()
    await work.lock(Ref("post", post_id), Ref("appointment", identity))
    post = await referred(work, PostState, post_id, POST)
    in_jurisdiction(work, post.path)
    official = await referred(work, OfficialState, official_id, OFFICIAL)
    obey(check_same_world(post.state.exercise, official.state.exercise))
    appointment = Appointment(identity, post_id, official_id, span, acting, promotion, exercise=post.state.exercise)
    await _check(work, appointment, post)
    obey(check_promotion(appointment, (await people.bars_on(work.session, official_id)).values()))
    event = facts_of.appointment_event(
        AppointmentRecorded, appointment, source_recorded_at=source_recorded_at, attested_by=attested_by
    )
    return await _save(work, event, post, (span,))


async def correct(
    work: UnitOfWork, appointment_id: UUID, expected: int | None, *, reason: str, changes: Mapping[str, Any]
) -> Stored[AppointmentState]:
    """Correct days, kind or source; `changes` are fields of the state. What was recorded before stays readable."""
    found, post = await _changing(work, appointment_id, expected)
    event = becoming(AppointmentCorrected, found.state, **changes)
    appointment, before = facts_of.appointment_of(event), facts_of.appointment_of(found.state)
    await _check(work, appointment, post)
    bars = await people.bars_on(work.session, appointment.official_id)
    if appointment.promotion and not before.promotion:
        obey(check_promotion(appointment, bars.values()))
    event = becoming(AppointmentCorrected, event, flags=flags(appointment, bars))
    return await _save(work, event, post, (before.span, appointment.span), reason=reason)


async def end(
    work: UnitOfWork, appointment_id: UUID, expected: int | None, *, last_day: date, end_reason: str
) -> Stored[AppointmentState]:
    """End an appointment on its last day."""
    changes = {"to_day": last_day, "end_reason": end_reason}
    return await correct(work, appointment_id, expected, reason=end_reason, changes=changes)


async def annul(
    work: UnitOfWork, appointment_id: UUID, expected: int | None, *, reason: str
) -> Stored[AppointmentState]:
    """Annul an appointment: it never took place."""
    found, post = await _changing(work, appointment_id, expected)
    span = facts_of.appointment_of(found.state).span
    event = becoming(AppointmentAnnulled, found.state, annulled=True, flags=())
    return await _save(work, event, post, (span,), reason=reason)


def flags(appointment: Appointment, bars: Mapping[UUID, PromotionBar]) -> tuple[str, ...]:
    """What a promotion stands against, as `<why>:<veto id>`; the program flags, a person decides."""
    decisions = {identity: check_promotion(appointment, (bar,)) for identity, bar in bars.items()}
    return tuple(sorted(f"{decision.code}:{identity}" for identity, decision in decisions.items() if not decision))


async def _changing(
    work: UnitOfWork, appointment_id: UUID, expected: int | None
) -> tuple[Stored[AppointmentState], Stored[PostState]]:
    """Lock the official, then appointment and post: the order of everybody who touches a promotion."""
    await enter(work)
    seen = await states.one(work.session, AppointmentState, appointment_id)
    if seen is None or not work.may_act_in(seen.path):
        raise absent()
    await work.lock(Ref("official", seen.state.official_id))
    post_ref = Ref("post", seen.state.post_id)
    found = await changing(work, AppointmentState, appointment_id, expected, (post_ref,))
    if found.state.annulled:
        raise Conflict("annulled", "该任职记录已撤销", "the appointment has been annulled")
    return found, await referred(work, PostState, seen.state.post_id, POST)


async def _check(work: UnitOfWork, appointment: Appointment, post: Stored[PostState]) -> None:
    others = await rosters.appointments_to(work.session, appointment.post_id)
    obey(check_appointment(appointment, facts_of.post_of(post.state), others))


async def _save(
    work: UnitOfWork,
    event: AppointmentState,
    post: Stored[PostState],
    spans: Sequence[Span],
    *,
    reason: str | None = None,
) -> Stored[AppointmentState]:
    code = await region_of_post(work, post)
    touched: Collection[UUID] = await lock_touched(work, code, spans, exercise=event.exercise)
    saved = await save(work, event, post.path, reason=reason)
    await revise_chains(work, touched, {event.post_id})
    return saved
