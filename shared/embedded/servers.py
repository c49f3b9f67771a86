"""The two servers that Anze needs: those named in the environment, or private ones in a data folder."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.embedded.nats import NatsServer
from shared.embedded.places import prepare
from shared.embedded.postgres import PostgresServer


@dataclass(frozen=True)
class Servers:
    """Addresses, and the servers themselves where they are ours to stop and start."""

    admin_url: str
    nats_url: str
    postgres: PostgresServer | None
    nats: NatsServer | None


@contextmanager
def servers(
    home: Path,
    environment: Mapping[str, str],
    *,
    settings: Mapping[str, str] | None = None,
    nats_extra: str = "",
) -> Iterator[Servers]:
    """Run what `DATABASE_URL` (an administrator's) and `NATS_URL` do not name, until the block is left."""
    home = prepare(home)
    given_database, given_nats = environment.get("DATABASE_URL"), environment.get("NATS_URL")
    postgres = None if given_database else PostgresServer(home / "postgres", settings=settings)
    nats = None if given_nats else NatsServer(home / "nats", extra=nats_extra)
    own = [server for server in (postgres, nats) if server]
    with ExitStack() as stack:
        for server in own:
            stack.callback(server.stop)
        with ThreadPoolExecutor() as pool:
            for started in [pool.submit(server.start) for server in own]:
                started.result()
        yield Servers(
            given_database or (postgres.admin_url if postgres else ""),
            given_nats or (nats.url if nats else ""),
            postgres,
            nats,
        )
