"""Obligations where regions change by date and departments are merged: by the day, by function, and once."""

from dataclasses import replace
from datetime import date

import pytest

from services.duties.rules.obligations import Seat
from services.duties.tests.builders import ALWAYS, COUNTY, DINGZHOU, TOWN, owed, seat, uid
from shared.roster.facts import DatedRole, Organ, OrganRole, PostKind, Region, Span, Tier

YEAR = (date(2024, 1, 1), date(2024, 12, 31))
DAY, EVE = date(2024, 7, 1), date(2024, 6, 30)
STUDY = "art10.2a.study"


def department(name: str, span: Span, *roles: DatedRole) -> Seat:
    plain = seat(COUNTY, PostKind.DEPARTMENT_PRINCIPAL)
    organ: Organ = replace(plain.organ, id=uid(name), name=name, span=span, roles=roles)
    return replace(plain, organ=organ, post=replace(plain.post, id=uid(f"{name}长"), organ_id=organ.id, span=span))


def role(function: str, span: Span) -> DatedRole:
    return DatedRole(OrganRole.NAMED_REGULATOR, span, function=function)


def studies(*seats: Seat) -> list[tuple[str, str, tuple[str, ...]]]:
    return sorted(
        (item.period.label, one.organ.name, item.functions)
        for one in seats
        for item in owed(one, *YEAR)
        if item.requirement_id == STUDY
    )


@pytest.mark.clause("art10.2")
def test_a_merger_between_periods_moves_the_duty_to_the_successor_and_doubles_nothing() -> None:
    before, after = Span(ALWAYS.from_day, EVE), Span(DAY)
    housing = department("住建局", before, role("住房城乡建设", before))
    transport = department("交通局", before, role("交通运输", before))
    merged = department("住建交通局", after, role("交通运输", after), role("住房城乡建设", after))
    assert studies(housing, transport, merged) == [
        ("2024-H1", "交通局", ("交通运输",)),
        ("2024-H1", "住建局", ("住房城乡建设",)),
        ("2024-H2", "住建交通局", ("交通运输", "住房城乡建设")),
    ]


@pytest.mark.clause("art10.2")
def test_an_absorbing_department_owes_its_duty_once_in_the_period_of_the_merger() -> None:
    day = date(2024, 5, 1)
    gone = Span(ALWAYS.from_day, date(2024, 4, 30))
    own = (role("公安", ALWAYS), role("消防", Span(day)))
    stays, goes = department("公安局", ALWAYS, *own), department("消防局", gone, role("消防", gone))
    assert studies(stays, goes) == [("2024-H1", "公安局", ("公安",)), ("2024-H2", "公安局", ("公安", "消防"))]


def stretches(place: Region, day: date, tier: Tier) -> tuple[Region, Region]:
    before = replace(place, span=Span(ALWAYS.from_day, date.fromordinal(day.toordinal() - 1)))
    return before, replace(place, span=Span(day), tier=tier)


@pytest.mark.clause("art5.3")
def test_a_town_that_becomes_a_subdistrict_goes_on_owing_what_both_owe_from_its_own_tier() -> None:
    party = replace(seat(TOWN, PostKind.PARTY_PRINCIPAL), regions=stretches(TOWN, DAY, Tier.SUBDISTRICT))
    found = owed(party, *YEAR, "art5.3c")
    assert len(found) == 12, "no month is lost or owed twice"
    assert [item.tier for item in found] == [Tier.TOWN] * 6 + [Tier.SUBDISTRICT] * 6


@pytest.mark.clause("art5.3")
def test_a_county_that_becomes_a_city_owes_by_the_tier_of_each_period() -> None:
    place = replace(DINGZHOU, tier=Tier.COUNTY)
    party = replace(seat(place, PostKind.PARTY_PRINCIPAL), regions=stretches(place, DAY, Tier.CITY))
    trips = [(item.period.label, item.duty_id) for item in owed(party, *YEAR, "art5.3a", "art5.3b")]
    assert sorted(trips) == [("2024-H2", "art5.3a"), ("2024-Q1", "art5.3b"), ("2024-Q2", "art5.3b")]


@pytest.mark.clause("art5.3")
def test_a_change_of_parent_or_competence_within_a_period_interrupts_no_duty() -> None:
    first, second = stretches(COUNTY, date(2024, 5, 15), Tier.COUNTY)
    moved = replace(second, admin_parent="133100", path=("130000", "133100", COUNTY.code), competence=Tier.COUNTY)
    party = replace(seat(COUNTY, PostKind.PARTY_PRINCIPAL), regions=(first, moved))
    assert len(owed(party, *YEAR, "art5.3b")) == 4
