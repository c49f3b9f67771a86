"""The TOML of a catalogue with the lines on which its tables and keys stand, so that a refusal can say where."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_HEADER = re.compile(r"\s*\[(\[)?\s*([A-Za-z0-9_.\"-]+)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_TOML_LINE = re.compile(r"at line (\d+)")


class CatalogueError(ValueError):
    """A catalogue that must not load: which file, which line, which entry, why."""

    def __init__(self, file: str, line: int, entry: str, reason: str) -> None:
        """`entry` is the duty's id, or the name of the table at fault."""
        super().__init__(f"{file}:{line}: {entry}: {reason}")
        self.file, self.line, self.entry, self.reason = file, line, entry, reason


class RefusedError(ValueError):
    """Why an entry is refused, and which of its keys is at fault; the caller knows which entry it was reading."""

    def __init__(self, reason: str, key: str | None = None) -> None:
        super().__init__(reason)
        self.key = key


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file: `line` is that of its header, `keys` those of its keys."""

    name: str
    line: int
    keys: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue as written; `data` is what the TOML says."""

    file: str
    data: Mapping[str, Any]
    tables: Sequence[Table] = ()

    def line(self, table: str, position: int = 0, key: str | None = None) -> int:
        """The line of the key in the n-th table of that name, or of its header; 1 where there is none."""
        found = [one for one in self.tables if one.name == table]
        if position >= len(found):
            return 1
        return found[position].keys.get(key or "", found[position].line)

    def error(self, entry: str, error: Exception, table: str, position: int = 0) -> CatalogueError:
        """What to raise for an entry of a table that is refused."""
        key = error.key if isinstance(error, RefusedError) else None
        return CatalogueError(self.file, self.line(table, position, key), entry, str(error))


def read(file: str, text: str) -> Source:
    """The source in `text`; CatalogueError where it is no TOML."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _TOML_LINE.search(str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        raise CatalogueError(file, line, "toml", str(error)) from error
    return Source(file, data, tuple(_tables(text)))


def _tables(text: str) -> list[Table]:
    """The tables in order; the keys before the first header belong to one without name."""
    found = [("", 1, dict[str, int]())]
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.fullmatch(line):
            found.append((header[2], number, {}))
        elif key := _KEY.match(line):
            found[-1][2].setdefault(key[1], number)
    return [Table(*one) for one in found]
