"""What duties says happened to the yearly responsibility lists (art6.5)."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.duties.base import DutiesEvent, Part


class ListItemPart(Part):
    """One line of a list: a leader's post, the duty it comes from, its words."""

    id: UUID
    post_id: UUID
    text: str
    duty_id: str | None = None


class ListApprovalPart(Part):
    """Which subject approved when, by which document."""

    by: str
    approved_on: date
    document: str


class ListPublicationPart(Part):
    """公示: when, by which channel and where, the digest of what was published, the act recorded for it."""

    published_on: date
    channel: str
    place: str
    sha256: str
    performance_id: UUID | None = None


class ItemResultPart(Part):
    """How one item was carried out: `carried_out`, `partly`, `not_carried_out`."""

    item_id: UUID
    outcome: str
    note: str = ""


class ListAssessmentPart(Part):
    """检查考核 of a half-year, item by item, and the filings of its result, one for each recipient."""

    half: int
    assessed_on: date
    results: tuple[ItemResultPart, ...]
    sha256: str
    performance_id: UUID | None = None
    filing_ids: tuple[UUID, ...] = ()


class ResponsibilityListState(DutiesEvent):
    """年度安全生产工作责任清单: the yearly list of one government's leaders, whole."""

    AGGREGATE: ClassVar[str] = "responsibility_list"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art6.5",)

    organ_id: UUID
    year: int
    items: tuple[ListItemPart, ...]
    drafted_by: str
    edition: int = 1
    approval: ListApprovalPart | None = None
    publication: ListPublicationPart | None = None
    assessments: tuple[ListAssessmentPart, ...] = ()


class ResponsibilityListDrafted(ResponsibilityListState):
    """A list was drafted from the catalogue."""

    NAME: ClassVar[str] = "drafted"


class ResponsibilityListAmended(ResponsibilityListState):
    """Its items were changed; what had been approved needs approval again."""

    NAME: ClassVar[str] = "amended"


class ResponsibilityListApproved(ResponsibilityListState):
    """Another person than the drafter approved it."""

    NAME: ClassVar[str] = "approved"


class ResponsibilityListPublished(ResponsibilityListState):
    """It was made public; the public reads its items and where they were published, and nobody's name."""

    NAME: ClassVar[str] = "published"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset({"id", "organ_id", "year", "edition", "items"})
    PUBLIC_FIELDS: ClassVar[frozenset[str] | None] = frozenset({"id", "organ_id", "year", "edition", "items"})


class ResponsibilityListAssessed(ResponsibilityListState):
    """How its items were carried out in a half-year was checked and assessed."""

    NAME: ClassVar[str] = "assessed"
