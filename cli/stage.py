"""What a story is played on: addresses, progress, and a hand on the machinery."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cli.supervisor import Supervisor
from shared.embedded.servers import Servers
from shared.kernel import clock


class StoryFailedError(AssertionError):
    """A step of the story did not come out as the specification says."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason


class Steps(Protocol):
    """Where a story says which step it is at."""

    def step(self, title: str) -> AbstractContextManager[None]:
        """One step; leaving by an error marks it as failed."""


class Control:
    """Stops, kills and starts parts of a running system, and turns the development clock of all of them."""

    def __init__(self, servers: Servers, supervisor: Supervisor, clock_file: Path) -> None:
        self._servers = servers
        self._supervisor = supervisor
        self._clock_file = clock_file

    @property
    def broker_is_ours(self) -> bool:
        """Whether the broker may be stopped: not when NATS_URL named somebody's."""
        return self._servers.nats is not None

    def stop_broker(self) -> None:
        """Stop nats-server; services go on and keep what they would publish."""
        self._own_broker().stop()

    def start_broker(self) -> None:
        """Start nats-server on its port."""
        self._own_broker().start()

    def kill(self, service: str) -> None:
        """SIGKILL one service process."""
        self._supervisor.kill(service)

    def start(self, service: str) -> None:
        """Start a killed service and wait until it is ready."""
        self._supervisor.start(service)

    def turn_clock(self, to: datetime) -> None:
        """Let the development clock of every process say `to` from now on; it goes on running.

        Raises:
            ValueError: the instant carries no offset.
        """
        if to.tzinfo is None:
            raise ValueError("an instant carries an offset")
        write_clock(self._clock_file, (to - clock.wall()).total_seconds())

    def _own_broker(self) -> "_Startable":
        if self._servers.nats is None:
            raise RuntimeError("the broker named by NATS_URL is not ours to stop")
        return self._servers.nats


class _Startable(Protocol):
    def start(self) -> None:
        """Start."""

    def stop(self) -> None:
        """Stop."""


class Story(Protocol):
    """The module `cli.story`."""

    VERSION: str

    def play(self, addresses: Mapping[str, str], progress: Steps, control: Control) -> None:
        """Play every step through the public REST APIs; raise `StoryFailedError` at the first that fails."""


def write_clock(file: Path, offset_seconds: float) -> None:
    """Replace the development clock's file as a whole, so that no process reads half of it."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({"offset_seconds": offset_seconds}))
    fresh.replace(file)
