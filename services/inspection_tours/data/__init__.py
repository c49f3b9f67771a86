"""The data file of inspection tours: defaults where Art. 14 is silent."""

from functools import cache
from importlib.resources import files

from services.inspection_tours.facts import Configuration
from services.inspection_tours.rules.tables import parse_configuration


@cache
def configuration() -> Configuration:
    """The configuration that ships with the service."""
    return parse_configuration((files(__package__) / "configuration.toml").read_text(encoding="utf-8"))
