"""Paired rounds and what is made of them."""

import json
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.table import Table

Side = Callable[[], Awaitable[float]]
OURS, BARE = "ours", "bare"
MARKS = ("<!-- results: python -m bench --keep -->", "<!-- end of results -->")


@dataclass(frozen=True, slots=True)
class Line:
    """One result; `ratio` is better the higher it is, `None` where there is no baseline."""

    name: str
    ours: float
    baseline: float | None
    ratio: float | None
    goal: float | None
    unit: str

    @property
    def falls_short(self) -> bool:
        """Whether there is a goal and it is not reached."""
        return self.goal is not None and (self.ratio is None or self.ratio < self.goal)


async def contest(sides: Mapping[str, Side], rounds: int) -> dict[str, list[float]]:
    """Measure the sides one after another, round by round, each round in another order; the first is warming up."""
    order = list(sides)
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name in order:
            value = await sides[name]()
            if number:
                found[name].append(value)
        order = [*order[1:], order[0]]
    return found


def compared(
    name: str, found: Mapping[str, Sequence[float]], *, unit: str, goal: float | None = None, against: str = BARE
) -> Line:
    """Rates of two sides: medians, and the median of the ratios within each round."""
    ratios = [ours / bare for ours, bare in zip(found[OURS], found[against], strict=True)]
    return Line(name, median(found[OURS]), median(found[against]), median(ratios), goal, unit)


def shorter(name: str, ours: float, baseline: float, unit: str) -> Line:
    """Times or sizes, of which less is better."""
    return Line(name, ours, baseline, baseline / ours, None, unit)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least so large a share of the values does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()

    def seconds(self) -> float:
        """So far."""
        return time.perf_counter() - self._begun


def table(lines: Sequence[Line]) -> Table:
    """The results for people."""
    made = Table("what", "ours", "bare", "unit", "ratio", "goal", title="Ratios: higher is better")
    for column in made.columns[1:]:
        column.justify = "right"
    for one in lines:
        style = "red" if one.falls_short else "green" if one.goal is not None else ""
        made.add_row(
            one.name,
            _number(one.ours),
            _number(one.baseline),
            one.unit,
            _number(one.ratio),
            _number(one.goal),
            style=style,
        )
    return made


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def markdown(lines: Sequence[Line]) -> str:
    """The results as a table for docs/bench.md."""
    head = "| what | ours | bare | unit | ratio | goal | |\n|---|---:|---:|---|---:|---:|---|\n"
    cells = [
        (
            *(one.name, _number(one.ours), _number(one.baseline), one.unit, _number(one.ratio), _number(one.goal)),
            "falls short" if one.falls_short else "",
        )
        for one in lines
    ]
    return head + "".join(f"| {' | '.join(row)} |\n" for row in cells)


def keep(lines: Sequence[Line], page: Path) -> None:
    """Put the results between the marks of a page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    page.write_text(f"{before}{MARKS[0]}\n\n{markdown(lines)}\n{MARKS[1]}{after}", encoding="utf-8")


def write(lines: Sequence[Line], path: Path) -> None:
    """The results for programs."""
    path.parent.mkdir(exist_ok=True)
    rounded = [
        {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(one).items()}
        for one in lines
    ]
    path.write_text(json.dumps(rounded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
