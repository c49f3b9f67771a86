"""The AsyncAPI document is well-formed, and says what the code does: subjects, envelope, bodies, readers."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import jsonschema
import pytest

from shared.contracts.goldens import published_contracts
from shared.contracts.registry import RegionRegistered
from shared.contracts.tests.test_audiences import entry
from shared.contracts.topology import DECLARATIONS, READERS
from shared.kernel.envelope import AGENCY, INTERNAL, PUBLIC, Entry, headers, subject
from tools import asyncapi

Json = dict[str, Any]
CONTRACTS = published_contracts()
AUDIENCES = (INTERNAL, AGENCY, PUBLIC)
REFERENCE = {"type": "object", "required": ["$ref"], "properties": {"$ref": {"pattern": "^#/"}}}
TAGS = {"type": "array", "items": {"type": "object", "required": ["name"]}}
EXTENSIONS: Json = {"^x-": {}}


def thing(required: list[str], properties: Json) -> Json:
    """An object with these properties and extensions, and nothing else."""
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "patternProperties": EXTENSIONS,
        "additionalProperties": False,
    }


def named(one: Json) -> Json:
    """A map with keys that AsyncAPI allows."""
    return {"type": "object", "patternProperties": {r"^[\w.\-]+$": one}, "additionalProperties": False}


TEXT = {"type": "string", "minLength": 1}
#: The parts of the AsyncAPI 3.0.0 structure that the document uses.
STRUCTURE = thing(
    ["asyncapi", "info", "channels", "operations"],
    {
        "asyncapi": {"const": "3.0.0"},
        "info": thing(["title", "version"], {"title": TEXT, "version": TEXT, "description": TEXT}),
        "defaultContentType": {"const": "application/json"},
        "servers": named(thing(["host", "protocol"], {"host": TEXT, "protocol": TEXT, "description": TEXT})),
        "channels": named(
            thing(
                ["address", "messages"],
                {
                    "address": TEXT,
                    "title": TEXT,
                    "description": TEXT,
                    "messages": named(REFERENCE),
                    "parameters": named(thing(["description"], {"description": TEXT, "enum": {"type": "array"}})),
                    "tags": TAGS,
                },
            )
        ),
        "operations": named(
            thing(
                ["action", "channel"],
                {
                    "action": {"enum": ["send", "receive"]},
                    "title": TEXT,
                    "channel": REFERENCE,
                    "messages": {"type": "array", "items": REFERENCE, "minItems": 1},
                    "tags": TAGS,
                },
            )
        ),
        "components": thing(
            ["messages", "schemas"],
            {
                "messages": named(
                    thing(
                        ["name", "title", "summary", "headers", "payload"],
                        {
                            "name": TEXT,
                            "title": {"pattern": " · "},
                            "summary": {"pattern": " · "},
                            "contentType": {"const": "application/json"},
                            "headers": REFERENCE,
                            "payload": REFERENCE,
                            "tags": TAGS,
                        },
                    )
                ),
                "schemas": named({"type": "object"}),
            },
        ),
    },
)


@pytest.fixture(scope="module")
def document() -> Json:
    return asyncapi.document(CONTRACTS)


def resolve(document: Json, reference: str) -> Json:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for one in part.values():
            yield from references(one)
    elif isinstance(part, list):
        for one in part:
            yield from references(one)


def pattern(channel: Json) -> re.Pattern[str]:
    """What a channel's address matches."""
    places = dict.fromkeys(asyncapi.PLACES, r"[0-9_]+")
    words = places | {"event": "|".join(channel["parameters"]["event"]["enum"])}
    return re.compile(re.sub(r"\\{(\w+)\\}", lambda hit: f"({words[hit[1]]})", re.escape(channel["address"])))


def test_the_structure_is_that_of_asyncapi(document: Json) -> None:
    jsonschema.validate(document, STRUCTURE, jsonschema.Draft7Validator)
    for reference in references(document):
        assert resolve(document, reference)


def test_the_structure_check_notices_faults(document: Json) -> None:
    faults: tuple[Json, ...] = ({"asyncapi": "2.6.0"}, {"channel": {}}, {"operations": {"x": {"action": "publish"}}})
    for fault in faults:
        assert list(jsonschema.Draft7Validator(STRUCTURE).iter_errors(document | fault))


def test_operations_speak_of_messages_of_their_own_channel(document: Json) -> None:
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"]
        assert [one["$ref"].rsplit("/", 1)[0] for one in operation["messages"]] == [f"{channel}/messages"] * len(
            resolve(document, channel)["messages"]
        )


def test_parameters_are_those_of_the_address(document: Json) -> None:
    for channel in document["channels"].values():
        assert set(re.findall(r"{(\w+)}", channel["address"])) == channel["parameters"].keys()


def entry_of(contract_type: str, aggregate: str) -> Entry:
    return entry()._replace(type=contract_type, aggregate_type=aggregate)


def test_every_subject_that_is_published_has_one_channel_with_its_message(document: Json) -> None:
    expected = 0
    for name, contract in CONTRACTS.items():
        offered = {INTERNAL: True, AGENCY: contract.AGENCY_FIELDS, PUBLIC: contract.PUBLIC_FIELDS}
        for audience in AUDIENCES:
            sent = subject(entry_of(name, contract.AGGREGATE), contract.PRODUCER, audience)
            found = [one for one in document["channels"].values() if pattern(one).fullmatch(sent)]
            if contract.PUBLISHED and offered[audience] is not None:
                assert [name in one["messages"] for one in found] == [True], sent
                expected += 1
            else:
                assert found == [], sent
    assert len(document["components"]["messages"]) == expected


def test_a_channel_names_the_stream_that_carries_it(document: Json) -> None:
    streams = {key: channel["x-stream"] for key, channel in document["channels"].items()}
    assert streams["internal.discipline.veto"] == "DISCIPLINE_VETOES"
    assert streams["internal.discipline.case"] == "DISCIPLINE"
    assert streams["agency.discipline.veto"] == "AGENCY"
    assert set(streams.values()) == {one.name for one in DECLARATIONS.streams}


def test_every_durable_is_an_operation_on_the_channels_that_it_filters(document: Json) -> None:
    described: dict[str, set[str]] = {}
    for operation in document["operations"].values():
        if operation["action"] == "receive":
            address = resolve(document, operation["channel"]["$ref"])["address"]
            described.setdefault(operation["x-durable"], set()).add(address.replace(address[address.index("{") :], ">"))
    assert described == {one.durable: set(one.filter_subjects) for one in DECLARATIONS.consumers}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_envelope_is_described_whole(document: Json, audience: str) -> None:
    sent = headers(entry(), "registry", audience, 1, "-")
    schema = document["components"]["schemas"][asyncapi.ENVELOPES[audience]]
    assert sent.keys() == schema["properties"].keys()
    jsonschema.validate(sent, schema, jsonschema.Draft202012Validator)
    bare = entry()._replace(caused_by=None, on_behalf_of=None, reason=None, traceparent=None)
    assert headers(bare, "registry", audience, 1, "-").keys() == set(schema["required"])


def test_bodies_are_described_as_each_audience_reads_them(document: Json) -> None:
    for name, contract in CONTRACTS.items():
        offered = {AGENCY: contract.AGENCY_FIELDS, PUBLIC: contract.PUBLIC_FIELDS}
        whole = set(contract.model_fields)
        for audience, fields in {INTERNAL: whole, **offered}.items():
            message = document["components"]["messages"].get(f"{name}.{audience}")
            if message is not None:
                schema = resolve(document, message["payload"]["$ref"])
                jsonschema.Draft202012Validator.check_schema(schema)
                assert schema["properties"].keys() == fields
    region = RegionRegistered(
        id=UUID(int=1),
        code="130000",
        name="河北省",
        tier="province",
        code_parent=None,
        admin_parent=None,
        path=("130000",),
        from_day=date(1949, 8, 1),
        competence="province",
    )
    public = document["components"]["schemas"]["registry.region.public"]
    jsonschema.validate(region.for_the_public(region.model_dump(mode="json")), public, jsonschema.Draft202012Validator)
    assert "competence" not in public["properties"]


def test_events_of_one_aggregate_that_differ_have_schemas_of_their_own() -> None:
    schemas: Json = {}
    registered, changed = (CONTRACTS[f"anze.registry.region.{one}.v1"] for one in ("registered", "changed"))
    assert asyncapi._payload_key(schemas, registered, INTERNAL, {"a": 1}) == "registry.region.internal"
    assert asyncapi._payload_key(schemas, changed, INTERNAL, {"a": 1}) == "registry.region.internal"
    assert asyncapi._payload_key(schemas, changed, INTERNAL, {"a": 2}) == "anze.registry.region.changed.v1.internal"


def test_what_has_no_chinese_word_or_no_contract_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {name: one for name, one in CONTRACTS.items() if one.AGGREGATE != "accident"}
    with pytest.raises(asyncapi.Unnamed, match="duties reads registry's accident, which no contract describes"):
        asyncapi.document(without, READERS)
    monkeypatch.delitem(asyncapi.EVENT_WORDS, "registered")
    with pytest.raises(asyncapi.Unnamed, match="registered has no Chinese word"):
        asyncapi.document(CONTRACTS)
