"""The shared development clock: one file with an offset to the wall clock, read by every process."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from services.console.rules import clock_offset
from shared.kernel import clock


class ClockGoesBackwards(Exception):  # noqa: N818  named in the words of the refusal
    """The wanted time lies before what the shared clock shows."""


class DevelopmentClock:
    """Reads and moves the clock in ``path``; a file that does not exist means wall time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def offset(self) -> timedelta:
        """Return the offset to the wall clock."""
        if not self._path.exists():
            return timedelta()
        return timedelta(seconds=json.loads(self._path.read_text(encoding="utf-8"))["offset_seconds"])

    def now(self) -> datetime:
        """Return what every process of this installation takes for now, in UTC."""
        return clock.wall() + self.offset()

    def move(self, wanted: datetime) -> datetime:
        """Set the clock to an instant and return it; readers see the old file or the new one, never half.

        Raises:
            ClockGoesBackwards: facts recorded later would then have been recorded earlier.
        """
        offset = clock_offset(wall=clock.wall(), current=self.offset(), wanted=wanted)
        if offset is None:
            raise ClockGoesBackwards
        beside = self._path.with_name(self._path.name + ".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump({"offset_seconds": offset.total_seconds()}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        return wanted
