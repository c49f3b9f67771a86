"""`python -m bench.imports [ROWS …]`: the invented province through the roster import; time, and memory of the service.

Each number of rows is a file of its own, one after another, into one registry; what goes beyond a file's 100,000 rows
goes into the next. Resident memory is that of the service's process, at its highest while the file was worked on.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

from bench.ground import ground, issuer
from bench.measure import Stopwatch
from bench.province import Plan
from bench.province.sheets import COLUMNS, rows
from services.registry.handlers.imports.sheet import ROSTER
from shared.contracts.topology import DECLARATIONS
from shared.kernel.testing import token
from shared.sheets import MEDIA_TYPE, export_xlsx


def told(row: tuple[str, ...]) -> Mapping[str, Any]:
    """A row of the invented spreadsheet under the names of the roster sheet's columns."""
    return {name: value for name, value in zip(COLUMNS, row, strict=True) if value}


def memory(pid: int, field: str) -> float:
    """MiB that the process holds (`VmRSS`) or held at most (`VmHWM`)."""
    found = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(field))
    return int(found.split()[1]) / 1024


def forget_peak(pid: int) -> None:
    """Let the highest memory be measured anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


class Caller:
    """Speaks to the running registry as a registrar of the province."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=300)

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request that succeeds."""
        return await asyncio.to_thread(self._send, method, path, **more)

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {token(roles=('administrator', 'registrar'))}",
            "Idempotency-Key": os.urandom(8).hex(),
            **more.pop("headers", {}),
        }
        answer = self.http.request(method, path, headers=headers, **more)
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


async def one_file(
    caller: Caller, pid: int, source: Iterator[tuple[str, ...]], count: int, home: Path, *, apply: bool
) -> None:
    """Send so many rows, check them, apply them, and say what it took."""
    file = home / "roster.xlsx"
    with file.open("wb") as target:
        export_xlsx(ROSTER, (told(row) for row in islice(source, count)), target)
    content = file.read_bytes()
    before = memory(pid, "VmRSS")
    forget_peak(pid)
    watch = Stopwatch()
    kind = {"Content-Type": MEDIA_TYPE}
    sent = await caller.send("POST", "/v1/imports?exercise=true", content=content, headers=kind)
    path = f"/v1/imports/{sent.json()['id']}/runs"
    checked = await caller.follow((await caller.send("POST", f"{path}?validate_only=true")).headers["location"])
    seconds, peak = watch.seconds(), memory(pid, "VmHWM")
    print(
        f"{checked['rows']:>7} rows, {len(content) / 1e6:.1f} MB, {checked['stage']}: {checked['changes']}", flush=True
    )
    say("read and checked", checked["rows"], seconds, before, peak)
    if apply:
        before = memory(pid, "VmRSS")
        forget_peak(pid)
        watch = Stopwatch()
        done = await caller.follow((await caller.send("POST", path)).headers["location"])
        say(done["stage"], done["rows"], watch.seconds(), before, memory(pid, "VmHWM"))


def say(what: str, count: int, seconds: float, before: float, peak: float) -> None:
    """One line of the result."""
    speed = f"{seconds:.1f} s, {count / seconds:.0f} rows/s"
    print(f"        {what}: {speed}, memory {before:.0f} MiB before, {peak:.0f} MiB at most", flush=True)


async def run(counts: list[int], *, apply: bool) -> None:
    """One registry, the files one after another."""
    source = rows(Plan())
    with ground() as where, tempfile.TemporaryDirectory() as folder:
        async with where.stack() as stack, issuer() as keys:
            await stack.provision(DECLARATIONS)
            await stack.database("registry")
            environment = stack.environment("registry", ANZE_JWKS_URL=keys)
            factory = "services.registry.main:create_app"
            with where.process(factory, environment, path="/readyz") as (child, port):
                caller = Caller(f"http://127.0.0.1:{port}")
                started = await caller.send("POST", "/v1/divisions/load", json={"exercise_only": False})
                await caller.follow(started.headers["location"])
                for count in counts:
                    await one_file(caller, child.pid, source, count, Path(folder), apply=apply)


def main() -> None:
    """Read the counts, run."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=[1_000, 10_000, 30_000, 77_884])
    parser.add_argument("--check-only", action="store_true", help="read and check, apply nothing")
    given = parser.parse_args()
    asyncio.run(run(given.rows, apply=not given.check_only))


if __name__ == "__main__":
    main()
