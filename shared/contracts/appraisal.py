"""What appraisal says happened: appraisals with their grades, vettings with the opinions heard.

Nothing here names a person, and nothing leaves the services: personal results are circulated by people (Art. 18).
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.kernel.envelope import Event


class Part(BaseModel):
    """A nested part of an event; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class AppraisalServiceEvent(Event):
    """Every event of appraisal; `path` holds the codes of the administrative ancestors, province first."""

    PRODUCER: ClassVar[str] = "appraisal"

    path: tuple[str, ...]
    exercise: bool = False


class BasisPart(Part):
    """A clause with its kind: `text`, `reading` or `default`."""

    clause: str
    kind: str = "text"
    note: str | None = None


class ReportPart(Part):
    """述职: the work-safety section, by which subject and when."""

    work_safety_section: str
    reported_by: str
    reported_on: date


class GradePart(Part):
    """A grade that a person gave; `considered` are the vetoes touching the year that were known then."""

    grade: str
    given_on: date
    given_by: str
    reason: str
    considered: tuple[UUID, ...] = ()


class FlagPart(Part):
    """Vetoes that touch the year of a given grade, with their clauses."""

    flagged_on: date
    veto_ids: tuple[UUID, ...]
    basis: tuple[BasisPart, ...]


class ReopeningPart(Part):
    """Who reopened a flagged grade, when and why."""

    by: str
    on: date
    reason: str


class AppraisalState(AppraisalServiceEvent):
    """考核 of a body (`official_id` is None) or of one of its members, for a year.

    `kind`: `yearly`, `target_responsibility`, `performance`, `other`. `status`: `opened`, `reported`, `graded`,
    `flagged`, `reopened`; the last of `grades` stands unless it was reopened.
    """

    AGGREGATE: ClassVar[str] = "appraisal"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art16",)

    organ_id: UUID
    official_id: UUID | None
    year: int
    kind: str
    status: str
    report: ReportPart | None = None
    grades: tuple[GradePart, ...] = ()
    flag: FlagPart | None = None
    reopenings: tuple[ReopeningPart, ...] = ()


class AppraisalOpened(AppraisalState):
    """An appraisal was opened."""

    NAME: ClassVar[str] = "opened"


class AppraisalReported(AppraisalState):
    """The yearly report was filed, with its work-safety section."""

    NAME: ClassVar[str] = "reported"


class AppraisalGraded(AppraisalState):
    """A person gave a grade."""

    NAME: ClassVar[str] = "graded"


class AppraisalFlagged(AppraisalState):
    """A veto touches the year of a given grade, which stands until a person reopens it."""

    NAME: ClassVar[str] = "flagged"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art23",)


class AppraisalReopened(AppraisalState):
    """A person reopened a flagged grade, with a reason."""

    NAME: ClassVar[str] = "reopened"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art16", "art23")


class OpinionPart(Part):
    """What the heard organ answered: when, whether adverse, and the document's SHA-256."""

    received_on: date
    adverse: bool
    digest: str


class HearingPart(Part):
    """An opinion that was sought: from which organ, when, until when, and the proof."""

    organ: str
    sought_on: date
    deadline: date
    proof: str
    opinion: OpinionPart | None = None


class ConclusionPart(Part):
    """What a person concluded, in words."""

    favourable: bool
    words: str
    by: str
    on: date


class VettingState(AppraisalServiceEvent):
    """考察 of a nominee for a post kind in an organ, or for an award.

    `kind`: `official`, `safety_regulator_principal`, `enterprise_chief_safety_officer`, `award_candidate`. `seeks`
    are the bars that could hold back what is intended.
    """

    AGGREGATE: ClassVar[str] = "vetting"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art17",)

    official_id: UUID
    kind: str
    organ_id: UUID
    post_kind: str | None
    seeks: tuple[str, ...]
    performance_record: str = ""
    hearings: tuple[HearingPart, ...] = ()
    conclusion: ConclusionPart | None = None


class VettingOpened(VettingState):
    """A vetting was opened."""

    NAME: ClassVar[str] = "opened"


class OpinionSought(VettingState):
    """The opinion of the organ to be heard was sought."""

    NAME: ClassVar[str] = "opinion_sought"


class OpinionRecorded(VettingState):
    """The opinion went on file."""

    NAME: ClassVar[str] = "opinion_recorded"


class VettingConcluded(VettingState):
    """A person concluded the vetting."""

    NAME: ClassVar[str] = "concluded"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art17", "art23")
