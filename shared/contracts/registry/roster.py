"""The roster: full states of regions, organs, posts, officials, appointments, portfolios."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.registry.base import Part, RegistryEvent


class DatedTierPart(Part):
    """层级 from a day on, by a document."""

    tier: str
    from_day: date
    document: str | None = None


class DatedParentPart(Part):
    """行政上级 from a day on, with the path of codes that it gives; by a document."""

    admin_parent: str | None
    path: tuple[str, ...]
    from_day: date
    document: str | None = None


class DatedCompetencePart(Part):
    """管辖级别 from a day on, as confirmed by a document; null: nobody confirmed it for these days."""

    competence: str | None
    from_day: date
    document: str | None = None


class DatedNamePart(Part):
    """The name of an organ or a region from a day on, by a document."""

    name: str
    from_day: date
    document: str | None = None
    issuer: str | None = None
    issued_on: date | None = None


class RegionState(RegistryEvent):
    """A region's full state: identity is the code with its dates.

    Tier, parent, competence and name may change from a day on, each by itself: `tiers`, `parents`, `competences` and
    `names` hold what was and will be, earliest first, and are empty where nothing ever changed. The plain fields say
    what was in force when the event was recorded.
    """

    AGGREGATE: ClassVar[str] = "region"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "code", "name", "tier", "path", "from_day", "to_day"}
    )
    PUBLIC_FIELDS: ClassVar[frozenset[str] | None] = AGENCY_FIELDS
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art2",)

    code: str
    name: str
    tier: str
    code_parent: str | None
    admin_parent: str | None
    path: tuple[str, ...]
    from_day: date
    to_day: date | None = None
    competence: str | None = None
    exercise: bool = False
    tiers: tuple[DatedTierPart, ...] = ()
    parents: tuple[DatedParentPart, ...] = ()
    competences: tuple[DatedCompetencePart, ...] = ()
    names: tuple[DatedNamePart, ...] = ()
    successor_codes: tuple[str, ...] = ()
    managing_organ_id: UUID | None = None
    document: str | None = None
    ended_by: str | None = None


class RegionRegistered(RegionState):
    """A region was registered."""

    NAME: ClassVar[str] = "registered"


class RegionChanged(RegionState):
    """A region's facts changed, e.g. its competence level was confirmed."""

    NAME: ClassVar[str] = "changed"


class RegionEnded(RegionState):
    """A region ended on a day, by a document; `successor_codes` name what came after it."""

    NAME: ClassVar[str] = "ended"


class RolePart(Part):
    """A department's role for work safety, by date, with the document that decides it: number, organ, day."""

    role: str
    from_day: date
    to_day: date | None = None
    industries: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    function: str | None = None
    document: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    side: str | None = None


class HeirPart(Part):
    """An organ that took over from another, and by which functions."""

    organ_id: UUID
    functions: tuple[str, ...] = ()


class SuccessionPart(Part):
    """机构沿革: what became of an organ on `day`, by which document, and who took over which function."""

    kind: str
    day: date
    heirs: tuple[HeirPart, ...] = ()
    document: str
    issuer: str
    issued_on: date


class OrganState(RegistryEvent):
    """An organ's full state.

    `name` is that in force when the event was recorded; `names` holds those by date where it was ever renamed. Who else
    reads it learns of a role what it is, on which side, for what and how long; documents, their issuers and functions
    are words of clerks and stay inside.
    """

    AGGREGATE: ClassVar[str] = "organ"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "name", "kind", "region_code", "roles", "from_day", "to_day"}
    )
    PUBLIC_FIELDS: ClassVar[frozenset[str] | None] = AGENCY_FIELDS
    PUBLISHED_PARTS: ClassVar[Mapping[str, frozenset[str]]] = {
        "roles": frozenset({"role", "side", "from_day", "to_day", "industries", "fields"})
    }
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art2",)

    name: str
    kind: str
    region_code: str
    from_day: date
    to_day: date | None = None
    roles: tuple[RolePart, ...] = ()
    parent_id: UUID | None = None
    exercise: bool = False
    names: tuple[DatedNamePart, ...] = ()
    successions: tuple[SuccessionPart, ...] = ()
    predecessor_ids: tuple[UUID, ...] = ()
    credit_code: str | None = None


class OrganRegistered(OrganState):
    """An organ was registered."""

    NAME: ClassVar[str] = "registered"


class OrganChanged(OrganState):
    """An organ's facts changed."""

    NAME: ClassVar[str] = "changed"


class OrganSucceeded(OrganState):
    """An organ was renamed, merged, split or abolished; its duties follow by function."""

    NAME: ClassVar[str] = "succeeded"


class PostState(RegistryEvent):
    """A post's full state."""

    AGGREGATE: ClassVar[str] = "post"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "organ_id", "kind", "title", "from_day", "to_day"}
    )
    PUBLIC_FIELDS: ClassVar[frozenset[str] | None] = AGENCY_FIELDS
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art2",)

    organ_id: UUID
    kind: str
    title: str
    from_day: date
    to_day: date | None = None
    exercise: bool = False


class PostRegistered(PostState):
    """A post was registered."""

    NAME: ClassVar[str] = "registered"


class PostChanged(PostState):
    """A post's facts changed."""

    NAME: ClassVar[str] = "changed"


class OfficialState(RegistryEvent):
    """An official's full state; the only events in which a name travels, and never a citizen number."""

    AGGREGATE: ClassVar[str] = "official"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset({"id", "merged_into"})
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art2",)

    name: str
    exercise: bool = False
    merged_into: UUID | None = None
    reading: str | None = None


class OfficialRegistered(OfficialState):
    """An official was registered."""

    NAME: ClassVar[str] = "registered"


class OfficialChanged(OfficialState):
    """An official's facts changed."""

    NAME: ClassVar[str] = "changed"


class OfficialMerged(OfficialState):
    """Two records are of one person: this one goes on answering, and says into which it was merged."""

    NAME: ClassVar[str] = "merged"


class OfficialSeparated(OfficialState):
    """A merge was undone: the two records are of two persons."""

    NAME: ClassVar[str] = "separated"


class AppointmentState(RegistryEvent):
    """An appointment's full state."""

    AGGREGATE: ClassVar[str] = "appointment"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "post_id", "official_id", "from_day", "to_day", "acting", "annulled"}
    )
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art2",)

    post_id: UUID
    official_id: UUID
    from_day: date
    to_day: date | None = None
    acting: bool = False
    promotion: bool = False
    end_reason: str | None = None
    annulled: bool = False
    source_recorded_at: datetime | None = None
    attested_by: str | None = None
    flags: tuple[str, ...] = ()
    exercise: bool = False
    end_cause: str | None = None


class AppointmentRecorded(AppointmentState):
    """An appointment was recorded."""

    NAME: ClassVar[str] = "recorded"


class AppointmentCorrected(AppointmentState):
    """An appointment's days or kind were corrected or ended; what was recorded before stays readable."""

    NAME: ClassVar[str] = "corrected"


class AppointmentAnnulled(AppointmentState):
    """An appointment was annulled: it never took place."""

    NAME: ClassVar[str] = "annulled"


class PromotionFlagged(AppointmentState):
    """A promotion stands against a veto or an effect period (Art. 23); a person decides what follows."""

    NAME: ClassVar[str] = "promotion_flagged"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art23",)


class PortfolioState(RegistryEvent):
    """A portfolio's full state."""

    AGGREGATE: ClassVar[str] = "portfolio"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "post_id", "industries", "fields", "organ_ids", "from_day", "to_day", "annulled"}
    )
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art4",)

    post_id: UUID
    from_day: date
    to_day: date | None = None
    industries: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    organ_ids: tuple[UUID, ...] = ()
    annulled: bool = False
    exercise: bool = False
    source_recorded_at: datetime | None = None
    attested_by: str | None = None


class PortfolioAssigned(PortfolioState):
    """A portfolio was assigned."""

    NAME: ClassVar[str] = "assigned"


class PortfolioCorrected(PortfolioState):
    """A portfolio was corrected or ended."""

    NAME: ClassVar[str] = "corrected"


class CitizenNumberRead(RegistryEvent):
    """Somebody read a citizen number; a fact about the reader that never leaves the registry."""

    AGGREGATE: ClassVar[str] = "reading"
    NAME: ClassVar[str] = "citizen_number_read"
    PUBLISHED: ClassVar[bool] = False

    official_id: UUID
    purpose: str
