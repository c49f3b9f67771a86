"""`make mutants`: breaks kernel, roster and law on purpose, one break at a time, and shows that tests notice.

Every break is an exact replacement in a temporary copy of the tree (the checkout is never touched) together with
the tests that must fail because of it. A break that a test does not notice ends the run with exit 1 and its name;
so does a test that fails without any break, because then its failure would prove nothing.

    python -m tools.mutants [--only NAME]
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from shared.embedded.places import scratch_home
from shared.embedded.postgres import UNSAFE
from shared.embedded.servers import servers

ROOT = Path(__file__).parents[1]
BREAKS = Path(__file__).with_suffix("")
KERNEL = Path("shared/kernel")
COPIED = ("shared", "services", "pyproject.toml")
LIMIT_SECONDS = 180
#: Breaks of these change how databases are made, so they get a server of their own instead of the run's.
MAKES_DATABASES = ("databases.py", "migrations/")
_FAILED = re.compile(r"^FAILED (\S+?\.py::\w+)", re.MULTILINE)
_OURS = {"DATABASE_URL", "NATS_URL", "PYTHONPATH", "PYTHONSAFEPATH"}
_SHOW_SHARED = "import shared.kernel.relay as one; print(one.__file__)"


class BreakError(Exception):
    """A break cannot be made, or proves nothing; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One exact replacement; `file` is relative to the broken package."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A deliberate break, what it breaks, and the tests that must each fail because of it."""

    name: str
    breaks: str
    invariant: str
    tests: tuple[str, ...]
    edits: tuple[Edit, ...]
    package: Path = KERNEL

    @property
    def makes_databases(self) -> bool:
        """Whether the break shows only in databases that are made after it."""
        return any(one.file.startswith(MAKES_DATABASES) for one in self.edits)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of tests ended: pytest's exit code (`None`: it took too long), and which tests failed."""

    code: int | None
    failed: frozenset[str]
    output: str


def mutants(folder: Path = BREAKS) -> list[Mutant]:
    """The declared breaks, file by file, in their order."""
    declared = [tomllib.loads(one.read_text(encoding="utf-8")) for one in sorted(folder.glob("*.toml"))]
    return [_mutant(name, one, Path(one.get("package", KERNEL))) for each in declared for name, one in each.items()]


def _mutant(name: str, one: Mapping[str, Any], package: Path) -> Mutant:
    return Mutant(
        name,
        one["breaks"],
        one["invariant"],
        tuple(f"{package.as_posix()}/tests/{test}" for test in one["tests"]),
        tuple(Edit(**edit) for edit in one["edits"]),
        package,
    )


def broken(text: str, edits: Iterable[Edit], name: str) -> str:
    """A file's text with edits applied.

    Raises:
        BreakError: what an edit replaces does not stand there exactly once.
    """
    for edit in edits:
        times = text.count(edit.old)
        if times != 1:
            raise BreakError(f"{name}: the text to replace stands {times} times in {edit.file}:\n{edit.old}")
        text = text.replace(edit.old, edit.new)
    return text


@contextmanager
def applied(mutant: Mutant, tree: Path) -> Iterator[None]:
    """Break a copy of the tree until the block is left.

    Raises:
        BreakError: the break does not fit the text.
    """
    originals: dict[Path, str] = {}
    try:
        for name in dict.fromkeys(edit.file for edit in mutant.edits):
            path = tree / mutant.package / name
            text = path.read_text(encoding="utf-8")
            edits = (edit for edit in mutant.edits if edit.file == name)
            path.write_text(broken(text, edits, mutant.name), encoding="utf-8")
            originals[path] = text
        yield
    finally:
        for path, text in originals.items():
            path.write_text(text, encoding="utf-8")


def judge(mutant: Mutant, outcome: Outcome) -> str | None:
    """Why a break does not count as caught, or `None`: every one of its tests must have failed."""
    if outcome.code is None:
        return f"its tests did not end within {LIMIT_SECONDS} s"
    if outcome.code not in {0, 1}:
        return f"pytest could not run its tests (exit {outcome.code}):\n{outcome.output[-2000:]}"
    missed = [test for test in mutant.tests if test.partition("[")[0] not in outcome.failed]
    return f"survives {', '.join(missed)}" if missed else None


def run_tests(
    tree: Path, tests: Sequence[str], environment: Mapping[str, str], limit_seconds: int = LIMIT_SECONDS
) -> Outcome:
    """Run tests of the copy with the copy's own code."""
    plain = "addopts=-q -rf --tb=line --strict-markers --import-mode=importlib -p shared.kernel.testing"
    markers = "markers=clause(*ids): clauses of the statute"  # the plugin that knows it also writes into the checkout
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-o", plain, "-o", markers]
    try:
        done = subprocess.run(  # noqa: PLW1510 - a failing test is what is hoped for
            [*command, *tests],
            cwd=tree,
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=limit_seconds,
        )
    except subprocess.TimeoutExpired:
        return Outcome(None, frozenset(), "")
    return Outcome(done.returncode, frozenset(_FAILED.findall(done.stdout)), done.stdout)


@contextmanager
def copy_of_the_tree(home: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """A copy in which tests import the copy's code.

    Raises:
        BreakError: they would import something else.
    """
    tree = home / "tree"
    tree.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, tree / name)
    command = [sys.executable, "-c", _SHOW_SHARED]
    imported = subprocess.check_output(command, cwd=home, env=dict(environment), text=True).strip()
    if not Path(imported).is_relative_to(tree):
        raise BreakError(f"the tests would import {imported}, not the copy")
    yield tree


def _environment(tree: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    return kept | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}


def hunt(chosen: Sequence[Mutant], console: Console) -> list[str]:
    """Make each break and run its tests; returns what is wrong, one line per break that was not caught."""
    with scratch_home() as home:
        own = _environment(home / "tree")
        with copy_of_the_tree(home, own) as tree, servers(home, {}, settings=UNSAFE) as running:
            both = own | {"DATABASE_URL": running.admin_url, "NATS_URL": running.nats_url}
            every = list(dict.fromkeys(test for one in chosen for test in one.tests))
            console.print(f"[dim]{len(every)} tests without any break …")
            untouched = run_tests(tree, every, both, 10 * LIMIT_SECONDS)
            if untouched.code != 0:
                return [f"without any break the tests fail (exit {untouched.code}):\n{untouched.output[-3000:]}"]
            wrong: list[str] = []
            for number, mutant in enumerate(chosen, 1):
                begun = time.monotonic()
                with applied(mutant, tree):
                    trouble = judge(mutant, run_tests(tree, mutant.tests, own if mutant.makes_databases else both))
                word = "[red]survives" if trouble else "[green]caught"
                console.print(
                    f"[dim]{number:>2}/{len(chosen)}[/] {word}[/] {mutant.name} [dim]{time.monotonic() - begun:.0f} s"
                )
                if trouble:
                    wrong.append(f"{mutant.name}: {trouble}")
            return wrong


def _table(chosen: Sequence[Mutant], wrong: Sequence[str]) -> Table:
    table = Table("break", "what is broken", "invariant", "caught by", title="Deliberate breaks")
    survivors = {line.partition(":")[0] for line in wrong}
    for one in chosen:
        tests = "\n".join(test.rpartition("::")[2] for test in one.tests)
        table.add_row(one.name, one.breaks, one.invariant, "[red]nothing" if one.name in survivors else tests)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 when every chosen break was caught."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="NAME", action="append", help="make this break only (may be repeated)")
    parser.add_argument("--list", action="store_true", help="name the breaks and stop")
    given = parser.parse_args(arguments)
    declared = mutants()
    console = Console(width=None if sys.stdout.isatty() else 160)
    unknown = set(given.only or ()) - {one.name for one in declared}
    if unknown:
        parser.error(f"no such break: {', '.join(sorted(unknown))}")
    chosen = [one for one in declared if not given.only or one.name in given.only]
    if given.list:
        console.print(_table(chosen, []))
        return 0
    try:
        wrong = hunt(chosen, console)
    except BreakError as error:
        wrong = [str(error)]
    if wrong:
        for line in wrong:
            console.print(line, style="red", markup=False, highlight=False)
        console.print(f"{len(wrong)} of {len(chosen)} breaks were not caught", style="red")
        return 1
    console.print(_table(chosen, wrong))
    console.print(f"all {len(chosen)} breaks were caught", style="green")
    return 0


if __name__ == "__main__":
    sys.exit(main())
