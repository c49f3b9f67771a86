"""Reading a duty catalogue: what contradicts itself or misquotes the statute does not load."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import combinations
from typing import Any, TypeVar

from services.duties.facts import (
    ActKind,
    Catalogue,
    Duty,
    EvidenceKind,
    Firmness,
    Manner,
    PeriodKind,
    Recipient,
    RegistryFinding,
    Requirement,
)
from shared.roster.facts import OrganKind, OrganRole, PostKind, Tier
from shared.statute.clauses import cites
from shared.statute.text import UnknownClause, quote_is_verbatim

E = TypeVar("E", bound=StrEnum)

_ID = re.compile(r"(art\d+(?:\.\d+)?)([a-z]?)")
_REGION = re.compile(r"\d{6}|\d{9}|\d{12}")
_COUNT = re.compile(r"至少\D{0,8}?(\d+)次")
_PERIOD_WORDS = {
    "每月": PeriodKind.MONTH,
    "每季度": PeriodKind.QUARTER,
    "每半年": PeriodKind.HALF_YEAR,
    "每年": PeriodKind.YEAR,
    "年度": PeriodKind.YEAR,
}
_WHO_KEYS = frozenset({"posts", "organs", "roles", "functions", "scope"})
_PERIODIC_KEYS = frozenset({"period", "count", "manner", "requirements", "acts_in", "filings", "secretary_first"})
_DUTY_KEYS = frozenset({"id", "who", "phrase", "en", "registry_finding", "note"}) | _WHO_KEYS | _PERIODIC_KEYS
_REQUIREMENT_KEYS = frozenset({"key", "acts", "manner", "evidence"})
_DEPARTMENT_ORGANS = {OrganKind.PARTY_DEPARTMENT, OrganKind.GOVERNMENT_DEPARTMENT}


class CatalogueError(ValueError):
    """A catalogue that must not load: which file, which entry, why."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        """`entry` is the duty's id, or the name of the table at fault."""
        super().__init__(f"{file}: {entry}: {reason}")
        self.file, self.entry, self.reason = file, entry, reason


class _RefusedError(ValueError):
    """Why an entry is refused; the caller knows which entry it was reading."""


@cites("art5", "art6", "art7", "art8", "art9", "art10", "art11", "art12")
def parse_catalogue(file: str, source: str) -> Catalogue:
    """The catalogue in `source` (TOML); its version is the digest of the content, not of the layout."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(file, "toml", str(error)) from error
    duties: list[Duty] = []
    for position, entry in enumerate(_tables(file, data), start=1):
        name = str(entry.get("id", f"duty {position}"))
        try:
            duties.append(_duty(entry, data.get("who", {})))
        except (_RefusedError, UnknownClause) as error:
            raise CatalogueError(file, name, str(error)) from error
    _check_together(file, duties, data.get("items", {}))
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    version = hashlib.sha256(canonical.encode()).hexdigest()
    return Catalogue(str(data["name"]), version, tuple(duties))


def _tables(file: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    if unknown := data.keys() - {"name", "items", "who", "duty"}:
        raise CatalogueError(file, "file", f"unknown keys {sorted(unknown)}")
    if not isinstance(data.get("name"), str) or not isinstance(data.get("duty"), list):
        raise CatalogueError(file, "file", "a catalogue has a name and duties")
    return list(data["duty"])


def _duty(entry: Mapping[str, Any], who: Mapping[str, Mapping[str, Any]]) -> Duty:
    if unknown := entry.keys() - _DUTY_KEYS:
        raise _RefusedError(f"unknown keys {sorted(unknown)}")
    for key in ("id", "phrase", "en"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise _RefusedError(f"{key} is missing")
    matched = _ID.fullmatch(entry["id"])
    if not matched:
        raise _RefusedError("an id is the clause and at most one letter")
    fields = {**_whose(entry, who), **{key: entry[key] for key in _WHO_KEYS & entry.keys()}}
    duty = Duty(
        id=entry["id"],
        clause=matched[1],
        phrase=entry["phrase"],
        title_en=entry["en"],
        post_kinds=_enums(PostKind, fields.get("posts", ())),
        organ_kinds=_enums(OrganKind, fields.get("organs", ())),
        roles=_enums(OrganRole, fields.get("roles", ())),
        functions=tuple(fields.get("functions", ())),
        scope={_scope_key(key): _enum(Firmness, value) for key, value in fields.get("scope", {}).items()},
        acts_in={_scope_key(key): _enums(ActKind, acts) for key, acts in entry.get("acts_in", {}).items()},
        requirements=tuple(_requirements(entry)),
        period=_enum(PeriodKind, entry["period"]) if "period" in entry else None,
        count=entry.get("count", 0),
        filings=tuple(_enum(Recipient, value) for value in entry.get("filings", ())),
        secretary_first=entry.get("secretary_first", False),
        registry_finding=_enum(RegistryFinding, found) if (found := entry.get("registry_finding")) else None,
        note=entry.get("note"),
    )
    _check_alone(duty)
    return duty


def _whose(entry: Mapping[str, Any], who: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    if "who" not in entry:
        return {}
    if entry["who"] not in who:
        raise _RefusedError(f"nobody is called {entry['who']!r}")
    if unknown := who[entry["who"]].keys() - _WHO_KEYS:
        raise _RefusedError(f"who.{entry['who']} has unknown keys {sorted(unknown)}")
    return who[entry["who"]]


def _requirements(entry: Mapping[str, Any]) -> Iterable[Requirement]:
    given = entry.get("requirements", [])
    keys = [item.get("key") for item in given]
    if len(set(keys)) != len(keys) or (len(keys) > 1 and None in keys):
        raise _RefusedError("several requirements need a key each")
    for item in given:
        if unknown := item.keys() - _REQUIREMENT_KEYS:
            raise _RefusedError(f"a requirement has unknown keys {sorted(unknown)}")
        yield Requirement(
            id=f"{entry['id']}.{item['key']}" if "key" in item else entry["id"],
            acts=_enums(ActKind, item.get("acts", ())),
            manner=_enum(Manner, item.get("manner", entry.get("manner"))),
            evidence=_enums(EvidenceKind, item.get("evidence", ())),
        )


def _enum(kind: type[E], value: object) -> E:
    try:
        return kind(str(value))
    except ValueError as error:
        raise _RefusedError(f"{value!r} is no {kind.__name__}") from error


def _enums(kind: type[E], values: Iterable[object]) -> frozenset[E]:
    return frozenset(_enum(kind, value) for value in values)


def _scope_key(key: str) -> str:
    return key if _REGION.fullmatch(key) else _enum(Tier, key).value


def _check_alone(duty: Duty) -> None:
    """What one entry must satisfy, whatever the others say."""
    if not quote_is_verbatim(duty.clause, duty.phrase):
        raise _RefusedError(f"{duty.clause} does not say {duty.phrase!r}")
    if not (duty.post_kinds and duty.organ_kinds and duty.scope):
        raise _RefusedError("posts, organs and scope are needed")
    if bool(duty.roles) != bool(duty.organ_kinds & _DEPARTMENT_ORGANS):
        raise _RefusedError("departments have roles, and only they do")
    if duty.standing:
        if duty.requirements or duty.count or duty.acts_in or duty.filings:
            raise _RefusedError("a standing duty has no count, acts or filings")
        return
    if type(duty.count) is not int or duty.count < 1 or not duty.requirements:
        raise _RefusedError("a periodic duty has a count of at least 1 and its acts")
    if any(not (item.acts and item.evidence) for item in duty.requirements):
        raise _RefusedError("a requirement has acts and evidence")
    if duty.acts_in and (len(duty.requirements) > 1 or duty.acts_in.keys() - duty.scope.keys()):
        raise _RefusedError("acts_in speaks of the one requirement, within scope")
    _check_figures(duty)


def _check_figures(duty: Duty) -> None:
    """The quoted words state the period, and perhaps a count: the data must agree with them."""
    if any(int(figure) != duty.count for figure in _COUNT.findall(duty.phrase)):
        raise _RefusedError(f"the quoted count is not {duty.count}")
    stated = {period for word, period in _PERIOD_WORDS.items() if word in duty.phrase}
    if stated != {duty.period}:
        raise _RefusedError(f"the quoted words do not say once in a {duty.period}")


def _check_together(file: str, duties: list[Duty], items: Mapping[str, int]) -> None:
    """What the entries must satisfy as a whole: no duplicate, no contradiction, every item there."""
    seen: set[str] = set()
    for duty in duties:
        if duty.id in seen:
            raise CatalogueError(file, duty.id, "stands twice")
        seen.add(duty.id)
    for one, other in combinations(duties, 2):
        if _same_words(one, other) or _contradict(one, other):
            raise CatalogueError(file, other.id, f"contradicts {one.id}")
    there = {duty.clause for duty in duties}
    for article, count in items.items():
        named = {f"{article}.{number}" for number in range(1, count + 1)}
        if missing := sorted(({article} if count == 1 else named) - there):
            raise CatalogueError(file, missing[0], "has no entry")


def _same_words(one: Duty, other: Duty) -> bool:
    return one.clause == other.clause and one.phrase == other.phrase


def _contradict(one: Duty, other: Duty) -> bool:
    """Whether one clause asks the same act of the same post in the same place at two different rhythms."""
    if one.clause != other.clause or one.standing or other.standing:
        return False
    same_post = one.post_kinds & other.post_kinds and (not one.roles or one.roles & other.roles)
    same_place = one.scope.keys() & other.scope.keys()
    same_act = any(_acts(one, place) & _acts(other, place) for place in same_place)
    return bool(same_post and same_act)


def _acts(duty: Duty, place: str) -> frozenset[ActKind]:
    return duty.acts_in.get(place) or frozenset(act for item in duty.requirements for act in item.acts)
