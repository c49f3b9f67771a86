"""Invented facts for the tests of discipline: an exercise, no real person and no real accident."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

from services.discipline.data import measures
from services.discipline.facts import (
    Attestation,
    AttestedObligation,
    AttestedState,
    Authority,
    Case,
    Contents,
    DecidingOrgan,
    ExemptionPoint,
    ExemptionRequest,
    Ground,
    GroundStated,
    InvestigationFinding,
    MeasureTaken,
    PerformanceFinding,
    ProposedDecision,
    Reason,
    SeverityOrder,
    StandingDuty,
    Weighing,
)
from shared.roster.facts import Span

_ROOT = UUID("00000000-0000-0000-0000-000000139901")


def uid(name: str) -> UUID:
    return uuid5(_ROOT, name)


ACCIDENT_ON = date(2026, 5, 20)
ORDER = SeverityOrder(
    (
        ("circulation", "admonition", "adjustment", "demotion", "removal"),
        ("warning", "demerit", "major_demerit", "grade_reduction", "dismissal_from_post", "expulsion"),
    )
)
GROUND_4 = GroundStated(Ground.ACCIDENT, "应急管理部门主要负责人未举行专题研究", ("sha256:e1",))


def case(*grounds: GroundStated, retired_on: date | None = None, exempted: bool = False) -> Case:
    return Case(uid("己"), grounds or (GROUND_4,), uid("accident"), retired_on, exempted)


def taken(measure: str = "demerit", on: date = date(2026, 12, 25)) -> MeasureTaken:
    return MeasureTaken(measures()[measure], decided_on=on, effective_on=on)


def confirmed(given: MeasureTaken) -> MeasureTaken:
    return replace(given, confirmed=frozenset(row.id for row in given.measure.effects))


CONTENTS = Contents(
    post_duties="县应急管理局局长，分管全局工作",
    performance="2025年下半年未见专题研究记录",
    conditions="编制八名，实有六名",
    statement="本人陈述：已研究而未作记录",
    service="当面送达",
    appeal_deadline=date(2027, 1, 25),
    reasons=(Reason("2025年下半年专题研究无记录", "认定书一号", "art10.2a"),),
)


def proposed(given: MeasureTaken | None = None, in_case: Case | None = None) -> ProposedDecision:
    return ProposedDecision(
        case=in_case or case(),
        taken=given or taken(),
        contents=CONTENTS,
        weighing=Weighing(),
        organ=DecidingOrgan(Authority.PARTY_COMMITTEE, True, "县委常委会第三次会议", date(2026, 12, 20)),
        proposed_by=uid("proposer"),
        art23_applies=True,
    )


def obligation(
    duty: str, first: date, last: date, state: AttestedState = AttestedState.FULFILLED
) -> AttestedObligation:
    return AttestedObligation(uid(f"{duty}:{first}"), duty, Span(first, last), state)


def attestation(*obligations: AttestedObligation, since: date, examined: bool = True) -> Attestation:
    standing = (StandingDuty("art8.1", examined), StandingDuty("art8.2", True))
    return Attestation(uid("丁"), uid("accident"), ACCIDENT_ON, Span(since), obligations, standing)


def investigated(*performed: bool) -> tuple[InvestigationFinding, ...]:
    return tuple(
        InvestigationFinding(point, done, uid("city government"), "调查报告第三部分")
        for point, done in zip(ExemptionPoint, performed, strict=False)
    )


def request(attested: Attestation, *performance: PerformanceFinding) -> ExemptionRequest:
    return ExemptionRequest(
        official_id=attested.official_id,
        ground=Ground.ACCIDENT,
        investigating_organ_id=uid("city government"),
        attestation=attested,
        findings=investigated(True, True, True),
        performance=performance,
    )


def found(duty: str, obligation_id: UUID | None, *, performed: bool, official: str = "丁") -> PerformanceFinding:
    return PerformanceFinding(
        official_id=uid(official),
        duty=duty,
        obligation_id=obligation_id,
        performed=performed,
        organ_id=uid("county discipline organ"),
        competent=True,
        heard_on=date(2026, 9, 1),
        made_on=date(2026, 9, 10),
        reasons="经查台账、纪要并听取本人意见",
    )
