"""What follows an accident: its investigation, approval, evaluation and closing, each the accident's full state."""

from typing import ClassVar

from shared.contracts.registry.accidents import (
    AccidentAnnulled,
    AccidentCorrected,
    AccidentMoved,
    AccidentRecorded,
    AccidentRevised,
    AccidentState,
    ChainRevised,
    JurisdictionRevised,
    ReportRecorded,
    ReportWithdrawn,
)


class InvestigationOpened(AccidentState):
    """A group to investigate the accident was formed; a level higher than before takes the investigation over."""

    NAME: ClassVar[str] = "investigation_opened"


class InvestigationExtended(AccidentState):
    """The government that investigates granted more days for the report."""

    NAME: ClassVar[str] = "investigation_extended"


class TechnicalAppraisalRecorded(AccidentState):
    """A technical appraisal was under way on some days; they are not counted."""

    NAME: ClassVar[str] = "technical_appraisal_recorded"


class InvestigationReportSubmitted(AccidentState):
    """The investigation report was submitted; the days for the approval begin."""

    NAME: ClassVar[str] = "investigation_report_submitted"


class ApprovalExtended(AccidentState):
    """The approval of the report on a 特别重大 accident may take some days more."""

    NAME: ClassVar[str] = "approval_extended"


class InvestigationReportApproved(AccidentState):
    """The government approved the investigation report; the year for the evaluation begins."""

    NAME: ClassVar[str] = "investigation_report_approved"


class ResultPublished(AccidentState):
    """How the accident was dealt with was published, or why the law keeps it secret was stated."""

    NAME: ClassVar[str] = "result_published"


class RectificationEvaluated(AccidentState):
    """Rectification and accountability after the accident were evaluated."""

    NAME: ClassVar[str] = "rectification_evaluated"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art8.5",)


class AccidentClosed(AccidentState):
    """The accident was closed with everything on file that must be."""

    NAME: ClassVar[str] = "closed"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art8.5", "art21.4")


class AccidentReopened(AccidentState):
    """A closed accident was reopened, with a reason."""

    NAME: ClassVar[str] = "reopened"


class ProceedingWithdrawn(AccidentState):
    """A step recorded in error was withdrawn; it stays visible with the reason."""

    NAME: ClassVar[str] = "proceeding_withdrawn"


#: Every event of an accident: whoever keeps a copy of accidents keeps each of them.
ACCIDENT_EVENTS: tuple[type[AccidentState], ...] = (
    AccidentRecorded,
    AccidentRevised,
    ChainRevised,
    ReportRecorded,
    InvestigationOpened,
    InvestigationExtended,
    TechnicalAppraisalRecorded,
    InvestigationReportSubmitted,
    ApprovalExtended,
    InvestigationReportApproved,
    ResultPublished,
    RectificationEvaluated,
    AccidentClosed,
    AccidentReopened,
    ProceedingWithdrawn,
    AccidentCorrected,
    ReportWithdrawn,
    AccidentMoved,
    JurisdictionRevised,
    AccidentAnnulled,
)
