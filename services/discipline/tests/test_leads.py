"""线索: the program only proposes, and only what Art. 21 knows."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.discipline.facts import (
    Allegation,
    ChainEntry,
    Ground,
    HazardFact,
    IllegalAccident,
    Lapse,
    Lead,
    LeadEnd,
    ReportFault,
    ReportingFact,
    WeakEnforcement,
)
from services.discipline.rules.leads import (
    end_lead,
    lead_from_allegation,
    lead_from_chain_entry,
    lead_from_finding,
    lead_from_hazard,
    lead_from_illegal_accidents,
    lead_from_lapse,
    lead_from_reporting,
)
from services.discipline.tests.examples import found, uid
from shared.statute.decision import Basis, BasisKind, Decision

ENTRY = ChainEntry(uid("accident"), uid("post"), uid("乙"), (Basis("art5"),))
LAPSE = Lapse(uid("o"), uid("post"), "art6.2", BasisKind.TEXT, (uid("丙"), uid("前任")))
HAZARD = HazardFact(uid("h"), True, False, date(2026, 3, 31), None, uid("辛"), "分管该行业")
WEAK = WeakEnforcement(
    (IllegalAccident(uid("a1"), "139901", "C26"), IllegalAccident(uid("a2"), "139901", "B06")),
    "连续两年未组织打非治违",
    uid("丙"),
    "县政府主要负责人",
)


def code(answer: Lead | Decision) -> str:
    return answer.code if isinstance(answer, Decision) else f"lead:{answer.ground}"


@pytest.mark.clause("art21.4")
def test_story_4_each_listed_post_is_one_lead_however_often_the_chain_is_told() -> None:
    grown = [ENTRY, replace(ENTRY, post_id=uid("province post")), ENTRY]
    leads = [lead for lead in map(lead_from_chain_entry, grown) if isinstance(lead, Lead)]
    assert len({lead.key for lead in leads}) == 2
    assert leads[0] == leads[2]


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (ENTRY, "lead:art21.4"),
        (replace(ENTRY, official_id=None), "lead:art21.4"),
        (replace(ENTRY, earlier_holder=True), "earlier_holder"),
        (replace(ENTRY, dropped=True), "entry_dropped"),
    ],
)
def test_the_chain_lists_posts_and_only_current_entries_propose_leads(entry: ChainEntry, expected: str) -> None:
    assert code(lead_from_chain_entry(entry)) == expected


@pytest.mark.clause("art21.1")
@pytest.mark.clause("art30")
@pytest.mark.parametrize(
    ("lapse", "expected"),
    [
        (LAPSE, "lead:art21.1"),
        (replace(LAPSE, kind=BasisKind.READING), "reading_not_adopted"),
        (replace(LAPSE, kind=BasisKind.READING, adopted=True), "lead:art21.1"),
    ],
)
def test_a_lapse_under_a_reading_founds_nothing_until_the_reading_is_adopted(lapse: Lapse, expected: str) -> None:
    assert code(lead_from_lapse(lapse)) == expected


@pytest.mark.clause("art21.1")
def test_a_lead_from_a_lapse_lists_every_incumbent_and_chooses_none() -> None:
    lead = lead_from_lapse(LAPSE)
    assert isinstance(lead, Lead)
    assert lead.officials == LAPSE.incumbents


@pytest.mark.clause("art21.1")
@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (found("art8.1", None, performed=False), "lead:art21.1"),
        (found("art8.1", None, performed=True), "found_performed"),
        (replace(found("art8.1", None, performed=False), heard_on=None), "person_not_heard"),
        (replace(found("art8.1", None, performed=False), heard_on=date(2026, 9, 11)), "heard_too_late"),
        (replace(found("art8.1", None, performed=False), competent=False), "organ_not_competent"),
        (replace(found("art8.1", None, performed=False), reasons=" "), "reasons_missing"),
    ],
)
def test_only_a_reasoned_finding_of_a_competent_organ_after_hearing_is_a_breach_of_somebody(
    finding: object, expected: str
) -> None:
    assert code(lead_from_finding(finding)) == expected  # type: ignore[arg-type]  # one row type for the table


@pytest.mark.clause("art21.3")
@pytest.mark.parametrize("fault", list(ReportFault))
@pytest.mark.parametrize(
    ("by_enterprise", "official", "leadership", "expected"),
    [
        (True, None, "", "enterprise_step_alone"),
        (False, None, "", "no_leadership_responsibility"),
        (False, "丙", " ", "no_leadership_responsibility"),
        (True, "丙", "指使企业迟报", "lead:art21.3"),
        (False, "丙", "压件不报", "lead:art21.3"),
    ],
)
def test_a_late_step_of_an_enterprise_alone_is_no_lead(
    fault: ReportFault, by_enterprise: bool, official: str | None, leadership: str, expected: str
) -> None:
    fact = ReportingFact(uid("accident"), fault, by_enterprise, uid(official) if official else None, leadership)
    assert code(lead_from_reporting(fact)) == expected


@pytest.mark.clause("art21.5")
@pytest.mark.parametrize(
    ("hazard", "expected"),
    [
        (HAZARD, "lead:art21.5"),
        (replace(HAZARD, solved_on=date(2026, 3, 31)), "in_time"),
        (replace(HAZARD, solved_on=date(2026, 4, 1)), "lead:art21.5"),
        (replace(HAZARD, due_on=date(2026, 6, 1)), "in_time"),
        (replace(HAZARD, whole_area_or_industry=False), "not_a_general_hazard"),
    ],
)
def test_a_hazard_of_a_whole_area_is_a_lead_only_when_not_solved_in_time(hazard: HazardFact, expected: str) -> None:
    assert code(lead_from_hazard(hazard, date(2026, 6, 1))) == expected


@pytest.mark.clause("art21.6")
@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (WEAK, "lead:art21.6"),
        (replace(WEAK, accidents=WEAK.accidents[:1]), "not_consecutive"),
        (replace(WEAK, accidents=WEAK.accidents[:1] * 2), "not_consecutive"),
        (
            replace(WEAK, accidents=(WEAK.accidents[0], IllegalAccident(uid("a3"), "139902", "B06"))),
            "not_consecutive",
        ),
        (replace(WEAK, weakness=""), "weak_enforcement_not_stated"),
    ],
)
def test_weak_enforcement_and_consecutive_illegal_accidents_are_needed_together(
    fact: WeakEnforcement, expected: str
) -> None:
    assert code(lead_from_illegal_accidents(fact)) == expected


@pytest.mark.clause("art21.2")
@pytest.mark.clause("art21.7")
@pytest.mark.parametrize("ground", [Ground.OBSTRUCTION, Ground.OTHER])
def test_what_a_person_brings_needs_facts(ground: Ground) -> None:
    brought = Allegation(uid("x"), ground, uid("丙"), "要求执法人员离开现场")
    assert code(lead_from_allegation(brought)) == f"lead:{ground}"
    assert code(lead_from_allegation(replace(brought, facts=""))) == "facts_missing"


@pytest.mark.clause("art21")
@given(st.booleans(), st.text(max_size=5), st.booleans())
def test_every_lead_ends_once_in_a_case_or_in_reasons(in_case: bool, reason: str, ended: bool) -> None:
    end = LeadEnd(uid("case") if in_case else None, reason, uid("handler"))
    answer = end_lead(end, already=end if ended else None)
    assert answer.allowed is (not ended and (in_case or bool(reason.strip())))
