"""What duties says happened to the books of periods."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.duties.base import DutiesEvent, Part


class BooksEntryPart(Part):
    """The books were closed, or reopened with a reason; `by` is the subject who did it."""

    closed: bool
    at: datetime
    by: str
    reason: str = ""


class OrganTallyPart(Part):
    """How many obligations of an organ stood how; of its lapses `founding` bind by text or an adopted reading."""

    organ_id: UUID
    statuses: dict[str, int]
    founding: int


class BooksState(DutiesEvent):
    """账册: the books of a region, and of everything administered below it, for one period.

    What is recorded while they are closed counts once a reviewer confirmed it. `organs`: how the obligations of the
    region's own organs for this period stood at the latest entry. It is about records, and about nobody.
    """

    AGGREGATE: ClassVar[str] = "books"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art16", "art28")

    region_code: str
    period: str
    period_kind: str
    from_day: date
    to_day: date
    closed: bool
    entries: tuple[BooksEntryPart, ...]
    organs: tuple[OrganTallyPart, ...] = ()


class BooksClosed(BooksState):
    """The safety committee's office closed the books."""

    NAME: ClassVar[str] = "closed"


class BooksReopened(BooksState):
    """The safety committee's office reopened the books, and said why."""

    NAME: ClassVar[str] = "reopened"
