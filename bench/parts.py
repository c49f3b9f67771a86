"""The parts of the bench by name, and how one is measured: the process that does it imports this."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bench import duties, imports, messages, processes, register, requests, travel
from bench.ground import Ground, ground
from bench.measure import Line
from shared.kernel.app import settle

Part = Callable[[Ground, bool], Coroutine[Any, Any, list[Line]]]
PARTS: dict[str, Part] = {
    "messages": lambda where, quick: messages.measure(where, 5 if quick else 11, 1_000 if quick else 12_000),
    "requests": lambda where, quick: requests.measure(where, 5, 200 if quick else 800),
    "travel": lambda where, quick: travel.measure(where, 30 if quick else 300, 5 if quick else 40),
    "duties": lambda where, quick: (
        duties.measure(where, 1, 1, frozenset({duties.CITY})) if quick else duties.measure(where, 2, 7, None)
    ),
    "processes": lambda where, quick: processes.measure(where, 1 if quick else 5),
    "import": lambda where, quick: imports.measure(where, quick=quick),
    "registry": lambda where, quick: register.measure(where, quick=quick),
}


def measured(name: str, quick: bool, scale: int) -> list[Line]:
    """Measure one part, both sides in this process."""
    settle()  # as a service does
    with ground(scale) as where:
        return asyncio.run(PARTS[name](where, quick))
