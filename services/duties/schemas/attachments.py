"""Attachments: what a document outside the database is."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts.records import Attachment
from services.duties.facts.stored import Stored
from services.duties.schemas.common import cited
from shared.kernel.problems import BasisView

HexDigest = Annotated[str, Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")]


class AttachmentView(BaseModel):
    """附件 · A document, by its digests; it has no file name."""

    id: UUID
    sha256: str = Field(examples=["0f" * 32])
    sm3: str | None
    size: int = Field(description="字节 · Bytes")
    media_type: str = Field(examples=["application/pdf"])
    region_code: str = Field(examples=["139901"])
    recorded_by: str
    recorded_at: datetime
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: Stored[Attachment]) -> "AttachmentView":
        """The view of an attachment."""
        fact = stored.fact
        return cls(
            id=fact.id,
            sha256=fact.sha256,
            sm3=fact.sm3,
            size=fact.size,
            media_type=fact.media_type,
            region_code=fact.region_code,
            recorded_by=fact.recorded_by,
            recorded_at=fact.recorded_at,
            exercise=fact.exercise,
            basis=cited(["art28"]),
        )
