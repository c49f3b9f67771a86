"""Books of duties as reference."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field


class BooksReferenceView(BaseModel):
    """履职账册 · How the body's obligations of a period stood when its books were last closed or reopened."""

    books_id: UUID
    organ_id: UUID
    period: str = Field(examples=["2026-Q1"])
    from_day: date
    to_day: date
    closed: bool
    statuses: dict[str, int] = Field(examples=[{"fulfilled": 11, "lapsed": 1}])
    founding: int = Field(description="到期无记录中依条文或已采纳理解的 · Lapses that may found something")
