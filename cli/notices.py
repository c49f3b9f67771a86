"""`anze notices sweep`: over the service's REST API, with an operator's token."""

import json
import time
from typing import Any

import typer

from cli.letters import Token, Url, ask

app = typer.Typer(help="Reminders and lapses.", no_args_is_help=True)


@app.callback()
def notices() -> None:
    """Reminders before obligations are due, and notices that a period ended without a record."""


@app.command()
def sweep(url: Url, token: Token) -> None:
    """Give every notice that is due now; repeating it gives none twice. Prints what was given and what could not be."""
    started: dict[str, Any] = ask("POST", f"{url}/v1/notices/sweeps", token)
    while started["status"] == "running":
        time.sleep(0.5)
        started = ask("GET", f"{url}/v1/operations/{started['id']}", token)
    if started["status"] != "succeeded":
        typer.echo(f"the sweep failed: {started['error']}", err=True)
        raise typer.Exit(1)
    typer.echo(json.dumps(started["result"], ensure_ascii=False))
