"""`anze notices sweep`: over the service's REST API, with an operator's token."""

import json

import typer

from cli.letters import Token, Url
from cli.rosters import Registry as Service
from cli.rosters import watched

app = typer.Typer(help="Reminders and lapses.", no_args_is_help=True)


@app.callback()
def notices() -> None:
    """Reminders before obligations are due, and notices that a period ended without a record."""


@app.command()
def sweep(url: Url, token: Token) -> None:
    """Give every notice that is due now; repeating it gives none twice. Prints what was given and what could not be."""
    service = Service(url, token)
    started = service.ask("POST", "/v1/notices/sweeps")
    with watched("履职任务 · obligations") as told:
        result = service.follow(started.headers["location"], told)
    typer.echo(json.dumps(result, ensure_ascii=False))
