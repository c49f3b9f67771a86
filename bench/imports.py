"""The invented province as Excel files through the running registry: speed, memory of its process, and who else waits.

Two files, one ten times the other, go one after another into one registry. Resident memory is that of the service's
process, at its highest while a file was worked on; somebody else records accidents meanwhile, one after another.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from bench.ground import Ground, issuer
from bench.measure import Line, Stopwatch, percentile, shorter
from bench.province import Plan
from bench.province.sheets import COLUMNS, rows
from services.registry.handlers.imports.sheet import ROSTER
from shared.contracts.topology import DECLARATIONS
from shared.kernel.testing import token
from shared.sheets import MEDIA_TYPE, export_xlsx

SMALL, LARGE = 10_000, 100_000
ALONE, EVERY = 200, 0.25  # accidents recorded with nothing else going on; seconds between those during an import
_ROLES = ("administrator", "registrar")
ACCIDENT = {
    "title": "演练正定县事故",
    "region_code": "130123",
    "occurred_at": "2025-05-20T14:30:00+08:00",
    "industry": "C26",
    "casualties": {"deaths": [{"count": 1, "died_on": "2025-05-20"}]},
    "report_steps": [{"receiver": "unit", "received_at": "2025-05-20T14:35:00+08:00"}],
    "exercise": True,
}


def told(row: tuple[str, ...]) -> Mapping[str, Any]:
    """A row of the invented spreadsheet under the names of the roster sheet's columns."""
    return {name: value for name, value in zip(COLUMNS, row, strict=True) if value}


def memory(pid: int, what: str) -> float:
    """MiB that the process holds (`VmRSS`) or held at most (`VmHWM`)."""
    found = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(what))
    return int(found.split()[1]) / 1024


def forget_peak(pid: int) -> None:
    """Let the highest memory be measured anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


@dataclass(slots=True)
class Caller:
    """Speaks to the running registry as a registrar of the province, and watches its process."""

    address: str
    pid: int
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        """Open the connections."""
        self.http = httpx.AsyncClient(base_url=self.address, timeout=300, trust_env=False)

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request that succeeds."""
        headers = {"Authorization": f"Bearer {token(roles=_ROLES)}", "Idempotency-Key": os.urandom(8).hex()}
        answer = await self.http.request(method, path, headers=headers | more.pop("headers", {}), **more)
        assert answer.is_success, answer.text
        return answer

    async def follow(self, location: str) -> dict[str, Any]:
        """The result of an operation, once it is over."""
        while True:
            state = (await self.send("GET", location)).json()
            if state["status"] != "running":
                assert state["status"] == "succeeded", state
                return dict(state["result"])
            await asyncio.sleep(0.5)

    async def record_accident(self) -> float:
        """Milliseconds until an accident is on record."""
        begun = perf_counter()
        await self.send("POST", "/v1/accidents", json=ACCIDENT)
        return (perf_counter() - begun) * 1_000


@dataclass(slots=True)
class Result:
    """What one file took."""

    rows: int
    read: float
    applied: float
    memory_read: float
    memory_applied: float
    facts: int
    again: dict[str, int]
    accidents: list[float]


async def one_file(caller: Caller, source: Iterator[tuple[str, ...]], count: int, home: Path) -> Result:
    """Send so many rows, check them, apply them while accidents happen, and send them once more."""
    file = home / "roster.xlsx"
    with file.open("wb") as target:
        export_xlsx(ROSTER, (told(row) for row in islice(source, count)), target)
    content = file.read_bytes()
    path = await _sent(caller, content)
    forget_peak(caller.pid)
    watch = Stopwatch()
    checked = await _run(caller, f"{path}?validate_only=true")
    read, memory_read = watch.seconds(), memory(caller.pid, "VmHWM")
    assert (checked["rows"], checked["stage"]) == (count, "checked"), checked
    forget_peak(caller.pid)
    watch = Stopwatch()
    async with _accidents(caller) as waits:
        done = await _run(caller, path)
    applied, memory_applied = watch.seconds(), memory(caller.pid, "VmHWM")
    assert (done["applied"], done["stage"]) == (count, "applied"), done
    again = await _run(caller, await _sent(caller, content))
    assert again["stage"] == "applied", again
    facts = sum(done["changes"].values())
    return Result(count, read, applied, memory_read, memory_applied, facts, again["changes"], waits)


async def _sent(caller: Caller, content: bytes) -> str:
    kind = {"Content-Type": MEDIA_TYPE}
    sent = await caller.send("POST", "/v1/imports?exercise=true", content=content, headers=kind)
    return f"/v1/imports/{sent.json()['id']}/runs"


async def _run(caller: Caller, path: str) -> dict[str, Any]:
    return await caller.follow((await caller.send("POST", path)).headers["location"])


@asynccontextmanager
async def _accidents(caller: Caller) -> AsyncIterator[list[float]]:
    """Somebody records accidents until the block is left; how long each took."""
    waits: list[float] = []

    async def record() -> None:
        while True:
            waits.append(await caller.record_accident())
            await asyncio.sleep(EVERY)

    task = asyncio.create_task(record())
    try:
        yield waits
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """The part `import`: a file of 100,000 rows beside one of 10,000 (quick: 2,000 beside 200)."""
    source = rows(Plan())
    with tempfile.TemporaryDirectory() as folder:
        async with ground.stack() as stack, issuer() as keys:
            await stack.provision(DECLARATIONS)
            await stack.database("registry")
            environment = stack.environment("registry", ANZE_JWKS_URL=keys)
            with ground.process("services.registry.main:create_app", environment, path="/readyz") as (child, port):
                caller = Caller(f"http://127.0.0.1:{port}", child.pid)
                started = await caller.send("POST", "/v1/divisions/load", json={"exercise_only": False})
                await caller.follow(started.headers["location"])
                alone = [await caller.record_accident() for _ in range(20 if quick else ALONE)]
                found = [
                    await one_file(caller, source, count // (50 if quick else 1), Path(folder))
                    for count in (SMALL, LARGE)
                ]
                after = [await caller.record_accident() for _ in range(20 if quick else ALONE)]
                await caller.http.aclose()
    return _lines(*found, alone=alone, after=after)


def _lines(small: Result, large: Result, *, alone: list[float], after: list[float]) -> list[Line]:
    def line(name: str, value: float, unit: str) -> Line:
        return Line(name, value, None, None, None, unit)

    times = f"{large.rows:,} rows beside {small.rows:,}"
    return [
        line(f"Excel import of {large.rows:,} rows: read and checked", large.read, "s"),
        line(f"Excel import of {large.rows:,} rows: applied, accidents meanwhile", large.applied, "s"),
        line(f"Excel import of {large.rows:,} rows: applied", large.facts / large.applied, "facts/s"),
        line("the same file again: changes", sum(large.again.values()), "changes"),
        shorter(f"most memory while reading and checking, {times}", large.memory_read, small.memory_read, "MiB"),
        shorter(f"most memory while applying, {times}", large.memory_applied, small.memory_applied, "MiB"),
        *(
            shorter(
                f"accident POST during the import beside {beside}, {what} of {len(large.accidents)}",
                percentile(large.accidents, share),
                percentile(others, share),
                "ms",
            )
            for beside, others in (("an empty roster", alone), ("the imported roster at rest", after))
            for what, share in (("p50", 0.5), ("p99", 0.99))
        ),
    ]
