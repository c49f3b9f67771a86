"""A private PostgreSQL on a loopback port, from the wheel's programs."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from shared.embedded import places
from shared.embedded.processes import Child, ServerFailedError, await_ready, free_port, run, spawn

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests, which kill processes but cut no power: a commit that was answered survives either way.
UNSAFE = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "128MB", "min_wal_size": "64MB"}
FORMER_SECONDS = 10  # what a server whose parent was killed may need to end


class DataFolderError(RuntimeError):
    """The data folder cannot be used by this PostgreSQL."""


class PostgresServer:
    """One cluster in `folder`: `data`, the administrator's `password`, `server.log`; the port stays."""

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None, port: int | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.port = free_port(port)
        self._settings = _SETTINGS | dict(settings or {})
        self._programs = places.postgres_programs()
        self._account = places.account()
        self._child: Child | None = None

    @property
    def admin_url(self) -> str:
        """Where the administrator connects; scram on loopback is the only way in."""
        return f"postgresql://postgres:{self._password()}@127.0.0.1:{self.port}/postgres"

    @property
    def running(self) -> bool:
        """Whether the server process lives."""
        return self._child is not None and self._child.code is None

    def start(self) -> None:
        """Start and wait until a query is answered; makes the cluster when there is none.

        Raises:
            DataFolderError: the folder was made by another major version, or another server uses it.
            ServerFailedError: the server ended or was not ready in time.
        """
        if self.running:
            return
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not self.data.exists():
            self._initialise()
        self._check_major()
        deadline = time.monotonic() + FORMER_SECONDS
        while not self.running:
            try:
                self._launch()
            except ServerFailedError as failure:
                if "postmaster.pid" not in str(failure):
                    raise
                if time.monotonic() > deadline:
                    raise DataFolderError(f"another PostgreSQL uses {self.data}: stop it first") from failure
                time.sleep(0.2)

    def stop(self) -> None:
        """End every session, write a checkpoint, end."""
        if self._child:
            self._child.send(signal.SIGINT)
            if not self._child.wait(20):
                self._child.stop(signal.SIGQUIT, 10)

    def kill(self) -> None:
        """End at once, as a power cut would; the next start recovers."""
        if self._child:
            self._child.kill()

    def restart(self) -> None:
        """Stop, and start on the same port."""
        self.stop()
        self.start()

    def _initialise(self) -> None:
        password, fresh = self.folder / "password", self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        if self._account:
            for path in (fresh, password):
                os.chown(path, self._account.uid, self._account.gid)
        options = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password}"]
        if self._settings.get("fsync") == "off":
            options.append("--no-sync")
        run(
            [self._programs / "initdb", "-D", fresh, "--locale=C.UTF-8", "--encoding=UTF8", *options],
            log=self.log,
            env=_ENVIRONMENT,
            account=self._account,
        )
        fresh.rename(self.data)  # a cluster is whole or absent

    def _check_major(self) -> None:
        command = [str(self._programs / "postgres"), "--version"]
        text = subprocess.check_output(command, env=_ENVIRONMENT, text=True)  # noqa: S603 - the wheel's
        ours = re.search(r"\d+", text)
        version_file = self.data / "PG_VERSION"
        theirs = version_file.read_text().strip() if version_file.exists() else "no"
        if ours is None or theirs != ours[0]:
            raise DataFolderError(
                f"{self.data} was made by PostgreSQL {theirs}, this is {text.strip()}: "
                "move the folder away, or dump it with the old version and restore it with this one"
            )

    def _launch(self) -> None:
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        self._child = spawn(
            [self._programs / "postgres", "-D", self.data, "-p", str(self.port), *options],
            log=self.log,
            env=_ENVIRONMENT,
            account=self._account,
            death=signal.SIGQUIT,  # the postmaster takes its own children with it
        )
        await_ready("PostgreSQL", self._child, self._answers)

    def _answers(self) -> bool:
        query = [str(self._programs / "psql"), "-XAtq", "-c", "select 1"]
        environment = _ENVIRONMENT | {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "postgres",
            "PGPASSWORD": self._password(),
            "PGCONNECT_TIMEOUT": "2",
        }
        answer = subprocess.run(query, env=environment, capture_output=True, check=False)  # noqa: S603 - the wheel's
        return answer.stdout == b"1\n"

    def _password(self) -> str:
        return (self.folder / "password").read_text()
