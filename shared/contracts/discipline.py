"""What discipline says happened: leads, cases, exemptions, and which bars hold on whom.

Nothing here names a person. Leads, cases and exemptions are confidential: no other agency and nobody outside reads
them; of a bar an agency reads whom it concerns, what it keeps from them and how long, not why.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.kernel.envelope import Event
from shared.statute.decision import Basis, BasisKind
from shared.statute.effects import Bar, Effect, EffectKind


class Part(BaseModel):
    """A nested part of an event; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class BasisPart(Part):
    """A clause with its kind: `text`, `reading` or `default`."""

    clause: str
    kind: str = "text"
    note: str | None = None

    def fact(self) -> Basis:
        """The same for rules; a kind unknown here counts as the weakest."""
        kind = BasisKind(self.kind) if self.kind in set(BasisKind) else BasisKind.DEFAULT
        return Basis(self.clause, kind, self.note)


class DisciplineEvent(Event):
    """Every event of discipline; `path` holds the codes of the administrative ancestors, province first."""

    PRODUCER: ClassVar[str] = "discipline"

    path: tuple[str, ...]
    exercise: bool = False


class VetoState(DisciplineEvent):
    """One bar period of an official: a veto (一票否决) or an effect period (影响期), which needs no accident.

    It blocks from `from_day` through `through_day`, both included; `None` is no last day known, or for good. Vetoes
    and effect periods of one measure are aggregates of their own. Reading `effects()` is enough to apply it. `note`:
    what happened to its cause; it holds until a person lifts it.
    """

    AGGREGATE: ClassVar[str] = "veto"
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = frozenset(
        {"id", "official_id", "kind", "bars", "from_day", "through_day"}
    )
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art23",)

    official_id: UUID
    kind: str
    bars: tuple[str, ...]
    from_day: date
    through_day: date | None
    accident_id: UUID | None
    case_id: UUID
    measure: str
    measure_name_zh: str
    basis: tuple[BasisPart, ...]
    note: str | None = None

    def effects(self) -> tuple[Effect, ...]:
        """One `Effect` for each bar that this process knows; none where it was lifted before it began."""
        if self.kind not in set(EffectKind) or (self.through_day is not None and self.through_day < self.from_day):
            return ()
        basis = self.basis[0].fact() if self.basis else Basis("art23")
        return tuple(
            Effect(EffectKind(self.kind), Bar(bar), self.measure, self.from_day, self.through_day, basis)
            for bar in self.bars
            if bar in set(Bar)
        )


class VetoImposed(VetoState):
    """A decision took effect and bars something."""

    NAME: ClassVar[str] = "imposed"


class VetoLifted(VetoState):
    """A person ended it early: `through_day` is now the last blocked day, before `from_day` if it never blocks."""

    NAME: ClassVar[str] = "lifted"


class VetoQuestioned(VetoState):
    """The record of the accident on which it rests was annulled; a person decides whether to lift it."""

    NAME: ClassVar[str] = "questioned"


class LeadState(DisciplineEvent):
    """线索: something to look into, never a reproach. `official_id` is `None` for a vacant post.

    `status`: `open`, `in_case`, `dismissed`. `note` says what happened to its cause, e.g. that a handler dropped the
    post from the chain; the lead stays until a person ends it.
    """

    AGGREGATE: ClassVar[str] = "lead"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art21",)

    ground: str
    source: str
    key: str
    official_id: UUID | None
    post_id: UUID | None
    accident_id: UUID | None
    basis: tuple[BasisPart, ...]
    facts: str
    opened_on: date
    status: str = "open"
    case_id: UUID | None = None
    ended_by: str | None = None
    reason: str | None = None
    note: str | None = None


class LeadOpened(LeadState):
    """A lead was proposed by what happened, or brought by a person."""

    NAME: ClassVar[str] = "opened"


class LeadNoted(LeadState):
    """What founded it changed: the chain no longer lists the post, or lists it again."""

    NAME: ClassVar[str] = "noted"


class LeadJoined(LeadState):
    """It became part of a case."""

    NAME: ClassVar[str] = "joined"


class LeadDismissed(LeadState):
    """A person decided, with reasons, to open no case."""

    NAME: ClassVar[str] = "dismissed"


class GroundPart(Part):
    """A ground of Art. 21 with its facts and the SHA-256 digests of its evidence."""

    ground: str
    facts: str
    evidence: tuple[str, ...]


class CaseFindingsPart(Part):
    """What the investigating organ found, in words; the last three are those of Art. 27."""

    organ_id: UUID
    found_on: date
    findings: str
    leadership_responsibility: str = ""
    vile_nature: str = ""
    serious_consequences: str = ""
    recorded_by: str


class OrganPart(Part):
    """The organ that decides: at which meeting, and whether it manages the official (干部管理权限)."""

    organ_id: UUID
    cadre_authority: bool
    meeting: str
    met_on: date


class ReasonPart(Part):
    """One fact of the reasons with its source and clause (Art. 28)."""

    fact: str
    source: str
    clause: str


class ContentsPart(Part):
    """What Art. 28 makes a decision record."""

    post_duties: str
    performance: str
    conditions: str
    statement: str
    service: str
    appeal_deadline: date | None
    reasons: tuple[ReasonPart, ...]


class WeighingPart(Part):
    """What Art. 24 and 25 ask for."""

    main_leadership_responsibility: bool = False
    casualties_enlarged: bool = False
    loss_enlarged: bool = False
    serious_social_impact: bool = False
    remedied: bool = False
    art24_applies: bool | None = None
    words_24: str = ""
    words_25: str = ""
    baseline: str | None = None
    incomparable_reasons: str = ""


class DraftPart(Part):
    """A decision as drafted, with the figures that only the decision or the agency can give."""

    measure: str
    decided_on: date
    effective_on: date
    organ: OrganPart
    contents: ContentsPart
    weighing: WeighingPart = WeighingPart()
    severity_order: tuple[tuple[str, ...], ...] = ()
    art23_applies: bool | None = None
    invokes_27: bool = False
    supplied_months: int | None = None
    combined_months: int | None = None
    combined_from: tuple[int, ...] = ()
    term_months: int | None = None
    term_ends_on: date | None = None
    ended_on: date | None = None
    confirmed_figures: tuple[str, ...] = ()


class ProposalPart(DraftPart):
    """A decision as proposed, by whom and when."""

    proposed_by: str
    proposed_on: date


class CaseState(DisciplineEvent):
    """问责案件 against one official, from leads, with everything that was stated, found, proposed and decided.

    `status`: `opened`, `proposed`, `decided`, `exempted`, `closed_without_measure`. Referral to the supervision organ
    is a state beside it. `basis`: every clause of the last step taken.
    """

    AGGREGATE: ClassVar[str] = "case"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art21", "art22")

    official_id: UUID
    post_ids: tuple[UUID, ...]
    lead_ids: tuple[UUID, ...]
    accident_id: UUID | None
    grounds: tuple[GroundPart, ...]
    handling_organ_id: UUID
    opened_by: str
    opened_on: date
    status: str = "opened"
    findings: CaseFindingsPart | None = None
    proposal: ProposalPart | None = None
    returned_reason: str | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    veto_ids: tuple[UUID, ...] = ()
    referred_on: date | None = None
    suspicion: str | None = None
    closed_reason: str | None = None
    basis: tuple[BasisPart, ...] = ()
    note: str | None = None


class CaseOpened(CaseState):
    """A case was opened from leads, on stated grounds."""

    NAME: ClassVar[str] = "opened"


class CaseFindingsRecorded(CaseState):
    """The investigating organ's findings were put on file."""

    NAME: ClassVar[str] = "findings_recorded"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art27", "art28")


class CaseProposed(CaseState):
    """A complete decision was proposed."""

    NAME: ClassVar[str] = "proposed"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art22", "art28")


class CaseReturned(CaseState):
    """The proposal went back, with reasons."""

    NAME: ClassVar[str] = "returned"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art28",)


class CaseDecided(CaseState):
    """A second person approved the decision."""

    NAME: ClassVar[str] = "decided"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art22", "art28", "art29")


class CaseReferred(CaseState):
    """Suspected duty violation or crime was referred to the supervision organ; nothing else stops."""

    NAME: ClassVar[str] = "referred"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art22",)


class CaseClosed(CaseState):
    """It ended without a measure, with reasons, or because Art. 26 leaves no ground."""

    NAME: ClassVar[str] = "closed"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art26", "art28")


class CaseNoted(CaseState):
    """What founded it changed: the record of its accident was annulled; a person decides what follows."""

    NAME: ClassVar[str] = "noted"


class InvestigationFindingPart(Part):
    """The investigating organ's finding on `duties`, `other_law` or `deployments`."""

    point: str
    performed: bool
    organ_id: UUID
    reasons: str


class ExemptionState(DisciplineEvent):
    """尽职免责 of one official in one post for one accident: leadership responsibility for it, nothing else.

    `status`: `requested`, `suspended`, `granted`, `refused`. `duties` are those that the answer turns on;
    `attestation_digest` names the version of the attestation it was given on.
    """

    AGGREGATE: ClassVar[str] = "exemption"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art26",)

    official_id: UUID
    post_id: UUID
    accident_id: UUID
    ground: str
    investigating_organ_id: UUID
    statement: str
    requested_by: str
    requested_on: date
    status: str = "requested"
    findings: tuple[InvestigationFindingPart, ...] = ()
    answered_by: str | None = None
    answered_on: date | None = None
    answer_reasons: str | None = None
    code: str | None = None
    duties: tuple[str, ...] = ()
    attestation_digest: str | None = None
    basis: tuple[BasisPart, ...] = ()


class ExemptionRequested(ExemptionState):
    """Somebody asked for it."""

    NAME: ClassVar[str] = "requested"


class ExemptionFindingsRecorded(ExemptionState):
    """Findings of the investigating organ were put on file."""

    NAME: ClassVar[str] = "findings_recorded"


class ExemptionSuspended(ExemptionState):
    """A person recorded that it waits until something is found either way."""

    NAME: ClassVar[str] = "suspended"


class ExemptionGranted(ExemptionState):
    """A person recorded that leadership responsibility for the accident is not pursued."""

    NAME: ClassVar[str] = "granted"


class ExemptionRefused(ExemptionState):
    """A person recorded the refusal, with the duty found not performed."""

    NAME: ClassVar[str] = "refused"
