"""`anze dead-letters …` and `anze reconcile`: over the service's REST API, with an operator's token."""

import json
import secrets
from typing import Annotated, Any

import httpx
import typer

from cli.reaching import asking, granted

app = typer.Typer(help="Events that a consumer could not apply.", no_args_is_help=True)
Url = Annotated[str, typer.Option(envvar="ANZE_URL", help="the service's address, e.g. …/duties")]
Token = Annotated[str, typer.Option(envvar="ANZE_TOKEN", help="an access token of an administrator")]


def ask(method: str, url: str, token: str) -> Any:
    """The answer; exits 1 with the problem's words where the service refuses, or with why it cannot be reached."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(8)}
    with asking(url):
        return granted(httpx.request(method, url, headers=headers, timeout=60)).json()


@app.command("list")
def listing(url: Url, token: Token, state: str = "dead") -> None:
    """One JSON line for each letter."""
    for letter in ask("GET", f"{url}/v1/dead-letters?state={state}&limit=500", token):
        typer.echo(json.dumps(letter, ensure_ascii=False))


@app.command()
def replay(letter: str, url: Url, token: Token) -> None:
    """Apply a dead event again, after the fix, and everything that waits behind it."""
    reached = ask("POST", f"{url}/v1/dead-letters/{letter}/replay", token)
    typer.echo(f"applied up to version {reached['applied_version']}")


@app.command()
def discard(letter: str, url: Url, token: Token) -> None:
    """Go on without a dead event; it stays on record as discarded."""
    reached = ask("POST", f"{url}/v1/dead-letters/{letter}/discard", token)
    typer.echo(f"went on up to version {reached['applied_version']}")


def reconcile(url: Url, token: Token) -> None:
    """Prove that no event is lost, and repair what is; prints the operation to follow."""
    typer.echo(json.dumps(ask("POST", f"{url}/v1/reconciliations", token), ensure_ascii=False))
