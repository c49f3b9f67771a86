"""尽职免责 (Art. 26): only leadership for the accident, on three findings of the investigating organ."""

from services.discipline.facts import (
    Attestation,
    AttestedObligation,
    AttestedState,
    ExemptionAnswer,
    ExemptionOutcome,
    ExemptionPoint,
    ExemptionRequest,
    Ground,
    PerformanceFinding,
)
from services.discipline.rules.findings import finding_stands
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_TEXT = Basis("art26")
_READING = Basis("art26", BasisKind.READING, "本人任期内、事故发生前到期的职责")
_POINT_ZH = {
    ExemptionPoint.DUTIES: "本细则第二章、第三章所规定职责",
    ExemptionPoint.OTHER_LAW: "法律法规规定有关职责",
    ExemptionPoint.DEPLOYMENTS: "党委和政府有关工作部署",
}


@cites("art26")
def covered(attestation: Attestation) -> tuple[AttestedObligation, ...]:
    """The obligations that count: due before the accident, in a period that the own tenure shares."""
    return tuple(
        obligation
        for obligation in attestation.obligations
        if obligation.period.to_day is not None
        and obligation.period.to_day < attestation.accident_on
        and obligation.period.overlaps(attestation.tenure)
    )


@cites("art26")
def answer_exemption(request: ExemptionRequest) -> ExemptionAnswer:
    """Granted, suspended or refused; a refusal for a breach comes before anything that is merely missing."""
    return (
        _not_about_the_accident(request)
        or _found_unperformed(request)
        or _denied_by_investigation(request)
        or _lapse_without_finding(request)
        or _standing_unexamined(request)
        or _findings_missing(request)
        or ExemptionAnswer(
            ExemptionOutcome.GRANTED,
            allow(
                "exempted",
                "经查实已全面履行职责，不予追究领导责任",
                "found to have performed everything: leadership responsibility is not pursued",
                _TEXT,
                _READING,
            ),
        )
    )


def _refused(decision: Decision, *duties: str) -> ExemptionAnswer:
    return ExemptionAnswer(ExemptionOutcome.REFUSED, decision, duties)


def _suspended(code: str, zh: str, en: str, *duties: str) -> ExemptionAnswer:
    return ExemptionAnswer(ExemptionOutcome.SUSPENDED, refuse(code, zh, en, _TEXT, _READING), duties)


def _not_about_the_accident(request: ExemptionRequest) -> ExemptionAnswer | None:
    if request.ground is Ground.ACCIDENT:
        return None
    return _refused(
        refuse(
            "ground_not_exempt",
            "免责只及于对发生事故的领导责任，不及于其他问责情形",
            "only leadership responsibility for the accident is excluded, no other ground",
            _TEXT,
            Basis(request.ground),
        )
    )


def _own_findings(request: ExemptionRequest) -> tuple[PerformanceFinding, ...]:
    return tuple(
        finding
        for finding in request.performance
        if finding.official_id in {request.official_id, *request.other_ids} and finding_stands(finding)
    )


def _found_unperformed(request: ExemptionRequest) -> ExemptionAnswer | None:
    counted = {obligation.obligation_id: obligation.duty for obligation in covered(request.attestation)}
    breached = [
        finding.duty
        for finding in _own_findings(request)
        if not finding.performed and (finding.obligation_id is None or finding.obligation_id in counted)
    ]
    if not breached:
        return None
    named = "、".join(dict.fromkeys(breached))
    return _refused(
        refuse(
            "found_not_performed",
            f"经认定未履行：{named}",
            f"found not to have performed: {named}",
            _TEXT,
            *(Basis(duty) for duty in dict.fromkeys(breached)),
        ),
        *dict.fromkeys(breached),
    )


def _denied_by_investigation(request: ExemptionRequest) -> ExemptionAnswer | None:
    for finding in request.findings:
        if finding.organ_id == request.investigating_organ_id and not finding.performed:
            return _refused(
                refuse(
                    f"{finding.point}_not_performed",
                    f"经查未全面履行：{_POINT_ZH[finding.point]}",
                    f"the investigating organ found {finding.point} not performed",
                    _TEXT,
                )
            )
    return None


def _lapse_without_finding(request: ExemptionRequest) -> ExemptionAnswer | None:
    cleared = {finding.obligation_id for finding in _own_findings(request) if finding.performed}
    unclear = [
        obligation.duty
        for obligation in covered(request.attestation)
        if obligation.obligation_id not in cleared
        and (
            obligation.state is AttestedState.LAPSED
            or (obligation.state is AttestedState.RECORDED_AFTER and not obligation.verified)
        )
    ]
    if not unclear:
        return None
    named = "、".join(dict.fromkeys(unclear))
    return _suspended(
        "lapse_not_clarified",
        f"到期无记录或者事后补记未核实，须先认定是否履职：{named}",
        f"a lapse or an unverified late record must be found either way: {named}",
        *dict.fromkeys(unclear),
    )


def _standing_unexamined(request: ExemptionRequest) -> ExemptionAnswer | None:
    duties = tuple(duty.duty for duty in request.attestation.standing if not duty.examined)
    if not duties:
        return None
    named = "、".join(duties)
    return _suspended(
        "standing_duties_unexamined",
        f"常设职责尚未查明：{named}",
        f"standing duties are not yet examined: {named}",
        *duties,
    )


def _findings_missing(request: ExemptionRequest) -> ExemptionAnswer | None:
    made = {
        finding.point
        for finding in request.findings
        if finding.organ_id == request.investigating_organ_id and finding.performed and finding.reasons.strip()
    }
    missing = [point for point in ExemptionPoint if point not in made]
    if not missing:
        return None
    named = "；".join(_POINT_ZH[point] for point in missing)
    return _suspended(
        "findings_missing",
        f"尚缺事故调查机关查实：{named}",
        f"the investigating organ has not found: {', '.join(missing)}",
    )
