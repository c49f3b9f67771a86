"""What all events of duties share."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.kernel.envelope import Event


class Part(BaseModel):
    """A nested part of an event; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class DutiesEvent(Event):
    """Every event of duties; `path` holds the codes of the administrative ancestors, province first."""

    PRODUCER: ClassVar[str] = "duties"

    path: tuple[str, ...]
    exercise: bool = False


class CorrectionPart(Part):
    """A withdrawal, or with `replacement` a supersession; `by` is the subject who did it."""

    by: str
    at: datetime
    reason: str
    replacement: UUID | None = None
