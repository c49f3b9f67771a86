"""Boards, the obligations behind them, books of periods, years of the projection."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts.books import Books
from services.duties.facts.projected import Group, Tally
from services.duties.facts.stored import Stored
from services.duties.schemas.common import Request, ShortText, View, cited
from services.duties.schemas.obligations import PeriodView
from shared.kernel.pagination import Page
from shared.kernel.problems import BasisView

PeriodLabel = Annotated[
    str, Field(max_length=7, pattern=r"^[12]\d{3}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$", examples=["2026-Q1"])
]
Key = Annotated[str, Field(description="机关、人员编号，区划代码，职责编号，或起止日期 · What the row is about")]
By = Group


class TallyView(BaseModel):
    """看板一行 · One row of a board: counts of records, not a judgement of anybody."""

    key: Key
    statuses: dict[str, int] = Field(examples=[{"fulfilled": 11, "lapsed": 1}])
    lapsed_founding: int = Field(description="其中依条文或已采纳理解的 · Lapses that may found something")

    @classmethod
    def of(cls, one: Tally) -> "TallyView":
        """The view of a row."""
        return cls(key=one.key, statuses=one.statuses, lapsed_founding=one.founding)


class BoardPage(Page[TallyView]):
    """看板一页，按编号排序，不作排名 · One page, in the order of the keys: nobody is ranked."""

    as_of: date
    known_at: datetime


class StandingView(View):
    """看板背后的一项履职任务 · An obligation behind a board; `/v1/obligations` explains it."""

    id: UUID
    requirement_id: str = Field(examples=["art6.2"])
    duty_id: str = Field(examples=["art6.2"])
    clause: str = Field(examples=["art6.2"])
    post_id: UUID
    organ_id: UUID
    region_code: str
    tier: str
    from_day: date
    due_on: date
    count: int
    basis: str
    adopted_by: str | None = Field(description="依据的解释文号 · The interpretation by which it is owed")
    default_by: str | None = Field(description="依据的本地默认文号 · The local default, which founds nothing")
    founds: bool
    status: str
    performances: list[UUID] = Field(description="计入的履职记录 · The acts that count")
    unfiled: list[str] = Field(description="缺少的备案 · Filings not on record")
    exercise: bool


class StandingPage(Page[StandingView]):
    """一页 · One page."""

    as_of: date
    known_at: datetime


class BooksIn(Request):
    """关闭账册 · Books to be closed: of a region with everything below it, for one period."""

    region: Annotated[str, Field(max_length=12, pattern=r"^\d+$", examples=["139901"])]
    period: PeriodLabel
    exercise: bool = False


class ReopeningIn(Request):
    """重新开启账册 · Why closed books are reopened."""

    reason: ShortText = Field(examples=["补录经核实的会议纪要"])


class BooksEntryView(View):
    """关闭或重新开启 · A closing or a reopening."""

    closed: bool
    at: datetime
    by: str
    reason: str


class BooksView(BaseModel):
    """账册 · The books of a region and period."""

    id: UUID
    version: int
    region: str
    path: list[str]
    period: PeriodView
    closed: bool
    entries: list[BooksEntryView]
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: Stored[Books]) -> "BooksView":
        """The view of books."""
        fact = stored.fact
        return cls(
            id=fact.id,
            version=stored.version,
            region=fact.region_code,
            path=list(stored.path),
            period=PeriodView.model_validate(fact.period),
            closed=fact.closed,
            entries=[BooksEntryView.model_validate(one) for one in fact.entries],
            exercise=fact.exercise,
            basis=[BasisView(clause=one.clause, kind="default", note=None) for one in cited(["art28"])],
        )
