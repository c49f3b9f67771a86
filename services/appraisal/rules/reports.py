"""述职 (Art. 16): the body's and each member's yearly report has a work-safety section, or is refused."""

from services.appraisal.facts import Subject, YearlyReport
from shared.statute.clauses import cites
from shared.statute.decision import Basis, Decision, allow, refuse

_ART16 = Basis("art16")


@cites("art16")
def report_acceptable(report: YearlyReport) -> Decision:
    """Refused without the work-safety section, whoever reports."""
    if not report.work_safety_section.strip():
        return refuse(
            "work_safety_section_missing",
            "述职内容须列入履行安全生产工作责任情况",
            "the yearly report needs a section on work safety",
            _ART16,
        )
    return allow("report_accepted", "述职报告已列入安全生产责任情况", "the report has its section", _ART16)


@cites("art16")
def reports_complete(reports: tuple[YearlyReport, ...], body_id: object, member_ids: frozenset[object]) -> Decision:
    """Whether a body's appraisal has the body's report and one of each member, every one acceptable."""
    good = {(report.subject, report.subject_id) for report in reports if report_acceptable(report)}
    missing = [member for member in member_ids if (Subject.MEMBER, member) not in good]
    if (Subject.BODY, body_id) not in good or missing:
        return refuse(
            "reports_missing",
            f"缺少领导班子或者{len(missing)}名成员的述职报告",
            f"the report of the body or of {len(missing)} members is missing",
            _ART16,
        )
    return allow("reports_complete", "述职报告齐全", "all reports are there", _ART16)
