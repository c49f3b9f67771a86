"""问责案件 (Art. 21, 22, 27): stated grounds, whom a measure reaches, the life of a case."""

from datetime import date

from services.discipline.facts import (
    Case,
    CaseState,
    CaseStep,
    Ground,
    GroundStated,
    LifelongFindings,
    Measure,
)
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_NEXT = {
    (CaseState.OPENED, CaseStep.PROPOSE): CaseState.PROPOSED,
    (CaseState.OPENED, CaseStep.EXEMPT): CaseState.EXEMPTED,
    (CaseState.OPENED, CaseStep.CLOSE_WITHOUT_MEASURE): CaseState.CLOSED_WITHOUT_MEASURE,
    (CaseState.OPENED, CaseStep.HAND_OVER): CaseState.HANDED_OVER,
    (CaseState.PROPOSED, CaseStep.RETURN): CaseState.OPENED,
    (CaseState.PROPOSED, CaseStep.DECIDE): CaseState.DECIDED,
}


@cites("art21", "art28")
def grounds_stated(grounds: tuple[GroundStated, ...]) -> Decision:
    """A case names at least one of the seven grounds, each with facts and evidence."""
    if not grounds:
        return refuse("ground_missing", "至少写明一种问责情形", "a case names at least one ground", Basis("art21"))
    for stated in grounds:
        if not stated.facts.strip() or not any(digest.strip() for digest in stated.evidence):
            return refuse(
                "ground_unfounded",
                "每种问责情形须有事实和证据",
                "every ground has facts and evidence",
                Basis(stated.ground),
                Basis("art28"),
            )
    return allow("grounds_stated", "问责情形明确", "grounds are stated", *(Basis(stated.ground) for stated in grounds))


@cites("art21", "art26")
def remaining_grounds(case: Case) -> tuple[GroundStated, ...]:
    """The grounds still open: an exemption takes away leadership responsibility for the accident only."""
    return tuple(stated for stated in case.grounds if not (case.exempted and stated.ground is Ground.ACCIDENT))


@cites("art21.4")
def case_may_open(case: Case) -> Decision:
    """A case has stated grounds, and an accident where ground (四) is among them."""
    if any(stated.ground is Ground.ACCIDENT for stated in case.grounds) and case.accident_id is None:
        return refuse("accident_missing", "须指明生产安全事故", "ground 4 names its accident", Basis("art21.4"))
    return grounds_stated(case.grounds)


@cites("art27")
def lifelong_findings(case: Case, findings: LifelongFindings, *, invoked: bool, on: date) -> Decision:
    """The three findings of Art. 27, required where the person has retired or the decision invokes it.

    Serving officials who moved stay reachable under Art. 21 and 22 without them (reading).
    """
    if not (invoked or case.retired(on)):
        return allow(
            "serving",
            "在职人员依第二十一、二十二条问责",
            "in service",
            Basis("art22", BasisKind.READING, "调离转岗、提拔者"),
        )
    words = (findings.leadership_responsibility, findings.vile_nature, findings.serious_consequences)
    if not all(word.strip() for word in words):
        return refuse(
            "art27_findings_missing",
            "须认定负有领导责任且失职失责性质恶劣、后果严重",
            "leadership responsibility, vile nature and serious consequences are found in words",
            Basis("art27"),
        )
    return allow("art27_findings", "终身问责情形已认定", "the findings of Art. 27 are made", Basis("art27"))


@cites("art22", "art27")
def measure_reaches(case: Case, measure: Measure, on: date) -> Decision:
    """Measures that need a post are refused for the retired."""
    if measure.needs_post is not None and case.retired(on):
        return refuse(
            "measure_needs_post",
            f"已退休人员不适用{measure.name_zh}",
            f"{measure.id} needs a post and the person has retired",
            measure.needs_post,
            Basis("art27", BasisKind.READING),
        )
    return allow("measure_reaches", f"可以适用{measure.name_zh}", f"{measure.id} can be applied", Basis("art22"))


@cites("art22", "art28", "art29")
def next_state(case: Case, step: CaseStep) -> CaseState | Decision:
    """Where a step leads; a case whose only ground is exempted closes as exempted and decides nothing."""
    state = _NEXT.get((case.state, step))
    if state is None:
        return refuse(
            "step_not_open",
            f"案件当前状态不能{step}",
            f"a case {case.state} cannot {step}",
            Basis("art28", BasisKind.DEFAULT),
        )
    if step is CaseStep.EXEMPT and (not case.exempted or remaining_grounds(case)):
        return refuse(
            "grounds_remain",
            "仍有免责范围以外的问责情形",
            "grounds outside the exemption remain",
            Basis("art26"),
        )
    return state


@cites("art22")
def refer_to_supervision(case: Case, suspicion: str) -> Decision:
    """Suspected duty violation or crime is referred; that it stops no other measure is a default."""
    if case.referred_on is not None:
        return refuse("already_referred", "已移送监察机关", "already referred", Basis("art22"))
    if not suspicion.strip():
        return refuse("suspicion_missing", "须写明涉嫌职务违法犯罪的事实", "the suspicion is stated", Basis("art22"))
    return allow(
        "referred",
        "移送监察机关依法调查处置，不停止其他问责",
        "referred to the supervision organ; other measures go on",
        Basis("art22"),
        Basis("art22", BasisKind.DEFAULT, "移送不停止其他问责"),
    )
