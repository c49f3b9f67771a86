"""The breaks of `make mutants` fit the kernel as it is, and a break that nobody notices is never called caught."""

import ast
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tools import mutants
from tools.mutants import BreakError, Edit, Mutant, Outcome, applied, broken, judge

DECLARED = mutants.mutants()
TEST = "shared/kernel/tests/test_one.py::test_it"
ONE = Mutant("one", "a wall is gone", "I1", (TEST,), (Edit("one.py", "a = 1", "a = 2"),))


def tree(folder: Path, text: str) -> Path:
    kernel = folder / "shared/kernel"
    kernel.mkdir(parents=True)
    (kernel / "one.py").write_text(text)
    return kernel / "one.py"


def test_there_are_enough_breaks_and_each_invariant_has_one() -> None:
    assert len(DECLARED) >= 14
    assert {f"I{number}" for number in range(1, 10)} <= {one.invariant for one in DECLARED}
    assert {f"scenario {number}" for number in range(1, 15)} <= {one.invariant for one in DECLARED}
    assert len({one.name for one in DECLARED}) == len(DECLARED)


@pytest.mark.parametrize("mutant", DECLARED, ids=lambda one: one.name)
def test_a_break_fits_the_text_as_it_is_and_leaves_python(mutant: Mutant) -> None:
    for name in {edit.file for edit in mutant.edits}:
        text = (mutants.ROOT / mutant.package / name).read_text(encoding="utf-8")
        made = broken(text, [edit for edit in mutant.edits if edit.file == name], mutant.name)
        (tomllib.loads if name.endswith(".toml") else ast.parse)(made)


@pytest.mark.parametrize("mutant", DECLARED, ids=lambda one: one.name)
def test_the_tests_that_shall_catch_it_exist(mutant: Mutant) -> None:
    assert mutant.tests
    for test in mutant.tests:
        path, _, name = test.partition("[")[0].partition("::")
        tests = ast.parse((mutants.ROOT / path).read_text(encoding="utf-8")).body
        assert name in {one.name for one in tests if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("text", "times"), [("b = 1", 0), ("a = 1; a = 1", 2)])
def test_a_break_that_does_not_fit_fails_loudly_and_changes_nothing(tmp_path: Path, text: str, times: int) -> None:
    file = tree(tmp_path, text)
    with (
        pytest.raises(BreakError, match=f"one: the text to replace stands {times} times in one.py"),
        applied(ONE, tmp_path),
    ):
        pytest.fail("a break that does not fit was made")
    assert file.read_text() == text


def test_a_break_is_there_inside_the_block_only(tmp_path: Path) -> None:
    file = tree(tmp_path, "a = 1")
    with applied(ONE, tmp_path):
        assert file.read_text() == "a = 2"
    assert file.read_text() == "a = 1"


@pytest.mark.parametrize(
    ("code", "failed", "said"),
    [
        (1, {TEST}, None),
        (0, set(), "survives"),
        (1, {"shared/kernel/tests/test_one.py::test_another"}, "survives"),
        (2, {TEST}, "could not run"),
        (4, set(), "could not run"),
        (5, set(), "could not run"),
        (None, set(), "did not end"),
    ],
)
def test_caught_means_that_every_named_test_failed(code: int | None, failed: set[str], said: str | None) -> None:
    verdict = judge(ONE, Outcome(code, frozenset(failed), ""))
    assert (verdict is None) is (said is None)
    assert (said or "") in (verdict or "")


def test_one_that_fails_for_two_does_not_cover_for_the_other() -> None:
    both = replace(ONE, tests=(TEST, "shared/kernel/tests/test_one.py::test_two"))
    assert judge(both, Outcome(1, frozenset({TEST}), "")) == "survives shared/kernel/tests/test_one.py::test_two"


def test_a_survivor_ends_the_run_with_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hunt(chosen: Sequence[Mutant], _console: Console) -> list[str]:
        return [f"{chosen[0].name}: survives it"]

    monkeypatch.setattr(mutants, "hunt", hunt)
    assert mutants.main(["--only", "locks-dropped"]) == 1
    assert "locks-dropped: survives it" in capsys.readouterr().out


def test_an_unknown_break_is_refused() -> None:
    with pytest.raises(SystemExit):
        mutants.main(["--only", "no-such-break"])
