"""Rows of the registry's own tables and of its ledger; the one module here that knows a service."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid5

from bench.province.events import Version, versions
from bench.province.plan import Plan
from bench.province.rows import columns_of, values
from bench.province.slices import slices
from services.registry.facts.names import spoken
from services.registry.tables import TABLES
from shared.contracts.registry import OfficialState, OrganState, RegionState
from shared.kernel import seals, tables
from shared.kernel.envelope import Entry, place

#: Aggregate type, or `ledger` → the columns of its rows.
COLUMNS = {name: columns_of(table) for name, table in TABLES.items()} | {"ledger": columns_of(tables.ledger)}
ACTOR = "演练"
_JSON = frozenset({"data", "agency_data", "public_data"})


def entry(version: Version) -> Entry:
    """The ledger row of a version, whole but for its `seq`."""
    event = version.event
    identity = uuid5(event.id, str(version.version))
    body = event.model_dump(mode="json")
    return Entry(
        id=identity,
        transaction=identity,
        caused_by=None,
        aggregate_type=event.AGGREGATE,
        aggregate_id=event.id,
        version=version.version,
        type=event.type(),
        place=place(version.path),
        data=body,
        agency_data=event.for_agencies(body),
        public_data=event.for_the_public(body),
        actor=ACTOR,
        on_behalf_of=None,
        reason=None,
        basis=list(event.LEGAL_BASIS),
        exercise=bool(getattr(event, "exercise", False)),
        occurred_at=version.recorded_at,
        recorded_at=version.recorded_at,
        traceparent=None,
    )


def ledger_row(version: Version) -> tuple[Any, ...]:
    """The ledger row as COPY takes it, with its digest."""
    whole = entry(version)
    found = {**whole._asdict(), "digest": seals.digest(whole)}
    return tuple(
        json.dumps(found[name]) if name in _JSON and found[name] is not None else found[name]
        for name in COLUMNS["ledger"]
    )


def state_row(version: Version) -> tuple[Any, ...]:
    """The row of the version in its own table."""
    event, more = version.event, {}
    if isinstance(event, RegionState | OrganState | OfficialState):
        reading = event.reading if isinstance(event, OfficialState) else None
        said = spoken(event.name, reading, person=isinstance(event, OfficialState))
        more = {"pinyin": said.pinyin, "initials": said.initials}
    return values(TABLES[event.AGGREGATE], version, more)


def rows(plan: Plan) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """(table, row in the order of `COLUMNS`) for the whole province: each version's state, then its ledger row."""
    for one in slices(plan):
        for version in versions(plan, one):
            yield version.event.AGGREGATE, state_row(version)
            yield "ledger", ledger_row(version)
