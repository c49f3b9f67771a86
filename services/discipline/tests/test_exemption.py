"""尽职免责 (Art. 26): the own tenure, what is found, and what only looks bad."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.discipline.facts import AttestedState, ExemptionOutcome, ExemptionRequest, Ground
from services.discipline.rules.exemption import answer_exemption, covered
from services.discipline.tests.examples import (
    ACCIDENT_ON,
    attestation,
    found,
    investigated,
    obligation,
    request,
    uid,
)

Q1 = (date(2026, 1, 1), date(2026, 3, 31))
Q2 = (date(2026, 4, 1), date(2026, 6, 30))
APRIL = (date(2026, 4, 1), date(2026, 4, 30))
IN_POST = date(2025, 1, 10)
CLEAN = request(attestation(obligation("art9.4", *Q1), since=IN_POST))
LAPSED = obligation("art6.3c", *APRIL, AttestedState.LAPSED)


def outcome(asked: ExemptionRequest) -> tuple[str, str]:
    answer = answer_exemption(asked)
    return answer.outcome, answer.decision.code


@pytest.mark.clause("art26")
def test_story_8_three_findings_and_a_whole_attestation_are_granted() -> None:
    assert outcome(CLEAN) == ("granted", "exempted")


@pytest.mark.clause("art26")
def test_story_9_a_lapse_suspends_and_a_finding_of_non_performance_refuses_and_names_the_obligation() -> None:
    asked = request(attestation(LAPSED, since=date(2025, 2, 1)))
    assert outcome(asked) == ("suspended", "lapse_not_clarified")
    breach = found("art6.3c", LAPSED.obligation_id, performed=False)
    answer = answer_exemption(replace(asked, performance=(breach,)))
    assert answer.outcome is ExemptionOutcome.REFUSED
    assert answer.duties == ("art6.3c",)
    assert "art6.3c" in answer.decision.reason_zh
    cleared = found("art6.3c", LAPSED.obligation_id, performed=True)
    assert outcome(replace(asked, performance=(cleared,))) == ("granted", "exempted")


@pytest.mark.clause("art26")
def test_scenario_9_the_predecessors_lapse_and_an_obligation_not_yet_due_leave_the_newcomer_alone() -> None:
    attested = attestation(
        obligation("art5.3b", *Q1, AttestedState.LAPSED),
        obligation("art5.3b", *Q2, AttestedState.NOT_DUE),
        since=date(2026, 4, 15),
    )
    assert covered(attested) == ()
    assert outcome(request(attested)) == ("granted", "exempted")


@pytest.mark.clause("art26")
def test_scenario_10_an_act_recorded_after_the_accident_counts_once_verified() -> None:
    late = obligation("art5.3c", *APRIL, AttestedState.RECORDED_AFTER)
    assert outcome(request(attestation(late, since=IN_POST))) == ("suspended", "lapse_not_clarified")
    verified = replace(late, verified=True)
    assert outcome(request(attestation(verified, since=IN_POST))) == ("granted", "exempted")


@pytest.mark.clause("art26")
@pytest.mark.parametrize("ground", [ground for ground in Ground if ground is not Ground.ACCIDENT])
def test_only_leadership_responsibility_for_the_accident_is_excluded(ground: Ground) -> None:
    assert outcome(replace(CLEAN, ground=ground)) == ("refused", "ground_not_exempt")


@pytest.mark.clause("art26")
@pytest.mark.parametrize(
    ("performed", "expected"),
    [
        ((), ("suspended", "findings_missing")),
        ((True,), ("suspended", "findings_missing")),
        ((True, True), ("suspended", "findings_missing")),
        ((False,), ("refused", "duties_not_performed")),
        ((True, False, True), ("refused", "other_law_not_performed")),
        ((True, True, False), ("refused", "deployments_not_performed")),
    ],
)
def test_all_three_findings_of_the_investigating_organ_are_needed(
    performed: tuple[bool, ...], expected: tuple[str, str]
) -> None:
    assert outcome(replace(CLEAN, findings=investigated(*performed))) == expected


@pytest.mark.clause("art26")
def test_findings_of_another_organ_do_not_count() -> None:
    assert outcome(replace(CLEAN, investigating_organ_id=uid("province"))) == ("suspended", "findings_missing")


@pytest.mark.clause("art26")
def test_unexamined_standing_duties_suspend_and_are_named() -> None:
    answer = answer_exemption(request(attestation(since=IN_POST, examined=False)))
    assert (answer.outcome, answer.duties) == (ExemptionOutcome.SUSPENDED, ("art8.1",))


@pytest.mark.clause("art26")
def test_a_standing_duty_found_unperformed_refuses() -> None:
    breach = found("art8.1", None, performed=False)
    assert outcome(replace(CLEAN, performance=(breach,))) == ("refused", "found_not_performed")


@pytest.mark.clause("art26")
@pytest.mark.parametrize(
    "breach",
    [
        found("art9.4", uid("another obligation"), performed=False),
        found("art8.1", None, performed=False, official="辛"),
        replace(found("art8.1", None, performed=False), heard_on=None),
        replace(found("art8.1", None, performed=False), competent=False),
    ],
)
def test_a_finding_outside_the_tenure_of_another_or_unheard_refuses_nobody(breach: object) -> None:
    asked = replace(CLEAN, performance=(breach,))  # type: ignore[arg-type]  # one row type for the table
    assert outcome(asked) == ("granted", "exempted")


@pytest.mark.clause("art26")
@given(
    st.lists(st.tuples(st.sampled_from(AttestedState), st.booleans()), max_size=5),
    st.lists(st.booleans(), max_size=3),
    st.booleans(),
)
def test_nothing_is_granted_with_an_open_question_and_nothing_refused_without_a_finding(
    states: list[tuple[AttestedState, bool]], performed: list[bool], examined: bool
) -> None:
    obligations = tuple(
        replace(obligation(f"art5.3c{n}", *APRIL, state), verified=verified)
        for n, (state, verified) in enumerate(states)
    )
    attested = attestation(*obligations, since=IN_POST, examined=examined)
    asked = replace(request(attested), findings=investigated(*performed))
    unclear = any(s is AttestedState.LAPSED or (s is AttestedState.RECORDED_AFTER and not v) for s, v in states)
    answer = answer_exemption(asked).outcome
    if not all(performed):
        assert answer is ExemptionOutcome.REFUSED
    elif unclear or not examined or len(performed) < 3:
        assert answer is ExemptionOutcome.SUSPENDED
    else:
        assert answer is ExemptionOutcome.GRANTED
    assert all(each.period.to_day and each.period.to_day < ACCIDENT_ON for each in covered(attested))
