"""The service processes: started, waited for, stopped; a dead one is reported, never replaced silently."""

import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from shared.embedded.places import CHECKOUT
from shared.embedded.processes import Child, await_ready, spawn

STOP_SECONDS = 15


@dataclass(frozen=True)
class Service:
    """How one service process is started: a uvicorn factory, its port and its environment."""

    name: str
    port: int
    environment: Mapping[str, str]
    factory: str = ""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """The program and its arguments."""
        factory = self.factory or f"services.{self.name}.main:create_app"
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-access-log"]
        graceful = ["--timeout-graceful-shutdown", str(STOP_SECONDS - 5)]
        return [sys.executable, "-m", "uvicorn", "--factory", factory, *options, *graceful]


class Supervisor:
    """Runs services as children that end with this process; leaving the block stops them all."""

    def __init__(self, services: Sequence[Service], logs: Path) -> None:
        self.services = {service.name: service for service in services}
        self._logs = logs
        self._children: dict[str, Child] = {}

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop all."""
        self.stop_all()

    def log(self, name: str) -> Path:
        """Where a service's output goes."""
        return self._logs / f"{name}.log"

    def start(self, name: str, more: Mapping[str, str] | None = None) -> None:
        """Start one service and wait until it is ready; `more` is added to its environment this time.

        Raises:
            ServerFailedError: it ended first, or is not ready in time.
        """
        self._launch(name, more or {})
        self._await(name)

    def start_all(self) -> None:
        """Start all at once, then wait for each; logs of an earlier run are dropped.

        Raises:
            ServerFailedError: one of them ended or is not ready in time.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        for name in self.services:
            self.log(name).unlink(missing_ok=True)
            self._launch(name, {})
        for name in self.services:
            self._await(name)

    def kill(self, name: str) -> None:
        """End one service with SIGKILL; it is our doing, so it is not reported as dead."""
        self._children.pop(name).kill()

    def stop(self, name: str) -> None:
        """Let one service finish what it is doing, at most for the bound."""
        self._children.pop(name).stop(signal.SIGTERM, STOP_SECONDS)

    def stop_all(self) -> None:
        """Ask all at once, then wait for each until the common bound, then kill."""
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            child.send(signal.SIGTERM)
        for child in self._children.values():
            if not child.wait(max(deadline - time.monotonic(), 0)):
                child.kill()
        self._children.clear()

    def dead(self) -> dict[str, str]:
        """What ended by itself: name → code and last words."""
        return {
            name: f"{name} ended with code {child.code}; {child.log} ends:\n{child.tail()}"
            for name, child in self._children.items()
            if child.code is not None
        }

    def pids(self) -> dict[str, int]:
        """The process ids of what runs."""
        return {name: child.pid for name, child in self._children.items()}

    def _launch(self, name: str, more: Mapping[str, str]) -> None:
        if name in self._children:
            raise ValueError(f"{name} runs already")
        service = self.services[name]
        self._children[name] = spawn(
            service.command(), log=self.log(name), env={**service.environment, **more}, cwd=CHECKOUT
        )

    def _await(self, name: str) -> None:
        address = f"{self.services[name].url}/readyz"

        def ready() -> bool:
            try:
                return httpx.get(address, timeout=5, trust_env=False).is_success
            except httpx.TransportError:
                return False

        await_ready(name, self._children[name], ready)
