"""The applications that are compared: the toy service, and bare ones that run the same statements.

The bare ones have no tokens, no guard, no problems, no relay, no digest: FastAPI, the statements, the answer.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import asyncpg
import sqlalchemy as sa
from fastapi import FastAPI, Header, HTTPException
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from shared.kernel import app, clock, databases
from shared.kernel.settings import Settings
from shared.kernel.tables import idempotency, ledger
from shared.kernel.tests import toy

Key = Annotated[str, Header(alias="Idempotency-Key")]
POOL = 10
LEDGER = [column.name for column in ledger.c if column.name != "seq"]


def ours() -> FastAPI:
    """The toy service as it runs."""
    return app.create_app(toy.TOY, Settings(), toy.DECLARED)


def _row(identity: UUID, value: int) -> dict[str, Any]:
    now = datetime.fromtimestamp(clock.wall().timestamp(), UTC)
    return {
        "id": uuid4(),
        "transaction": uuid4(),
        "caused_by": None,
        "aggregate_type": "counter",
        "aggregate_id": identity,
        "version": 1,
        "type": "anze.toy.counter.opened.v1",
        "place": "130000.130100._._",
        "data": {"id": str(identity), "value": value, "secret": "internal only"},
        "agency_data": {"id": str(identity), "value": value},
        "public_data": {"id": str(identity)},
        "actor": "tester",
        "on_behalf_of": None,
        "reason": None,
        "basis": [],
        "exercise": False,
        "occurred_at": now,
        "recorded_at": now,
        "traceparent": None,
        "digest": bytes(32),
    }


_FLOOR = "SELECT pg_advisory_xact_lock_shared({0}), (SELECT reason FROM halt)"
_KEY = "SELECT pg_try_advisory_xact_lock(hashtext({0}), hashtext({1}))"
_LOCK = (
    "SELECT pg_advisory_xact_lock(hashtext(t.kind), hashtext(t.id))"
    " FROM unnest(string_to_array({0}, ','), string_to_array({1}, ',')) AS t(kind, id)"
)
_VERSIONS = (
    "SELECT t.kind, t.id, l.version, l.recorded_at"
    " FROM unnest(string_to_array({0}, ','), CAST(string_to_array({1}, ',') AS uuid[])) AS t(kind, id)"
    " CROSS JOIN LATERAL (SELECT version, recorded_at FROM ledger"
    "  WHERE aggregate_type = t.kind AND aggregate_id = t.id ORDER BY version DESC LIMIT 1) AS l"
)
_APPEND = (
    f"WITH added AS (INSERT INTO ledger ({', '.join(LEDGER)}) VALUES ({{0}}) RETURNING seq),"
    " queued AS (INSERT INTO outbox (seq, publish) SELECT seq, true FROM added) SELECT pg_notify('anze_outbox', '')"
)


def _floor() -> int:
    return 0x414E << 48 | int(clock.wall().timestamp() * 1000)


def _text(template: str, *names: str) -> sa.TextClause:
    return sa.text(template.format(*(f":{name}" for name in names)))


def bare_sqlalchemy() -> FastAPI:
    """The same statements through SQLAlchemy sessions."""
    engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=POOL, max_overflow=0)
    sessions = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)
    made = FastAPI()
    floor, key_lock = _text(_FLOOR, "floor"), _text(_KEY, "actor", "key")
    lock, versions = _text(_LOCK, "kinds", "ids"), _text(_VERSIONS, "kinds", "ids")
    typed = [sa.bindparam(name, type_=ledger.c[name].type) for name in LEDGER]
    append = sa.text(_APPEND.format(", ".join(f":{name}" for name in LEDGER))).bindparams(*typed)

    @made.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @made.get("/v1/counters/{counter_id}")
    async def one(counter_id: UUID) -> toy.CounterView:
        async with sessions() as session:
            row = (await session.execute(sa.select(toy.COUNTER).where(toy.COUNTER.c.id == counter_id))).first()
            if row is None:
                raise HTTPException(404)
            newest = sa.select(sa.func.max(ledger.c.version)).where(ledger.c.aggregate_id == counter_id)
            version = await session.scalar(newest)
        return toy.CounterView(id=row.id, value=row.value, version=version or 0)

    @made.post("/v1/counters", status_code=201)
    async def create(body: toy.CounterIn, key: Key) -> toy.CounterView:
        identity = uuid4()
        names = {"kinds": "counter", "ids": str(identity)}
        async with sessions() as session:
            await session.execute(floor, {"floor": _floor()})
            await session.execute(key_lock, {"actor": "key:tester", "key": key})
            same = sa.select(idempotency).where(idempotency.c.actor == "tester", idempotency.c.key == key)
            await session.execute(same)
            await session.execute(lock, names)
            await session.execute(versions, names)
            await session.execute(toy.COUNTER.insert().values(id=identity, value=body.value, region="130100"))
            row = _row(identity, body.value)
            await session.execute(append, row)
            view = toy.CounterView(id=identity, value=body.value, version=1)
            answer = {"actor": "tester", "key": key, "fingerprint": bytes(32), "status": 201, "headers": {}}
            answer |= {"body": view.model_dump_json().encode(), "recorded_at": row["recorded_at"]}
            await session.execute(idempotency.insert().values(**answer))
            await session.commit()
        return view

    return made


def bare_asyncpg() -> FastAPI:
    """The same statements through asyncpg itself."""
    pools: list[asyncpg.Pool] = []

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(databases.dsn(os.environ["DATABASE_URL"]), max_size=POOL) as pool:
            pools.append(pool)
            yield

    made = FastAPI(lifespan=lifespan)
    places = [f"${number}" for number in range(1, 30)]
    append = _APPEND.format(", ".join(places[: len(LEDGER)]))

    @made.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @made.get("/v1/counters/{counter_id}")
    async def one(counter_id: UUID) -> toy.CounterView:
        async with pools[0].acquire() as connection, connection.transaction():
            row = await connection.fetchrow("SELECT id, value, region FROM counter WHERE id = $1", counter_id)
            if row is None:
                raise HTTPException(404)
            version = await connection.fetchval("SELECT max(version) FROM ledger WHERE aggregate_id = $1", counter_id)
        return toy.CounterView(id=row["id"], value=row["value"], version=version or 0)

    @made.post("/v1/counters", status_code=201)
    async def create(body: toy.CounterIn, key: Key) -> toy.CounterView:
        identity = uuid4()
        async with pools[0].acquire() as connection, connection.transaction():
            await connection.fetch(_FLOOR.format(*places), _floor())
            await connection.fetch(_KEY.format(*places), "key:tester", key)
            await connection.fetch("SELECT * FROM idempotency WHERE actor = $1 AND key = $2", "tester", key)
            await connection.fetch(_LOCK.format(*places), "counter", str(identity))
            await connection.fetch(_VERSIONS.format(*places), "counter", str(identity))
            await connection.execute("INSERT INTO counter VALUES ($1, $2, $3)", identity, body.value, "130100")
            row = _row(identity, body.value)
            values = [json.dumps(value) if isinstance(value, dict) else value for value in row.values()]
            await connection.fetch(append, *values)
            view = toy.CounterView(id=identity, value=body.value, version=1)
            await connection.execute(
                "INSERT INTO idempotency VALUES ($1, $2, $3, $4, $5, $6, $7)",
                *("tester", key, bytes(32), 201, "{}", view.model_dump_json().encode(), row["recorded_at"]),
            )
        return view

    return made
