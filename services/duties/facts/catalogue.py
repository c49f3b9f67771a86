"""The words of the duty catalogue: statutes, duties, what they ask for, and the interpretations that overlay them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shared.roster.facts import OrganKind, OrganRole, PostKind, Span, Tier

#: The statute whose text `shared.statute` holds; ids of its duties carry no prefix, those of others their statute's.
HOME = "hebei"
ALWAYS = Span(date.min)


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
    replaces the accepted acts there, and `notes` say what is read how. `roles` is empty except for departments.
    `off_posts`: kinds of post that the words leave out until a reading puts them in (Art. 30). `span`: the days on
    which this version of the entry holds.
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
    notes: Mapping[str, str] = field(default_factory=dict)
    off_posts: frozenset[PostKind] = frozenset()
    span: Span = ALWAYS
    statute: str = HOME

    @property
    def standing(self) -> bool:
        """Whether the duty has no period."""
        return self.period is None

    def note_in(self, key: str) -> str | None:
        """How the words are read in that place, or of the duty as a whole."""
        return self.notes.get(key, self.note)

    def scope_key(self, region_code: str, tier: Tier) -> str | None:
        """The entry of `scope` that governs there: the region's own before its tier's, `None` if neither."""
        return next((key for key in (region_code, tier.value) if key in self.scope), None)


@dataclass(frozen=True, slots=True)
class Governance:
    """A statute governs a region, and what lies below it by administration, from a day to a day."""

    statute: str
    region: str
    span: Span = ALWAYS


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Who interprets a statute (Hebei: Art. 30): a department of one of these functions at a tier, consulting another.

    `functions` begin with the name in the text and go on with its successors.
    """

    statute: str
    clause: str
    phrase: str
    tier: Tier
    functions: tuple[str, ...]
    consulting: OrganKind


@dataclass(frozen=True, slots=True)
class Adoption:
    """An overlay: a document that puts a reading into force; `scope` is a tier or a region code.

    `binding` only where the interpreter issued it (Art. 30); else a local default, which founds nothing. `post_kind`:
    the kind of post that it puts under a duty whose words leave it out. `within`: the territory of whoever issued it.
    """

    duty_id: str
    scope: str
    span: Span
    document: str
    binding: bool = True
    post_kind: PostKind | None = None
    within: str | None = None
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The duties of one statute, or of several; `version` is the digest of the content.

    Where `governs` is empty, the catalogue speaks for every region. `overlays` are those written in the files.
    """

    name: str
    version: str
    duties: tuple[Duty, ...]
    governs: tuple[Governance, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    overlays: tuple[Adoption, ...] = ()

    def duty(self, duty_id: str, day: date | None = None) -> Duty:
        """The duty of that id as it stands on the day, by default its last version; `KeyError` where there is none."""
        versions = [one for one in self.duties if one.id == duty_id and (day is None or one.span.covers(day))]
        if not versions:
            raise KeyError(duty_id)
        return max(versions, key=lambda one: one.span.from_day)

    def statute_of(self, path: Sequence[str], day: date) -> str | None:
        """Which statute governs the region at the end of the path on the day: the nearest that names an ancestor."""
        found = [one for one in self.governs if one.region in path and one.span.covers(day)]
        return max(found, key=lambda one: path.index(one.region)).statute if found else None

    def interpreter_of(self, statute: str) -> Interpreter | None:
        """Who interprets that statute, if the files say so."""
        return next((one for one in self.interpreters if one.statute == statute), None)
