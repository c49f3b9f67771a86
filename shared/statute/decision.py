"""What a rule answers: yes or no, with the clause. A refusal is a value, not an exception."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class BasisKind(StrEnum):
    """How firm a sentence is: the statute says it, somebody reads it so, or configuration fills a silence."""

    TEXT = "text"
    READING = "reading"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Basis:
    """A clause with its kind: `Basis("art5.2")`. Other rules are cited in full, e.g. `"政务处分法 第八条"`."""

    clause: str
    kind: BasisKind = BasisKind.TEXT
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a rule: `allowed`, a stable `code`, Chinese and English reasons, and every clause it rests on."""

    allowed: bool
    code: str
    reason_zh: str
    reason_en: str
    basis: tuple[Basis, ...] = ()

    def __bool__(self) -> bool:
        """True when allowed, so that `if not decision:` reads well."""
        return self.allowed


def allow(code: str, reason_zh: str, reason_en: str, *basis: Basis) -> Decision:
    """An allowing decision."""
    return Decision(allowed=True, code=code, reason_zh=reason_zh, reason_en=reason_en, basis=basis)


def refuse(code: str, reason_zh: str, reason_en: str, *basis: Basis) -> Decision:
    """A refusing decision; it always cites a clause, because nothing else entitles the program to refuse."""
    if not basis:
        raise ValueError("a refusal cites its clause")
    return Decision(allowed=False, code=code, reason_zh=reason_zh, reason_en=reason_en, basis=basis)


def first_refusal(decisions: Iterable[Decision], otherwise: Decision) -> Decision:
    """The first refusal, or `otherwise`."""
    return next((decision for decision in decisions if not decision), otherwise)
