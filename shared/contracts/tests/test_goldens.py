"""A contract only grows: every loss, change or new demand is found, at any depth; every addition is let through."""

import copy
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field

from shared.contracts.goldens import breaks, golden, published_contracts
from shared.contracts.registry import AccidentRecorded
from shared.kernel.envelope import Event

Schema = dict[str, Any]
BASE = golden(AccidentRecorded)


def changed(change: Callable[[Schema], object]) -> Schema:
    made = copy.deepcopy(BASE)
    change(made)
    return made


def chain(schema: Schema) -> Schema:
    part: Schema = schema["$defs"]["ChainPart"]
    return part


BREAKING: dict[str, tuple[Callable[[Schema], object], str]] = {
    "a field is removed": (lambda s: s["properties"].pop("deaths"), "$.deaths: lost field"),
    "a nested field is removed": (lambda s: chain(s)["properties"].pop("basis"), "$.chain[0].basis: lost field"),
    "a type changes": (lambda s: s["properties"]["deaths"].update(type="string"), "$.deaths: type changed"),
    "a nested type changes": (
        lambda s: chain(s)["properties"]["acting"].update(type="integer"),
        "$.chain[0].acting: type changed",
    ),
    "a format changes": (lambda s: s["properties"]["occurred_at"].update(format="date"), "$.occurred_at: type changed"),
    "a bound is added": (lambda s: s["properties"]["title"].update(maxLength=10), "$.title: type changed"),
    "null is no longer allowed": (
        lambda s: s["properties"].update(type_code={"type": "string"}),
        "$.type_code: type changed",
    ),
    "an item's type changes": (
        lambda s: s["properties"]["path"]["items"].update(type="integer"),
        "$.path[0]: type changed",
    ),
    "open words are closed": (lambda s: s["properties"]["industry"].update(enum=["C26"]), "$.industry: type changed"),
    "a required field is added": (
        lambda s: (s["properties"].update(new={"type": "string"}), s["required"].append("new")),
        "$.new: required field added",
    ),
    "an optional field becomes required": (
        lambda s: s["required"].append("exercise"),
        "$.exercise: required field added",
    ),
    "a nested field becomes required": (
        lambda s: (
            chain(s)["properties"].update(new={"type": "string"}),
            chain(s).setdefault("required", []).append("new"),
        ),
        "$.chain[0].new: required field added",
    ),
    "agencies lose a field": (
        lambda s: s["x-agency-fields"].remove("level"),
        "agency projection: lost field level",
    ),
    "the public loses everything": (
        lambda s: s.update({"x-public-fields": None}),
        "public projection: lost field level",
    ),
}


@pytest.mark.parametrize(("change", "message"), BREAKING.values(), ids=BREAKING)
def test_what_breaks_a_reader_is_found(change: Callable[[Schema], object], message: str) -> None:
    found = breaks(BASE, changed(change))
    assert any(one.startswith(message) for one in found), found


GROWING: dict[str, Callable[[Schema], object]] = {
    "an optional field joins": lambda s: s["properties"].update(new={"type": "string", "default": ""}),
    "an optional nested field joins": lambda s: chain(s)["properties"].update(new={"type": "string"}),
    "a description changes": lambda s: s["properties"]["deaths"].update(description="dead", title="Dead"),
    "a required field gets a default": lambda s: s["required"].remove("deaths"),
    "agencies gain a field": lambda s: s["x-agency-fields"].append("title"),
}


@pytest.mark.parametrize("change", GROWING.values(), ids=GROWING)
def test_what_only_grows_is_let_through(change: Callable[[Schema], object]) -> None:
    assert breaks(BASE, changed(change)) == []


class TreePart(BaseModel):
    kind: Literal["leaf", "branch"]
    inside: tuple["TreePart", ...] = ()


class Planted(Event):
    """Has no NAME, so that it is registered nowhere."""

    PRODUCER: ClassVar[str] = "example"
    AGGREGATE: ClassVar[str] = "tree"
    tree: TreePart
    colours: dict[str, int] = Field(default_factory=dict)


def planted() -> Schema:
    return copy.deepcopy(Planted.model_json_schema(mode="serialization"))


def test_a_part_that_contains_itself_is_compared_once() -> None:
    assert breaks(planted(), planted()) == []
    poorer = planted()
    poorer["$defs"]["TreePart"]["properties"].pop("inside")
    assert breaks(planted(), poorer) == ["$.tree.inside: lost field"]


def test_closed_words_may_be_added_and_never_lost() -> None:
    other = planted()
    other["$defs"]["TreePart"]["properties"]["kind"]["enum"].append("root")
    assert breaks(planted(), other) == []
    assert breaks(other, planted()) == ["$.tree.kind: lost value 'root'"]


def test_the_values_of_a_mapping_keep_their_type() -> None:
    other = planted()
    other["properties"]["colours"]["additionalProperties"]["type"] = "string"
    assert [one.split(":")[0] for one in breaks(planted(), other)] == ["$.colours"]


def test_every_contract_agrees_with_itself() -> None:
    contracts = published_contracts()
    assert contracts
    for contract in contracts.values():
        assert breaks(golden(contract), golden(contract)) == []
