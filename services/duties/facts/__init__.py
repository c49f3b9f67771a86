"""The words of duties 履职: what is owed, what was done, what the records show, as frozen facts.

A day is an Asia/Shanghai date; an instant carries an offset. `recorded_at` is when the system learned a fact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from services.duties.facts.defaults import Defaults as Defaults
from shared.roster.facts import OrganKind, OrganRole, PostKind, Span, Tier
from shared.statute.decision import Basis, BasisKind


class PeriodKind(StrEnum):
    """How long a duty's period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Manner(StrEnum):
    """Whose act it must be; all are personal but `body`, which is the committee's own (art5.2b)."""

    PRESIDES = "presides"
    LEADS = "leads"
    PERFORMS = "performs"
    BODY = "body"


class ActKind(StrEnum):
    """What was done; duties accept acts by kind, never by resemblance."""

    STANDING_COMMITTEE_MEETING = "standing_committee_meeting"  # 党委常委会
    WORKING_COMMITTEE_MEETING = "working_committee_meeting"  # 党工委会议
    JOINT_MEETING = "joint_meeting"  # 党政联席会
    RESEARCH_TRIP = "research_trip"  # 调研
    LED_INSPECTION = "led_inspection"  # 带队检查
    EXECUTIVE_MEETING = "executive_meeting"  # 政府常务会议
    MANAGEMENT_COMMITTEE_MEETING = "management_committee_meeting"  # 管委会会议
    OFFICE_MEETING = "office_meeting"  # 办公会议
    LIST_PUBLISHED = "list_published"  # 责任清单公示
    LIST_ASSESSMENT = "list_assessment"  # 清单检查考核
    SITUATION_ANALYSIS = "situation_analysis"  # 形势分析
    PORTFOLIO_REPORT = "portfolio_report"  # 分管履职报告
    SPECIAL_STUDY = "special_study"  # 专题研究
    ORGANISED_STUDY = "organised_study"  # 组织研究
    PARTY_GROUP_MEETING = "party_group_meeting"  # 党委(党组)会议
    SAFETY_SPECIAL_MEETING = "safety_special_meeting"  # 安全生产专题会议
    INDUSTRY_REPORT_HEARD = "industry_report_heard"  # 听取汇报


class EvidenceKind(StrEnum):
    """What proves an act."""

    MINUTES = "minutes"
    REPORT = "report"
    RECORD = "record"
    RESPONSIBILITY_LIST = "responsibility_list"
    PUBLICATION = "publication"
    ASSESSMENT_RESULT = "assessment_result"


class Recipient(StrEnum):
    """Whom a filing goes to, by relation; administration decides which organ that is."""

    SAME_LEVEL_PARTY_COMMITTEE = "same_level_party_committee"
    SAFETY_COMMITTEE_ONE_LEVEL_UP = "safety_committee_one_level_up"


class Firmness(StrEnum):
    """How firmly a duty applies: by the text, by a reading, or not (`off`) until a reading is adopted."""

    TEXT = "text"
    READING = "reading"
    OFF = "off"


class RegistryFinding(StrEnum):
    """What a register can show about a standing duty without judging anyone."""

    ENTERPRISE_WITHOUT_REGULATOR = "enterprise_without_regulator"
    NO_RESPONSIBLE_DEPARTMENT = "no_responsible_department"
    FUND_GROWTH_BELOW_REVENUE = "fund_growth_below_revenue"
    EVALUATION_AFTER_ACCIDENT_MISSING = "evaluation_after_accident_missing"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One act that a duty asks for; a duty with two acts has two requirements, each owed apart."""

    id: str
    acts: frozenset[ActKind]
    manner: Manner
    evidence: frozenset[EvidenceKind]


@dataclass(frozen=True, slots=True)
class Duty:
    """职责 of Art. 5 to 12. `period` is `None` for a standing duty, which never lapses.

    `scope` says per tier, or per region code where a region is an exception, how firmly the duty applies; `acts_in`
    replaces the accepted acts there. `roles` is empty except for departments.
    """

    id: str
    clause: str
    phrase: str
    title_en: str
    post_kinds: frozenset[PostKind]
    organ_kinds: frozenset[OrganKind]
    roles: frozenset[OrganRole]
    functions: tuple[str, ...]
    scope: Mapping[str, Firmness]
    acts_in: Mapping[str, frozenset[ActKind]]
    requirements: tuple[Requirement, ...] = ()
    period: PeriodKind | None = None
    count: int = 0
    filings: tuple[Recipient, ...] = ()
    secretary_first: bool = False
    registry_finding: RegistryFinding | None = None
    note: str | None = None

    @property
    def standing(self) -> bool:
        """Whether the duty has no period."""
        return self.period is None

    def scope_key(self, region_code: str, tier: Tier) -> str | None:
        """The entry of `scope` that governs there: the region's own before its tier's, `None` if neither."""
        return next((key for key in (region_code, tier.value) if key in self.scope), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The duties of one file; `version` is the digest of its content."""

    name: str
    version: str
    duties: tuple[Duty, ...]

    def duty(self, duty_id: str) -> Duty:
        """The duty of that id; `KeyError` where there is none."""
        return {duty.id: duty for duty in self.duties}[duty_id]


@dataclass(frozen=True, slots=True)
class Adoption:
    """An interpretation under Art. 30 that puts a reading into force; `scope` is a tier or a region code."""

    duty_id: str
    scope: str
    span: Span
    document: str


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar month, quarter, half-year or year; both days are included."""

    kind: PeriodKind
    from_day: date
    to_day: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.to_day - self.from_day).days + 1

    @property
    def label(self) -> str:
        """`2024-05`, `2024-Q2`, `2024-H1` or `2024`."""
        year, month = f"{self.from_day.year:04d}", self.from_day.month
        labels = {
            PeriodKind.MONTH: f"{year}-{month:02d}",
            PeriodKind.QUARTER: f"{year}-Q{(month + 2) // 3}",
            PeriodKind.HALF_YEAR: f"{year}-H{(month + 5) // 6}",
            PeriodKind.YEAR: year,
        }
        return labels[self.kind]

    def contains(self, day: date) -> bool:
        """Whether `day` lies within."""
        return self.from_day <= day <= self.to_day


@dataclass(frozen=True, slots=True)
class Obligation:
    """履职任务: one requirement of a duty × one post × one period; the post's, not a person's."""

    requirement_id: str
    duty_id: str
    clause: str
    post_id: UUID
    organ_id: UUID
    region_code: str
    tier: Tier
    period: Period
    count: int
    acts: frozenset[ActKind]
    manner: Manner
    basis: Basis
    filings: tuple[Recipient, ...] = ()
    functions: tuple[str, ...] = ()
    adopted_by: str | None = None
    exercise: bool = False
    path: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Stable name: requirement, post, period."""
        return f"{self.requirement_id}/{self.post_id}/{self.period.label}"

    @property
    def id(self) -> UUID:
        """Derived from `key`, so that the same facts always give the same obligation.

        A UUID of version 8 over SHA-256, because PostgreSQL derives the same without an extension.
        """
        raw = bytearray(sha256(f"anze:obligation:{self.key}".encode()).digest()[:16])
        raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80
        return UUID(bytes=bytes(raw))

    @property
    def founds(self) -> bool:
        """Whether a lapse may found anything: text does, a reading only once adopted (art30)."""
        return self.basis.kind is BasisKind.TEXT or self.adopted_by is not None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document by its SHA-256 (64 hex digits); a publication also has its day and place."""

    kind: EvidenceKind
    sha256: str
    day: date | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """In which post somebody acted; `appointment_id` where the record names it."""

    post_id: UUID
    appointment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A withdrawal, or with `replacement` a supersession, by a subject; nothing is overwritten."""

    by: str
    at: datetime
    reason: str
    replacement: UUID | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """A reviewer (a subject) confirmed the act: needed once the books are closed, or after an accident."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Performance:
    """履职记录: an act on a day, by named officials, in named capacities, with evidence."""

    id: UUID
    act: ActKind
    day: date
    organ_id: UUID
    region_code: str
    recorded_at: datetime
    recorded_by: str = ""
    presided_by: UUID | None = None
    led_by: UUID | None = None
    performed_by: UUID | None = None
    capacities: tuple[Capacity, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    corrected: Correction | None = None
    verified: Verification | None = None
    exercise: bool = False

    def actor(self, manner: Manner) -> UUID | None:
        """The official whose personal act it is, for that manner; a body's act has none."""
        actors = {Manner.PRESIDES: self.presided_by, Manner.LEADS: self.led_by, Manner.PERFORMS: self.performed_by}
        return actors.get(manner)


@dataclass(frozen=True, slots=True)
class Impediment:
    """What stood in the way (illness, secondment …), as recorded; accepted, it excuses one obligation."""

    id: UUID
    post_id: UUID
    span: Span
    description: str
    recorded_at: datetime
    official_id: UUID | None = None
    obligation_id: UUID | None = None
    accepted_by: str | None = None
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incumbency:
    """An official holds a post for a span; acting (主持工作) counts as holding."""

    official_id: UUID
    post_id: UUID
    appointment_id: UUID
    span: Span
    acting: bool = False


@dataclass(frozen=True, slots=True)
class Filing:
    """备案: a document sent to a body. `obligation_id` says what it is about."""

    id: UUID
    obligation_id: UUID
    relation: Recipient
    recipient_organ_id: UUID
    filed_on: date
    recorded_at: datetime
    sha256: str
    corrected: Correction | None = None


class ObligationStatus(StrEnum):
    """State of an obligation on a day, derived from facts."""

    UPCOMING = "upcoming"
    OPEN = "open"
    DUE_SOON = "due_soon"
    FULFILLED = "fulfilled"
    LAPSED = "lapsed"
    EXCUSED = "excused"


class StandingOutcome(StrEnum):
    """What a reviewer found about a standing duty."""

    PERFORMED = "performed"
    NOT_PERFORMED = "not_performed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class StandingReview:
    """A reviewer examined how an official performed a standing duty in a span; by itself it is no finding."""

    id: UUID
    official_id: UUID
    post_id: UUID
    duty_id: str
    span: Span
    outcome: StandingOutcome
    reviewed_by: str
    recorded_at: datetime
    note: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class NonPerformanceFinding:
    """未履职认定: a competent organ's finding after hearing the person: the only breach *of somebody*.

    `obligation_id` for a periodic duty, `None` for a standing one, which then has its `span` of conduct. `clears`: the
    organ found the other way, that the person performed or that the lapse is not theirs.
    """

    id: UUID
    official_id: UUID
    post_id: UUID
    duty_id: str
    obligation_id: UUID | None
    span: Span
    organ_id: UUID
    reasons: str
    heard_on: date | None
    statement: str
    decided_on: date
    recorded_at: datetime
    clears: bool = False
    corrected: Correction | None = None
    accident_id: UUID | None = None
    exercise: bool = False
