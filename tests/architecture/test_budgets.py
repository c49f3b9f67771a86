"""Budgets and bans of the house style, checked over every file that git would commit."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTION, FILE, KERNEL_FILE, TEST_FILE, KERNEL = 60, 400, 300, 600, 2_800
# Written as classes of one letter, so that this file does not name what it bans.
BANNED_ANYWHERE = {
    "a registry's host": r"pythonh[o]sted[.]org|py[p]i[.]org|np[m]js[.](org|com)|un[p]kg[.]com|jsd[e]livr[.]net",
    "a path of one machine": r"(?<![\w.$}])/(work|root|home/\w+)[/]",
    "a working tool of its makers": r"fa[r]m[-]studio|[.]li[b]rary",
}
MAY_NAME = {"LICENSE"}
READS_TIME = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time(_ns)?)\(")
SLEEPS = re.compile(r"\bsleep\(")


@cache
def committed() -> tuple[Path, ...]:
    """Tracked files and new ones that git does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")  # noqa: S603 - fixed
    except (OSError, subprocess.CalledProcessError):  # an exported tree, or one that belongs to another user
        hidden = {".git", ".venv", "build", ".anze", "__pycache__", ".hypothesis"}
        return tuple(
            path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.relative_to(ROOT).parts)
        )
    return tuple(path for name in sorted(set(listed)) if name and (path := ROOT / name).is_file())


def name(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()


def python_files() -> list[Path]:
    return [path for path in committed() if path.suffix == ".py"]


def is_test(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return "tests" in parts or parts[:3] == ("shared", "kernel", "testing") or path.name == "testing.py"


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def texts() -> Iterator[tuple[Path, str]]:
    for path in committed():
        data = path.read_bytes()
        if b"\0" not in data:
            yield path, data.decode()


def found(pattern: re.Pattern[str], files: Iterator[tuple[Path, str]]) -> list[str]:
    return [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path, text in files
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def python_texts(*, tests: bool) -> Iterator[tuple[Path, str]]:
    return ((path, path.read_text()) for path in python_files() if is_test(path) is tests)


def test_there_is_something_to_check() -> None:
    assert len(python_files()) > 50


def test_no_function_is_longer_than_its_budget() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION
    ]
    assert long == []


def test_no_file_is_longer_than_its_budget() -> None:
    long = []
    for path in python_files():
        kernel = path.is_relative_to(ROOT / "shared/kernel")
        budget = TEST_FILE if is_test(path) else KERNEL_FILE if kernel else FILE
        if lines(path) > budget:
            long.append(f"{name(path)}: {lines(path)} lines, budget {budget}")
    assert long == []


def code_lines(path: Path) -> int:
    """Lines that carry code: a budget over docstrings and comments would pay for leaving explanations out."""
    text = path.read_text()
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, holders) and ast.get_docstring(node) is not None
        for number in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    return sum(
        1
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#") and number not in documented
    )


def test_the_kernel_stays_small() -> None:
    """Schema history is left out: it grows by nature and nobody reads it to understand the kernel (ADR 0003)."""
    kernel = [path for path in python_files() if path.is_relative_to(ROOT / "shared/kernel")]
    assert sum(code_lines(path) for path in kernel if not is_test(path) and "versions" not in path.parts) <= KERNEL


@pytest.mark.parametrize("what", BANNED_ANYWHERE)
def test_nothing_committed_names(what: str) -> None:
    pattern = re.compile(BANNED_ANYWHERE[what])
    assert found(pattern, ((path, text) for path, text in texts() if path.name not in MAY_NAME)) == []


def test_time_is_read_by_the_clock_only() -> None:
    clock = ROOT / "shared/kernel/clock.py"
    readers = ((path, text) for path, text in python_texts(tests=False) if path != clock)
    assert found(READS_TIME, readers) == []


def test_tests_wait_for_conditions_and_never_sleep() -> None:
    this = Path(__file__)
    waiters = (
        (path, text)
        for path, text in python_texts(tests=True)
        if path != this and not name(path).startswith("shared/kernel/testing")
    )
    assert found(SLEEPS, waiters) == []


def test_the_locks_are_hashed_requirements_files() -> None:
    assert not (ROOT / "uv.lock").exists()
    for lock in ("requirements.lock", "requirements-dev.lock"):
        pins = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
        unhashed = [pin.splitlines()[0] for pin in pins if "==" in pin and "--hash=sha256:" not in pin]
        assert unhashed == []


@pytest.mark.parametrize(
    ("what", "sample"),
    [
        ("a registry's host", "see https://py|pi.org/project/anze"),
        ("a registry's host", "registry.np|mjs.org"),
        ("a path of one machine", "open('/work|/shared/data')"),
        ("a path of one machine", "cd /root|/anze"),
        ("a working tool of its makers", "fa|rm-studio"),
    ],
)
def test_a_banned_name_is_recognised(what: str, sample: str) -> None:
    assert re.search(BANNED_ANYWHERE[what], sample.replace("|", ""))
    assert not re.search(BANNED_ANYWHERE[what], sample)


@pytest.mark.parametrize("sample", ["datetime.now(UTC)", "date.today()", "time.time()", "datetime.utcnow()"])
def test_reading_the_time_is_recognised(sample: str) -> None:
    assert READS_TIME.search(sample)
    assert not READS_TIME.search("time.monotonic()")
