"""Measures with their dated effect periods (Art. 22, 23), and who handles and decides (Art. 29)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.discipline.facts.leads import Ground
from shared.statute.decision import Basis
from shared.statute.effects import Bar


class FigureStatus(StrEnum):
    """How well a figure is known: `unverified` must be confirmed once by the deploying agency before use."""

    READ = "read"
    UNVERIFIED = "unverified"
    CONFIGURABLE = "configurable"


class Duration(StrEnum):
    """How a period is measured."""

    MONTHS = "months"
    YEAR = "year"
    TERM = "term"
    WHILE_IT_LASTS = "while_it_lasts"
    TERM_THEN_MONTHS = "term_then_months"
    FOR_GOOD = "for_good"


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One dated figure: decisions from `valid_from` to `valid_to` bar this for so long, says `source`."""

    id: str
    bars: tuple[Bar, ...]
    duration: Duration
    months: int | None
    source: str
    valid_from: date
    valid_to: date | None
    status: FigureStatus

    def in_force(self, day: date) -> bool:
        """Whether the figure governs a decision of `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Branch(StrEnum):
    """处分 of the party, of administration (政务), or a measure that is neither."""

    PARTY = "party"
    ADMINISTRATIVE = "administrative"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Measure:
    """问责方式: `kind` is the word of Art. 22; `needs_post` the rule that keeps it from the retired."""

    id: str
    kind: str
    name_zh: str
    name_en: str
    branch: Branch
    needs_post: Basis | None
    no_effect_source: str | None
    effects: tuple[EffectRow, ...]


@dataclass(frozen=True, slots=True)
class MeasureTaken:
    """A measure as decided, with the figures that only the decision or the agency can give.

    `supplied_months` fills a silence of the rules; `combined_months` joins the periods in `combined_from`;
    `term_months` is the term of 留党察看, `term_ends_on` the end of the term of office,
    `ended_on` the last day of 停职检查; `confirmed` holds the ids of unverified figures the agency confirmed.
    """

    measure: Measure
    decided_on: date
    effective_on: date
    supplied_months: int | None = None
    combined_months: int | None = None
    combined_from: tuple[int, ...] = ()
    term_months: int | None = None
    term_ends_on: date | None = None
    ended_on: date | None = None
    confirmed: frozenset[str] = frozenset()


class Authority(StrEnum):
    """The kind of organ that handles or decides."""

    DISCIPLINE_ORGAN = "discipline_organ"
    ORGANIZATION_DEPARTMENT = "organization_department"
    SAFETY_REGULATOR = "safety_regulator"
    PARTY_COMMITTEE = "party_committee"
    GOVERNMENT = "government"


@dataclass(frozen=True, slots=True)
class HandlingRow:
    """Who may handle a ground from a day on (to a day)."""

    ground: Ground
    organs: tuple[Authority, ...]
    source: str
    status: FigureStatus
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class DecidingRow:
    """Who may decide a measure; `direct` lists those that need no cadre authority of their own."""

    measures: tuple[str, ...]
    organs: tuple[Authority, ...]
    direct: tuple[Authority, ...]
    source: str
    status: FigureStatus
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class AuthorityTable:
    """Art. 29 as dated data."""

    handling: tuple[HandlingRow, ...]
    deciding: tuple[DecidingRow, ...]


@dataclass(frozen=True, slots=True)
class DecidingOrgan:
    """Who decides: kind, whether it manages the official as a cadre, the meeting and its day."""

    kind: Authority
    cadre_authority: bool
    meeting: str
    met_on: date | None
