"""The words of appraisal: reports, grades, vetting, commendation, publication (Art. 15 to 20).

Frozen facts that rules read. Words typed by a person are absent when they are blank.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.appraisal.facts.books import BooksReference
from shared.roster.facts import OrganKind, PostKind
from shared.statute.decision import Basis, Decision
from shared.statute.effects import Bar, Effect


class Subject(StrEnum):
    """Whose report or appraisal it is: the body's (领导班子) or a member's (领导干部)."""

    BODY = "body"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class YearlyReport:
    """述职报告 of a body or a member for a year, with the section that Art. 16 asks for."""

    subject: Subject
    subject_id: UUID
    year: int
    work_safety_section: str


class Grade(StrEnum):
    """Grades of evaluations (优秀 to 不合格) and of officials (优秀 to 不称职)."""

    EXCELLENT = "优秀"
    GOOD = "良好"
    PASSED = "合格"
    FAILED = "不合格"
    COMPETENT = "称职"
    BASICALLY_COMPETENT = "基本称职"
    INCOMPETENT = "不称职"


@dataclass(frozen=True, slots=True)
class Bands:
    """Lowest score of each evaluation grade, and the months for a plan after 不合格 (defaults)."""

    excellent: float
    good: float
    passed: float
    plan_months: int


@dataclass(frozen=True, slots=True)
class GivenGrade:
    """A grade that an organ gave for a year, on a day."""

    appraisal_id: UUID
    official_id: UUID
    year: int
    grade: Grade
    given_on: date


@dataclass(frozen=True, slots=True)
class Reopening:
    """A person (the subject signed in with) reopens a flagged grade, with a reason."""

    by: str
    reason: str


class AppraisalKind(StrEnum):
    """年度考核、目标责任考核、绩效考核、其他考核 (Art. 16): all take safety responsibility in."""

    YEARLY = "yearly"
    TARGET_RESPONSIBILITY = "target_responsibility"
    PERFORMANCE = "performance"
    OTHER = "other"


class AppraisalStatus(StrEnum):
    """The life of an appraisal; a flagged grade stands until a person reopens it."""

    OPENED = "opened"
    REPORTED = "reported"
    GRADED = "graded"
    FLAGGED = "flagged"
    REOPENED = "reopened"


class AppraisalStep(StrEnum):
    """What a person may do with an appraisal."""

    REPORT = "report"
    GRADE = "grade"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class SelfReport:
    """述职 as filed: the work-safety section, by whom (subject) and when."""

    work_safety_section: str
    reported_by: str
    reported_on: date


@dataclass(frozen=True, slots=True)
class GradeOnRecord:
    """A grade that a person gave; `considered` are the vetoes touching the year that were known to that person."""

    grade: Grade
    given_on: date
    given_by: str
    reason: str
    considered: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """Vetoes that touch the year of a given grade, with their clauses: a person considers it again."""

    flagged_on: date
    veto_ids: tuple[UUID, ...]
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class ReopenedBy:
    """Who reopened a flagged grade, when and why."""

    by: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Appraisal:
    """考核 of a body (`official_id` is None) or of one of its members, for a year.

    `grades` in the order given; the last one stands unless the status is `reopened`. `path` holds the
    administrative ancestors of the body's region and the region itself.
    """

    id: UUID
    organ_id: UUID
    official_id: UUID | None
    year: int
    kind: AppraisalKind
    path: tuple[str, ...]
    status: AppraisalStatus = AppraisalStatus.OPENED
    report: SelfReport | None = None
    grades: tuple[GradeOnRecord, ...] = ()
    flag: Flag | None = None
    reopenings: tuple[ReopenedBy, ...] = ()
    exercise: bool = False

    @property
    def standing(self) -> GradeOnRecord | None:
        """The grade that stands, flagged or not."""
        stands = self.status in (AppraisalStatus.GRADED, AppraisalStatus.FLAGGED)
        return self.grades[-1] if stands else None


@dataclass(frozen=True, slots=True)
class KnownVeto:
    """A veto or effect period as discipline last said it; no effects are left where it was lifted before it began.

    `note` says what happened to its cause, e.g. that the record of its accident was annulled; it holds until lifted.
    """

    id: UUID
    official_id: UUID
    kind: str
    measure_name_zh: str
    accident_id: UUID | None
    from_day: date
    through_day: date | None
    effects: tuple[Effect, ...]
    exercise: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TourReference:
    """巡查结果 as reference: for the visited bodies and for their officials when the tour opened."""

    tour_id: UUID
    kind: str
    organ_ids: tuple[UUID, ...]
    official_ids: tuple[UUID, ...]
    visited_on: date
    result: str
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class References:
    """重要参考 of an appraisal: tour results and books of its year, vetoes and effect periods that touch it."""

    tours: tuple[TourReference, ...]
    vetoes: tuple[KnownVeto, ...]
    basis: tuple[Basis, ...]
    books: tuple[BooksReference, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredAppraisal:
    """An appraisal at a version, with the clauses that it rests on."""

    appraisal: Appraisal
    version: int
    basis: tuple[Basis, ...]


class NomineeKind(StrEnum):
    """Who is vetted (Art. 17): the kind decides which organ is heard."""

    OFFICIAL = "official"
    SAFETY_REGULATOR_PRINCIPAL = "safety_regulator_principal"
    ENTERPRISE_CHIEF_SAFETY_OFFICER = "enterprise_chief_safety_officer"
    AWARD_CANDIDATE = "award_candidate"


class HeardOrgan(StrEnum):
    """Whose opinion Art. 17 asks for."""

    SUPERIOR_SAFETY_REGULATOR = "superior_safety_regulator"
    SAME_LEVEL_SAFETY_REGULATOR = "same_level_safety_regulator"
    SAME_LEVEL_SAFETY_COMMITTEE_OFFICE = "same_level_safety_committee_office"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the heard organ answered; adverse content blocks nothing by itself."""

    received_on: date
    adverse: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Hearing:
    """注意听取: the opinion, or the proof (digest) that it was sought with a deadline."""

    organ: HeardOrgan
    sought_on: date
    deadline: date
    proof: str
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True)
class VettingFile:
    """Everything on file about a nominee; `seeks` are the advantages that a bar could hold back."""

    official_id: UUID
    kind: NomineeKind
    seeks: tuple[Bar, ...]
    performance_record: str
    hearings: tuple[Hearing, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """考察结论 of a person: favourable or not, in words."""

    favourable: bool
    words: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Vetting:
    """考察 of a nominee for a post kind in an organ, or for an award through the organ's level.

    `path` holds the administrative ancestors of the organ's region and the region itself.
    """

    id: UUID
    official_id: UUID
    kind: NomineeKind
    organ_id: UUID
    post_kind: PostKind | None
    seeks: tuple[Bar, ...]
    path: tuple[str, ...]
    performance_record: str = ""
    hearings: tuple[Hearing, ...] = ()
    conclusion: Conclusion | None = None
    exercise: bool = False

    def file(self, effects: tuple[Effect, ...]) -> VettingFile:
        """What the rules read."""
        return VettingFile(self.official_id, self.kind, self.seeks, self.performance_record, self.hearings, effects)


@dataclass(frozen=True, slots=True)
class StoredVetting:
    """A vetting at a version, with the organ to be heard and the clauses that it rests on."""

    vetting: Vetting
    version: int
    to_hear: HeardOrgan | None
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class VettingAnswer:
    """What a vetting answers on a day: what stands against the nominee, and what of the sought is barred."""

    on: date
    standing: tuple[Effect, ...]
    sought: tuple[Decision, ...]

    @property
    def vetoes_or_periods(self) -> bool:
        """Whether anything bars anything on that day."""
        return bool(self.standing)


class CommendationKind(StrEnum):
    """表彰奖励 (Art. 19) or 记功 (Art. 20)."""

    COMMENDATION = "commendation"
    MERIT = "merit"


class CommendationGround(StrEnum):
    """What Art. 19 rewards."""

    CONDITIONS_IMPROVED = "conditions_improved"
    ACCIDENT_PREVENTED = "accident_prevented"
    RESCUE = "rescue"
    MAJOR_HAZARD_REMEDIED = "major_hazard_remedied"
    ILLEGAL_ACTS_INVESTIGATED = "illegal_acts_investigated"
    THEORY_AND_TECHNOLOGY = "theory_and_technology"
    OTHER_OUTSTANDING = "other_outstanding"
    EXCELLENT_APPRAISAL = "excellent_appraisal"


@dataclass(frozen=True, slots=True)
class Decider:
    """An organ that decides a commendation: its kind and the code of its region."""

    kind: OrganKind
    region_code: str


@dataclass(frozen=True, slots=True)
class Commendation:
    """A commendation as nominated; `region_path` are the ancestors of the nominee's region and itself.

    `official_id` is None for a unit; `vetted` says that the 安委办 vetting of Art. 17 is concluded.
    """

    kind: CommendationKind
    ground: CommendationGround
    facts: str
    region_path: tuple[str, ...]
    deciders: tuple[Decider, ...]
    decided_on: date
    official_id: UUID | None = None
    vetted: bool = False
    excellent_year: int | None = None
    effects: tuple[Effect, ...] = ()


class PublicationKind(StrEnum):
    """公布 to everybody, or 通报 within the named scope."""

    PUBLISHED = "published"
    CIRCULATED = "circulated"


@dataclass(frozen=True, slots=True)
class Publication:
    """How results of an evaluation or appraisal are made known; dates are inclusive."""

    kind: PublicationKind
    personal: bool
    channel: str
    scope: str
    from_day: date
    to_day: date | None = None
    reason: str = ""
    personal_numbers: bool = False
    objections_until: date | None = None


@dataclass(frozen=True, slots=True)
class PublicationPolicy:
    """The configured interval in months."""

    interval_months: int
