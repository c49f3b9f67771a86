"""The responsibility chain: story steps 2, 5 and 6, scenario 11, zones, vacancies, windows, handlers."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts import (
    Adjustment,
    AdjustmentAction,
    Authority,
    Chain,
    ChainEntry,
    Level,
)
from services.registry.rules.calendar import months_before
from services.registry.rules.chain import chain_difference, responsibility_chain
from services.registry.rules.level import decide_level
from services.registry.tests.rosters import (
    BY_CODE,
    Builder,
    accident,
    dead,
    leading_bodies,
    named,
    regulator,
    story,
)
from shared.roster.facts import (
    Appointment,
    OrganKind,
    OrganRole,
    PostKind,
    Region,
    Roster,
    Span,
    Tier,
)

WHO = {
    named(name): name
    for name in [
        *"甲乙丙丁戊己庚辛寅卯辰巳午",
        *(f"{place}{number}" for place in "省市县" for number in range(1, 6)),
    ]
}
ZONE_AND_COUNTY = {
    ("区书记", "戊"),
    ("区主任", "戊"),
    ("县委书记", "乙"),
    ("县长", "丙"),
    ("县安全分管", "丁"),
    ("县化工分管", "辛"),
    ("县应急局长", "己"),
    ("县应急副局长", "庚"),
}


def _own(place: str, who: str) -> set[tuple[str, str]]:
    titles = ("书记", "长", "安全分管", "化工分管", "应急局长")
    return {(f"{place}{title}", f"{who}{number}") for number, title in enumerate(titles, start=1)}


CITY = _own("演练市", "市")
PROVINCE = _own("演练省", "省")


def who(entries: tuple[ChainEntry, ...]) -> set[tuple[str, str]]:
    return {(entry.title, WHO[entry.official_id] if entry.official_id else "") for entry in entries}


def chain(build: Builder, authority: Authority = Authority.CITY, place: str = "139901400") -> Chain:
    return responsibility_chain(accident(place), build.roster(), authority)


@pytest.mark.clause("art21.4")
def test_story_step_2_zone_and_county_posts_up_to_the_city_as_of_the_accident() -> None:
    listed = chain(story())
    assert who(listed.entries) == ZONE_AND_COUNTY | CITY
    assert listed.regions == ("139901400", "139901", "139900")
    assert len(listed.entries) == len({entry.post_id for entry in listed.entries})
    assert who(listed.earlier) == {("县委书记", "甲")}
    assert all(entry.basis and entry.reason_zh and entry.reason_en for entry in listed.entries)
    assert not any(entry.title == "镇长" for entry in (*listed.entries, *listed.earlier))


@pytest.mark.clause("art21.4")
def test_story_each_entry_names_the_clause_it_is_there_for() -> None:
    by_title = {entry.title: entry for entry in chain(story()).entries}
    clauses = {title: tuple(basis.clause for basis in entry.basis) for title, entry in by_title.items()}
    assert clauses["区书记"] == ("art4", "art5")
    assert clauses["区主任"] == ("art4", "art6")
    assert clauses["县安全分管"] == ("art4", "art8")
    assert clauses["县化工分管"] == ("art4", "art9")
    assert clauses["县应急局长"] == ("art10.2",)
    assert clauses["县应急副局长"] == ("art10.3",)
    assert "C26" in by_title["县化工分管"].reason_zh


@pytest.mark.clause("art21.4")
def test_story_step_5_a_province_investigation_adds_province_posts_and_keeps_the_rest() -> None:
    build = story()
    old, new = chain(build), chain(build, Authority.PROVINCE)
    difference = chain_difference(old, new)
    assert who(difference.added) == PROVINCE
    assert (difference.removed, difference.changed) == ((), ())
    assert not chain_difference(new, new)
    assert new == replace(chain(build, Authority.STATE_COUNCIL), investigating=Authority.PROVINCE)


def test_story_step_6_a_portfolio_that_began_five_days_earlier_changes_no_entry() -> None:
    build = story()
    old = chain(build)
    build.portfolios = [
        replace(item, span=Span(date(2025, 1, 5))) if item.post_id == named("县化工分管") else item
        for item in build.portfolios
    ]
    assert not chain_difference(old, chain(build))


@pytest.mark.clause("art21.4")
def test_scenario_11_two_deaths_in_a_town_of_zhengding_still_list_county_leaders_and_regulators() -> None:
    build = Builder(exercise=False)
    leading_bodies(build, "130123", "县", Span(date(2024, 1, 1)), who="县")
    leading_bodies(build, "130100", "市", Span(date(2024, 1, 1)), who="市")
    build.organ("正定镇委", OrganKind.PARTY_COMMITTEE, "130123100")
    build.post("镇书记", "正定镇委", PostKind.PARTY_PRINCIPAL, ("巳", Span(date(2024, 1, 1))))
    two = accident("130123100", deaths=(dead(2),))
    level = decide_level(two)
    assert level.level is Level.ORDINARY
    listed = responsibility_chain(two, build.roster(), level.investigated_by)
    assert who(listed.entries) == {("镇书记", "巳")} | _own("县", "县")


@pytest.mark.clause("art4")
def test_a_vacant_seat_appears_as_vacant_with_its_last_holder_apart() -> None:
    listed = chain(story(), place="139901100")
    vacant = next(entry for entry in listed.entries if entry.title == "镇长")
    assert vacant.vacant
    assert vacant.official_id is None
    assert ("镇长", "午") in who(listed.earlier)
    earlier = next(entry for entry in listed.earlier if entry.title == "镇长")
    assert earlier.tenure == Span(date(2024, 1, 1), date(2026, 2, 28))
    assert earlier.basis[-1].clause == "art27"


def test_an_acting_head_is_listed_as_acting() -> None:
    build = story()
    post = build.posts["镇长"]
    build.appointments.append(
        Appointment(named("acting"), post.id, named("巳"), Span(date(2026, 3, 1)), acting=True, exercise=True)
    )
    entry = next(entry for entry in chain(build, place="139901100").entries if entry.title == "镇长")
    assert (entry.acting, entry.vacant, entry.official_id) == (True, False, named("巳"))


@pytest.mark.parametrize(
    ("last", "listed"),
    [(date(2026, 5, 19), True), (date(2025, 5, 20), True), (date(2025, 5, 19), False)],
)
def test_earlier_holders_are_those_of_the_window_and_no_older(last: date, listed: bool) -> None:
    build = story()
    post = build.posts["县长"]
    build.appointments.append(
        Appointment(named("older"), post.id, named("午"), Span(date(2020, 1, 1), last), exercise=True)
    )
    assert (("县长", "午") in who(chain(build).earlier)) is listed


def test_an_annulled_appointment_is_as_if_never_written() -> None:
    build = story()
    build.appointments = [replace(item, annulled=item.official_id == named("甲")) for item in build.appointments]
    assert chain(build).earlier == ()


def test_an_annulled_portfolio_matches_nothing() -> None:
    build = story()
    build.portfolios = [replace(item, annulled=True) for item in build.portfolios]
    assert "县化工分管" not in {entry.title for entry in chain(build).entries}


def test_whoever_acted_before_holding_the_post_is_no_earlier_holder() -> None:
    build = story()
    acted = Span(date(2026, 4, 1), date(2026, 4, 20))
    build.appointments.append(
        Appointment(named("acted"), named("县委书记"), named("乙"), acted, acting=True, exercise=True)
    )
    assert who(chain(build).earlier) == {("县委书记", "甲")}


def test_a_real_post_put_under_an_exercise_organ_stays_out_of_the_exercise() -> None:
    build = story()
    build.posts["县长"] = replace(build.posts["县长"], exercise=False)
    assert "县长" not in {entry.title for entry in chain(build).entries}


@pytest.mark.clause("art9")
@pytest.mark.parametrize(
    ("industries", "fields", "answers_for", "listed"),
    [
        (("C",), (), (), True),
        (("C26",), (), (), True),
        (("C261",), (), (), True),
        (("A", "C2614"), (), (), True),
        (("C27",), (), (), False),
        ((), ("特种设备",), (), True),
        ((), ("消防",), (), False),
        ((), (), ("县应急局",), True),
        ((), (), ("县档案局",), False),
    ],
)
def test_a_leader_is_listed_where_the_portfolio_matches(
    industries: tuple[str, ...], fields: tuple[str, ...], answers_for: tuple[str, ...], listed: bool
) -> None:
    build = story()
    kind = PostKind.GOVERNMENT_OTHER_LEADER
    since = ("午", Span(date(2024, 1, 1)))
    build.post("副县长", "县政府", kind, since, industries=industries, fields=fields, answers_for=answers_for)
    event = accident(industry="C2614", fields=("特种设备",))
    found = responsibility_chain(event, build.roster(), Authority.CITY)
    assert (("副县长", "午") in who(found.entries)) is listed


@pytest.mark.clause("art9")
def test_several_leaders_may_match_and_each_is_there_for_the_most_specific_of_its_own() -> None:
    build = story()
    since = ("午", Span(date(2024, 1, 1)))
    build.post("副县长", "县政府", PostKind.GOVERNMENT_OTHER_LEADER, since, industries=("C", "C261", "C26"))
    found = responsibility_chain(accident(industry="C2614"), build.roster(), Authority.CITY)
    reasons = {entry.title: entry.reason_en for entry in found.entries}
    assert reasons["副县长"].endswith("portfolio C261")
    assert reasons["县化工分管"].endswith("portfolio C26")


@pytest.mark.clause("art11")
@pytest.mark.parametrize(
    ("role", "industries", "clauses"),
    [
        (OrganRole.NAMED_REGULATOR, (), ("art10.2",)),
        (OrganRole.OTHER_REGULATOR, ("C26",), ("art10.2",)),
        (OrganRole.OTHER_REGULATOR, ("B",), None),
        (OrganRole.INDUSTRY_COMPETENT, ("C",), ("art11.3",)),
        (OrganRole.INDUSTRY_COMPETENT, (), None),
        (OrganRole.OTHER, ("C26",), None),
    ],
)
def test_a_department_is_listed_where_it_regulates_or_is_competent(
    role: OrganRole, industries: tuple[str, ...], clauses: tuple[str, ...] | None
) -> None:
    build = story()
    build.organ("县工信局", OrganKind.GOVERNMENT_DEPARTMENT, "139901", regulator(*industries, role=role))
    build.post("县工信局长", "县工信局", PostKind.DEPARTMENT_PRINCIPAL, ("午", Span(date(2024, 1, 1))))
    found = {entry.title: entry for entry in chain(build).entries}
    entry = found.get("县工信局长")
    assert (tuple(basis.clause for basis in entry.basis) if entry else None) == clauses


def test_a_department_role_that_ended_before_the_accident_lists_nobody() -> None:
    build = story()
    old = replace(regulator(), span=Span(date(2018, 1, 1), date(2026, 5, 19)))
    build.organ("县安监局", OrganKind.GOVERNMENT_DEPARTMENT, "139901", old)
    build.post("县安监局长", "县安监局", PostKind.DEPARTMENT_PRINCIPAL, ("午", Span(date(2024, 1, 1))))
    assert "县安监局长" not in {entry.title for entry in chain(build).entries}


def test_the_two_principals_of_a_department_are_both_listed() -> None:
    build = story()
    build.post("县应急局党组书记", "县应急局", PostKind.DEPARTMENT_PRINCIPAL, ("午", Span(date(2024, 1, 1))))
    assert {("县应急局长", "己"), ("县应急局党组书记", "午")} <= who(chain(build).entries)


def test_a_zone_that_contains_the_place_without_being_its_ancestor_is_listed() -> None:
    event = accident("139901100", zone_codes=("139901400",))
    found = responsibility_chain(event, story().roster(), Authority.COUNTY)
    assert found.regions == ("139901100", "139901400", "139901")
    with pytest.raises(ValueError, match="only a registered zone"):
        responsibility_chain(accident(zone_codes=("139901100",)), story().roster(), Authority.COUNTY)


@pytest.mark.clause("art5.3")
def test_dingzhou_has_no_county_above_its_towns_so_the_chain_ends_with_the_city() -> None:
    found = responsibility_chain(accident("130682100"), Builder().roster(), Authority.COUNTY)
    assert found.regions == ("130682100", "130682")


def test_an_exercise_lists_no_real_post_and_a_real_accident_no_exercise_post() -> None:
    build = story()
    real = replace(accident(), exercise=False)
    assert responsibility_chain(real, build.roster(), Authority.PROVINCE).entries == ()


def test_principals_nobody_registered_are_reported_as_gaps() -> None:
    gaps = responsibility_chain(accident("130123100"), Roster(regions=_regions()), Authority.COUNTY).gaps
    assert {(gap.region_code, gap.post_kind) for gap in gaps} == {
        ("130123100", PostKind.PARTY_PRINCIPAL),
        ("130123100", PostKind.GOVERNMENT_PRINCIPAL),
        ("130123", PostKind.PARTY_PRINCIPAL),
        ("130123", PostKind.GOVERNMENT_PRINCIPAL),
        ("130123", PostKind.GOVERNMENT_SAFETY_LEAD),
    }
    assert chain(story()).gaps == ()


def _regions() -> tuple[Region, ...]:
    return tuple(BY_CODE.values())


def test_handlers_drop_and_add_with_a_reason_and_the_dropped_stay_visible() -> None:
    build = story()
    adjustments = (
        Adjustment(AdjustmentAction.REMOVE, named("县化工分管"), "不涉及其分管"),
        Adjustment(AdjustmentAction.ADD, named("县农业分管"), "实际分管该企业"),
        Adjustment(AdjustmentAction.ADD, named("镇长"), "企业原属该镇", official_id=named("午")),
        Adjustment(AdjustmentAction.ADD, named("县长"), "已在列"),
    )
    found = responsibility_chain(accident(), build.roster(), Authority.CITY, adjustments=adjustments)
    difference = chain_difference(chain(build), found)
    assert who(difference.added) == {("县农业分管", "寅"), ("镇长", "午")}
    assert who(difference.removed) == {("县化工分管", "辛")}
    assert [(item.entry.title, item.reason) for item in found.removed] == [("县化工分管", "不涉及其分管")]
    added = next(entry for entry in found.entries if entry.title == "县农业分管")
    assert (added.basis[0].clause, added.basis[0].note) == ("art21.4", "实际分管该企业")


@pytest.mark.parametrize(
    "adjustment",
    [
        Adjustment(AdjustmentAction.REMOVE, named("县长"), "  "),
        Adjustment(AdjustmentAction.ADD, named("nowhere"), "理由"),
        Adjustment(AdjustmentAction.ADD, named("县长"), "理由", official_id=named("午")),
    ],
)
def test_an_adjustment_without_reason_or_of_nobody_is_an_error(adjustment: Adjustment) -> None:
    with pytest.raises(ValueError, match=r"reason|registered|held no post"):
        responsibility_chain(accident(), story().roster(), Authority.CITY, adjustments=(adjustment,))


def test_an_unknown_place_cannot_be_asked_about() -> None:
    with pytest.raises(ValueError, match="no region"):
        responsibility_chain(accident(), Roster(), Authority.CITY)
    with pytest.raises(ValueError, match="ends with the place"):
        responsibility_chain(accident(region_code="139901"), story().roster(), Authority.CITY)


@given(st.sampled_from(sorted(BY_CODE)), st.sampled_from(Authority))
def test_a_chain_reaches_the_investigating_level_and_never_less_than_the_county(
    place: str, authority: Authority
) -> None:
    event = accident(place, occurred_at=datetime(2026, 1, 1, 4, tzinfo=UTC))
    regions = [BY_CODE[code] for code in responsibility_chain(event, Roster(regions=_regions()), authority).regions]
    assert regions[0].code == place
    rank = {Tier.COUNTY: 1, Tier.CITY: 2, Tier.PROVINCE: 3}
    assert max(rank.get(region.tier, 0) for region in regions) >= min(authority.rank, 3)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 5, 20), 12, date(2025, 5, 20)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2024, 1, 15), 1, date(2023, 12, 15)),
        (date(2024, 1, 15), 0, date(2024, 1, 15)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before
    with pytest.raises(ValueError, match="not negative"):
        months_before(day, -1)
