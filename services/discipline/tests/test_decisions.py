"""问责决定: grounds, Art. 24 and 25, contents, authority, two persons, and whom a measure reaches."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.discipline.data import authorities, measures
from services.discipline.facts import (
    Authority,
    Case,
    CaseState,
    CaseStep,
    Contents,
    DecidingOrgan,
    Ground,
    GroundStated,
    LifelongFindings,
    Reason,
    Severity,
    Weighing,
)
from services.discipline.rules.authority import handlers_of, may_decide, may_hand_over, may_handle
from services.discipline.rules.cases import case_may_open, next_state, refer_to_supervision
from services.discipline.rules.decisions import may_approve, may_propose
from services.discipline.rules.severity import compare, must_be_heavier, weight_is_right
from services.discipline.tests.examples import (
    CONTENTS,
    GROUND_4,
    ORDER,
    case,
    confirmed,
    proposed,
    taken,
    uid,
)
from shared.statute.decision import Decision

DAY = date(2026, 12, 25)
RETIRED = date(2026, 6, 30)
FOUND_27 = LifelongFindings("负有主要领导责任", "性质恶劣", "后果严重")
OBSTRUCTION = GroundStated(Ground.OBSTRUCTION, "阻挠调查组进入现场", ("sha256:e2",))
HEAVY = Weighing(main_leadership_responsibility=True, serious_social_impact=True, baseline="demerit")


def code(answer: object) -> str:
    return answer.code if isinstance(answer, Decision) else str(answer)


@pytest.mark.clause("art21")
@pytest.mark.clause("art28")
@given(st.text(max_size=3), st.lists(st.text(max_size=3), max_size=2))
def test_a_case_without_a_founded_ground_never_decides(facts: str, evidence: list[str]) -> None:
    founded = bool(facts.strip()) and any(each.strip() for each in evidence)
    in_case = case(GroundStated(Ground.ACCIDENT, facts, tuple(evidence)))
    assert case_may_open(in_case).allowed is founded
    assert may_propose(proposed(in_case=in_case), ORDER, authorities()).allowed is founded


@pytest.mark.clause("art21")
@pytest.mark.parametrize(
    ("in_case", "expected"),
    [
        (case(), "grounds_stated"),
        (replace(case(), grounds=()), "ground_missing"),
        (replace(case(), accident_id=None), "accident_missing"),
        (replace(case(OBSTRUCTION), accident_id=None), "grounds_stated"),
    ],
)
def test_a_case_opens_on_stated_grounds_and_ground_4_names_its_accident(in_case: Case, expected: str) -> None:
    assert case_may_open(in_case).code == expected


@pytest.mark.clause("art26")
def test_an_exempted_ground_decides_nothing_but_obstruction_stays() -> None:
    only = proposed(in_case=case(exempted=True))
    assert may_propose(only, ORDER, authorities()).code == "exempted"
    both = proposed(in_case=case(GROUND_4, OBSTRUCTION, exempted=True))
    assert may_propose(both, ORDER, authorities())


@pytest.mark.clause("art27")
def test_story_7_against_the_retired_the_findings_are_required_and_removal_is_refused() -> None:
    retired = case(retired_on=RETIRED)
    assert case_may_open(retired)
    warned = proposed(taken("party_warning"), retired)
    assert may_propose(warned, ORDER, authorities()).code == "art27_findings_missing"
    assert may_propose(replace(warned, lifelong=FOUND_27), ORDER, authorities()).code == "proposed"
    removed = replace(proposed(confirmed(taken("removal")), retired), lifelong=FOUND_27)
    refusal = may_propose(removed, ORDER, authorities())
    assert (refusal.code, refusal.basis[0].clause) == ("measure_needs_post", "art22")


@pytest.mark.clause("art27")
@pytest.mark.parametrize("measure", sorted(measures()))
def test_no_measure_that_needs_a_post_reaches_the_retired(measure: str) -> None:
    given_measure = replace(confirmed(taken(measure)), supplied_months=6, term_months=12)
    answer = may_propose(
        replace(proposed(given_measure, case(retired_on=RETIRED)), lifelong=FOUND_27), ORDER, authorities()
    )
    needs_post = measures()[measure].needs_post is not None
    assert answer.code == ("measure_needs_post" if needs_post else "proposed")


@pytest.mark.clause("art27")
@pytest.mark.parametrize("blank", ["leadership_responsibility", "vile_nature", "serious_consequences"])
def test_a_decision_that_invokes_article_27_makes_all_three_findings(blank: str) -> None:
    invoking = replace(proposed(), invokes_27=True, lifelong=replace(FOUND_27, **{blank: " "}))
    assert may_propose(invoking, ORDER, authorities()).code == "art27_findings_missing"


@pytest.mark.clause("art27")
def test_a_serving_official_who_moved_stays_reachable_without_the_findings() -> None:
    assert may_propose(proposed(in_case=case(retired_on=date(2027, 1, 31))), ORDER, authorities())


@pytest.mark.clause("art28")
@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        (CONTENTS, "proposed"),
        (replace(CONTENTS, post_duties=" "), "contents_missing"),
        (replace(CONTENTS, performance=""), "contents_missing"),
        (replace(CONTENTS, conditions=""), "contents_missing"),
        (replace(CONTENTS, statement=""), "contents_missing"),
        (replace(CONTENTS, service=""), "contents_missing"),
        (replace(CONTENTS, appeal_deadline=None), "contents_missing"),
        (replace(CONTENTS, appeal_deadline=date(2026, 12, 24)), "contents_missing"),
        (replace(CONTENTS, reasons=()), "reasons_incomplete"),
        (replace(CONTENTS, reasons=(Reason("事实", "", "art10"),)), "reasons_incomplete"),
    ],
)
def test_a_decision_records_what_article_28_weighs(contents: Contents, expected: str) -> None:
    assert may_propose(replace(proposed(), contents=contents), ORDER, authorities()).code == expected


@pytest.mark.clause("art28")
def test_story_10_the_proposer_cannot_approve() -> None:
    assert may_approve(proposed(), uid("proposer")).code == "same_person"
    assert may_approve(proposed(), uid("approver"))


@pytest.mark.clause("art23")
@pytest.mark.parametrize(("applies", "expected"), [(None, "art23_not_stated"), (False, "proposed")])
def test_a_decision_states_whether_article_23_applies(applies: bool | None, expected: str) -> None:
    assert may_propose(replace(proposed(), art23_applies=applies), ORDER, authorities()).code == expected


@pytest.mark.clause("art23")
def test_a_decision_on_an_unconfirmed_figure_is_refused() -> None:
    assert may_propose(proposed(taken("demotion")), ORDER, authorities()).code == "figure_unconfirmed"


@pytest.mark.clause("art24")
@pytest.mark.parametrize(
    ("weighing", "measure", "expected"),
    [
        (Weighing(), "warning", "no_special_weight"),
        (replace(HEAVY, main_leadership_responsibility=False), "warning", "no_special_weight"),
        (HEAVY, "major_demerit", "heavier"),
        (HEAVY, "demerit", "not_heavier"),
        (HEAVY, "warning", "not_heavier"),
        (replace(HEAVY, baseline=None), "major_demerit", "baseline_missing"),
        (HEAVY, "admonition", "incomparable_reasons_missing"),
        (replace(HEAVY, incomparable_reasons="影响更重"), "admonition", "heavier_by_reasons"),
        (Weighing(True, True, True, baseline="demerit"), "demerit", "not_heavier"),
        (Weighing(True, True, False, baseline="demerit"), "demerit", "art24_words_missing"),
        (Weighing(True, False, True, baseline="demerit"), "demerit", "art24_words_missing"),
        (Weighing(True, True, False, art24_applies=False, words_24="仅伤亡扩大"), "demerit", "no_special_weight"),
        (
            Weighing(True, True, False, art24_applies=True, words_24="伤亡扩大严重", baseline="demerit"),
            "demerit",
            "not_heavier",
        ),
    ],
)
def test_article_24_needs_casualties_and_loss_or_social_impact(weighing: Weighing, measure: str, expected: str) -> None:
    assert weight_is_right(weighing, measure, ORDER).code == expected


@pytest.mark.clause("art25")
@pytest.mark.parametrize(
    ("weighing", "expected"),
    [
        (Weighing(remedied=True), "may_be_lighter"),
        (replace(HEAVY, remedied=True), "weighing_words_missing"),
        (replace(HEAVY, remedied=True, words_24="影响恶劣"), "weighing_words_missing"),
        (replace(HEAVY, remedied=True, words_24="影响恶劣", words_25="组织疏散，减少损失"), "both_weighed"),
    ],
)
def test_where_24_and_25_are_both_found_words_weigh_them(weighing: Weighing, expected: str) -> None:
    assert weight_is_right(weighing, "warning", ORDER).code == expected


@pytest.mark.clause("art24")
@given(
    st.builds(
        Weighing,
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.just(False),
        st.none() | st.booleans(),
        st.sampled_from(["", "理由"]),
        baseline=st.none() | st.sampled_from(["warning", "demerit", "admonition"]),
    ),
    st.sampled_from(sorted(measures())),
)
def test_with_24_alone_no_decision_that_is_not_heavier_than_its_baseline_passes(
    weighing: Weighing, measure: str
) -> None:
    if must_be_heavier(weighing) and weight_is_right(weighing, measure, ORDER):
        assert weighing.baseline is not None
        assert compare(ORDER, measure, weighing.baseline) is Severity.HEAVIER


@pytest.mark.clause("art29")
@pytest.mark.parametrize(
    ("organ", "measure", "expected"),
    [
        (DecidingOrgan(Authority.PARTY_COMMITTEE, True, "常委会", DAY), "removal", "may_decide"),
        (DecidingOrgan(Authority.PARTY_COMMITTEE, False, "常委会", DAY), "removal", "no_cadre_authority"),
        (DecidingOrgan(Authority.DISCIPLINE_ORGAN, True, "纪委常委会", DAY), "removal", "outside_authority"),
        (DecidingOrgan(Authority.DISCIPLINE_ORGAN, False, "纪委常委会", DAY), "admonition", "may_decide"),
        (DecidingOrgan(Authority.SAFETY_REGULATOR, True, "局务会", DAY), "circulation", "outside_authority"),
        (DecidingOrgan(Authority.PARTY_COMMITTEE, True, " ", DAY), "removal", "meeting_missing"),
        (DecidingOrgan(Authority.PARTY_COMMITTEE, True, "常委会", None), "removal", "meeting_missing"),
        (DecidingOrgan(Authority.PARTY_COMMITTEE, True, "常委会", date(2026, 12, 26)), "removal", "meeting_missing"),
    ],
)
def test_the_organ_with_cadre_authority_decides_at_a_meeting(organ: DecidingOrgan, measure: str, expected: str) -> None:
    assert may_decide(organ, measures()[measure], DAY, authorities()).code == expected


@pytest.mark.clause("art29")
@pytest.mark.parametrize("measure", sorted(measures()))
def test_some_organ_decides_every_measure(measure: str) -> None:
    organs = [DecidingOrgan(kind, True, "会议", DAY) for kind in Authority]
    assert any(may_decide(organ, measures()[measure], DAY, authorities()) for organ in organs)


@pytest.mark.clause("art29")
def test_outside_its_authority_an_organ_hands_the_case_over() -> None:
    grounds = (Ground.ACCIDENT, Ground.OBSTRUCTION)
    refusal = may_handle(Authority.SAFETY_REGULATOR, grounds, DAY, authorities())
    assert refusal.code == "outside_authority"
    assert "discipline_organ" in refusal.reason_zh
    regulator, discipline = Authority.SAFETY_REGULATOR, Authority.DISCIPLINE_ORGAN
    assert may_hand_over(regulator, discipline, grounds, DAY, authorities())
    assert not may_hand_over(discipline, regulator, grounds, DAY, authorities())
    assert may_hand_over(discipline, discipline, grounds, DAY, authorities()).code == "same_organ"
    assert not may_handle(discipline, grounds, date(2018, 8, 22), authorities())
    assert all(handlers_of(ground, DAY, authorities()) for ground in Ground)


@pytest.mark.clause("art28")
@pytest.mark.parametrize(
    ("state", "step", "expected"),
    [
        (CaseState.OPENED, CaseStep.PROPOSE, "proposed"),
        (CaseState.OPENED, CaseStep.DECIDE, "step_not_open"),
        (CaseState.PROPOSED, CaseStep.DECIDE, "decided"),
        (CaseState.PROPOSED, CaseStep.RETURN, "opened"),
        (CaseState.DECIDED, CaseStep.PROPOSE, "step_not_open"),
        (CaseState.OPENED, CaseStep.HAND_OVER, "handed_over"),
        (CaseState.OPENED, CaseStep.EXEMPT, "grounds_remain"),
    ],
)
def test_a_case_is_decided_only_after_a_proposal(state: CaseState, step: CaseStep, expected: str) -> None:
    assert code(next_state(replace(case(), state=state), step)) == expected


@pytest.mark.clause("art26")
def test_a_case_closes_as_exempted_only_when_nothing_else_is_open() -> None:
    assert next_state(case(exempted=True), CaseStep.EXEMPT) is CaseState.EXEMPTED
    assert code(next_state(case(GROUND_4, OBSTRUCTION, exempted=True), CaseStep.EXEMPT)) == "grounds_remain"


@pytest.mark.clause("art22")
def test_a_referral_stands_beside_the_case_and_stops_no_other_measure() -> None:
    assert refer_to_supervision(case(), "涉嫌玩忽职守")
    referred = replace(case(), referred_on=date(2026, 9, 1))
    assert refer_to_supervision(referred, "涉嫌玩忽职守").code == "already_referred"
    assert refer_to_supervision(case(), "").code == "suspicion_missing"
    assert may_propose(proposed(in_case=referred), ORDER, authorities())
