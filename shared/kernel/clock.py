"""The only place that reads the time.

Days are Asia/Shanghai dates, instants carry an offset. In development a file moves the clock of every process
at once: `{"offset_seconds": n}` is added to the wall clock. Tokens live in wall time (`wall`), whatever the
file says.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class _DevelopmentClock:
    """Reads the offset file again whenever it was replaced."""

    def __init__(self) -> None:
        self.file: Path | None = None
        self._stamp: tuple[int, int] | None = None
        self._offset = timedelta()

    def offset(self) -> timedelta:
        if self.file is None:
            return timedelta()
        try:
            found = self.file.stat()
        except FileNotFoundError:
            return timedelta()
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            self._offset = timedelta(seconds=float(json.loads(self.file.read_text())["offset_seconds"]))
            self._stamp = stamp
        return self._offset


_development = _DevelopmentClock()


def follow(file: Path | None) -> None:
    """Let this process follow the development clock in `file`; `None` returns to the wall clock."""
    _development.file = file
    _development._stamp = None  # noqa: SLF001 - same module


def wall() -> datetime:
    """The wall clock, in UTC: for tokens and time-outs only."""
    return datetime.now(UTC)


def now() -> datetime:
    """The instant that facts are recorded at, in Asia/Shanghai, to the microsecond."""
    return (wall() + _development.offset()).astimezone(SHANGHAI)


def today() -> date:
    """The day in Asia/Shanghai."""
    return now().date()


def day_of(instant: datetime) -> date:
    """The Asia/Shanghai day of an instant.

    Raises:
        ValueError: the instant carries no offset.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant carries an offset")
    return instant.astimezone(SHANGHAI).date()
