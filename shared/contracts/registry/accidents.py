"""Accidents with their derived level, report clock and chain of posts to examine."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.registry.base import Part, RegistryEvent


class GroundPart(Part):
    """A clause because of which a post is listed: text, reading or default, and a note."""

    clause: str
    kind: str
    note: str | None = None


class ChainPart(Part):
    """A post to examine (not a responsible person), and why it is listed.

    `other_official_ids` are the holder's other ids, where several records are of one person.
    """

    post_id: UUID
    post_kind: str
    organ_id: UUID
    region_code: str
    tier: str
    appointment_id: UUID | None
    official_id: UUID | None
    acting: bool
    vacant: bool
    earlier_holder: bool
    basis: tuple[str, ...]
    reason_zh: str
    reason_en: str
    title: str = ""
    held_from: date | None = None
    held_to: date | None = None
    grounds: tuple[GroundPart, ...] = ()
    other_official_ids: tuple[UUID, ...] = ()


class RemovedPart(Part):
    """An entry that a handler dropped, with the reason."""

    entry: ChainPart
    reason: str


class GapPart(Part):
    """A seat that nobody registered in the region."""

    region_code: str
    post_kind: str


class AdjustmentPart(Part):
    """What a handler did to the derived chain: `add` or `remove`, and why."""

    action: str
    post_id: UUID
    official_id: UUID | None = None
    reason: str


class DeathsPart(Part):
    """People who died on one day, and when that was recorded."""

    count: int
    died_on: date
    recorded_at: datetime
    concealed: bool = False


class ReportedPart(Part):
    """The figures as they were reported; `None` is not known, concealed ones come on top."""

    deaths: tuple[DeathsPart, ...] = ()
    serious_injuries: int | None = None
    direct_loss_yuan: int | None = None
    concealed_serious_injuries: int = 0
    concealed_loss_yuan: int = 0


class ReportStepPart(Part):
    """A receiver learned of the accident from a sender (none: the scene); a withdrawn step stays, with the reason."""

    receiver: str
    received_at: datetime
    sender: str | None = None
    recorded_at: datetime | None = None
    withdrawn: str | None = None


class ReportTargetPart(Part):
    """Up to whom the accident is reported, and since when that was known."""

    authority: str
    since: datetime


class ProceedingPart(Part):
    """A step after the accident: who took it on which day; what else it says depends on its `kind`.

    `authority` is the level that investigates, `days` are those that an extension granted, `until` is the last
    day of a technical appraisal. A withdrawn step stays, with the reason.
    """

    number: int
    kind: str
    day: date
    organ: str
    recorded_at: datetime
    organ_id: UUID | None = None
    authority: str | None = None
    days: int = 0
    until: date | None = None
    document: str | None = None
    reason: str | None = None
    rectification: str | None = None
    accountability: str | None = None
    withdrawn: str | None = None


class AnnulmentPart(Part):
    """Why the record was annulled: `recorded_by_mistake`, or `duplicate` of another accident that stands."""

    cause: str
    reason: str
    duplicate_of: UUID | None = None


class AccidentState(RegistryEvent):
    """An accident's full state with its derived level and the chain of posts to examine, as of the accident's day.

    Once `annulled`, everything else is as it last stood, and nothing may rest on it any more.
    """

    AGGREGATE: ClassVar[str] = "accident"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {
            "id",
            "region_code",
            "path",
            "occurred_at",
            "industry",
            "level",
            "deaths",
            "missing",
            "serious_injuries",
            "direct_loss_yuan",
            "investigated_by",
            "annulled",
        }
    )
    PUBLIC_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "region_code", "occurred_at", "industry", "level", "annulled"}
    )
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art21.4",)

    title: str
    region_code: str
    path: tuple[str, ...]
    occurred_at: datetime
    industry: str
    type_code: str | None
    type_standard: str | None
    level: Literal["一般", "较大", "重大", "特别重大"]
    decided_by: tuple[str, ...]
    level_if_missing_dead: str
    deaths: int
    missing: int
    serious_injuries: int
    direct_loss_yuan: int | None
    investigated_by: str
    chain: tuple[ChainPart, ...]
    chain_version: int
    exercise: bool = False
    type_name: str | None = None
    nature: str = "general"
    fields: tuple[str, ...] = ()
    zone_codes: tuple[str, ...] = ()
    reported: ReportedPart = ReportedPart()
    investigating_region: str | None = None
    taken_over_by: str | None = None
    chain_from: date | None = None
    removed: tuple[RemovedPart, ...] = ()
    gaps: tuple[GapPart, ...] = ()
    adjustments: tuple[AdjustmentPart, ...] = ()
    report_steps: tuple[ReportStepPart, ...] = ()
    report_targets: tuple[ReportTargetPart, ...] = ()
    proceedings: tuple[ProceedingPart, ...] = ()
    annulled: bool = False
    annulment: AnnulmentPart | None = None


class AccidentRecorded(AccidentState):
    """An accident was recorded."""

    NAME: ClassVar[str] = "recorded"


class AccidentRevised(AccidentState):
    """Casualties or loss were revised; the level and the chain follow."""

    NAME: ClassVar[str] = "revised"


class ChainRevised(AccidentState):
    """A roster correction that touches the accident's day, or a handler, changed the chain and nothing else."""

    NAME: ClassVar[str] = "chain_revised"


class ReportRecorded(AccidentState):
    """A step of reporting was recorded."""

    NAME: ClassVar[str] = "report_recorded"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art21.3",)


class AccidentCorrected(AccidentState):
    """Where, when, in which industry or of which type it was had been recorded wrongly; level and chain follow."""

    NAME: ClassVar[str] = "corrected"


class ReportWithdrawn(AccidentState):
    """A step of reporting recorded in error was withdrawn; it stays visible with the reason."""

    NAME: ClassVar[str] = "report_withdrawn"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art21.3",)


class AccidentMoved(AccidentState):
    """The place lies elsewhere than was recorded: told where it was thought to lie, before the event that says why."""

    NAME: ClassVar[str] = "moved"


class JurisdictionRevised(AccidentState):
    """Where the place lay on that day, or at which level a region investigates, is on record otherwise than before."""

    NAME: ClassVar[str] = "jurisdiction_revised"


class AccidentAnnulled(AccidentState):
    """The record was annulled: made by mistake, or of an accident that is on record already; it stays readable."""

    NAME: ClassVar[str] = "annulled"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art21.3", "art21.4")
