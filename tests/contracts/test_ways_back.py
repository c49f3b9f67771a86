"""Every event that a service publishes can become its state again after a restore."""

from importlib import import_module

import pytest

from shared.contracts.topology import SERVICES
from shared.kernel.envelope import contracts


@pytest.mark.parametrize("name", SERVICES)
def test_every_published_event_of_a_service_has_its_way_back(name: str) -> None:
    adopt = import_module(f"services.{name}.main").service().adopt
    emitted = {one for one in contracts().values() if name == one.PRODUCER and one.PUBLISHED}
    assert emitted
    assert {one.type() for one in emitted - set(adopt)} == set()
