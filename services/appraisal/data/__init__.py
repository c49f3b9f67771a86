"""The data file of appraisal: defaults where the statute is silent."""

from functools import cache
from importlib.resources import files

from services.appraisal.facts import Bands, PublicationPolicy
from services.appraisal.rules.tables import parse_bands, parse_publication_policy


@cache
def bands() -> Bands:
    """The grade bands that ship with the service."""
    return parse_bands(_read())


@cache
def publication_policy() -> PublicationPolicy:
    """The publication interval that ships with the service."""
    return parse_publication_policy(_read())


def _read() -> str:
    return (files(__package__) / "defaults.toml").read_text(encoding="utf-8")
