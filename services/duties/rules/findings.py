"""未履职认定: the only way in which a lapse becomes a breach of somebody (art21.1, art28, art29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.duties.facts import Duty, Incumbency, NonPerformanceFinding, Obligation, ObligationStatus
from services.duties.facts.reports import ObligationReport
from shared.roster.facts import Organ, OrganKind, OrganRole, Region
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_REGULATOR_FUNCTIONS = {"安全监管", "应急管理"}
_COMPETENT_KINDS = {OrganKind.DISCIPLINE_ORGAN, OrganKind.ORGANIZATION_DEPARTMENT}
_COMPETENCE = Basis("art29", BasisKind.TEXT)
_FAIRNESS = Basis("art28", BasisKind.TEXT)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: the duty; for a periodic one the obligation's report, known today."""

    duty: Duty
    region: Region
    incumbencies: Sequence[Incumbency]
    report: ObligationReport | None = None


@cites("art29")
def is_competent(organ: Organ, region: Region, day: date) -> Decision:
    """Discipline inspection, organization and personnel, safety regulator: of the region or above it.

    Which of them it is for which official stands in the agencies' own table; this is its outer bound.
    """
    regulator = any(
        role.role is OrganRole.NAMED_REGULATOR and role.function in _REGULATOR_FUNCTIONS and role.span.covers(day)
        for role in organ.roles
    )
    if not (organ.kind in _COMPETENT_KINDS or regulator) or not organ.span.covers(day):
        return refuse(
            "finding.organ_not_competent",
            f"{organ.name}不是纪检监察机关、组织人事部门或安全生产监管部门，无权认定",
            "not a discipline, personnel or safety-regulation organ",
            _COMPETENCE,
        )
    if organ.region_code not in region.path:
        return refuse(
            "finding.outside_territory",
            f"{region.name}不在{organ.name}管辖范围内",
            "the post lies outside the organ's territory",
            _COMPETENCE,
        )
    return allow("finding.organ_competent", f"{organ.name}有权认定", "the organ is competent", _COMPETENCE)


@cites("art21.1", "art28", "art29", "art30")
def may_find(finding: NonPerformanceFinding, organ: Organ, subject: Subject, *, today: date) -> Decision:
    """Whether the finding may be made: competent organ, reasons, the person heard, a real lapse."""
    competent = is_competent(organ, subject.region, finding.decided_on)
    if not competent:
        return competent
    if finding.decided_on > today:
        return refuse("finding.in_future", "认定日期在未来", "it is dated in the future", _FAIRNESS)
    if not finding.reasons.strip():
        return refuse("finding.no_reasons", "未写明认定理由", "no reasons are given", _FAIRNESS)
    first, last = _days(finding, subject)
    if finding.decided_on < last:
        return refuse("finding.too_early", f"认定日期早于 {last}", f"it is dated before {last}", _FAIRNESS)
    begun = first if subject.duty.standing else last
    if finding.heard_on is None or not (begun <= finding.heard_on <= finding.decided_on and finding.statement.strip()):
        return refuse(
            "finding.not_heard",
            "认定前未听取本人陈述申辩",
            "the person was not heard before the finding, or the statement is not on file",
            _FAIRNESS,
        )
    return _founded(finding, subject)


def _days(finding: NonPerformanceFinding, subject: Subject) -> tuple[date, date]:
    """The days that the finding is about: of the obligation's period, or of the conduct."""
    if subject.report:
        return subject.report.obligation.period.from_day, subject.report.obligation.period.to_day
    return finding.span.from_day, finding.span.to_day or finding.decided_on


def _founded(finding: NonPerformanceFinding, subject: Subject) -> Decision:
    """Whether there is something to find: own tenure, and for a periodic duty a lapse that founds."""
    basis = Basis(subject.duty.clause)
    first, last = _days(finding, subject)
    held = any(
        item.is_of(finding.official_id) and item.post_id == finding.post_id and item.span.days_within(first, last)
        for item in subject.incumbencies
    )
    if not held:
        return refuse("finding.not_incumbent", "本人当时不担任该岗位", "the person did not hold the post then", basis)
    if subject.duty.standing:
        return allow("finding.may_be_made", "可以作出认定", "the finding may be made", basis)
    report = subject.report
    if report is None or finding.obligation_id != report.obligation.id:
        raise ValueError("a finding on a periodic duty names the obligation that is reported")
    if report.status is not ObligationStatus.LAPSED:
        return refuse("finding.no_lapse", "该项任务并未到期无记录", f"the obligation is {report.status.value}", basis)
    if not report.obligation.founds:
        return refuse(
            "finding.reading_not_adopted",
            "该职责出自理解意见，未经有权机关解释采纳，不得据以认定",
            "a reading that is not adopted founds nothing",
            Basis("art30"),
        )
    return allow("finding.may_be_made", "可以作出认定", "the finding may be made", basis)


@cites("art21.1")
def may_name(duty: Duty, obligation_id: UUID | None, owed: Obligation | None) -> Decision:
    """Whether a finding on `duty` names what it must: `owed` is the obligation of that id, if the post has it."""
    basis = Basis(duty.clause)
    if duty.standing and obligation_id is not None:
        return refuse(
            "finding.standing_duty", "常设职责没有履职任务编号", "a standing duty has no obligation to name", basis
        )
    if not duty.standing and (owed is None or owed.duty_id != duty.id):
        return refuse(
            "finding.no_obligation",
            "该岗位在该期间没有这项履职任务",
            "the post has no such obligation in that period",
            basis,
        )
    return allow("finding.named", "认定事项明确", "the finding says what it is about", basis)
