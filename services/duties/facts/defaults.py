"""What is configured because the statute is silent."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Defaults:
    """Where the statute is silent: configuration, never text; units as the names say."""

    due_soon_days: int = 10
    books_close_days: int = 30
    filing_days: int = 30
    sorting_share: Fraction = Fraction(1, 3)
    look_back_months: int = 12
    appeal_days: int = 30
    effective_from: date = date(2018, 8, 23)
    first_reminder_working_days: int = 10
    second_reminder_working_days: int = 3
