"""What a post, an official or a region owes, and what the records show of it; computed, never stored."""

import base64
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties import repository
from services.duties.catalogue import load_catalogue
from services.duties.facts import Adoption, Obligation, ObligationStatus, Performance
from services.duties.facts.books import Books
from services.duties.facts.records import Filing, Impediment
from services.duties.facts.reports import ObligationReport
from services.duties.handlers.overlays import adoptions
from services.duties.handlers.owed import beside_acts
from services.duties.handlers.seats import (
    Seating,
    books_over,
    path_on,
    post_not_found,
    seating_of_official,
    seating_of_posts,
    seating_of_region,
)
from services.duties.rules.obligations import Seat, obligations_of_post
from services.duties.rules.status import Records, View, report
from shared.kernel.pagination import Paging
from shared.kernel.problems import Malformed, NotFound
from shared.roster.repository import path_of

LONGEST_DAYS = 3 * 366
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """Whose obligations: of exactly one of post, official (own tenure) or region (its own organs).

    Of periods that share a day with [from_day, to_day]; their status on `as_of` as recorded by `known_at`.
    """

    as_of: date
    known_at: datetime
    from_day: date
    to_day: date
    exercise: bool
    post_id: UUID | None = None
    official_id: UUID | None = None
    region: str | None = None
    status: ObligationStatus | None = None


async def obligations(
    session: AsyncSession, asked: Question, paging: Paging, regions: Collection[str]
) -> tuple[list[ObligationReport], str | None]:
    """One page of obligations with their status explained, by the end of their period.

    Raises:
        Malformed: not exactly one of post, official and region; days out of order or more than three years.
        NotFound: the post or the region is not there, or outside the caller's regions.
    """
    if sum(one is not None for one in (asked.post_id, asked.official_id, asked.region)) != 1:
        raise Malformed("one_selector", "请在岗位、人员、区划中选一", "name one of post_id, official_id and region")
    if not 0 <= (asked.to_day - asked.from_day).days <= LONGEST_DAYS:
        raise Malformed("invalid_days", "起止日期有误或超过三年", "days out of order, or more than three years")
    seating = await _seating(session, asked, regions)
    reachable = {
        post: seat
        for post, seat in seating.seats.items()
        if seat.post.exercise is asked.exercise and not set(regions).isdisjoint(path_on(seat, asked.as_of))
    }
    adopted = await adoptions(session, known_at=asked.known_at)
    owed = sorted((item for seat in reachable.values() for item in _owed(asked, seat, seating, adopted)), key=_order)
    near = replace(seating, seats=reachable)
    acts = await repository.performances_of(session, reachable, near.organs(), near.persons())
    beside = await beside_acts(session, reachable), await books_over(session, reachable.values())
    records = {post: _records(seat, seating, acts, *beside) for post, seat in reachable.items()}
    if asked.status is not None:
        shown = (one for one in _reports(owed, records, asked) if one.status is asked.status)
        page, following = _cut(list(shown), paging, lambda one: _order(one.obligation))
        return page, following
    chosen, following = _cut(owed, paging, _order)
    return _reports(chosen, records, asked), following


async def _seating(session: AsyncSession, asked: Question, regions: Collection[str]) -> Seating:
    known_at = asked.known_at
    if asked.post_id is not None:
        seating = await seating_of_posts(session, [asked.post_id], known_at=known_at)
        if set(regions).isdisjoint(path_on(seating.seat(asked.post_id), asked.as_of)):
            raise post_not_found()
        return seating
    if asked.official_id is not None:
        return await seating_of_official(session, asked.official_id, known_at=known_at)
    code = asked.region or ""
    path = await path_of(session, code, asked.as_of, known_at=known_at)
    if path is None or set(regions).isdisjoint(path):
        raise NotFound("region_not_found", "没有这个区划", "there is no such region")
    return await seating_of_region(session, code, known_at=known_at)


def _owed(asked: Question, seat: Seat, seating: Seating, adopted: Sequence[Adoption]) -> Iterable[Obligation]:
    """What the seat owes; of an official only what falls into the own tenure."""
    tenure = [
        item.span
        for item in seating.incumbencies
        if item.post_id == seat.post.id and asked.official_id is not None and item.is_of(asked.official_id)
    ]
    for item in obligations_of_post(seat, load_catalogue(), asked.from_day, asked.to_day, adoptions=adopted):
        held = (span.days_within(item.period.from_day, item.period.to_day) for span in tenure)
        if asked.official_id is None or any(held):
            yield item


def _reports(owed: Iterable[Obligation], records: Mapping[UUID, Records], asked: Question) -> list[ObligationReport]:
    view = View(asked.as_of, asked.known_at)
    return [report(item, records[item.post_id], view) for item in owed]


def _records(
    seat: Seat,
    seating: Seating,
    acts: Iterable[Performance],
    beside: tuple[Sequence[Impediment], Sequence[Filing]],
    books: Sequence[Books],
) -> Records:
    """What is on record about one seat: acts that name it, were its body's own or were done by who held it."""
    terms = [item for item in seating.incumbencies if item.post_id == seat.post.id]
    holders = Seating({seat.post.id: seat}, tuple(terms)).persons()
    near = [
        act
        for act in acts
        if act.organ_id == seat.organ.id
        or any(one.post_id == seat.post.id for one in act.capacities)
        or not holders.isdisjoint({act.presided_by, act.led_by, act.performed_by})
    ]
    impediments = [one for one in beside[0] if one.post_id == seat.post.id]
    filings = [one for one in beside[1] if one.post_id == seat.post.id]
    return Records(terms, near, impediments, filings, books)


def _order(item: Obligation) -> str:
    return f"{item.period.to_day}|{item.period.from_day}|{item.key}"


def _cut(items: Sequence[T], paging: Paging, order: Callable[[T], str]) -> tuple[list[T], str | None]:
    """One page of what is sorted already; the cursor names the last item, as in lists that SQL sorts."""
    after = "" if paging.cursor is None else _decoded(paging.cursor)
    rest = [item for item in items if order(item) > after]
    page = rest[: paging.limit]
    more = len(rest) > len(page)
    return page, base64.urlsafe_b64encode(order(page[-1]).encode()).decode() if more else None


def _decoded(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor.encode("ascii")).decode()
    except ValueError as error:
        raise Malformed("invalid_cursor", "游标无效", "the cursor is not valid") from error
