"""A whole system on this machine: servers, databases, schema, backbone, services, console."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli import reaching
from cli.progress import Progress
from cli.stage import Control, write_clock
from cli.state import State, opened
from cli.supervisor import Service, Supervisor
from shared.embedded.places import CHECKOUT
from shared.embedded.processes import free_port
from shared.embedded.servers import Servers, servers
from shared.kernel import databases, migrations, streams

ORDER = ("registry", "duties", "inspection_tours", "appraisal", "discipline", "console")
PASSED_ON = re.compile(r"PATH|LANG|LC_ALL|TZ|HOME|SSL_CERT_FILE|OTEL_\w+|ANZE_\w+")


@dataclass(frozen=True)
class System:
    """A running system."""

    state: State
    addresses: Mapping[str, str]
    supervisor: Supervisor
    control: Control


def present() -> tuple[str, ...]:
    """The services that this checkout has, console last."""
    return tuple(name for name in ORDER if (CHECKOUT / "services" / name / "main.py").exists())


def with_database(names: Sequence[str]) -> list[str]:
    """Those that own a database: all but the console."""
    return [name for name in names if name != "console"]


async def prepare_databases(admin_url: str, names: Sequence[str], password: str) -> Mapping[str, databases.ServiceUrls]:
    """Create databases and roles, and bring every schema to its heads; repeating it changes nothing."""
    urls = await databases.provision(admin_url, names, password)
    for name in names:
        await migrations.upgrade(name, urls[name].owner)
    return urls


async def prepare_backbone(nats_url: str) -> None:
    """Create or update every stream and consumer that the services declare."""
    from shared.contracts.topology import DECLARATIONS  # noqa: PLC0415 - only this command needs every contract

    await asyncio.wait_for(streams.provision(nats_url, DECLARATIONS), reaching.NAMED_SECONDS)


def environment(
    service: str,
    state: State,
    running: Servers,
    urls: Mapping[str, databases.ServiceUrls],
    given: Mapping[str, str],
) -> dict[str, str]:
    """The variables of one service process, the same as in docker-compose.yml."""
    ports = state.ports
    console = f"http://127.0.0.1:{ports.get('console', 0)}"
    inherited = {name: value for name, value in given.items() if PASSED_ON.fullmatch(name)}
    database = {"DATABASE_URL": urls[service].runtime} if service in urls else {}
    documents = {
        "ANZE_PAPER_KEY_FILE": str(state.home / "papers.pem"),
        "ANZE_ATTACHMENTS": given.get("ANZE_ATTACHMENTS", str(state.home / "attachments")),
        **{name: given.get(name, "") for name in ("ANZE_S3_ENDPOINT", "ANZE_S3_ACCESS_KEY", "ANZE_S3_SECRET_KEY")},
    }
    papers = documents if service == "duties" else {}
    return (
        inherited
        | database
        | papers
        | {
            "ANZE_SERVICE": service,
            "ANZE_ENVIRONMENT": "development",
            "NATS_URL": running.nats_url,
            "ANZE_CLOCK_FILE": str(state.clock_file),
            "ANZE_ISSUER": f"{console}/issuer",
            "ANZE_JWKS_URL": f"{console}/issuer/jwks",
            "ANZE_ENCRYPTION_KEYS": state.encryption_keys,
            "ANZE_SERVICES": json.dumps({name: f"http://127.0.0.1:{port}" for name, port in ports.items()}),
        }
    )


@contextmanager
def running_system(home: Path, names: Sequence[str], progress: Progress, given: Mapping[str, str]) -> Iterator[System]:
    """Start everything on a data folder, in order; all of it has ended when the block is left.

    Args:
        home: the data folder; kept.
        names: the services to run.
        progress: where each step is shown.
        given: the environment; `DATABASE_URL` and `NATS_URL` in it select real servers.

    Raises:
        PlaceError: the folder, or a server that the environment names, cannot be used.
        ServerFailedError: a process of ours did not start.
    """
    with ExitStack() as stack:
        state = stack.enter_context(opened(home))
        state.ports = {name: free_port(state.ports.get(name)) for name in names}
        state.save()
        with progress.step("启动 PostgreSQL 与 nats-server · starting the two servers"):
            backing = stack.enter_context(servers(state.home, given))
        with reaching.named("DATABASE_URL", given), progress.step("建库、授权、迁移 · databases, roles, migrations"):
            urls = asyncio.run(prepare_databases(backing.admin_url, with_database(names), state.password))
        with reaching.named("NATS_URL", given), progress.step("建立消息流 · streams and consumers"):
            asyncio.run(prepare_backbone(backing.nats_url))
        if not state.clock_file.exists():
            write_clock(state.clock_file, 0)
        services = [
            Service(name, port, environment(name, state, backing, urls, given)) for name, port in state.ports.items()
        ]
        supervisor = stack.enter_context(Supervisor(services, state.logs))
        with progress.step(f"启动 {len(services)} 个进程 · starting {', '.join(names)}"):
            supervisor.start_all()
        yield System(
            state=state,
            addresses={service.name: service.url for service in services},
            supervisor=supervisor,
            control=Control(backing, supervisor, state.clock_file),
        )
