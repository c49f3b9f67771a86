"""The statutes that this service applies, as data files; only this module reads them.

Each is a folder: `catalogue.toml`, and the statute's text in `text.txt` unless `shared.statute` holds it. The set of
statutes is what the folder holds.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from services.duties.facts import Catalogue
from services.duties.facts.catalogue import HOME
from services.duties.rules.catalogue import CatalogueError, catalogue_of, together
from services.duties.rules.catalogue.source import Source, read
from shared.statute.text import Statute, load, parse

FOLDER = files(__package__)


@cache
def load_catalogue() -> Catalogue:
    """The catalogue of all statutes that ship with the service, checked. CatalogueError where one must not load."""
    return load_from(FOLDER)


def load_from(folder: Traversable | Path) -> Catalogue:
    """The statutes of a folder as one catalogue.

    Raises:
        CatalogueError: one contradicts itself, misquotes its text or has none, or two contradict one another.
    """
    found = [one for one in sorted(folder.iterdir(), key=lambda one: one.name) if (one / "catalogue.toml").is_file()]
    if not found:
        raise CatalogueError(str(folder), 1, "folder", "it holds no statute")
    return together(_statute(one) for one in found)


def source_of(statute: str) -> Source | None:
    """The file of a statute that ships with the service, or `None` where there is no such statute."""
    file = FOLDER / statute / "catalogue.toml"
    return read(f"{statute}/catalogue.toml", file.read_text(encoding="utf-8")) if file.is_file() else None


def text_of(statute: str) -> Statute:
    """The text of a statute that ships with the service."""
    return statute_text(FOLDER / statute)


def _statute(folder: Traversable | Path) -> tuple[Source, Catalogue]:
    source = read(f"{folder.name}/catalogue.toml", (folder / "catalogue.toml").read_text(encoding="utf-8"))
    made = catalogue_of(source, statute_text(folder))
    if made.name != folder.name:
        line = source.line("", key="name")
        raise CatalogueError(source.file, line, "name", f"{made.name!r} lies in the folder {folder.name!r}")
    return source, made


def statute_text(folder: Traversable | Path) -> Statute:
    """The text of the statute in that folder."""
    text = folder / "text.txt"
    if folder.name == HOME:
        return load()
    if not text.is_file():
        raise CatalogueError(f"{folder.name}/text.txt", 1, "text", "the statute's text is missing")
    try:
        return parse(text.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CatalogueError(f"{folder.name}/text.txt", 1, "text", str(error)) from error
