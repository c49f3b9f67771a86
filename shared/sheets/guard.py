"""What a workbook may cost before anything reads it: bytes when unpacked, and the size of the grid it spans.

The reader lays a sheet out as a full grid from the first to the last cell, so that one far cell of a small file could
ask for more memory than there is. Every reference is therefore looked at first, without building anything.
"""

import html
import re
import zipfile
import zlib
from typing import IO

UNPACKED_BYTES = 256 * 1024 * 1024
MOST_ROWS = 100_999
MOST_COLUMNS = 52
_CHUNK = 512 * 1024
_TAG = rb"<(?:[\w.-]+:)?(?:c|row)(?=[\s/>])"
_GOOD = rb"A?[A-Z]?(?:\d{1,5}|100\d{3})"  # up to column AZ and row 100,999
_NONE_GOOD = _TAG + rb"(?![^<]*?\sr\s*=\s*[\"']" + _GOOD + rb"[\"'])"
_ONE_BAD = _TAG + rb"[^<]*?\sr\s*=\s*[\"'](?!" + _GOOD + rb"[\"'])"
_OUTSIDE = re.compile(_NONE_GOOD + rb"|" + _ONE_BAD)

_SHEET = re.compile(r"<(?:[\w.-]+:)?sheet\s[^>]*?\bname\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class TooMuchError(Exception):
    """The workbook unpacks to more than is read, or its grid is too large or cannot be told."""


def inspect(file: IO[bytes]) -> int:
    """Look through a workbook of the Office Open XML kind; how many bytes it unpacks to.

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
    return UNPACKED_BYTES - left


def titles(file: IO[bytes]) -> tuple[str, ...]:
    """The titles of a workbook's sheets, without reading any; none where it is no such workbook."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open("xl/workbook.xml") as member:
            told = member.read(_CHUNK).decode(errors="replace")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, KeyError, NotImplementedError):
        told = ""
    file.seek(0)
    return tuple(html.unescape(first or second) for first, second in _SHEET.findall(told))


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
