"""Seats, portfolios and records of people as somebody would write them who knows no database; see `naive`."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.registry.tests.naive import FIRST, LAST

Answered = set[tuple[UUID, UUID | None, frozenset[UUID]]]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of something: `kind` is appointment, portfolio or official."""

    kind: str
    id: UUID
    version: int
    post: UUID | None = None
    official: UUID | None = None
    from_day: date = FIRST
    to_day: date | None = None
    acting: bool = False
    annulled: bool = False
    industry: str = ""
    merged_into: UUID | None = None

    def covers(self, day: date) -> bool:
        """Whether it holds on a day and was not annulled."""
        return not self.annulled and self.from_day <= day <= (self.to_day or LAST)

    def meets(self, other: "Version") -> bool:
        """Whether both hold on one day."""
        first = max(self.from_day, other.from_day)
        return first <= (self.to_day or LAST) and other.covers(first) and not self.annulled


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants; `target` and `seen` name what is changed and the version that was seen."""

    verb: str
    post: UUID
    official: UUID
    into: UUID
    from_day: date
    to_day: date | None
    acting: bool
    industry: str
    target: UUID | None = None
    seen: int | None = None


@dataclass(slots=True)
class NaivePeople:
    """Versions in the order of recording, each with its moment."""

    people: tuple[UUID, ...]
    told: list[tuple[datetime, Version]] = field(default_factory=list)

    def known(self, kind: str, moment: datetime | None = None) -> dict[UUID, Version]:
        """The newest version of each that had been recorded by then."""
        return {one.id: one for at, one in self.told if one.kind == kind and (moment is None or at <= moment)}

    def root(self, official: UUID, moment: datetime | None = None) -> UUID:
        """As whom a record answers."""
        records = self.known("official", moment)
        while (into := records[official].merged_into if official in records else None) is not None:
            official = into
        return official

    def person(self, official: UUID, moment: datetime | None = None) -> frozenset[UUID]:
        """Every record of a person."""
        root = self.root(official, moment)
        return frozenset(one for one in self.people if self.root(one, moment) == root)

    def answered(self, posts: Iterable[UUID], day: date, industry: str, moment: datetime) -> Answered:
        """Who answered for an industry on a day, as known at a moment; a vacant seat with nobody."""
        found: Answered = set()
        for post in posts:
            theirs = [one for one in self.known("portfolio", moment).values() if one.post == post and one.covers(day)]
            if not any(industry.startswith(one.industry) for one in theirs):
                continue
            seats = self.known("appointment", moment).values()
            held = [one.official for one in seats if one.post == post and one.covers(day) and one.official]
            found |= {(post, who, self.person(who, moment) - {who}) for who in held} or {(post, None, frozenset())}
        return found

    def outcome(self, draft: Draft, identity: UUID) -> Version | str:
        """The version that a draft would add, or why it is refused."""
        return {
            "appoint": self._appoint,
            "end": self._end,
            "assign": self._assign,
            "reassign": self._reassign,
            "withdraw": self._reassign,
            "merge": self._merge,
            "separate": self._separate,
        }[draft.verb](draft, identity)

    def _appoint(self, draft: Draft, identity: UUID) -> Version | str:
        if self.known("official")[draft.official].merged_into is not None:
            return "Conflict"
        made = Version(
            "appointment", identity, 1, draft.post, draft.official, draft.from_day, draft.to_day, draft.acting
        )
        return made if self._seated(made) else "Refused"

    def _end(self, draft: Draft, _identity: UUID) -> Version | str:
        before = self.known("appointment").get(draft.target) if draft.target else None
        if before is None:
            return "NotFound"
        if before.version != draft.seen:
            return "StaleVersion"
        after = replace(before, version=before.version + 1, to_day=draft.to_day or before.from_day)
        return after if self._seated(after) else "Refused"

    def _seated(self, made: Version) -> bool:
        if made.from_day < FIRST or (made.to_day is not None and made.to_day < made.from_day):
            return False
        rivals = [
            one
            for one in self.known("appointment").values()
            if one.id != made.id and one.post == made.post and made.meets(one)
        ]
        return not any(self._same(one, made) or not (one.acting or made.acting) for one in rivals)

    def _same(self, one: Version, other: Version) -> bool:
        return bool(one.official and other.official and self.root(one.official) == self.root(other.official))

    def _assign(self, draft: Draft, identity: UUID) -> Version | str:
        made = Version("portfolio", identity, 1, draft.post, None, draft.from_day, draft.to_day)
        return self._ordered(replace(made, industry=draft.industry))

    def _reassign(self, draft: Draft, _identity: UUID) -> Version | str:
        before = self.known("portfolio").get(draft.target) if draft.target else None
        if before is None:
            return "NotFound"
        if before.version != draft.seen:
            return "StaleVersion"
        if before.annulled:
            return "Conflict"
        changes: dict[str, Any] = {"annulled": True}
        if draft.verb == "reassign":
            changes = {"industry": draft.industry, "from_day": draft.from_day, "to_day": draft.to_day}
        return self._ordered(replace(before, version=before.version + 1, **changes))

    @staticmethod
    def _ordered(made: Version) -> Version | str:
        return made if made.to_day is None or made.from_day <= made.to_day else "Refused"

    def _merge(self, draft: Draft, _identity: UUID) -> Version | str:
        first, second = (self.known("official")[one] for one in (draft.official, draft.into))
        if first.version != draft.seen:
            return "StaleVersion"
        if draft.into in self.person(draft.official) or first.merged_into or second.merged_into:
            return "Conflict"
        held = [one for one in self.known("appointment").values() if not one.annulled]
        mine, theirs = ([one for one in held if one.official in self.person(who)] for who in (first.id, second.id))
        if any(one.post == other.post and one.meets(other) for one in mine for other in theirs):
            return "Refused"
        return replace(first, version=first.version + 1, merged_into=draft.into)

    def _separate(self, draft: Draft, _identity: UUID) -> Version | str:
        record = self.known("official")[draft.official]
        if record.version != draft.seen:
            return "StaleVersion"
        if record.merged_into is None:
            return "Conflict"
        ids, since = self.person(draft.official), self._begun(draft.official)
        appointed = [
            at for at, one in self.told if one.kind == "appointment" and one.version == 1 and one.official in ids
        ]
        merged = [self._begun(one) for one in ids if self.known("official")[one].merged_into is not None]
        if any(at > since for at in (*appointed, *merged)):
            return "Refused"
        return replace(record, version=record.version + 1, merged_into=None)

    def _begun(self, official: UUID) -> datetime:
        """When the merge in force was recorded: the last merging version."""
        return max(at for at, one in self.told if one.id == official and one.merged_into is not None)

    def add(self, at: datetime, made: Version) -> None:
        """Record a version."""
        self.told.append((at, made))

    def copy(self) -> "NaivePeople":
        """An independent one."""
        return NaivePeople(self.people, deepcopy(self.told))


def existing(naive: NaivePeople, kind: str, which: int) -> Version | None:
    """One of those that exist, in the order of their recording."""
    found: Sequence[Version] = list(naive.known(kind).values())
    return found[which % len(found)] if found else None
