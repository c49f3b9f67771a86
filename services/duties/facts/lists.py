"""年度安全生产工作责任清单: a government's yearly list of what each of its leaders answers for (art6.5)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ListItem:
    """One line: a leader's post, the duty of the catalogue it comes from (`None` for one's own), and its words."""

    id: UUID
    post_id: UUID
    text: str
    duty_id: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who (a subject) approved the list when, by which document."""

    by: str
    approved_on: date
    document: str


@dataclass(frozen=True, slots=True)
class Publication:
    """公示: when, by which channel and where; `sha256` of what was published."""

    published_on: date
    channel: str
    place: str
    sha256: str
    performance_id: UUID | None = None


class ItemOutcome(StrEnum):
    """How an item was carried out in a half-year, as the assessment saw it."""

    CARRIED_OUT = "carried_out"
    PARTLY = "partly"
    NOT_CARRIED_OUT = "not_carried_out"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The result of one item."""

    item_id: UUID
    outcome: ItemOutcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """检查考核 of a half-year (1 or 2): one result per item, the document that says so, and its filings."""

    half: int
    assessed_on: date
    results: tuple[ItemResult, ...]
    sha256: str
    performance_id: UUID | None = None
    filing_ids: tuple[UUID, ...] = ()


class ListStage(StrEnum):
    """How far a list is; derived."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class ResponsibilityList:
    """The list of one government for one year; `edition` counts amendments of what was approved before."""

    id: UUID
    organ_id: UUID
    year: int
    items: tuple[ListItem, ...]
    drafted_by: str
    edition: int = 1
    approval: Approval | None = None
    publication: Publication | None = None
    assessments: tuple[Assessment, ...] = ()
    exercise: bool = False

    @property
    def stage(self) -> ListStage:
        """How far it is."""
        if self.publication is not None:
            return ListStage.PUBLISHED
        return ListStage.DRAFTED if self.approval is None else ListStage.APPROVED
