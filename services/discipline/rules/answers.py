"""尽职免责, what a person may record (Art. 26): exactly what the file allows on that day."""

from services.discipline.facts import ExemptionAnswer, ExemptionOutcome
from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, allow, refuse

_TEXT = Basis("art26")


@cites("art26")
def no_attestation() -> ExemptionAnswer:
    """Before duties has attested the records, nothing can be decided."""
    missing = refuse("attestation_missing", "尚无履职情况证明", "the records are not attested yet", _TEXT)
    return ExemptionAnswer(ExemptionOutcome.SUSPENDED, missing)


@cites("art26")
def outdated_attestation() -> ExemptionAnswer:
    """What was attested for another time, place or industry of the accident carries no answer until it is renewed."""
    corrected = refuse(
        "attestation_outdated",
        "事故情况已更正，履职情况证明须重新出具",
        "the accident was corrected; the records are to be attested again",
        _TEXT,
    )
    return ExemptionAnswer(ExemptionOutcome.SUSPENDED, corrected)


@cites("art26")
def may_record(outcome: ExemptionOutcome, answer: ExemptionAnswer, reasons: str) -> Decision:
    """A person records the outcome with reasons; one that the file does not carry is refused with what stands."""
    if not reasons.strip():
        return refuse("reasons_missing", "须说明理由", "reasons are given", _TEXT, Basis("art28"))
    if outcome is answer.outcome:
        return allow("may_record", answer.decision.reason_zh, answer.decision.reason_en, *answer.decision.basis)
    if answer.outcome is not ExemptionOutcome.GRANTED:
        return answer.decision
    return refuse(
        "nothing_against_exemption",
        "经查实已全面履行职责，应当不予追究领导责任",
        "everything was found performed: leadership responsibility is not pursued",
        _TEXT,
    )
