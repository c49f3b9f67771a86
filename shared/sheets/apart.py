"""Reading a large workbook in a process of its own: the grid that its reader lays out goes when that process ends.

The file goes in through a pipe and rows come back through another, a block at a time, so that whoever reads holds one
block however many rows there are. A reader that dies is an unreadable file, and nothing else.
"""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import IO, Any

from shared.sheets.columns import Cell

_BLOCK = 200
_Row = tuple[int, list[Cell]]
_Reader = subprocess.Popen[bytes]
#: What JSON has no word for; an instant is a date too and comes first.
_WORDS: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "instant": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "seconds": (timedelta, timedelta.total_seconds, lambda told: timedelta(seconds=told)),
}


class ReaderDiedError(Exception):
    """The process ended before it had told every row."""


def _told(cell: Any) -> dict[str, Any]:
    return next({name: write(cell)} for name, (kind, write, _) in _WORDS.items() if isinstance(cell, kind))


def _meant(told: dict[str, Any]) -> Any:
    ((name, value),) = told.items()
    return _WORDS[name][2](value)


def rows(file: IO[bytes], title: str) -> Iterator[_Row]:
    """Every row of the sheet with that title, or of the first one.

    Raises:
        ReaderDiedError: the reader could not make sense of the file, or was killed.
    """
    argv = [sys.executable, "-m", __name__, title]
    with subprocess.Popen(  # noqa: S603 - our own module; the title is one word of its arguments
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            if child.stdin is not None and child.stdout is not None:
                yield from _told_by(child, file, child.stdin, child.stdout)
        finally:
            child.kill()


def _told_by(child: _Reader, file: IO[bytes], into: IO[bytes], out: IO[bytes]) -> Iterator[_Row]:
    try:
        shutil.copyfileobj(file, into)
        into.close()
    except BrokenPipeError as error:
        raise ReaderDiedError from error
    for line in out:
        yield from json.loads(line, object_hook=_meant)
    if child.wait() != 0:
        raise ReaderDiedError


def tell(found: Iterable[_Row], into: IO[bytes]) -> None:
    """Write rows, a block to a line."""
    left = iter(found)
    while block := list(islice(left, _BLOCK)):
        into.write(json.dumps(block, default=_told).encode() + b"\n")
        into.flush()


if __name__ == "__main__":
    from shared.sheets.reading import rows_of  # it imports this module, as a reader of small files

    tell(rows_of(io.BytesIO(sys.stdin.buffer.read()), sys.argv[1]), sys.stdout.buffer)
