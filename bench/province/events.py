"""What the registry would have said about a slice: full states, version by version, recorded as life went on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bench.province.plan import Plan, Slice
from shared.contracts.registry import (
    AppointmentCorrected,
    AppointmentRecorded,
    OfficialRegistered,
    OrganRegistered,
    PortfolioAssigned,
    PortfolioCorrected,
    PostRegistered,
    RegionRegistered,
    RegistryEvent,
)
from shared.kernel.clock import SHANGHAI
from shared.roster import facts_of
from shared.roster.facts import Appointment, Portfolio, Span

#: One appointment in so many was recorded with a wrong first day, and corrected a month later.
_MISTAKEN = 50
_MONTH = timedelta(days=30)


class Version(NamedTuple):
    """One version of an aggregate: what the event says, its number, and from when until when it was the newest."""

    event: RegistryEvent
    version: int
    recorded_at: datetime
    superseded_at: datetime | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Diary:
    plan: Plan
    path: tuple[str, ...]

    def at(self, day: date, hour: int) -> datetime:
        """An office hour of the day, not before the register was opened."""
        return datetime.combine(max(day, self.plan.since), time(hour), SHANGHAI)

    def once(self, event: RegistryEvent, moment: datetime) -> Iterator[Version]:
        yield Version(event, 1, moment, None, self.path)

    def several(self, told: list[tuple[datetime, RegistryEvent]]) -> Iterator[Version]:
        ends = [*(moment for moment, _ in told[1:]), None]
        for number, ((moment, event), end) in enumerate(zip(told, ends, strict=True), 1):
            yield Version(event, number, moment, end, self.path)


def versions(plan: Plan, of: Slice) -> Iterator[Version]:
    """Every version of everything in the slice, what refers after what it refers to.

    Appointments are recorded on their first day (those from before the five years when the register opened), their ends
    on the last day; one in fifty was recorded with a wrong first day and corrected a month later.
    """
    diary = _Diary(plan, of.region.path)
    opened = diary.at(plan.since, 8)
    yield from diary.once(facts_of.region_event(RegionRegistered, of.region), opened)
    for organ in of.organs:
        yield from diary.once(facts_of.organ_event(OrganRegistered, organ), opened)
    for post in of.posts:
        yield from diary.once(facts_of.post_event(PostRegistered, post), opened)
    first: dict[object, date] = {}
    for one in of.appointments:
        first[one.official_id] = min(one.span.from_day, first.get(one.official_id, one.span.from_day))
    for identity, person in of.people.items():
        event = facts_of.official_event(OfficialRegistered, person.official)
        yield from diary.once(event, diary.at(first.get(identity, plan.since), 9))
    for one in of.appointments:
        yield from diary.several(_appointment(diary, one))
    for portfolio in of.portfolios:
        yield from diary.several(_portfolio(diary, portfolio))


def _appointment(diary: _Diary, one: Appointment) -> list[tuple[datetime, RegistryEvent]]:
    begun, ended = one.span.from_day, one.span.to_day
    told_open = replace(one, span=Span(begun), end_reason=None)
    recorded = diary.at(begun, 10)
    fixed = recorded + _MONTH
    if one.id.int % _MISTAKEN == 0 and (ended is None or ended > fixed.date()) and fixed.date() <= diary.plan.until:
        mistaken = replace(told_open, span=Span(begun + timedelta(days=1)))
        told: list[tuple[datetime, RegistryEvent]] = [
            (recorded, facts_of.appointment_event(AppointmentRecorded, mistaken)),
            (fixed, facts_of.appointment_event(AppointmentCorrected, told_open)),
        ]
    else:
        told = [(recorded, facts_of.appointment_event(AppointmentRecorded, told_open))]
    if ended is not None:
        told.append((diary.at(ended, 17), facts_of.appointment_event(AppointmentCorrected, one)))
    return told


def _portfolio(diary: _Diary, one: Portfolio) -> list[tuple[datetime, RegistryEvent]]:
    told_open = replace(one, span=Span(one.span.from_day))
    told: list[tuple[datetime, RegistryEvent]] = [
        (diary.at(one.span.from_day, 11), facts_of.portfolio_event(PortfolioAssigned, told_open))
    ]
    if one.span.to_day is not None:
        told.append((diary.at(one.span.to_day, 17), facts_of.portfolio_event(PortfolioCorrected, one)))
    return told


def newest(plan: Plan, of: Slice) -> Iterator[RegistryEvent]:
    """The same as an import brings it: each aggregate once, as it now stands, with what its source says of itself."""
    opened = _Diary(plan, of.region.path).at(plan.until, 9)
    source = {"source_recorded_at": opened, "attested_by": "演练组织部"}
    yield facts_of.region_event(RegionRegistered, of.region)
    for organ in of.organs:
        yield facts_of.organ_event(OrganRegistered, organ)
    for post in of.posts:
        yield facts_of.post_event(PostRegistered, post)
    for person in of.people.values():
        yield facts_of.official_event(OfficialRegistered, person.official)
    for one in of.appointments:
        yield facts_of.appointment_event(AppointmentRecorded, one).model_copy(update=source)
    for portfolio in of.portfolios:
        yield facts_of.portfolio_event(PortfolioAssigned, portfolio).model_copy(update=source)
