"""What a record serves, and what became of many sent at once."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts.reports import NotCounted, Served
from services.duties.schemas.common import Request, basis_of
from services.duties.schemas.obligations import PeriodView
from services.duties.schemas.performances import PerformanceIn
from shared.kernel.problems import BasisView

WHY: dict[NotCounted, str] = {
    NotCounted.NOT_HOLDER: "实施人当日不担任该岗位 · Whoever acted did not hold the post that day",
    NotCounted.CAPACITY_NOT_NAMED: "未写明以该岗位履职 · The post is not named as a capacity",
    NotCounted.ANOTHER_BODY: "不是该机关的活动 · Another body's act",
    NotCounted.WRONG_ACT_KIND: "该任务不接受此类活动 · The duty accepts other kinds of act",
    NotCounted.WITHDRAWN: "已撤回 · Withdrawn",
    NotCounted.SUPERSEDED: "已被替代 · Superseded",
    NotCounted.OUT_OF_PERIOD: "不在该期间 · Outside the period",
    NotCounted.AFTER_DAY: "晚于所看日期 · After the day looked at",
    NotCounted.RECORDED_AFTER_KNOWN_AT: "当时尚未登记 · Not yet recorded then",
    NotCounted.NEEDS_REVIEW: "账册关闭后补登，待核实 · Entered after the books closed, to be reviewed",
}


class ServedView(BaseModel):
    """该记录对一项履职任务的作用 · What a record does for one obligation."""

    obligation_id: UUID
    requirement_id: str = Field(examples=["art6.2"])
    duty_id: str
    clause: str
    post_id: UUID
    period: PeriodView
    serves: bool
    reason: str | None = Field(examples=["capacity_not_named"])
    reason_text: str | None
    basis: list[BasisView]

    @classmethod
    def of(cls, found: Served) -> "ServedView":
        """The view of one obligation."""
        owed = found.obligation
        return cls(
            obligation_id=owed.id,
            requirement_id=owed.requirement_id,
            duty_id=owed.duty_id,
            clause=owed.clause,
            post_id=owed.post_id,
            period=PeriodView.model_validate(owed.period),
            serves=found.reason is None,
            reason=found.reason,
            reason_text=WHY.get(found.reason) if found.reason else None,
            basis=basis_of(owed.basis),
        )


class ServesView(BaseModel):
    """一次登记，各项职责共用 · Recorded once, it serves every duty that accepts it."""

    serves: list[ServedView]


class RehearsalView(ServesView):
    """拟登记内容能否登记、作用于哪些任务 · Whether a draft may be recorded, and what it would serve."""

    recordable: bool
    code: str = Field(examples=["performance.recordable"])
    detail: str
    basis: list[BasisView]


class BatchIn(Request):
    """批量登记 · Many acts at once; each is recorded whole or not at all."""

    items: Annotated[list[PerformanceIn], Field(min_length=1, max_length=500)]


class ItemProblem(BaseModel):
    """某项未登记的原因 · Why one of many was not recorded."""

    status: int = Field(examples=[422])
    code: str = Field(examples=["performance.kind_not_accepted"])
    detail: str
    basis: list[BasisView] = []


class ItemView(BaseModel):
    """逐项结果 · What became of one of many; `unchanged` was on record before."""

    index: int
    outcome: Literal["recorded", "unchanged", "refused"]
    performance_id: UUID | None = None
    problem: ItemProblem | None = None


class BatchView(BaseModel):
    """批量结果 · What became of all; with `validate_only` what would."""

    recorded: int
    unchanged: int
    refused: int
    validate_only: bool
    items: list[ItemView]
