"""Bounded words and digests, and what every answer carries."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.discipline.facts import ExemptionAnswer
from shared.contracts.discipline import BasisPart
from shared.kernel.problems import BasisView
from shared.statute.decision import Basis

Words = Annotated[str, Field(max_length=4000)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Code = Annotated[str, Field(min_length=1, max_length=80)]
Digest = Annotated[str, Field(pattern=r"^(sha256:)?[0-9a-f]{64}$", examples=["sha256:" + "0" * 64])]
Months = Annotated[int, Field(ge=1, le=600)]


class Body(BaseModel):
    """A request body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ReasonIn(Body):
    """理由 · Reasons in words."""

    reason: Reason = Field(examples=["经初核，该岗位与事故无关联"])


class LiftIn(ReasonIn):
    """提前解除 · The first day that is no longer blocked, and why."""

    lifted_on: date = Field(ge=date(1949, 10, 1), examples=["2027-06-01"])


def basis_views(basis: tuple[BasisPart, ...] | tuple[Basis, ...]) -> list[BasisView]:
    """Clauses as answers carry them."""
    return [BasisView(clause=one.clause, kind=str(one.kind), note=one.note) for one in basis]


class AnswerView(BaseModel):
    """结论 · What a rule answers on the file as it stands; it decides nothing."""

    outcome: str = Field(examples=["suspended"])
    code: str = Field(examples=["lapse_not_clarified"])
    reason: str = Field(examples=["到期无记录，须先认定是否履职：art6.3c · a lapse must be found either way: art6.3c"])
    duties: list[str] = Field(examples=[["art6.3c"]])
    basis: list[BasisView]

    @classmethod
    def of(cls, answer: ExemptionAnswer) -> "AnswerView":
        """The answer as people read it."""
        decision = answer.decision
        return cls(
            outcome=answer.outcome,
            code=decision.code,
            reason=f"{decision.reason_zh} · {decision.reason_en}",
            duties=list(answer.duties),
            basis=basis_views(decision.basis),
        )
