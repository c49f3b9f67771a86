"""考察、表彰、公开: who is heard, what bars whom until when, who decides above, how results are made known."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.data import publication_policy
from services.appraisal.facts import (
    Commendation,
    CommendationGround,
    CommendationKind,
    Decider,
    HeardOrgan,
    Hearing,
    NomineeKind,
    Opinion,
    Publication,
    PublicationKind,
    VettingFile,
)
from services.appraisal.rules.commendation import may_commend
from services.appraisal.rules.publication import default_kind, may_publish, next_due_on
from services.appraisal.rules.vetting import (
    answer_vetting,
    may_conclude,
    may_recommend,
    organ_to_hear,
    sought_by,
    was_heard,
)
from services.appraisal.tests.examples import DEMERIT, LAST, VETO, uid
from shared.roster.facts import OrganKind
from shared.statute.effects import Bar, EffectKind

ON = date(2027, 3, 1)
HEARING = Hearing(HeardOrgan.SUPERIOR_SAFETY_REGULATOR, date(2027, 2, 1), date(2027, 2, 20), "sha256:request")
ADVERSE = Opinion(date(2027, 2, 10), True, "sha256:opinion")
FILE = VettingFile(
    uid("己"),
    NomineeKind.OFFICIAL,
    (Bar.PROMOTION,),
    "sha256:record",
    (),
    (*VETO, *DEMERIT),
)
PARTY = Decider(OrganKind.PARTY_COMMITTEE, "139900")
GOVERNMENT = Decider(OrganKind.GOVERNMENT, "139900")
COMMENDATION = Commendation(
    CommendationKind.COMMENDATION,
    CommendationGround.RESCUE,
    "组织疏散三百人",
    ("130000", "139900", "139901"),
    (PARTY, GOVERNMENT),
    date(2027, 6, 1),
    uid("丁"),
    vetted=True,
)
MERIT = replace(
    COMMENDATION,
    kind=CommendationKind.MERIT,
    ground=CommendationGround.EXCELLENT_APPRAISAL,
    excellent_year=2026,
)
NOTICE = Publication(PublicationKind.CIRCULATED, True, "内部通报", "各县（市、区）", date(2027, 2, 1))


@pytest.mark.clause("art17")
@pytest.mark.clause("art23")
def test_story_11_vetting_answers_with_clause_and_last_blocked_day_and_the_day_after_with_nothing() -> None:
    answer = answer_vetting(FILE, ON)
    assert answer.vetoes_or_periods
    assert {effect.last_day for effect in answer.standing} == {LAST}
    assert {(e.kind, e.bar) for e in answer.standing} == {
        *((EffectKind.VETO, effect.bar) for effect in VETO),
        (EffectKind.EFFECT_PERIOD, Bar.PROMOTION),
    }
    (refusal,) = answer.sought
    assert not refusal
    assert "2027-12-24" in refusal.reason_zh
    assert {basis.clause for basis in refusal.basis} == {"art23", "政务处分法 第八条、第十九条"}
    assert not may_recommend(FILE, LAST)
    free = date(2027, 12, 25)
    assert not answer_vetting(FILE, free).vetoes_or_periods
    assert may_recommend(FILE, free)


@pytest.mark.clause("art17")
@pytest.mark.parametrize("kind", list(NomineeKind))
def test_every_nominee_has_a_performance_record(kind: NomineeKind) -> None:
    file = replace(FILE, kind=kind, performance_record=" ", hearings=(replace(HEARING, opinion=ADVERSE),))
    assert may_conclude(file, ON).code == "record_missing"


@pytest.mark.clause("art17")
@pytest.mark.parametrize(
    ("kind", "organ"),
    [
        (NomineeKind.OFFICIAL, None),
        (NomineeKind.SAFETY_REGULATOR_PRINCIPAL, HeardOrgan.SUPERIOR_SAFETY_REGULATOR),
        (NomineeKind.ENTERPRISE_CHIEF_SAFETY_OFFICER, HeardOrgan.SAME_LEVEL_SAFETY_REGULATOR),
        (NomineeKind.AWARD_CANDIDATE, HeardOrgan.SAME_LEVEL_SAFETY_COMMITTEE_OFFICE),
    ],
)
def test_the_kind_of_post_decides_which_organ_is_heard_and_no_other_will_do(
    kind: NomineeKind, organ: HeardOrgan | None
) -> None:
    assert organ_to_hear(kind) is organ
    for heard in HeardOrgan:
        file = replace(FILE, kind=kind, hearings=(replace(HEARING, organ=heard, opinion=ADVERSE),))
        assert may_conclude(file, ON).allowed is (organ in {None, heard})
    assert may_conclude(replace(FILE, kind=kind), ON).allowed is (organ is None)


@pytest.mark.clause("art17")
@pytest.mark.parametrize(
    ("hearing", "on", "expected"),
    [
        (replace(HEARING, opinion=ADVERSE), ON, "heard"),
        (replace(HEARING, opinion=ADVERSE), date(2027, 2, 10), "heard"),
        (replace(HEARING, opinion=ADVERSE), date(2027, 2, 9), "answer_pending"),
        (HEARING, date(2027, 2, 20), "answer_pending"),
        (HEARING, date(2027, 2, 21), "unanswered"),
        (replace(HEARING, proof=" "), ON, "proof_missing"),
        (replace(HEARING, deadline=date(2027, 1, 31)), ON, "proof_missing"),
    ],
)
def test_being_heard_is_the_opinion_or_the_proof_that_its_deadline_passed(
    hearing: Hearing, on: date, expected: str
) -> None:
    answer = was_heard(hearing, on)
    assert answer.code == expected
    file = replace(FILE, kind=NomineeKind.SAFETY_REGULATOR_PRINCIPAL, hearings=(hearing,))
    assert may_conclude(file, on).code == expected


@pytest.mark.clause("art17")
@given(st.booleans())
def test_adverse_content_blocks_nothing_by_itself(adverse: bool) -> None:
    heard = replace(HEARING, opinion=replace(ADVERSE, adverse=adverse))
    file = replace(FILE, kind=NomineeKind.SAFETY_REGULATOR_PRINCIPAL, hearings=(heard,), effects=())
    assert may_recommend(file, ON)


@pytest.mark.clause("art17")
def test_an_award_seeks_titles_and_a_nominee_what_is_stated() -> None:
    assert sought_by(NomineeKind.AWARD_CANDIDATE, promotion=True, important_reassignment=True) == (Bar.ADVANCED_TITLES,)
    assert sought_by(NomineeKind.OFFICIAL, promotion=False, important_reassignment=True) == (
        Bar.IMPORTANT_REASSIGNMENT,
    )


@pytest.mark.clause("art19")
@pytest.mark.parametrize(
    ("commendation", "expected"),
    [
        (COMMENDATION, "commended"),
        (replace(COMMENDATION, official_id=None, vetted=False), "commended"),
        (replace(COMMENDATION, vetted=False), "not_vetted"),
        (replace(COMMENDATION, facts=""), "facts_missing"),
        (replace(COMMENDATION, deciders=(PARTY,)), "not_decided_above"),
        (replace(COMMENDATION, deciders=(GOVERNMENT,)), "not_decided_above"),
        (replace(COMMENDATION, deciders=()), "not_decided_above"),
        (
            replace(COMMENDATION, deciders=(PARTY, replace(GOVERNMENT, region_code="139901"))),
            "not_decided_above",
        ),
        (
            replace(COMMENDATION, deciders=(PARTY, GOVERNMENT, replace(PARTY, region_code="139902"))),
            "not_decided_above",
        ),
        (replace(COMMENDATION, effects=VETO), "veto_runs"),
        (replace(COMMENDATION, effects=VETO, decided_on=date(2027, 12, 25)), "commended"),
        (replace(COMMENDATION, effects=DEMERIT), "commended"),
        (replace(COMMENDATION, ground=CommendationGround.EXCELLENT_APPRAISAL), "excellent_result_missing"),
    ],
)
def test_a_commendation_is_decided_above_vetted_and_free_of_a_running_veto(
    commendation: Commendation, expected: str
) -> None:
    assert may_commend(commendation).code == expected


@pytest.mark.clause("art20")
@pytest.mark.parametrize(
    ("merit", "expected"),
    [
        (MERIT, "commended"),
        (replace(MERIT, excellent_year=None), "excellent_result_missing"),
        (replace(MERIT, ground=CommendationGround.RESCUE), "excellent_result_missing"),
        (replace(MERIT, official_id=None), "merit_is_personal"),
        (replace(MERIT, effects=VETO), "veto_runs"),
    ],
)
def test_merit_is_for_officials_with_an_excellent_result(merit: Commendation, expected: str) -> None:
    assert may_commend(merit).code == expected


@pytest.mark.clause("art19")
def test_that_a_veto_blocks_commendation_is_marked_as_a_reading() -> None:
    (basis,) = may_commend(replace(COMMENDATION, effects=VETO)).basis
    assert (basis.clause, basis.kind) == ("art23", "reading")


@pytest.mark.clause("art18")
@pytest.mark.parametrize(
    ("publication", "expected"),
    [
        (NOTICE, "publishable"),
        (replace(NOTICE, kind=PublicationKind.PUBLISHED), "personal_results_circulate"),
        (replace(NOTICE, kind=PublicationKind.PUBLISHED, reason="已征得本人同意"), "publishable"),
        (replace(NOTICE, kind=PublicationKind.PUBLISHED, personal=False), "publishable"),
        (replace(NOTICE, channel=""), "channel_missing"),
        (replace(NOTICE, scope=" "), "channel_missing"),
        (replace(NOTICE, to_day=date(2027, 1, 31)), "dates_out_of_order"),
        (replace(NOTICE, objections_until=date(2027, 1, 31)), "dates_out_of_order"),
        (replace(NOTICE, personal_numbers=True), "personal_numbers"),
    ],
)
def test_results_are_made_known_with_channel_scope_and_dates_and_personal_ones_circulate(
    publication: Publication, expected: str
) -> None:
    assert may_publish(publication).code == expected


@pytest.mark.clause("art18")
def test_the_next_publication_falls_due_at_the_configured_interval() -> None:
    assert next_due_on(date(2026, 3, 1), publication_policy()) == date(2027, 2, 28)
    assert default_kind(personal=True) is PublicationKind.CIRCULATED
    assert default_kind(personal=False) is PublicationKind.PUBLISHED
