"""Appointments: recorded, corrected, ended, annulled; nothing recorded is ever overwritten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.registry import data
from services.registry.facts.answers import Stored
from services.registry.handlers.chains import lock_touched, revise_chains
from services.registry.handlers.organs import POST, region_of_post
from services.registry.handlers.persons import bars_against, hold, standing_official
from services.registry.handlers.saving import absent, becoming, changing, enter, in_jurisdiction, referred, save
from services.registry.repository import rosters, states
from services.registry.rules.appointments import (
    check_appointment,
    check_promotion,
    check_same_world,
    check_source,
    flags,
)
from services.registry.rules.end_causes import check_ending, end_causes, ending
from shared.contracts.registry import (
    AppointmentAnnulled,
    AppointmentCorrected,
    AppointmentRecorded,
    AppointmentState,
    PostState,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import Conflict, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Appointment, Span

CAUSES = end_causes(data.rows(data.END_CAUSES))


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
    ids = await hold(work, official_id)
    identity = uuid4()
    await work.lock(Ref("post", post_id), Ref("appointment", identity))
    post = await referred(work, PostState, post_id, POST)
    in_jurisdiction(work, post.path)
    official = await standing_official(work, official_id)
    obey(check_same_world(post.state.exercise, official.state.exercise))
    obey(check_source(source_recorded_at, work.recorded_at))
    appointment = Appointment(identity, post_id, official_id, span, acting, promotion, exercise=post.state.exercise)
    await _check(work, appointment, post, ids)
    obey(check_promotion(appointment, (await bars_against(work.session, official_id, ids)).values()))
    event = facts_of.appointment_event(
        AppointmentRecorded, appointment, source_recorded_at=source_recorded_at, attested_by=attested_by
    )
    return await _save(work, event, post, (span,))


async def correct(
    work: UnitOfWork, appointment_id: UUID, expected: int | None, *, reason: str, changes: Mapping[str, Any]
) -> Stored[AppointmentState]:
    """Correct days, kind or source; `changes` are fields of the state. What was recorded before stays readable."""
    found, post, ids = await _changing(work, appointment_id, expected)
    event = _ending(becoming(AppointmentCorrected, found.state, **changes))
    obey(check_source(event.source_recorded_at, work.recorded_at))
    appointment, before = facts_of.appointment_of(event), facts_of.appointment_of(found.state)
    await _check(work, appointment, post, ids)
    bars = await bars_against(work.session, appointment.official_id, ids)
    if appointment.promotion and not before.promotion:
        obey(check_promotion(appointment, bars.values()))
    event = becoming(AppointmentCorrected, event, flags=flags(appointment, bars))
    return await _save(work, event, post, (before.span, appointment.span), reason=reason)


async def end(
    work: UnitOfWork,
    appointment_id: UUID,
    expected: int | None,
    *,
    last_day: date,
    end_cause: str | None,
    end_reason: str | None,
) -> Stored[AppointmentState]:
    """End an appointment on its last day, with a coded cause, words, or both."""
    ended = ending(end_cause, end_reason, CAUSES)
    changes = {"to_day": last_day, "end_cause": ended.cause, "end_reason": ended.words}
    return await correct(work, appointment_id, expected, reason=ended.words or "", changes=changes)


def _ending(event: AppointmentCorrected) -> AppointmentCorrected:
    """The event with cause and words completed from one another, and checked."""
    ended = ending(event.end_cause, event.end_reason, CAUSES)
    obey(check_ending(ended, Span(event.from_day, event.to_day), CAUSES))
    return becoming(AppointmentCorrected, event, end_cause=ended.cause, end_reason=ended.words)


async def annul(
    work: UnitOfWork, appointment_id: UUID, expected: int | None, *, reason: str
) -> Stored[AppointmentState]:
    """Annul an appointment: it never took place."""
    found, post, _ = await _changing(work, appointment_id, expected)
    span = facts_of.appointment_of(found.state).span
    event = becoming(AppointmentAnnulled, found.state, annulled=True, flags=())
    return await _save(work, event, post, (span,), reason=reason)


async def _changing(
    work: UnitOfWork, appointment_id: UUID, expected: int | None
) -> tuple[Stored[AppointmentState], Stored[PostState], frozenset[UUID]]:
    """Lock the person, then appointment and post: the order of everybody who touches a promotion."""
    await enter(work)
    seen = await states.one(work.session, AppointmentState, appointment_id)
    if seen is None or not work.may_act_in(seen.path):
        raise absent()
    ids = await hold(work, seen.state.official_id)
    post_ref = Ref("post", seen.state.post_id)
    found = await changing(work, AppointmentState, appointment_id, expected, (post_ref,))
    if found.state.annulled:
        raise Conflict("annulled", "该任职记录已撤销", "the appointment has been annulled")
    return found, await referred(work, PostState, seen.state.post_id, POST), ids


async def _check(
    work: UnitOfWork, appointment: Appointment, post: Stored[PostState], identities: Collection[UUID]
) -> None:
    others = [
        replace(other, official_id=appointment.official_id) if other.official_id in identities else other
        for other in await rosters.appointments_to(work.session, appointment.post_id)
    ]
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
