"""Pytest plugin: `@pytest.mark.clause("art5.2")` names the clauses a test proves; outcomes go on record.

`build/clauses.json` maps node ids to `{"clauses": [...], "outcome": "passed"}`. Runs add up: each
replaces the entries of the tests it ran and drops tests that a file, collected whole, no longer has.
"""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

RECORD = Path("build") / "clauses.json"
PHASES = {"setup", "call", "teardown"}


def clauses_of(item: pytest.Item) -> list[str]:
    """The clauses an item is marked with, on itself, its class or its module; sorted."""
    return sorted({str(clause) for mark in item.iter_markers("clause") for clause in mark.args})


def overall(phases: dict[str, str]) -> str:
    """What a test's phases amount to: passed only if setup, call and teardown all did."""
    if worst := [word for word in phases.values() if word != "passed"]:
        return "failed" if "failed" in worst else worst[0]
    return "passed" if set(phases) >= PHASES else "incomplete"


class ClauseRecorder:
    """Collects, over one session, clauses and outcomes of marked tests and the ids of all tests."""

    def __init__(self, record: Path, *, whole_files: bool) -> None:
        self.record = record
        self.whole_files = whole_files
        self.collected: set[str] = set()
        self.clauses: dict[str, list[str]] = {}
        self.phases: dict[str, dict[str, str]] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember what each test is marked with, also of those that are deselected afterwards."""
        self.collected.add(item.nodeid)
        if clauses := clauses_of(item):
            self.clauses[item.nodeid] = clauses

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcome of a phase; a failure (a subtest's as well) is never overwritten."""
        if report.nodeid not in self.clauses:
            return
        word = f"x{report.outcome}" if hasattr(report, "wasxfail") else report.outcome
        phases = self.phases.setdefault(report.nodeid, {})
        if phases.get(report.when, "passed") == "passed":
            phases[report.when] = word

    def pytest_sessionfinish(self) -> None:
        """Merge this session into the record, in one replacement; workers that run side by side take turns."""
        self.record.parent.mkdir(parents=True, exist_ok=True)
        with self.record.with_suffix(".lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            self._merge()

    def _merge(self) -> None:
        known = json.loads(self.record.read_text(encoding="utf-8")) if self.record.exists() else {}
        merged = {nodeid: entry for nodeid, entry in known.items() if not self._gone(nodeid)}
        merged |= dict(self._entries())
        if merged == known and self.record.exists():
            return
        draft = self.record.with_suffix(".json.new")
        draft.write_text(json.dumps(merged, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(self.record)

    def _entries(self) -> Iterator[tuple[str, dict[str, object]]]:
        for nodeid, phases in self.phases.items():
            yield nodeid, {"clauses": self.clauses[nodeid], "outcome": overall(phases)}

    def _gone(self, nodeid: str) -> bool:
        """Whether a recorded test, or its mark, is no longer there as far as this session can tell."""
        if nodeid in self.collected:
            return nodeid not in self.clauses
        files = {collected.partition("::")[0] for collected in self.collected}
        return self.whole_files and nodeid.partition("::")[0] in files


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and the recorder; `--collect-only` records nothing."""
    config.addinivalue_line("markers", "clause(*ids): the clauses of the statute that the test proves, e.g. art5.2")
    if not config.option.collectonly:
        whole_files = not any("::" in argument for argument in config.args)
        recorder = ClauseRecorder(config.rootpath / RECORD, whole_files=whole_files)
        config.pluginmanager.register(recorder, "clause-recorder")
