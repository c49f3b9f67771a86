"""`anze audit …`, `anze recover`: what an operator does about a service's ledger and its stream."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from nats.aio.client import Client
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from cli import reaching
from cli.operate import known
from shared.contracts.topology import DECLARATIONS
from shared.kernel import audit, databases, recovery, relay, seals, streams
from shared.kernel.app import Service

T = TypeVar("T")
Name = Annotated[str, typer.Argument(callback=known, envvar="ANZE_SERVICE", help="the service")]
DatabaseUrl = Annotated[str, typer.Option(envvar="DATABASE_URL", help="the service's database")]
NatsUrl = Annotated[str, typer.Option(envvar="NATS_URL", help="NATS")]
audit_app = typer.Typer(help="The chain over a service's ledger.", no_args_is_help=True)
Head = Annotated[str | None, typer.Option(help="a ce-seal that you kept")]
BYTES, MOMENTS, UNSEALED = ("prev_hash", "hash", "digest"), ("occurred_at", "recorded_at"), "unsealed"
Work = Callable[[async_sessionmaker[AsyncSession], Client], Awaitable[T]]


def _with(database_url: str, nats_url: str, work: "Work[T]") -> T:
    async def run() -> T:
        async with _database(database_url) as sessions:
            with reaching.reaching("NATS_URL"):
                connecting = streams.connect(nats_url, name="anze-cli")
                client = await asyncio.wait_for(connecting, reaching.NAMED_SECONDS)
            try:
                return await work(sessions, client)
            finally:
                await client.close()

    return asyncio.run(run())


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    with reaching.reaching("DATABASE_URL"):
        engine = databases.engine(url, pool_size=2, name="anze-cli")
        async with engine.connect() as connection:
            await connection.execute(text("SELECT FROM ledger, seal LIMIT 1"))  # some other database has none
    try:
        yield databases.session_maker(engine)
    finally:
        await engine.dispose()


@audit_app.command()
def verify(
    name: Name,
    database_url: DatabaseUrl,
    nats_url: NatsUrl,
    head: Annotated[str | None, typer.Option(help="a ce-seal that you kept; by default the stream's newest")] = None,
) -> None:
    """Walk the chain; exits 1 and names every inserted, deleted, changed, reordered or cut row."""

    async def work(sessions: async_sessionmaker[AsyncSession], client: Client) -> list[seals.Fault]:
        witness = seals.parse(head)[:2] if head else await relay.newest_seal(DECLARATIONS.streams_of(name), client)
        return await audit.audit(name, sessions, witness)

    _tell(name, _with(database_url, nats_url, work))


def _tell(name: str, faults: list[seals.Fault]) -> None:
    for fault in faults:
        typer.echo(f"{fault.kind} at {fault.where}: {fault.detail}", err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{name}: 台账完整 · the ledger is whole")


@audit_app.command()
def export(database_url: DatabaseUrl) -> None:
    """Print the chain with its rows, a JSON line each, for others to verify; the last line counts unsealed rows."""

    async def run() -> None:
        async with _database(database_url) as sessions, sessions() as session:
            unsealed = await session.scalar(audit.UNSEALED) or 0
            async for row in audit.sealed(session):
                typer.echo(json.dumps(row, default=_plain, ensure_ascii=False))
            typer.echo(json.dumps({UNSEALED: unsealed}))

    asyncio.run(run())


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


@audit_app.command("verify-export")
def verify_export(
    name: Name, file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], head: Head = None
) -> None:
    """Walk the chain of an export, without any server; only a head that you kept shows that its end is there."""
    counted: list[int] = []

    async def rows() -> AsyncIterator[Mapping[str, Any]]:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                told = json.loads(line)
                if set(told) == {UNSEALED}:
                    counted.append(int(told[UNSEALED]))
                else:
                    yield _row(told)

    async def run() -> list[seals.Fault]:
        faults = await seals.verify(name, rows(), head=seals.parse(head)[:2] if head else None)
        (unsealed,) = counted
        if unsealed:
            faults.append(seals.Fault("inserted", unsealed, "rows without seal that nothing waits to seal"))
        return faults

    try:
        faults = asyncio.run(run())
    except (KeyError, TypeError, ValueError) as error:
        typer.echo("不是完整的台账导出文件 · this is no whole export of a ledger", err=True)
        raise typer.Exit(1) from error
    _tell(name, faults)


def _row(told: dict[str, Any]) -> dict[str, Any]:
    """A row as the database holds it; the columns of the ledger are null where its row is gone."""
    for columns, read in ((BYTES, bytes.fromhex), (MOMENTS, datetime.fromisoformat)):
        told |= {column: read(told[column]) for column in columns if told[column] is not None}
    return told


def recover(name: Name, database_url: DatabaseUrl, nats_url: NatsUrl) -> None:
    """Re-adopt from the stream what a restored database has forgotten, then allow writes again."""
    service: Service = importlib.import_module(f"services.{name}.main").service()

    async def work(sessions: async_sessionmaker[AsyncSession], client: Client) -> recovery.Recovered:
        return await recovery.recover(DECLARATIONS.streams_of(name), sessions, client, service.adopt)

    try:
        done = _with(database_url, nats_url, work)
    except recovery.UnrecoverableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(
        f"{name}: {done.adopted} re-adopted, {done.sealed} sealed, {done.missing_positions} positions nobody holds"
    )
