"""Who answered, asked in ways that a quick reading of the statute gets wrong; each case by name."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.registry.facts import Authority, ChainEntry
from services.registry.facts.answers import Matter
from services.registry.rules.answerable import who_answered
from services.registry.rules.chain import chain_regions, responsibility_chain
from services.registry.rules.lookup import Lookup
from services.registry.rules.regions_over_time import check_organ_days
from services.registry.rules.seats import leading_bodies
from services.registry.tests.rosters import BY_CODE, Builder, accident, named, regulator
from services.registry.tests.rosters import leading_bodies as bodies
from shared.roster.facts import Appointment, Official, OrganKind, OrganRole, PostKind, Roster, Span, Tier

DAY = date(2026, 5, 20)
COUNTY, TOWN, ZONE, SINCE = "139901", "139901100", "139901400", Span(date(2024, 1, 1))
DINGZHOU, XIONGAN = "130682", "133100"


def asked(roster: Roster, region: str = COUNTY, industry: str | None = "C26", day: date = DAY) -> list[ChainEntry]:
    matter = Matter(industry)
    return list(who_answered(region, roster, day, matter, exercise=BY_CODE[region].exercise).entries)


def said(entries: Iterable[ChainEntry]) -> list[tuple[str, str]]:
    people = {named(one): one for one in "甲乙丙丁戊"}
    return [(one.title, people.get(one.official_id, "") if one.official_id else "") for one in entries]


def county(**more: object) -> Builder:
    build = Builder(**more)  # type: ignore[arg-type]  # the builder's own fields
    build.organ("县委", OrganKind.PARTY_COMMITTEE, COUNTY)
    build.organ("县政府", OrganKind.GOVERNMENT, COUNTY)
    return build


@pytest.mark.clause("art4.p2")
def test_an_acting_head_answers_alone_and_beside_the_one_whose_place_is_taken() -> None:
    build = county()
    build.post("书记", "县委", PostKind.PARTY_PRINCIPAL, ("甲", SINCE), acting=True)
    (alone,) = asked(build.roster())
    assert (said([alone]), alone.acting, alone.vacant) == ([("书记", "甲")], True, False)
    holder = Appointment(named("b"), named("书记"), named("乙"), SINCE, exercise=True)
    both = asked(replace(build.roster(), appointments=(*build.appointments, holder)))
    assert [(one.acting, name) for one, (_, name) in zip(both, said(both), strict=True)] == [
        (False, "乙"),
        (True, "甲"),
    ]


@pytest.mark.clause("art10.2")
def test_both_principals_of_a_department_answer_and_so_does_an_absent_third_by_nobody() -> None:
    build = county()
    build.organ("应急局", OrganKind.GOVERNMENT_DEPARTMENT, COUNTY, regulator())
    build.post("党委书记", "应急局", PostKind.DEPARTMENT_PRINCIPAL, ("甲", SINCE))
    build.post("局长", "应急局", PostKind.DEPARTMENT_PRINCIPAL, ("乙", SINCE))
    build.post("副局长", "应急局", PostKind.DEPARTMENT_SAFETY_DEPUTY)
    assert said(asked(build.roster())) == [("党委书记", "甲"), ("局长", "乙"), ("副局长", "")]


@pytest.mark.clause("art2")
def test_an_office_of_a_town_is_no_department_that_the_rules_bind() -> None:
    build = Builder()
    build.organ("镇委", OrganKind.PARTY_COMMITTEE, TOWN)
    build.organ("镇应急办", OrganKind.GOVERNMENT_DEPARTMENT, TOWN, regulator())
    build.post("镇书记", "镇委", PostKind.PARTY_PRINCIPAL, ("甲", SINCE))
    build.post("主任", "镇应急办", PostKind.DEPARTMENT_PRINCIPAL, ("乙", SINCE))
    assert said(asked(build.roster(), TOWN)) == [("镇书记", "甲")]


@pytest.mark.clause("art2", "art4.p2")
def test_a_zone_managed_by_an_organ_registered_in_its_county_answers_for_the_zone_and_not_for_the_county() -> None:
    build = county()
    build.organ("区管委会", OrganKind.MANAGEMENT_COMMITTEE, COUNTY)
    build.post("县长", "县政府", PostKind.GOVERNMENT_PRINCIPAL, ("甲", SINCE))
    build.post("区主任", "区管委会", PostKind.GOVERNMENT_PRINCIPAL, ("乙", SINCE))
    regions = {**BY_CODE, ZONE: replace(BY_CODE[ZONE], managing_organ_id=named("区管委会"))}
    roster = replace(build.roster(), regions=tuple(regions.values()))
    assert (said(asked(roster)), said(asked(roster, ZONE))) == ([("县长", "甲")], [("区主任", "乙")])
    seats = leading_bodies(regions[COUNTY], Lookup(roster, DAY, exercise=True)).first_responsible
    assert [one.official_id for one in seats] == [named("甲")]
    listed = responsibility_chain(accident(ZONE), roster, Authority.COUNTY).entries
    assert said(listed) == [("区主任", "乙"), ("县长", "甲")]


@pytest.mark.clause("art4.p2", "art5.3")
def test_xiongan_is_led_by_its_working_and_managing_committee_and_a_city_is_not() -> None:
    build = Builder(exercise=False)
    for code in (XIONGAN, "130100"):
        build.organ(f"{code}工委", OrganKind.PARTY_WORKING_COMMITTEE, code)
        build.post(f"{code}工委书记", f"{code}工委", PostKind.PARTY_PRINCIPAL, ("甲", SINCE))
    assert said(asked(build.roster(), XIONGAN)) == [("133100工委书记", "甲")]
    build.organ("市委", OrganKind.PARTY_COMMITTEE, "130100")
    build.post("市委书记", "市委", PostKind.PARTY_PRINCIPAL, ("乙", SINCE))
    assert said(asked(build.roster(), "130100")) == [("市委书记", "乙")], "the working committee is a zone's"


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("place", "authority", "path"),
    [
        (f"{DINGZHOU}100", Authority.COUNTY, [f"{DINGZHOU}100", DINGZHOU]),
        (f"{DINGZHOU}100", Authority.PROVINCE, [f"{DINGZHOU}100", DINGZHOU, "130000"]),
        ("130181", Authority.COUNTY, ["130181"]),
        ("130638", Authority.CITY, ["130638", XIONGAN]),
        ("130171010", Authority.COUNTY, ["130171010", "130100"]),
        (ZONE, Authority.COUNTY, [ZONE, COUNTY]),
    ],
)
def test_the_chain_climbs_administration_and_never_the_code(place: str, authority: Authority, path: list[str]) -> None:
    roster = Roster(regions=tuple(BY_CODE.values()))
    lookup = Lookup(roster, DAY, exercise=BY_CODE[place].exercise)
    assert [one.code for one in chain_regions(accident(place), lookup, authority)] == path


@pytest.mark.clause("art9")
@pytest.mark.parametrize(
    ("portfolio", "industry", "answers"),
    [
        ("C", "C2614", True),
        ("C26", "C2614", True),
        ("C2614", "C2614", True),
        ("C2614", "C26", False),
        ("C27", "C2614", False),
        ("C26", None, False),
    ],
)
def test_a_portfolio_covers_what_is_deeper_and_never_what_is_wider(
    portfolio: str, industry: str | None, answers: bool
) -> None:
    build = county()
    build.post("副县长", "县政府", PostKind.GOVERNMENT_OTHER_LEADER, ("甲", SINCE), industries=(portfolio,))
    assert said(asked(build.roster(), industry=industry)) == ([("副县长", "甲")] if answers else [])


@pytest.mark.clause("art9")
@pytest.mark.parametrize(("offset", "answers"), [(-1, False), (0, True), (9, True), (10, False)])
def test_a_portfolio_holds_on_its_first_and_last_day_and_outlives_its_holder_as_a_vacant_seat(
    offset: int, answers: bool
) -> None:
    build = county()
    held = ("甲", Span(date(2026, 3, 1), date(2026, 3, 5)))
    build.post("副县长", "县政府", PostKind.GOVERNMENT_OTHER_LEADER, held, industries=("C26",))
    first = date(2026, 3, 1)
    build.portfolios = [replace(one, span=Span(first, date(2026, 3, 10))) for one in build.portfolios]
    found = asked(build.roster(), day=first + timedelta(days=offset))
    assert [one.vacant for one in found] == ([offset > 4] if answers else [])


@pytest.mark.clause("art4.p2")
def test_what_was_annulled_was_never_so() -> None:
    build = county()
    build.post("县长", "县政府", PostKind.GOVERNMENT_PRINCIPAL, ("甲", SINCE), ("乙", SINCE))
    build.post("副县长", "县政府", PostKind.GOVERNMENT_OTHER_LEADER, ("丙", SINCE), industries=("C26",))
    build.appointments[0] = replace(build.appointments[0], annulled=True)
    build.portfolios = [replace(one, annulled=True) for one in build.portfolios]
    assert said(asked(build.roster())) == [("县长", "乙")]


@pytest.mark.clause("art7", "art8")
def test_a_safety_lead_in_the_standing_committee_answers_in_each_capacity_that_matches() -> None:
    build = county()
    build.post("常委", "县委", PostKind.PARTY_STANDING_MEMBER, ("丁", SINCE))
    build.post("安全分管", "县政府", PostKind.GOVERNMENT_SAFETY_LEAD, ("丁", SINCE))
    assert said(asked(build.roster())) == [("安全分管", "丁")], "a seat without portfolio answers for no industry"


@pytest.mark.clause("art11.3")
def test_a_merely_competent_department_answers_for_its_industry_only_and_a_role_of_another_day_for_nothing() -> None:
    build = county()
    role = regulator("G", role=OrganRole.INDUSTRY_COMPETENT)
    build.organ("交通局", OrganKind.GOVERNMENT_DEPARTMENT, COUNTY, role)
    build.organ("工信局", OrganKind.GOVERNMENT_DEPARTMENT, COUNTY, replace(role, industries=()))
    past = replace(regulator(), span=Span(date(2018, 1, 1), DAY - timedelta(days=1)))
    build.organ("安监局", OrganKind.GOVERNMENT_DEPARTMENT, COUNTY, past)
    for name in ("交通局", "工信局", "安监局"):
        build.post(f"{name}长", name, PostKind.DEPARTMENT_PRINCIPAL, ("甲", SINCE))
    assert said(asked(build.roster(), industry="G54")) == [("交通局长", "甲")]
    assert said(asked(build.roster(), industry="C26")) == []
    assert said(asked(build.roster(), industry="C26", day=DAY - timedelta(days=1))) == [("安监局长", "甲")]


@pytest.mark.clause("art27")
def test_a_handlers_word_about_one_record_concerns_the_person() -> None:
    build = county()
    build.post("县长", "县政府", PostKind.GOVERNMENT_PRINCIPAL, ("甲", SINCE))
    roster = replace(build.roster(), officials=(Official(named("乙"), "演练", merged_into=named("甲")),))
    (entry,) = responsibility_chain(accident(), roster, Authority.COUNTY).entries
    assert (entry.official_id, entry.other_official_ids) == (named("甲"), (named("乙"),))


@pytest.mark.clause("art2")
def test_an_organ_does_not_outlive_a_region_whose_code_was_reused() -> None:
    region = Span(date(1983, 1, 1), date(2019, 12, 31))
    assert check_organ_days(Span(date(2018, 1, 1), date(2019, 12, 31)), region)
    assert check_organ_days(Span(date(2018, 1, 1)), region).code == "outlives_region"
    assert check_organ_days(Span(date(2018, 1, 1), date(2020, 1, 1)), region).code == "outlives_region"
    assert check_organ_days(Span(date(2018, 1, 1)), Span(date(2018, 1, 1)))


@pytest.mark.clause("art4.p2")
def test_real_and_exercise_posts_never_answer_together() -> None:
    build = Builder(exercise=False)
    bodies(build, "130000", "省", SINCE, who="省")
    assert [one.title for one in who_answered("130000", build.roster(), DAY, exercise=True).entries] == []
    assert BY_CODE["130000"].tier is Tier.PROVINCE
