"""Events as rows: columns by name, as asyncpg's COPY takes them."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from bench.province.events import Version
from shared.contracts.registry import RegionState
from shared.roster.facts_of import ancestry_of


def columns_of(table: sa.Table) -> tuple[str, ...]:
    """The columns of a table that its rows name."""
    return tuple(column.name for column in table.c if column.identity is None)


def values(table: sa.Table, version: Version, more: Mapping[str, Any]) -> tuple[Any, ...]:
    """The row of a version: the event's own fields, when it stood, and what else the table wants to know.

    KeyError: the table has a column that neither the event nor `more` speaks of, and no default.
    """
    event = version.event
    known = {
        "version": version.version,
        "recorded_at": version.recorded_at,
        "superseded_at": version.superseded_at,
        "path": version.path,
        **({"ancestry": ancestry_of(event)} if isinstance(event, RegionState) else {}),
        **more,
    }
    return tuple(
        known[column.name] if column.name in known else _value(event, column)
        for column in table.c
        if column.identity is None
    )


def _value(event: Any, column: sa.Column[Any]) -> Any:
    value = getattr(event, column.name)
    if isinstance(column.type, JSONB):
        return json.dumps([part.model_dump(mode="json") for part in value] if isinstance(value, tuple) else value)
    return list(value) if isinstance(value, tuple) else value
