"""What all events of the registry share."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from shared.kernel.envelope import Event


class Part(BaseModel):
    """A nested part of an event; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RegistryEvent(Event):
    """Every event of the registry."""

    PRODUCER: ClassVar[str] = "registry"
    #: Of a list of parts that others may read: the fields that they read. What clerks write in words stays inside.
    PUBLISHED_PARTS: ClassVar[Mapping[str, frozenset[str]]] = {}

    @classmethod
    def for_agencies(cls, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """What other agencies read, without the words in its parts."""
        return cls._without_words(super().for_agencies(body))

    @classmethod
    def for_the_public(cls, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """What anybody reads, without the words in its parts."""
        return cls._without_words(super().for_the_public(body))

    @classmethod
    def _without_words(cls, told: dict[str, Any] | None) -> dict[str, Any] | None:
        if told is None or not cls.PUBLISHED_PARTS:
            return told
        parts = {
            name: [{key: value for key, value in part.items() if key in kept} for part in told[name]]
            for name, kept in cls.PUBLISHED_PARTS.items()
            if name in told
        }
        return told | parts
