"""The roster: full states of regions, organs, posts, officials, appointments, portfolios."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.registry.base import Part, RegistryEvent


class RegionState(RegistryEvent):
    """A region's full state: identity is the code with its dates."""

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


class RegionRegistered(RegionState):
    """A region was registered."""

    NAME: ClassVar[str] = "registered"


class RegionChanged(RegionState):
    """A region's facts changed, e.g. its competence level was confirmed."""

    NAME: ClassVar[str] = "changed"


class RolePart(Part):
    """A department's role for work safety, by date."""

    role: str
    from_day: date
    to_day: date | None = None
    industries: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    function: str | None = None
    document: str | None = None


class OrganState(RegistryEvent):
    """An organ's full state."""

    AGGREGATE: ClassVar[str] = "organ"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "name", "kind", "region_code", "roles", "from_day", "to_day"}
    )
    PUBLIC_FIELDS: ClassVar[frozenset[str] | None] = AGENCY_FIELDS
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art2",)

    name: str
    kind: str
    region_code: str
    from_day: date
    to_day: date | None = None
    roles: tuple[RolePart, ...] = ()
    parent_id: UUID | None = None
    exercise: bool = False
    credit_code: str | None = None


class OrganRegistered(OrganState):
    """An organ was registered."""

    NAME: ClassVar[str] = "registered"


class OrganChanged(OrganState):
    """An organ's facts changed."""

    NAME: ClassVar[str] = "changed"


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
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset({"id"})
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art2",)

    name: str
    exercise: bool = False
    reading: str | None = None


class OfficialRegistered(OfficialState):
    """An official was registered."""

    NAME: ClassVar[str] = "registered"


class OfficialChanged(OfficialState):
    """An official's facts changed."""

    NAME: ClassVar[str] = "changed"


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
