"""Coverage of the two-yearly cycle, and the dated list of departments and zones that it includes."""

from dataclasses import asdict
from datetime import date
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.inspection_tours import repository
from services.inspection_tours.data import configuration
from services.inspection_tours.facts import Coverage, ListedDepartment, Listing, RegisteredZone
from services.inspection_tours.rules.coverage import coverage_of
from services.inspection_tours.rules.owed import may_list, tours_owed_by
from shared.contracts.inspection_tours import ListingRegistered
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Forbidden, NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span
from shared.roster.repository import load_roster, organ_by_id, region_on

_LISTING = TypeAdapter(Listing)


async def coverage_on(
    session: AsyncSession, region_code: str, on: date, regions: frozenset[str], *, exercise: bool
) -> tuple[Coverage, ...]:
    """Where every body that the region owes a routine tour stands on a day, as the roster is known now."""
    region = await region_on(session, region_code, on)
    if region is None or regions.isdisjoint(region.path):
        raise _no_such_region()
    below = await repository.codes_below(session, region_code, on)
    roster = await load_roster(session, regions=[region_code, *below], during=Span(on, on), exercise=exercise)
    departments, zones = _lists(await repository.listings_under(session, region_code))
    owed = tours_owed_by(region, roster, departments, zones, on, configuration())
    tours = await repository.routine_tours_of(session, [one.organ_id for one in owed])
    return tuple(coverage_of(one, tours, on, configuration()) for one in owed)


def _lists(listed: tuple[Listing, ...]) -> tuple[tuple[ListedDepartment, ...], tuple[RegisteredZone, ...]]:
    spans = {one.id: Span(one.from_day, one.to_day) for one in listed}
    departments = (ListedDepartment(one.organ_id, spans[one.id], one.document) for one in listed if one.organ_id)
    zones = (RegisteredZone(one.region_code, spans[one.id], one.document) for one in listed if not one.organ_id)
    return tuple(departments), tuple(zones)


async def register_listing(
    work: UnitOfWork,
    *,
    organ_id: UUID | None,
    region_code: str | None,
    from_day: date,
    to_day: date | None,
    document: str,
) -> Listing:
    """Put a department on the dated list, or a zone under routine tours, by a document."""
    organ = None if organ_id is None else await organ_by_id(work.session, organ_id)
    place = region_code if organ is None else organ.region_code
    region = await region_on(work.session, place or "", from_day)
    if region is None or (organ_id is not None and organ is None):
        raise _no_such_region()
    if not work.may_act_in(region.path):
        raise Forbidden("region_outside_grant", "超出管辖地区", "the region is outside the grant")
    obey(may_list(organ or region, Span(from_day, to_day), document))
    listing = Listing(uuid4(), organ_id, region.code, from_day, to_day, document, region.path, region.exercise)
    await work.lock(Ref("listing", listing.id))
    work.emit(ListingRegistered(**asdict(listing)), path=region.path, exercise=listing.exercise)
    await repository.put_listing(work.session, listing)
    return listing


async def list_listings(
    session: AsyncSession, paging: Paging, regions: frozenset[str], *, exercise: bool
) -> tuple[list[Listing], str | None]:
    """One page of the dated list within the caller's regions."""
    return await repository.list_listings(session, paging, regions=regions, exercise=exercise)


async def adopt_listing(session: AsyncSession, event: ListingRegistered, delivery: Delivery) -> None:
    """Put an entry of the dated list back from its event."""
    del delivery
    await repository.put_listing(session, _LISTING.validate_python(event.model_dump()))


def _no_such_region() -> NotFound:
    return NotFound("region_not_found", "没有这个地区或者机关", "there is no such region or organ")
