"""`python -m bench [--quick] [--only PART] [--scale N] [--keep]`: prints a table, writes build/bench.json."""

import argparse
import asyncio
import os
import platform
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from bench import duties, imports, measure, messages, processes, register, requests, travel
from bench.ground import Ground, ground
from bench.measure import Line
from shared.kernel.app import settle

Part = Callable[[Ground, bool], Awaitable[list[Line]]]
PARTS: dict[str, Part] = {
    "messages": lambda where, quick: messages.measure(where, 5, 1_000 if quick else 12_000),
    "requests": lambda where, quick: requests.measure(where, 5, 200 if quick else 800),
    "travel": lambda where, quick: travel.measure(where, 30 if quick else 300, 5 if quick else 40),
    "duties": lambda where, quick: (
        duties.measure(where, 1, 1, frozenset({duties.CITY})) if quick else duties.measure(where, 2, 7, None)
    ),
    "processes": lambda where, quick: processes.measure(where, 1 if quick else 5),
    "import": lambda where, quick: imports.measure(where, quick=quick),
    "registry": lambda where, quick: register.measure(where, quick=quick),
}
OUT = Path("build") / "bench.json"
PAGE = Path("docs") / "bench.md"


async def run(names: list[str], console: Console, *, quick: bool, scale: int) -> list[Line]:
    """Measure the named parts, one after another."""
    lines: list[Line] = []
    settle()  # as a service does; both sides run in this process
    for name in names:
        console.print(f"[dim]{name} …")
        with ground(scale) as where:
            lines += await PARTS[name](where, quick)
    return lines


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small rounds: to see that it works, not to quote")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part (may be repeated)")
    growth = "how many provinces the registry part grows to (up to 10)"
    parser.add_argument("--scale", type=int, choices=range(1, 11), default=1, metavar="N", help=growth)
    parser.add_argument("--keep", action="store_true", help="also put the results into docs/bench.md")
    given = parser.parse_args()
    console = Console(width=None if os.isatty(1) else 140)
    lines = asyncio.run(run(given.only or list(PARTS), console, quick=given.quick, scale=given.scale))
    console.print(measure.table(lines))
    console.print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}", style="dim")
    for one in lines:
        if one.falls_short:
            console.print(f"falls short: {one.name}: {one.ratio or 0:.2f} of {one.goal}", style="red")
    measure.write(lines, OUT)
    if given.keep:
        measure.keep(lines, PAGE)
    console.print(f"written: {OUT}", style="dim")


if __name__ == "__main__":
    main()
