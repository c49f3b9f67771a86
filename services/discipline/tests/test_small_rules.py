"""Retirement by the roster, what an organ may be, which leads join, what a person may record."""

from datetime import date
from uuid import UUID

import pytest

from services.discipline.facts import Authority, ExemptionAnswer, ExemptionOutcome
from services.discipline.rules.access import POLICY
from services.discipline.rules.answers import may_record, no_attestation
from services.discipline.rules.joining import leads_join
from services.discipline.rules.organs import authority_of
from services.discipline.rules.retirement import retired_since
from services.discipline.tests.examples import uid
from shared.contracts.discipline import BasisPart, VetoImposed
from shared.roster.facts import Appointment, DatedRole, Organ, OrganKind, OrganRole, Span
from shared.statute.decision import Basis, Decision, allow, refuse
from shared.statute.effects import Bar

DAY = date(2026, 6, 30)
GRANTED = ExemptionAnswer(ExemptionOutcome.GRANTED, allow("exempted", "免", "yes", Basis("art26")))
REFUSED = ExemptionAnswer(ExemptionOutcome.REFUSED, refuse("found_not_performed", "否", "no", Basis("art26")))


def held(to_day: date | None, reason: str | None, *, annulled: bool = False, cause: str | None = None) -> Appointment:
    span = Span(date(2023, 6, 1), to_day)
    name = f"{to_day}{reason}{annulled}"
    return Appointment(uid(name), uid("post"), uid("丙"), span, end_reason=reason, annulled=annulled, end_cause=cause)


@pytest.mark.clause("art27")
@pytest.mark.parametrize(
    ("appointments", "since"),
    [
        ((), None),
        ((held(None, None),), None),
        ((held(DAY, "retired"),), date(2026, 7, 1)),
        ((held(DAY, "退休"),), date(2026, 7, 1)),
        ((held(DAY, "到龄", cause="retirement"),), date(2026, 7, 1)),
        ((held(DAY, "transferred"),), None),
        ((held(DAY, "retired"), held(None, None)), None),
        ((held(DAY, "retired"), held(None, None, annulled=True)), date(2026, 7, 1)),
        ((held(date(2025, 1, 31), "retired"), held(DAY, "transferred")), None),
        ((held(date(2025, 1, 31), "transferred"), held(DAY, "retired")), date(2026, 7, 1)),
    ],
)
def test_retired_is_whose_every_post_has_ended_the_last_by_retiring(
    appointments: tuple[Appointment, ...], since: date | None
) -> None:
    assert retired_since(appointments) == since


def organ(kind: OrganKind, role: OrganRole | None = None) -> Organ:
    roles = () if role is None else (DatedRole(role, Span(date(2020, 1, 1))),)
    return Organ(uid("organ"), "演练", kind, "139901", Span(date(2018, 9, 1)), roles)


@pytest.mark.clause("art29")
@pytest.mark.parametrize(
    ("given", "on", "answer"),
    [
        (organ(OrganKind.PARTY_COMMITTEE), DAY, Authority.PARTY_COMMITTEE),
        (organ(OrganKind.PARTY_WORKING_COMMITTEE), DAY, Authority.PARTY_COMMITTEE),
        (organ(OrganKind.MANAGEMENT_COMMITTEE), DAY, Authority.GOVERNMENT),
        (organ(OrganKind.GOVERNMENT_DEPARTMENT, OrganRole.NAMED_REGULATOR), DAY, Authority.SAFETY_REGULATOR),
        (organ(OrganKind.GOVERNMENT_DEPARTMENT, OrganRole.NAMED_REGULATOR), date(2019, 1, 1), "outside_authority"),
        (organ(OrganKind.GOVERNMENT_DEPARTMENT, OrganRole.OTHER), DAY, "outside_authority"),
        (organ(OrganKind.PARTY_COMMITTEE), date(2018, 1, 1), "organ_unknown"),
        (None, DAY, "organ_unknown"),
    ],
)
def test_an_organ_is_an_authority_by_kind_or_by_its_role_on_the_day(
    given: Organ | None, on: date, answer: Authority | str
) -> None:
    found = authority_of(given, on)
    assert (found.code if isinstance(found, Decision) else found) == answer


@pytest.mark.clause("art21")
@pytest.mark.parametrize(
    ("officials", "accidents", "code"),
    [
        ((uid("己"),), (None,), "leads_join"),
        ((uid("己"), uid("己")), (uid("accident"), None), "leads_join"),
        ((uid("己"), uid("庚")), (None, None), "several_officials"),
        ((uid("己"), None), (None, None), "nobody_held_the_post"),
        ((uid("己"), uid("己")), (uid("accident"), uid("other")), "several_accidents"),
    ],
)
def test_leads_join_about_one_official_and_at_most_one_accident(
    officials: tuple[UUID | None, ...], accidents: tuple[UUID | None, ...], code: str
) -> None:
    assert leads_join(officials, accidents).code == code


@pytest.mark.clause("art26")
@pytest.mark.parametrize(
    ("outcome", "answer", "reasons", "code"),
    [
        (ExemptionOutcome.GRANTED, GRANTED, "理由", "may_record"),
        (ExemptionOutcome.REFUSED, GRANTED, "理由", "nothing_against_exemption"),
        (ExemptionOutcome.SUSPENDED, GRANTED, "理由", "nothing_against_exemption"),
        (ExemptionOutcome.REFUSED, REFUSED, "理由", "may_record"),
        (ExemptionOutcome.GRANTED, REFUSED, "理由", "found_not_performed"),
        (ExemptionOutcome.GRANTED, no_attestation(), "理由", "attestation_missing"),
        (ExemptionOutcome.REFUSED, no_attestation(), "理由", "attestation_missing"),
        (ExemptionOutcome.SUSPENDED, no_attestation(), "理由", "may_record"),
        (ExemptionOutcome.GRANTED, GRANTED, " ", "reasons_missing"),
    ],
)
def test_a_person_records_what_the_file_carries_and_nothing_else(
    outcome: ExemptionOutcome, answer: ExemptionAnswer, reasons: str, code: str
) -> None:
    assert may_record(outcome, answer, reasons).code == code


def bar(through: date | None, *bars: str, kind: str = "veto") -> VetoImposed:
    return VetoImposed(
        id=uid("veto"),
        path=("130000",),
        official_id=uid("己"),
        kind=kind,
        bars=bars,
        from_day=date(2026, 12, 25),
        through_day=through,
        accident_id=None,
        case_id=uid("case"),
        measure="demerit",
        measure_name_zh="记过",
        basis=(BasisPart(clause="art23"),),
    )


@pytest.mark.clause("art23")
def test_a_bar_tells_consumers_its_effects_and_leaves_out_what_they_do_not_know() -> None:
    effects = bar(date(2027, 12, 24), "promotion", "a_bar_of_tomorrow").effects()
    assert [(one.bar, one.blocks(date(2027, 12, 24)), one.basis.clause) for one in effects] == [
        (Bar.PROMOTION, True, "art23")
    ]
    assert bar(date(2026, 12, 24), "promotion").effects() == ()
    assert bar(None, "promotion").effects()[0].blocks(date(2099, 1, 1))
    assert bar(None, "promotion", kind="a_kind_of_tomorrow").effects() == ()


def test_approving_and_proposing_are_given_to_different_roles() -> None:
    assert POLICY["case", "propose"].isdisjoint(POLICY["case", "approve"])
