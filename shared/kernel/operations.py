"""Long work: `202`, `Location: /v1/operations/{id}`, progress, and a result or an error.

Whoever works on an operation holds its lock for as long. What nobody holds and nobody ended was interrupted: that is
seen when it is asked for, not written by anybody, because who could have written it is gone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
import structlog
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.kernel import clock
from shared.kernel.problems import NotFound, Problem
from shared.kernel.tables import operation

log = structlog.get_logger(__name__)
Progress = Callable[[int, int | None], Awaitable[None]]
Work = Callable[[Progress], Awaitable[dict[str, Any]]]
_HOLD = sa.text("SELECT pg_advisory_xact_lock(hashtext('operation'), hashtext(:id))")
_FREE = sa.text("SELECT pg_try_advisory_xact_lock_shared(hashtext('operation'), hashtext(:id))")
_INTERRUPTED = {"status": "interrupted", "error": "办理中断，请再次发起 · interrupted; start it again"}


class OperationView(BaseModel):
    """长时办理事项 · A long-running operation."""

    id: UUID
    kind: str = Field(examples=["reconciliation"])
    status: Literal["running", "succeeded", "failed", "interrupted"] = Field(
        description="interrupted：办理进程已终止，可再次发起 · whoever worked on it is gone; start it again"
    )
    done: int
    total: int | None
    result: dict[str, Any] | None
    error: str | None
    started_at: datetime
    ended_at: datetime | None


class Operations:
    """Starts operations and keeps their tasks until the process stops."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, kind: str, actor: str, work: Work) -> OperationView:
        """Start `work`; it reports progress and returns the result."""
        identity = uuid4()
        row = {"id": identity, "kind": kind, "actor": actor, "status": "running", "started_at": clock.now()}
        async with AsyncExitStack() as held:
            guard = await held.enter_async_context(self._sessions())
            await guard.execute(_HOLD, {"id": str(identity)})
            async with self._sessions() as session, session.begin():
                await session.execute(operation.insert().values(row))
            task = asyncio.create_task(self._run(identity, work, held.pop_all()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        async with self._sessions() as session:
            return await read(session, identity, actor, ())

    async def _run(self, identity: UUID, work: Work, held: AsyncExitStack) -> None:
        async def progress(done: int, total: int | None) -> None:
            await self._update(identity, done=done, total=total)

        async with held:
            try:
                result = await work(progress)
            except Problem as refused:
                log.warning("operation.refused", operation=str(identity), code=refused.code)
                ended: dict[str, Any] = {"status": "failed", "error": refused.detail}
            except Exception as error:
                log.exception("operation.failed", operation=str(identity))
                ended = {"status": "failed", "error": type(error).__name__}
            else:
                ended = {"status": "succeeded", "result": result}
            await self._update(identity, **ended, ended_at=clock.now())

    async def _update(self, identity: UUID, **values: Any) -> None:
        async with self._sessions() as session, session.begin():
            await session.execute(operation.update().where(operation.c.id == identity).values(**values))

    async def stop(self) -> None:
        """Cancel what still runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def read(session: AsyncSession, identity: UUID, actor: str, kinds: Collection[str]) -> OperationView:
    """One operation that the actor started, or of these kinds; or 404."""
    free = await session.scalar(_FREE, {"id": str(identity)})  # before its row: who ends it writes that, then lets go
    open_to = sa.or_(operation.c.actor == actor, operation.c.kind.in_(kinds))
    row = (await session.execute(sa.select(operation).where(operation.c.id == identity, open_to))).mappings().first()
    if row is None:
        raise NotFound("operation_not_found", "没有这项办理事项", "no such operation")
    return OperationView.model_validate(dict(row) | (_INTERRUPTED if free and row["status"] == "running" else {}))
