"""The words of the roster: regions, organs, posts, officials, appointments, portfolios.

Frozen facts that rules read. A span of days is inclusive at both ends: `to_day` is the last day, `None` is open.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Tier(StrEnum):
    """层级: the level a duty is measured at."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    SUBDISTRICT = "subdistrict"
    ZONE = "zone"


class OrganKind(StrEnum):
    """机关类别."""

    PARTY_COMMITTEE = "party_committee"
    PARTY_WORKING_COMMITTEE = "party_working_committee"
    GOVERNMENT = "government"
    MANAGEMENT_COMMITTEE = "management_committee"
    SUBDISTRICT_OFFICE = "subdistrict_office"
    PARTY_DEPARTMENT = "party_department"
    GOVERNMENT_DEPARTMENT = "government_department"
    DISCIPLINE_ORGAN = "discipline_organ"
    ORGANIZATION_DEPARTMENT = "organization_department"
    SAFETY_COMMITTEE = "safety_committee"
    SAFETY_COMMITTEE_OFFICE = "safety_committee_office"
    STATE_ENTERPRISE = "state_enterprise"
    EXTERNAL_ORGAN = "external_organ"


class OrganRole(StrEnum):
    """What a department is for work safety (Art. 10 to 12); dated data on the organ."""

    NAMED_REGULATOR = "named_regulator"
    OTHER_REGULATOR = "other_regulator"
    INDUSTRY_COMPETENT = "industry_competent"
    OTHER = "other"


class PostKind(StrEnum):
    """岗位类别."""

    PARTY_PRINCIPAL = "party_principal"
    GOVERNMENT_PRINCIPAL = "government_principal"
    PARTY_STANDING_MEMBER = "party_standing_member"
    GOVERNMENT_SAFETY_LEAD = "government_safety_lead"
    GOVERNMENT_OTHER_LEADER = "government_other_leader"
    LEADING_BODY_MEMBER = "leading_body_member"
    DEPARTMENT_PRINCIPAL = "department_principal"
    DEPARTMENT_SAFETY_DEPUTY = "department_safety_deputy"
    DEPARTMENT_OTHER_LEADER = "department_other_leader"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `from_day` to `to_day`, both included; an open end is `None`."""

    from_day: date
    to_day: date | None = None

    def covers(self, day: date) -> bool:
        """Whether `day` lies within."""
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share a day."""
        return (self.to_day is None or other.from_day <= self.to_day) and (
            other.to_day is None or self.from_day <= other.to_day
        )

    def days_within(self, first: date, last: date) -> int:
        """How many days of the closed interval [first, last] lie within."""
        start, end = max(self.from_day, first), last if self.to_day is None else min(self.to_day, last)
        return max(0, (end - start).days + 1)


@dataclass(frozen=True, slots=True)
class Region:
    """行政区划 or 功能区 in one stretch of days: identity is the code with its dates, because codes were reused.

    A region that changes from a day on is several of these, with one `id` and spans that follow one another. `path`
    holds the codes of the administrative ancestors and itself, province first. `competence` is the confirmed level for
    accident reporting and investigation; `None` means that nobody has confirmed it, and it is asked for.
    `successor_codes` name what came after a region that ended, `managing_organ_id` who manages a zone.
    """

    id: UUID
    code: str
    name: str
    tier: Tier
    code_parent: str | None
    admin_parent: str | None
    path: tuple[str, ...]
    span: Span
    competence: Tier | None = None
    exercise: bool = False
    successor_codes: tuple[str, ...] = ()
    managing_organ_id: UUID | None = None


class Side(StrEnum):
    """党政: whether a role lies on the party's or the government's side."""

    PARTY = "party"
    GOVERNMENT = "government"


@dataclass(frozen=True, slots=True)
class DatedRole:
    """A role of a department from a day to a day, with the document that decides it: number, organ, day."""

    role: OrganRole
    span: Span
    industries: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    function: str | None = None
    document: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class DatedName:
    """An organ's name from a day on, with the deciding document."""

    name: str
    from_day: date
    document: str | None = None
    issuer: str | None = None
    issued_on: date | None = None


class SuccessionKind(StrEnum):
    """机构沿革: what became of an organ."""

    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    ABOLISHED = "abolished"


@dataclass(frozen=True, slots=True)
class Heir:
    """An organ that took over, and by which functions."""

    organ_id: UUID
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of an organ on `day`: from that day its heirs answer by function, on the day before it does."""

    kind: SuccessionKind
    day: date
    heirs: tuple[Heir, ...]
    document: str
    issuer: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Organ:
    """机关 of the region `region_code`; `roles` are what it is for work safety, by date.

    An external organ lies in no region of the province (`region_code` 000000). `names` are those by date, where it
    was ever renamed; `successions` what became of it, `predecessor_ids` the organs whose duties it took over.
    `credit_code` is the 统一社会信用代码 (GB 32100), where it is registered.
    """

    id: UUID
    name: str
    kind: OrganKind
    region_code: str
    span: Span
    roles: tuple[DatedRole, ...] = ()
    parent_id: UUID | None = None
    exercise: bool = False
    names: tuple[DatedName, ...] = ()
    successions: tuple[Succession, ...] = ()
    predecessor_ids: tuple[UUID, ...] = ()
    credit_code: str | None = None

    def name_on(self, day: date) -> str:
        """Its name on a day; before the first dated name, that one."""
        begun = [one.name for one in self.names if one.from_day <= day]
        return begun[-1] if begun else self.names[0].name if self.names else self.name


@dataclass(frozen=True, slots=True)
class Post:
    """岗位: one seat in an organ."""

    id: UUID
    organ_id: UUID
    kind: PostKind
    title: str
    span: Span
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Official:
    """领导干部: a person. The citizen number never leaves the registry.

    `merged_into` names the record of the same person into which this one was merged; both ids stay.
    `reading` is the pinyin of the name's first characters, recorded where the usual reading would mislead (单 Shàn).
    """

    id: UUID
    name: str
    exercise: bool = False
    merged_into: UUID | None = None
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """任职: an official holds a post; acting (主持工作) counts as holding.

    `end_cause` is the coded reason of its end (open list), `end_reason` the words.
    """

    id: UUID
    post_id: UUID
    official_id: UUID
    span: Span
    acting: bool = False
    promotion: bool = False
    end_reason: str | None = None
    annulled: bool = False
    exercise: bool = False
    end_cause: str | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """分管 of a post: industries (GB/T 4754 codes of any depth), named fields, organs answered for."""

    id: UUID
    post_id: UUID
    span: Span
    industries: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    organ_ids: tuple[UUID, ...] = ()
    annulled: bool = False
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """A slice of the register, as known at one moment; rules look things up in it and nowhere else."""

    regions: tuple[Region, ...] = ()
    organs: tuple[Organ, ...] = ()
    posts: tuple[Post, ...] = ()
    officials: tuple[Official, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    portfolios: tuple[Portfolio, ...] = ()
    known_at: datetime | None = field(default=None, compare=False)
