"""The level of an accident: the highest that any one figure reaches, by the rules in force on its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.registry.facts import (
    Accident,
    AccidentNature,
    Authority,
    Figure,
    Figures,
    Level,
    LevelDecision,
    tier_rank,
)
from shared.roster.facts import Region, Tier
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

DECREE_493 = "生产安全事故报告和调查处理条例（国务院令第493号）"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A level with the least figures that reach it (以上 includes the number) and its authorities."""

    level: Level
    deaths: int
    serious_injuries: int
    direct_loss_yuan: int
    reported_up_to: Authority
    investigated_by: Authority


@dataclass(frozen=True, slots=True)
class Classification:
    """A classification from the day it applied, highest level first; the last row takes all the rest."""

    document: str
    article: str
    valid_from: date
    rows: tuple[Threshold, ...]


THRESHOLDS: tuple[Classification, ...] = (
    Classification(
        document=DECREE_493,
        article="第三条、第十条、第十九条",
        valid_from=date(2007, 6, 1),
        rows=(
            Threshold(Level.EXCEPTIONAL, 30, 100, 100_000_000, Authority.STATE_COUNCIL, Authority.STATE_COUNCIL),
            Threshold(Level.MAJOR, 10, 50, 50_000_000, Authority.STATE_COUNCIL, Authority.PROVINCE),
            Threshold(Level.LARGER, 3, 10, 10_000_000, Authority.PROVINCE, Authority.CITY),
            Threshold(Level.ORDINARY, 0, 0, 0, Authority.CITY, Authority.COUNTY),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class DeathWindow:
    """Days in which a death counts; `first_day_counts` says whether the accident's own day is day one."""

    document: str
    article: str
    valid_from: date
    nature: AccidentNature
    days: int
    first_day_counts: bool
    counting: Basis

    def last_day(self, day: date) -> date:
        """The last day on which a death counts."""
        return day + timedelta(days=self.days - (1 if self.first_day_counts else 0))


_COUNTING = Basis(
    "民法典 第二百零一条", BasisKind.READING, "期间开始的当日不计入 · the accident's own day is not counted"
)
DEATH_WINDOWS: tuple[DeathWindow, ...] = tuple(
    DeathWindow(DECREE_493, "第十三条", date(2007, 6, 1), nature, days, first_day_counts=False, counting=_COUNTING)
    for nature, days in (
        (AccidentNature.GENERAL, 30),
        (AccidentNature.ROAD_TRAFFIC, 7),
        (AccidentNature.FIRE, 7),
    )
)


class NoRuleInForceError(ValueError):
    """The question cannot be asked: no classification that the program holds applied on that day."""


def classification_on(day: date, table: Sequence[Classification] = THRESHOLDS) -> Classification:
    """The classification in force on `day`; NoRuleInForceError before June 2007 (an older one applied)."""
    found = max((row for row in table if row.valid_from <= day), key=lambda row: row.valid_from, default=None)
    if found is None:
        raise NoRuleInForceError(f"no accident classification on record for {day}")
    return found


def death_window_on(day: date, nature: AccidentNature, table: Sequence[DeathWindow] = DEATH_WINDOWS) -> DeathWindow:
    """The window in force on `day`; NoRuleInForceError where none is on record."""
    rows = (row for row in table if row.nature is nature and row.valid_from <= day)
    found = max(rows, key=lambda row: row.valid_from, default=None)
    if found is None:
        raise NoRuleInForceError(f"no window for deaths on record for {day}")
    return found


def level_of(figures: Figures, classification: Classification) -> tuple[Threshold, tuple[Figure, ...]]:
    """The highest row that any figure reaches, and the figures that reach it."""
    values = ((figure, getattr(figures, figure) or 0) for figure in Figure)
    present = tuple((figure, value) for figure, value in values if value)
    for row in classification.rows:
        reaching = tuple(figure for figure, value in present if value >= getattr(row, figure))
        if reaching:
            return row, reaching
    return classification.rows[-1], ()


def counted_figures(accident: Accident, last_day: date) -> Figures:
    """Deaths through `last_day` whenever recorded, and everything concealed. ValueError for bad figures."""
    counts = (
        accident.missing,
        accident.serious_injuries or 0,
        accident.direct_loss_yuan or 0,
        accident.concealed_serious_injuries,
        accident.concealed_loss_yuan,
        *(deaths.count for deaths in accident.deaths),
    )
    if min(counts) < 0:
        raise ValueError("a figure of an accident is not negative")
    if any(deaths.died_on < accident.day for deaths in accident.deaths):
        raise ValueError("nobody dies of an accident before its day")
    return Figures(
        deaths=sum(item.count for item in accident.deaths if item.concealed or item.died_on <= last_day),
        serious_injuries=_sum(accident.serious_injuries, accident.concealed_serious_injuries),
        direct_loss_yuan=_sum(accident.direct_loss_yuan, accident.concealed_loss_yuan),
    )


def _sum(known: int | None, concealed: int) -> int | None:
    return None if known is None and not concealed else (known or 0) + concealed


@cites("art21.4")
def decide_level(accident: Accident) -> LevelDecision:
    """The derived level; figures that are `unknown` may still raise it.

    NoRuleInForceError where the day has no rule, ValueError for figures that cannot be.
    """
    classification = classification_on(accident.day)
    window = death_window_on(accident.day, accident.nature)
    last_day = window.last_day(accident.day)
    figures = counted_figures(accident, last_day)
    row, decided_by = level_of(figures, classification)
    worst = Figures(figures.deaths + accident.missing, figures.serious_injuries, figures.direct_loss_yuan)
    return LevelDecision(
        level=row.level,
        decided_by=decided_by,
        figures=figures,
        level_if_missing_dead=level_of(worst, classification)[0].level,
        deaths_after_window=sum(deaths.count for deaths in accident.deaths) - figures.deaths,
        window_last_day=last_day,
        unknown=tuple(figure for figure in Figure if getattr(figures, figure) is None),
        reported_up_to=row.reported_up_to,
        investigated_by=row.investigated_by,
        basis=(
            Basis("art21.4"),
            Basis(f"{classification.document} {classification.article}"),
            Basis(f"{window.document} {window.article}"),
            window.counting,
        ),
    )


@dataclass(frozen=True, slots=True)
class InvestigatingOrgan:
    """Whose government investigates; None, with the regions whose competence must be confirmed first."""

    authority: Authority
    region_code: str | None
    unconfirmed: tuple[str, ...] = ()


@cites("art21.4")
def investigating_organ(authority: Authority, path: Sequence[Region]) -> InvestigatingOrgan:
    """Who on the administrative path has this competence level; unconfirmed is asked for, not guessed.

    Competence is never read from the tier: whether 定州 investigates as a city says whoever confirms it.
    """
    confirmed = [region.code for region in path if region.competence and region.competence == authority.tier]
    if confirmed or authority is Authority.STATE_COUNCIL:
        return InvestigatingOrgan(authority, confirmed[-1] if confirmed else None)
    askable = (region for region in path if region.competence is None)
    unconfirmed = tuple(region.code for region in askable if region.tier in {Tier.CITY, Tier.COUNTY, Tier.ZONE})
    return InvestigatingOrgan(authority, None, unconfirmed)


@cites("art21.4")
def check_investigator(demanded: Authority, actual: Authority) -> Decision:
    """Whether the investigating level suffices: higher is a takeover (提级), lower an alarm."""
    if actual.rank < demanded.rank:
        return refuse(
            "investigated_too_low",
            "调查机关级别低于事故等级所要求的级别",
            "investigated at a lower level than the accident's level demands",
            Basis(f"{DECREE_493} 第十九条"),
            Basis("art21.4"),
        )
    if actual.rank > demanded.rank:
        basis = Basis(f"{DECREE_493} 第二十条")
        return allow("taken_over", "上级提级调查", "a higher level took the investigation over", basis)
    basis = Basis(f"{DECREE_493} 第十九条")
    return allow("investigated_as_demanded", "按等级调查", "investigated at the level demanded", basis)


def chain_reach(authority: Authority) -> int:
    """The rank a responsibility chain climbs to: the investigating level, at most the province."""
    return min(authority.rank, tier_rank(Tier.PROVINCE))
