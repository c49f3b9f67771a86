"""Findings as answers and as a table, and declarations as requests and answers."""

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.facts.findings import DeclarationKind, Finding, FindingKind
from services.registry.schemas.common import Code, Days, GroundView, Industry, Name, Reasoned, Versioned, Words
from services.registry.schemas.roster import STANDING
from shared.sheets import Column, Sheet, export_csv, export_xlsx

__all__ = [
    "DeclarationChangeIn",
    "DeclarationIn",
    "DeclarationKind",
    "DeclarationView",
    "FindingKind",
    "FindingsPage",
    "RegionFindingView",
    "as_csv",
    "as_xlsx",
]
Yuan = Annotated[int, Field(ge=0, le=10**15, examples=[120_000_000])]


class RegionFindingView(BaseModel):
    """登记缺口（不是未履职）· What the register lacks: a fact about seats, a lapse of nobody."""

    kind: str = Field(examples=["vacant_principal"])
    region_code: str = Field(examples=["139901"])
    region_name: str = Field(examples=["演练县"])
    since: date
    what_zh: str
    what_en: str
    clears_zh: str = Field(description="如何消除 · what clears it")
    clears_en: str
    organ_id: UUID | None
    post_id: UUID | None
    appointment_id: UUID | None
    declaration_id: UUID | None
    accident_id: UUID | None
    matter: str | None = Field(description="行业、领域或岗位类别 · industry, field or kind", examples=["C26"])
    basis: list[GroundView]

    @classmethod
    def of(cls, finding: Finding, region_name: str) -> "RegionFindingView":
        """The view of a finding."""
        names = set(cls.model_fields) - {"region_name", "basis", "kind"}
        values = {name: getattr(finding, name) for name in names}
        grounds = [GroundView.of(one) for one in finding.basis]
        return cls(kind=finding.kind.value, region_name=region_name, basis=grounds, **values)


class FindingsPage(BaseModel):
    """一页登记缺口 · A page of findings; with its `known_at` the next page answers from the same register."""

    as_of: date
    known_at: datetime
    items: list[RegionFindingView]
    next_cursor: str | None


_SHEET = Sheet(
    "登记缺口 Findings",
    tuple(
        Column(name, zh, name)
        for name, zh in (
            ("region_code", "区划代码"),
            ("region_name", "地区"),
            ("kind", "种类"),
            ("matter", "行业或领域"),
            ("since", "起始日"),
            ("what_zh", "缺口"),
            ("what_en", "缺口（英文）"),
            ("basis", "依据"),
            ("clears_zh", "消除办法"),
            ("clears_en", "消除办法（英文）"),
        )
    ),
)


def _rows(items: Iterable[RegionFindingView]) -> Iterator[dict[str, Any]]:
    for one in items:
        yield one.model_dump() | {"basis": "; ".join(ground.clause for ground in one.basis)}


def as_csv(items: Iterable[RegionFindingView]) -> bytes:
    """A table for spreadsheets (UTF-8 with the mark that they look for); no cell is taken for a formula."""
    return b"".join(export_csv(_SHEET, _rows(items), named=True))


def as_xlsx(items: Iterable[RegionFindingView]) -> bytes:
    """The same as an Excel file; every cell is text or a day."""
    target = io.BytesIO()
    export_xlsx(_SHEET, _rows(items), target)
    return target.getvalue()


class _Stated(Days):
    document: Words = Field(description="文件 · the document that decides it", examples=["演练字〔2026〕1号"])
    post_id: UUID | None = None
    organ_id: UUID | None = None
    name: Name | None = None
    industry: Industry | None = None
    year: Annotated[int, Field(ge=1990, le=2200)] | None = None
    fund_yuan: Yuan | None = None
    revenue_yuan: Yuan | None = None


class DeclarationIn(_Stated):
    """登记事项 · An exception, a designation, an enterprise or a safety fund, with its document."""

    kind: DeclarationKind
    region_code: Code
    exercise: bool = Field(False, description="演练 · an exercise")


class DeclarationChangeIn(_Stated, Reasoned):
    """更正登记事项 · The matter as it should have been recorded."""


class DeclarationView(Versioned):
    """登记事项 · A recorded matter."""

    kind: str
    region_code: str
    from_day: date
    to_day: date | None
    document: str
    post_id: UUID | None
    organ_id: UUID | None
    name: str | None
    industry: str | None
    year: int | None
    fund_yuan: int | None
    revenue_yuan: int | None
    standing: str | None = STANDING
    annulled: bool
