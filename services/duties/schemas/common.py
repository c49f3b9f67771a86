"""Pieces that several models share."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from services.duties.facts.wording import holds_citizen_number
from shared.kernel.problems import BasisView
from shared.statute.decision import Basis


def _numberless(text: str) -> str:
    if holds_citizen_number(text):
        raise ValueError("文本中不得含有公民身份号码 · a text holds a citizen number")
    return text


Text = Annotated[str, Field(max_length=4000), AfterValidator(_numberless)]
ShortText = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_numberless)]
DutyId = Annotated[
    str,
    Field(min_length=4, max_length=60, pattern=r"^([a-z][a-z0-9_]*:)?art[0-9]+(\.[0-9]+)?[a-z]?$", examples=["art6.2"]),
]
Sha256 = Annotated[str, Field(max_length=64, description="SHA-256，64 位小写十六进制 · 64 lower-case hex digits")]


def _written(value: object) -> object:
    if not isinstance(value, str | date):
        raise ValueError("a day is written YYYY-MM-DD")  # noqa: TRY004 - pydantic would take a number for seconds
    return value


WrittenDay = Annotated[date, BeforeValidator(_written)]


class Request(BaseModel):
    """A request's body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class View(BaseModel):
    """An answer, or a part of one, that may be read off a fact with the same names."""

    model_config = ConfigDict(from_attributes=True)


def basis_of(*items: Basis) -> list[BasisView]:
    """Clauses with their kind."""
    return [BasisView(clause=one.clause, kind=one.kind.value, note=one.note) for one in items]


def cited(clauses: Iterable[str]) -> list[BasisView]:
    """Clauses of the text."""
    return [BasisView(clause=clause, kind="text") for clause in clauses]


class CorrectionView(View):
    """撤回或替代 · A withdrawal, or a supersession."""

    by: str
    at: datetime
    reason: str
    replacement: UUID | None


class VerificationView(View):
    """核实 · A confirmation."""

    by: str
    at: datetime
