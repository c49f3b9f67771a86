"""What is written can be read, by its schema and by its class; whoever reads an aggregate finds its contracts."""

from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.goldens import golden, published_contracts
from shared.contracts.topology import DECLARATIONS, READERS, SERVICES
from shared.kernel.envelope import Event
from shared.kernel.streams import matches
from shared.statute.text import cite

CONTRACTS = published_contracts()
EACH = pytest.mark.parametrize("contract", [pytest.param(one, id=name) for name, one in CONTRACTS.items()])


@EACH
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_an_event_survives_the_wire_and_fits_its_golden(contract: type[Event], data: st.DataObject) -> None:
    event = data.draw(st.from_type(contract))
    body = event.model_dump(mode="json")
    assert contract.model_validate(body) == event
    jsonschema.validate(body, golden(contract), jsonschema.Draft202012Validator)
    parts = getattr(contract, "PUBLISHED_PARTS", {})  # of lists whose parts are published in some fields only
    told = {
        name: [{key: part[key] for key in part.keys() & parts[name]} for part in value] if name in parts else value
        for name, value in body.items()
    }
    for projection, fields in (
        (event.for_agencies(body), contract.AGENCY_FIELDS),
        (event.for_the_public(body), contract.PUBLIC_FIELDS),
    ):
        expected: dict[str, Any] | None = None if fields is None else {name: told[name] for name in fields}
        assert projection == expected


@EACH
def test_fields_of_tomorrow_are_ignored(contract: type[Event]) -> None:
    assert contract.model_config.get("extra") == "ignore"
    assert contract.model_config.get("frozen") is True
    for part in golden(contract).get("$defs", {}).values():
        assert part.get("additionalProperties", True) is not False


@EACH
def test_a_contract_says_who_emits_it_what_it_means_and_why_it_exists(contract: type[Event]) -> None:
    assert contract.PRODUCER in SERVICES
    assert f"{contract.__module__}.".startswith(f"shared.contracts.{contract.PRODUCER}.")
    assert contract.__doc__
    for clause in contract.LEGAL_BASIS:
        cite(clause)


@EACH
def test_every_published_event_has_its_stream(contract: type[Event]) -> None:
    subject = f"anze.v1.internal.{contract.PRODUCER}.{contract.AGGREGATE}.{contract.NAME}.130000._._._"
    carrying = [one for one in DECLARATIONS.streams if matches(one.subjects, subject)]
    assert carrying in [[one] for one in DECLARATIONS.streams_of(contract.PRODUCER)]


def test_vetoes_and_nothing_else_of_discipline_lie_in_a_stream_that_others_read() -> None:
    read = {one.stream for one in DECLARATIONS.consumers}
    held = {one.name: one.subjects for one in DECLARATIONS.streams_of("discipline") if one.name in read}
    assert held == {"DISCIPLINE_VETOES": ("anze.v1.internal.discipline.veto.>",)}


def test_every_aggregate_that_somebody_reads_has_contracts() -> None:
    written = {(one.PRODUCER, one.AGGREGATE) for one in CONTRACTS.values() if one.PUBLISHED}
    wanted = {(producer, aggregate) for _, _, producer, aggregates in READERS for aggregate in aggregates}
    assert wanted - written == set()
