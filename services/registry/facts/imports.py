"""The words of a roster import: a line of a sheet, what the register holds beside it, what would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.registry.facts.answers import PromotionBar
from shared.roster.facts import OrganKind, PostKind, Region

OrganKey = tuple[str, str, OrganKind]
PostKey = tuple[UUID, PostKind, str]
TenureKey = tuple[UUID, UUID, date]
PortfolioKey = tuple[UUID, date]


class Part(StrEnum):
    """The sheets of a roster file: who holds which post, what departments are for, what leaders answer for."""

    ROSTER = "roster"
    ROLES = "roles"
    PORTFOLIOS = "portfolios"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: an organ or a post in it, and what the sheet says of it; an empty cell (None) says nothing.

    `person` stands for the citizen number: equal for equal numbers, and no number. `organ_first` and `post_first` are
    the days with which organ and post begin if they are new: as told, or else the first day on their lines.
    """

    number: int
    region_code: str
    organ: str
    organ_kind: OrganKind
    organ_from: date | None = None
    organ_first: date | None = None
    credit_code: str | None = None
    post_kind: PostKind | None = None
    post: str | None = None
    post_from: date | None = None
    post_first: date | None = None
    official: str | None = None
    reading: str | None = None
    person: str | None = None
    official_id: UUID | None = None
    from_day: date | None = None
    to_day: date | None = None
    acting: bool | None = None
    promotion: bool | None = None
    end_reason: str | None = None
    source_recorded_at: datetime | None = None
    attested_by: str | None = None
    sheet: Part = Part.ROSTER
    role: str | None = None
    industries: Sequence[str] | None = None
    fields: Sequence[str] | None = None
    organs: Sequence[str] | None = None
    function: str | None = None
    document: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    side: str | None = None

    @property
    def key(self) -> tuple[Part, int]:
        """Where it stands in the file."""
        return self.sheet, self.number

    @property
    def organ_key(self) -> OrganKey:
        """By what an organ is recognised."""
        return self.region_code, self.organ, self.organ_kind

    @property
    def names_somebody(self) -> bool:
        """Whether the line says who holds the post."""
        return not (self.official is None and self.person is None and self.official_id is None)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, in the cell of `column` (None: in the line as a whole)."""

    line: int
    column: str | None
    code: str
    zh: str
    en: str
    sheet: Part = Part.ROSTER


class Kind(StrEnum):
    """What a change is of, in the order in which changes are recorded."""

    ORGAN = "organ"
    POST = "post"
    OFFICIAL = "official"
    APPOINTMENT = "appointment"
    PORTFOLIO = "portfolio"


@dataclass(frozen=True, slots=True)
class Known:
    """An aggregate as the register holds it; `reachable` says whether the caller may change it."""

    id: UUID
    fields: Mapping[str, Any]
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """Fields that a new aggregate begins with, or in which a known one differs from the sheet; and by which line.

    `beside` are the aggregates that must not change meanwhile: post and official of an appointment, organ of a post.
    """

    kind: Kind
    id: UUID
    new: bool
    fields: Mapping[str, Any]
    path: tuple[str, ...]
    line: int
    beside: tuple[tuple[Kind, UUID], ...] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """The part of the register that some lines can touch, indexed by what rows are recognised by.

    Organs are recognised by their names of today; `renamed` leads from what one is called on another day to that.
    `former` names keys that only earlier versions had: what was renamed or moved since is not to be registered anew.
    `same` leads from a record that was merged to the one as which the person answers, `aliases` from there to the names
    of all of them. `named` are organs by region and name, `staged` those that another row of the file registers.
    `now` is when the lines are looked at.
    """

    regions: Mapping[str, tuple[Region, ...]] = field(default_factory=dict)
    reachable: frozenset[str] = frozenset()
    organs: Mapping[OrganKey, Known] = field(default_factory=dict)
    renamed: Mapping[OrganKey, str] = field(default_factory=dict)
    posts: Mapping[PostKey, Known] = field(default_factory=dict)
    persons: Mapping[str, Known] = field(default_factory=dict)
    officials: Mapping[UUID, Known] = field(default_factory=dict)
    numbered: frozenset[UUID] = frozenset()
    appointments: Mapping[UUID, tuple[Known, ...]] = field(default_factory=dict)
    former: frozenset[PostKey | TenureKey | PortfolioKey] = frozenset()
    bars: Mapping[UUID, tuple[PromotionBar, ...]] = field(default_factory=dict)
    portfolios: Mapping[UUID, tuple[Known, ...]] = field(default_factory=dict)
    same: Mapping[UUID, UUID] = field(default_factory=dict)
    aliases: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    named: Mapping[tuple[str, str], frozenset[UUID]] = field(default_factory=dict)
    organ_ids: frozenset[UUID] = frozenset()
    staged: frozenset[tuple[str, str]] = frozenset()
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What lines would change, and what is wrong with them; changes count only where nothing is wrong."""

    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()


class Stage(StrEnum):
    """How far an import is."""

    UPLOADED = "uploaded"
    READ = "read"
    CHECKED = "checked"
    FAULTY = "faulty"
    APPLIED = "applied"


@dataclass(frozen=True, slots=True)
class Import:
    """A roster file that somebody sent, and how far it is; `counts` are changes by kind, as planned or as applied."""

    id: UUID
    actor: str
    exercise: bool
    size: int
    received_at: datetime
    stage: Stage
    rows: int
    applied: int
    faults: int
    counts: Mapping[str, int]
    finished_at: datetime | None
