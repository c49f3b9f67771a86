"""Whether and since when an official is retired, by the roster (Art. 27)."""

from collections.abc import Collection
from datetime import date, timedelta

from shared.roster.facts import Appointment
from shared.statute.clauses import cites

RETIRED = frozenset({"退休", "retired"})


@cites("art27")
def retired_since(appointments: Collection[Appointment]) -> date | None:
    """The first day of retirement: every post has ended, the last one by retiring; else `None`."""
    held = [one for one in appointments if not one.annulled]
    ends = [one.span.to_day for one in held if one.span.to_day is not None]
    if not held or len(ends) < len(held):
        return None
    last = max(ends)
    retired = any(_by_retiring(one) and one.span.to_day == last for one in held)
    return last + timedelta(days=1) if retired else None


def _by_retiring(one: Appointment) -> bool:
    """By the registry's coded cause, or by words where it was recorded without one."""
    return one.end_cause == "retirement" or one.end_reason in RETIRED
