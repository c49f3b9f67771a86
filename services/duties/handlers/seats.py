"""Seats and who sat in them, from the roster's copy."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts import Incumbency
from services.duties.facts.books import Books
from services.duties.repository.books import books_of_regions
from services.duties.rules.obligations import Seat, seats_in
from services.duties.rules.persons import persons_among
from services.duties.rules.status import incumbencies_of
from shared.kernel.problems import Forbidden, NotFound
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Organ, Roster
from shared.roster.repository import load_roster, path_of, records_of


@dataclass(frozen=True, slots=True)
class Seating:
    """Seats by post, and everybody who held one of them."""

    seats: dict[UUID, Seat]
    incumbencies: tuple[Incumbency, ...]

    def seat(self, post_id: UUID) -> Seat:
        """The seat of a post; NotFound where the copy has none."""
        if post_id not in self.seats:
            raise post_not_found()
        return self.seats[post_id]

    def organs(self) -> set[UUID]:
        """The organs of the seats."""
        return {seat.organ.id for seat in self.seats.values()}

    def persons(self) -> set[UUID]:
        """Whoever held one of the seats, under every id of each."""
        held = [one for one in self.incumbencies if one.post_id in self.seats]
        return {identity for one in held for identity in (one.official_id, *one.ids)}

    def ids_of(self, official_id: UUID) -> set[UUID]:
        """Every id under which that person is recorded, as far as they held one of these seats."""
        return {official_id}.union(*(one.ids for one in self.incumbencies if one.is_of(official_id)))


async def seating_of_posts(
    session: AsyncSession, posts: Collection[UUID], *, known_at: datetime | None = None
) -> Seating:
    """The seats of these posts; beside each, its organ's other posts decide who presides (art10.2)."""
    return await _around(session, {"posts": posts}, known_at, posts)


async def seating_of_official(session: AsyncSession, official_id: UUID, *, known_at: datetime | None = None) -> Seating:
    """The seats that an official was ever appointed to, under whichever of the person's ids."""
    whole = await _around(session, {"officials": [official_id]}, known_at, None)
    held = {item.post_id for item in whole.incumbencies if item.is_of(official_id)}
    return Seating({post: seat for post, seat in whole.seats.items() if post in held}, whole.incumbencies)


async def seating_of_region(session: AsyncSession, region: str, *, known_at: datetime | None = None) -> Seating:
    """The seats of a region's own organs, not of those below it."""
    return await seating_of_regions(session, [region], known_at=known_at)


async def seating_of_regions(
    session: AsyncSession, regions: Collection[str], *, known_at: datetime | None = None
) -> Seating:
    """The seats of these regions' own organs."""
    roster = await load_roster(session, regions=regions, known_at=known_at)
    return Seating(seats_in(roster), await _incumbencies(session, roster))


async def seating_of_organ(session: AsyncSession, organ_id: UUID) -> list[Seat]:
    """The seats of one organ."""
    roster = await load_roster(session, organs={organ_id})
    return [seat for seat in seats_in(roster).values() if seat.organ.id == organ_id]


async def person_of(session: AsyncSession, official_id: UUID, *, known_at: datetime | None = None) -> tuple[UUID, ...]:
    """Every id under which that person is recorded, the one that survives in merges first."""
    found = await records_of(session, [official_id], known_at=known_at)
    return persons_among(found).get(official_id, (official_id,))


async def _around(
    session: AsyncSession, asked: dict[str, Collection[UUID]], known_at: datetime | None, posts: Collection[UUID] | None
) -> Seating:
    found = await load_roster(session, known_at=known_at, posts=asked.get("posts"), officials=asked.get("officials"))
    organs = {post.organ_id for post in found.posts}
    roster = await load_roster(session, known_at=known_at, organs=organs)
    seats = seats_in(roster)
    wanted = seats if posts is None else {post: seats[post] for post in posts if post in seats}
    return Seating(wanted, await _incumbencies(session, roster))


async def _incumbencies(session: AsyncSession, roster: Roster) -> tuple[Incumbency, ...]:
    held = {one.official_id for one in roster.appointments}
    return incumbencies_of(roster.appointments, await records_of(session, held, known_at=roster.known_at))


async def books_over(session: AsyncSession, seats: Iterable[Seat]) -> tuple[Books, ...]:
    """The books of every region that any of the seats ever lay in: those of one's own, and of each above it."""
    return await books_of_regions(session, {code for seat in seats for one in seat.regions for code in one.path})


def path_on(seat: Seat, day: date) -> tuple[str, ...]:
    """Where a seat lies on a day; where its region lay at another time, if it was not there that day."""
    return (seat.region_on(day) or seat.regions[-1]).path


def within_grant(work: UnitOfWork, *paths: Sequence[str]) -> None:
    """403 where a post of one of these paths lies outside the caller's regions."""
    if not all(work.may_act_in(path) for path in paths):
        raise Forbidden("region_outside_grant", "岗位不在授权区域内", "a post lies outside the regions granted")


async def acting_for(work: UnitOfWork, organ: Organ, day: date) -> None:
    """403 where no grant of the caller reaches the organ that acts: its region on the day, and the one it names."""
    work.act_for(organ.id, await path_of(work.session, organ.region_code, day) or ())


def post_not_found() -> NotFound:
    """404: no such post, or one outside the caller's regions."""
    return NotFound("post_not_found", "没有这个岗位", "there is no such post")


def organ_known(organ: Organ | None) -> Organ:
    """The organ; NotFound where the copy has none."""
    if organ is None:
        raise NotFound("organ_not_found", "没有这个机关", "there is no such organ")
    return organ
