"""What the register lacks: each finding with its clause, since when, and what clears it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts.findings import (
    Declaration,
    DeclarationKind,
    Findable,
    Finding,
    FindingKind,
    InvestigatedAccident,
    PromotionFlag,
)
from services.registry.facts.proceedings import Proceeding, ProceedingKind
from services.registry.facts.regions import Reform
from services.registry.rules.findings import RULES, findings
from services.registry.rules.findings.scene import Index, edges, since
from services.registry.rules.succession import carried_out
from services.registry.tests.rosters import BY_CODE, LONG_AGO, Builder, named, regulator
from shared.roster.facts import Official, OrganKind, OrganRole, PostKind, Span, SuccessionKind, Tier
from shared.statute.clauses import clauses_of
from shared.statute.decision import Basis

DAY = date(2026, 5, 20)
COUNTY, TOWN, ZONE = "139901", "139901100", "139901400"
SINCE = Span(date(2024, 1, 1))
FOUNDED = BY_CODE[COUNTY].span.from_day


def whole() -> Builder:
    """A county that lacks nothing."""
    build = Builder()
    build.organ("县委", OrganKind.PARTY_COMMITTEE, COUNTY)
    build.organ("县政府", OrganKind.GOVERNMENT, COUNTY)
    build.organ("县安委会", OrganKind.SAFETY_COMMITTEE, COUNTY)
    build.organ("县应急局", OrganKind.GOVERNMENT_DEPARTMENT, COUNTY, regulator("C26"))
    build.post("书记", "县委", PostKind.PARTY_PRINCIPAL, ("甲", SINCE))
    build.post("县长", "县政府", PostKind.GOVERNMENT_PRINCIPAL, ("乙", SINCE))
    build.post("常委", "县委", PostKind.PARTY_STANDING_MEMBER, ("丙", SINCE))
    build.post("安全分管", "县政府", PostKind.GOVERNMENT_SAFETY_LEAD, ("丙", SINCE), answers_for=("县应急局",))
    build.post("应急副局长", "县应急局", PostKind.DEPARTMENT_SAFETY_DEPUTY, ("丁", SINCE))
    return build


def declared(kind: DeclarationKind, region: str = COUNTY, **more: object) -> Declaration:
    facts = {"id": named(f"{kind}{more}"), "span": SINCE, "document": "演练文件1号", "exercise": True, **more}
    return Declaration(kind=kind, region_code=region, **facts)  # type: ignore[arg-type]  # a test's keywords


def found(
    build: Builder,
    *declarations: Declaration,
    region: str = COUNTY,
    day: date = DAY,
    flags: dict[UUID, tuple[PromotionFlag, ...]] | None = None,
    accidents: tuple[InvestigatedAccident, ...] = (),
) -> tuple[Finding, ...]:
    index = Index(Findable(build.roster(), declarations, flags or {}, accidents), exercise=True)
    return findings(BY_CODE[region], index, day)


def only(several: Iterable[Finding], kind: FindingKind) -> list[Finding]:
    return [one for one in several if one.kind is kind]


def the(several: Iterable[Finding], kind: FindingKind) -> Finding:
    (one,) = only(several, kind)
    return one


def until(build: Builder, who: str, last: date) -> Builder:
    """Everything that `who` holds ends on `last`."""
    build.appointments = [
        replace(one, span=Span(one.span.from_day, last)) if one.official_id == named(who) else one
        for one in build.appointments
    ]
    return build


def test_a_county_that_lacks_nothing_has_no_finding() -> None:
    assert found(whole()) == ()


@pytest.mark.clause("art4.p2")
def test_a_region_without_organs_has_no_organ_and_neither_vacancy_nor_lapse() -> None:
    several = found(Builder())
    assert {(one.kind, one.matter, one.since) for one in several} == {
        (FindingKind.NO_ORGAN, kind, FOUNDED) for kind in ("party_committee", "government", "safety_committee")
    }
    assert {basis.clause for one in several for basis in one.basis} == {"art4.p2"}


@pytest.mark.clause("art4.p2", "art8")
@pytest.mark.parametrize(
    ("who", "kind", "clause"),
    [
        ("甲", FindingKind.VACANT_PRINCIPAL, "art4.p2"),
        ("乙", FindingKind.VACANT_PRINCIPAL, "art4.p2"),
        ("丙", FindingKind.VACANT_SAFETY_LEAD, "art8"),
    ],
)
def test_a_seat_is_vacant_since_the_day_after_its_last_holder(who: str, kind: FindingKind, clause: str) -> None:
    one = the(found(until(whole(), who, date(2026, 3, 31))), kind)
    assert (one.since, [basis.clause for basis in one.basis]) == (date(2026, 4, 1), [clause])
    assert one.post_id is not None
    assert "主持工作" in one.clears_zh
    assert not only(found(until(whole(), who, date(2026, 3, 31)), day=date(2026, 3, 31)), kind)


def test_an_acting_head_fills_the_seat() -> None:
    build = until(whole(), "甲", date(2026, 3, 31))
    build.appointments.append(
        replace(build.appointments[0], id=named("acting"), official_id=named("辛"), span=SINCE, acting=True)
    )
    assert not only(found(build), FindingKind.VACANT_PRINCIPAL)


@pytest.mark.clause("art8")
def test_a_safety_lead_nobody_registered_is_missed_in_a_county_and_not_in_a_town() -> None:
    for code, count in ((COUNTY, 1), (TOWN, 0)):
        build = Builder()
        build.organ("政府", OrganKind.GOVERNMENT, code)
        assert len(only(found(build, region=code), FindingKind.VACANT_SAFETY_LEAD)) == count


@pytest.mark.clause("art4.p2")
def test_two_people_in_one_principals_seat_are_shown_since_the_second_came() -> None:
    build = whole()
    second = replace(build.appointments[0], id=named("second"), official_id=named("壬"), acting=True)
    build.appointments.append(replace(second, span=Span(date(2026, 2, 1))))
    one = the(found(build), FindingKind.OVERLAPPING_PRINCIPALS)
    assert (one.since, one.post_id) == (date(2026, 2, 1), named("书记"))
    assert one.basis[0].kind.value == "default"


@pytest.mark.clause("art8")
def test_a_safety_lead_outside_the_standing_committee_is_cleared_by_a_seat_or_a_documented_exception() -> None:
    build = whole()
    build.appointments = [one for one in build.appointments if one.post_id != named("常委")]
    one = the(found(build), FindingKind.SAFETY_LEAD_NOT_STANDING)
    assert (one.since, one.post_id) == (SINCE.from_day, named("安全分管"))
    kind = DeclarationKind.STANDING_COMMITTEE_EXCEPTION
    for post, days, still in (
        ("安全分管", Span(date(2025, 1, 1)), 0),
        ("安全分管", Span(date(2025, 1, 1), date(2025, 12, 31)), 1),
        ("县长", Span(date(2025, 1, 1)), 1),
    ):
        left = found(build, declared(kind, post_id=named(post), span=days))
        assert len(only(left, FindingKind.SAFETY_LEAD_NOT_STANDING)) == still
    lapsed = declared(kind, post_id=named("安全分管"), span=Span(date(2025, 1, 1), date(2025, 12, 31)))
    assert the(found(build, lapsed), FindingKind.SAFETY_LEAD_NOT_STANDING).since == date(2026, 1, 1)


@pytest.mark.clause("art9", "art6.9")
def test_an_industry_that_somebody_regulates_needs_a_leader_and_the_other_way_round() -> None:
    build = whole()
    build.organ(
        "县交通局", OrganKind.GOVERNMENT_DEPARTMENT, COUNTY, regulator("G54", role=OrganRole.INDUSTRY_COMPETENT)
    )
    one = the(found(build), FindingKind.NO_PORTFOLIO_HOLDER)
    assert (one.matter, one.since) == ("G54", FOUNDED)
    build.post("交通分管", "县政府", PostKind.GOVERNMENT_OTHER_LEADER, ("戊", SINCE), industries=("G", "H"))
    several = found(build)
    assert not only(several, FindingKind.NO_PORTFOLIO_HOLDER)
    assert [one.matter for one in only(several, FindingKind.NO_REGULATOR)] == ["G", "H"]
    gone = found(until(build, "戊", date(2026, 4, 30)))
    vacated = {one.matter: one.since for one in only(gone, FindingKind.NO_PORTFOLIO_HOLDER)}
    assert vacated == dict.fromkeys(("G", "G54", "H"), date(2026, 5, 1))
    assert {basis.kind.value for one in gone for basis in one.basis if one.matter in {"G", "H"}} <= {"reading"}


@pytest.mark.clause("art10.3")
def test_a_regulator_needs_its_safety_deputy_but_other_departments_and_towns_do_not() -> None:
    build = until(whole(), "丁", date(2026, 4, 30))
    build.organ("县档案局", OrganKind.PARTY_DEPARTMENT, COUNTY, regulator(role=OrganRole.OTHER))
    build.organ("镇应急办", OrganKind.GOVERNMENT_DEPARTMENT, TOWN, regulator())
    one = the(found(build), FindingKind.NO_SAFETY_DEPUTY)
    assert (one.organ_id, one.since) == (named("县应急局"), date(2026, 5, 1))
    assert not only(found(build, region=TOWN), FindingKind.NO_SAFETY_DEPUTY)


@pytest.mark.clause("art5.6")
@pytest.mark.parametrize("code", [TOWN, ZONE])
def test_a_town_or_zone_needs_a_designated_department_that_stands(code: str) -> None:
    build, kind = whole(), DeclarationKind.RESPONSIBLE_DEPARTMENT
    assert the(found(build, region=code), FindingKind.NO_RESPONSIBLE_DEPARTMENT).since == BY_CODE[code].span.from_day
    by_county = declared(kind, code, organ_id=named("县应急局"))
    assert not only(found(build, by_county, region=code), FindingKind.NO_RESPONSIBLE_DEPARTMENT)
    assert not only(found(build), FindingKind.NO_RESPONSIBLE_DEPARTMENT)
    build.organs["县应急局"] = replace(build.organs["县应急局"], span=Span(LONG_AGO, date(2026, 1, 31)))
    left = found(build, by_county, region=code)
    assert the(left, FindingKind.NO_RESPONSIBLE_DEPARTMENT).since == date(2026, 2, 1)


@pytest.mark.clause("art5.6", "art10.2")
def test_a_designation_follows_its_department_to_the_heir_and_ends_where_nobody_took_over() -> None:
    build = whole()
    designated = declared(DeclarationKind.RESPONSIBLE_DEPARTMENT, TOWN, organ_id=named("县应急局"))
    day, old = date(2026, 3, 1), build.organs["县应急局"]
    new = replace(old, id=named("新局"), name="新局", span=Span(day), roles=())
    for heirs, since_day in (((new,), None), ((), day)):
        kind = SuccessionKind.ABOLISHED
        reform = Reform(kind, day, "文", "市委", day, predecessors=(old,), heirs=heirs)
        after = {one.name: one for one in carried_out(reform)}
        changed = replace(build, organs=build.organs | after)
        left = only(found(changed, designated, region=TOWN), FindingKind.NO_RESPONSIBLE_DEPARTMENT)
        assert [one.since for one in left] == ([] if since_day is None else [since_day])


@pytest.mark.clause("art8", "art4.p2")
def test_two_records_of_one_person_are_one_in_every_finding() -> None:
    build = whole()
    build.appointments = [
        replace(one, official_id=named("丙二")) if one.post_id == named("常委") else one for one in build.appointments
    ]
    again = replace(build.appointments[0], id=named("again"), official_id=named("甲二"), acting=True)
    build.appointments.append(again)
    kinds = {FindingKind.SAFETY_LEAD_NOT_STANDING, FindingKind.OVERLAPPING_PRINCIPALS}
    assert kinds <= {one.kind for one in found(build)}
    merged = tuple(Official(named(f"{one}二"), "演练", merged_into=named(one)) for one in "甲丙")
    index = Index(Findable(replace(build.roster(), officials=merged), (), {}), exercise=True)
    assert not kinds & {one.kind for one in findings(BY_CODE[COUNTY], index, DAY)}


@pytest.mark.clause("art23")
def test_a_promotion_under_a_bar_is_listed_until_a_person_undoes_it() -> None:
    build = whole()
    promoted = replace(build.appointments[1], promotion=True)
    build.appointments[1] = promoted
    flags: dict[UUID, tuple[PromotionFlag, ...]] = {
        promoted.id: (PromotionFlag("promotion_during_veto", Basis("art23")),)
    }
    one = the(found(build, flags=flags), FindingKind.BARRED_PROMOTION)
    assert (one.appointment_id, one.since, one.basis) == (promoted.id, SINCE.from_day, (Basis("art23"),))
    build.appointments[1] = replace(promoted, annulled=True)
    assert not only(found(build, flags=flags), FindingKind.BARRED_PROMOTION)


@pytest.mark.clause("art6.9")
def test_an_enterprise_needs_a_regulator_of_whichever_region() -> None:
    build, kind = whole(), DeclarationKind.ENTERPRISE
    enterprise = declared(kind, TOWN, name="演练化工厂", industry="C26")
    one = the(found(build, enterprise, region=TOWN), FindingKind.ENTERPRISE_WITHOUT_REGULATOR)
    assert (one.since, one.declaration_id) == (SINCE.from_day, enterprise.id)
    regulated = replace(enterprise, organ_id=named("县应急局"))
    assert not only(found(build, regulated, region=TOWN), FindingKind.ENTERPRISE_WITHOUT_REGULATOR)


@pytest.mark.clause("art6.7")
@pytest.mark.parametrize(
    ("fund", "revenue", "behind"),
    [((100, 110), (1_000, 1_100), 0), ((100, 109), (1_000, 1_100), 1), ((0, 0), (1, 2), 0)],
)
def test_the_safety_fund_grows_with_revenue(fund: tuple[int, int], revenue: tuple[int, int], behind: int) -> None:
    years = [
        declared(
            DeclarationKind.SAFETY_FUND,
            year=2024 + n,
            fund_yuan=fund[n],
            revenue_yuan=revenue[n],
            span=Span(date(2024 + n, 1, 1)),
        )
        for n in (0, 1)
    ]
    assert len(only(found(whole(), *years), FindingKind.FUND_BEHIND_REVENUE)) == behind
    assert not only(found(whole(), years[1]), FindingKind.FUND_BEHIND_REVENUE)


@pytest.mark.clause("art8.5")
def test_an_evaluation_is_overdue_from_the_day_after_the_year_until_it_is_made() -> None:
    kinds = (ProceedingKind.OPENED, ProceedingKind.SUBMITTED, ProceedingKind.APPROVED)
    days = (date(2025, 1, 10), date(2025, 2, 20), date(2025, 3, 1))
    steps = tuple(Proceeding(kind, day, "演练县政府") for kind, day in zip(kinds, days, strict=True))
    accident = InvestigatedAccident(named("accident"), "演练事故", COUNTY, steps, exercise=True)
    last = date(2026, 3, 1)

    def overdue(day: date, one: InvestigatedAccident = accident, region: str = COUNTY) -> list[Finding]:
        return only(found(whole(), day=day, region=region, accidents=(one,)), FindingKind.EVALUATION_OVERDUE)

    assert overdue(last) == []
    (one,) = overdue(last + timedelta(days=1))
    assert (one.since, one.accident_id, one.basis[0].clause) == (date(2026, 3, 2), accident.id, "art8.5")
    assert overdue(DAY, region=TOWN) == [], "the government that investigates answers for it"
    assert overdue(DAY, replace(accident, exercise=False)) == []
    evaluated = Proceeding(ProceedingKind.EVALUATED, date(2026, 4, 1), "演练县政府")
    late = replace(accident, steps=(*steps, evaluated))
    assert (len(overdue(date(2026, 3, 31), late)), overdue(date(2026, 4, 1), late)) == (1, [])
    withdrawn = replace(accident, steps=(*steps, replace(evaluated, withdrawn="误登")))
    assert len(overdue(DAY, withdrawn)) == 1
    assert overdue(DAY, replace(accident, steps=steps[:2])) == [], "nothing is due before the approval"


def test_every_rule_names_its_clause_and_every_kind_has_a_rule_that_finds_it() -> None:
    assert all(clauses_of(rule) for rule in RULES)
    assert len(RULES) == len(FindingKind)


def test_a_real_region_has_no_finding_in_the_exercise_world_unless_an_exercise_put_an_organ_there() -> None:
    real = next(code for code, region in BY_CODE.items() if region.tier is Tier.TOWN and not region.exercise)
    assert found(Builder(), region=real) == ()


_days = st.integers(0, 60).map(lambda number: date(2026, 3, 1) + timedelta(days=number))
_spans = st.lists(
    st.tuples(_days, st.integers(0, 20) | st.none()).map(
        lambda pair: Span(pair[0], None if pair[1] is None else pair[0] + timedelta(days=pair[1]))
    ),
    max_size=5,
)


@given(_spans, _days)
def test_since_is_the_first_day_of_the_unbroken_run(spans: list[Span], day: date) -> None:
    begun = date(2026, 2, 1)

    def vacant(on: date) -> bool:
        return not any(span.covers(on) for span in spans)

    naive = day if vacant(day) else None
    while naive is not None and naive > begun and vacant(naive - timedelta(days=1)):
        naive -= timedelta(days=1)
    assert since(day, (begun, *edges(*spans)), vacant) == naive


@given(st.lists(_days, min_size=1, max_size=6, unique=True), _days)
def test_a_seat_is_vacant_or_held_never_both(turns: list[date], day: date) -> None:
    build = whole()
    starts = sorted(turns)
    held = build.appointments[0]
    build.appointments[0:1] = [
        replace(held, id=named(f"turn{n}"), official_id=named(f"o{n}"), span=Span(start, start + timedelta(days=1)))
        for n, start in enumerate(starts)
    ]
    vacancy = [one for one in only(found(build, day=day), FindingKind.VACANT_PRINCIPAL) if one.post_id == named("书记")]
    sits = any(start <= day <= start + timedelta(days=1) for start in starts)
    assert len(vacancy) == (0 if sits else 1)
