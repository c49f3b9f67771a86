"""考核: reports with their section, grades by people, and what a veto refuses and flags."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.data import bands
from services.appraisal.facts import GivenGrade, Grade, Reopening, Subject, YearlyReport
from services.appraisal.rules.grades import band_of, flag_of, grade_may_be_given, may_reopen, plan_due_on
from services.appraisal.rules.reports import report_acceptable, reports_complete
from services.appraisal.rules.tables import parse_bands, parse_publication_policy
from services.appraisal.tests.examples import DEMERIT, VETO, uid
from shared.statute.decision import Basis
from shared.statute.effects import Bar, Effect, EffectKind

GIVEN = GivenGrade(uid("appraisal"), uid("己"), 2026, Grade.EXCELLENT, date(2026, 12, 20))
ADMONITION = Effect(
    EffectKind.EFFECT_PERIOD,
    Bar.EXCELLENCE_OF_YEAR,
    "admonition",
    date(2026, 11, 1),
    date(2026, 12, 31),
    Basis("诫勉规则"),
)


def report(subject: Subject, name: str, section: str = "履行安全生产工作责任情况") -> YearlyReport:
    return YearlyReport(subject, uid(name), 2026, section)


@pytest.mark.clause("art16")
@pytest.mark.parametrize("subject", list(Subject))
@pytest.mark.parametrize(("section", "accepted"), [("落实情况", True), ("", False), (" \n\t　", False)])
def test_the_report_of_body_and_member_is_refused_without_its_work_safety_section(
    subject: Subject, section: str, accepted: bool
) -> None:
    answer = report_acceptable(report(subject, "x", section))
    assert answer.allowed is accepted
    assert [basis.clause for basis in answer.basis] == ["art16"]


@pytest.mark.clause("art16")
def test_an_appraisal_has_the_report_of_the_body_and_of_every_member() -> None:
    body, members = uid("body"), frozenset({uid("甲"), uid("乙")})
    given_reports = (report(Subject.BODY, "body"), report(Subject.MEMBER, "甲"), report(Subject.MEMBER, "乙"))
    assert reports_complete(given_reports, body, members)
    assert not reports_complete(given_reports[:2], body, members)
    assert not reports_complete(given_reports[1:], body, members)
    assert not reports_complete((*given_reports[:2], report(Subject.MEMBER, "乙", " ")), body, members)


@pytest.mark.clause("art15")
@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (100, Grade.EXCELLENT),
        (90, Grade.EXCELLENT),
        (89.9, Grade.GOOD),
        (80, Grade.GOOD),
        (79.9, Grade.PASSED),
        (60, Grade.PASSED),
        (59.9, Grade.FAILED),
        (0, Grade.FAILED),
    ],
)
def test_bands_of_90_80_60_are_the_default(score: float, grade: Grade) -> None:
    assert band_of(score, bands()) is grade
    plan = plan_due_on(grade, date(2027, 1, 31), bands())
    assert plan == (date(2027, 2, 28) if grade is Grade.FAILED else None)


@pytest.mark.parametrize("score", [-0.1, 100.1, float("nan")])
def test_a_score_outside_the_scale_is_no_score(score: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        band_of(score, bands())


@pytest.mark.parametrize(
    "text",
    [
        "[bands]\nexcellent=80\ngood=90\npassed=60\nplan_months=1",
        "[bands]\nexcellent=90\ngood=80\npassed=60\nplan_months=0",
    ],
)
def test_bands_out_of_order_do_not_load(text: str) -> None:
    with pytest.raises(ValueError, match="bands fall"):
        parse_bands(text)


def test_a_publication_interval_below_a_month_does_not_load() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        parse_publication_policy("[publication]\ninterval_months = 0")


@pytest.mark.clause("art23")
@pytest.mark.parametrize(("year", "allowed"), [(2025, True), (2026, False), (2027, False), (2028, True)])
def test_excellence_is_refused_for_every_year_a_veto_touches(year: int, allowed: bool) -> None:
    answer = grade_may_be_given(Grade.EXCELLENT, year, VETO)
    assert answer.allowed is allowed
    assert grade_may_be_given(Grade.COMPETENT, year, VETO)
    if not allowed:
        assert "art23" in [basis.clause for basis in answer.basis]


@pytest.mark.clause("art23")
def test_a_demerit_without_an_accident_takes_no_excellence_away_but_an_admonition_does_for_its_year() -> None:
    assert grade_may_be_given(Grade.EXCELLENT, 2026, DEMERIT)
    assert not grade_may_be_given(Grade.EXCELLENT, 2026, (ADMONITION,))
    assert grade_may_be_given(Grade.EXCELLENT, 2027, (ADMONITION,))


@pytest.mark.clause("art23")
def test_story_10_the_grade_of_2026_is_flagged_and_a_person_reopens_it_with_a_reason() -> None:
    flag = flag_of(GIVEN, (*VETO, *DEMERIT))
    assert flag.code == "grade_flagged"
    assert may_reopen(flag, Reopening("dev:person", "")).code == "reason_missing"
    assert may_reopen(flag, Reopening("dev:person", "一票否决涉及该年度")).code == "grade_reopened"


@pytest.mark.clause("art23")
def test_a_grade_that_no_veto_touches_stays_closed() -> None:
    flag = flag_of(GIVEN, (*DEMERIT, ADMONITION))
    assert flag.code == "grade_untouched"
    assert may_reopen(flag, Reopening("dev:person", "理由")).code == "not_flagged"


@pytest.mark.clause("art23")
@given(
    st.sampled_from(Grade),
    st.integers(2024, 2030),
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.none() | st.integers(0, 1500),
)
def test_a_veto_never_leaves_an_excellent_grade_of_a_touched_year_alone(
    grade: Grade, year: int, start: date, days: int | None
) -> None:
    last = None if days is None else date.fromordinal(start.toordinal() + days)
    veto = Effect(EffectKind.VETO, Bar.EXCELLENCE_OF_YEAR, "demerit", start, last, Basis("art23"))
    touched = start.year <= year and (last is None or year <= last.year)
    given_grade = GivenGrade(uid("a"), uid("己"), year, grade, date(2031, 1, 1))
    assert flag_of(given_grade, (veto,)).allowed is not touched
    assert grade_may_be_given(grade, year, (veto,)).allowed is not (touched and grade is Grade.EXCELLENT)
