"""一票否决 and 影响期: when, from and through which day, by which figure."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.discipline.data import measures
from services.discipline.facts import FigureStatus, MeasureTaken
from services.discipline.rules.periods import effects_of
from services.discipline.rules.tables import KINDS, parse_measures
from services.discipline.rules.veto import bars_of, veto_applies, veto_of
from services.discipline.tests.examples import confirmed, taken, uid
from shared.statute.decision import Decision
from shared.statute.effects import VETO_BARS, Bar, Effect, EffectKind, barred, longest

ACCIDENT = uid("accident")


def bars(given_measure: MeasureTaken, *, applies: bool = True) -> tuple[Effect, ...]:
    answer = bars_of(given_measure, art23_applies=applies, accident_id=ACCIDENT if applies else None)
    assert not isinstance(answer, Decision), answer.code
    return answer


def last_days(effects: tuple[Effect, ...]) -> dict[Bar, date | None]:
    return {bar: found.last_day for bar in Bar if (found := longest(e for e in effects if e.bar is bar))}


@pytest.mark.clause("art23")
def test_scenario_13_a_demerit_without_an_accident_is_no_veto_but_bars_promotion_all_the_same() -> None:
    effects = bars(taken(), applies=False)
    assert all(effect.kind is EffectKind.EFFECT_PERIOD for effect in effects)
    refusal = barred(effects, Bar.PROMOTION, date(2027, 12, 24))
    assert refusal.code == "effect_period_bars_promotion"
    assert [basis.clause for basis in refusal.basis] == ["政务处分法 第八条、第十九条"]
    assert barred(effects, Bar.PROMOTION, date(2027, 12, 25))
    assert barred(effects, Bar.EXCELLENCE_OF_YEAR, date(2027, 1, 1))


@pytest.mark.clause("art23")
def test_story_10_a_demerit_of_2026_12_25_vetoes_through_2027_12_24() -> None:
    veto = veto_of(taken(), art23_applies=True, accident_id=ACCIDENT)
    assert not isinstance(veto, Decision)
    assert {effect.bar for effect in veto} == set(VETO_BARS)
    assert {effect.last_day for effect in veto} == {date(2027, 12, 24)}
    assert {effect.from_day for effect in veto} == {date(2026, 12, 25)}
    assert {effect.basis.clause for effect in veto} == {"art23"}


@pytest.mark.clause("art23")
@pytest.mark.parametrize(
    ("applies", "accident", "code"),
    [
        (True, True, "veto"),
        (False, True, "no_veto"),
        (False, False, "no_veto"),
        (True, False, "no_accident"),
        (None, True, "art23_not_stated"),
    ],
)
def test_a_veto_needs_leadership_responsibility_stated_and_an_accident(
    applies: bool | None, accident: bool, code: str
) -> None:
    assert veto_applies(art23_applies=applies, accident_id=ACCIDENT if accident else None).code == code


@pytest.mark.clause("art22")
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("warning", {Bar.PROMOTION: date(2027, 6, 24)}),
        ("demerit", {Bar.PROMOTION: date(2027, 12, 24)}),
        ("major_demerit", {Bar.PROMOTION: date(2028, 6, 24)}),
        ("grade_reduction", {Bar.PROMOTION: date(2028, 12, 24)}),
        ("dismissal_from_post", {Bar.PROMOTION: date(2028, 12, 24)}),
        (
            "expulsion",
            {Bar.PROMOTION: None, Bar.LEADING_POST: None, Bar.EQUAL_POST: None, Bar.HIGHER_POST: None},
        ),
        (
            "admonition",
            {
                Bar.PROMOTION: date(2027, 6, 24),
                Bar.IMPORTANT_REASSIGNMENT: date(2027, 6, 24),
                Bar.EXCELLENCE_OF_YEAR: date(2026, 12, 31),
                Bar.EXCELLENCE_OF_TERM: None,
            },
        ),
        ("adjustment", {Bar.PROMOTION: date(2027, 12, 24), Bar.IMPORTANT_REASSIGNMENT: date(2027, 12, 24)}),
        ("demotion", {Bar.PROMOTION: date(2028, 12, 24), Bar.IMPORTANT_REASSIGNMENT: date(2028, 12, 24)}),
        (
            "removal",
            {
                Bar.PROMOTION: date(2028, 12, 24),
                Bar.LEADING_POST: date(2027, 12, 24),
                Bar.HIGHER_POST: date(2028, 12, 24),
            },
        ),
        ("party_warning", {Bar.PROMOTION: date(2027, 12, 24), Bar.IMPORTANT_REASSIGNMENT: date(2027, 12, 24)}),
        ("party_expulsion", {Bar.PARTY_READMISSION: date(2031, 12, 24)}),
        ("circulation", {}),
    ],
)
def test_each_measure_bars_what_its_rule_says_for_as_long(measure: str, expected: dict[Bar, date | None]) -> None:
    assert last_days(bars(confirmed(taken(measure)), applies=False)) == expected


@pytest.mark.clause("art23")
@pytest.mark.parametrize(
    "measure", sorted(m.id for m in measures().values() if any(r.status == "unverified" for r in m.effects))
)
def test_an_unverified_figure_is_confirmed_before_it_is_used(measure: str) -> None:
    answer = effects_of(taken(measure))
    assert isinstance(answer, Decision)
    assert answer.code == "figure_unconfirmed"
    assert not isinstance(effects_of(confirmed(taken(measure))), Decision)


@pytest.mark.clause("art23")
def test_a_decision_older_than_every_figure_takes_what_the_agency_supplies() -> None:
    old = taken("adjustment", date(2020, 8, 31))
    answer = effects_of(old)
    assert isinstance(answer, Decision)
    assert answer.code == "figure_missing"
    assert last_days(bars(replace(old, supplied_months=6)))[Bar.PROMOTION] == date(2021, 2, 28)
    assert effects_of(replace(old, supplied_months=0)) == effects_of(replace(old, supplied_months=-1))


@pytest.mark.clause("art23")
def test_an_older_case_still_decides_by_the_figure_of_its_day() -> None:
    (older,) = bars(taken("demerit", date(2020, 6, 30)), applies=False)
    (newer,) = bars(taken("demerit", date(2020, 7, 1)), applies=False)
    assert older.basis.clause == "公务员法（2018）第六十四条"
    assert newer.basis.clause == "政务处分法 第八条、第十九条"


@pytest.mark.clause("art23")
def test_a_circulation_has_no_period_so_its_veto_waits_for_the_agency() -> None:
    answer = veto_of(taken("circulation"), art23_applies=True, accident_id=ACCIDENT)
    assert isinstance(answer, Decision)
    assert answer.code == "figure_missing"
    supplied = replace(taken("circulation"), supplied_months=6)
    assert last_days(bars(supplied))[Bar.ADVANCED_TITLES] == date(2027, 6, 24)


@pytest.mark.clause("art23")
def test_the_veto_of_an_admonition_runs_with_its_six_months_not_with_the_lost_term() -> None:
    assert last_days(bars(taken("admonition")))[Bar.ADVANCED_TITLES] == date(2027, 6, 24)


@pytest.mark.clause("art23")
def test_a_suspension_bars_while_it_lasts() -> None:
    running = confirmed(taken("suspension"))
    assert last_days(bars(running))[Bar.PROMOTION] is None
    assert last_days(bars(replace(running, ended_on=date(2027, 3, 1))))[Bar.PROMOTION] == date(2027, 3, 1)
    early = effects_of(replace(running, ended_on=date(2026, 12, 1)))
    assert isinstance(early, Decision)


@pytest.mark.clause("art23")
def test_party_probation_bars_for_its_term_and_24_months() -> None:
    answer = effects_of(taken("party_probation"))
    assert isinstance(answer, Decision)
    assert answer.code == "term_missing"
    given_term = replace(taken("party_probation"), term_months=12)
    assert last_days(bars(given_term))[Bar.HIGHER_POST] == date(2029, 12, 24)


@pytest.mark.clause("art23")
@pytest.mark.parametrize(("singles", "combined", "last"), [((12, 18), 24, date(2028, 12, 24)), ((12,), 12, None)])
def test_a_combined_period_is_entered_from_the_decision(
    singles: tuple[int, ...], combined: int, last: date | None
) -> None:
    answer = effects_of(replace(taken(), combined_months=combined, combined_from=singles))
    assert (None if isinstance(answer, Decision) else answer[0].last_day) == last


@pytest.mark.clause("art22")
def test_a_party_sanction_has_no_combined_period_under_administrative_law() -> None:
    answer = effects_of(replace(taken("party_warning"), combined_months=18, combined_from=(12, 18)))
    assert isinstance(answer, Decision)
    assert answer.code == "nothing_to_combine"


@pytest.mark.clause("art22")
def test_the_measures_are_the_eight_of_article_22_in_its_words() -> None:
    assert {measure.kind for measure in measures().values()} == set(KINDS)
    assert len({row.id for m in measures().values() for row in m.effects}) == sum(
        len(m.effects) for m in measures().values()
    )
    organisational = {"suspension", "adjustment", "ordered_resignation", "demotion", "removal"}
    assert {
        m.id for m in measures().values() if any(r.status is FigureStatus.UNVERIFIED for r in m.effects)
    } == organisational


@pytest.mark.parametrize(
    "text",
    [
        '[[measure]]\nid="a"\nkind="通报"\nname_zh="a"\nname_en="a"\nbranch="none"',
        '[[measure]]\nid="a"\nkind="通报"\nname_zh="a"\nname_en="a"\nbranch="other"\nno_effect_source="x"',
        (
            '[[measure]]\nid="a"\nkind="诫勉"\nname_zh="a"\nname_en="a"\nbranch="none"\n[[measure.effect]]\n'
            'bars=["promotion"]\nduration="months"\nsource="x"\nvalid_from=2020-01-01\nstatus="read"'
        ),
        '[[measure]]\nid="a"\nkind="通报"\nname_zh="a"\nname_en="a"\nbranch="none"\nno_effect_source="x"\n' * 2,
    ],
)
def test_a_malformed_measure_does_not_load(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        parse_measures(text)


@pytest.mark.clause("art23")
@given(
    st.sampled_from(sorted(measures())),
    st.dates(min_value=date(2018, 9, 1), max_value=date(2040, 12, 31)),
    st.none() | st.integers(min_value=1, max_value=48),
    st.booleans(),
)
def test_a_veto_covers_the_whole_period_of_its_measure_and_none_exists_without_an_accident(
    measure: str, day: date, supplied: int | None, sure: bool
) -> None:
    base = taken(measure, day)
    given_measure = replace(confirmed(base) if sure else base, supplied_months=supplied, term_months=12)
    without = bars_of(given_measure, art23_applies=True, accident_id=None)
    assert isinstance(without, Decision)
    answer = bars_of(given_measure, art23_applies=True, accident_id=ACCIDENT)
    if isinstance(answer, Decision):
        assert answer.code in {"figure_missing", "figure_unconfirmed"}
        return
    veto = next(effect for effect in answer if effect.kind is EffectKind.VETO)
    own = [e for e in answer if e.kind is EffectKind.EFFECT_PERIOD and e.bar in {Bar.PROMOTION, Bar.HIGHER_POST}]
    assert all((effect.last_day or date.max) <= (veto.last_day or date.max) for effect in own)
