"""Reading the defaults: bands out of order or an interval below a month stop the service at start."""

import tomllib

from services.appraisal.facts import Bands, PublicationPolicy
from shared.statute.clauses import cites


@cites("art15")
def parse_bands(text: str) -> Bands:
    """The bands of a TOML text. KeyError, TypeError or ValueError where it is malformed."""
    bands = Bands(**tomllib.loads(text)["bands"])
    if not 100 >= bands.excellent > bands.good > bands.passed > 0 or bands.plan_months < 1:
        raise ValueError("bands fall from excellent to passed within 100, with a month for the plan")
    return bands


@cites("art18")
def parse_publication_policy(text: str) -> PublicationPolicy:
    """The publication policy of a TOML text. KeyError, TypeError or ValueError where it is malformed."""
    policy = PublicationPolicy(**tomllib.loads(text)["publication"])
    if policy.interval_months < 1:
        raise ValueError("an interval has at least one month")
    return policy
