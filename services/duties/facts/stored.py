"""A fact as it stands in the database."""

from dataclasses import dataclass
from typing import Generic, TypeVar

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Stored(Generic[F]):
    """A fact with the administrative path of where it belongs, and its version."""

    fact: F
    path: tuple[str, ...]
    version: int
