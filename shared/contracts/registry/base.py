"""What all events of the registry share."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.kernel.envelope import Event


class Part(BaseModel):
    """A nested part of an event; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RegistryEvent(Event):
    """Every event of the registry."""

    PRODUCER: ClassVar[str] = "registry"
