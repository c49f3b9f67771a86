"""A pytest plugin: real PostgreSQL and nats-server for the run, a fresh database and fresh streams for each stack.

`DATABASE_URL` and `NATS_URL` select real servers; otherwise private ones start in a folder of the run's own.
Services work as their runtime role, as in production. Nothing here sleeps for luck: `eventually` waits for a
condition.
"""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from nats.errors import Error as NatsError
from sqlalchemy.engine import make_url

from shared.embedded.nats import NatsServer
from shared.embedded.places import scratch_home
from shared.embedded.postgres import UNSAFE, PostgresServer
from shared.kernel import clock, databases, migrations, streams
from shared.kernel.app import Service, create_app
from shared.kernel.auth import Tokens
from shared.kernel.settings import Settings
from shared.kernel.streams import Declarations
from shared.kernel.vault import Vault

PASSWORD = "test"  # noqa: S105 - of servers that live for one run on loopback
ISSUER = "http://issuer.test/"
KEY = ECKey.generate_key("P-256", {"kid": "test"})
VAULT = Vault.fresh()


async def eventually(condition: Callable[[], Awaitable[Any]], *, seconds: float = 30, what: str = "condition") -> Any:
    """Wait until the condition is truthy and return its value; fail with what it was last."""
    deadline, last = time.monotonic() + seconds, None
    while time.monotonic() < deadline:
        last = await condition()
        if last:
            return last
        await asyncio.sleep(0.02)
    raise AssertionError(f"{what} did not come true within {seconds} s; last: {last!r}")


def token(
    subject: str = "tester",
    *,
    regions: Sequence[str] = ("130000",),
    roles: Sequence[str],
    organ: str | None = None,
    **claims: Any,
) -> str:
    """An access token for tests, its grants for any organ or for one; `claims` override."""
    now = int(clock.wall().timestamp())
    content = {
        "iss": ISSUER,
        "aud": "anze",
        "sub": subject,
        "name": subject,
        "iat": now,
        "exp": now + 3600,
        "grants": [{"role": role, "organ": organ, "region": region} for role in roles for region in regions],
    } | claims
    return jwt.encode({"alg": "ES256", "kid": "test"}, content, KEY)


class LocalTokens(Tokens):
    """Verifies tokens as the real thing does, with the test key instead of a fetched one."""

    async def _key_set(self, *, again: bool) -> KeySet:
        del again
        return KeySet([KEY])


@pytest.fixture(scope="session")
def run_home() -> Iterator[Path]:
    """The folder of this run's servers."""
    with scratch_home(in_memory=True) as home:
        yield home


@pytest.fixture(scope="session")
def postgres_server(run_home: Path) -> Iterator[PostgresServer]:
    """The run's own PostgreSQL, which chaos tests may also restart."""
    server = PostgresServer(run_home / "postgres", settings=UNSAFE)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def admin_url(request: pytest.FixtureRequest) -> str:
    """An administrator's address of PostgreSQL."""
    given = os.environ.get("DATABASE_URL")
    return given or request.getfixturevalue("postgres_server").admin_url


@pytest.fixture(scope="session")
def shared_nats_server(run_home: Path) -> Iterator[NatsServer]:
    """The run's own nats-server."""
    server = NatsServer(run_home / "nats")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def nats_url(request: pytest.FixtureRequest) -> str:
    """The address of nats-server."""
    given = os.environ.get("NATS_URL")
    return given or request.getfixturevalue("shared_nats_server").url


class Stack:
    """Databases and streams of one test, and the services that run on them in this process."""

    def __init__(self, admin_url: str, nats_url: str) -> None:
        self.admin_url, self.nats_url = admin_url, nats_url
        self._exits = AsyncExitStack()
        self.prefix = f"t{secrets.token_hex(4)}_"
        self.urls: dict[str, databases.ServiceUrls] = {}
        self._declared: Declarations | None = None

    async def database(self, service: str) -> databases.ServiceUrls:
        """The service's migrated database, copied from a template that the run makes once."""
        if service not in self.urls:
            template = await self._template(service)
            await self._execute(f'CREATE DATABASE "{self.prefix}{service}" TEMPLATE "{template}"')
            self.urls[service] = databases.ServiceUrls(
                *(_database(one, f"{self.prefix}{service}") for one in self._roles(service))
            )
        return self.urls[service]

    def _roles(self, service: str) -> tuple[str, str]:
        url = make_url(self.admin_url).set(drivername="postgresql+asyncpg", password=PASSWORD)
        owner, runtime = (url.set(username=f"tpl_{service}_{role}") for role in ("owner", "runtime"))
        return owner.render_as_string(hide_password=False), runtime.render_as_string(hide_password=False)

    async def _template(self, service: str) -> str:
        name = f"tpl_{service}"
        heads = ",".join(sorted(migrations.heads(service)))
        connection = await asyncpg.connect(databases.dsn(self.admin_url))
        try:
            await connection.execute("SELECT pg_advisory_lock(1)")  # other runs may share a given server
            made = await connection.fetchval(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1", name
            )
            if made != heads:
                await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                urls = await databases.provision(self.admin_url, [service], PASSWORD, prefix="tpl_")
                await migrations.upgrade(service, urls[service].owner)
                await connection.execute(f"COMMENT ON DATABASE \"{name}\" IS '{heads}'")
        finally:
            await connection.close()
        return name

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(databases.dsn(self.admin_url))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def environment(self, service: str, **more: str) -> dict[str, str]:
        """The environment of a service process on this stack."""
        return {
            "ANZE_ENVIRONMENT": "development",
            "DATABASE_URL": self.urls[service].runtime,
            "NATS_URL": self.nats_url,
            "ANZE_ISSUER": ISSUER,
            "ANZE_JWKS_URL": f"{ISSUER}jwks",
            "ANZE_ENCRYPTION_KEYS": VAULT,
        } | more

    async def provision(self, declared: Declarations) -> None:
        """Fresh, empty streams and consumers; they go when the stack closes, or the next test's would be "ahead"."""
        await self._delete(declared)
        await streams.provision(self.nats_url, declared)
        self._declared = declared

    async def _delete(self, declared: Declarations) -> None:
        client = await streams.connect(self.nats_url, name="test-provision")
        try:
            for one in declared.streams:
                try:
                    await client.jetstream().delete_stream(one.name)
                except Exception:  # noqa: BLE001, S112 - it was not there
                    continue
        finally:
            await client.close()

    async def start(self, service: Service, declared: Declarations, **environment: str) -> "Running":
        """Run a service in this process until the stack closes."""
        await self.database(service.name)
        return await self._exits.enter_async_context(
            running(service, declared, self.environment(service.name, **environment))
        )

    async def close(self) -> None:
        """Stop the services and drop the databases."""
        await self._exits.aclose()
        if self._declared is not None:
            with suppress(OSError, NatsError):  # the broker may be stopped: connecting would wait without end
                async with asyncio.timeout(5):
                    await self._delete(self._declared)
        for service in self.urls:
            await self._execute(f'DROP DATABASE IF EXISTS "{self.prefix}{service}" WITH (FORCE)')


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@dataclass(frozen=True, slots=True)
class Running:
    """A service at work: its app, and a client that speaks to it as a caller outside would."""

    app: FastAPI
    http: httpx.AsyncClient

    def acting(
        self, *roles: str, regions: Sequence[str] = ("130000",), subject: str = "tester", organ: str | None = None
    ) -> dict[str, str]:
        """Headers of a caller with these roles, for any organ or for one, and a fresh idempotency key."""
        return {
            "Authorization": f"Bearer {token(subject, roles=roles, regions=regions, organ=organ)}",
            "Idempotency-Key": secrets.token_hex(8),
        }


@asynccontextmanager
async def running(service: Service, declared: Declarations, environment: dict[str, str]) -> AsyncIterator[Running]:
    """Run an app with its relay and consumers in the present loop."""
    settings = Settings.model_validate(environment)
    app = create_app(service, settings, declared)
    app.state.tokens = LocalTokens(ISSUER, "", "anze")
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://t") as client,
    ):
        yield Running(app, client)


@pytest.fixture
async def stack(admin_url: str, nats_url: str) -> AsyncIterator[Stack]:
    """Fresh databases for one test; call `provision` for streams."""
    made = Stack(admin_url, nats_url)
    yield made
    await made.close()
