"""One region's facts by day, and since when something about them has been so."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

from services.registry.facts.findings import Declaration, DeclarationKind, Findable, InvestigatedAccident, PromotionFlag
from services.registry.rules.merging import Persons
from services.registry.rules.succession import inherited_on
from shared.roster.facts import Appointment, Organ, OrganKind, Portfolio, Post, PostKind, Region, Span

_DAY = timedelta(days=1)


def since(day: date, changes: Iterable[date], holds: Callable[[date], bool]) -> date | None:
    """The first day of the unbroken run up to `day` on which `holds`; None where it does not hold on `day`.

    `changes` are the days on which the answer can change; before the first of them nothing is asked. Where it held from
    there on, that is the first day.
    """
    if not holds(day):
        return None
    first = day
    for change in sorted({one for one in changes if one <= day}, reverse=True):
        if not holds(change):
            break
        first = change
    return first


def edges(*spans: Span) -> Iterator[date]:
    """The days on which a span begins, and those after its last."""
    for span in spans:
        yield span.from_day
        if span.to_day is not None and span.to_day < date.max:
            yield span.to_day + _DAY


class Index:
    """Everything findable, by what it belongs to; one world, real or exercise."""

    def __init__(self, found: Findable, *, exercise: bool) -> None:
        """Annulled rows are as if never written."""
        self.exercise = exercise
        self.flags = found.flags
        self.organs: dict[str, list[Organ]] = defaultdict(list)
        self.posts: dict[UUID, list[Post]] = defaultdict(list)
        self.held: dict[UUID, list[Appointment]] = defaultdict(list)
        self.portfolios: dict[UUID, list[Portfolio]] = defaultdict(list)
        self.declared: dict[str, list[Declaration]] = defaultdict(list)
        roster = found.roster
        self.persons = Persons(roster.officials)
        self.named = {organ.id: organ for organ in roster.organs}
        self.in_world = {identity: organ for identity, organ in self.named.items() if organ.exercise is exercise}
        for organ in self.in_world.values():
            self.organs[organ.region_code].append(organ)
        for post in (one for one in roster.posts if one.exercise is exercise):
            self.posts[post.organ_id].append(post)
        for appointment in (one for one in roster.appointments if not one.annulled):
            self.held[appointment.post_id].append(appointment)
        for portfolio in (one for one in roster.portfolios if not one.annulled):
            self.portfolios[portfolio.post_id].append(portfolio)
        for declaration in (one for one in found.declarations if not one.annulled and one.exercise is exercise):
            self.declared[declaration.region_code].append(declaration)
        self.accidents: dict[str, list[InvestigatedAccident]] = defaultdict(list)
        for accident in (one for one in found.accidents if one.exercise is exercise):
            self.accidents[accident.region_code].append(accident)


class Scene:
    """One region on one day, with its past."""

    def __init__(self, region: Region, index: Index, day: date) -> None:
        """`region` is the one that had its code on `day`."""
        self.region, self.index, self.day = region, index, day
        self.organs = tuple(sorted(index.organs[region.code], key=lambda one: (one.name, one.id)))

    def of_kind(self, *kinds: OrganKind) -> tuple[Organ, ...]:
        """Organs of these kinds, of all times."""
        return tuple(organ for organ in self.organs if organ.kind in kinds)

    def on(self, *kinds: OrganKind) -> tuple[Organ, ...]:
        """Organs of these kinds that stand on the day."""
        return tuple(organ for organ in self.of_kind(*kinds) if organ.span.covers(self.day))

    def posts(self, organs: Iterable[Organ], *kinds: PostKind) -> tuple[Post, ...]:
        """Posts of these kinds in the organs, of all times."""
        found = (post for organ in organs for post in self.index.posts[organ.id] if post.kind in kinds)
        return tuple(sorted(found, key=lambda post: (post.title, post.id)))

    def appointments(self, post: Post) -> tuple[Appointment, ...]:
        """Appointments to a post, of all times."""
        return tuple(self.index.held[post.id])

    def holders(self, post: Post, day: date) -> tuple[Appointment, ...]:
        """Who held the post on a day; acting counts as holding."""
        return tuple(one for one in self.index.held[post.id] if one.span.covers(day))

    def people(self, posts: Iterable[Post], day: date) -> set[UUID]:
        """Who holds the posts on a day; several records of one person are one."""
        return {self.index.persons.of(held.official_id) for post in posts for held in self.holders(post, day)}

    def seated(self, posts: Iterable[Post], day: date) -> bool:
        """Whether somebody holds one of the posts on a day."""
        return any(post.span.covers(day) and self.holders(post, day) for post in posts)

    def changes(self, organs: Iterable[Organ], posts: Iterable[Post]) -> Iterator[date]:
        """The days on which something about the organs and posts changed, and the region's first."""
        yield self.region.span.from_day
        yield from edges(*(organ.span for organ in organs))
        yield from edges(*(role.span for organ in organs for role in organ.roles))
        for post in posts:
            yield from edges(post.span, *(held.span for held in self.index.held[post.id]))
            yield from edges(*(one.span for one in self.index.portfolios[post.id]))

    def declared(self, kind: DeclarationKind) -> tuple[Declaration, ...]:
        """The region's declarations of a kind, of all times."""
        return tuple(one for one in self.index.declared[self.region.code] if one.kind is kind)

    def accidents(self) -> tuple[InvestigatedAccident, ...]:
        """The accidents that the region's government investigates."""
        return tuple(self.index.accidents[self.region.code])

    def declared_changes(self, declared: Iterable[Declaration]) -> Iterator[date]:
        """The days on which declarations changed, or the organs that they name, or those organs' heirs."""
        for one in declared:
            yield from edges(one.span, *(organ.span for organ in self._line(one.organ_id)))

    def stands(self, organ_id: UUID | None, day: date) -> bool:
        """Whether an organ, of whichever region, or after a reform one of its heirs, stands on a day."""
        named = self.index.named.get(organ_id) if organ_id else None
        heirs = () if named is None else inherited_on(named, self.index.named, day)
        return any(one.organ is not None and one.organ.span.covers(day) for one in heirs)

    def _line(self, organ_id: UUID | None) -> Iterator[Organ]:
        """An organ and everything that it ever became."""
        seen: set[UUID] = set()
        wanted = {organ_id} if organ_id and organ_id in self.index.named else set[UUID]()
        while wanted:
            seen |= wanted
            found = [self.index.named[identity] for identity in wanted]
            yield from found
            wanted = {heir.organ_id for organ in found for fate in organ.successions for heir in fate.heirs} - seen

    def flags(self, appointment: Appointment) -> tuple[PromotionFlag, ...]:
        """What a promotion stands against."""
        return self.index.flags.get(appointment.id, ())
