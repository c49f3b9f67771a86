"""An attestation whose accident's record was annulled attests nothing any more."""

from services.duties.facts.attested import IssuedAttestation
from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, allow, refuse


@cites("art26")
def check_not_void(issued: IssuedAttestation) -> Decision:
    """Whether it may be computed again or signed: there is an accident for which somebody could be exempted."""
    if issued.void is not None:
        return refuse(
            "attestation_void",
            "事故记录已撤销，不再出具履职证明",
            "the record of the accident was annulled; nothing is attested for it",
            Basis("art26"),
        )
    return allow("attestation_stands", "证明有效", "the attestation stands", Basis("art26"))
