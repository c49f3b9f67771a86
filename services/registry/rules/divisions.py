"""Rows of the division lists → regions with their tiers, and zone-like rows apart as candidates.

Traps this takes care of: 定州 and 辛集 have county-level codes and city tier; 雄安 has no code of its own
and three counties by administration; townships listed under a pseudo-county belong, by administration, to
what that row belongs to, because their county is not in the list; codes were reused, so a region is its
code *with its first day*.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from shared.roster.facts import Region, Span, Tier
from shared.statute.clauses import cites

NAMESPACE = UUID("5d0c7a52-9a0e-5f0e-8a35-6f1f5b1d2c11")
NO_PARENT = "000000"
XIONGAN = "133100"
CITY_TIER_COUNTIES = frozenset({"130682", "130181"})
UNCONFIRMED_COMPETENCE = CITY_TIER_COUNTIES | {XIONGAN}
LIST_FIRST_DAY = date(2023, 1, 1)
DECREE_493_FROM = date(2007, 6, 1)
FOUNDED = {XIONGAN: date(2017, 4, 1)}
EXERCISE_FIRST_DAY = date(2018, 1, 1)

Row = Mapping[str, str]


class CandidateReason(StrEnum):
    """Why a row of the list is not a region by itself."""

    PSEUDO_COUNTY = "功能区代码，无国家标准行政区划代码"
    TOWNSHIP_LIKE = "类似乡级单位，非行政区划"


@dataclass(frozen=True, slots=True)
class ZoneCandidate:
    """功能区候选: registered as a zone once its managing organ is known; a farm or a prison never will be."""

    code: str
    name: str
    reason: CandidateReason
    code_parent: str
    admin_parent: str


@dataclass(frozen=True, slots=True)
class Divisions:
    """Today's regions (parents before children), those that ended, and the candidates."""

    regions: tuple[Region, ...]
    former: tuple[Region, ...]
    candidates: tuple[ZoneCandidate, ...]


def region_id(code: str, first_day: date) -> UUID:
    """The identity of a region: its code with its first day."""
    return uuid5(NAMESPACE, f"{code}:{first_day.isoformat()}")


def candidate_reason(row: Row) -> CandidateReason | None:
    """Why `row` is only a candidate; None for a region."""
    return {"功能区": CandidateReason.PSEUDO_COUNTY, "类似乡级单位": CandidateReason.TOWNSHIP_LIKE}.get(row["kind"])


@cites("art5.3", "art6.3")
def tier_of(code: str, level: str) -> Tier:
    """层级 of a row of the list. "各市（含定州、辛集市）…和雄安新区" settles the three that codes do not."""
    if code in CITY_TIER_COUNTIES:
        return Tier.CITY
    return {
        "province": Tier.PROVINCE,
        "prefecture": Tier.CITY,
        "county": Tier.COUNTY,
        "township": Tier.TOWN,
        "subdistrict": Tier.SUBDISTRICT,
    }[level]


@cites("art21.4")
def named_by_decree(row: Row, rows: Mapping[str, Row]) -> Tier | None:
    """管辖级别 that the text of Decree 493 gives a row of the list; None: nobody is named, somebody must confirm it.

    Art. 19 names governments 省级, 设区的市级 and 县级. What those are says the list, never our tier: the province;
    a prefecture-level row below which the list has districts; a county-level row. 定州 and 辛集 are county-level
    cities with city tier and 雄安 is no city, so that nothing here is guessed for them. Towns and below have none.
    """
    if row["code"] in UNCONFIRMED_COMPETENCE:
        return None
    if row["level"] == "prefecture":
        below = (one for one in rows.values() if one["parent_code"] == row["code"] and one["level"] == "county")
        return Tier.CITY if any(one["kind"] == "市辖区" for one in below) else None
    return {"province": Tier.PROVINCE, "county": Tier.COUNTY}.get(row["level"])


def source_of(competence: Tier, *, exercise: bool) -> str:
    """What a competence registered from the list rests on."""
    named = {Tier.PROVINCE: "省级", Tier.CITY: "设区的市级", Tier.COUNTY: "县级"}[competence]
    return "演练设定" if exercise else f"国务院令第493号第十九条“{named}人民政府”，据区划名录"


def read_divisions(divisions: Iterable[Row], history: Iterable[Row]) -> Divisions:
    """Every row of both lists becomes a region, a former region or a candidate. KeyError: unknown parent."""
    rows = {row["code"]: row for row in divisions}
    past = tuple(history)
    spans = {row["code"]: _years(row) for row in past if not row["end_year"]}
    regions = tuple(_region(row, rows, spans) for row in rows.values() if candidate_reason(row) is None)
    return Divisions(
        regions=tuple(sorted(regions, key=lambda region: (len(region.path), region.code))),
        former=tuple(_former(row, past) for row in past if row["end_year"]),
        candidates=tuple(
            ZoneCandidate(row["code"], row["name"], reason, row["parent_code"], _parent(row, rows) or NO_PARENT)
            for row in rows.values()
            if (reason := candidate_reason(row)) is not None
        ),
    )


def _parent(row: Row, rows: Mapping[str, Row]) -> str | None:
    """The nearest administrative ancestor that is a region."""
    code = row["admin_parent_code"]
    while code != NO_PARENT and candidate_reason(rows[code]) is not None:
        code = rows[code]["admin_parent_code"]
    return None if code == NO_PARENT else code


def _path(code: str, rows: Mapping[str, Row]) -> tuple[str, ...]:
    parent = _parent(rows[code], rows)
    return (*(_path(parent, rows) if parent else ()), code)


def _region(row: Row, rows: Mapping[str, Row], spans: Mapping[str, Span]) -> Region:
    code = row["code"]
    tier = tier_of(code, row["level"])
    span = spans.get(code, Span(FOUNDED.get(code, LIST_FIRST_DAY)))
    return Region(
        id=region_id(code, span.from_day),
        code=code,
        name=row["name"],
        tier=tier,
        code_parent=None if row["parent_code"] == NO_PARENT else row["parent_code"],
        admin_parent=_parent(row, rows),
        path=_path(code, rows),
        span=span,
        competence=named_by_decree(row, rows),
    )


@cites("art6.5")
def earlier_parent(region: Region, others: Mapping[str, Region]) -> tuple[str, tuple[str, ...], date] | None:
    """The parent by code, its path, and the day on which the present one was founded; None where it always was above.

    雄县, 容城 and 安新 are older than 雄安: until its founding they lay below 保定.
    """
    founded = FOUNDED.get(region.admin_parent or "")
    if founded is None or region.code_parent is None or region.span.from_day >= founded:
        return None
    return region.code_parent, (*others[region.code_parent].path, region.code), founded


def _years(row: Row) -> Span:
    """Lists know years only: 1 January of the first list with the code to 31 December of the last."""
    end = row["end_year"]
    return Span(date(int(row["start_year"]), 1, 1), date(int(end), 1, 1) - timedelta(days=1) if end else None)


def _former(row: Row, history: tuple[Row, ...]) -> Region:
    """A region that ended: tier by its code (地区, 地级市 end in 00), parent of its own time."""
    code, parent, span = row["code"], row["parent_at_time"], _years(row)
    path = [code]
    while parent != NO_PARENT:
        path.insert(0, parent)
        parent = next(
            above["parent_at_time"] for above in history if above["code"] == path[0] and _years(above).overlaps(span)
        )
    tier = Tier.CITY if code.endswith("00") else Tier.COUNTY
    under_decree = tier is Tier.COUNTY and span.to_day is not None and span.to_day >= DECREE_493_FROM
    return Region(
        id=region_id(code, span.from_day),
        code=code,
        name=row["name"],
        tier=tier,
        code_parent=path[-2],
        admin_parent=path[-2],
        path=tuple(path),
        span=span,
        competence=Tier.COUNTY if under_decree else None,
        successor_codes=_successors(row),
    )


def _successors(row: Row) -> tuple[str, ...]:
    """Codes that came after; the list marks those that were older with the year of their first list, 130108[2001]."""
    return tuple(one.partition("[")[0] for one in row["successor_codes"].split(";") if one)


def exercise_regions() -> tuple[Region, ...]:
    """演练 regions, all marked: a city, its county, its town and its zone, under the real province's code."""
    province, city, county = ("130000",), ("130000", "139900"), ("130000", "139900", "139901")
    return (
        _exercise("139900", "演练市", Tier.CITY, province),
        _exercise("139901", "演练县", Tier.COUNTY, city),
        _exercise("139901100", "演练镇", Tier.TOWN, county),
        _exercise("139901400", "演练经济开发区", Tier.ZONE, county),
    )


def _exercise(code: str, name: str, tier: Tier, above: tuple[str, ...]) -> Region:
    return Region(
        id=region_id(code, EXERCISE_FIRST_DAY),
        code=code,
        name=name,
        tier=tier,
        code_parent=above[-1],
        admin_parent=above[-1],
        path=(*above, code),
        span=Span(EXERCISE_FIRST_DAY),
        competence=tier if tier in {Tier.CITY, Tier.COUNTY} else None,
        exercise=True,
    )
