"""Recorded matters beside the roster: exceptions, designations, enterprises, the safety fund."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.registry.base import RegistryEvent


class DeclarationState(RegistryEvent):
    """A declaration's full state.

    By `kind`: `standing_committee_exception` names a post (Art. 8), `responsible_department` an organ (Art. 5.6),
    `enterprise` has a name, an industry and an organ that regulates it (Art. 6.9), `safety_fund` a year and two amounts
    in yuan (Art. 6.7).
    """

    AGGREGATE: ClassVar[str] = "declaration"
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art5.6", "art6.7", "art6.9", "art8")

    kind: str
    region_code: str
    from_day: date
    to_day: date | None = None
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


class DeclarationRecorded(DeclarationState):
    """A matter was recorded with its document."""

    NAME: ClassVar[str] = "recorded"


class DeclarationCorrected(DeclarationState):
    """A recorded matter was corrected or ended."""

    NAME: ClassVar[str] = "corrected"


class DeclarationAnnulled(DeclarationState):
    """A recorded matter was annulled."""

    NAME: ClassVar[str] = "annulled"
