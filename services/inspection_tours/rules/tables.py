"""Reading the defaults: a cycle without months or an unknown level stops the service at start."""

import tomllib
from dataclasses import replace

from services.inspection_tours.facts import AccidentLevel, Configuration
from shared.statute.clauses import cites


@cites("art14")
def parse_configuration(text: str) -> Configuration:
    """The configuration of a TOML text. TypeError or ValueError where it is malformed."""
    read = Configuration(**tomllib.loads(text))
    if read.cycle_months < 1 or not 0 <= read.due_soon_months < read.cycle_months:
        raise ValueError("the warning lies within the cycle")
    if read.minimum_days < 1 or read.minimum_samples < 1:
        raise ValueError("a tour has at least one day and one sample")
    return replace(read, special_tour_from=AccidentLevel(read.special_tour_from))
