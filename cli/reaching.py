"""What cannot be reached ends a command with one line for people and a code, never with a trace or a password."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import typer
from asyncpg import InterfaceError, PostgresError
from nats.errors import Error as NatsError
from sqlalchemy.exc import SQLAlchemyError

from shared.embedded.places import PlaceError

NAMED_SECONDS = 30  # the NATS client by itself would wait for a server forever
CANNOT_RUN, REFUSED = 2, 1
_UNUSABLE = (
    *(OSError, ValueError, RuntimeError, ImportError),  # no answer, no address, too old, a driver that we do not have
    *(SQLAlchemyError, PostgresError, InterfaceError, NatsError),
)


@contextmanager
def named(variable: str, given: Mapping[str, str]) -> Iterator[None]:
    """Say which variable names a server that cannot be used, and why; never its value, which may hold a password.

    Raises:
        PlaceError: using what the environment names failed; a server of ours fails as it fails.
    """
    try:
        yield
    except _UNUSABLE as fault:
        if not given.get(variable):
            raise
        told = str(getattr(fault, "orig", None) or fault) or f"no answer in {NAMED_SECONDS} s"
        raise PlaceError(
            f"{variable} 所指的服务器无法使用 · the server that {variable} names cannot be used: "
            f"{type(fault).__name__}: {told}"
        ) from fault


@contextmanager
def reaching(variable: str) -> Iterator[None]:
    """In a command that works with one named server: end with 2 where it cannot be used."""
    try:
        with named(variable, {variable: "given"}):
            yield
    except PlaceError as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(CANNOT_RUN) from refusal


@contextmanager
def asking(url: str) -> Iterator[None]:
    """While a REST API is asked: end with 1 where it cannot be reached, or answers something else than JSON."""
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        told = f"{type(fault).__name__}: {fault}"
    except (json.JSONDecodeError, UnicodeDecodeError):
        told = "不是安责的答复 · what answers there is not anze"
    else:
        return
    typer.echo(f"{url} 无法访问 · cannot be reached: {told}", err=True)
    raise typer.Exit(REFUSED)


def granted(answer: httpx.Response) -> httpx.Response:
    """An answer that succeeded, read whole; a problem is told in its own words and ends the command with 1."""
    if answer.is_success:
        return answer
    try:
        problem: dict[str, Any] = answer.json()
        told = f"{problem['title']}: {problem['detail']} ({problem['code']})"
    except (ValueError, TypeError, KeyError):
        told = answer.reason_phrase
    typer.echo(f"{answer.status_code} {told}", err=True)
    raise typer.Exit(REFUSED)
