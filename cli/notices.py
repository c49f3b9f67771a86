"""`anze notices sweep`: over the service's REST API, with an operator's token."""

import json

import typer

from cli.letters import Token, Url
from cli.rosters import carried_out

app = typer.Typer(help="Reminders and lapses.", no_args_is_help=True)


@app.callback()
def notices() -> None:
    """Reminders before obligations are due, and notices that a period ended without a record."""


@app.command()
def sweep(url: Url, token: Token) -> None:
    """Give every notice that is due now; repeating it gives none twice. Prints what was given and what could not be."""
    result = carried_out(url, token, "/v1/notices/sweeps", "履职任务 · obligations")
    typer.echo(json.dumps(result, ensure_ascii=False))
