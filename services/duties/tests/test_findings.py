"""A finding of non-performance needs a competent organ, reasons, a hearing and a lapse that founds."""

from dataclasses import replace
from datetime import date

import pytest

from services.duties.facts import ActKind, NonPerformanceFinding
from services.duties.rules.findings import Subject, may_find
from services.duties.rules.status import Records
from services.duties.tests.builders import (
    ALWAYS,
    BAODING,
    CATALOGUE,
    COUNTY,
    XIONGAN,
    By,
    act,
    holds,
    noon,
    owed,
    seat,
    seen,
    uid,
)
from shared.roster.facts import DatedRole, Organ, OrganKind, OrganRole, PostKind, Region, Span
from shared.statute.decision import Decision

HEAD = seat(COUNTY, PostKind.GOVERNMENT_PRINCIPAL)
TERM = holds("丙", HEAD, date(2023, 6, 1), date(2026, 6, 30))
Q1 = owed(HEAD, date(2026, 1, 1), date(2026, 3, 31), "art6.2")[0]
REPORT = seen(Q1, Records([TERM]), date(2026, 4, 1))
TODAY = date(2026, 9, 1)
SUBJECT = Subject(CATALOGUE.duty("art6.2"), COUNTY, [TERM], REPORT)
FINDING = NonPerformanceFinding(
    id=uid("finding"),
    official_id=uid("丙"),
    post_id=HEAD.post.id,
    duty_id="art6.2",
    obligation_id=Q1.id,
    span=Span(date(2026, 1, 1), date(2026, 3, 31)),
    organ_id=uid("organ"),
    reasons="一季度未主持召开政府常务会议研究安全生产工作，无纪要，本人承认。",
    heard_on=date(2026, 8, 1),
    statement="本人陈述已附卷。",
    decided_on=date(2026, 8, 10),
    recorded_at=noon(date(2026, 8, 10)),
)


def organ(kind: OrganKind, region: Region = BAODING, *roles: DatedRole) -> Organ:
    return Organ(uid("organ"), "市纪委监委", kind, region.code, ALWAYS, roles)


DISCIPLINE = organ(OrganKind.DISCIPLINE_ORGAN)


def answer(finding: NonPerformanceFinding, by: Organ = DISCIPLINE, about: Subject = SUBJECT) -> Decision:
    return may_find(finding, by, about, today=TODAY)


@pytest.mark.clause("art21.1", "art28", "art29")
def test_a_reasoned_finding_after_hearing_by_a_competent_organ_may_be_made() -> None:
    assert answer(FINDING)
    assert answer(FINDING, organ(OrganKind.ORGANIZATION_DEPARTMENT))
    regulator = DatedRole(OrganRole.NAMED_REGULATOR, ALWAYS, function="应急管理")
    assert answer(FINDING, organ(OrganKind.GOVERNMENT_DEPARTMENT, BAODING, regulator))


@pytest.mark.parametrize(
    ("finding", "code"),
    [
        (replace(FINDING, reasons="  "), "finding.no_reasons"),
        (replace(FINDING, heard_on=None), "finding.not_heard"),
        (replace(FINDING, statement=""), "finding.not_heard"),
        (replace(FINDING, heard_on=date(2026, 8, 11)), "finding.not_heard"),
        (replace(FINDING, decided_on=date(2026, 9, 2)), "finding.in_future"),
        (replace(FINDING, official_id=uid("丁")), "finding.not_incumbent"),
    ],
)
@pytest.mark.clause("art28")
def test_a_finding_without_fairness_is_refused(finding: NonPerformanceFinding, code: str) -> None:
    refused = answer(finding)
    assert (refused.allowed, refused.code) == (False, code)


@pytest.mark.clause("art29")
def test_an_organ_without_competence_is_refused() -> None:
    police = DatedRole(OrganRole.NAMED_REGULATOR, ALWAYS, function="公安")
    for other in (organ(OrganKind.GOVERNMENT), organ(OrganKind.GOVERNMENT_DEPARTMENT, BAODING, police)):
        assert answer(FINDING, other).code == "finding.organ_not_competent"
    assert answer(FINDING, organ(OrganKind.DISCIPLINE_ORGAN, XIONGAN)).code == "finding.outside_territory"
    dissolved = replace(DISCIPLINE, span=Span(date(2010, 1, 1), date(2026, 8, 9)))
    assert answer(FINDING, dissolved).code == "finding.organ_not_competent"


@pytest.mark.clause("art21.1")
def test_where_the_act_is_on_record_there_is_nothing_to_find() -> None:
    held = act(ActKind.EXECUTIVE_MEETING, date(2026, 2, 9), By("丙", (HEAD,)))
    kept = replace(SUBJECT, report=seen(Q1, Records([TERM], [held]), date(2026, 4, 1)))
    assert answer(FINDING, about=kept).code == "finding.no_lapse"
    with pytest.raises(ValueError, match="names the obligation"):
        answer(replace(FINDING, obligation_id=uid("other")))


@pytest.mark.clause("art30")
def test_a_reading_that_nobody_adopted_founds_no_finding() -> None:
    director = seat(XIONGAN, PostKind.GOVERNMENT_PRINCIPAL)
    term = holds("丙", director, date(2023, 6, 1))
    reading = owed(director, date(2026, 1, 1), date(2026, 3, 31), "art6.2")[0]
    about = Subject(CATALOGUE.duty("art6.2"), XIONGAN, [term], seen(reading, Records([term]), date(2026, 4, 1)))
    finding = replace(FINDING, post_id=director.post.id, obligation_id=reading.id)
    refused = answer(finding, organ(OrganKind.DISCIPLINE_ORGAN, XIONGAN), about)
    assert refused.code == "finding.reading_not_adopted"
    assert refused.basis[0].clause == "art30"


@pytest.mark.clause("art6.9")
def test_a_standing_duty_needs_tenure_in_the_span_of_the_conduct() -> None:
    about = Subject(CATALOGUE.duty("art6.9"), COUNTY, [TERM])
    standing = replace(FINDING, duty_id="art6.9", obligation_id=None)
    assert answer(standing, about=about)
    earlier = replace(standing, span=Span(date(2020, 1, 1), date(2020, 12, 31)))
    assert answer(earlier, about=about).code == "finding.not_incumbent"


@pytest.mark.clause("art28", "art21.1")
def test_a_finding_is_made_after_the_period_and_the_person_is_heard_about_it_then() -> None:
    first, last = date(2026, 1, 1), date(2026, 3, 31)
    early = replace(FINDING, heard_on=date(2026, 3, 30), decided_on=date(2026, 3, 30))
    assert answer(early).code == "finding.too_early"
    assert answer(replace(FINDING, heard_on=date(2026, 3, 30))).code == "finding.not_heard"
    assert answer(replace(FINDING, heard_on=last, decided_on=last))
    standing = Subject(CATALOGUE.duty("art6.4"), COUNTY, [TERM])
    conduct = replace(FINDING, duty_id="art6.4", obligation_id=None, heard_on=first, span=Span(first, last))
    assert answer(conduct, about=standing), "heard while the conduct went on"
    assert answer(replace(conduct, heard_on=date(2025, 12, 31)), about=standing).code == "finding.not_heard"
    assert answer(replace(conduct, decided_on=date(2026, 3, 1)), about=standing).code == "finding.too_early"
