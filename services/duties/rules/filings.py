"""Where a filing goes (art6.5, art9.6): one level up follows administration, not the digits of the code."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from services.duties.facts import Obligation, Performance, Recipient
from services.duties.facts.records import Filing, FilingReport, FilingStatus
from services.duties.rules.status import DEFAULTS, filings_known
from shared.roster.facts import Organ, OrganKind, Region, Roster
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

NATIONAL_COMMITTEE = "国务院安全生产委员会"
_NATIONAL_NAMES = {NATIONAL_COMMITTEE, "国务院安委会"}
_PARTY = {OrganKind.PARTY_COMMITTEE, OrganKind.PARTY_WORKING_COMMITTEE}
_TOP = {None, "", "000000"}
_HANDLING = Basis("art6.5", BasisKind.DEFAULT, "how a filing is confirmed or returned is configuration")


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
    if filing.filed_on < obligation.period.from_day:
        return refuse("filing.before_period", "备案日期早于该期间", "it was filed before the period began", basis)
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


@cites("art6.5", "art9.6")
def is_of(act: Performance, obligation: Obligation) -> Decision:
    """Whether a filing about the obligation may point to the act as what it carries."""
    basis = Basis(obligation.clause)
    if act.corrected is not None or act.act not in obligation.acts or not obligation.period.contains(act.day):
        return refuse("filing.another_act", "所附履职记录不属于此项任务", "the act is not of that obligation", basis)
    return allow("filing.of_the_act", "所附记录相符", "the act is of that obligation", basis)


@cites("art6.5", "art9.6")
def may_receive(filing: Filing, received_on: date, *, today: date) -> Decision:
    """Whether the recipient may confirm it: once, while it stands, on a day from its filing until today."""
    if (refused := _stands(filing)) is not None:
        return refused
    if filing.receipt is not None:
        return refuse("filing.already_received", "已有回执", "there is a receipt already", _HANDLING)
    if not filing.filed_on <= received_on <= today:
        return refuse("filing.receipt_day", "收到日期有误", "received before it was filed, or in future", _HANDLING)
    return allow("filing.receivable", "可以出具回执", "it may be confirmed", _HANDLING)


@cites("art6.5", "art9.6")
def another_answers(filing: Filing, by: str) -> Decision:
    """Whoever filed it neither confirms nor returns it: an answer to oneself would prove nothing (default)."""
    control = Basis(filing.clause or "art6.5", BasisKind.DEFAULT, "报送人与受理人分开，内部控制")
    if by == filing.recorded_by:
        return refuse(
            "filing.own_filing",
            "报送人不得自行出具回执或者退回",
            "whoever filed it neither confirms nor returns it",
            control,
        )
    return allow("filing.another_answers", "由他人受理", "another person answers", control)


@cites("art6.5", "art9.6")
def may_undo(filing: Filing, reason: str) -> Decision:
    """Whether it may be returned by its recipient or taken back by its sender: while it stands, with a reason."""
    if (refused := _stands(filing)) is not None:
        return refused
    if not reason.strip():
        return refuse("filing.no_reason", "未写明理由", "no reason is given", _HANDLING)
    return allow("filing.undoable", "可以退回或撤回", "it may be returned or withdrawn", _HANDLING)


def _stands(filing: Filing) -> Decision | None:
    if filing.returned is not None:
        return refuse("filing.already_returned", "该备案已退回", "it was returned", _HANDLING)
    if filing.corrected is not None:
        return refuse("filing.already_withdrawn", "该备案已撤回", "it was withdrawn", _HANDLING)
    return None


@cites("art6.5", "art9.6")
def state_of(
    obligation: Obligation,
    relation: Recipient,
    filings: Sequence[Filing],
    roster: Roster,
    *,
    day: date,
    known_at: datetime,
    filing_days: int = DEFAULTS.filing_days,
) -> FilingReport:
    """How one filing of an obligation stands on a day: a state of its own beside the obligation's.

    Due so many days after the period (default: the statute names no day). Recipients are those of the day asked about.
    """
    due_on = obligation.period.to_day + timedelta(days=filing_days)
    known = filings_known(obligation, relation, filings, day=day, known_at=known_at)
    standing = [item for item in known if item.stands]
    region = region_on(obligation.region_code, roster, day)
    right = right_recipients(relation, region, roster, day) if region else ()
    return FilingReport(
        obligation_id=obligation.id,
        post_id=obligation.post_id,
        duty_id=obligation.duty_id,
        clause=obligation.clause,
        period_label=obligation.period.label,
        relation=relation,
        due_on=due_on,
        status=_status(obligation, due_on, known, standing, day),
        recipient_ids=tuple(organ.id for organ in right),
        recipient_zh=recipient_in_words(relation, region, roster, day) if region else "",
        filing=standing[0] if standing else None,
        earlier=tuple(item for item in known if item not in standing),
        exercise=obligation.exercise,
    )


def _status(
    obligation: Obligation, due_on: date, known: Sequence[Filing], standing: Sequence[Filing], day: date
) -> FilingStatus:
    if standing:
        return FilingStatus.FILED if standing[0].filed_on <= due_on else FilingStatus.FILED_LATE
    if any(item.returned for item in known):
        return FilingStatus.RETURNED
    if day <= obligation.period.to_day:
        return FilingStatus.NOT_DUE
    return FilingStatus.DUE if day <= due_on else FilingStatus.OVERDUE
