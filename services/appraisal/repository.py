"""All SQL of appraisal: its own aggregates, and what it keeps of vetoes, tour results and books."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.appraisal.facts import Appraisal, KnownVeto, TourReference, Vetting
from services.appraisal.facts.books import BooksReference
from services.appraisal.tables import appraisal, books_reference, tour_reference, veto, vetting
from shared.kernel.pagination import Paging, page

_F = TypeVar("_F")
_APPRAISAL = TypeAdapter(Appraisal)
_VETTING = TypeAdapter(Vetting)
_VETO = TypeAdapter(KnownVeto)
_TOUR = TypeAdapter(TourReference)
_BOOKS = TypeAdapter(BooksReference)


async def _put(session: AsyncSession, table: sa.Table, adapter: TypeAdapter[_F], fact: _F, **columns: Any) -> None:
    """Insert the row of a fact, or replace it."""
    values = columns | {"content": adapter.dump_python(fact, mode="json")}
    made = insert(table).values(**values)
    changed = {name: made.excluded[name] for name in values if name != "id"}
    await session.execute(made.on_conflict_do_update(index_elements=[table.c.id], set_=changed))


def _among(column: sa.Column[Any], values: Collection[UUID]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.cast(list(values), ARRAY(sa.Uuid)))


async def _by_id(
    session: AsyncSession, table: sa.Table, kind: TypeAdapter[_F], identity: UUID
) -> tuple[_F, int] | None:
    row = (await session.execute(sa.select(table).where(table.c.id == identity))).first()
    return None if row is None else (kind.validate_python(row.content), row.version)


async def _list(
    session: AsyncSession,
    table: sa.Table,
    kind: TypeAdapter[_F],
    paging: Paging,
    regions: Collection[str],
    equal: Mapping[str, Any],
) -> tuple[list[tuple[_F, int]], str | None]:
    query = sa.select(table).where(table.c.path.overlap(sa.cast(list(regions), ARRAY(sa.Text))))
    for name, value in equal.items():
        if isinstance(value, frozenset):
            query = query.where(_among(table.c[name], value))
        elif value is not None:
            query = query.where(table.c[name] == value)
    rows, following = await page(session, query, paging, table.c.id)
    return [(kind.validate_python(row.content), row.version) for row in rows], following


async def put_appraisal(session: AsyncSession, kept: Appraisal, version: int) -> None:
    """Save an appraisal as it stands now."""
    await _put(
        session,
        appraisal,
        _APPRAISAL,
        kept,
        id=kept.id,
        version=version,
        organ_id=kept.organ_id,
        official_id=kept.official_id,
        year=kept.year,
        kind=kept.kind.value,
        status=kept.status.value,
        path=list(kept.path),
        exercise=kept.exercise,
    )


async def appraisal_by_id(session: AsyncSession, identity: UUID) -> tuple[Appraisal, int] | None:
    """The appraisal with its version, or `None`."""
    return await _by_id(session, appraisal, _APPRAISAL, identity)


async def list_appraisals(
    session: AsyncSession, paging: Paging, regions: Collection[str], equal: Mapping[str, Any]
) -> tuple[list[tuple[Appraisal, int]], str | None]:
    """One page of the appraisals within the regions; `equal` maps columns to wanted values.

    `None` wants anything, a frozenset any of its members.
    """
    return await _list(session, appraisal, _APPRAISAL, paging, regions, equal)


async def appraisals_of(session: AsyncSession, person: Collection[UUID]) -> tuple[UUID, ...]:
    """Ids of every appraisal of somebody, under whichever id, exercises included."""
    query = sa.select(appraisal.c.id).where(_among(appraisal.c.official_id, person))
    return tuple(await session.scalars(query.order_by(appraisal.c.id)))


async def appraisals_of_body(session: AsyncSession, organ_id: UUID, year: int, kind: str) -> tuple[Appraisal, ...]:
    """The appraisals of a body and its members for a year, of one kind."""
    query = sa.select(appraisal.c.content).where(
        appraisal.c.organ_id == organ_id, appraisal.c.year == year, appraisal.c.kind == kind
    )
    return tuple(_APPRAISAL.validate_python(content) for content in await session.scalars(query))


async def put_vetting(session: AsyncSession, kept: Vetting, version: int) -> None:
    """Save a vetting as it stands now."""
    await _put(
        session,
        vetting,
        _VETTING,
        kept,
        id=kept.id,
        version=version,
        organ_id=kept.organ_id,
        official_id=kept.official_id,
        kind=kept.kind.value,
        concluded=kept.conclusion is not None,
        path=list(kept.path),
        exercise=kept.exercise,
    )


async def vetting_by_id(session: AsyncSession, identity: UUID) -> tuple[Vetting, int] | None:
    """The vetting with its version, or `None`."""
    return await _by_id(session, vetting, _VETTING, identity)


async def list_vettings(
    session: AsyncSession, paging: Paging, regions: Collection[str], equal: Mapping[str, Any]
) -> tuple[list[tuple[Vetting, int]], str | None]:
    """One page of the vettings within the regions; `equal` as above."""
    return await _list(session, vetting, _VETTING, paging, regions, equal)


async def put_veto(session: AsyncSession, kept: KnownVeto) -> None:
    """Save a veto or effect period as last heard."""
    await _put(session, veto, _VETO, kept, id=kept.id, official_id=kept.official_id, exercise=kept.exercise)


async def vetoes_of(session: AsyncSession, person: Collection[UUID], *, exercise: bool) -> tuple[KnownVeto, ...]:
    """Vetoes and effect periods of somebody, under whichever id; an exercise bars nobody outside it."""
    query = sa.select(veto.c.content).where(_among(veto.c.official_id, person), veto.c.exercise.is_(exercise))
    return tuple(_VETO.validate_python(content) for content in await session.scalars(query.order_by(veto.c.id)))


async def put_books(session: AsyncSession, books_id: UUID, held: Collection[BooksReference]) -> None:
    """Save what books hold of each organ, as last heard."""
    await session.execute(sa.delete(books_reference).where(books_reference.c.books_id == books_id))
    rows = [
        {
            "books_id": one.books_id,
            "organ_id": one.organ_id,
            "content": _BOOKS.dump_python(one, mode="json"),
            "exercise": one.exercise,
        }
        for one in held
    ]
    if rows:
        await session.execute(books_reference.insert(), rows)


async def books_of(session: AsyncSession, organ_id: UUID, *, exercise: bool) -> tuple[BooksReference, ...]:
    """What books hold of a body's obligations."""
    query = sa.select(books_reference.c.content).where(
        books_reference.c.organ_id == organ_id, books_reference.c.exercise.is_(exercise)
    )
    return tuple(_BOOKS.validate_python(content) for content in await session.scalars(query))


async def put_tour(session: AsyncSession, kept: TourReference) -> None:
    """Save a tour's result as last heard."""
    await _put(
        session,
        tour_reference,
        _TOUR,
        kept,
        id=kept.tour_id,
        organ_ids=list(kept.organ_ids),
        official_ids=list(kept.official_ids),
        exercise=kept.exercise,
    )


async def tours_of(session: AsyncSession, subject: Collection[UUID], *, exercise: bool) -> tuple[TourReference, ...]:
    """Results of tours that visited a body, or somebody's body when the tour opened, under whichever id."""
    named = sa.cast(list(subject), ARRAY(sa.Uuid))
    concerns = sa.or_(tour_reference.c.organ_ids.overlap(named), tour_reference.c.official_ids.overlap(named))
    query = sa.select(tour_reference.c.content).where(concerns, tour_reference.c.exercise.is_(exercise))
    return tuple(
        _TOUR.validate_python(content) for content in await session.scalars(query.order_by(tour_reference.c.id))
    )
