"""SQL of what is on record beside the acts: impediments, filings, attachments."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts.records import Attachment, Filing, RecordedImpediment
from services.duties.facts.stored import Stored
from services.duties.tables.records import attachment, filing, impediment
from shared.kernel.pagination import Paging, page

_IMPEDIMENT = TypeAdapter(RecordedImpediment)
_FILING = TypeAdapter(Filing)
_ATTACHMENT = TypeAdapter(Attachment)
F = TypeVar("F")


def _overlap(column: sa.Column[Any], codes: Collection[str]) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = column.overlap(sa.cast(list(codes), ARRAY(sa.Text)))
    return found


async def _put(session: AsyncSession, table: sa.Table, values: dict[str, Any]) -> None:
    made = insert(table).values(**values)
    changed = {name: made.excluded[name] for name in values if name != "id"}
    await session.execute(made.on_conflict_do_update(index_elements=["id"], set_=changed))


def _stored(adapter: TypeAdapter[F], row: sa.Row[Any], **more: Any) -> Stored[F]:
    kept = dict(row._mapping) | more  # noqa: SLF001 - SQLAlchemy's public spelling
    return Stored(adapter.validate_python(kept), tuple(row.path), row.version)


async def put_impediment(session: AsyncSession, fact: RecordedImpediment, path: Sequence[str], version: int) -> None:
    """Save an impediment as it stands now."""
    plain = _IMPEDIMENT.dump_python(fact, mode="json", include={"evidence", "accepted", "withdrawn"})
    days = {"from_day": fact.span.from_day, "to_day": fact.span.to_day}
    kept = asdict(fact) | plain | days | {"path": list(path), "version": version}
    del kept["span"]
    await _put(session, impediment, kept)


def _impediment(row: sa.Row[Any]) -> Stored[RecordedImpediment]:
    return _stored(_IMPEDIMENT, row, span={"from_day": row.from_day, "to_day": row.to_day})


async def impediment_by_id(session: AsyncSession, identity: UUID) -> Stored[RecordedImpediment] | None:
    """The impediment, or `None`."""
    row = (await session.execute(sa.select(impediment).where(impediment.c.id == identity))).first()
    return None if row is None else _impediment(row)


async def impediments_of(session: AsyncSession, posts: Collection[UUID]) -> tuple[RecordedImpediment, ...]:
    """Every impediment of the posts, withdrawn ones included, as an earlier moment may have known them."""
    wanted = impediment.c.post_id == sa.any_(sa.cast(list(posts), ARRAY(sa.Uuid)))
    rows = await session.execute(sa.select(impediment).where(wanted).order_by(impediment.c.id))
    return tuple(_impediment(row).fact for row in rows)


async def list_impediments(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool, post_id: UUID | None
) -> tuple[list[Stored[RecordedImpediment]], str | None]:
    """One page of the impediments within the regions, newest first."""
    table = impediment.c
    query = sa.select(impediment).where(_overlap(table.path, regions), table.exercise.is_(exercise))
    if post_id is not None:
        query = query.where(table.post_id == post_id)
    rows, following = await page(session, query, paging, table.recorded_at, table.id, descending=True)
    return [_impediment(row) for row in rows], following


async def put_filing(
    session: AsyncSession, fact: Filing, path: Sequence[str], recipient_path: Sequence[str], version: int
) -> None:
    """Save a filing as it stands now."""
    plain = _FILING.dump_python(fact, mode="json", include={"receipt", "returned", "corrected"})
    where = {"path": list(path), "recipient_path": list(recipient_path), "version": version}
    await _put(session, filing, asdict(fact) | plain | where)


async def filing_by_id(session: AsyncSession, identity: UUID) -> tuple[Stored[Filing], tuple[str, ...]] | None:
    """The filing with the path of its recipient, or `None`."""
    row = (await session.execute(sa.select(filing).where(filing.c.id == identity))).first()
    return None if row is None else (_stored(_FILING, row), tuple(row.recipient_path))


async def filings_of(session: AsyncSession, posts: Collection[UUID]) -> tuple[Filing, ...]:
    """Every filing about an obligation of the posts, returned and withdrawn ones included."""
    wanted = filing.c.post_id == sa.any_(sa.cast(list(posts), ARRAY(sa.Uuid)))
    rows = await session.execute(sa.select(filing).where(wanted).order_by(filing.c.filed_on, filing.c.id))
    return tuple(_stored(_FILING, row).fact for row in rows)


async def list_filings(
    session: AsyncSession,
    paging: Paging,
    *,
    regions: Collection[str],
    exercise: bool,
    post_id: UUID | None,
    recipient_organ_id: UUID | None,
    from_day: date | None,
) -> tuple[list[Stored[Filing]], str | None]:
    """One page of the filings that come from the regions or were filed with a body in them, newest day first."""
    table = filing.c
    near = sa.or_(_overlap(table.path, regions), _overlap(table.recipient_path, regions))
    query = sa.select(filing).where(near, table.exercise.is_(exercise))
    if post_id is not None:
        query = query.where(table.post_id == post_id)
    if recipient_organ_id is not None:
        query = query.where(table.recipient_organ_id == recipient_organ_id)
    if from_day is not None:
        query = query.where(table.filed_on >= from_day)
    rows, following = await page(session, query, paging, table.filed_on, table.id, descending=True)
    return [_stored(_FILING, row) for row in rows], following


async def put_attachment(session: AsyncSession, fact: Attachment, path: Sequence[str], version: int) -> None:
    """Save what an attachment is; the document itself lies in the store."""
    await _put(session, attachment, asdict(fact) | {"path": list(path), "version": version})


async def attachment_by_id(session: AsyncSession, identity: UUID) -> Stored[Attachment] | None:
    """The attachment, or `None`."""
    row = (await session.execute(sa.select(attachment).where(attachment.c.id == identity))).first()
    return None if row is None else _stored(_ATTACHMENT, row)


async def list_attachments(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool, sha256: str | None
) -> tuple[list[Stored[Attachment]], str | None]:
    """One page of the attachments within the regions, newest first."""
    table = attachment.c
    query = sa.select(attachment).where(_overlap(table.path, regions), table.exercise.is_(exercise))
    if sha256 is not None:
        query = query.where(table.sha256 == sha256)
    rows, following = await page(session, query, paging, table.recorded_at, table.id, descending=True)
    return [_stored(_ATTACHMENT, row) for row in rows], following
