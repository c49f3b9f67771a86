"""The invented province: the same for everybody, recognisable as invented, and such as the registry's walls allow."""

import json
from collections import Counter
from itertools import islice, pairwise

import asyncpg
import pytest
from stdnum.cn import ric

from bench.province import Plan, events, load, people, regions, registry, sheets, slices
from services.registry import data
from services.registry.rules.appointments import check_appointment, check_new_post
from services.registry.rules.divisions import read_divisions
from shared.kernel import databases, seals
from shared.kernel.envelope import Entry
from shared.kernel.testing import Stack
from shared.roster.facts import PostKind, Tier

COUNTY = Plan(under=frozenset({"130123"}))


def test_its_regions_are_those_that_the_registry_reads_and_zones_besides() -> None:
    found = read_divisions(data.rows(data.DIVISIONS), data.rows(data.CODE_HISTORY))
    made = list(regions.regions(Plan()))
    assert [one for one in made if one.tier is not Tier.ZONE] == list(found.regions)
    zones = [one for one in made if one.tier is Tier.ZONE]
    assert len(zones) > 50
    assert all(one.exercise and one.code in {c.code for c in found.candidates} for one in zones)


def test_equal_plans_give_equal_provinces_and_a_part_is_what_it_is_in_the_whole() -> None:
    assert list(registry.rows(COUNTY)) == list(registry.rows(COUNTY))
    assert list(registry.rows(COUNTY)) != list(registry.rows(Plan(seed=2, under=COUNTY.under)))
    city = slices(Plan(under=frozenset({"130100"})))
    assert [one for one in city if "130123" in one.region.path] == list(slices(COUNTY))


def test_copies_lie_under_codes_that_no_place_has() -> None:
    codes = [one.code for one in regions.regions(Plan(scale=3))]
    assert len(codes) == len(set(codes)) == 3 * len(regions.hebei())
    assert {code[:2] for code in codes} == {"13", "91", "92"}
    with pytest.raises(ValueError, match="1 to 10"):
        next(regions.regions(Plan(scale=11)))


def test_nobody_can_take_its_people_for_real_ones() -> None:
    for one in slices(COUNTY):
        assert all(organ.exercise and organ.name.startswith("演练") for organ in one.organs)
        assert all(post.exercise for post in one.posts)
        assert all(held.exercise for held in one.appointments)
        assert all(person.official.exercise for person in one.people.values())
        assert all(person.official.name.startswith("演练") for person in one.people.values())
        assert all(person.citizen_number.startswith("990000") for person in one.people.values())


def test_names_and_numbers_are_given_once_and_the_check_digit_is_right() -> None:
    serials = [*range(5_000), *range(2_700_000, 2_705_000)]
    numbers = [people.citizen_number(serial) for serial in serials]
    assert len(set(numbers)) == len({people.name(serial) for serial in serials}) == len(serials)
    assert all(ric.calc_check_digit(number) == number[-1] for number in numbers)
    with pytest.raises(ValueError, match="no number left"):
        people.citizen_number(12_000_000)


def test_every_appointment_is_one_that_the_registry_would_record() -> None:
    for one in slices(COUNTY):
        posts = {post.id: post for post in one.posts}
        for held in one.appointments:
            others = [other for other in one.appointments if other.post_id == held.post_id]
            assert check_appointment(held, posts[held.post_id], others)
            assert held.official_id in one.people
        assert all(check_new_post(post, one.posts) for post in one.posts)


def test_five_years_hold_successions_vacancies_acting_heads_promotions_and_concurrent_posts() -> None:
    seen: Counter[str] = Counter()
    for one in slices(Plan(under=frozenset({"130100"}))):
        posts = {post.id: post for post in one.posts}
        by_post: dict[object, list[object]] = {}
        for held in sorted(one.appointments, key=lambda held: held.span.from_day):
            by_post.setdefault(held.post_id, []).append(held)
            seen["acting"] += held.acting
            seen["promoted"] += held.promotion
        seen["succession"] += sum(len(held) > 1 for held in by_post.values())
        seen["vacant"] += sum(all(held.span.to_day for held in all_held) for all_held in by_post.values())  # type: ignore[attr-defined]
        leads = {h.official_id for h in one.appointments if posts[h.post_id].kind is PostKind.GOVERNMENT_SAFETY_LEAD}
        seen["concurrent"] += sum(
            h.official_id in leads and posts[h.post_id].kind is PostKind.PARTY_STANDING_MEMBER for h in one.appointments
        )
    assert all(seen[what] > 10 for what in ("acting", "promoted", "succession", "vacant", "concurrent")), seen


def test_the_promoted_held_a_lower_post_until_the_day_before() -> None:
    for one in slices(COUNTY):
        for held in one.appointments:
            if held.promotion:
                before = [h for h in one.appointments if h.official_id == held.official_id and h.end_reason == "提任"]
                assert any(h.span.to_day and (held.span.from_day - h.span.to_day).days == 1 for h in before)


def test_versions_follow_one_another_without_gap() -> None:
    by_id: dict[object, list[events.Version]] = {}
    for one in slices(COUNTY):
        for version in events.versions(COUNTY, one):
            by_id.setdefault(version.event.id, []).append(version)
    assert any(len(several) > 2 for several in by_id.values())
    for several in by_id.values():
        assert [one.version for one in several] == list(range(1, len(several) + 1))
        assert all(a.superseded_at == b.recorded_at > a.recorded_at for a, b in pairwise(several))
        assert several[-1].superseded_at is None


def test_a_spreadsheet_row_names_everything_that_an_import_needs() -> None:
    for row in islice(sheets.rows(COUNTY), 500):
        named = dict(zip(sheets.COLUMNS, row, strict=True))
        assert all(named[name] for name in sheets.COLUMNS[:8])


async def test_the_rows_go_into_both_databases_and_their_digests_hold(stack: Stack) -> None:
    urls, copy = await stack.database("registry"), await stack.database("duties")
    counted = await load.load_registry(databases.dsn(urls.owner), COUNTY)
    assert counted["ledger"] == sum(counted.values()) - counted["ledger"]
    connection = await asyncpg.connect(databases.dsn(urls.owner))
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)
    for row in await connection.fetch("SELECT * FROM ledger ORDER BY seq LIMIT 300"):
        assert seals.digest(Entry.of(row)) == row["digest"]
    await connection.close()
    copied = await load.load_roster(databases.dsn(copy.owner), COUNTY)
    assert sum(copied.values()) == counted["ledger"]
