"""Finding an obligation again by its id, which is derived and stands in no table."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.catalogue import load_catalogue
from services.duties.facts import Obligation
from services.duties.facts.records import Filing, Impediment
from services.duties.handlers.overlays import adoptions
from services.duties.repository import records
from services.duties.rules.obligations import Seat, obligations_of_post
from shared.kernel.problems import NotFound


async def obligation_of(session: AsyncSession, seat: Seat, obligation_id: UUID, period_start: date) -> Obligation:
    """The obligation of a seat whose period begins that day; NotFound where there is none of that id."""
    adopted = await adoptions(session)
    owed = obligations_of_post(seat, load_catalogue(), period_start, period_start, adoptions=adopted)
    found = next((one for one in owed if one.id == obligation_id), None)
    if found is None:
        raise NotFound("obligation_not_found", "该岗位没有这项履职任务", "the post has no such obligation")
    return found


async def beside_acts(
    session: AsyncSession, posts: Collection[UUID]
) -> tuple[tuple[Impediment, ...], tuple[Filing, ...]]:
    """Impediments and filings of the posts, as the rules of status read them."""
    found = await records.impediments_of(session, posts)
    return tuple(one for each in found for one in each.facts()), await records.filings_of(session, posts)
