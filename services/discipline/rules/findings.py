"""认定: only a competent organ's reasoned finding after hearing the person is a breach of somebody."""

from services.discipline.facts import PerformanceFinding
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_HEARD = Basis("art28", BasisKind.READING, "实事求是、客观公正：认定前听取本人意见")


@cites("art21.1", "art28")
def finding_stands(finding: PerformanceFinding) -> Decision:
    """Whether a finding, either way, stands: not revoked on appeal, competent organ, reasons, the person heard."""
    if finding.revoked:
        return refuse("finding_revoked", "认定已经申诉撤销", "the finding was revoked on appeal", Basis("art28"))
    return _made_rightly(finding)


def _made_rightly(finding: PerformanceFinding) -> Decision:
    if not finding.competent:
        return refuse("organ_not_competent", "认定机关无权限", "the organ is not competent", Basis("art29"))
    if not finding.reasons.strip():
        return refuse("reasons_missing", "认定须说明理由", "a finding gives its reasons", Basis("art28"))
    if not finding.performed and finding.heard_on is None:
        return refuse("person_not_heard", "认定未履职前须听取本人意见", "the person is heard first", _HEARD)
    if finding.heard_on is not None and finding.heard_on > finding.made_on:
        return refuse("heard_too_late", "听取意见晚于认定", "the person was heard after the finding", _HEARD)
    if finding.performed:
        return allow("found_performed", "认定已履职", "found to have performed the duty", Basis("art21.1"))
    return allow("found_not_performed", "认定未履职", "found not to have performed the duty", Basis("art21.1"))
