"""Art. 2 and 4: who is bound, who sits where, who answered."""

from dataclasses import replace
from datetime import date

import pytest

from services.registry.facts.answers import Matter, SeatFinding, SeatKind
from services.registry.rules.answerable import who_answered
from services.registry.rules.lookup import Lookup
from services.registry.rules.scope import in_scope_on, post_in_scope
from services.registry.rules.seats import (
    committee_seats,
    first_responsible_persons,
)
from services.registry.tests.rosters import BY_CODE, Builder, named, story
from shared.roster.facts import Appointment, OrganKind, PostKind, Span

DAY = date(2026, 5, 20)


def with_committees() -> Builder:
    build = story()
    for code in ("130000", "139900", "139901", "139901100"):
        build.organ(f"{code}安委会", OrganKind.SAFETY_COMMITTEE, code)
    return build


def lookup(build: Builder) -> Lookup:
    return Lookup(build.roster(), DAY, exercise=True)


@pytest.mark.clause("art4.p2")
def test_from_city_tier_down_the_party_principal_is_first_director() -> None:
    for code, party, head in (("139900", "市1", "市2"), ("139901", "乙", "丙")):
        seats = committee_seats(BY_CODE[code], lookup(with_committees())).seats
        assert [(seat.kind, seat.official_id) for seat in seats] == [
            (SeatKind.FIRST_DIRECTOR, named(party)),
            (SeatKind.DIRECTOR, named(head)),
        ]


@pytest.mark.clause("art4.p2")
def test_the_province_has_no_first_director() -> None:
    seats = committee_seats(BY_CODE["130000"], lookup(with_committees())).seats
    assert [(seat.kind, seat.official_id) for seat in seats] == [(SeatKind.DIRECTOR, named("省2"))]


@pytest.mark.clause("art4.p2")
def test_a_zone_without_the_organ_gets_a_finding_and_no_seat() -> None:
    found = committee_seats(BY_CODE["139901400"], lookup(with_committees()))
    assert (found.organ_id, found.seats) == (None, ())
    assert found.findings == ((SeatFinding.NO_ORGAN, None),)


@pytest.mark.clause("art4.p2")
def test_a_vacant_post_leaves_the_seat_vacant_and_an_acting_head_sits_marked() -> None:
    build = with_committees()
    director = committee_seats(BY_CODE["139901100"], lookup(build)).seats[1]
    assert director.vacant
    build.appointments.append(
        Appointment(named("acting"), named("镇长"), named("巳"), Span(date(2026, 3, 1)), acting=True, exercise=True)
    )
    director = committee_seats(BY_CODE["139901100"], lookup(build)).seats[1]
    assert (director.vacant, director.acting) == (False, True)


def test_a_committee_over_unregistered_posts_says_which_seat_lacks_its_post() -> None:
    build = Builder()
    build.organ("安委会", OrganKind.SAFETY_COMMITTEE, "139900")
    found = committee_seats(BY_CODE["139900"], lookup(build))
    assert found.findings == (
        (SeatFinding.NO_POST, SeatKind.FIRST_DIRECTOR),
        (SeatFinding.NO_POST, SeatKind.DIRECTOR),
    )


@pytest.mark.clause("art4.p2")
def test_both_principals_are_first_responsible_persons() -> None:
    persons = first_responsible_persons(BY_CODE["139901400"], lookup(story()))
    assert [(seat.kind, seat.official_id) for seat in persons] == [
        (SeatKind.FIRST_RESPONSIBLE, named("戊")),
        (SeatKind.FIRST_RESPONSIBLE, named("戊")),
    ]
    assert len({seat.post_id for seat in persons}) == 2


@pytest.mark.clause("art2")
@pytest.mark.parametrize(
    ("region", "kind", "bound"),
    [
        ("130000", OrganKind.GOVERNMENT, True),
        ("139901", OrganKind.PARTY_COMMITTEE, True),
        ("139901", OrganKind.GOVERNMENT_DEPARTMENT, True),
        ("139901", OrganKind.ORGANIZATION_DEPARTMENT, True),
        ("139901", OrganKind.STATE_ENTERPRISE, False),
        ("139901", OrganKind.DISCIPLINE_ORGAN, False),
        ("139901", OrganKind.SAFETY_COMMITTEE, False),
        ("130000", OrganKind.EXTERNAL_ORGAN, False),
        ("133100", OrganKind.PARTY_WORKING_COMMITTEE, True),
        ("133100", OrganKind.MANAGEMENT_COMMITTEE, True),
        ("139901100", OrganKind.GOVERNMENT, True),
        ("139901100", OrganKind.GOVERNMENT_DEPARTMENT, False),
        ("130102001", OrganKind.SUBDISTRICT_OFFICE, True),
        ("139901400", OrganKind.MANAGEMENT_COMMITTEE, True),
        ("139901400", OrganKind.GOVERNMENT_DEPARTMENT, True),
    ],
)
def test_article_2_names_these_posts_and_no_others(region: str, kind: OrganKind, bound: bool) -> None:
    build = Builder()
    build.organ("机关", kind, region)
    build.post("岗位", "机关", PostKind.LEADING_BODY_MEMBER)
    decision = post_in_scope(build.posts["岗位"], build.organs["机关"], BY_CODE[region])
    assert bool(decision) is bound
    assert decision.basis[0].clause == "art2"


@pytest.mark.clause("art2")
def test_scope_is_tested_on_the_day_of_the_conduct() -> None:
    roster = story().roster()
    assert in_scope_on(named("丙"), date(2026, 6, 30), roster)
    after = in_scope_on(named("丙"), date(2026, 7, 1), roster)
    assert (bool(after), after.code) == (False, "no_post_that_day")
    annulled = replace(roster, appointments=tuple(replace(item, annulled=True) for item in roster.appointments))
    assert not in_scope_on(named("丙"), date(2026, 6, 30), annulled)


@pytest.mark.clause("art2")
def test_one_post_in_scope_suffices_beside_one_that_is_not() -> None:
    build = story()
    build.organ("国企", OrganKind.STATE_ENTERPRISE, "139901")
    build.post("首席安全官", "国企", PostKind.LEADING_BODY_MEMBER, ("丁", Span(date(2024, 1, 1))))
    assert in_scope_on(named("丁"), DAY, build.roster())
    before = in_scope_on(named("丁"), date(2024, 6, 1), build.roster())
    assert (bool(before), before.code) == (False, "post_out_of_scope")


@pytest.mark.clause("art4.p2")
def test_who_answered_for_an_industry_in_a_county_on_a_day() -> None:
    roster = story().roster()
    answer = who_answered("139901", roster, date(2026, 4, 20), Matter("C2614"), exercise=True)
    titles = {entry.title: entry.official_id for entry in answer.entries}
    assert titles["县委书记"] == named("甲")
    assert "县化工分管" in titles
    assert "县农业分管" not in titles
    general = who_answered("139901", roster, date(2026, 4, 20), exercise=True)
    assert "县化工分管" not in {entry.title for entry in general.entries}
    with pytest.raises(ValueError, match="no region"):
        who_answered("999999", roster, DAY)
