"""申诉: objecting to a finding of non-performance, and who decides on it (art28)."""

from datetime import date, timedelta

from services.duties.facts import Defaults, NonPerformanceFinding
from services.duties.rules.findings import is_competent
from shared.roster.facts import Organ, Region
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_SAID = Basis("art28", BasisKind.TEXT)
_WITHIN = Basis("art28", BasisKind.DEFAULT, "申诉期限为默认配置 · the time for an appeal is a default")
_ANOTHER = Basis("art28", BasisKind.DEFAULT, "由认定机关以外的机关决定 · another organ than the one that found decides")


@cites("art28")
def may_appeal(
    finding: NonPerformanceFinding, filed_on: date, statement: str, *, today: date, defaults: Defaults
) -> Decision:
    """Whether the official's objection may be recorded: once, in words, within the days allowed."""
    if finding.clears:
        return refuse("appeal.nothing_against", "该认定未认定未履职，无可申诉", "the finding clears the person", _SAID)
    if finding.appeal is not None:
        return refuse("appeal.filed_already", "该认定已有申诉", "an appeal has been filed already", _SAID)
    if not statement.strip():
        return refuse("appeal.no_statement", "申诉须有理由", "an appeal says why", _SAID)
    if not finding.decided_on <= filed_on <= today:
        return refuse("appeal.day", "申诉日期应在认定之后、今日以前", "before the finding, or in the future", _SAID)
    last = finding.decided_on + timedelta(days=defaults.appeal_days)
    if filed_on > last:
        return refuse("appeal.too_late", f"申诉期限至 {last}", f"the time for an appeal ended on {last}", _WITHIN)
    return allow("appeal.may_be_filed", "可以申诉", "the appeal may be recorded", _SAID)


@cites("art28", "art29")
def may_decide_appeal(
    finding: NonPerformanceFinding, organ: Organ, region: Region, decided_on: date, reasons: str, *, today: date
) -> Decision:
    """Whether the organ may decide: an appeal is open, the organ is competent and not the one that found."""
    if finding.appeal is None or finding.appeal.decision is not None:
        return refuse("appeal.none_open", "没有待决定的申诉", "no appeal is open", _SAID)
    if not finding.appeal.filed_on <= decided_on <= today:
        return refuse("appeal.day", "决定日期应在申诉之后、今日以前", "before the appeal, or in the future", _SAID)
    if not reasons.strip():
        return refuse("appeal.no_reasons", "决定须说明理由", "the decision gives its reasons", _SAID)
    if organ.id == finding.organ_id:
        return refuse("appeal.same_organ", f"{organ.name}作出了该认定", "the organ that found it", _ANOTHER)
    competent = is_competent(organ, region, decided_on)
    return competent if not competent else allow("appeal.decidable", "可以决定", "the organ may decide", _SAID)
