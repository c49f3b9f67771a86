"""A wrong or unreachable address ends every command with one line and a code, without a trace or a password."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner, Result

from cli import reaching
from cli.main import app
from shared.contracts.topology import DECLARATIONS
from shared.kernel.testing import Stack

NO_DATABASE = "postgresql+asyncpg://somebody:geheim@127.0.0.1:9/nowhere"
NO_NATS = "nats://somebody:geheim@127.0.0.1:9"
PROVISION = ("provision", "--role-password", "geheim")
LEDGER = [("audit", "verify", "registry"), ("recover", "registry")]
ASKING = [
    ("dead-letters", "list"),
    ("dead-letters", "replay", "7"),
    ("reconcile",),
    ("notices", "sweep"),
    ("findings", "--region", "139901"),
    ("export", "roster"),
    ("import", __file__),
]


@pytest.fixture(autouse=True)
def no_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "NAMED_SECONDS", 1)


def anze(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def one_line(done: Result, code: int, words: str) -> None:
    assert done.exit_code == code, done.output
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert words in done.stderr
    assert "geheim" not in done.output
    assert isinstance(done.exception, SystemExit)


@pytest.mark.parametrize(
    ("variable", "arguments"),
    [
        ("DATABASE_URL", (*PROVISION, "--database-url", NO_DATABASE)),
        ("DATABASE_URL", (*PROVISION, "--database-url", "geheim, and no address")),
        ("NATS_URL", (*PROVISION, "--nats-url", NO_NATS)),
        ("NATS_URL", (*PROVISION, "--nats-url", "nats://127.0.0.1:geheim")),
        ("OWNER_DATABASE_URL", ("migrate", "registry", "--owner-database-url", NO_DATABASE)),
        ("OWNER_DATABASE_URL", ("migrate", "registry", "--owner-database-url", "mysql://u:geheim@127.0.0.1:9/x")),
        *(("DATABASE_URL", (*one, "--database-url", NO_DATABASE, "--nats-url", NO_NATS)) for one in LEDGER),
    ],
)
def test_a_server_that_cannot_be_used_is_told_by_its_variable(variable: str, arguments: tuple[str, ...]) -> None:
    one_line(anze(*arguments), 2, f"the server that {variable} names cannot be used")


@pytest.mark.parametrize("command", LEDGER)
async def test_a_wrong_password_another_database_and_a_missing_broker_are_told_apart(
    stack: Stack, command: tuple[str, ...]
) -> None:
    urls = await stack.database("registry")
    wrong = make_url(urls.runtime).set(password="geheim").render_as_string(hide_password=False)
    for variable, database, nats in (
        ("DATABASE_URL", wrong, stack.nats_url),
        ("DATABASE_URL", stack.admin_url, stack.nats_url),
        ("NATS_URL", urls.runtime, NO_NATS),
    ):
        done = await asyncio.to_thread(anze, *command, "--database-url", database, "--nats-url", nats)
        one_line(done, 2, f"the server that {variable} names cannot be used")
    await stack.provision(DECLARATIONS)
    done = await asyncio.to_thread(anze, *command, "--database-url", urls.runtime, "--nats-url", stack.nats_url)
    assert done.exit_code == 0, done.output


class Page(BaseHTTPRequestHandler):
    """Answers everything with a page, as whatever else listens at a mistyped address does."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>\xff</html>")

    do_POST = do_GET  # noqa: N815 - likewise

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    """The address of something that is not anze."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("command", ASKING, ids=" ".join)
@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "http://[::1", "http://127.0.0.1:port"])
def test_an_address_at_which_nobody_answers_is_told(command: tuple[str, ...], url: str) -> None:
    one_line(anze(*command, "--url", url, "--token", "geheim"), 1, "cannot be reached")


@pytest.mark.parametrize("command", [one for one in ASKING if one[0] != "export"], ids=" ".join)
def test_an_answer_that_is_not_from_anze_is_told(command: tuple[str, ...], page: str) -> None:
    one_line(anze(*command, "--url", page, "--token", "geheim"), 1, "what answers there is not anze")


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "cli.main", *arguments]
    given = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


def test_a_file_that_cannot_be_written_is_told(page: str, tmp_path: Path) -> None:
    place = tmp_path / "nowhere/roster.csv"
    done = run("export", "roster", "--url", page, "--token", "geheim", "-o", str(place))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert str(place) in done.stderr


def test_a_service_names_the_variables_that_it_lacks_and_no_value() -> None:
    done = run("serve", "registry", DATABASE_URL="postgresql://u:geheim@127.0.0.1:9/x", ANZE_ISSUER="geheim")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "NATS_URL: Field required" in done.stderr
    assert "ANZE_ISSUER: Input should be a valid URL" in done.stderr
    assert "geheim" not in done.stderr
