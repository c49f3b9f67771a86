"""Reading the tables of a catalogue: each entry alone, in the words that the facts know."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from services.duties.facts import (
    ActKind,
    Adoption,
    Duty,
    EvidenceKind,
    Firmness,
    Manner,
    PeriodKind,
    Recipient,
    RegistryFinding,
    Requirement,
)
from services.duties.facts.catalogue import ALWAYS, Governance, Interpreter
from services.duties.rules.catalogue.source import RefusedError
from shared.roster.facts import OrganKind, OrganRole, PostKind, Span, Tier

E = TypeVar("E", bound=StrEnum)
Entry = Mapping[str, Any]

_ID = re.compile(r"(art\d+(?:\.\d+)?)([a-z]?)")
_REGION = re.compile(r"\d{6}|\d{9}|\d{12}")
_WHO_KEYS = frozenset({"posts", "organs", "roles", "functions", "scope", "notes"})
_PERIODIC_KEYS = frozenset({"period", "count", "manner", "requirements", "acts_in", "filings", "secretary_first"})
_DATES = frozenset({"from", "to"})
_DUTY_KEYS = (
    frozenset({"id", "who", "phrase", "en", "registry_finding", "note", "off_posts"})
    | _WHO_KEYS
    | _PERIODIC_KEYS
    | _DATES
)
_REQUIREMENT_KEYS = frozenset({"key", "acts", "manner", "evidence"})
_OVERLAY_TEXTS = ("duty", "scope", "issuer", "consulted", "document")
_OVERLAY_KEYS = frozenset({*_OVERLAY_TEXTS, "post", "issued_on"}) | _DATES
_INTERPRETATION_TEXTS = ("clause", "phrase", "tier", "consulting")


def read_duty(entry: Entry, who: Mapping[str, Entry], statute: str) -> Duty:
    """The duty that an entry of `[[duty]]` describes."""
    _known(entry, _DUTY_KEYS)
    _texts(entry, ("id", "phrase", "en"))
    matched = _ID.fullmatch(entry["id"])
    if not matched:
        raise RefusedError("an id is the clause and at most one letter", "id")
    fields = {**_whose(entry, who), **{key: entry[key] for key in _WHO_KEYS & entry.keys()}}
    return Duty(
        id=entry["id"],
        clause=matched[1],
        phrase=entry["phrase"],
        title_en=entry["en"],
        post_kinds=_enums(PostKind, fields.get("posts", ()), "posts"),
        organ_kinds=_enums(OrganKind, fields.get("organs", ()), "organs"),
        roles=_enums(OrganRole, fields.get("roles", ()), "roles"),
        functions=_strings(fields, "functions"),
        scope={_scope_key(key): _enum(Firmness, value, "scope") for key, value in _table(fields, "scope").items()},
        acts_in={
            _scope_key(key, "acts_in"): _enums(ActKind, acts, "acts_in")
            for key, acts in _table(entry, "acts_in").items()
        },
        requirements=tuple(_requirements(entry)),
        period=_enum(PeriodKind, entry["period"], "period") if "period" in entry else None,
        count=_count(entry),
        filings=tuple(_enum(Recipient, value, "filings") for value in _list(entry, "filings")),
        secretary_first=entry.get("secretary_first", False) is True,
        registry_finding=_enum(RegistryFinding, found, "registry_finding")
        if (found := entry.get("registry_finding"))
        else None,
        note=_note(entry),
        notes=_notes(fields),
        off_posts=_enums(PostKind, entry.get("off_posts", ()), "off_posts"),
        span=_span(entry),
        statute=statute,
    )


def read_governance(entry: Entry, statute: str) -> Governance:
    """The region that an entry of `[[governs]]` puts under the statute."""
    _known(entry, frozenset({"region"}) | _DATES)
    _texts(entry, ("region",))
    if not _REGION.fullmatch(entry["region"]):
        raise RefusedError(f"{entry['region']!r} is no region code", "region")
    return Governance(statute, entry["region"], _span(entry))


def read_interpreter(entry: Entry, statute: str) -> Interpreter:
    """Who interprets the statute, as `[interpretation]` says."""
    _known(entry, frozenset({*_INTERPRETATION_TEXTS, "functions"}))
    _texts(entry, _INTERPRETATION_TEXTS)
    functions = _strings(entry, "functions")
    if not functions:
        raise RefusedError("functions are needed", "functions")
    return Interpreter(
        statute=statute,
        clause=entry["clause"],
        phrase=entry["phrase"],
        tier=_enum(Tier, entry["tier"], "tier"),
        functions=functions,
        consulting=_enum(OrganKind, entry["consulting"], "consulting"),
    )


def read_overlay(entry: Entry, interpreter: Interpreter | None) -> Adoption:
    """The interpretation in an entry of `[[overlay]]`: only the interpreter's, after consulting, for the days after."""
    _known(entry, _OVERLAY_KEYS)
    _texts(entry, _OVERLAY_TEXTS)
    if "from" not in entry or not _is_day(entry.get("issued_on")):
        raise RefusedError("an overlay has the days issued_on and from", "issued_on")
    if interpreter is None:
        raise RefusedError("nobody is named who interprets the statute", "issuer")
    if entry["issuer"] not in interpreter.functions:
        issuers = ", ".join(interpreter.functions)
        raise RefusedError(f"{interpreter.clause} lets only {issuers} interpret, not {entry['issuer']!r}", "issuer")
    if entry["consulted"] != interpreter.consulting.value:
        raise RefusedError(f"{interpreter.clause} asks for {interpreter.consulting.value} to be consulted", "consulted")
    span = _span(entry)
    if span.from_day < entry["issued_on"]:
        raise RefusedError("dates out of order: past periods keep the reading in force then", "from")
    post = _enum(PostKind, entry["post"], "post") if "post" in entry else None
    return Adoption(entry["duty"], _scope_key(entry["scope"]), span, entry["document"], post_kind=post)


def _known(entry: Entry, keys: frozenset[str]) -> None:
    if unknown := sorted(entry.keys() - keys):
        raise RefusedError(f"unknown keys {unknown}", unknown[0])


def _texts(entry: Entry, keys: Iterable[str]) -> None:
    for key in keys:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise RefusedError(f"{key} is missing", key)


def _list(entry: Entry, key: str) -> list[Any]:
    found = entry.get(key, [])
    if not isinstance(found, list):
        raise RefusedError(f"{key} is a list", key)
    return found


def _strings(entry: Entry, key: str) -> tuple[str, ...]:
    found = _list(entry, key)
    if not all(isinstance(one, str) for one in found):
        raise RefusedError(f"{key} are words", key)
    return tuple(found)


def _note(entry: Entry) -> str | None:
    found = entry.get("note")
    if not (found is None or isinstance(found, str)):
        raise RefusedError("a note is text", "note")
    return found


def _notes(fields: Entry) -> Mapping[str, str]:
    found = _table(fields, "notes")
    if not all(isinstance(one, str) and one.strip() for one in found.values()):
        raise RefusedError("notes are text", "notes")
    return {_scope_key(key, "notes"): one for key, one in found.items()}


def _table(entry: Entry, key: str) -> Mapping[str, Any]:
    found = entry.get(key, {})
    if not isinstance(found, Mapping):
        raise RefusedError(f"{key} is a table", key)
    return found


def _count(entry: Entry) -> int:
    found = entry.get("count", 0)
    if type(found) is not int:
        raise RefusedError("count is a whole number", "count")
    return found


def _is_day(value: object) -> bool:
    return type(value) is date


def _span(entry: Entry) -> Span:
    for key in _DATES & entry.keys():
        if not _is_day(entry[key]):
            raise RefusedError(f"{key} is a day", key)
    span = Span(entry.get("from", ALWAYS.from_day), entry.get("to"))
    if span.to_day is not None and span.to_day < span.from_day:
        raise RefusedError("dates out of order: it ends before it begins", "to")
    return span


def _whose(entry: Entry, who: Mapping[str, Entry]) -> Entry:
    if "who" not in entry:
        return {}
    if not isinstance(entry["who"], str) or not isinstance(who.get(entry["who"]), Mapping):
        raise RefusedError(f"nobody is called {entry['who']!r}", "who")
    if unknown := who[entry["who"]].keys() - _WHO_KEYS:
        raise RefusedError(f"who.{entry['who']} has unknown keys {sorted(unknown)}", "who")
    return who[entry["who"]]


def _requirements(entry: Entry) -> Iterable[Requirement]:
    given = _list(entry, "requirements")
    if not all(isinstance(item, Mapping) for item in given):
        raise RefusedError("requirements are tables", "requirements")
    keys = [str(item["key"]) if "key" in item else None for item in given]
    if len(set(keys)) != len(keys) or (len(keys) > 1 and None in keys):
        raise RefusedError("several requirements need a key each", "requirements")
    for item in given:
        if unknown := item.keys() - _REQUIREMENT_KEYS:
            raise RefusedError(f"a requirement has unknown keys {sorted(unknown)}", "requirements")
        yield Requirement(
            id=f"{entry['id']}.{item['key']}" if "key" in item else entry["id"],
            acts=_enums(ActKind, item.get("acts", ()), "requirements"),
            manner=_enum(Manner, item.get("manner", entry.get("manner")), "manner"),
            evidence=_enums(EvidenceKind, item.get("evidence", ()), "requirements"),
        )


def _enum(kind: type[E], value: object, key: str) -> E:
    try:
        return kind(str(value))
    except ValueError as error:
        raise RefusedError(f"{value!r} is no {kind.__name__}; there are {', '.join(kind)}", key) from error


def _enums(kind: type[E], values: object, key: str) -> frozenset[E]:
    if not isinstance(values, (list, tuple)):
        raise RefusedError(f"{key} is a list", key)
    return frozenset(_enum(kind, value, key) for value in values)


def _scope_key(key: str, where: str = "scope") -> str:
    return key if _REGION.fullmatch(key) else _enum(Tier, key, where).value
