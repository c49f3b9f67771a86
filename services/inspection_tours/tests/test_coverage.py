"""Coverage of Art. 14: who owes whom, what counts, when it is overdue, and what an accident proposes."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inspection_tours.data import configuration
from services.inspection_tours.facts import (
    AccidentFact,
    AccidentLevel,
    CoverageStatus,
    ListedDepartment,
    OwedTour,
    RegisteredZone,
    SpecialTourProposal,
    Tour,
    TourKind,
    TourState,
)
from services.inspection_tours.rules.coverage import coverage_of, routine_visits, whole_months
from services.inspection_tours.rules.owed import tours_owed_by
from services.inspection_tours.rules.special import propose_special_tour
from services.inspection_tours.rules.tables import parse_configuration
from shared.roster.facts import Organ, OrganKind, Region, Roster, Span, Tier
from shared.statute.decision import Basis

_ROOT = UUID("00000000-0000-0000-0000-000000139900")
ALWAYS = Span(date(2010, 1, 1))
ON = date(2026, 5, 20)


def uid(name: str) -> UUID:
    return uuid5(_ROOT, name)


BODY = uid("zone committee")
OWED = OwedTour("139901", BODY, "139901400", date(2018, 8, 23), Basis("art14"))


def tour(kind: TourKind, opened_on: date | None, state: TourState = TourState.CLOSED) -> Tour:
    return Tour(uid(f"{kind}{opened_on}"), kind, state, "139901400", (BODY,), opened_on=opened_on)


def region(code: str, tier: Tier, parent: str | None) -> Region:
    return Region(uid(code), code, code, tier, parent, parent, (code,), ALWAYS)


def organ(name: str, kind: OrganKind, code: str) -> Organ:
    return Organ(uid(name), name, kind, code, ALWAYS)


PROVINCE = region("130000", Tier.PROVINCE, None)
XIONGAN = region("133100", Tier.CITY, "130000")
DINGZHOU = replace(region("130682", Tier.CITY, "130000"), code_parent="130600")
BAODING = region("130600", Tier.CITY, "130000")
XIONGXIAN = replace(region("130638", Tier.COUNTY, "133100"), code_parent="130600")
TOWN = region("130682101", Tier.TOWN, "130682")
STREET = region("130682001", Tier.SUBDISTRICT, "130682")
ZONE = region("130682400", Tier.ZONE, "130682")
ROSTER = Roster(
    regions=(PROVINCE, XIONGAN, DINGZHOU, BAODING, XIONGXIAN, TOWN, STREET, ZONE),
    organs=(
        organ("雄安党工委", OrganKind.PARTY_WORKING_COMMITTEE, "133100"),
        organ("雄安管委会", OrganKind.MANAGEMENT_COMMITTEE, "133100"),
        organ("定州市委", OrganKind.PARTY_COMMITTEE, "130682"),
        organ("定州市政府", OrganKind.GOVERNMENT, "130682"),
        organ("定州交通局", OrganKind.GOVERNMENT_DEPARTMENT, "130682"),
        organ("保定市委", OrganKind.PARTY_COMMITTEE, "130600"),
        organ("雄县县委", OrganKind.PARTY_COMMITTEE, "130638"),
        organ("镇党委", OrganKind.PARTY_COMMITTEE, "130682101"),
        organ("街道办", OrganKind.SUBDISTRICT_OFFICE, "130682001"),
        organ("开发区党工委", OrganKind.PARTY_WORKING_COMMITTEE, "130682400"),
    ),
)


def names(
    obligor: Region,
    departments: tuple[ListedDepartment, ...] = (),
    zones: tuple[RegisteredZone, ...] = (),
    on: date = ON,
) -> set[str]:
    owed = tours_owed_by(obligor, ROSTER, departments, zones, on, configuration())
    by_id = {each.id: each.name for each in ROSTER.organs}
    return {by_id[each.organ_id] for each in owed}


@pytest.mark.clause("art14")
def test_scenario_14_a_special_tour_never_moves_the_routine_date() -> None:
    tours = (tour(TourKind.ROUTINE, date(2023, 2, 15)), tour(TourKind.SPECIAL, date(2025, 3, 10)))
    found = coverage_of(OWED, tours, date(2025, 3, 20), configuration())
    assert found.status is CoverageStatus.OVERDUE
    assert found.last_routine_on == date(2023, 2, 15)
    assert found.due_on == date(2025, 2, 14)
    assert found.months_since == 25
    assert found.forecast_late


@pytest.mark.clause("art14")
@pytest.mark.parametrize(
    ("on", "planned", "expected"),
    [
        (date(2023, 3, 1), None, CoverageStatus.VISITED),
        (date(2024, 8, 14), None, CoverageStatus.VISITED),
        (date(2024, 8, 16), None, CoverageStatus.DUE),
        (date(2025, 2, 14), None, CoverageStatus.DUE),
        (date(2025, 2, 15), None, CoverageStatus.OVERDUE),
        (date(2024, 6, 1), date(2025, 1, 6), CoverageStatus.PLANNED),
        (date(2025, 2, 15), date(2025, 3, 1), CoverageStatus.OVERDUE),
    ],
)
def test_a_body_is_visited_planned_due_or_overdue_on_any_day(
    on: date, planned: date | None, expected: CoverageStatus
) -> None:
    tours = [tour(TourKind.ROUTINE, date(2023, 2, 15))]
    if planned:
        tours.append(replace(tour(TourKind.ROUTINE, None, TourState.PLANNED), planned_for=planned))
    found = coverage_of(OWED, tours, on, configuration())
    assert found.status is expected
    assert found.forecast_on == (planned or date(2025, 2, 14))
    assert found.forecast_late is (max(found.forecast_on, on) > date(2025, 2, 14))


@pytest.mark.clause("art14")
def test_a_body_never_visited_is_due_and_overdue_two_years_after_the_rules() -> None:
    assert coverage_of(OWED, (), date(2020, 8, 22), configuration()).status is CoverageStatus.DUE
    late = coverage_of(OWED, (), date(2020, 8, 23), configuration())
    assert (late.status, late.months_since, late.last_routine_on) == (CoverageStatus.OVERDUE, None, None)


@pytest.mark.clause("art14")
def test_a_routine_tour_without_a_result_does_not_count_yet() -> None:
    assert routine_visits(OWED, (tour(TourKind.ROUTINE, date(2025, 1, 6), TourState.FINDINGS),), ON) == ()


@pytest.mark.clause("art14")
@given(
    st.lists(
        st.builds(
            tour,
            st.sampled_from([TourKind.SPECIAL, TourKind.RANDOM]),
            st.dates(date(2018, 9, 1), date(2030, 1, 1)),
            st.sampled_from(TourState),
        ),
        max_size=6,
    ),
    st.none() | st.dates(date(2018, 9, 1), date(2030, 1, 1)),
    st.dates(date(2018, 9, 1), date(2030, 1, 1)),
)
def test_special_and_random_tours_change_nothing_in_coverage(
    extra: list[Tour], routine_on: date | None, on: date
) -> None:
    routine = [] if routine_on is None else [tour(TourKind.ROUTINE, routine_on)]
    assert coverage_of(OWED, [*routine, *extra], on, configuration()) == coverage_of(OWED, routine, on, configuration())


@given(st.dates(date(2018, 1, 1), date(2030, 1, 1)), st.integers(0, 2000))
def test_whole_months_never_fall_and_grow_by_one_at_most(since: date, days: int) -> None:
    one, next_day = since + timedelta(days=days), since + timedelta(days=days + 1)
    assert 0 <= whole_months(since, next_day) - whole_months(since, one) <= 1


@pytest.mark.clause("art14")
def test_levels_follow_administration_and_not_the_code() -> None:
    assert names(PROVINCE) == {"雄安党工委", "雄安管委会", "定州市委", "定州市政府", "保定市委"}
    assert names(BAODING) == set()
    assert names(XIONGAN) == {"雄县县委"}
    assert names(DINGZHOU) == {"镇党委", "街道办"}
    assert names(TOWN) == set()


@pytest.mark.clause("art14")
def test_departments_by_the_dated_list_and_zones_by_registered_decision() -> None:
    listed = (ListedDepartment(uid("定州交通局"), Span(date(2024, 1, 1), date(2025, 12, 31)), "清单一号"),)
    zone = (RegisteredZone("130682400", Span(date(2025, 1, 1)), "决定二号"),)
    in_2025 = date(2025, 6, 1)
    assert names(DINGZHOU, listed, zone, in_2025) == {"定州交通局", "镇党委", "街道办", "开发区党工委"}
    assert names(DINGZHOU, listed, zone, date(2026, 6, 1)) == {"镇党委", "街道办", "开发区党工委"}
    assert names(DINGZHOU, listed, zone, date(2024, 6, 1)) == {"定州交通局", "镇党委", "街道办"}
    assert names(PROVINCE, listed, zone, in_2025) == names(PROVINCE)
    owed = {o.organ_id: o for o in tours_owed_by(DINGZHOU, ROSTER, listed, zone, in_2025, configuration())}
    assert owed[uid("开发区党工委")].since == date(2025, 1, 1)
    assert owed[uid("镇党委")].since == configuration().rules_published_by


@pytest.mark.clause("art14")
@pytest.mark.parametrize(("level", "proposes"), [("一般", False), ("较大", True), ("重大", True), ("特别重大", True)])
def test_a_larger_or_worse_accident_proposes_one_special_tour_whatever_its_revisions(
    level: str, proposes: bool
) -> None:
    accident = AccidentFact(uid("accident"), AccidentLevel(level), "139901400", ON)
    answer = propose_special_tour(accident, configuration())
    assert isinstance(answer, SpecialTourProposal) is proposes
    if isinstance(answer, SpecialTourProposal):
        assert answer.key == f"special:{accident.accident_id}"
        assert answer.region_code == "139901400"


@pytest.mark.parametrize(("key", "value"), [("cycle_months", 0), ("minimum_days", 0), ("special_tour_from", '"大"')])
def test_a_malformed_configuration_does_not_load(key: str, value: object) -> None:
    lines = {
        "cycle_months": 24,
        "due_soon_months": 0,
        "minimum_days": 1,
        "minimum_samples": 1,
        "special_tour_from": '"较大"',
        "rules_published_by": "2018-08-23",
    } | {key: value}
    with pytest.raises(ValueError, match=r"cycle|day|level|大"):
        parse_configuration("\n".join(f"{name} = {each}" for name, each in lines.items()))
