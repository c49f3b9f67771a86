"""The duty catalogues that ship with the service, as data files; only this module reads them."""

from functools import cache
from importlib.resources import files

from services.duties.facts import Catalogue
from services.duties.rules.catalogue import parse_catalogue


@cache
def load_catalogue(name: str = "hebei") -> Catalogue:
    """The catalogue `name`, checked. CatalogueError where it contradicts itself or misquotes the statute."""
    source = (files(__package__) / f"{name}.toml").read_text(encoding="utf-8")
    return parse_catalogue(f"{name}.toml", source)
