"""The regions of the province and of its copies, parents first, as the registry would register them.

The registry's own rules read the same lists; they are not imported, so that every service's tests may import this.
A test holds the two against each other.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

from bench.province.plan import Plan
from shared.roster.facts import Region, Span, Tier

DATA = Path(__file__).parents[2] / "services" / "registry" / "data"
NO_PARENT = "000000"
_IDENTITIES = UUID("5d0c7a52-9a0e-5f0e-8a35-6f1f5b1d2c11")
_CITIES = frozenset({"130682", "130181"})
_XIONGAN, _FOUNDED, _LISTED = "133100", date(2017, 4, 1), date(2023, 1, 1)
_NO_REGION = frozenset({"功能区", "类似乡级单位"})
_ZONE_WORDS = ("开发区", "园区", "新区", "示范区", "管理区", "港", "景区", "工业", "产业")
_TIERS = {
    "province": Tier.PROVINCE,
    "prefecture": Tier.CITY,
    "county": Tier.COUNTY,
    "township": Tier.TOWN,
    "subdistrict": Tier.SUBDISTRICT,
}
_Row = Mapping[str, str]


def regions(plan: Plan) -> Iterator[Region]:
    """Every region of the plan, parents before children, zones last; then the same of each copy."""
    if plan.scale < 1 or plan.scale > 10:
        raise ValueError("scale is 1 to 10")
    for copy in range(plan.scale):
        for region in hebei():
            made = region if copy == 0 else _copied(region, copy)
            if plan.under is None or not plan.under.isdisjoint(made.path):
                yield made


@cache
def hebei() -> tuple[Region, ...]:
    """The divisions of today's list, and zone-like rows of it as invented zones."""
    rows = {row["code"]: row for row in _rows("hebei_divisions.csv")}
    since = {
        row["code"]: date(int(row["start_year"]), 1, 1)
        for row in _rows("hebei_code_history_1981_2024.csv")
        if not row["end_year"]
    }
    since.setdefault(_XIONGAN, _FOUNDED)
    divisions = [
        _region(row, rows, _tier(row), since.get(row["code"], _LISTED))
        for row in rows.values()
        if row["kind"] not in _NO_REGION
    ]
    zones = [
        _region(row, rows, Tier.ZONE, _LISTED)
        for row in rows.values()
        if row["kind"] in _NO_REGION and "街道" not in row["name"] and any(word in row["name"] for word in _ZONE_WORDS)
    ]
    return tuple(sorted(divisions, key=lambda one: (len(one.path), one.code))) + tuple(
        sorted(zones, key=lambda one: one.code)
    )


def _rows(name: str) -> tuple[_Row, ...]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _tier(row: _Row) -> Tier:
    return Tier.CITY if row["code"] in _CITIES else _TIERS[row["level"]]


def _parent(row: _Row, rows: Mapping[str, _Row]) -> str | None:
    code = row["admin_parent_code"]
    while code != NO_PARENT and rows[code]["kind"] in _NO_REGION:
        code = rows[code]["admin_parent_code"]
    return None if code == NO_PARENT else code


def _path(code: str, rows: Mapping[str, _Row]) -> tuple[str, ...]:
    parent = _parent(rows[code], rows)
    return (*(_path(parent, rows) if parent else ()), code)


def _region(row: _Row, rows: Mapping[str, _Row], tier: Tier, first_day: date) -> Region:
    code = row["code"]
    unconfirmed = code in _CITIES or code == _XIONGAN or tier not in {Tier.PROVINCE, Tier.CITY, Tier.COUNTY}
    return Region(
        id=uuid5(_IDENTITIES, f"{code}:{first_day.isoformat()}"),
        code=code,
        name=row["name"],
        tier=tier,
        code_parent=None if row["parent_code"] == NO_PARENT else row["parent_code"],
        admin_parent=_parent(row, rows),
        path=_path(code, rows),
        span=Span(first_day),
        competence=None if unconfirmed else tier,
        exercise=tier is Tier.ZONE,
    )


def _copied(region: Region, copy: int) -> Region:
    """The region under a province code that does not exist, marked as invented."""

    def code(of: str) -> str:
        return f"9{copy}{of[2:]}"

    return replace(
        region,
        id=uuid5(_IDENTITIES, f"{code(region.code)}:{region.span.from_day.isoformat()}"),
        code=code(region.code),
        name=f"演练副本{copy}·{region.name}",
        code_parent=region.code_parent and code(region.code_parent),
        admin_parent=region.admin_parent and code(region.admin_parent),
        path=tuple(code(one) for one in region.path),
        exercise=True,
    )
