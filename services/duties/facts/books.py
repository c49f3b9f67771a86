"""The books of a period (账册): closed by the safety committee's office, reopened only with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from services.duties.facts import Period


@dataclass(frozen=True, slots=True)
class BooksEntry:
    """The books were closed, or reopened, at an instant by a subject; a reopening has its reason."""

    closed: bool
    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """The books of a region, and of everything administered below it, for one period; the latest entry governs."""

    region_code: str
    period: Period
    entries: tuple[BooksEntry, ...] = ()
    exercise: bool = False

    @property
    def id(self) -> UUID:
        """The same for the same region and period."""
        return books_id(self.region_code, self.period, exercise=self.exercise)

    @property
    def closed(self) -> bool:
        """Whether they are closed now."""
        return bool(self.entries) and self.entries[-1].closed


def books_id(region_code: str, period: Period, *, exercise: bool) -> UUID:
    """The identity of the books of a region for a period; an exercise has books of its own."""
    return uuid5(NAMESPACE_URL, f"anze:books:{region_code}/{period.label}/{'exercise' if exercise else 'real'}")


def entries_about(
    books: Sequence[Books], path: Sequence[str], period: Period, *, exercise: bool
) -> tuple[BooksEntry, ...]:
    """Every entry of the books that govern a place for a period, in order of time."""
    found = (
        entry
        for one in books
        if one.region_code in path and one.period == period and one.exercise is exercise
        for entry in one.entries
    )
    return tuple(sorted(found, key=lambda entry: (entry.at, entry.closed)))
