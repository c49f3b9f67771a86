"""The record of clauses keeps true outcomes over several runs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parents[2]
TESTS = """
import pytest

@pytest.mark.clause("art4", "art5.2")
def test_good(): ...

@pytest.mark.clause("art4")
def test_bad():
    assert 1 > 2

@pytest.mark.clause("art4")
@pytest.mark.skip
def test_skipped(): ...

@pytest.mark.clause("art4")
@pytest.mark.xfail(strict=False)
def test_unexpectedly_good(): ...

@pytest.fixture
def broken():
    yield
    raise RuntimeError

@pytest.mark.clause("art4")
def test_bad_at_the_end(broken): ...

def test_unmarked(): ...

@pytest.mark.clause("art6.3")
class TestGroup:
    @pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.clause("art6.2"))])
    def test_case(self, n): ...
"""

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs pytest with the plugin in a folder of its own and returns the record."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p tools.clause_plugin --strict-markers\n")
    (tmp_path / "test_a.py").write_text(TESTS)
    (tmp_path / "test_b.py").write_text('import pytest\n@pytest.mark.clause("art31")\ndef test_other(): ...\n')
    environment = {**os.environ, "PYTHONPATH": str(HOME), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    def once(*arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "pytest", "-q", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in {0, 1}, done.stdout + done.stderr
        record = tmp_path / "build" / "clauses.json"
        loaded: dict[str, Any] = json.loads(record.read_text()) if record.exists() else {}
        return loaded

    return once


def test_only_marked_tests_are_recorded_and_only_a_clean_pass_is_passed(run: Run) -> None:
    record = run("test_a.py")
    assert {nodeid.partition("::")[2]: entry["outcome"] for nodeid, entry in record.items()} == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_skipped": "skipped",
        "test_unexpectedly_good": "xpassed",
        "test_bad_at_the_end": "failed",
        "TestGroup::test_case[1]": "passed",
        "TestGroup::test_case[2]": "passed",
    }
    assert record["test_a.py::test_good"]["clauses"] == ["art4", "art5.2"]
    assert record["test_a.py::TestGroup::test_case[1]"]["clauses"] == ["art6.3"]
    assert record["test_a.py::TestGroup::test_case[2]"]["clauses"] == ["art6.2", "art6.3"]


def test_runs_one_after_another_add_up_and_the_last_outcome_counts(run: Run, tmp_path: Path) -> None:
    first = run("test_a.py")
    second = run("test_b.py")
    assert second == first | {"test_b.py::test_other": {"clauses": ["art31"], "outcome": "passed"}}
    (tmp_path / "test_a.py").write_text(TESTS.replace("1 > 2", "2 > 1"))
    third = run("test_a.py::test_bad")
    assert third == second | {"test_a.py::test_bad": {"clauses": ["art4"], "outcome": "passed"}}


def test_tests_and_marks_that_are_gone_leave_the_record(run: Run, tmp_path: Path) -> None:
    before = run()
    unmarked = TESTS.replace('@pytest.mark.clause("art4", "art5.2")\n', "").replace("test_bad()", "test_renamed()")
    (tmp_path / "test_a.py").write_text(unmarked)
    after = run("-k", "test_other")
    assert set(before) - set(after) == {"test_a.py::test_good", "test_a.py::test_bad"}


def test_collecting_only_records_nothing(run: Run) -> None:
    assert run("--collect-only") == {}
