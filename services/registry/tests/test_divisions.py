"""Tiers, parents and identities of Hebei's regions."""

import csv
import hashlib
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from services.registry import data
from services.registry.rules.divisions import (
    CandidateReason,
    earlier_parent,
    exercise_regions,
    named_by_decree,
    region_id,
    source_of,
)
from services.registry.tests.rosters import BY_CODE, HEBEI
from shared.roster.facts import Region, Tier


def test_no_row_of_either_list_is_lost() -> None:
    listed = {row["code"] for row in data.rows(data.DIVISIONS)}
    regions = {region.code for region in HEBEI.regions}
    candidates = {candidate.code for candidate in HEBEI.candidates}
    assert regions | candidates == listed
    assert not regions & candidates
    assert (len(regions), len(candidates)) == (2426, 142)
    history = data.rows(data.CODE_HISTORY)
    assert len(HEBEI.former) == sum(bool(row["end_year"]) for row in history)
    assert {row["code"] for row in history if not row["end_year"]} <= regions


def test_provenance_names_every_file_with_its_digest() -> None:
    provenance = (data.HERE / "PROVENANCE.md").read_text(encoding="utf-8")
    for path in data.HERE.glob("*.csv"):
        assert f"`{path.name}`" in provenance
        assert hashlib.sha256(path.read_bytes()).hexdigest() in provenance


def test_data_are_read_as_the_csv_module_reads_them() -> None:
    text = (data.HERE / data.ACCIDENT_TYPES).read_text(encoding="utf-8").splitlines()
    assert list(data.rows(data.ACCIDENT_TYPES)) == list(csv.DictReader(text))


@pytest.mark.clause("art5.3")
def test_fourteen_regions_have_city_tier_the_eleven_and_dingzhou_xinji_xiongan() -> None:
    cities = {region.code for region in HEBEI.regions if region.tier is Tier.CITY}
    assert cities == {f"13{number:02}00" for number in range(1, 12)} | {"130682", "130181", "133100"}


def test_tiers_are_counted() -> None:
    assert Counter(region.tier for region in HEBEI.regions) == {
        Tier.PROVINCE: 1,
        Tier.CITY: 14,
        Tier.COUNTY: 165,
        Tier.TOWN: 1941,
        Tier.SUBDISTRICT: 305,
    }


@pytest.mark.clause("art6.5")
@pytest.mark.parametrize("code", ["130629", "130632", "130638"])
def test_xiongan_counties_stand_under_xiongan_not_baoding(code: str) -> None:
    region = BY_CODE[code]
    assert (region.tier, region.code_parent, region.admin_parent) == (Tier.COUNTY, "130600", "133100")
    assert region.path == ("130000", "133100", code)


@pytest.mark.parametrize("code", ["130682", "130181"])
def test_dingzhou_and_xinji_stand_under_the_province(code: str) -> None:
    assert BY_CODE[code].path == ("130000", code)
    assert BY_CODE[f"{code}100"].path == ("130000", code, f"{code}100")


def test_zone_like_rows_are_candidates_with_their_reason_and_never_regions() -> None:
    reasons = Counter(candidate.reason for candidate in HEBEI.candidates)
    assert reasons == {CandidateReason.PSEUDO_COUNTY: 23, CandidateReason.TOWNSHIP_LIKE: 119}
    assert not [region for region in HEBEI.regions if region.tier is Tier.ZONE]


def test_the_83_rows_under_pseudo_counties_get_an_administrative_parent_that_is_a_region() -> None:
    pseudo = {candidate.code for candidate in HEBEI.candidates if candidate.reason is CandidateReason.PSEUDO_COUNTY}
    towns = [region for region in HEBEI.regions if region.code_parent in pseudo]
    likes = [candidate for candidate in HEBEI.candidates if candidate.code_parent in pseudo]
    assert (len(towns), len(likes)) == (51, 32)
    assert BY_CODE["130171010"].admin_parent == "130100"
    parents = {town.admin_parent for town in towns} | {candidate.admin_parent for candidate in likes}
    assert {BY_CODE[parent].tier for parent in parents if parent} == {Tier.CITY}


def _assert_path_leads_down(region: Region) -> None:
    above = BY_CODE[region.admin_parent] if region.admin_parent else None
    assert region.path == (*(above.path if above else ()), region.code)


def test_every_path_leads_through_registered_regions_and_parents_come_first() -> None:
    seen: set[str] = set()
    for region in HEBEI.regions:
        _assert_path_leads_down(region)
        assert set(region.path[:-1]) <= seen
        seen.add(region.code)


def test_a_reused_code_is_two_regions_that_share_no_day() -> None:
    former = next(region for region in HEBEI.former if region.code == "130502")
    present = BY_CODE["130502"]
    assert (former.name, present.name) == ("桥东区", "襄都区")
    assert former.id != present.id
    assert former.span.to_day == present.span.from_day - timedelta(days=1) == date(2019, 12, 31)
    assert present.id == region_id("130502", date(2020, 1, 1))


def test_ids_are_unique_and_no_code_has_two_regions_on_one_day() -> None:
    regions = (*HEBEI.regions, *HEBEI.former, *exercise_regions())
    assert len({region.id for region in regions}) == len(regions)
    by_code: dict[str, list[Region]] = {}
    for region in sorted(regions, key=lambda item: (item.code, item.span.from_day)):
        by_code.setdefault(region.code, []).append(region)
    for same in by_code.values():
        assert not any(a.span.overlaps(b.span) for a, b in pairwise(same))


def test_a_former_county_stands_under_the_prefecture_of_its_time() -> None:
    dingxian = next(region for region in HEBEI.former if region.code == "132439")
    assert (dingxian.name, dingxian.path) == ("定县", ("130000", "132400", "132439"))


@pytest.mark.clause("art6.5")
def test_xiongan_counties_lay_below_baoding_until_xiongan_was_founded() -> None:
    for code in ("130629", "130632", "130638"):
        assert earlier_parent(BY_CODE[code], BY_CODE) == ("130600", ("130000", "130600", code), date(2017, 4, 1))
    assert {code for code in BY_CODE if earlier_parent(BY_CODE[code], BY_CODE)} == {"130629", "130632", "130638"}


@pytest.mark.clause("art21.4")
def test_competence_comes_from_the_words_of_the_decree_and_the_list_and_never_from_our_tier() -> None:
    rows = {row["code"]: row for row in data.rows(data.DIVISIONS)}
    counties = {code: row for code, row in rows.items() if row["parent_code"] == "130100" and row["kind"] != "市辖区"}
    without_districts = {"130100": rows["130100"], **counties}
    assert named_by_decree(rows["130100"], rows) is Tier.CITY
    assert named_by_decree(rows["130100"], without_districts) is None, "设区的市 has districts"
    assert (rows["130682"]["level"], named_by_decree(rows["130682"], rows)) == ("county", None)
    assert "设区的市级人民政府" in source_of(Tier.CITY, exercise=False)
    gone = {one.code: one for one in HEBEI.former}
    assert (gone["130103"].span.to_day, gone["130103"].competence) == (date(2013, 12, 31), Tier.COUNTY)
    assert {one.competence for one in HEBEI.former if one.span.to_day and one.span.to_day < date(2007, 6, 1)} == {None}
    assert {one.competence for one in HEBEI.former} == {None, Tier.COUNTY}


def test_competence_is_confirmed_by_law_except_where_shequdeshi_names_nobody() -> None:
    unconfirmed = {
        region.code
        for region in HEBEI.regions
        if region.competence is None and region.tier in {Tier.PROVINCE, Tier.CITY, Tier.COUNTY}
    }
    assert unconfirmed == {"130682", "130181", "133100"}
    assert BY_CODE["130123"].competence is Tier.COUNTY
    assert BY_CODE["130100"].competence is Tier.CITY
    assert BY_CODE["130123100"].competence is None


def test_exercise_regions_are_marked_and_stand_under_the_province() -> None:
    zone = BY_CODE["139901400"]
    assert zone.tier is Tier.ZONE
    assert zone.path == ("130000", "139900", "139901", "139901400")
    assert all(region.exercise for region in exercise_regions())
    assert not any(region.exercise for region in HEBEI.regions)
    assert BY_CODE["139900"].competence is Tier.CITY
