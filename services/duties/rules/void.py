"""When an attestation is not to be had: its accident's record was annulled, or corrected since it was made."""

from services.duties.facts.attested import AccidentTold, IssuedAttestation, Outdated
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


@cites("art26")
def check_current(issued: IssuedAttestation) -> Decision:
    """Whether it may be signed: it answers for the accident as that stands on record."""
    if issued.outdated is not None:
        return refuse(
            "attestation_outdated",
            f"{issued.outdated.reason.split(' · ')[0]}，须重新出具",
            "the accident was corrected since; renew the attestation first",
            Basis("art26"),
        )
    return check_not_void(issued)


@cites("art26")
def outdated_by(issued: IssuedAttestation, told: AccidentTold) -> Outdated | None:
    """What of the accident, as it is told now, the attestation was not made for; `None`: it answers for it.

    Obligations due by the accident and what was recorded then hang on its time; who is asked, on place and industry.
    """
    corrected = [
        words
        for words, before, now in (
            (("时间", "time"), issued.accident_at, told.at),
            (("地点", "place"), issued.accident_region or told.region, told.region),
            (("行业", "industry"), issued.accident_industry or told.industry, told.industry),
        )
        if before != now
    ]
    if not corrected:
        return None
    zh, en = "、".join(zh for zh, _ in corrected), " and ".join(en for _, en in corrected)
    reason = f"事故{zh}已更正 · the accident's {en} was corrected"
    return Outdated(told.at, told.region, told.industry, reason)


@cites("art26")
def accident_of(issued: IssuedAttestation) -> AccidentTold:
    """The accident as the registry tells it now."""
    if issued.outdated is not None:
        now = issued.outdated
        return AccidentTold(now.accident_at, now.accident_region, now.accident_industry)
    return AccidentTold(issued.accident_at, issued.accident_region, issued.accident_industry)
