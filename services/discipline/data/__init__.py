"""The data files of discipline: measures with their effect periods, and who handles and decides."""

from functools import cache
from importlib.resources import files

from services.discipline.facts import AuthorityTable, Measure
from services.discipline.rules.tables import parse_authorities, parse_measures


@cache
def measures() -> dict[str, Measure]:
    """The measures that ship with the service, by id. KeyError or ValueError for a malformed file."""
    return {measure.id: measure for measure in parse_measures(_read("measures.toml"))}


@cache
def authorities() -> AuthorityTable:
    """The Art. 29 table that ships with the service."""
    return parse_authorities(_read("authorities.toml"))


def _read(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
