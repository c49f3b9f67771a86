"""Roster imports: answers."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.facts.imports import Import


class ImportView(BaseModel):
    """花名册导入 · A roster file that was sent, and how far it is."""

    id: UUID
    exercise: bool = Field(description="演练 · an exercise")
    size: int = Field(description="字节 · bytes", examples=[20480])
    received_at: datetime
    stage: str = Field(
        description="uploaded 已收到, read 已读入, checked 检查无误, faulty 有问题, applied 已办结 · how far it is",
        examples=["checked"],
    )
    rows: int = Field(examples=[1200])
    applied: int = Field(description="已办结的行 · rows dealt with", examples=[1200])
    faults: int = Field(description="问题数 · how much is wrong", examples=[0])
    changes: dict[str, int] = Field(
        description="拟办或已办的变更 · changes by kind, as checked", examples=[{"appointment_registered": 1200}]
    )
    finished_at: datetime | None

    @classmethod
    def of(cls, found: Import) -> Self:
        """The view of an import."""
        return cls(
            id=found.id,
            exercise=found.exercise,
            size=found.size,
            received_at=found.received_at,
            stage=found.stage.value,
            rows=found.rows,
            applied=found.applied,
            faults=found.faults,
            changes=dict(found.counts),
            finished_at=found.finished_at,
        )


class ImportProblemView(BaseModel):
    """表中的一处问题 · One thing that is wrong: sheet, row, column and cell text; citizen numbers are masked."""

    sheet: str = Field(examples=["花名册 Roster"])
    row: int | None = Field(description="空为整张表 · null: the whole sheet", examples=[7])
    letter: str | None = Field(description="列的字母；空为整行 · null: the whole row", examples=["B"])
    column: str = Field(examples=["机关名称"])
    text: str = Field(description="单元格内容 · what the cell holds", examples=["演练县应急管理局"])
    code: str = Field(examples=["cell_empty"])
    zh: str
    en: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """The view of a kept problem."""
        return cls.model_validate({name: row[name] for name in cls.model_fields})
