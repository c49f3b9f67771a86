"""`anze serve`, `anze migrate`, `anze provision`: the one-shot commands of a deployment."""

import asyncio
import importlib
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from cli.reaching import CANNOT_RUN, reaching
from cli.system import prepare_backbone, present, with_database
from shared.kernel import databases, migrations

AdminUrl = Annotated[str | None, typer.Option(envvar="DATABASE_URL", help="PostgreSQL, as a role that may create")]
OwnerUrl = Annotated[str, typer.Option(envvar="OWNER_DATABASE_URL", help="the service's database, as its owner")]
NatsUrl = Annotated[str | None, typer.Option(envvar="NATS_URL", help="NATS, as the provisioner")]
Password = Annotated[str | None, typer.Option(envvar="ANZE_ROLE_PASSWORD", help="of the services' roles")]


def known(name: str) -> str:
    """The name of a service that exists.

    Raises:
        typer.BadParameter: it does not.
    """
    if name not in present():
        raise typer.BadParameter(f"no such service: {name}; there are {', '.join(present())}")
    return name


def serve(
    name: Annotated[str, typer.Argument(callback=known, envvar="ANZE_SERVICE")],
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on")] = 8000,
) -> None:
    """Run one service in this process, as configured by the environment; exits 2 where that is not enough."""
    try:
        app = importlib.import_module(f"services.{name}.main").create_app()
    except (ValueError, SQLAlchemyError) as fault:
        typer.echo(f"环境变量缺少或有误 · variables are missing or wrong: {_wrong(fault)}", err=True)
        raise typer.Exit(CANNOT_RUN) from fault
    uvicorn.run(app, host=host, port=port, access_log=False)


def _wrong(fault: Exception) -> str:
    """What is wrong with which variable, without any value: it may be a password."""
    if not isinstance(fault, ValidationError):
        return str(fault)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors(include_input=False))


def migrate(
    owner_database_url: OwnerUrl,
    name: Annotated[str, typer.Argument(callback=known, envvar="ANZE_SERVICE")],
) -> None:
    """Bring one service's database to all migration heads."""
    with reaching("OWNER_DATABASE_URL"):
        asyncio.run(migrations.upgrade(name, owner_database_url))
    typer.echo(f"{name}: {', '.join(sorted(migrations.heads(name)))}")


def provision(database_url: AdminUrl = None, nats_url: NatsUrl = None, role_password: Password = None) -> None:
    """Create databases and roles, streams and consumers; repeating it changes nothing."""
    if database_url is None and nats_url is None:
        raise typer.BadParameter("set DATABASE_URL, NATS_URL, or both")
    if database_url is not None:
        if role_password is None:
            raise typer.BadParameter("DATABASE_URL needs ANZE_ROLE_PASSWORD, the password of the services' roles")
        with reaching("DATABASE_URL"):
            urls = asyncio.run(databases.provision(database_url, with_database(present()), role_password))
        typer.echo(f"databases: {', '.join(urls)}")
    if nats_url is not None:
        with reaching("NATS_URL"):
            asyncio.run(prepare_backbone(nats_url))
        typer.echo("streams and consumers stand as declared")
