"""How long a service process takes until it is ready, and what it then holds in memory, beside a bare one."""

import asyncio
from pathlib import Path
from statistics import median

from bench.ground import Ground
from bench.measure import Line, Stopwatch, shorter
from shared.contracts.topology import DECLARATIONS, SERVICES

BARE = "a bare application"


async def measure(ground: Ground, rounds: int) -> list[Line]:
    """Every service and a bare FastAPI application with SQLAlchemy, each started `rounds` times by itself."""
    async with ground.stack() as stack:
        await stack.provision(DECLARATIONS)
        for name in SERVICES:
            await stack.database(name)
        starts: dict[str, list[tuple[float, float]]] = {}
        for _ in range(rounds):
            for name in (BARE, *SERVICES):
                factory = "bench.bare:create_app" if name == BARE else f"services.{name}.main:create_app"
                environment = stack.environment(SERVICES[0] if name == BARE else name)
                one = await asyncio.to_thread(_start, ground, factory, environment)
                starts.setdefault(name, []).append(one)
    middle = {name: tuple(median(values) for values in zip(*found, strict=True)) for name, found in starts.items()}
    bare = middle.pop(BARE)
    return [
        *(shorter(f"start until ready: {name}", one[0], bare[0], "s") for name, one in middle.items()),
        *(shorter(f"resident memory: {name}", one[1], bare[1], "MiB") for name, one in middle.items() if one[1]),
    ]


def _start(ground: Ground, factory: str, environment: dict[str, str]) -> tuple[float, float]:
    watch = Stopwatch()
    with ground.process(factory, environment, path="/readyz") as (child, _):
        return watch.seconds(), _resident(child.pid)


def _resident(pid: int) -> float:
    """MiB in memory, where /proc tells; else 0, which is not reported."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
