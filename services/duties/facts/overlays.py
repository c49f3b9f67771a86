"""Overlays 解释: documents that put a reading into force (Art. 30), or set a local default, from a day to a day."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.duties.facts.catalogue import Adoption
from shared.roster.facts import PostKind, Span
from shared.statute.decision import Basis, BasisKind


class OverlayKind(StrEnum):
    """What a document is: the interpreter's own, or a default of some other organ, which founds nothing."""

    INTERPRETATION = "interpretation"  # 解释
    LOCAL_DEFAULT = "local_default"  # 本地默认


@dataclass(frozen=True, slots=True)
class Ending:
    """A later document ends an overlay; its last day stands in the overlay's span."""

    document: str
    issued_on: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Overlay:
    """One document on one duty; `territory` is the region of the organ that issued it."""

    id: UUID
    kind: OverlayKind
    duty_id: str
    scope: str
    span: Span
    document: str
    issued_on: date
    issuer_organ_id: UUID
    territory: str
    recorded_at: datetime
    recorded_by: str
    consulted_organ_id: UUID | None = None
    post_kind: PostKind | None = None
    note: str = ""
    ended: Ending | None = None
    exercise: bool = False

    @property
    def bases(self) -> tuple[Basis, ...]:
        """The text lets the interpreter interpret; a local default is a default."""
        binding = self.kind is OverlayKind.INTERPRETATION
        kind = BasisKind.TEXT if binding else BasisKind.DEFAULT
        duty = BasisKind.READING if binding else BasisKind.DEFAULT
        return Basis("art30", kind, self.document), Basis(self.duty_id, duty)

    @property
    def adoption(self) -> Adoption:
        """What the rules read of it."""
        return Adoption(
            duty_id=self.duty_id,
            scope=self.scope,
            span=self.span,
            document=self.document,
            binding=self.kind is OverlayKind.INTERPRETATION,
            post_kind=self.post_kind,
            within=self.territory,
            exercise=self.exercise,
        )
