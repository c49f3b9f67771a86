"""What a workbook may cost before anything reads it: bytes when unpacked, and the size of the grid it spans.

The reader lays a sheet out as a full grid from the first to the last cell, so that one far cell of a small file could
ask for more memory than there is. Every reference is therefore looked at first, without building anything.
"""

import re
import zipfile
from typing import IO

UNPACKED_BYTES = 256 * 1024 * 1024
MOST_ROWS = 100_999
MOST_COLUMNS = 52
_CHUNK = 4 * 1024 * 1024
_TAG = rb"<(?:[\w.-]+:)?(?:c|row)(?=[\s/>])"
_GOOD = rb"A?[A-Z]?(?:\d{1,5}|100\d{3})"  # up to column AZ and row 100,999
_NONE_GOOD = _TAG + rb"(?![^<]*?\sr\s*=\s*[\"']" + _GOOD + rb"[\"'])"
_ONE_BAD = _TAG + rb"[^<]*?\sr\s*=\s*[\"'](?!" + _GOOD + rb"[\"'])"
_OUTSIDE = re.compile(_NONE_GOOD + rb"|" + _ONE_BAD)


class TooMuchError(Exception):
    """The workbook unpacks to more than is read, or its grid is too large or cannot be told."""


def inspect(file: IO[bytes]) -> None:
    """Look through a workbook of the Office Open XML kind.

    Raises:
        zipfile.BadZipFile: it is no such workbook, or damaged.
        TooMuchError: it costs more than is read.
    """
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" not in names or {"mimetype", "content.xml", "xl/workbook.bin"} & set(names):
            raise zipfile.BadZipFile("no workbook")
        left = UNPACKED_BYTES
        for name in names:
            with archive.open(name) as member:
                left = _look_through(member, left)
    file.seek(0)


def _look_through(member: IO[bytes], left: int) -> int:
    """Check one part; returns how many bytes the rest may still have."""
    rest = b""
    while chunk := member.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise TooMuchError("unpacked size")
        whole = rest + chunk
        cut = whole.rfind(b"<")
        whole, rest = (whole[:cut], whole[cut:]) if cut > 0 else (whole, b"")
        if _OUTSIDE.search(whole):
            raise TooMuchError("grid")
    if _OUTSIDE.search(rest):
        raise TooMuchError("grid")
    return left
