"""Receiving a file, running an import as far as it goes, and telling how far it is."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts.imports import Import, Stage
from services.registry.handlers.imports.applying import Transactions, apply
from services.registry.handlers.imports.checking import Desk, check, opened, read_in, sealed_pieces
from services.registry.handlers.imports.sheet import PORTFOLIOS, ROLES, ROSTER
from services.registry.handlers.officials import Numbers
from services.registry.handlers.saving import absent
from services.registry.repository import imports
from shared.kernel import clock
from shared.kernel.pagination import Paging, page
from shared.kernel.problems import Conflict, Refused
from shared.kernel.unit_of_work import UnitOfWork
from shared.sheets import CellProblem, UnreadableError, annotated, template

LIMIT = 32 * 1024 * 1024
KEPT = timedelta(days=7)
MOST_COMMENTS = 20_000
_MORE = (ROLES, PORTFOLIOS)
__all__ = ["LIMIT", "Desk", "copy_with_comments", "empty_sheet", "of_caller", "problems", "receive", "run"]


def empty_sheet() -> bytes:
    """The sheets to fill in, with dropdowns and help."""
    return template(ROSTER, more=_MORE)


async def receive(work: UnitOfWork, numbers: Numbers, content: bytes, *, exercise: bool) -> Import:
    """Keep a file, sealed; what nobody went on with for a week is forgotten at the same time."""
    if not content:
        raise Refused("file_empty", "文件是空的", "the file is empty")
    identity, now = uuid4(), clock.now()
    await imports.forget_before(work.session, now - KEPT)
    await imports.receive(work.session, identity, actor=work.actor, exercise=exercise, size=len(content), at=now)
    for number, sealed in enumerate(sealed_pieces(numbers.vault, content, identity)):
        await imports.keep(work.session, identity, number, sealed)
    return Import(identity, work.actor, exercise, len(content), now, Stage.UPLOADED, 0, 0, 0, {}, None)


async def of_caller(session: AsyncSession, identity: UUID, subject: str) -> Import:
    """An import of the caller's own; 404 where it is somebody else's."""
    found = await imports.one(session, identity)
    if found is None or found.actor != subject:
        raise absent()
    return found


async def run(desk: Desk, identity: UUID, transactions: Transactions, *, validate_only: bool) -> dict[str, Any]:
    """Read, check and apply, from wherever an earlier run stopped; with anything wrong nothing is applied."""
    async with desk.sessions() as guard:
        if not await imports.alone(guard, identity):
            raise Conflict("import_running", "该导入正在办理", "the import is running already")
        return await _run(desk, identity, transactions, validate_only=validate_only)


async def _run(desk: Desk, identity: UUID, transactions: Transactions, *, validate_only: bool) -> dict[str, Any]:
    found = await _found(desk, identity)
    await _still_there(desk, found)
    if found.stage is Stage.UPLOADED:
        await read_in(desk, identity)
        found = await _found(desk, identity)
    if found.stage in {Stage.READ, Stage.FAULTY} or (found.stage is Stage.CHECKED and validate_only):
        found = replace(found, stage=await check(desk, found))
    if found.stage is Stage.CHECKED and not validate_only:
        await _apply(desk, found, transactions)
    return told(await _found(desk, identity))


async def _still_there(desk: Desk, found: Import) -> None:
    async with desk.sessions() as session:
        gone = await imports.kept_size(session, found.id) is None
    if gone and found.stage is not Stage.APPLIED:
        raise file_gone()


def file_gone() -> Conflict:
    """A file that was applied, or that nobody went on with, is not kept."""
    return Conflict("file_gone", "文件已不再保存", "the file is no longer kept")


async def _found(desk: Desk, identity: UUID) -> Import:
    async with desk.sessions() as session:
        found = await imports.one(session, identity)
    if found is None:
        raise absent()
    return found


async def _apply(desk: Desk, found: Import, transactions: Transactions) -> None:
    await apply(desk, found, transactions)
    async with desk.sessions() as session, session.begin():
        refused = await imports.count_lines(session, found.id, imports.REFUSED)
        faults = await imports.count_faults(session, found.id)
        stage = Stage.FAULTY if refused else Stage.APPLIED
        await imports.update(
            session, found.id, stage=stage, applied=found.rows - refused, faults=faults, finished_at=clock.now()
        )
        if not refused:
            await imports.clear(session, found.id)
            await imports.drop_file(session, found.id)


def told(found: Import) -> dict[str, Any]:
    """The result of a run."""
    return {
        "import_id": str(found.id),
        "stage": found.stage.value,
        "rows": found.rows,
        "applied": found.applied,
        "faults": found.faults,
        "changes": dict(found.counts),
    }


async def problems(session: AsyncSession, identity: UUID, paging: Paging) -> tuple[list[dict[str, Any]], str | None]:
    """A page of what is wrong, in the order in which it was found."""
    rows, cursor = await page(session, imports.fault_query(identity), paging, imports.FAULT_ORDER)
    return [row._asdict() for row in rows], cursor


async def copy_with_comments(session: AsyncSession, numbers: Numbers, identity: UUID) -> bytes:
    """The file as it was sent, each wrong cell marked and commented; 409 once the file is gone."""
    file = await opened(session, numbers, identity)
    if file is None:
        raise file_gone()
    found, _ = await problems(session, identity, Paging(MOST_COMMENTS, None))
    told = [CellProblem(**{name: one[name] for name in CellProblem.__slots__}) for one in found]
    try:
        return await asyncio.to_thread(annotated, file, ROSTER, told, more=_MORE)
    except UnreadableError as error:
        raise Refused(error.code, error.zh, error.en) from error
