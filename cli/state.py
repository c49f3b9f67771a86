"""What a data folder remembers between runs: role password, encryption key, ports, which story was played."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from shared.embedded.places import PlaceError, prepare
from shared.kernel.vault import Vault


@dataclass
class State:
    """The remembered facts of the data folder `home`; secrets are made once and never leave it."""

    home: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    encryption_keys: str = field(default_factory=Vault.fresh)
    ports: dict[str, int] = field(default_factory=dict)
    story: str | None = None

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
        PlaceError: another `anze` uses the folder.
    """
    home = prepare(home)
    with os.fdopen(os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlaceError(f"another anze uses {home}: stop it, or choose another folder with --home") from None
        file = home / "state.json"
        state = State(home, **json.loads(file.read_text())) if file.exists() else State(home)
        state.save()
        yield state
