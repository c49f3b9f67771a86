"""What may be recorded as an act, and what is refused with its reason."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from services.duties.facts import ActKind, Capacity, EvidenceKind, Incumbency, Performance
from services.duties.rules.obligations import Seat
from services.duties.rules.performances import may_record
from services.duties.tests.builders import CATALOGUE, COUNTY, HEBEI, TOWN, ZONE, By, act, holds, seat, uid
from shared.roster.facts import PostKind
from shared.statute.decision import Decision

TODAY = date(2024, 6, 1)
SECRETARY = seat(ZONE, PostKind.PARTY_PRINCIPAL)
DIRECTOR = seat(ZONE, PostKind.GOVERNMENT_PRINCIPAL)
TERMS = [
    holds("戊", SECRETARY, date(2023, 1, 1)),
    holds("戊", DIRECTOR, date(2023, 1, 1)),
    holds("己", SECRETARY, date(2020, 1, 1), date(2022, 12, 31)),
]
GOOD = act(ActKind.LED_INSPECTION, date(2024, 5, 9), By("戊", (SECRETARY, DIRECTOR)))


def answer(
    done: Performance, seats: Sequence[Seat] = (SECRETARY, DIRECTOR), terms: Sequence[Incumbency] = TERMS
) -> Decision:
    return may_record(done, seats, terms, CATALOGUE, today=TODAY)


def test_an_act_of_the_holder_with_its_evidence_may_be_recorded() -> None:
    assert answer(GOOD)
    assert answer(replace(GOOD, evidence=tuple(one for one in GOOD.evidence if one.kind is EvidenceKind.RECORD)))


SHORT = tuple(replace(one, sha256="0f") for one in GOOD.evidence)
REFUSED = {
    "performance.in_future": replace(GOOD, day=date(2024, 6, 2)),
    "performance.no_capacity": replace(GOOD, capacities=()),
    "performance.kind_not_accepted": replace(GOOD, act=ActKind.RESEARCH_TRIP),
    "performance.no_actor": replace(GOOD, led_by=None),
    "performance.not_holder": replace(GOOD, led_by=uid("somebody")),
    "performance.outside_appointment": replace(GOOD, led_by=uid("己")),
    "performance.evidence_missing": replace(GOOD, evidence=()),
    "performance.digest_malformed": replace(GOOD, evidence=SHORT),
}


@pytest.mark.parametrize("code", REFUSED)
@pytest.mark.clause("art28", "art5.3")
def test_an_act_that_could_not_be_checked_is_refused(code: str) -> None:
    refused = answer(REFUSED[code])
    assert (refused.allowed, refused.code) == (False, code)
    assert refused.reason_zh
    assert refused.basis


def test_every_capacity_named_must_be_held() -> None:
    assert answer(GOOD, terms=TERMS[:1]).code == "performance.not_holder"
    wrong = replace(GOOD, capacities=(Capacity(SECRETARY.post.id, uid("another appointment")),))
    assert answer(wrong).code == "performance.not_holder"
    right = replace(GOOD, capacities=(Capacity(SECRETARY.post.id, TERMS[0].appointment_id),))
    assert answer(right)


def test_a_capacity_without_a_seat_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no seat given"):
        answer(GOOD, [SECRETARY])


@pytest.mark.clause("art5.2")
def test_a_joint_meeting_needs_only_to_be_the_committees_own() -> None:
    town = seat(TOWN, PostKind.PARTY_PRINCIPAL)
    meeting = act(ActKind.JOINT_MEETING, date(2024, 5, 9), By("town head", (town,)))
    assert answer(meeting, [town], [])
    assert answer(replace(meeting, organ_id=uid("else")), [town], []).code == "performance.another_body"


@pytest.mark.clause("art6.3")
def test_the_governor_has_no_inspection_to_record() -> None:
    governor = seat(HEBEI, PostKind.GOVERNMENT_PRINCIPAL)
    trip = act(ActKind.LED_INSPECTION, date(2024, 5, 9), By("省长", (governor,)))
    terms = [holds("省长", governor, date(2023, 1, 1))]
    assert answer(trip, [governor], terms).code == "performance.kind_not_accepted"


@pytest.mark.clause("art6.5")
def test_a_list_without_day_and_place_of_publication_is_refused() -> None:
    head = seat(COUNTY, PostKind.GOVERNMENT_PRINCIPAL)
    terms = [holds("丙", head, date(2023, 6, 1))]
    published = act(ActKind.LIST_PUBLISHED, date(2024, 3, 1), By("丙", (head,)))
    assert answer(published, [head], terms)
    nowhere = replace(published, evidence=tuple(replace(one, place=None) for one in published.evidence))
    refused = answer(nowhere, [head], terms)
    assert refused.code == "performance.evidence_missing"
    assert "公示" in refused.reason_zh
