"""Five years of who held what: successions, vacancies, acting heads, promotions, concurrent posts.

Posts are filled from the highest down. A successor is either somebody new or promoted from a lower post of the same
region, whose own seat then falls free on that day; so every career is one that could have been lived.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from bench.province.people import citizen_number, name
from bench.province.plan import Person, Plan, Slice
from shared.roster.facts import Appointment, Official, Post, Span

_TURNS, _TURN_WEIGHTS = (1, 2, 3), (60, 32, 8)
_DAY = timedelta(days=1)
_PROMOTED, _ACTING, _GAP, _VACANT = 0.45, 0.3, 0.35, 0.05
_REASONS = ("转任", "退休", "交流任职", "辞去职务")


@dataclass(slots=True)
class Careers:
    """Fills the posts of one region."""

    plan: Plan
    random: Random
    into: Slice
    serial: int
    leaving: dict[UUID, tuple[date, UUID]] = field(default_factory=dict)
    gaps: list[tuple[Post, Span]] = field(default_factory=list)

    def fill(self, posts: list[Post], concurrent: dict[UUID, UUID]) -> None:
        """Appointments to `posts`, highest first; `concurrent` maps a post to the one whose holders it shares."""
        for rank, post in enumerate(posts):
            if post.id not in concurrent:
                self.into.appointments.extend(self._turns(post, posts[rank + 1 :], set(concurrent)))
        for post in posts:
            if post.id in concurrent:
                self._share(post, concurrent[post.id])
        self._act()

    def _turns(self, post: Post, lower: list[Post], shared: set[UUID]) -> Iterator[Appointment]:
        """The holders of one post in order; the one whom a higher post took leaves on the day before."""
        taken = self.leaving.get(post.id)
        ends = self._ends(taken and taken[0])
        begun = self.plan.since - timedelta(days=self.random.randrange(730))
        for number, last in enumerate((*ends, None)):
            leaver = taken is not None and last == taken[0]
            incoming = self._promoted(begun, lower, shared) if number and not leaver else None
            holder = taken[1] if leaver and taken is not None else incoming or self._hire()
            reason = None if last is None else "提任" if leaver else self.random.choice(_REASONS)
            yield self._appointment(post, holder, Span(begun, last), reason, promotion=incoming is not None)
            if last is None:
                return
            if last == ends[-1] and self.random.random() < _VACANT:
                self.gaps.append((post, Span(last + _DAY)))
                return
            begun = self._next(post, last)

    def _ends(self, taken: date | None) -> list[date]:
        turns = self.random.choices(_TURNS, _TURN_WEIGHTS)[0]
        days = (self.plan.until - self.plan.since).days
        ends = {self.plan.since + timedelta(days=self.random.randrange(200, days)) for _ in range(turns - 1)}
        if taken is not None:
            ends = {day for day in ends if abs((day - taken).days) > 200} | {taken}
        spaced: list[date] = []
        for day in sorted(ends):
            if day == taken or not spaced or (day - spaced[-1]).days > 200:
                spaced.append(day)
        return spaced

    def _next(self, post: Post, last: date) -> date:
        """The first day of the successor, after a gap now and then."""
        if self.random.random() > _GAP:
            return last + _DAY
        begun = min(last + timedelta(days=self.random.randrange(10, 120)), self.plan.until)
        if begun > last + _DAY:
            self.gaps.append((post, Span(last + _DAY, begun - _DAY)))
        return max(begun, last + _DAY)

    def _promoted(self, day: date, lower: list[Post], shared: set[UUID]) -> UUID | None:
        """Somebody from a lower post whose seat falls free on the day before; None where nobody is taken."""
        if not lower or self.random.random() > _PROMOTED or (day - self.plan.since).days < 200:
            return None
        seat = self.random.choice(lower)
        if seat.id in self.leaving or seat.id in shared:
            return None
        official = self._hire()
        self.leaving[seat.id] = (day - _DAY, official)
        return official

    def _share(self, post: Post, other: UUID) -> None:
        for held in [one for one in self.into.appointments if one.post_id == other]:
            self.into.appointments.append(replace(held, id=self._uuid(), post_id=post.id, promotion=False))

    def _act(self) -> None:
        """Some gaps are bridged by an acting head: a colleague of the same organ who keeps the own post."""
        organ_of = {post.id: post.organ_id for post in self.into.posts}
        held: dict[UUID, list[Appointment]] = {}
        for one in self.into.appointments:
            held.setdefault(organ_of[one.post_id], []).append(one)
        for post, span in self.gaps:
            if self.random.random() < _ACTING:
                colleagues = [
                    one
                    for one in held[post.organ_id]
                    if one.post_id != post.id
                    and all(map(one.span.covers, (span.from_day, span.to_day or self.plan.until)))
                ]
                if colleagues:
                    stand_in = self.random.choice(colleagues).official_id
                    reason = None if span.to_day is None else "主持工作结束"
                    self.into.appointments.append(self._appointment(post, stand_in, span, reason, acting=True))

    def _appointment(
        self,
        post: Post,
        official: UUID,
        span: Span,
        reason: str | None,
        *,
        acting: bool = False,
        promotion: bool = False,
    ) -> Appointment:
        mark = self.plan.exercise or post.exercise
        return Appointment(self._uuid(), post.id, official, span, acting, promotion, reason, exercise=mark)

    def _hire(self) -> UUID:
        identity = self._uuid()
        official = Official(
            identity, name(self.serial), exercise=self.plan.exercise or self.into.region.path[0][0] == "9"
        )
        self.into.people[identity] = Person(official, citizen_number(self.serial))
        self.serial += 1
        return identity

    def _uuid(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)
