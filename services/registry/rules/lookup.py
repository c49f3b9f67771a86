"""Looking things up in a slice of the register on a day; annulled rows are as if never written."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.rules.merging import Persons
from shared.roster.facts import (
    Appointment,
    Organ,
    OrganKind,
    Portfolio,
    Post,
    PostKind,
    Region,
    Roster,
)


class Lookup:
    """A roster indexed once, for one day and for one world: real posts or exercise (演练) posts."""

    def __init__(self, roster: Roster, day: date, *, exercise: bool) -> None:
        """`day` is the day asked about; only organs, posts and rows with this `exercise` mark are seen."""
        self.day = day
        self.exercise = exercise
        self._roster = roster
        self.persons = Persons(roster.officials)
        self._regions = {region.code: region for region in roster.regions if region.span.covers(day)}
        self._organs: dict[str, list[Organ]] = defaultdict(list)
        self.organs = {organ.id: organ for organ in roster.organs if organ.exercise is exercise}
        self.posts = {post.id: post for post in roster.posts}
        self._posts: dict[UUID, list[Post]] = defaultdict(list)
        self._appointments: dict[UUID, list[Appointment]] = defaultdict(list)
        self._portfolios: dict[UUID, list[Portfolio]] = defaultdict(list)
        for organ in roster.organs:
            if organ.exercise is exercise and organ.span.covers(day):
                self._organs[organ.region_code].append(replace(organ, name=organ.name_on(day)))
        self._add_managers()
        for post in roster.posts:
            if post.exercise is exercise and post.span.covers(day):
                self._posts[post.organ_id].append(post)
        for appointment in roster.appointments:
            if not appointment.annulled:
                self._appointments[appointment.post_id].append(appointment)
        for portfolio in roster.portfolios:
            if not portfolio.annulled and portfolio.span.covers(day):
                self._portfolios[portfolio.post_id].append(portfolio)

    def _add_managers(self) -> None:
        """A zone has its managing organ wherever that is registered."""
        for region in self._regions.values():
            manager = self.organs.get(region.managing_organ_id) if region.managing_organ_id else None
            if manager is not None and manager.region_code != region.code and manager.span.covers(self.day):
                self._organs[region.code].append(replace(manager, name=manager.name_on(self.day)))

    def region(self, code: str) -> Region:
        """The region that had `code` on the day; ValueError where none had."""
        region = self._regions.get(code)
        if region is None:
            raise ValueError(f"no region {code} is registered for {self.day}")
        return region

    def organs_of(self, region_code: str, *kinds: OrganKind) -> tuple[Organ, ...]:
        """The region's organs of these kinds (any kind where none is named), in order of name; a zone's manager too."""
        found = (organ for organ in self._organs[region_code] if not kinds or organ.kind in kinds)
        return tuple(sorted(found, key=lambda organ: (organ.name, organ.id)))

    def posts_of(self, organ: Organ, *kinds: PostKind) -> tuple[Post, ...]:
        """The organ's posts of these kinds (any kind where none is named), in order of title."""
        found = (post for post in self._posts[organ.id] if not kinds or post.kind in kinds)
        return tuple(sorted(found, key=lambda post: (post.title, post.id)))

    def holders(self, post_id: UUID) -> tuple[Appointment, ...]:
        """Who held the post on the day, acting ones last; none means vacant."""
        found = (item for item in self._appointments[post_id] if item.span.covers(self.day))
        return tuple(sorted(found, key=lambda item: (item.acting, item.span.from_day, item.id)))

    def appointments(self, post_id: UUID) -> tuple[Appointment, ...]:
        """All appointments to the post, in order of time."""
        return tuple(sorted(self._appointments[post_id], key=lambda item: (item.span.from_day, item.id)))

    def portfolios(self, post_id: UUID) -> tuple[Portfolio, ...]:
        """What the post answered for on the day."""
        return tuple(self._portfolios[post_id])

    def on(self, day: date) -> "Lookup":
        """The same roster on another day."""
        return Lookup(self._roster, day, exercise=self.exercise)

    def last_days(self, first: date) -> set[date]:
        """The days, from `first` on and before the day asked about, on which a post, portfolio or role ended."""
        spans = (
            *(post.span for post in self._roster.posts if post.exercise is self.exercise),
            *(one.span for one in self._roster.portfolios if not one.annulled),
            *(role.span for organ in self.organs.values() for role in organ.roles),
        )
        return {one.to_day for one in spans if one.to_day is not None and first <= one.to_day < self.day}
