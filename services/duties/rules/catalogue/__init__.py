"""Reading a duty catalogue: what contradicts itself or misquotes the statute does not load."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, ParamSpec, TypeVar

from services.duties.facts import Catalogue, Duty
from services.duties.facts.catalogue import HOME, Adoption, Interpreter
from services.duties.rules.catalogue import checks
from services.duties.rules.catalogue.entries import read_duty, read_governance, read_interpreter, read_overlay
from services.duties.rules.catalogue.source import CatalogueError as CatalogueError
from services.duties.rules.catalogue.source import RefusedError, Source, read
from shared.statute.clauses import cites
from shared.statute.text import Statute, clauses_in, load

T = TypeVar("T")
P = ParamSpec("P")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_KEYS = frozenset({"name", "chapters", "who", "duty", "governs", "interpretation", "overlay"})


@cites("art5", "art6", "art7", "art8", "art9", "art10", "art11", "art12")
def parse_catalogue(file: str, text: str, statute: Statute | None = None) -> Catalogue:
    """The catalogue of a statute in `text` (TOML); its version is the digest of the content, not of the layout.

    Without `statute` it is checked against the one whose text this project holds. Ids of another statute's duties
    begin with its name: `shanxi:art5.2a`.

    Raises:
        CatalogueError: it misquotes or contradicts the statute or itself, or leaves out an item.
    """
    return catalogue_of(read(file, text), load() if statute is None else statute)


def catalogue_of(source: Source, statute: Statute, *, proposal: bool = False) -> Catalogue:
    """The catalogue in a source that is read already.

    `proposal`: a draft of a change is not yet the law's words, so quotations, counts and completeness are not checked
    against the statute; everything else is.

    Raises:
        CatalogueError: as for `parse_catalogue`.
    """
    name, chapters = _head(source)
    clauses = clauses_in(statute)
    who = source.data.get("who", {})
    entries = _entries(source, "duty")
    duties: list[Duty] = []
    for position, entry in enumerate(entries):
        label = str(entry.get("id", f"duty {position + 1}"))
        duty = _told(source, label, ("duty", position), _duty, entry, who, name)
        if not proposal:
            _told(source, label, ("duty", position), checks.check_words, duty, clauses)
        duties.append(duty)
    if found := checks.conflict(duties):
        position, reason = found
        raise CatalogueError(source.file, source.line("duty", position), duties[position].id, reason)
    missing = [] if proposal else checks.missing_items(statute, chapters, duties)
    if missing:
        raise CatalogueError(source.file, source.line("", key="chapters"), missing[0], "has no entry")
    interpreter = _interpreter(source, name)
    if interpreter and not proposal:
        _told(source, "interpretation", ("interpretation", 0), checks.check_interpreter, interpreter, clauses)
    whole = Catalogue(
        name=name,
        version=_digest(source.data),
        duties=tuple(duties),
        governs=tuple(
            _told(source, "governs", ("governs", position), read_governance, entry, name)
            for position, entry in enumerate(_entries(source, "governs"))
        ),
        interpreters=(interpreter,) if interpreter else (),
        overlays=_overlays(source, duties, interpreter),
    )
    if (twice := checks.governed_twice(whole.governs)) is not None:
        region, line = whole.governs[twice].region, source.line("governs", twice, "region")
        raise CatalogueError(source.file, line, "governs", f"{region} stands twice")
    return _qualified(whole)


def together(statutes: Iterable[tuple[Source, Catalogue]]) -> Catalogue:
    """Several statutes as one catalogue, the home statute first; each region knows which one governs it.

    Raises:
        CatalogueError: two of them have one name, govern one region on one day, or one governs nothing beside others.
    """
    ordered = sorted(statutes, key=lambda one: (one[1].name != HOME, one[1].name))
    found = [catalogue for _, catalogue in ordered]
    if len(found) == 1:
        return found[0]
    for (_, one), (source, other) in pairwise(ordered):
        if one.name == other.name:
            raise CatalogueError(source.file, source.line("", key="name"), "name", "two statutes have one name")
    for source, one in ordered:
        if not one.governs:
            raise CatalogueError(source.file, 1, "governs", "beside other statutes, it says which region it governs")
    written = [(source, n, item) for source, one in ordered for n, item in enumerate(one.governs)]
    governs = tuple(item for _, _, item in written)
    if (twice := checks.governed_twice(governs)) is not None:
        source, position, item = written[twice]
        line = source.line("governs", position, "region")
        raise CatalogueError(source.file, line, "governs", f"{item.region} is governed by another statute then")
    return Catalogue(
        name="+".join(one.name for one in found),
        version=hashlib.sha256("".join(one.version for one in found).encode()).hexdigest(),
        duties=tuple(item for one in found for item in one.duties),
        governs=governs,
        interpreters=tuple(item for one in found for item in one.interpreters),
        overlays=tuple(item for one in found for item in one.overlays),
    )


def _head(source: Source) -> tuple[str, Sequence[int]]:
    data = source.data
    if unknown := sorted(data.keys() - _KEYS):
        raise CatalogueError(source.file, source.line("", key=unknown[0]), "file", f"unknown keys {unknown}")
    if not isinstance(data.get("name"), str) or not _NAME.fullmatch(data["name"]):
        raise CatalogueError(source.file, source.line("", key="name"), "name", "a name is a word of a-z, 0-9, _")
    chapters = data.get("chapters")
    if not isinstance(chapters, list) or not all(type(one) is int for one in chapters):
        raise CatalogueError(source.file, 1, "chapters", "the chapters whose items need an entry are missing")
    if not isinstance(data.get("who", {}), Mapping):
        raise CatalogueError(source.file, source.line("", key="who"), "who", "is a table")
    return data["name"], chapters


def _entries(source: Source, name: str) -> list[Mapping[str, Any]]:
    found = source.data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise CatalogueError(source.file, source.line(name), name, f"entries are written as [[{name}]]")
    return found


def _told(
    source: Source, label: str, where: tuple[str, int], check: Callable[P, T], *args: P.args, **more: P.kwargs
) -> T:
    """What `check` returns; its refusal says in which file, on which line, of which entry."""
    try:
        return check(*args, **more)
    except RefusedError as error:
        raise source.error(label, error, *where) from error


def _duty(entry: Mapping[str, Any], who: Mapping[str, Mapping[str, Any]], name: str) -> Duty:
    duty = read_duty(entry, who, name)
    checks.check_shape(duty)
    return duty


def _interpreter(source: Source, name: str) -> Interpreter | None:
    entry = source.data.get("interpretation")
    if entry is None:
        return None
    if not isinstance(entry, Mapping):
        raise CatalogueError(source.file, source.line("", key="interpretation"), "interpretation", "is a table")
    return _told(source, "interpretation", ("interpretation", 0), read_interpreter, entry, name)


def _overlays(source: Source, duties: Sequence[Duty], interpreter: Interpreter | None) -> tuple[Adoption, ...]:
    made: list[Adoption] = []
    for position, entry in enumerate(_entries(source, "overlay")):
        label, where = f"overlay on {entry.get('duty')}", ("overlay", position)
        overlay = _told(source, label, where, read_overlay, entry, interpreter)
        _told(source, label, where, checks.check_overlay, overlay, duties, made)
        made.append(overlay)
    return tuple(made)


def _digest(data: Mapping[str, Any]) -> str:
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _qualified(catalogue: Catalogue) -> Catalogue:
    """Ids of a statute that is not the home one begin with its name, so that two statutes' ids never meet."""
    if catalogue.name == HOME:
        return catalogue

    def named(plain: str) -> str:
        return f"{catalogue.name}:{plain}"

    duties = tuple(
        replace(
            one,
            id=named(one.id),
            clause=named(one.clause),
            requirements=tuple(replace(item, id=named(item.id)) for item in one.requirements),
        )
        for one in catalogue.duties
    )
    overlays = tuple(replace(one, duty_id=named(one.duty_id)) for one in catalogue.overlays)
    return replace(catalogue, duties=duties, overlays=overlays)
