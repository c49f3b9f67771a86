"""What a data folder remembers between runs: role password, encryption key, ports, which story was played."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from shared.embedded.places import OTHER, PlaceError, prepare
from shared.embedded.processes import wait_until
from shared.kernel.vault import Vault

#: What may lie in a folder of ours that has no state yet: its locks, and a state that was never finished.
_BEFORE_STATE = {"lock", "scratch.lock", "state.json.new"}
Holds = Literal["nothing", "exercise", "anything"]


@dataclass
class State:
    """The remembered facts of the data folder `home`; secrets are made once and never leave it."""

    home: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    encryption_keys: str = field(default_factory=Vault.fresh)
    ports: dict[str, int] = field(default_factory=dict)
    story: str | None = None
    holds: Holds = "anything"
    """What was recorded here at most. `exercise`: a story was begun on nothing, and has not ended."""

    @property
    def clock_file(self) -> Path:
        """The development clock of every process of this home."""
        return self.home / "clock.json"

    @property
    def logs(self) -> Path:
        """Where the services' output goes."""
        return self.home / "logs"

    def save(self) -> None:
        """Write it back, readable by its owner only, whole or not at all."""
        fresh = self.home / "state.json.new"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({name: value for name, value in asdict(self).items() if name != "home"}))
        fresh.replace(self.home / "state.json")


@contextmanager
def opened(home: Path) -> Iterator[State]:
    """The state of a data folder, which nobody else uses meanwhile; made when there is none.

    Raises:
        PlaceError: the folder or its state cannot be used, it holds something else, or another `anze` uses it.
    """
    home = prepare(home)
    file = home / "state.json"
    if not file.exists() and any(one.name not in _BEFORE_STATE for one in home.iterdir()):
        raise PlaceError(f"{home} holds something else than data of anze, and is left as it is: {OTHER}")
    with os.fdopen(os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlaceError(f"another anze uses {home}: stop it, or {OTHER}") from None
        state = _read(home, file) if file.exists() else State(home, holds="nothing")
        state.save()
        yield state


def _read(home: Path, file: Path) -> State:
    try:
        return State(home, **json.loads(file.read_text()))
    except (OSError, TypeError, ValueError) as fault:
        raise PlaceError(f"{file} cannot be used ({type(fault).__name__}): bring it back, or {OTHER}") from fault


def emptied(state: State) -> State:
    """A new state, of the same folder without its data.

    Raises:
        PlaceError: something in it cannot be removed.
    """
    state.holds = "exercise"  # should this be interrupted: what is left of the data may go too
    state.save()
    for one in state.home.iterdir():
        if one.name not in {"lock", "state.json"} and not wait_until(partial(_removed, one), seconds=10):
            raise PlaceError(f"{one} cannot be removed")
    fresh = State(state.home, holds="nothing")
    fresh.save()
    return fresh


def _removed(path: Path) -> bool:
    """Whether it is gone; a server whose `anze` was killed may still write in it for a moment."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return not path.exists()
