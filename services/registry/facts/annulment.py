"""An accident's record annulled: never deleted, never overwritten, and never to conceal an accident."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class AnnulmentCause(StrEnum):
    """Why a record of an accident stands for nothing: made by mistake, or a second one of the same accident."""

    MISTAKE = "recorded_by_mistake"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Annulment:
    """Cause and reason; a duplicate names the record that stands."""

    cause: AnnulmentCause
    reason: str
    duplicate_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Relied:
    """What else is on record of an accident: whether it stands, its world, and how many duplicates point to it."""

    id: UUID
    exercise: bool
    annulled: bool = False
    duplicates: int = 0
