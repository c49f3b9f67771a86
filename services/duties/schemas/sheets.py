"""What became of an Excel sheet."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, Field

from shared.sheets import CellProblem


class CellProblemView(BaseModel):
    """某一格的问题 · What is wrong in one cell."""

    sheet: str = Field(examples=["履职记录"])
    row: int | None = Field(examples=[7])
    column: str = Field(examples=["履职日期"])
    cell: str | None = Field(examples=["B7"])
    text: str = Field(description="单元格内容，长号码已遮盖 · What it holds, long numbers masked")
    code: str = Field(examples=["not_a_day"])
    detail: str


class SheetView(BaseModel):
    """Excel 登记结果 · What was recorded, what was on record before, and every problem."""

    recorded: list[UUID]
    unchanged: list[UUID]
    problems: list[CellProblemView]
    validate_only: bool

    @classmethod
    def of(
        cls,
        recorded: Sequence[UUID],
        unchanged: Sequence[UUID],
        problems: Sequence[CellProblem],
        *,
        validate_only: bool,
    ) -> "SheetView":
        """The view of what became of a sheet."""
        return cls(
            recorded=list(recorded),
            unchanged=list(unchanged),
            problems=[
                CellProblemView(
                    sheet=one.sheet,
                    row=one.row,
                    column=one.column,
                    cell=one.cell,
                    text=one.text,
                    code=one.code,
                    detail=f"{one.zh} · {one.en}",
                )
                for one in problems
            ],
            validate_only=validate_only,
        )
