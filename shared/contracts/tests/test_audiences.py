"""I7: nothing internal reaches another agency or the public, neither in a body nor in an envelope."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import pytest
from pydantic import BaseModel

from shared.contracts.goldens import published_contracts
from shared.kernel.envelope import AGENCY, INTERNAL, PUBLIC, Entry, Event, headers

CONTRACTS = published_contracts()
PROJECTIONS = [
    pytest.param(contract, fields, id=f"{name}.{audience}")
    for name, contract in CONTRACTS.items()
    for audience, fields in ((AGENCY, contract.AGENCY_FIELDS), (PUBLIC, contract.PUBLIC_FIELDS))
    if fields is not None
]
#: Words of field names, parted at `_`: who a person is, who acted and why, what was said, what is suspected.
INTERNAL_WORDS = frozenset(
    {
        *("name", "names", "citizen", "number", "birth", "phone", "contact", "masked", "encrypted", "secret"),
        *("by", "actor", "attested", "behalf", "caused", "flags", "sender", "receiver", "subject"),
        *("reason", "reasons", "note", "notes", "words", "statement", "opinion", "heard", "facts", "fact", "evidence"),
        *("lead", "leads", "case", "proposal", "proposed", "suspicion", "concealed", "chain", "lapses", "unexamined"),
        *("covert", "draw", "pool", "seed", "confidential"),
    }
)
#: Fields of such a word that name no person: a place, an organ, a level of government.
NOBODY = {("region", "name"), ("organ", "name"), ("accident", "investigated_by")}
HIDDEN_HEADERS = {"ce-actor", "ce-reason", "ce-onbehalfof", "ce-causedby", "ce-transaction", "ce-seq", "ce-place"}


def names_of(schema: Mapping[str, Any], definitions: Mapping[str, Any], seen: frozenset[str]) -> Iterator[str]:
    """The names of all fields at any depth of a schema."""
    reference = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if reference and reference not in seen:
        yield from names_of(definitions[reference], definitions, seen | {reference})
    yield from schema.get("properties", {})
    inside = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("prefixItems", ())]
    inside += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    for part in inside:
        yield from names_of(part, definitions, seen)


def projected(contract: type[Event], fields: frozenset[str]) -> set[str]:
    """The names of all fields that a projection carries, nested ones too."""
    schema = contract.model_json_schema(mode="serialization")
    parts = {name: part for name, part in schema["properties"].items() if name in fields}
    return set(names_of({"properties": parts}, schema.get("$defs", {}), frozenset()))


def internal(contract: type[Event], fields: frozenset[str]) -> set[str]:
    """What of a projection must not be in it."""
    return {
        name
        for name in projected(contract, fields)
        if not INTERNAL_WORDS.isdisjoint(name.split("_")) and (contract.AGGREGATE, name) not in NOBODY
    }


@pytest.mark.parametrize(("contract", "fields"), PROJECTIONS)
def test_no_projection_carries_an_internal_field(contract: type[Event], fields: frozenset[str]) -> None:
    assert internal(contract, fields) == set()


@pytest.mark.parametrize(("contract", "fields"), PROJECTIONS)
def test_a_projection_names_fields_that_exist_and_the_identity(contract: type[Event], fields: frozenset[str]) -> None:
    assert fields <= set(contract.model_fields)
    assert "id" in fields


@pytest.mark.parametrize("contract", [pytest.param(one, id=name) for name, one in CONTRACTS.items()])
def test_the_public_reads_nothing_that_agencies_do_not(contract: type[Event]) -> None:
    assert (contract.PUBLIC_FIELDS or frozenset()) <= (contract.AGENCY_FIELDS or frozenset())


@pytest.mark.parametrize("contract", [pytest.param(one, id=name) for name, one in CONTRACTS.items()])
def test_what_concerns_a_person_is_not_for_the_public(contract: type[Event]) -> None:
    assert contract.PUBLIC_FIELDS is None or "official_id" not in projected(contract, contract.PUBLIC_FIELDS)


class SpeakerPart(BaseModel):
    statement: str


class Leaking(Event):
    """Has no NAME, so that it is registered nowhere."""

    AGGREGATE: ClassVar[str] = "example"
    name: str
    citizen_number: str
    end_reason: str
    heard: tuple[SpeakerPart, ...]
    decided_by: UUID | None
    level: str


def test_internal_fields_are_found_at_any_depth() -> None:
    everything = frozenset(Leaking.model_fields)
    expected = {"name", "citizen_number", "end_reason", "heard", "statement", "decided_by"}
    assert internal(Leaking, everything) == expected
    assert internal(Leaking, frozenset({"id", "level"})) == set()


def entry() -> Entry:
    """A ledger row in which everything internal says so."""
    return Entry(
        id=UUID(int=1),
        transaction=UUID(int=2),
        caused_by="INTERNAL-cause",
        aggregate_type="accident",
        aggregate_id=UUID(int=3),
        version=1,
        type="anze.registry.accident.recorded.v1",
        place="130000.130100._._",
        data={},
        agency_data={},
        public_data={},
        actor="INTERNAL-actor",
        on_behalf_of="INTERNAL-principal",
        reason="INTERNAL-reason",
        basis=["art21.4"],
        exercise=False,
        occurred_at=datetime(2026, 5, 20, tzinfo=UTC),
        recorded_at=datetime(2026, 5, 20, tzinfo=UTC),
        traceparent="00-1-2-01",
    )


@pytest.mark.parametrize("audience", [AGENCY, PUBLIC])
def test_the_envelope_for_others_says_neither_who_nor_why(audience: str) -> None:
    sent = headers(entry(), "registry", audience, 1, "-")
    assert HIDDEN_HEADERS.isdisjoint(sent)
    assert not [value for value in sent.values() if "INTERNAL" in value]
    assert str(UUID(int=2)) not in " ".join(sent.values())


def test_the_envelope_for_the_services_says_who_and_why() -> None:
    sent = headers(entry(), "registry", INTERNAL, 1, "-")
    assert sent.keys() >= HIDDEN_HEADERS
    assert (sent["ce-actor"], sent["ce-reason"]) == ("INTERNAL-actor", "INTERNAL-reason")
