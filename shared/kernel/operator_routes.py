"""What every service answers beside its own routes: health, me, dead letters, reconciliation, history."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from shared.kernel import dead_letters, migrations, reconciler, streams
from shared.kernel.auth import Actor, Grant, authenticated, requires
from shared.kernel.operations import OperationView, Progress, read
from shared.kernel.problems import NotFound, Unavailable
from shared.kernel.routing import Reading, TransactionalRoute
from shared.kernel.tables import ledger

OPERATORS = frozenset({"administrator"})
AUDITORS = frozenset({"administrator", "auditor"})
OPERATOR_POLICY = {
    ("dead_letter", "read"): AUDITORS,
    ("dead_letter", "settle"): OPERATORS,
    ("reconciliation", "start"): OPERATORS,
    ("history", "read"): AUDITORS,
}


class Me(BaseModel):
    """当前用户 · The caller."""

    subject: str
    name: str
    grants: list[Grant]


class DeadLetterView(BaseModel):
    """未能办理的事件 · An event that could not be applied."""

    id: UUID
    consumer: str
    source: str
    aggregate_type: str
    aggregate_id: UUID
    version: int
    state: Literal["failing", "dead", "waiting", "discarded"]
    attempts: int
    error: str | None


class Settled(BaseModel):
    """处理结果 · The version that the aggregate has reached."""

    applied_version: int = Field(examples=[4])


class HistoryEntry(BaseModel):
    """台账一行 · One row of the ledger: what happened, by whom, why, under which clauses."""

    seq: int
    version: int
    type: str
    actor: str
    on_behalf_of: str | None
    reason: str | None
    basis: list[str]
    exercise: bool
    occurred_at: datetime
    recorded_at: datetime
    data: dict[str, Any]


operator = APIRouter(prefix="/v1", tags=["运行 · Operation"], route_class=TransactionalRoute)


@operator.get("/me", summary="当前用户 · Who am I")
async def me(actor: Annotated[Actor, Depends(authenticated)]) -> Me:
    """Who the token says is calling."""
    return Me(subject=actor.subject, name=actor.name, grants=list(actor.grants))


@operator.get(
    "/dead-letters",
    summary="未能办理的事件 · Dead letters",
    dependencies=[Depends(requires("dead_letter", "read", everywhere=True))],
)
async def letters(
    session: Reading,
    state: Literal["failing", "dead", "waiting", "discarded"] | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[DeadLetterView]:
    """所有地区的死信，须有覆盖全域的授权；最早的在前 · Of every region, for grants that reach all; oldest first."""
    found = await dead_letters.listing(session, state=state, limit=limit)
    return [DeadLetterView.model_validate(one, from_attributes=True) for one in found]


_SETTLE: Any = {"dependencies": [Depends(requires("dead_letter", "settle", everywhere=True))]}


@operator.post("/dead-letters/{letter_id}/replay", summary="重新办理死信 · Replay a dead letter", **_SETTLE)
async def replay(letter_id: UUID, request: Request) -> Settled:
    """Apply a dead event again, after the fix, and what waits behind it."""
    consumers = request.app.state.runtime.consumers
    return Settled(applied_version=await dead_letters.settle(consumers, letter_id, discard=False))


@operator.post("/dead-letters/{letter_id}/discard", summary="放弃死信 · Discard a dead letter", **_SETTLE)
async def discard(letter_id: UUID, request: Request) -> Settled:
    """Go on without a dead event."""
    consumers = request.app.state.runtime.consumers
    return Settled(applied_version=await dead_letters.settle(consumers, letter_id, discard=True))


@operator.post("/reconciliations", status_code=202, summary="核对事件并修复 · Reconcile and repair")
async def reconcile(
    request: Request,
    response: Response,
    actor: Annotated[Actor, Depends(requires("reconciliation", "start", everywhere=True))],
) -> OperationView:
    """覆盖全域的授权方可办理 · Prove that no event of any region is lost, and repair; for grants that reach all."""
    runtime = request.app.state.runtime
    if runtime.client is None:
        raise Unavailable("broker_unreachable", "消息服务暂不可用", "the broker is not reachable")

    async def work(_progress: Progress) -> dict[str, Any]:
        return await reconcile_service(runtime)

    started: OperationView = await request.app.state.operations.start("reconciliation", actor.subject, work)
    response.headers["Location"] = f"/v1/operations/{started.id}"
    return started


@operator.get("/operations/{operation_id}", summary="办理进度 · Progress")
async def progress(
    operation_id: UUID, session: Reading, request: Request, actor: Annotated[Actor, Depends(authenticated)]
) -> OperationView:
    """How far an operation is: for whoever started it, and for the roles to whom its kind is open."""
    policy = request.app.state.policy.items()
    kinds = {kind for (resource, kind), roles in policy if resource == "operation" and actor.allowed(roles).regions}
    return await read(session, operation_id, actor.subject, kinds)


@operator.get("/history/{aggregate_type}/{aggregate_id}", summary="台账历史 · History")
async def history(
    aggregate_type: str,
    aggregate_id: UUID,
    session: Reading,
    actor: Annotated[Actor, Depends(requires("history", "read"))],
) -> list[HistoryEntry]:
    """Every version of one aggregate that lies within one's regions now, with who, why and the clauses."""
    query = (
        sa.select(ledger.c.place, *(ledger.c[name] for name in HistoryEntry.model_fields))
        .where(ledger.c.aggregate_type == aggregate_type, ledger.c.aggregate_id == aggregate_id)
        .order_by(ledger.c.version)
    )
    rows = (await session.execute(query)).mappings().all()
    place = set(rows[-1]["place"].split(".")) - {"_"} if rows else set()  # none: it concerns every region
    if not rows or (place and actor.regions.isdisjoint(place)):
        raise NotFound("not_found", "没有这项记录", "there is no such record")
    return [HistoryEntry.model_validate(dict(row)) for row in rows]


async def reconcile_service(runtime: Any) -> dict[str, Any]:
    """Reconcile one service towards its streams and towards its consumers, and repair both."""
    connection = await asyncpg.connect(runtime.dsn)
    try:
        name, declared = runtime.service.name, runtime.declared
        republished = await reconciler.republish_lost(name, declared, connection, runtime.client)
        accounts = [asdict(await reconciler.repair(one, connection)) for one in runtime.consumers]
    finally:
        await connection.close()
    return {"republished": republished, "consumers": accounts}


health = APIRouter(tags=["运行 · Operation"])


@health.get("/healthz", summary="存活 · Alive")
async def alive() -> dict[str, str]:
    """Touches nothing."""
    return {"status": "ok"}


@health.get("/readyz", summary="就绪 · Ready")
async def ready(request: Request, response: Response) -> dict[str, Any]:
    """Looks at everything that answering rightly needs."""
    runtime = request.app.state.runtime
    report = await readiness(runtime)
    if report["status"] == "unready":
        response.status_code = 503
    return report


async def readiness(runtime: Any) -> dict[str, Any]:
    """`ready`; `degraded` (the broker is down: writes go on, events wait); or `unready`, with what is wrong."""
    wrong: list[str] = []
    degraded: list[str] = []
    try:
        missing = await migrations.missing(runtime.service.name, runtime.engine)
        wrong += [f"migration {head} does not stand" for head in sorted(missing)]
        async with runtime.sessions() as session:
            halted = await session.scalar(sa.text("SELECT reason FROM halt"))
        wrong += [halted] if halted else []
    except Exception as error:  # noqa: BLE001 - whatever it is, the database does not answer
        wrong.append(f"database: {type(error).__name__}")
    if runtime.client is None or not runtime.client.is_connected:
        degraded.append("broker: not connected")
    else:
        try:
            wrong += await streams.drift(runtime.client.jetstream(), runtime.declared)
        except Exception as error:  # noqa: BLE001 - whatever it is, the broker does not answer
            degraded.append(f"broker: {type(error).__name__}")
    status = "unready" if wrong else "degraded" if degraded else "ready"
    return {"service": runtime.service.name, "status": status, "wrong": wrong, "degraded": degraded}
