"""Rows of the roster's copy, as a consumer that has heard everything keeps them."""

from collections.abc import Iterator
from typing import Any

from bench.province.events import Version, versions
from bench.province.plan import Plan
from bench.province.rows import columns_of, values
from bench.province.slices import slices
from shared.roster.tables import TABLES

#: Aggregate type → the columns of its rows.
COLUMNS = {name: columns_of(table) for name, table in TABLES.items()}


def row(version: Version) -> tuple[Any, ...]:
    """The row of a version that arrived the moment it was recorded."""
    arrived = {"arrived_at": version.recorded_at, "replaced_at": version.superseded_at}
    return values(TABLES[version.event.AGGREGATE], version, arrived)


def rows(plan: Plan) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """(aggregate type, row in the order of `COLUMNS`) for the whole province, one region after another.

    `roster_birth` has a row besides: whoever loads these says when the copy was born.
    """
    for one in slices(plan):
        for version in versions(plan, one):
            yield version.event.AGGREGATE, row(version)
