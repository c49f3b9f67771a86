"""What closed books of duties hold of an organ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BooksReference:
    """履职账册 as reference: how an organ's obligations of a period stood when its books were last closed or reopened.

    Of the lapses `founding` bind by the text or an adopted reading. It is about records, and about nobody.
    """

    books_id: UUID
    organ_id: UUID
    period: str
    from_day: date
    to_day: date
    closed: bool
    statuses: Mapping[str, int]
    founding: int
    exercise: bool = False
