"""Golden JSON Schemas of the contracts: what was once published stays, and only optional fields may join it.

A golden is the schema of the event as it travels (Draft 2020-12) with the fields of its audience projections beside.
`breaks` lists how a newer schema fails those who rely on the older one.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import shared.contracts
from shared.kernel.envelope import Event, contracts

Schema = Mapping[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
PROJECTIONS = {"x-agency-fields": "agency", "x-public-fields": "public"}
ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default", "examples", "deprecated", *PROJECTIONS}
COMPARED_BY_PART = {"$ref", "properties", "required", "items", "prefixItems", "anyOf", "enum", "const"}


def published_contracts() -> dict[str, type[Event]]:
    """Every contract of `shared/contracts` by type, in order of type."""
    for module in pkgutil.walk_packages(shared.contracts.__path__, f"{shared.contracts.__name__}."):
        if ".tests" not in module.name:
            importlib.import_module(module.name)
    ours = f"{shared.contracts.__name__}."
    return {name: one for name, one in sorted(contracts().items()) if one.__module__.startswith(ours)}


def golden(contract: type[Event]) -> dict[str, Any]:
    """The golden of one contract."""
    schema = contract.model_json_schema(mode="serialization")
    projections = dict(zip(PROJECTIONS, (contract.AGENCY_FIELDS, contract.PUBLIC_FIELDS), strict=True))
    named = {key: None if fields is None else sorted(fields) for key, fields in projections.items()}
    return {"$schema": DIALECT, "$id": f"urn:{contract.type().replace('.', ':')}", **schema, **named}


def breaks(old: Schema, new: Schema) -> list[str]:
    """How `new` loses, changes or demands what `old` did not; empty where it only grew."""
    lost = [
        f"{audience} projection: lost field {name}"
        for key, audience in PROJECTIONS.items()
        for name in sorted(set(old.get(key) or ()) - set(new.get(key) or ()))
    ]
    return [*lost, *_Comparison(old, new).parts("$", old, new, frozenset())]


class _Comparison:
    """Walks two schemas at once, each with definitions of its own."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old, self.new = old, new

    def parts(self, at: str, old: Schema, new: Schema, seen: frozenset[str]) -> Iterator[str]:
        if (name := old.get("$ref")) in seen:  # a part that contains itself was compared further out
            return
        inside = seen if name is None else seen | {name}
        old, new = _resolved(self.old, old), _resolved(self.new, new)
        if _shape(old) != _shape(new):
            yield f"{at}: type changed from {_shape(old)} to {_shape(new)}"
            return
        yield from _values(at, old, new)
        yield from self._properties(at, old, new, inside)
        for index, (before, after) in enumerate(zip(_places(old), _places(new), strict=True)):
            yield from self.parts(f"{at}[{index}]", before, after, inside)

    def _properties(self, at: str, old: Schema, new: Schema, seen: frozenset[str]) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"{at}.{name}: required field added"
        for name, schema in before.items():
            if name in after:
                yield from self.parts(f"{at}.{name}", schema, after[name], seen)
            else:
                yield f"{at}.{name}: lost field"


def _resolved(root: Schema, schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return found


def _places(schema: Schema) -> list[Schema]:
    """The schemas of what stands inside by position: a list's items, a tuple's places, a union's alternatives."""
    items = schema.get("items")
    return [*([items] if isinstance(items, Mapping) else ()), *schema.get("prefixItems", ()), *schema.get("anyOf", ())]


def _shape(schema: Schema) -> dict[str, Any]:
    """What must stay as it is: type, format and bounds, and how many places and alternatives there are."""
    fixed = {key: value for key, value in schema.items() if key not in ANNOTATIONS | COMPARED_BY_PART}
    return fixed | {"parts": len(_places(schema)), "closed": "enum" in schema or "const" in schema}


def _values(at: str, old: Schema, new: Schema) -> Iterator[str]:
    known = [*new.get("enum", ()), *([new["const"]] if "const" in new else ())]
    for value in (*old.get("enum", ()), *([old["const"]] if "const" in old else ())):
        if value not in known:
            yield f"{at}: lost value {value!r}"
