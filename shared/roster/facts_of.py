"""Between the registry's events and the roster's facts, both ways; nobody else translates them.

Reading: `organ_of(event)` and its like, `regions_of(event)` for a region by date. Writing:
`region_event(RegionRegistered, region)` and its like. Enums are open: a word that this process does not know raises
`UnknownWord`, and whoever reads many facts leaves that one out.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from shared.contracts.registry import (
    AppointmentState,
    DatedCompetencePart,
    DatedNamePart,
    DatedParentPart,
    DatedTierPart,
    HeirPart,
    OfficialState,
    OrganState,
    PortfolioState,
    PostState,
    RegionState,
    RolePart,
    SuccessionPart,
)
from shared.roster.facts import (
    Appointment,
    DatedName,
    DatedRole,
    Heir,
    Official,
    Organ,
    OrganKind,
    OrganRole,
    Portfolio,
    Post,
    PostKind,
    Region,
    Side,
    Span,
    Succession,
    SuccessionKind,
    Tier,
)

_Word = TypeVar("_Word", bound=StrEnum)
_Dated = TypeVar("_Dated", DatedTierPart, DatedParentPart, DatedCompetencePart, DatedNamePart)
_Region = TypeVar("_Region", bound=RegionState)
_Organ = TypeVar("_Organ", bound=OrganState)
_Post = TypeVar("_Post", bound=PostState)
_Official = TypeVar("_Official", bound=OfficialState)
_Appointment = TypeVar("_Appointment", bound=AppointmentState)
_Portfolio = TypeVar("_Portfolio", bound=PortfolioState)


class UnknownWord(ValueError):  # noqa: N818 - it names what was met, not a fault
    """A tier or kind that a later registry knows and this process does not."""


def _word(kind: type[_Word], value: str) -> _Word:
    try:
        return kind(value)
    except ValueError as error:
        raise UnknownWord(f"{value!r} is no {kind.__name__}") from error


def region_of(event: RegionState) -> Region:
    """The region as the plain fields tell it, for all its days; raises `UnknownWord`."""
    return Region(
        id=event.id,
        code=event.code,
        name=event.name,
        tier=_word(Tier, event.tier),
        code_parent=event.code_parent,
        admin_parent=event.admin_parent,
        path=event.path,
        span=Span(event.from_day, event.to_day),
        competence=None if event.competence is None else _word(Tier, event.competence),
        exercise=event.exercise,
        successor_codes=event.successor_codes,
        managing_organ_id=event.managing_organ_id,
    )


def regions_of(event: RegionState) -> tuple[Region, ...]:
    """The region by date: one fact for each stretch in which nothing of it changes; raises `UnknownWord`."""
    changes = {
        *(one.from_day for one in event.tiers),
        *(one.from_day for one in event.parents),
        *(one.from_day for one in event.competences),
        *(one.from_day for one in event.names),
    }
    starts = sorted({event.from_day, *(day for day in changes if day > event.from_day)})
    ends = [*(start - timedelta(days=1) for start in starts[1:]), event.to_day]
    stretches = [(start, end) for start, end in zip(starts, ends, strict=True) if _before(start, event.to_day)]
    return tuple(
        region_of(region_state_on(event, start).model_copy(update={"from_day": start, "to_day": _least(end, event)}))
        for start, end in stretches
    )


def _before(start: date, last: date | None) -> bool:
    return last is None or start <= last


def _least(end: date | None, event: RegionState) -> date | None:
    return end if event.to_day is None or (end is not None and end < event.to_day) else event.to_day


def region_state_on(event: _Region, day: date) -> _Region:
    """The same state with tier, parent, path, competence and name in the plain fields as they are on a day."""
    changes: dict[str, Any] = {}
    if event.tiers:
        changes["tier"] = _on(event.tiers, day).tier
    if event.parents:
        parent = _on(event.parents, day)
        changes |= {"admin_parent": parent.admin_parent, "path": parent.path}
    if event.competences:
        changes["competence"] = _on(event.competences, day).competence
    if event.names:
        changes["name"] = _on(event.names, day).name
    return event.model_copy(update=changes) if changes else event


def organ_state_on(event: _Organ, day: date) -> _Organ:
    """The same state with the name that the organ has on a day."""
    return event.model_copy(update={"name": _on(event.names, day).name}) if event.names else event


def _on(parts: Sequence[_Dated], day: date) -> _Dated:
    begun = [one for one in parts if one.from_day <= day]
    return begun[-1] if begun else parts[0]


def ancestry_of(event: RegionState) -> tuple[str, ...]:
    """Every code that the region ever has above it, and its own."""
    return tuple(dict.fromkeys((*event.path, *(code for one in event.parents for code in one.path))))


def organ_of(event: OrganState) -> Organ:
    """The organ after the event, without the roles that this process does not know; raises `UnknownWord`."""
    return Organ(
        id=event.id,
        name=event.name,
        kind=_word(OrganKind, event.kind),
        region_code=event.region_code,
        span=Span(event.from_day, event.to_day),
        roles=tuple(_role(part) for part in event.roles if part.role in set(OrganRole)),
        parent_id=event.parent_id,
        exercise=event.exercise,
        names=tuple(DatedName(one.name, one.from_day, one.document, one.issuer, one.issued_on) for one in event.names),
        successions=tuple(_succession(part) for part in event.successions if part.kind in set(SuccessionKind)),
        predecessor_ids=event.predecessor_ids,
        credit_code=event.credit_code,
    )


def _succession(part: SuccessionPart) -> Succession:
    return Succession(
        kind=SuccessionKind(part.kind),
        day=part.day,
        heirs=tuple(Heir(one.organ_id, one.functions) for one in part.heirs),
        document=part.document,
        issuer=part.issuer,
        issued_on=part.issued_on,
    )


def _role(part: RolePart) -> DatedRole:
    return DatedRole(
        role=OrganRole(part.role),
        span=Span(part.from_day, part.to_day),
        industries=part.industries,
        fields=part.fields,
        function=part.function,
        document=part.document,
        issuer=part.issuer,
        issued_on=part.issued_on,
        side=Side(part.side) if part.side in set(Side) else None,
    )


def post_of(event: PostState) -> Post:
    """The post after the event; raises `UnknownWord`."""
    return Post(
        id=event.id,
        organ_id=event.organ_id,
        kind=_word(PostKind, event.kind),
        title=event.title,
        span=Span(event.from_day, event.to_day),
        exercise=event.exercise,
    )


def official_of(event: OfficialState) -> Official:
    """The official after the event."""
    return Official(event.id, event.name, event.exercise, event.merged_into, event.reading)


def appointment_of(event: AppointmentState) -> Appointment:
    """The appointment after the event."""
    return Appointment(
        id=event.id,
        post_id=event.post_id,
        official_id=event.official_id,
        span=Span(event.from_day, event.to_day),
        acting=event.acting,
        promotion=event.promotion,
        end_reason=event.end_reason,
        annulled=event.annulled,
        exercise=event.exercise,
        end_cause=event.end_cause,
    )


def portfolio_of(event: PortfolioState) -> Portfolio:
    """The portfolio after the event."""
    return Portfolio(
        id=event.id,
        post_id=event.post_id,
        span=Span(event.from_day, event.to_day),
        industries=event.industries,
        fields=event.fields,
        organ_ids=event.organ_ids,
        annulled=event.annulled,
        exercise=event.exercise,
    )


def _days(span: Span) -> dict[str, Any]:
    return {"from_day": span.from_day, "to_day": span.to_day}


def region_event(kind: type[_Region], region: Region) -> _Region:
    """What happened to a region, e.g. `region_event(RegionRegistered, region)`."""
    return kind(
        id=region.id,
        code=region.code,
        name=region.name,
        tier=region.tier.value,
        code_parent=region.code_parent,
        admin_parent=region.admin_parent,
        path=region.path,
        competence=None if region.competence is None else region.competence.value,
        exercise=region.exercise,
        successor_codes=region.successor_codes,
        managing_organ_id=region.managing_organ_id,
        **_days(region.span),
    )


def organ_event(kind: type[_Organ], organ: Organ) -> _Organ:
    """What happened to an organ."""
    return kind(
        id=organ.id,
        name=organ.name,
        kind=organ.kind.value,
        region_code=organ.region_code,
        roles=tuple(
            RolePart(
                role=one.role.value,
                industries=one.industries,
                fields=one.fields,
                function=one.function,
                document=one.document,
                issuer=one.issuer,
                issued_on=one.issued_on,
                side=one.side,
                **_days(one.span),
            )
            for one in organ.roles
        ),
        parent_id=organ.parent_id,
        exercise=organ.exercise,
        names=tuple(
            DatedNamePart(
                name=one.name,
                from_day=one.from_day,
                document=one.document,
                issuer=one.issuer,
                issued_on=one.issued_on,
            )
            for one in organ.names
        ),
        successions=tuple(_succession_part(one) for one in organ.successions),
        predecessor_ids=organ.predecessor_ids,
        credit_code=organ.credit_code,
        **_days(organ.span),
    )


def _succession_part(one: Succession) -> SuccessionPart:
    return SuccessionPart(
        kind=one.kind.value,
        day=one.day,
        heirs=tuple(HeirPart(organ_id=heir.organ_id, functions=heir.functions) for heir in one.heirs),
        document=one.document,
        issuer=one.issuer,
        issued_on=one.issued_on,
    )


def post_event(kind: type[_Post], post: Post) -> _Post:
    """What happened to a post."""
    return kind(
        id=post.id,
        organ_id=post.organ_id,
        kind=post.kind.value,
        title=post.title,
        exercise=post.exercise,
        **_days(post.span),
    )


def official_event(kind: type[_Official], official: Official) -> _Official:
    """What happened to an official; the citizen number stays behind."""
    return kind(
        id=official.id,
        name=official.name,
        exercise=official.exercise,
        merged_into=official.merged_into,
        reading=official.reading,
    )


def appointment_event(
    kind: type[_Appointment],
    appointment: Appointment,
    *,
    source_recorded_at: datetime | None = None,
    attested_by: str | None = None,
    flags: tuple[str, ...] = (),
) -> _Appointment:
    """What happened to an appointment; a back-filled one says when its source recorded it and who attests that."""
    return kind(
        id=appointment.id,
        post_id=appointment.post_id,
        official_id=appointment.official_id,
        acting=appointment.acting,
        promotion=appointment.promotion,
        end_reason=appointment.end_reason,
        annulled=appointment.annulled,
        source_recorded_at=source_recorded_at,
        attested_by=attested_by,
        flags=flags,
        exercise=appointment.exercise,
        end_cause=appointment.end_cause,
        **_days(appointment.span),
    )


def portfolio_event(
    kind: type[_Portfolio],
    portfolio: Portfolio,
    *,
    source_recorded_at: datetime | None = None,
    attested_by: str | None = None,
) -> _Portfolio:
    """What happened to a portfolio; a back-filled one like an appointment."""
    return kind(
        id=portfolio.id,
        post_id=portfolio.post_id,
        industries=portfolio.industries,
        fields=portfolio.fields,
        organ_ids=portfolio.organ_ids,
        annulled=portfolio.annulled,
        source_recorded_at=source_recorded_at,
        attested_by=attested_by,
        exercise=portfolio.exercise,
        **_days(portfolio.span),
    )
