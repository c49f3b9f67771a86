"""Reading the data files: an unknown word, a doubled id or a missing figure stops the service at start."""

import tomllib
from collections.abc import Iterator
from typing import Any

from services.discipline.facts import (
    Authority,
    AuthorityTable,
    Branch,
    DecidingRow,
    Duration,
    EffectRow,
    FigureStatus,
    Ground,
    HandlingRow,
    Measure,
)
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind
from shared.statute.effects import Bar

KINDS = ("通报", "诫勉", "停职检查", "调整职务", "责令辞职", "降职", "免职", "处分")
"""The eight ways of Art. 22, in its order."""

_COUNTED = (Duration.MONTHS, Duration.TERM_THEN_MONTHS)


@cites("art22")
def parse_measures(text: str) -> tuple[Measure, ...]:
    """The measures of a TOML text. ValueError or KeyError where it is not well-formed."""
    found = tuple(_measure(row) for row in tomllib.loads(text)["measure"])
    if len({measure.id for measure in found}) < len(found):
        raise ValueError("a measure id is given twice")
    return found


@cites("art29")
def parse_authorities(text: str) -> AuthorityTable:
    """The authority table of a TOML text. ValueError or KeyError where it is not well-formed."""
    data = tomllib.loads(text)
    return AuthorityTable(
        handling=tuple(
            HandlingRow(Ground(row["ground"]), _organs(row["organs"]), **_dated(row)) for row in data["handling"]
        ),
        deciding=tuple(
            DecidingRow(tuple(row["measures"]), _organs(row["organs"]), _organs(row["direct"]), **_dated(row))
            for row in data["deciding"]
        ),
    )


def _organs(names: list[str]) -> tuple[Authority, ...]:
    return tuple(Authority(name) for name in names)


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": row["source"],
        "status": FigureStatus(row["status"]),
        "valid_from": row["valid_from"],
        "valid_to": row.get("valid_to"),
    }


def _measure(row: dict[str, Any]) -> Measure:
    effects = tuple(_effects(row["id"], row.get("effect", [])))
    if not effects and "no_effect_source" not in row:
        raise ValueError(f"{row['id']}: without an effect row it says why there is none")
    post_rule: str | None = row.get("needs_post")
    return Measure(
        id=row["id"],
        kind=row["kind"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        branch=Branch(row["branch"]),
        needs_post=_post_rule(post_rule) if post_rule else None,
        no_effect_source=row.get("no_effect_source"),
        effects=effects,
    )


def _post_rule(clause: str) -> Basis:
    if clause.startswith("art"):
        return Basis(clause, BasisKind.READING, "该方式以在职为前提")
    return Basis(clause)


def _effects(measure: str, rows: list[dict[str, Any]]) -> Iterator[EffectRow]:
    for row in rows:
        duration, months = Duration(row["duration"]), row.get("months")
        if duration in _COUNTED and not (isinstance(months, int) and months > 0):
            raise ValueError(f"{measure}: a counted period has months")
        yield EffectRow(
            id=f"{measure}.{row['bars'][0]}@{row['valid_from']}",
            bars=tuple(Bar(bar) for bar in row["bars"]),
            duration=duration,
            months=months,
            **_dated(row),
        )
