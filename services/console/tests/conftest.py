"""A console in development, spoken to without a socket."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from services.console.main import create_app
from services.console.settings import ConsoleSettings

ORIGIN = "http://console.test"


@dataclass
class Console:
    """The running application with a client that follows no redirects."""

    client: httpx.AsyncClient
    settings: ConsoleSettings


@pytest.fixture
def settings(tmp_path: Path) -> ConsoleSettings:
    """What a development console reads from its environment."""
    return ConsoleSettings(
        environment="development",
        issuer=f"{ORIGIN}/issuer",
        issuer_key_file=tmp_path / "issuer.pem",
        clock_file=tmp_path / "clock.json",
        asyncapi_file=tmp_path / "asyncapi.json",
    )


@pytest.fixture
def client_of() -> Callable[[ConsoleSettings], httpx.AsyncClient]:
    """Make a client of a console with given settings."""

    def make(settings: ConsoleSettings) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(create_app(settings))
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    return make


@pytest.fixture
async def console(
    settings: ConsoleSettings, client_of: Callable[[ConsoleSettings], httpx.AsyncClient]
) -> AsyncIterator[Console]:
    """A development console."""
    async with client_of(settings) as client:
        yield Console(client, settings)
