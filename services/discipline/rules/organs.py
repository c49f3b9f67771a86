"""Art. 29: which kind of authority an organ of the roster is."""

from datetime import date

from services.discipline.facts import Authority
from shared.roster.facts import Organ, OrganKind, OrganRole
from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, refuse

_AUTHORITIES = {
    OrganKind.PARTY_COMMITTEE: Authority.PARTY_COMMITTEE,
    OrganKind.PARTY_WORKING_COMMITTEE: Authority.PARTY_COMMITTEE,
    OrganKind.GOVERNMENT: Authority.GOVERNMENT,
    OrganKind.MANAGEMENT_COMMITTEE: Authority.GOVERNMENT,
    OrganKind.DISCIPLINE_ORGAN: Authority.DISCIPLINE_ORGAN,
    OrganKind.ORGANIZATION_DEPARTMENT: Authority.ORGANIZATION_DEPARTMENT,
}
_REGULATORS = (OrganRole.NAMED_REGULATOR, OrganRole.OTHER_REGULATOR)


@cites("art29")
def authority_of(organ: Organ | None, on: date) -> Authority | Decision:
    """What the organ is on a day for handling and deciding; a department counts by its role as safety regulator."""
    if organ is None or not organ.span.covers(on):
        return refuse("organ_unknown", "没有登记该机关", "no such organ is registered on that day", Basis("art29"))
    if organ.kind in _AUTHORITIES:
        return _AUTHORITIES[organ.kind]
    if any(dated.role in _REGULATORS and dated.span.covers(on) for dated in organ.roles):
        return Authority.SAFETY_REGULATOR
    return refuse("outside_authority", "该机关无问责权限", "the organ has no authority here", Basis("art29"))
