"""Dated attributes of regions, and reforms of organs: the rules, by table and against a naive model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry import data
from services.registry.facts.regions import Dated, NewRegion, Placement, Reform
from services.registry.rules.regions_over_time import (
    check_confirmation,
    check_end,
    may_lie_below,
    moved_along,
    set_from,
    value_on,
)
from services.registry.rules.succession import carried_out, check_reform, inherited_on, who_holds
from services.registry.rules.zones import check_external, check_managing_organ, check_new_region
from services.registry.tests.rosters import BY_CODE, HEBEI, LONG_AGO, named
from shared.roster.facts import DatedRole, Organ, OrganKind, OrganRole, Roster, Span, SuccessionKind, Tier

FIRST = date(2020, 1, 1)
DAYS = st.integers(0, 60).map(lambda days: FIRST + timedelta(days=days))
REFORM_DAY = date(2026, 4, 1)
EVE = REFORM_DAY - timedelta(days=1)
FUNCTIONS = ("安全监管", "公安", "消防", "住房城乡建设")


@given(changes=st.lists(st.tuples(DAYS, st.sampled_from("abc")), max_size=12), asked=DAYS)
def test_the_value_of_a_day_is_that_of_the_last_change_up_to_it(changes: list[tuple[date, str]], asked: date) -> None:
    entries: tuple[Dated[str], ...] = (Dated(FIRST, "z"),)
    model = {FIRST: "z"}
    for day, value in changes:
        entries = set_from(entries, Dated(day, value))
        model[day] = value
    assert value_on(entries, asked) == model[max(day for day in model if day <= asked)]
    assert [one.from_day for one in entries] == sorted(model)


def path_by_parents(parents: Mapping[str, Sequence[Dated[str]]], code: str, day: date) -> tuple[str, ...]:
    above = value_on(parents[code], day) if code in parents else None
    return (*(path_by_parents(parents, above, day) if above else ()), code)


@given(moves=st.lists(st.tuples(DAYS, st.sampled_from("AB")), min_size=1, max_size=8), asked=DAYS)
def test_paths_below_a_moved_region_are_those_that_its_parents_of_the_day_give(
    moves: list[tuple[date, str]], asked: date
) -> None:
    parents: dict[str, tuple[Dated[str], ...]] = {
        "A": (Dated(FIRST, "P"),),
        "B": (Dated(FIRST, "P"),),
        "county": (Dated(FIRST, "A"),),
        "town": (Dated(FIRST, "county"),),
    }
    placed: dict[str, tuple[Dated[Placement], ...]] = {
        "county": (Dated(FIRST, Placement("A", ("P", "A", "county"))),),
        "town": (Dated(FIRST, Placement("county", ("P", "A", "county", "town"))),),
    }
    for day, above in moves:
        parents["county"] = set_from(parents["county"], Dated(day, above))
        path = ("P", above, "county")
        placed["county"] = set_from(placed["county"], Dated(day, Placement(above, path)))
        later = [one.from_day for one in placed["county"] if one.from_day > day]
        days = Span(day, min(later) - timedelta(days=1) if later else None)
        placed["town"] = moved_along(placed["town"], "county", days, path)
    for code in ("county", "town"):
        assert value_on(placed[code], asked).path == path_by_parents(parents, code, asked)


def test_what_lay_elsewhere_in_those_days_does_not_move_along() -> None:
    away = (
        Dated(FIRST, Placement("A", ("P", "A", "town"))),
        Dated(date(2020, 2, 1), Placement("C", ("P", "C", "town"))),
    )
    assert moved_along(away, "A", Span(date(2020, 1, 10), date(2020, 3, 1)), ("Q", "A")) == (
        away[0],
        Dated(date(2020, 1, 10), Placement("A", ("Q", "A", "town"))),
        away[1],
    )


@pytest.mark.clause("art2")
@pytest.mark.parametrize(
    ("child", "parent", "fits"),
    [
        (Tier.CITY, Tier.PROVINCE, True),
        (Tier.COUNTY, Tier.PROVINCE, True),
        (Tier.CITY, Tier.CITY, False),
        (Tier.TOWN, Tier.CITY, True),
        (Tier.TOWN, Tier.ZONE, True),
        (Tier.ZONE, Tier.ZONE, True),
        (Tier.ZONE, Tier.PROVINCE, True),
        (Tier.COUNTY, Tier.ZONE, False),
        (Tier.ZONE, Tier.TOWN, False),
    ],
)
def test_a_region_lies_below_a_higher_tier_or_as_a_town_in_a_zone(child: Tier, parent: Tier, fits: bool) -> None:
    assert may_lie_below(child, parent) is fits


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize("tier", list(Tier))
def test_competence_is_confirmed_at_a_level_that_investigates_and_by_a_document(tier: Tier) -> None:
    assert bool(check_confirmation(tier, "文")) is (tier in {Tier.PROVINCE, Tier.CITY, Tier.COUNTY})
    assert check_confirmation(None, "文"), "withdrawing it needs a document only"
    assert check_confirmation(tier, " ").code == "document_required"


@pytest.mark.clause("art2")
def test_a_region_ends_within_its_days_empty_and_with_known_successors() -> None:
    span = Span(FIRST)
    assert check_end(span, date(2026, 1, 1), (), (), ())
    assert check_end(span, date(2019, 1, 1), (), (), ()).code == "outside_region"
    assert check_end(span, date(2026, 1, 1), ("镇",), (), ()).code == "region_not_empty"
    assert check_end(span, date(2026, 1, 1), (), ("局",), ()).code == "region_not_empty"
    assert check_end(span, date(2026, 1, 1), (), (), ("139903",)).code == "successor_unknown"


@pytest.mark.clause("art2")
def test_dingzhou_takes_a_zone_below_it_and_no_exercise_code() -> None:
    dingzhou = BY_CODE["130682"]
    new = NewRegion("130682400", "某园区", "130682", date(2025, 1, 1), "文")
    assert check_new_region(new, Tier.ZONE, dingzhou, ())
    assert check_new_region(new, Tier.ZONE, dingzhou, (Span(FIRST, date(2024, 12, 31)),)), "a code may be reused"
    assert check_new_region(new, Tier.ZONE, dingzhou, (Span(FIRST, date(2025, 1, 1)),)).code == "code_in_use"
    assert check_new_region(new, Tier.ZONE, None, ()).code == "parent_unknown"
    exercise = replace(new, code="139910400")
    assert check_new_region(exercise, Tier.ZONE, dingzhou, ()).code == "exercise_code"


@pytest.mark.clause("art2")
@pytest.mark.parametrize("kind", list(OrganKind))
def test_only_an_external_organ_lies_outside_and_a_new_zone_organ_is_a_committee(kind: OrganKind) -> None:
    external = kind is OrganKind.EXTERNAL_ORGAN
    assert bool(check_external(kind, "000000")) is external
    assert bool(check_external(kind, "130000")) is not external
    committees = {OrganKind.MANAGEMENT_COMMITTEE, OrganKind.PARTY_WORKING_COMMITTEE}
    assert bool(check_managing_organ(None, kind, FIRST, exercise=False)) is (kind in committees)


def test_every_code_that_came_after_is_known_on_the_next_day_but_two_that_the_list_itself_lacks() -> None:
    regions = (*HEBEI.regions, *HEBEI.former)
    lacking = {
        (ended.code, code)
        for ended in HEBEI.former
        for code in ended.successor_codes
        if not any(
            one.code == code and one.span.covers((ended.span.to_day or date.max) + timedelta(days=1)) for one in regions
        )
    }
    assert lacking == {("132700", "132733"), ("132928", "132902")}
    dingxian = next(one for one in HEBEI.former if one.code == "132401")
    assert dingxian.successor_codes == ("130682",), "定州 had another code before 1994"
    listed = {row["code"]: row["successor_codes"] for row in data.rows(data.CODE_HISTORY) if row["end_year"]}
    assert any("[" in codes for codes in listed.values())
    assert not any("[" in code for one in HEBEI.former for code in one.successor_codes)


def department(name: str, *functions: str, industries: tuple[str, ...] = ()) -> Organ:
    roles = tuple(
        DatedRole(OrganRole.NAMED_REGULATOR, Span(LONG_AGO), industries, function=function) for function in functions
    )
    return Organ(named(name), name, OrganKind.GOVERNMENT_DEPARTMENT, "139901", Span(LONG_AGO), roles)


def merger(*predecessors: Organ, heir: Organ | None = None) -> Reform:
    new = heir or Organ(named("新"), "新局", OrganKind.GOVERNMENT_DEPARTMENT, "139901", Span(REFORM_DAY))
    return Reform(SuccessionKind.MERGED, REFORM_DAY, "文", "市委", EVE, predecessors, (new,))


def functions_on(organs: Sequence[Organ], day: date) -> list[str]:
    standing = [one for one in organs if one.span.covers(day)]
    return sorted(r.function for one in standing for r in one.roles if r.function and r.span.covers(day))


@pytest.mark.clause("art10.2")
@given(
    owned=st.lists(st.sets(st.sampled_from(FUNCTIONS), min_size=1), min_size=2, max_size=4),
    absorbing=st.booleans(),
    offset=st.integers(-400, 400),
)
def test_a_merger_leaves_each_function_with_the_successor_once_and_the_past_as_it_was(
    owned: list[set[str]], absorbing: bool, offset: int
) -> None:
    before = tuple(department(f"局{at}", *sorted(own)) for at, own in enumerate(owned))
    reform = merger(*before[1:], heir=before[0]) if absorbing else merger(*before)
    assert check_reform(reform)
    after = carried_out(reform)
    day = REFORM_DAY + timedelta(days=offset)
    if day < REFORM_DAY:
        standing = {one.id: one for one in after if one.span.covers(day)}
        assert functions_on(list(standing.values()), day) == functions_on(before, day)
    else:
        assert functions_on(after, day) == sorted(set().union(*owned)), "each once"
        assert len([one for one in after if one.span.covers(day)]) == 1
        every = {one.id: one for one in after}
        for old in before:
            heirs = {one.organ.id for one in inherited_on(every[old.id], every, day) if one.organ}
            assert heirs == {reform.heirs[0].id}


@pytest.mark.clause("art10.2")
def test_a_regulator_of_everything_stays_one_when_a_narrower_one_joins_it() -> None:
    wide, narrow = department("宽", "消防"), department("窄", "消防", industries=("C26",))
    for order in ((wide, narrow), (narrow, wide)):
        (role,) = carried_out(merger(*order))[-1].roles
        assert (role.industries, role.span, role.document) == ((), Span(REFORM_DAY), "文")
    other = department("另", "消防", industries=("B",))
    (both,) = carried_out(merger(narrow, other))[-1].roles
    assert both.industries == ("C26", "B")


@pytest.mark.clause("art10.2")
def test_an_absorbing_organ_has_its_function_without_a_day_between() -> None:
    stays, goes = department("存", "消防", industries=("B",)), department("并", "消防", industries=("C26",))
    after = {one.id: one for one in carried_out(merger(goes, heir=stays))}
    spans = [(one.span, one.industries) for one in after[stays.id].roles]
    assert spans == [(Span(LONG_AGO, EVE), ("B",)), (Span(REFORM_DAY), ("B", "C26"))]
    roster = Roster(organs=tuple(after.values()))
    found = who_holds("消防", "139901", roster, REFORM_DAY, exercise=False)
    assert [one.organ.id for one in found] == [stays.id]
    assert len(who_holds("消防", "139901", roster, EVE, exercise=False)) == 2


@pytest.mark.clause("art2")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": SuccessionKind.RENAMED}, "parties_do_not_fit"),
        ({"kind": SuccessionKind.SPLIT}, "parties_do_not_fit"),
        ({"heirs": ()}, "parties_do_not_fit"),
        ({"day": LONG_AGO}, "organ_not_standing"),
        ({"functions": {named("新"): ("公安",)}}, "function_without_heir"),
    ],
)
def test_a_reform_that_does_not_fit_is_refused(change: dict[str, object], code: str) -> None:
    reform = merger(department("甲局", "消防"), department("乙局", "公安"))
    decision = check_reform(replace(reform, **change))  # type: ignore[arg-type]  # a table's cells
    assert (decision.code, bool(decision)) == (code, False)
    assert decision.basis[0].clause in {"art2", "art10.2"}


def test_exercise_organs_merge_among_themselves() -> None:
    real, play = department("甲局", "消防"), replace(department("乙局", "公安"), exercise=True)
    assert check_reform(merger(real, play)).code == "exercise_mismatch"


@pytest.mark.clause("art10.2")
def test_a_chain_of_reforms_leads_to_who_answers_today_and_names_every_document() -> None:
    old = department("安监局", "安全监管")
    renamed = Reform(SuccessionKind.RENAMED, date(2019, 1, 1), "文一", "市委", EVE, (old,), (old,))
    (old,) = carried_out(renamed, "应急局")
    after = {one.id: one for one in carried_out(merger(old, department("消防局", "消防")))}
    (today,) = inherited_on(after[old.id], after, date(2026, 6, 1))
    assert (today.organ and today.organ.id, today.documents) == (named("新"), ("文一", "文"))
    (then,) = inherited_on(after[old.id], after, EVE)
    assert (then.organ and then.organ.name, then.documents) == ("应急局", ("文一",))
    (first,) = inherited_on(after[old.id], after, date(2018, 6, 1))
    assert (first.organ and first.organ.name, first.documents) == ("安监局", ())
