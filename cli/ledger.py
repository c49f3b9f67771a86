"""`anze audit verify`, `anze recover`: what an operator does about a service's ledger and its stream."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

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
Work = Callable[[async_sessionmaker[AsyncSession], Client], Awaitable[T]]


def _with(database_url: str, nats_url: str, work: "Work[T]") -> T:
    async def run() -> T:
        with reaching.reaching("DATABASE_URL"):
            engine = databases.engine(database_url, pool_size=2, name="anze-cli")
            async with engine.connect() as connection:
                await connection.execute(text("SELECT FROM ledger, seal LIMIT 1"))  # some other database has none
        with reaching.reaching("NATS_URL"):
            connecting = streams.connect(nats_url, name="anze-cli")
            client = await asyncio.wait_for(connecting, reaching.NAMED_SECONDS)
        try:
            return await work(databases.session_maker(engine), client)
        finally:
            await client.close()
            await engine.dispose()

    return asyncio.run(run())


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

    faults = _with(database_url, nats_url, work)
    for fault in faults:
        typer.echo(f"{fault.kind} at {fault.where}: {fault.detail}", err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{name}: 台账完整 · the ledger is whole")


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
