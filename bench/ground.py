"""What is measured on: durable servers of the run's own, fresh databases, processes, and a token issuer's keys."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
from joserfc.jwk import KeySet
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from shared.embedded.places import scratch_home
from shared.embedded.processes import Child, await_ready, free_port, spawn
from shared.embedded.servers import servers
from shared.kernel import databases, testing
from shared.kernel.streams import ConsumerSpec, Declarations
from shared.kernel.testing import Stack
from shared.kernel.tests import toy

ROOT = Path(__file__).parents[1]
RACE = "race"
#: The toys' backbone, and one durable more, on which our consumer and bare ones race.
DECLARED = Declarations(
    streams=toy.DECLARED.streams,
    consumers=(
        *toy.DECLARED.consumers,
        ConsumerSpec(f"toy-{RACE}", "ECHO", ("anze.v1.internal.echo.echo.>",)),
    ),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """Addresses of real servers with durable settings, a folder for logs, and how many provinces to grow to."""

    home: Path
    admin_url: str
    nats_url: str
    scale: int = 1

    @asynccontextmanager
    async def stack(self) -> AsyncIterator[Stack]:
        """Fresh databases for one measurement."""
        made = Stack(self.admin_url, self.nats_url)
        try:
            yield made
        finally:
            await made.close()

    @asynccontextmanager
    async def toys(self) -> AsyncIterator[Stack]:
        """Both toys' databases and streams, nothing running."""
        async with self.stack() as stack:
            for name in ("toy", "echo"):
                urls = await stack.database(name)
                engine = create_async_engine(urls.owner)
                async with engine.begin() as connection:
                    await connection.run_sync(toy.METADATA.create_all)
                    await connection.exec_driver_sql(f"GRANT ALL ON counter, echo TO tpl_{name}_runtime")
                await engine.dispose()
            await stack.provision(DECLARED)
            yield stack

    async def as_admin(self, stack: Stack, service: str, *statements: str) -> None:
        """Do to a service's database what the service itself may not."""
        url = make_url(self.admin_url).set(database=f"{stack.prefix}{service}")
        connection = await asyncpg.connect(databases.dsn(url.render_as_string(hide_password=False)))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    @contextmanager
    def process(
        self, factory: str, environment: dict[str, str], *, path: str = "/healthz"
    ) -> Iterator[tuple[Child, int]]:
        """An application under uvicorn that answers `path` with 200; its process, and its port."""
        port = free_port()
        argv = [sys.executable, "-m", "uvicorn", "--factory", factory, "--host", "127.0.0.1", "--port", str(port)]
        environment = environment | {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        argv += ["--log-level", "warning", "--no-access-log"]
        child = spawn(argv, log=self.home / f"{port}.log", env=environment, cwd=ROOT)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5, trust_env=False) as client:

            def ready() -> bool:
                try:
                    return client.get(path).is_success
                except httpx.TransportError:
                    return False

            try:
                await_ready(factory, child, ready)
                yield child, port
            finally:
                child.stop()


@contextmanager
def ground(scale: int = 1) -> Iterator[Ground]:
    """Private servers with the settings of `make up`, or those that DATABASE_URL and NATS_URL name."""
    with scratch_home() as home, servers(home, os.environ) as running:
        yield Ground(home, running.admin_url, running.nats_url, scale)


@asynccontextmanager
async def issuer() -> AsyncIterator[str]:
    """The address at which services read the key of the tokens that `testing.token` makes."""
    body = KeySet([testing.KEY]).as_dict(private=False)
    content = httpx.Response(200, json=body).content
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"{head}connection: close\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
