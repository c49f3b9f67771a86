"""What inspection tours says happened: tours with their findings, and the dated list of whom they cover.

Nothing here names a person. What is planned stays inside: other agencies read a tour from its result on.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.kernel.envelope import Event

_RESULT_FIELDS = frozenset({"id", "kind", "state", "region_code", "organ_ids", "opened_on", "result_on"})


class Part(BaseModel):
    """A nested part of an event; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ToursEvent(Event):
    """Every event of inspection tours; `path` holds the codes of the administrative ancestors, province first."""

    PRODUCER: ClassVar[str] = "inspection_tours"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art14",)

    path: tuple[str, ...]
    exercise: bool = False


class RecheckPart(Part):
    """复查: by which subject, when, whether the problem is solved, and what was seen."""

    by: str
    on: date
    solved: bool
    words: str


class FindingPart(Part):
    """问题 with its rectification and re-checks; `state`: `open`, `rectified`, `closed`."""

    id: UUID
    problem: str
    recorded_by: str
    recorded_on: date
    state: str = "open"
    rectification: str = ""
    rectified_by: str | None = None
    rectified_on: date | None = None
    rechecks: tuple[RecheckPart, ...] = ()


class TourState(ToursEvent):
    """巡查: the full state of a tour.

    `kind`: `routine`, `special`, `random`; only routine tours count for the two-yearly cycle. `state`: `proposed`,
    `planned`, `opened`, `findings`, `result`, `closed`, `declined`. From the result on, `official_ids` are the
    officials of the visited bodies (`organ_ids`) on the day it opened: the result is reference for them. `questioned`:
    why its accident no longer founds it; empty where it does.
    """

    AGGREGATE: ClassVar[str] = "tour"

    kind: str
    state: str
    region_code: str
    organ_ids: tuple[UUID, ...]
    findings: tuple[FindingPart, ...] = ()
    planned_for: date | None = None
    opened_on: date | None = None
    result: str = ""
    accident_id: UUID | None = None
    reason: str = ""
    team: tuple[str, ...] = ()
    samples: int = 0
    result_on: date | None = None
    closed_on: date | None = None
    official_ids: tuple[UUID, ...] = ()
    questioned: str = ""


class TourProposed(TourState):
    """An accident proposed a special tour of its place, or does again; people plan or decline it."""

    NAME: ClassVar[str] = "proposed"


class TourPlanned(TourState):
    """A tour has a day, a team and bodies to visit."""

    NAME: ClassVar[str] = "planned"


class TourDeclined(TourState):
    """A person declined it with a reason, or what founded the proposal fell away, as `questioned` or `reason` says."""

    NAME: ClassVar[str] = "declined"


class TourNoted(TourState):
    """What founded it changed: the accident's place or record, as `reason` says, or its level (`questioned`)."""

    NAME: ClassVar[str] = "noted"


class TourOpened(TourState):
    """A tour began."""

    NAME: ClassVar[str] = "opened"


class FindingRecorded(TourState):
    """Problems were recorded, or that there were none."""

    NAME: ClassVar[str] = "finding_recorded"


class FindingRectified(TourState):
    """The rectification of a problem was reported."""

    NAME: ClassVar[str] = "finding_rectified"


class FindingRechecked(TourState):
    """Another person looked again; the problem is closed, or open again."""

    NAME: ClassVar[str] = "finding_rechecked"


class TourResultGiven(TourState):
    """The result was given; it is reference for appraisal."""

    NAME: ClassVar[str] = "result_given"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = _RESULT_FIELDS
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art14", "art16")


class TourClosed(TourState):
    """Every problem was re-checked and closed, and so was the tour."""

    NAME: ClassVar[str] = "closed"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = _RESULT_FIELDS


class ListingRegistered(ToursEvent):
    """A relevant department (`organ_id`) joined the dated list, or a zone (none) was put under routine tours."""

    AGGREGATE: ClassVar[str] = "listing"
    NAME: ClassVar[str] = "registered"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "organ_id", "region_code", "from_day", "to_day", "document"}
    )

    organ_id: UUID | None
    region_code: str
    from_day: date
    to_day: date | None = None
    document: str
