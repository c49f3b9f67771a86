"""Where a filing goes (art6.5, art9.6): one level up follows administration, not the digits of the code."""

from datetime import date

from services.duties.facts import Filing, Obligation, Recipient
from shared.roster.facts import Organ, OrganKind, Region, Roster
from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, allow, refuse

NATIONAL_COMMITTEE = "国务院安全生产委员会"
_NATIONAL_NAMES = {NATIONAL_COMMITTEE, "国务院安委会"}
_PARTY = {OrganKind.PARTY_COMMITTEE, OrganKind.PARTY_WORKING_COMMITTEE}
_TOP = {None, "", "000000"}


def region_on(code: str, roster: Roster, day: date) -> Region | None:
    """The region that had this code that day; codes were reused."""
    return next((item for item in roster.regions if item.code == code and item.span.covers(day)), None)


@cites("art6.5", "art9.6")
def right_recipients(relation: Recipient, region: Region, roster: Roster, day: date) -> tuple[Organ, ...]:
    """The registered organs of that relation on that day; empty where none is registered.

    定州 and 辛集 file with the province, 雄安's counties with 雄安, the province with 国务院安委会.
    """
    standing = [organ for organ in roster.organs if organ.span.covers(day)]
    if relation is Recipient.SAME_LEVEL_PARTY_COMMITTEE:
        found = [organ for organ in standing if organ.kind in _PARTY and organ.region_code == region.code]
    elif region.admin_parent in _TOP:
        found = [
            organ for organ in standing if organ.kind is OrganKind.EXTERNAL_ORGAN and organ.name in _NATIONAL_NAMES
        ]
    else:
        found = [
            organ
            for organ in standing
            if organ.kind is OrganKind.SAFETY_COMMITTEE and organ.region_code == region.admin_parent
        ]
    return tuple(found)


def recipient_in_words(relation: Recipient, region: Region, roster: Roster, day: date) -> str:
    """The right body's name: as registered, else described by its region."""
    if found := right_recipients(relation, region, roster, day):
        return "、".join(organ.name for organ in found)
    if relation is Recipient.SAME_LEVEL_PARTY_COMMITTEE:
        return f"{region.name}党委（党工委）"
    if region.admin_parent is None or region.admin_parent in _TOP:
        return NATIONAL_COMMITTEE
    upper = region_on(region.admin_parent, roster, day)
    return f"{upper.name if upper else region.admin_parent}安全生产委员会"


@cites("art6.5", "art9.6")
def may_file(filing: Filing, obligation: Obligation, roster: Roster, *, today: date) -> Decision:
    """Whether the filing goes to the body that the statute names; a refusal names the right one."""
    basis = Basis(obligation.clause)
    if filing.relation not in obligation.filings:
        return refuse("filing.not_asked", "该职责不要求此项备案", "the duty asks for no such filing", basis)
    if filing.filed_on > today:
        return refuse("filing.in_future", "备案日期在未来", "the day of filing lies in the future", basis)
    region = region_on(obligation.region_code, roster, filing.filed_on)
    if region is None:
        raise ValueError(f"no region {obligation.region_code} on {filing.filed_on}")
    right = right_recipients(filing.relation, region, roster, filing.filed_on)
    words = recipient_in_words(filing.relation, region, roster, filing.filed_on)
    if not right:
        return refuse(
            "filing.recipient_not_registered",
            f"应报{words}备案，该机关尚未登记",
            f"to be filed with {words}, which is not registered",
            basis,
        )
    if filing.recipient_organ_id not in {organ.id for organ in right}:
        return refuse("filing.wrong_body", f"备案机关有误，应报{words}备案", f"wrong body: file with {words}", basis)
    return allow("filing.right_body", f"报{words}备案", f"filed with {words}", basis)
