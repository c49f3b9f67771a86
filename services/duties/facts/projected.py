"""What the projection holds, as facts: rules as rows, obligations with their status, counts."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.duties.facts.catalogue import Adoption, Governance


class Group(StrEnum):
    """By what a board counts."""

    ORGAN = "organ"
    REGION = "region"
    DUTY = "duty"
    PERIOD = "period"
    OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement of a periodic duty at one place (a tier, or a region code); all words are the facts' own.

    `left_out`: it speaks of posts that only a reading puts under the duty. `from_day` and `to_day` are those of the
    entry's version; `until` is the last day of the versions that follow it without a gap. `governs` is the catalogue's.
    """

    id: str
    duty_id: str
    requirement_id: str
    clause: str
    place: str
    excepted: tuple[str, ...]
    post_kinds: tuple[str, ...]
    organ_kinds: tuple[str, ...]
    roles: tuple[str, ...]
    period: str
    count: int
    acts: tuple[str, ...]
    manner: str
    firmness: str
    filings: tuple[str, ...]
    secretary_first: bool
    note: str | None
    left_out: bool
    from_day: date
    to_day: date | None
    until: date | None
    statute: str
    governs: tuple[Governance, ...]
    overlays: tuple[Adoption, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """An obligation of the projection with its status on the day that was asked about.

    `performances` are the acts that count; `unfiled` the relations in which a filing is asked for and not on record.
    """

    id: UUID
    requirement_id: str
    duty_id: str
    clause: str
    post_id: UUID
    organ_id: UUID
    region_code: str
    tier: str
    from_day: date
    due_on: date
    count: int
    basis: str
    adopted_by: str | None
    default_by: str | None
    founds: bool
    status: str
    performances: tuple[UUID, ...]
    unfiled: tuple[str, ...]
    exercise: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How many obligations of one official, organ, region, duty or period stand how; it ranks nobody.

    `founding`: how many of the lapses the text or an adopted reading makes binding; the others found nothing.
    """

    key: str
    statuses: dict[str, int]
    founding: int
