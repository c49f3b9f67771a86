"""The register in the columns of a roster file, page by page: what goes out so can come back in and changes nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts import SHANGHAI
from services.registry.facts.answers import Stored
from services.registry.handlers import reading
from services.registry.repository import lists, organs
from services.registry.repository.lists import Scope
from shared.contracts.registry import (
    AppointmentState,
    OfficialState,
    OrganState,
    PortfolioState,
    PostState,
    RolePart,
)
from shared.kernel import clock
from shared.kernel.pagination import Paging
from shared.roster.facts import Span

Row = dict[str, Any]
Page = tuple[list[Row], str | None]
_TENURE = ("from_day", "to_day", "acting", "promotion", "end_reason", "source_recorded_at", "attested_by")
_ROLE = ("role", "from_day", "to_day", "industries", "fields", "function", "document", "issuer", "issued_on", "side")
_PORTFOLIO = ("from_day", "to_day", "industries", "fields", "source_recorded_at", "attested_by")


def local(value: Any) -> Any:
    """Instants as clocks in Hebei show them: a spreadsheet knows no offset."""
    return value.astimezone(SHANGHAI) if isinstance(value, datetime) else value


async def seats(session: AsyncSession, paging: Paging, scope: Scope) -> Page:
    """Organs with their posts and whoever holds them; a vacant post, or an organ without posts, stands by itself."""
    found, cursor = await _organs(session, paging, scope)
    posts = await lists.posts_of(session, _ids(found, "id"), scope)
    held = await lists.tenures(session, _ids(posts, "id"), scope)
    named = await lists.known(session, OfficialState, _ids(held, "official_id"), scope)
    people = {one.state.id: one.state for one in named}
    of_organ, of_post = _by(posts, "organ_id"), _by(held, "post_id")
    return [row for one in found for row in _seats(one.state, of_organ.get(one.state.id, ()), of_post, people)], cursor


async def roles(session: AsyncSession, paging: Paging, scope: Scope) -> Page:
    """What departments are for work safety: a row for each role of each organ."""
    found, cursor = await _organs(session, paging, scope)
    rows = [_organ(one.state) | _told(part, _ROLE) for one in found for part in one.state.roles if _asked(part, scope)]
    return rows, cursor


async def portfolios(session: AsyncSession, paging: Paging, scope: Scope) -> Page:
    """What leaders answer for; organs of the post's own region by name where only one has it, others by id."""
    found, cursor = await reading.listed(session, PortfolioState, paging, scope, {})
    posts = {one.state.id: one.state for one in await lists.known(session, PostState, _ids(found, "post_id"), scope)}
    led = {identity for one in found for identity in one.state.organ_ids}
    wanted = {*led, *(post.organ_id for post in posts.values())}
    day = _day(scope)
    known = [reading.named(one, day).state for one in await lists.known(session, OrganState, wanted, scope)]
    alone = await organs.called_alone(session, [one for one in known if one.id in led], scope, day)
    by_id = {one.id: one for one in known}
    rows = []
    for portfolio in (one.state for one in found):
        post = posts[portfolio.post_id]
        organ = by_id[post.organ_id]
        row = _organ(organ) | {"post_kind": post.kind, "post": post.title} | _told(portfolio, _PORTFOLIO)
        rows.append(row | {"organs": [_called(one, by_id, organ, alone) for one in portfolio.organ_ids]})
    return rows, cursor


def _day(scope: Scope) -> date:
    """The day whose names are told: that which is asked about, today where all days are, as an import reads them."""
    return scope.as_of or clock.today()


async def _organs(session: AsyncSession, paging: Paging, scope: Scope) -> tuple[list[Stored[OrganState]], str | None]:
    found, cursor = await reading.listed(session, OrganState, paging, scope, {})
    return [reading.named(one, _day(scope)) for one in found], cursor


def _ids(found: Iterable[Stored[Any]], name: str) -> set[UUID]:
    return {getattr(one.state, name) for one in found}


def _by(found: Iterable[Stored[Any]], name: str) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = {}
    for one in found:
        grouped.setdefault(getattr(one.state, name), []).append(one.state)
    return grouped


def _told(part: Any, names: Iterable[str]) -> Row:
    return {name: local(getattr(part, name)) for name in names}


def _organ(organ: OrganState) -> Row:
    return {"region_code": organ.region_code, "organ": organ.name, "organ_kind": organ.kind}


def _seats(
    organ: OrganState,
    posts: Iterable[PostState],
    held: Mapping[UUID, list[AppointmentState]],
    people: Mapping[UUID, OfficialState],
) -> Iterator[Row]:
    alone = {**_organ(organ), "organ_from": organ.from_day, "credit_code": organ.credit_code}
    if not posts:
        yield alone
    for post in posts:
        seat = {**alone, "post_kind": post.kind, "post": post.title, "post_from": post.from_day}
        if post.id not in held:
            yield seat
        for tenure in held.get(post.id, ()):
            yield seat | _tenure(tenure, people)


def _tenure(tenure: AppointmentState, people: Mapping[UUID, OfficialState]) -> Row:
    official = people[tenure.official_id]
    who = {"official": official.name, "reading": official.reading, "official_id": official.id}
    return who | _told(tenure, _TENURE)


def _asked(part: RolePart, scope: Scope) -> bool:
    return scope.as_of is None or Span(part.from_day, part.to_day).covers(scope.as_of)


def _called(
    identity: UUID, known: Mapping[UUID, OrganState], leader: OrganState, alone: Collection[tuple[str, str]]
) -> str:
    organ = known.get(identity)
    if organ is None or organ.region_code != leader.region_code or (organ.region_code, organ.name) not in alone:
        return str(identity)
    return organ.name
