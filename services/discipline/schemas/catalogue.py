"""Measures with their figures, and who handles and decides."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from pydantic import BaseModel, Field

from services.discipline.facts import AuthorityTable, DecidingRow, EffectRow, HandlingRow, Measure
from services.discipline.schemas.common import basis_views
from shared.kernel.problems import BasisView


class EffectRowView(BaseModel):
    """影响期数据 · A dated figure; `unverified` must be confirmed before use."""

    id: str
    bars: list[str]
    duration: str
    months: int | None
    source: str
    status: str = Field(examples=["read"])
    valid_from: date
    valid_to: date | None

    @classmethod
    def of(cls, row: EffectRow) -> "EffectRowView":
        """The figure as people read it."""
        return cls(
            id=row.id,
            bars=list(row.bars),
            duration=row.duration,
            months=row.months,
            source=row.source,
            status=row.status,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )


class MeasureView(BaseModel):
    """问责方式 · A measure with the figures in force on the day asked about."""

    id: str = Field(examples=["demerit"])
    kind: str = Field(examples=["处分"])
    name_zh: str = Field(examples=["记过"])
    name_en: str
    branch: str
    needs_post: BasisView | None = Field(description="须在职的依据 · By which rule it needs a post")
    no_effect_source: str | None
    effects: list[EffectRowView]

    @classmethod
    def of(cls, measure: Measure, on: date) -> "MeasureView":
        """The measure as it can be applied by a decision of that day."""
        return cls(
            id=measure.id,
            kind=measure.kind,
            name_zh=measure.name_zh,
            name_en=measure.name_en,
            branch=measure.branch,
            needs_post=basis_views((measure.needs_post,))[0] if measure.needs_post else None,
            no_effect_source=measure.no_effect_source,
            effects=[EffectRowView.of(row) for row in measure.effects if row.in_force(on)],
        )


class MeasuresView(BaseModel):
    """问责方式目录 · The measures on a day; an open list."""

    on: date
    items: list[MeasureView]
    basis: list[BasisView] = [BasisView(clause="art22", kind="text")]

    @classmethod
    def of(cls, measures: Iterable[Measure], on: date) -> Self:
        """The catalogue on a day."""
        return cls(on=on, items=[MeasureView.of(one, on) for one in measures])


class HandlingView(BaseModel):
    """承办权限 · Who may handle a ground."""

    ground: str
    organs: list[str]
    source: str
    status: str


class DecidingView(BaseModel):
    """决定权限 · Who may decide measures; `direct` without cadre authority of their own."""

    measures: list[str]
    organs: list[str]
    direct: list[str]
    source: str
    status: str


class AuthoritiesView(BaseModel):
    """问责权限 · Who handles and who decides on a day."""

    on: date
    handling: list[HandlingView]
    deciding: list[DecidingView]
    basis: list[BasisView] = [
        BasisView(clause="art29", kind="text"),
        BasisView(clause="art29", kind="default", note="按情形分工"),
    ]

    @classmethod
    def of(cls, table: AuthorityTable, on: date) -> Self:
        """The table on a day."""
        return cls(
            on=on,
            handling=[
                HandlingView(ground=row.ground, organs=list(row.organs), source=row.source, status=row.status)
                for row in table.handling
                if _in_force(row, on)
            ],
            deciding=[
                DecidingView(
                    measures=list(row.measures),
                    organs=list(row.organs),
                    direct=list(row.direct),
                    source=row.source,
                    status=row.status,
                )
                for row in table.deciding
                if _in_force(row, on)
            ],
        )


def _in_force(row: HandlingRow | DecidingRow, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)
