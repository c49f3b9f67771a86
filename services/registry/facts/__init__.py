"""The words of an accident and its responsibility chain: frozen facts that rules read and answer with.

Instants carry an offset; days are Asia/Shanghai dates; money is whole yuan.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID

from shared.roster.facts import PostKind, Span, Tier
from shared.statute.decision import Basis

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def shanghai_day(instant: datetime) -> date:
    """The day in Asia/Shanghai on which `instant` lies; ValueError without an offset."""
    if instant.tzinfo is None:
        raise ValueError("an instant carries its offset")
    return instant.astimezone(SHANGHAI).date()


class Level(StrEnum):
    """事故等级, lowest first."""

    ORDINARY = "一般"
    LARGER = "较大"
    MAJOR = "重大"
    EXCEPTIONAL = "特别重大"

    @property
    def rank(self) -> int:
        """0 for 一般 to 3 for 特别重大; compare levels by it, never as text."""
        return list(Level).index(self)


class Authority(StrEnum):
    """A level of government that investigates or is reported to; a competence level, not a tier of duty."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    STATE_COUNCIL = "state_council"

    @property
    def rank(self) -> int:
        """1 for the county to 4 for the State Council, on the scale of `tier_rank`."""
        return list(Authority).index(self) + 1

    @property
    def tier(self) -> Tier | None:
        """The tier of the same name; None for the State Council, which no registry of a province holds."""
        return None if self is Authority.STATE_COUNCIL else Tier(self.value)


def tier_rank(tier: Tier) -> int:
    """0 for towns, subdistricts and zones, 1 county, 2 city, 3 province."""
    return {Tier.COUNTY: 1, Tier.CITY: 2, Tier.PROVINCE: 3}.get(tier, 0)


class AccidentNature(StrEnum):
    """What decides the window of days in which a death counts."""

    GENERAL = "general"
    ROAD_TRAFFIC = "road_traffic"
    FIRE = "fire"


class Figure(StrEnum):
    """A figure that a level is derived from."""

    DEATHS = "deaths"
    SERIOUS_INJURIES = "serious_injuries"
    DIRECT_LOSS = "direct_loss_yuan"


@dataclass(frozen=True, slots=True)
class AccidentType:
    """事故类别 with the standard it is taken from; GB 6441-2025 numbers nothing, so `code` may be None."""

    standard: str
    name: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Deaths:
    """`count` people who died on `died_on`, recorded at `recorded_at`, which may be much later."""

    count: int
    died_on: date
    recorded_at: datetime
    concealed: bool = False


@dataclass(frozen=True, slots=True)
class Accident:
    """生产安全事故: where, when, in which industry, what it cost. Its level is derived, never stated.

    `path` holds the codes of the place's administrative ancestors and itself, province first; `zone_codes`
    name functional zones that contain the place without being its ancestors. `serious_injuries` include
    acute poisoning and exclude the dead; `None` is not known yet. The `concealed_` figures were found
    later and come on top.
    """

    id: UUID
    region_code: str
    path: tuple[str, ...]
    occurred_at: datetime
    industry: str
    accident_type: AccidentType | None = None
    nature: AccidentNature = AccidentNature.GENERAL
    deaths: tuple[Deaths, ...] = ()
    missing: int = 0
    serious_injuries: int | None = None
    direct_loss_yuan: int | None = None
    concealed_serious_injuries: int = 0
    concealed_loss_yuan: int = 0
    fields: tuple[str, ...] = ()
    zone_codes: tuple[str, ...] = ()
    exercise: bool = False

    @property
    def day(self) -> date:
        """The Asia/Shanghai day of the accident: everything about posts is asked for this day."""
        return shanghai_day(self.occurred_at)


@dataclass(frozen=True, slots=True)
class Casualties:
    """What is told of people and loss; `deaths` are (count, day of death, concealed)."""

    deaths: tuple[tuple[int, date, bool], ...] = ()
    missing: int = 0
    serious_injuries: int | None = None
    direct_loss_yuan: int | None = None
    concealed_serious_injuries: int = 0
    concealed_loss_yuan: int = 0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where, when and in which industry it happened."""

    title: str
    region_code: str
    occurred_at: datetime
    industry: str
    nature: AccidentNature = AccidentNature.GENERAL
    accident_type: AccidentType | None = None
    fields: tuple[str, ...] = ()
    zone_codes: tuple[str, ...] = ()
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """What counts towards the level; None is not known."""

    deaths: int
    serious_injuries: int | None
    direct_loss_yuan: int | None


@dataclass(frozen=True, slots=True)
class LevelDecision:
    """The level, which figures reach it, what was not counted or known, who investigates and hears of it."""

    level: Level
    decided_by: tuple[Figure, ...]
    figures: Figures
    level_if_missing_dead: Level
    deaths_after_window: int
    window_last_day: date
    unknown: tuple[Figure, ...]
    reported_up_to: Authority
    investigated_by: Authority
    basis: tuple[Basis, ...]


class ReportParty(StrEnum):
    """Who hears of an accident and hands it on, lowest first."""

    UNIT = "unit"
    TOWN = "town"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    STATE_COUNCIL = "state_council"

    @property
    def rank(self) -> int:
        """-1 for the unit, 0 for town, subdistrict and zone, then as `Authority.rank`."""
        return list(ReportParty).index(self) - 1

    @property
    def zh(self) -> str:
        """The party in Chinese."""
        names = ("事故发生单位", "乡镇（街道、功能区）", "县级", "设区的市级", "省级", "国务院")
        return names[list(ReportParty).index(self)]


@dataclass(frozen=True, slots=True)
class ReportStep:
    """`receiver` learned of the accident from `sender`; None is the scene or any other channel.

    Steps are numbered as they were recorded; a withdrawn one stays on record with the reason, and counts for nothing.
    """

    receiver: ReportParty
    received_at: datetime
    sender: ReportParty | None = None
    recorded_at: datetime | None = None
    number: int = 0
    withdrawn: str | None = None


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """A post to examine, with its holder at the accident if it had one, and why it is listed.

    `tenure` is the appointment's span; it tells an earlier holder's last day. `other_official_ids` are the holder's
    other ids, where several records are of one person.
    """

    post_id: UUID
    post_kind: PostKind
    title: str
    organ_id: UUID
    region_code: str
    tier: Tier
    appointment_id: UUID | None
    official_id: UUID | None
    basis: tuple[Basis, ...]
    reason_zh: str
    reason_en: str
    vacant: bool = False
    acting: bool = False
    tenure: Span | None = None
    other_official_ids: tuple[UUID, ...] = ()


class AdjustmentAction(StrEnum):
    """What a handler did to the derived list."""

    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A handler adds or drops a post, or one official of it (earlier holders too); never without reason."""

    action: AdjustmentAction
    post_id: UUID
    reason: str
    official_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RemovedEntry:
    """An entry a handler dropped, kept with the reason."""

    entry: ChainEntry
    reason: str
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """登记缺口: in the region no post of this kind is registered on the day; nobody stands in for it."""

    region_code: str
    post_kind: PostKind


@dataclass(frozen=True, slots=True)
class Chain:
    """责任链条: the posts to examine as of the accident; apart, earlier holders since `window_from`."""

    accident_id: UUID
    day: date
    investigating: Authority
    window_from: date
    regions: tuple[str, ...]
    entries: tuple[ChainEntry, ...]
    earlier: tuple[ChainEntry, ...] = ()
    removed: tuple[RemovedEntry, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainDifference:
    """What a new chain changes: entries are the same when post and official are."""

    added: tuple[ChainEntry, ...]
    removed: tuple[ChainEntry, ...]
    changed: tuple[tuple[ChainEntry, ChainEntry], ...]
    earlier_added: tuple[ChainEntry, ...] = ()
    earlier_removed: tuple[ChainEntry, ...] = ()
    earlier_changed: tuple[tuple[ChainEntry, ChainEntry], ...] = ()

    def __bool__(self) -> bool:
        """True when anything differs."""
        present = self.added or self.removed or self.changed
        return bool(present or self.earlier_added or self.earlier_removed or self.earlier_changed)
