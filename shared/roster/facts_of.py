"""Between the registry's events and the roster's facts, both ways; nobody else translates them.

Reading: `region_of(event)` and its like. Writing: `region_event(RegionRegistered, region)` and its like. Enums are
open: a word that this process does not know raises `UnknownWord`, and whoever reads many facts leaves that one out.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from shared.contracts.registry import (
    AppointmentState,
    OfficialState,
    OrganState,
    PortfolioState,
    PostState,
    RegionState,
    RolePart,
)
from shared.roster.facts import (
    Appointment,
    DatedRole,
    Official,
    Organ,
    OrganKind,
    OrganRole,
    Portfolio,
    Post,
    PostKind,
    Region,
    Span,
    Tier,
)

_Word = TypeVar("_Word", bound=StrEnum)
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
    """The region after the event; raises `UnknownWord`."""
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
    )


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
        credit_code=event.credit_code,
    )


def _role(part: RolePart) -> DatedRole:
    return DatedRole(
        role=OrganRole(part.role),
        span=Span(part.from_day, part.to_day),
        industries=part.industries,
        fields=part.fields,
        function=part.function,
        document=part.document,
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
    return Official(event.id, event.name, event.exercise, event.reading)


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
                **_days(one.span),
            )
            for one in organ.roles
        ),
        parent_id=organ.parent_id,
        exercise=organ.exercise,
        credit_code=organ.credit_code,
        **_days(organ.span),
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
    return kind(id=official.id, name=official.name, exercise=official.exercise, reading=official.reading)


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
