"""Boards within the caller's regions, and what stands behind each number."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts.projected import Group, Standing, Tally
from services.duties.handlers.seats import person_of
from services.duties.repository import boards, projection
from services.duties.repository.boards import Asked
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, Malformed, NotFound
from shared.roster.repository import path_of

LONGEST_DAYS = 3 * 366

__all__ = ["Asked", "board", "standings"]


async def board(session: AsyncSession, asked: Asked, group: Group, paging: Paging) -> tuple[list[Tally], str | None]:
    """One page of a board; the errors are those of `standings`."""
    return await boards.tallies(session, await _checked(session, asked), group, paging)


async def standings(
    session: AsyncSession, asked: Asked, paging: Paging, status: str | None
) -> tuple[list[Standing], str | None]:
    """One page of the obligations behind a board.

    Raises:
        Malformed: days out of order or more than three years.
        NotFound: the region is not there, or outside the caller's regions.
        Conflict: a year is not evaluated; opening it is an operation.
    """
    return await boards.standings(session, await _checked(session, asked), paging, status)


async def _checked(session: AsyncSession, asked: Asked) -> Asked:
    if not 0 <= (asked.to_day - asked.from_day).days <= LONGEST_DAYS:
        raise Malformed("invalid_days", "起止日期有误或超过三年", "days out of order, or more than three years")
    if asked.region is not None:
        path = await path_of(session, asked.region, asked.as_of, known_at=asked.known_at)
        if path is None or set(asked.regions).isdisjoint(path):
            raise NotFound("region_not_found", "没有这个区划", "there is no such region")
    years = set(range(asked.from_day.year, asked.to_day.year + 1)) - await projection.open_years(session)
    if years:
        listed = "、".join(str(year) for year in sorted(years))
        raise Conflict(
            "year_not_evaluated",
            f"{listed}年尚未展开，请先办理 POST /v1/projection/years/{{year}}",
            f"not evaluated: {sorted(years)}; POST /v1/projection/years/{{year}} first",
        )
    if asked.official_id is not None:
        person = await person_of(session, asked.official_id, known_at=asked.known_at)
        asked = replace(asked, official_id=person[0], person=person)
    return replace(asked, regions=sorted(asked.regions))
