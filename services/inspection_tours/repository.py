"""All SQL of inspection tours: tours, the dated list, and what lies one level down."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.inspection_tours.facts import Finding, Listing, Tour, TourKind
from services.inspection_tours.tables import listing, tour
from shared.kernel.pagination import Paging, page
from shared.roster.tables import region

_TOUR = TypeAdapter(Tour)
_LISTING = TypeAdapter(Listing)
_FINDINGS = TypeAdapter(tuple[Finding, ...])


def _within(table: sa.Table, regions: Collection[str]) -> sa.ColumnElement[bool]:
    """Rows that belong to one of the regions or below."""
    found: sa.ColumnElement[bool] = table.c.path.overlap(sa.cast(list(regions), ARRAY(sa.Text)))
    return found


async def _put(session: AsyncSession, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Insert the row of an aggregate, or replace it."""
    made = insert(table).values(**values)
    changed = {name: made.excluded[name] for name in values if name != "id"}
    await session.execute(made.on_conflict_do_update(index_elements=[table.c.id], set_=changed))


async def put_tour(session: AsyncSession, kept: Tour, version: int) -> None:
    """Save a tour as it stands now."""
    findings = _FINDINGS.dump_python(kept.findings, mode="json")
    await _put(session, tour, asdict(kept) | {"findings": findings, "version": version})


def _tour(row: sa.Row[Any]) -> tuple[Tour, int]:
    return _TOUR.validate_python(row._asdict()), row.version


async def tour_by_id(session: AsyncSession, identity: UUID) -> tuple[Tour, int] | None:
    """The tour with its version, or `None`."""
    row = (await session.execute(sa.select(tour).where(tour.c.id == identity))).first()
    return None if row is None else _tour(row)


async def list_tours(
    session: AsyncSession,
    paging: Paging,
    *,
    regions: Collection[str],
    exercise: bool,
    equal: Mapping[str, Any],
) -> tuple[list[tuple[Tour, int]], str | None]:
    """One page of the tours within the regions; `equal` maps columns to wanted values, `None` wants anything."""
    query = sa.select(tour).where(_within(tour, regions), tour.c.exercise.is_(exercise))
    for name, value in equal.items():
        if value is not None:
            query = query.where(tour.c[name] == value)
    rows, following = await page(session, query, paging, tour.c.id)
    return [_tour(row) for row in rows], following


async def routine_tours_of(session: AsyncSession, organ_ids: Collection[UUID]) -> tuple[Tour, ...]:
    """Every routine tour of one of the bodies."""
    named = tour.c.organ_ids.overlap(sa.cast(list(organ_ids), ARRAY(sa.Uuid)))
    rows = await session.execute(sa.select(tour).where(named, tour.c.kind == TourKind.ROUTINE).order_by(tour.c.id))
    return tuple(_tour(row)[0] for row in rows)


async def put_listing(session: AsyncSession, kept: Listing) -> None:
    """Save an entry of the dated list."""
    await _put(session, listing, asdict(kept))


def _listing(row: sa.Row[Any]) -> Listing:
    return _LISTING.validate_python(row._asdict())


async def list_listings(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool
) -> tuple[list[Listing], str | None]:
    """One page of the dated list within the regions."""
    query = sa.select(listing).where(_within(listing, regions), listing.c.exercise.is_(exercise))
    rows, following = await page(session, query, paging, listing.c.id)
    return [_listing(row) for row in rows], following


async def listings_under(session: AsyncSession, code: str) -> tuple[Listing, ...]:
    """The whole dated list at or below a region."""
    rows = await session.execute(sa.select(listing).where(_within(listing, [code])).order_by(listing.c.id))
    return tuple(_listing(row) for row in rows)


async def codes_below(session: AsyncSession, code: str, day: date) -> tuple[str, ...]:
    """Codes of the regions that exist on a day and on some day lie one level down by administration."""
    dated = region.c.parents.contains([{"admin_parent": code}])  # where it lay or will lie below; rules ask by day
    query = sa.select(region.c.code).where(
        region.c.superseded_at.is_(None),
        sa.or_(region.c.admin_parent == code, dated),
        region.c.from_day <= day,
        sa.or_(region.c.to_day.is_(None), region.c.to_day >= day),
    )
    return tuple(await session.scalars(query.order_by(region.c.code)))
