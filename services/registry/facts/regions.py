"""What changes about a region from a day on, zones to register, and what became of organs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar
from uuid import UUID

from shared.roster.facts import Appointment, DatedRole, Organ, OrganKind, Post, Region, SuccessionKind
from shared.statute.decision import Decision

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Dated(Generic[V]):
    """A value from a day on, until the next one begins; by a document."""

    from_day: date
    value: V
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """行政隶属: the administrative parent, and the codes from the province down to the region itself."""

    admin_parent: str | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewRegion:
    """A division or a functional zone (功能区) that somebody registers by a document."""

    code: str
    name: str
    admin_parent: str
    from_day: date
    document: str


@dataclass(frozen=True, slots=True)
class ManagingOrgan:
    """管理机构 of a zone: an organ that stands already (`organ_id`), or one to register with the zone."""

    organ_id: UUID | None = None
    name: str = ""
    kind: OrganKind = OrganKind.MANAGEMENT_COMMITTEE


@dataclass(frozen=True, slots=True)
class Reform:
    """机构改革 on a day: what becomes of the predecessors, who takes over, by which deciding document.

    A predecessor among the heirs goes on. `functions` name what each heir takes; an heir that is not named there
    takes everything.
    """

    kind: SuccessionKind
    day: date
    document: str
    issuer: str
    issued_on: date
    predecessors: tuple[Organ, ...]
    heirs: tuple[Organ, ...] = ()
    functions: Mapping[UUID, tuple[str, ...]] | None = None

    def takes(self, heir: Organ, role: DatedRole) -> bool:
        """Whether the heir takes a role over."""
        if self.functions is None or heir.id not in self.functions:
            return True
        return role.function in self.functions[heir.id]


@dataclass(frozen=True, slots=True)
class FunctionHolder:
    """An organ that answered for a function on a day, once, with the roles that say so."""

    organ: Organ
    roles: tuple[DatedRole, ...]


@dataclass(frozen=True, slots=True)
class Inherited:
    """Who answers on a day for a function that an organ had; no organ: it was abolished, and nobody took it over."""

    function: str | None
    organ: Organ | None
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """An appointment on the day, where it is held, and whether Art. 2 names the post."""

    appointment: Appointment
    post: Post
    organ: Organ
    region: Region | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class ScopeAnswer:
    """Whether an official was bound on a day, and by which appointments."""

    official_id: UUID
    day: date
    decision: Decision
    holdings: tuple[Holding, ...]
