"""The bitemporal register as somebody would write it who knows no database: every version ever, in one list.

Days are counted one by one and every question walks the whole list. What the real register answers must equal this.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

FIRST = date(2026, 1, 1)
LAST = date(2026, 1, 12)  # the seats exist from FIRST on; an open end is every day through LAST
CALENDAR = tuple(FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1))


@dataclass(frozen=True, slots=True)
class Row:
    """One version of an appointment."""

    id: UUID
    version: int
    post: UUID
    official: UUID
    from_day: date
    to_day: date | None
    acting: bool = False
    annulled: bool = False

    def days(self) -> set[date]:
        """Every day on which it is held."""
        last = LAST if self.to_day is None else self.to_day
        return {
            FIRST + timedelta(n)
            for n in range((LAST - FIRST).days + 1)
            if self.from_day <= FIRST + timedelta(n) <= last
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to write: a new appointment, or other days, or annulment, of one that exists."""

    verb: str
    post: UUID
    official: UUID
    from_day: date
    to_day: date | None
    acting: bool
    target: UUID | None = None
    seen: int | None = None


@dataclass(slots=True)
class Naive:
    """Versions in the order of recording, each with its moment."""

    versions: list[tuple[datetime, Row]] = field(default_factory=list)

    def known(self, moment: datetime | None = None) -> dict[UUID, Row]:
        """The newest version of each appointment that had been recorded by then."""
        return {row.id: row for at, row in self.versions if moment is None or at <= moment}

    def holders(self, post: UUID, day: date) -> list[Row]:
        """Who holds a seat on a day, as known now."""
        return [row for row in self.known().values() if row.post == post and not row.annulled and day in row.days()]

    def outcome(self, wish: Wish, identity: UUID) -> Row | str:
        """The version that a wish would add, or why it is refused."""
        before = None if wish.target is None else self.known().get(wish.target)
        if wish.target is not None and before is None:
            return "NotFound"
        if before is not None and wish.seen != before.version:
            return "StaleVersion"
        if before is not None and before.annulled:
            return "Conflict"
        if before is None:
            row = Row(identity, 1, wish.post, wish.official, wish.from_day, wish.to_day, wish.acting)
        elif wish.verb == "annul":
            return replace(before, version=before.version + 1, annulled=True)
        else:
            row = replace(before, version=before.version + 1, **self._changes(wish, before))
        return row if self._fits(row) else "Refused"

    @staticmethod
    def _changes(wish: Wish, before: Row) -> dict[str, Any]:
        if wish.verb == "end":
            return {"to_day": wish.to_day or before.from_day}
        if wish.verb == "reopen":
            return {"to_day": None}
        return {"from_day": wish.from_day, "to_day": wish.to_day, "acting": wish.acting}

    def _fits(self, row: Row) -> bool:
        if row.from_day < FIRST or (row.to_day is not None and row.to_day < row.from_day):
            return False
        for other in self.known().values():
            together = (
                other.id != row.id and other.post == row.post and not other.annulled and other.days() & row.days()
            )
            if together and (other.official == row.official or not (other.acting or row.acting)):
                return False
        return True

    def add(self, at: datetime, row: Row) -> None:
        """Record a version."""
        self.versions.append((at, row))

    def copy(self) -> "Naive":
        """An independent one."""
        return Naive(deepcopy(self.versions))

    def crowded(self) -> Iterator[tuple[UUID, date]]:
        """Seats that two hold in substance on one day: there must be none."""
        for post in {row.post for row in self.known().values()}:
            for day in CALENDAR:
                if sum(not row.acting for row in self.holders(post, day)) > 1:
                    yield post, day
