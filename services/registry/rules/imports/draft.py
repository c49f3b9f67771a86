"""The register as it would be after the lines so far: what they change is collected, what is wrong is noted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.facts.imports import (
    Change,
    Fault,
    Kind,
    Known,
    Line,
    OrganKey,
    PortfolioKey,
    PostKey,
    Register,
    TenureKey,
)
from shared.roster.facts import Appointment, Post, PostKind, Region, Span
from shared.statute.decision import Decision

_OWNERS = {
    Kind.POST: (Kind.ORGAN,),
    Kind.APPOINTMENT: (Kind.POST, Kind.OFFICIAL),
    Kind.PORTFOLIO: (Kind.POST,),
}


class Draft:
    """Reads through to the register what no line has changed yet."""

    def __init__(self, register: Register, new_id: Callable[[], UUID], *, exercise: bool) -> None:
        """`new_id` gives ids to what is new; `exercise` marks it beside what the region's own mark says."""
        self.register, self._new_id, self._exercise = register, new_id, exercise
        self._changes: dict[UUID, Change] = {}
        self.faults: list[Fault] = []
        self._organs: dict[OrganKey, Known] = dict(register.organs)
        self._posts: dict[PostKey, Known] = dict(register.posts)
        self._persons: dict[str, Known] = dict(register.persons)
        self._officials: dict[UUID, Known] = dict(register.officials)
        self._tenures = _by_post(register.appointments)
        self._portfolios = _by_post(register.portfolios)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the lines change so far: organs, then posts, officials, appointments."""
        order = list(Kind)
        return tuple(sorted(self._changes.values(), key=lambda one: order.index(one.kind)))

    def fault(self, line: Line, column: str | None, code: str, zh: str, en: str) -> None:
        """Note what is wrong with a line."""
        self.faults.append(Fault(line.number, column, code, zh, en, line.sheet))

    def refused(self, line: Line, column: str, decision: Decision) -> bool:
        """Note a rule's refusal; whether it refused."""
        if not decision:
            self.fault(line, column, decision.code, decision.reason_zh, decision.reason_en)
        return not decision

    def region(self, code: str, day: date) -> Region | None:
        """The region that had the code on the day; before the lists begin, the first that they know."""
        found = self.register.regions.get(code, ())
        first = min(found, key=lambda one: one.span.from_day, default=None)
        if first is not None and day < first.span.from_day:
            return first
        return next((one for one in found if one.span.covers(day)), None)

    def exercise_in(self, region: Region) -> bool:
        """Whether what is registered in the region is an exercise."""
        return self._exercise or region.exercise

    def organ(self, key: OrganKey) -> Known | None:
        """The organ recognised by the key."""
        return self._organs.get(key)

    def renamed(self, key: OrganKey) -> str | None:
        """What the organ is called today that is recognised by the key on another day only."""
        return self.register.renamed.get(key)

    def post(self, organ: UUID, kind: PostKind, title: str) -> Known | None:
        """The post recognised by organ, kind and title."""
        return self._posts.get((organ, kind, title))

    def posts_in(self, organ: UUID) -> list[Post]:
        """Every post of an organ."""
        return [as_post(known) for key, known in self._posts.items() if key[0] == organ]

    def official(self, identity: UUID) -> Known | None:
        """The official with that id."""
        return self._officials.get(identity)

    def person(self, person: str) -> Known | None:
        """The official with that citizen number."""
        return self._persons.get(person)

    def person_of(self, official: UUID) -> UUID:
        """The record as which the person answers, of whom this is one."""
        return self.register.same.get(official, official)

    def appointment(self, known: Known) -> Appointment:
        """An appointment as rules read it, as held by the person, under whichever record."""
        found = as_appointment(known)
        return replace(found, official_id=self.person_of(found.official_id))

    def portfolios(self, post: UUID) -> Iterable[Known]:
        """Every portfolio of a post, annulled ones too."""
        return list(self._portfolios.get(post, {}).values())

    def tenures(self, post: UUID) -> Iterable[Known]:
        """Every appointment to a post, annulled ones too."""
        return list(self._tenures.get(post, {}).values())

    def was(self, key: PostKey | TenureKey | PortfolioKey) -> bool:
        """Whether only an earlier version had that key."""
        return key in self.register.former

    def add(self, kind: Kind, fields: Mapping[str, Any], path: tuple[str, ...], line: Line) -> Known:
        """Something new."""
        known = Known(self._new_id(), fields)
        self._changes[known.id] = Change(kind, known.id, True, fields, path, line.number, _beside(kind, known))
        self._keep(kind, known, line)
        return known

    def correct(self, kind: Kind, known: Known, told: Mapping[str, Any], line: Line) -> Known:
        """What is told of something known; only what differs is a change, and an empty cell says nothing."""
        differing = {name: value for name, value in told.items() if value is not None and known.fields[name] != value}
        if not differing:
            return known
        before = self._changes.get(known.id)
        fields = {**(before.fields if before else {}), **differing}
        new = before is not None and before.new
        path = before.path if before else tuple(known.fields["path"])
        self._changes[known.id] = Change(kind, known.id, new, fields, path, line.number, _beside(kind, known))
        changed = Known(known.id, {**known.fields, **differing}, known.reachable)
        self._keep(kind, changed, line)
        return changed

    def touch(self, official: Known, line: Line) -> None:
        """The line puts a citizen number on file of an official of whom nothing else changes."""
        if official.id not in self._changes:
            path = tuple(official.fields["path"])
            self._changes[official.id] = Change(Kind.OFFICIAL, official.id, False, {}, path, line.number)

    def _keep(self, kind: Kind, known: Known, line: Line) -> None:
        fields = known.fields
        if kind is Kind.ORGAN:
            self._organs[line.organ_key] = known
        elif kind is Kind.POST:
            self._posts[fields["organ_id"], PostKind(fields["kind"]), fields["title"]] = known
        elif kind is Kind.OFFICIAL:
            self._officials[known.id] = known
            if line.person is not None:
                self._persons[line.person] = known
        else:
            kept = self._tenures if kind is Kind.APPOINTMENT else self._portfolios
            kept.setdefault(fields["post_id"], {})[known.id] = known


def _by_post(found: Mapping[UUID, Iterable[Known]]) -> dict[UUID, dict[UUID, Known]]:
    return {post: {one.id: one for one in several} for post, several in found.items()}


def _beside(kind: Kind, known: Known) -> tuple[tuple[Kind, UUID], ...]:
    owners = _OWNERS.get(kind, ())
    return tuple((owner, known.fields[f"{owner}_id"]) for owner in owners)


def as_post(known: Known) -> Post:
    """A post as rules read it."""
    fields = known.fields
    span = Span(fields["from_day"], fields["to_day"])
    return Post(known.id, fields["organ_id"], PostKind(fields["kind"]), fields["title"], span, fields["exercise"])


def as_appointment(known: Known) -> Appointment:
    """An appointment as rules read it."""
    fields = known.fields
    return Appointment(
        known.id,
        fields["post_id"],
        fields["official_id"],
        Span(fields["from_day"], fields["to_day"]),
        acting=fields["acting"],
        promotion=fields["promotion"],
        annulled=fields["annulled"],
        exercise=fields["exercise"],
    )
