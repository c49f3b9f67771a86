"""Attestations: what the records say about an official and an accident."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts.attested import IssuedAttestation, SealPosition
from services.duties.facts.stored import Stored
from services.duties.schemas.common import Request, View, cited
from shared.kernel.problems import BasisView


class RenewalIn(Request):
    """重新出具 · Compute again as known now; the investigator may look further back (default 12 months)."""

    look_back_months: Annotated[int, Field(ge=12, le=120)] | None = None


class LapseView(View):
    """到期无记录 · An obligation without an act on record, on which nobody has found yet."""

    obligation_id: UUID
    duty_id: str = Field(examples=["art6.2"])
    clause: str = Field(examples=["art6.2"])
    period_start: date
    period_end: date


class CountedActView(View):
    """计入的活动 · An act that counts."""

    performance_id: UUID
    act: str
    day: date
    recorded_at: datetime
    late_recorded: bool


class RefusedActView(View):
    """未计入的活动及原因 · An act that does not count, and why."""

    performance_id: UUID
    act: str
    day: date
    recorded_at: datetime
    reason: str = Field(examples=["needs_review"])


class StatusView(View):
    """一时的记录情况 · What the records showed at one moment."""

    status: str = Field(examples=["lapsed"])
    counted: list[CountedActView]
    not_counted: list[RefusedActView]


class FoundView(View):
    """认定 · A finding by a competent organ."""

    id: UUID
    outcome: str = Field(examples=["not_performed"])
    organ_id: UUID
    decided_on: date
    obligation_id: UUID | None
    duty_id: str


class AttestedObligationView(View):
    """到期履职任务 · As recorded by the accident (`then`) and as recorded now, differences marked."""

    obligation_id: UUID
    requirement_id: str
    duty_id: str
    clause: str
    basis: str = Field(examples=["text"])
    founds: bool
    period_start: date
    period_end: date
    days_in_post: int
    then: StatusView
    now: StatusView
    differences: list[str] = Field(examples=[["recorded_after_accident"]])
    findings: list[FoundView]


class AttestedStandingView(View):
    """常设职责 · A standing duty: examined or not."""

    duty_id: str
    clause: str
    founds: bool
    examined: bool
    outcome: str | None
    review_id: UUID | None
    findings: list[FoundView]


class SealView(View):
    """封印位置 · Where the ledger's seal chain holds this version."""

    position: int
    hash: str


class OutdatedView(View):
    """事故已更正 · The accident as corrected since: the attestation waits to be renewed."""

    accident_at: datetime
    accident_region: str | None
    accident_industry: str | None
    reason: str = Field(examples=["事故时间已更正 · the accident's time was corrected"])


class AttestationSummary(View):
    """履职证明摘要 · An attestation without its rows."""

    id: UUID
    version: int
    accident_id: UUID
    accident_at: datetime
    official_id: UUID
    post_id: UUID
    appointment_ids: list[UUID]
    path: list[str]
    window_from: date
    window_to: date
    look_back_months: int = Field(examples=[12])
    whole: bool = Field(description="无未决事项 · Nothing is open; it concludes nothing about the person")
    lapses: list[LapseView]
    unexamined: list[str] = Field(examples=[["art8.1"]])
    findings: list[FoundView]
    known_at: datetime
    catalogue_version: str
    digest: str
    void: str | None = Field(None, description="事故记录已撤销，证明失效 · void: its accident's record was annulled")
    accident_region: str | None = Field(None, description="所依据的事故地点 · The place it was made for")
    accident_industry: str | None = Field(None, description="所依据的事故行业 · The industry it was made for")
    outdated: OutdatedView | None = Field(
        None, description="事故已更正，须重新出具 · The accident was corrected: it is not current until it is renewed"
    )
    exercise: bool

    @classmethod
    def of(cls, stored: Stored[IssuedAttestation]) -> "AttestationSummary":
        """The summary of an attestation."""
        return cls.model_validate(_plain(cls, stored))


class AttestationView(AttestationSummary):
    """履职证明 · An attestation whole: own tenure, look-back, then and now; it concludes nothing about the person."""

    obligations: list[AttestedObligationView]
    standing: list[AttestedStandingView]
    seal: SealView | None = Field(description="尚未封印时为空 · Empty until it is sealed")
    basis: list[BasisView]

    @classmethod
    def whole_of(cls, stored: Stored[IssuedAttestation], sealed: SealPosition | None) -> "AttestationView":
        """The view of an attestation."""
        seal = SealView.model_validate(sealed) if sealed else None
        return cls.model_validate(_plain(cls, stored) | {"seal": seal, "basis": cited(["art26", "art28"])})


def _plain(view: type[BaseModel], stored: Stored[IssuedAttestation]) -> dict[str, Any]:
    """The fields of the fact that the view has as well."""
    names = view.model_fields.keys() & IssuedAttestation.__slots__
    return {name: getattr(stored.fact, name) for name in names} | {"version": stored.version}


class KeySetView(BaseModel):
    """验证公钥 · The public keys that verify documents offline (JWK Set)."""

    keys: list[dict[str, str]]
