"""Which posts owe what: tiers, roles, readings and dates decide, and nothing is invented."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.duties.facts import Adoption
from services.duties.rules.obligations import (
    Seat,
    duties_of_post,
    founds,
    obligations_of_post,
    requirements_of_post,
)
from services.duties.tests.builders import (
    ALWAYS,
    BAODING,
    CATALOGUE,
    COUNTY,
    DINGZHOU,
    HEBEI,
    STREET,
    TOWN,
    XINJI,
    XIONGAN,
    XIONGXIAN,
    ZONE,
    owed,
    seat,
)
from shared.roster.facts import DatedRole, OrganRole, PostKind, Region, Span, Tier
from shared.statute.decision import BasisKind

Y24 = (date(2024, 1, 1), date(2024, 12, 31))
PARTY, GOVERNMENT = PostKind.PARTY_PRINCIPAL, PostKind.GOVERNMENT_PRINCIPAL
OTHER, LEAD = PostKind.GOVERNMENT_OTHER_LEADER, PostKind.GOVERNMENT_SAFETY_LEAD
NAMED, REGULATOR, INDUSTRY = (
    OrganRole.NAMED_REGULATOR,
    OrganRole.OTHER_REGULATOR,
    OrganRole.INDUSTRY_COMPETENT,
)
PRINCIPAL, DEPUTY = PostKind.DEPARTMENT_PRINCIPAL, PostKind.DEPARTMENT_SAFETY_DEPUTY


def counts(where: Seat) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in owed(where, *Y24):
        found[item.requirement_id] = found.get(item.requirement_id, 0) + 1
    return found


HALF, QUARTER, MONTH = 2, 4, 12
GOVERNING = {"art6.2": QUARTER, "art6.5a": 1, "art6.5b": HALF}


@pytest.mark.parametrize(
    ("where", "kind", "expected"),
    [
        (HEBEI, PARTY, {"art5.2a": HALF}),
        (BAODING, PARTY, {"art5.2a": HALF, "art5.3a": HALF}),
        (DINGZHOU, PARTY, {"art5.2a": HALF, "art5.3a": HALF}),
        (XINJI, PARTY, {"art5.2a": HALF, "art5.3a": HALF}),
        (XIONGAN, PARTY, {"art5.2a": HALF, "art5.3a": HALF}),
        (XIONGXIAN, PARTY, {"art5.2a": HALF, "art5.3b": QUARTER}),
        (TOWN, PARTY, {"art5.2b": MONTH, "art5.3c": MONTH}),
        (STREET, PARTY, {"art5.2b": MONTH, "art5.3c": MONTH}),
        (ZONE, PARTY, {"art5.2b": MONTH, "art5.3c": MONTH}),
        (HEBEI, GOVERNMENT, GOVERNING),
        (XIONGAN, GOVERNMENT, {**GOVERNING, "art6.3a": HALF}),
        (COUNTY, GOVERNMENT, {**GOVERNING, "art6.3b": QUARTER}),
        (TOWN, GOVERNMENT, {**GOVERNING, "art6.3c": MONTH}),
        (STREET, GOVERNMENT, {"art6.3c": MONTH}),
        (ZONE, GOVERNMENT, {"art6.3c": MONTH}),
        (TOWN, OTHER, {"art9.4": QUARTER, "art9.6": 1}),
        (ZONE, OTHER, {}),
        (BAODING, LEAD, {}),
        (BAODING, PostKind.PARTY_STANDING_MEMBER, {}),
    ],
)
@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6")
def test_what_a_leader_owes_in_a_year(where: Region, kind: PostKind, expected: dict[str, int]) -> None:
    assert counts(seat(where, kind)) == expected


@pytest.mark.parametrize(
    ("roles", "kind", "expected"),
    [
        ((NAMED,), PRINCIPAL, {"art10.2a.inspection": HALF, "art10.2a.study": HALF}),
        ((REGULATOR,), PRINCIPAL, {"art10.2b": HALF}),
        ((NAMED,), DEPUTY, {"art10.3a.inspection": QUARTER, "art10.3a.study": QUARTER}),
        ((REGULATOR,), DEPUTY, {"art10.3b": QUARTER}),
        ((NAMED, INDUSTRY), PRINCIPAL, {"art10.2a.inspection": HALF, "art10.2a.study": HALF, "art11.3": 1}),
        ((INDUSTRY,), DEPUTY, {}),
        ((OrganRole.OTHER,), PRINCIPAL, {}),
        ((), PRINCIPAL, {}),
    ],
)
@pytest.mark.clause("art10.2", "art10.3", "art11.3", "art12")
def test_what_a_department_owes_in_a_year(
    roles: tuple[OrganRole, ...], kind: PostKind, expected: dict[str, int]
) -> None:
    for where in (HEBEI, BAODING, XIONGAN, COUNTY, ZONE):
        assert counts(seat(where, kind, *roles)) == expected
    for where in (TOWN, STREET):
        assert counts(seat(where, kind, *roles)) == {}


@pytest.mark.clause("art10.2")
def test_a_merged_department_owes_each_duty_once_naming_its_functions() -> None:
    merged = seat(COUNTY, PRINCIPAL)
    roles = tuple(DatedRole(NAMED, ALWAYS, function=name) for name in ("住房城乡建设", "交通运输"))
    merged = replace(merged, organ=replace(merged.organ, roles=roles))
    inspections = [item for item in owed(merged, *Y24) if item.requirement_id == "art10.2a.inspection"]
    assert [item.functions for item in inspections] == [("交通运输", "住房城乡建设")] * HALF


@pytest.mark.clause("art10.2")
def test_a_renaming_within_the_period_interrupts_nothing_and_a_new_role_starts_with_the_next() -> None:
    def with_roles(*roles: DatedRole) -> list[str]:
        plain = seat(COUNTY, PRINCIPAL)
        found = owed(replace(plain, organ=replace(plain.organ, roles=roles)), *Y24)
        return [item.period.label for item in found if item.requirement_id == "art10.2a.study"]

    before = DatedRole(NAMED, Span(date(2020, 1, 1), date(2024, 3, 31)), function="安全监管")
    after = DatedRole(NAMED, Span(date(2024, 4, 1)), function="应急管理")
    assert with_roles(before, after) == ["2024-H1", "2024-H2"]
    assert with_roles(after) == ["2024-H2"]
    assert with_roles(before) == []


@pytest.mark.clause("art10.2")
def test_where_secretary_and_director_differ_presiding_lies_on_the_secretary() -> None:
    director, secretary = (
        seat(COUNTY, PRINCIPAL, REGULATOR, title="局长"),
        seat(COUNTY, PRINCIPAL, REGULATOR, title="党组书记"),
    )
    posts = (director.post, secretary.post)
    assert counts(replace(director, organ_posts=posts)) == {}
    assert counts(replace(secretary, organ_posts=posts)) == {"art10.2b": HALF}
    assert counts(replace(director, organ_posts=(director.post,))) == {"art10.2b": HALF}


@pytest.mark.clause("art5.2", "art6.2", "art30")
def test_a_reading_founds_nothing_until_it_is_adopted_and_past_periods_keep_theirs() -> None:
    xiongan = seat(XIONGAN, PARTY)
    adopted = Adoption("art5.2a", "133100", Span(date(2024, 6, 1)), "冀应急〔2024〕1号")
    plain = owed(xiongan, *Y24, "art5.2a")
    assert [(item.basis.kind, item.founds) for item in plain] == [(BasisKind.READING, False)] * HALF
    assert {kind.value for kind in plain[0].acts} == {"working_committee_meeting"}
    overlaid = owed(xiongan, *Y24, "art5.2a", adoptions=[adopted])
    assert [(item.founds, item.adopted_by) for item in overlaid] == [
        (False, None),
        (True, "冀应急〔2024〕1号"),
    ]
    assert founds(CATALOGUE.duty("art5.2a"), xiongan, date(2024, 5, 31), [adopted]) is False
    assert founds(CATALOGUE.duty("art5.2a"), xiongan, date(2024, 6, 1), [adopted]) is True


@pytest.mark.clause("art6.2", "art30")
def test_what_is_off_owes_nothing_until_adopted() -> None:
    zone = seat(ZONE, GOVERNMENT)
    adopted = Adoption("art6.2", "zone", Span(date(2024, 7, 1)), "冀应急〔2024〕2号")
    found = owed(zone, *Y24, "art6.2", adoptions=[adopted])
    assert [item.period.label for item in found] == ["2024-Q3", "2024-Q4"]
    assert all(item.founds for item in found)
    assert {kind.value for kind in found[0].acts} == {"management_committee_meeting"}


@pytest.mark.clause("art31")
def test_periods_already_running_at_the_effective_date_owe_nothing() -> None:
    county = seat(COUNTY, GOVERNMENT)
    labels = {item.period.label for item in owed(county, date(2018, 1, 1), date(2018, 12, 31))}
    assert labels == {"2018-Q4"}
    later = obligations_of_post(
        county, CATALOGUE, date(2018, 1, 1), date(2018, 12, 31), effective_from=date(2018, 7, 1)
    )
    assert {item.period.label for item in later} == {"2018-Q3", "2018-Q4", "2018-H2"}


@pytest.mark.clause("art5.3")
def test_a_county_that_becomes_a_city_owes_neither_rhythm_for_the_broken_period() -> None:
    county = seat(COUNTY, PARTY)
    upgraded = date(2024, 8, 15)
    before = replace(COUNTY, span=Span(date(2010, 1, 1), date(2024, 8, 14)))
    after = replace(COUNTY, tier=Tier.CITY, span=Span(upgraded), id=UUID(int=1))
    found = owed(replace(county, regions=(before, after)), date(2024, 1, 1), date(2025, 6, 30), "art5.3a", "art5.3b")
    assert [(item.duty_id, item.period.label) for item in found] == [
        ("art5.3b", "2024-Q1"),
        ("art5.3b", "2024-Q2"),
        ("art5.3a", "2025-H1"),
    ]


def test_a_post_owes_nothing_for_a_period_in_which_it_began_or_ended() -> None:
    short = seat(TOWN, PARTY, span=Span(date(2024, 2, 10), date(2024, 5, 20)))
    assert {item.period.label for item in owed(short, *Y24)} == {"2024-03", "2024-04"}
    assert duties_of_post(short, CATALOGUE, date(2024, 2, 9)) == ()
    assert duties_of_post(short, CATALOGUE, date(2024, 2, 10))


@pytest.mark.clause("art7", "art8", "art9")
def test_standing_duties_are_listed_without_ever_being_owed_by_a_day() -> None:
    lead = seat(COUNTY, LEAD)
    found = {duty.id for duty in duties_of_post(lead, CATALOGUE, date(2024, 5, 1))}
    assert found == {f"art8.{number}" for number in range(1, 7)}
    assert requirements_of_post(lead, CATALOGUE, date(2024, 5, 1)) == ()


def test_an_obligation_keeps_its_identity_whatever_window_asks_for_it() -> None:
    town = seat(TOWN, PARTY)
    wide = {item.key: item.id for item in owed(town, *Y24)}
    narrow = {item.key: item.id for item in owed(town, date(2024, 5, 20), date(2024, 5, 20))}
    assert narrow.items() <= wide.items()
    assert len(set(wide.values())) == len(wide) == 2 * MONTH
