"""Errors as `application/problem+json` (RFC 9457), Chinese first; a refusal by law carries its clauses."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from opentelemetry import trace
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One wrong place of a request: a JSON pointer and what is wrong there."""

    pointer: str = Field(examples=["/body/deaths"])
    detail: str


class BasisView(BaseModel):
    """A clause with its kind: text (the statute says it), reading, or default."""

    clause: str = Field(examples=["art23"])
    kind: str = Field(examples=["text"])
    note: str | None = None


class ProblemView(BaseModel):
    """问题文档 · Problem document."""

    type: str = Field(examples=["urn:anze:problem:not_found"])
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(examples=["not_found"])
    errors: list[FieldError] = []
    basis: list[BasisView] = []
    trace_id: str


class Problem(Exception):  # noqa: N818 - it is the word of RFC 9457
    """An answer that is no success; routes and handlers raise it, so that nothing commits.

    Args:
        code: stable, machine-readable.
        zh: what is wrong, in Chinese.
        en: the same in English.
        errors: the wrong places of the request.
        basis: clauses (anything with `clause`, `kind`, `note`) where the law refuses.

    Attributes:
        trace_id: of the request's trace where it has one, else of its own: what a caller quotes and a log names.
    """

    status = 500
    title = "内部错误 · Internal error"

    def __init__(
        self, code: str, zh: str, en: str, *, errors: Iterable[FieldError] = (), basis: Sequence[Any] = ()
    ) -> None:
        self.detail = f"{zh} · {en}"
        super().__init__(self.detail)
        self.code = code
        span = trace.get_current_span().get_span_context()
        self.trace_id = f"{span.trace_id:032x}" if span.is_valid else uuid4().hex
        self.errors = list(errors)
        self.basis = [BasisView(clause=b.clause, kind=str(b.kind), note=b.note) for b in basis]

    def view(self, instance: str) -> ProblemView:
        """The document that the caller reads."""
        return ProblemView(
            type=f"urn:anze:problem:{self.code}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            code=self.code,
            errors=self.errors,
            basis=self.basis,
            trace_id=self.trace_id,
        )


class Malformed(Problem):
    """400: the request cannot be read as what the document describes."""

    status, title = 400, "请求格式错误 · Malformed request"


class Unauthenticated(Problem):
    """401: no token, or one that is not valid here."""

    status, title = 401, "未通过身份认证 · Not authenticated"


class Forbidden(Problem):
    """403: known, but without the right."""

    status, title = 403, "没有权限 · Not allowed"


class NotFound(Problem):
    """404: not there, or outside one's jurisdiction."""

    status, title = 404, "未找到 · Not found"


class Conflict(Problem):
    """409: the state does not allow it now."""

    status, title = 409, "与现有状态冲突 · Conflict with state"


class StaleVersion(Problem):
    """412: the caller has seen an older version."""

    status, title = 412, "版本已过期 · Stale version"


class TooLarge(Problem):
    """413: more than the service reads."""

    status, title = 413, "请求过大 · Request too large"


class Refused(Problem):
    """422: well-formed, but a rule refuses it."""

    status, title = 422, "依规不予办理 · Refused by a rule"

    @classmethod
    def by(cls, decision: Any) -> "Refused":
        """The refusal that a rule decided (anything with code, reason_zh, reason_en, basis)."""
        return cls(decision.code, decision.reason_zh, decision.reason_en, basis=decision.basis)


class PreconditionRequired(Problem):
    """428: the change must say which version it has seen."""

    status, title = 428, "需要前置条件 · Precondition required"


class Unavailable(Problem):
    """503: not now."""

    status, title = 503, "服务暂不可用 · Temporarily unavailable"


def obey(decision: Any) -> None:
    """Raise `Refused` unless the rule's decision allows."""
    if not decision:
        raise Refused.by(decision)
