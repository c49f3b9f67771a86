"""Who answered for a region, an industry or a field on a day: posts with clause and reason, no judgement."""

from datetime import date

from services.registry.facts.answers import Answerable, Matter
from services.registry.rules.listing import region_entries, region_gaps
from services.registry.rules.lookup import Lookup
from shared.roster.facts import Roster
from shared.statute.clauses import cites


@cites("art4.p2")
def who_answered(
    region_code: str, roster: Roster, day: date, matter: Matter | None = None, *, exercise: bool = False
) -> Answerable:
    """Principals and safety lead always, others by portfolio or role. ValueError for an unknown region."""
    lookup = Lookup(roster, day, exercise=exercise)
    region = lookup.region(region_code)
    asked = matter or Matter()
    return Answerable(region_code, day, asked, region_entries(region, lookup, asked), region_gaps(region, lookup))
