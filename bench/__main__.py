"""`python -m bench [--quick] [--only PART] [--scale N] [--keep]`: prints a table, writes build/bench.json."""

import argparse
import multiprocessing
import os
import platform
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console

from bench import measure, parts
from bench.measure import Line

OUT = Path("build") / "bench.json"
PAGE = Path("docs") / "bench.md"


def run(names: list[str], console: Console, *, quick: bool, scale: int) -> list[Line]:
    """Measure the named parts, one after another, each in a process of its own: none finds what another left behind."""
    lines: list[Line] = []
    for name in names:
        console.print(f"[dim]{name} …")
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            lines += alone.submit(parts.measured, name, quick, scale).result()
    return lines


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small rounds: to see that it works, not to quote")
    parser.add_argument("--only", choices=parts.PARTS, action="append", help="one part (may be repeated)")
    growth = "how many provinces the registry part grows to (up to 10)"
    parser.add_argument("--scale", type=int, choices=range(1, 11), default=1, metavar="N", help=growth)
    parser.add_argument("--keep", action="store_true", help="also put the results into docs/bench.md")
    given = parser.parse_args()
    console = Console(width=None if os.isatty(1) else 140)
    lines = run(given.only or list(parts.PARTS), console, quick=given.quick, scale=given.scale)
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
