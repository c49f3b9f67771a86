"""The scenarios that a sloppy system gets wrong, 1 to 10, under their numbers in the specification."""

from dataclasses import replace
from datetime import date

import pytest

from services.duties.facts import ActKind, ObligationStatus, Recipient, Verification
from services.duties.facts.records import Filing
from services.duties.facts.reports import IncumbentShare, NotCounted
from services.duties.rules.attestation import Attestation, Conduct, Difference, attest
from services.duties.rules.filings import may_file
from services.duties.rules.status import Records
from services.duties.tests.builders import (
    ALWAYS,
    BAODING,
    CATALOGUE,
    COUNTY,
    DIGEST,
    DINGZHOU,
    HEBEI,
    REGIONS,
    TOWN,
    XIONGAN,
    XIONGXIAN,
    ZONE,
    By,
    act,
    holds,
    noon,
    owed,
    seat,
    seen,
    uid,
)
from shared.roster.facts import Organ, OrganKind, PostKind, Roster

FULFILLED, LAPSED = ObligationStatus.FULFILLED, ObligationStatus.LAPSED
PARTY, GOVERNMENT = PostKind.PARTY_PRINCIPAL, PostKind.GOVERNMENT_PRINCIPAL
Y24 = (date(2024, 1, 1), date(2024, 12, 31))
MAY = (date(2024, 5, 1), date(2024, 5, 31))


def committee(name: str, region_code: str, kind: OrganKind = OrganKind.SAFETY_COMMITTEE) -> Organ:
    return Organ(uid(name), name, kind, region_code, ALWAYS)


ROSTER = Roster(
    regions=REGIONS,
    organs=(
        committee("河北省安委会", HEBEI.code),
        committee("保定市安委会", BAODING.code),
        committee("雄安新区安委会", XIONGAN.code),
        committee("国务院安全生产委员会", "000000", OrganKind.EXTERNAL_ORGAN),
    ),
)


@pytest.mark.clause("art5.3")
def test_scenario_1_dingzhou_owes_half_yearly_trips_and_no_quarterly_ones() -> None:
    secretary = seat(DINGZHOU, PARTY)
    trips = [item for item in owed(secretary, *Y24) if ActKind.RESEARCH_TRIP in item.acts]
    assert [(item.duty_id, item.period.label) for item in trips] == [
        ("art5.3a", "2024-H1"),
        ("art5.3a", "2024-H2"),
    ]
    records = Records(
        [holds("甲", secretary, date(2023, 1, 1))],
        [act(ActKind.RESEARCH_TRIP, date(2024, 3, 10), By("甲", (secretary,)))],
    )
    assert [seen(item, records, date(2025, 1, 1)).status for item in trips] == [FULFILLED, LAPSED]


@pytest.mark.clause("art6.5")
def test_scenario_2_xiongxian_files_with_xiongan_and_not_with_baoding() -> None:
    head = seat(XIONGXIAN, GOVERNMENT)
    assessment = owed(head, date(2024, 1, 1), date(2024, 6, 30), "art6.5b")[0]
    filing = Filing(
        uid("filing"),
        assessment.id,
        Recipient.SAFETY_COMMITTEE_ONE_LEVEL_UP,
        uid("保定市安委会"),
        date(2024, 7, 5),
        noon(date(2024, 7, 5)),
        DIGEST,
    )
    refused = may_file(filing, assessment, ROSTER, today=date(2024, 7, 6))
    assert (refused.allowed, refused.code) == (False, "filing.wrong_body")
    assert "雄安新区安委会" in refused.reason_zh
    assert refused.basis[0].clause == "art6.5"
    right = replace(filing, recipient_organ_id=uid("雄安新区安委会"))
    assert may_file(right, assessment, ROSTER, today=date(2024, 7, 6))


@pytest.mark.clause("art6.2", "art6.3", "art6.5")
def test_scenario_3_the_governor_owes_no_inspections_and_files_with_the_state_council() -> None:
    governor = seat(HEBEI, GOVERNMENT)
    ours = owed(governor, *Y24)
    assert {item.duty_id for item in ours} == {"art6.2", "art6.5a", "art6.5b"}
    first_half = next(item for item in ours if item.duty_id == "art6.5b")
    filing = Filing(
        uid("filing"),
        first_half.id,
        Recipient.SAFETY_COMMITTEE_ONE_LEVEL_UP,
        uid("国务院安全生产委员会"),
        date(2024, 7, 5),
        noon(date(2024, 7, 5)),
        DIGEST,
    )
    assert may_file(filing, first_half, ROSTER, today=date(2024, 7, 6))


@pytest.mark.clause("art5.2")
def test_scenario_4_any_chair_fulfils_the_joint_meeting_but_not_the_standing_committee_meeting() -> None:
    town, county = seat(TOWN, PARTY), seat(COUNTY, PARTY)
    joint = owed(town, *MAY, "art5.2b")[0]
    head = act(ActKind.JOINT_MEETING, date(2024, 5, 9), By("town head", (town,)))
    records = Records([holds("secretary", town, date(2023, 1, 1))], [head])
    assert seen(joint, records, date(2024, 6, 1)).status is FULFILLED

    standing = owed(county, *MAY, "art5.2a")[0]
    deputy = act(ActKind.STANDING_COMMITTEE_MEETING, date(2024, 5, 9), By("deputy", (county,)))
    shown = seen(standing, Records([holds("secretary", county, date(2023, 1, 1))], [deputy]), date(2024, 7, 1))
    assert shown.status is LAPSED
    assert [item.reason for item in shown.not_counted] == [NotCounted.NOT_HOLDER]


@pytest.mark.clause("art5.3", "art6.3")
def test_scenario_5_an_inspection_counts_only_in_the_capacity_named() -> None:
    secretary, director = seat(ZONE, PARTY), seat(ZONE, GOVERNMENT)
    inspection = act(ActKind.LED_INSPECTION, date(2024, 5, 9), By("戊", (secretary,)))
    terms = [holds("戊", secretary, date(2023, 1, 1)), holds("戊", director, date(2023, 1, 1))]
    records = Records(terms, [inspection])
    by_party, by_government = owed(secretary, *MAY, "art5.3c")[0], owed(director, *MAY, "art6.3c")[0]
    assert seen(by_party, records, date(2024, 6, 1)).status is FULFILLED
    shown = seen(by_government, records, date(2024, 6, 1))
    assert shown.status is LAPSED
    assert [item.reason for item in shown.not_counted] == [NotCounted.CAPACITY_NOT_NAMED]
    both = replace(
        records, performances=[act(ActKind.LED_INSPECTION, date(2024, 5, 9), By("戊", (secretary, director)))]
    )
    assert {seen(item, both, date(2024, 6, 1)).status for item in (by_party, by_government)} == {FULFILLED}


@pytest.mark.clause("art5.3")
def test_scenario_6_a_county_trip_fulfils_no_zone_inspection_even_with_both_capacities() -> None:
    county, zone = seat(COUNTY, PARTY), seat(ZONE, PARTY)
    trip = act(ActKind.RESEARCH_TRIP, date(2024, 5, 9), By("甲", (county, zone)))
    records = Records([holds("甲", county, date(2023, 1, 1)), holds("甲", zone, date(2023, 1, 1))], [trip])
    q2 = (date(2024, 4, 1), date(2024, 6, 30))
    assert seen(owed(county, *q2, "art5.3b")[0], records, date(2024, 7, 1)).status is FULFILLED
    inspections = owed(zone, *q2, "art5.3c")
    assert [seen(item, records, date(2024, 7, 1)).status for item in inspections] == [LAPSED] * 3


@pytest.mark.clause("art9.4")
def test_scenario_7_the_safety_lead_owes_no_analysis_and_another_standing_member_deputy_does() -> None:
    member = seat(BAODING, PostKind.PARTY_STANDING_MEMBER)
    lead, deputy = (
        seat(BAODING, PostKind.GOVERNMENT_SAFETY_LEAD),
        seat(BAODING, PostKind.GOVERNMENT_OTHER_LEADER),
    )
    assert owed(lead, *Y24) == owed(member, *Y24) == []
    assert [item.period.label for item in owed(deputy, *Y24, "art9.4")] == [f"2024-Q{n}" for n in (1, 2, 3, 4)]


@pytest.mark.clause("art9.4", "art28")
def test_scenario_8_a_lapse_lists_both_incumbents_with_their_days_and_attributes_nothing() -> None:
    deputy = seat(BAODING, PostKind.GOVERNMENT_OTHER_LEADER)
    q3 = owed(deputy, date(2024, 7, 1), date(2024, 9, 30), "art9.4")[0]
    terms = [
        holds("after", deputy, date(2024, 9, 26)),
        holds("before", deputy, date(2022, 1, 1), date(2024, 9, 25)),
    ]
    shown = seen(q3, Records(terms), date(2024, 10, 1))
    assert shown.status is LAPSED
    assert shown.incumbents == (
        IncumbentShare(uid("before"), 87, acting=False, spans=(terms[1].span,)),
        IncumbentShare(uid("after"), 5, acting=False, spans=(terms[0].span,)),
    )
    assert shown.vacancy_days == 0


def attestation(conduct: Conduct, official: str) -> Attestation:
    return attest(uid(official), noon(date(2026, 5, 20)), conduct, CATALOGUE, known_at=noon(date(2026, 7, 1)))


@pytest.mark.clause("art26")
def test_scenario_9_the_predecessors_lapse_is_not_the_newcomers() -> None:
    county = seat(COUNTY, PARTY)
    terms = [
        holds("before", county, date(2024, 1, 1), date(2026, 4, 14)),
        holds("newcomer", county, date(2026, 4, 15)),
    ]
    conduct = Conduct([county], Records(terms))
    assert attestation(conduct, "newcomer").obligations == ()
    assert attestation(conduct, "newcomer").lapses == ()
    assert "2026-Q1" in {row.obligation.period.label for row in attestation(conduct, "before").lapses}


@pytest.mark.clause("art26")
def test_scenario_10_an_inspection_recorded_after_the_accident_is_shown_so_and_counts_if_verified() -> None:
    zone = seat(ZONE, PARTY)
    inspection = act(ActKind.LED_INSPECTION, date(2026, 4, 28), By("戊", (zone,)), recorded=date(2026, 6, 1))
    terms = [holds("戊", zone, date(2025, 2, 1))]

    def april(found: Attestation) -> tuple[ObligationStatus, ObligationStatus, frozenset[Difference]]:
        inspections = [r for r in found.obligations if r.obligation.duty_id == "art5.3c"]
        row = next(r for r in inspections if r.obligation.period.label == "2026-04")
        return row.then.status, row.now.status, row.differences

    doubtful = attestation(Conduct([zone], Records(terms, [inspection])), "戊")
    after = Difference.RECORDED_AFTER_ACCIDENT
    assert april(doubtful) == (LAPSED, LAPSED, frozenset({after, Difference.NOT_VERIFIED}))
    checked = replace(inspection, verified=Verification("reviewer", noon(date(2026, 6, 10))))
    verified = attestation(Conduct([zone], Records(terms, [checked])), "戊")
    assert april(verified) == (LAPSED, FULFILLED, frozenset({after, Difference.STATUS_CHANGED}))
