"""GB/T 4754 codes of any depth: `C` section, `C26` division, `C261` group, `C2614` class; letter optional."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_CODE = re.compile(r"([A-T])?(\d{2,4})?")
# GB/T 4754-2017: the last two-digit division of each section; a test compares it with the list.
SECTION_LAST_DIVISION = (
    ("A", 5), ("B", 12), ("C", 43), ("D", 46), ("E", 50), ("F", 52), ("G", 60), ("H", 62), ("I", 65),
    ("J", 69), ("K", 70), ("L", 72), ("M", 75), ("N", 79), ("O", 82), ("P", 83), ("Q", 85), ("R", 90),
    ("S", 96), ("T", 97),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Industry:
    """行业 of the catalogue; `code` carries its section letter, `depth` is 1 (门类) to 4 (小类)."""

    code: str
    name: str
    depth: int


def normalise(code: str) -> str:
    """The code with its section letter: `26` → `C26`. ValueError for no code or the wrong letter."""
    match = _CODE.fullmatch(code)
    if not code or match is None:
        raise ValueError(f"{code!r} is no GB/T 4754 code")
    letter, digits = match.groups()
    if digits is None:
        return code
    division = int(digits[:2])
    section = next((name for name, last in SECTION_LAST_DIVISION if 1 <= division <= last), None)
    if section is None or letter not in {None, section}:
        raise ValueError(f"{code!r} is no GB/T 4754 code: division {digits[:2]} belongs to section {section}")
    return section + digits


def depth(code: str) -> int:
    """1 for a section to 4 for a class."""
    return max(1, len(normalise(code)) - 1)


def covers(scope: str, industry: str) -> bool:
    """Whether an industry lies within `scope`: `C26` covers `C2614`, `C` covers both, never the reverse."""
    return normalise(industry).startswith(normalise(scope))


def deepest_cover(scopes: Iterable[str], industry: str | None) -> str | None:
    """The most specific of `scopes` that covers `industry`, or None."""
    if industry is None:
        return None
    return max((scope for scope in scopes if covers(scope, industry)), key=depth, default=None)


def catalogue(rows: Iterable[Mapping[str, str]]) -> dict[str, Industry]:
    """The list's rows by full code; what is not in here is not an industry of GB/T 4754-2017."""
    found = (Industry(normalise(row["code"]), row["name"], int(row["level"])) for row in rows)
    return {industry.code: industry for industry in found}
