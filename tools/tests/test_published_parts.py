"""The AsyncAPI document shows of an event's parts what an audience reads, no more."""

import pytest

from shared.contracts.registry import OrganState, OrganSucceeded
from tools.asyncapi import payload


@pytest.mark.parametrize("audience", ["agency", "public"])
def test_an_organs_roles_are_described_without_document_issuer_and_function(audience: str) -> None:
    schema, whole = payload(OrganSucceeded, audience), payload(OrganSucceeded, "internal")
    assert schema is not None
    assert whole is not None
    shown = schema["properties"]["roles"]["items"]
    assert shown["properties"].keys() == OrganState.PUBLISHED_PARTS["roles"]
    assert set(shown["required"]) <= shown["properties"].keys()
    assert {"document", "issuer", "function"} <= whole["properties"]["roles"]["items"]["properties"].keys()
