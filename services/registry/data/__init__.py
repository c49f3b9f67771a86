"""The files the registry is born with (see PROVENANCE.md), and nothing but reading them."""

import csv
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent

DIVISIONS = "hebei_divisions.csv"
CODE_HISTORY = "hebei_code_history_1981_2024.csv"
INDUSTRIES = "gbt4754_2017.csv"
ACCIDENT_TYPES = "gb6441_types.csv"
ACCIDENTS = "accidents.csv"
END_CAUSES = "end_causes.csv"


def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """All rows of one of the files named above, as text; FileNotFoundError for another name."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
