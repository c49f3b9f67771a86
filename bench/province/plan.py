"""What is asked of the generator, and what it answers with, region by region."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from shared.roster.facts import Appointment, Official, Organ, Portfolio, Post, Region


@dataclass(frozen=True, slots=True)
class Plan:
    """Which province to invent.

    Attributes:
        seed: equal plans give equal provinces, to the last byte.
        scale: how many provinces: 1 is Hebei, 3 and 10 add copies under codes 91…, 92… which no place has.
        until: the last day that the invented people have lived through; history begins five years before.
        exercise: the mark on every organ, post, person and appointment. False is for benches that ask what is asked
            about real people, in databases that are dropped afterwards.
        under: only regions at or below one of these codes; None is the whole province. A region's slice does not
            depend on what else is asked for.
    """

    seed: int = 20180823
    scale: int = 1
    until: date = date(2026, 1, 1)
    exercise: bool = True
    under: frozenset[str] | None = None

    @property
    def since(self) -> date:
        """The first day of the five years."""
        return self.until.replace(year=self.until.year - 5)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented official, and the citizen number that a register would keep of them."""

    official: Official
    citizen_number: str


@dataclass(slots=True)
class Slice:
    """One region and all that belongs to it; every reference but to the regions above stays inside."""

    region: Region
    organs: list[Organ] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    people: dict[UUID, Person] = field(default_factory=dict)
    appointments: list[Appointment] = field(default_factory=list)
    portfolios: list[Portfolio] = field(default_factory=list)
