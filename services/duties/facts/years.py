"""A year seen from a post: its standing duties, and who looked at them."""

from dataclasses import dataclass
from uuid import UUID

from services.duties.facts import Duty, StandingReview
from shared.roster.facts import Span


@dataclass(frozen=True, slots=True)
class StandingYear:
    """One standing duty, one holder, their days in the year, and the newest review of it."""

    duty: Duty
    official_id: UUID
    span: Span
    review: StandingReview | None
