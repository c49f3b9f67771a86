"""What the register shows to be missing, and the recorded matters that clear it: facts about seats, about nobody.

A finding is derived for a day and a moment of knowledge and never stored; it says which clause asks for what is
missing, since when it has been so, and what clears it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.registry.facts.proceedings import Proceeding
from shared.roster.facts import Roster, Span
from shared.statute.decision import Basis


class FindingKind(StrEnum):
    """登记缺口的种类."""

    NO_ORGAN = "no_organ"
    VACANT_PRINCIPAL = "vacant_principal"
    OVERLAPPING_PRINCIPALS = "overlapping_principals"
    VACANT_SAFETY_LEAD = "vacant_safety_lead"
    SAFETY_LEAD_NOT_STANDING = "safety_lead_not_standing"
    NO_PORTFOLIO_HOLDER = "no_portfolio_holder"
    NO_REGULATOR = "no_regulator"
    NO_SAFETY_DEPUTY = "no_safety_deputy"
    NO_RESPONSIBLE_DEPARTMENT = "no_responsible_department"
    BARRED_PROMOTION = "barred_promotion"
    ENTERPRISE_WITHOUT_REGULATOR = "enterprise_without_regulator"
    FUND_BEHIND_REVENUE = "fund_behind_revenue"
    EVALUATION_OVERDUE = "evaluation_overdue"


class DeclarationKind(StrEnum):
    """登记事项: a fact beside the roster, each with its document."""

    STANDING_COMMITTEE_EXCEPTION = "standing_committee_exception"
    RESPONSIBLE_DEPARTMENT = "responsible_department"
    ENTERPRISE = "enterprise"
    SAFETY_FUND = "safety_fund"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A recorded matter of a region from a day to a day.

    An exception names the safety lead's post; a responsible department names the organ; an enterprise has a name, an
    industry and, once it has one, its regulator as organ; a safety fund has a year and two amounts in yuan.
    """

    id: UUID
    kind: DeclarationKind
    region_code: str
    span: Span
    document: str
    post_id: UUID | None = None
    organ_id: UUID | None = None
    name: str | None = None
    industry: str | None = None
    year: int | None = None
    fund_yuan: int | None = None
    revenue_yuan: int | None = None
    annulled: bool = False
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class PromotionFlag:
    """A promotion on record that stands against a veto or an effect period, as discipline told it."""

    code: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class InvestigatedAccident:
    """An accident with the steps that followed it, in the region whose government investigates it."""

    id: UUID
    title: str
    region_code: str
    steps: tuple[Proceeding, ...]
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Findable:
    """What findings are derived from: some regions with all that is known of them at one moment."""

    roster: Roster
    declarations: tuple[Declaration, ...]
    flags: dict[UUID, tuple[PromotionFlag, ...]]
    accidents: tuple[InvestigatedAccident, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the statute asks for and the register does not show, or shows twice, on the day asked about."""

    kind: FindingKind
    region_code: str
    since: date
    basis: tuple[Basis, ...]
    what_zh: str
    what_en: str
    clears_zh: str
    clears_en: str
    organ_id: UUID | None = None
    post_id: UUID | None = None
    appointment_id: UUID | None = None
    declaration_id: UUID | None = None
    accident_id: UUID | None = None
    matter: str | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        """Findings of a region in a stable order: kind, then what they are about."""
        about = self.appointment_id or self.post_id or self.organ_id or self.declaration_id or self.accident_id or ""
        return self.kind.value, str(about), self.matter or ""
