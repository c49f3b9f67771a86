"""`make clean` takes what can be made again, and never a data folder that is in use."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.state import opened
from shared.embedded.places import scratch_home

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A small checkout with a data folder, caches and an installation."""
    with scratch_home() as folder:
        for name in ("build/bench.json", "shared/__pycache__/a.pyc", ".venv/lib/__pycache__/b.pyc", "tools/clean.py"):
            (folder / name).parent.mkdir(parents=True)
            (folder / name).touch()
        for name in ("Makefile", "tools/clean.py"):
            shutil.copy(ROOT / name, folder / name)
        with opened(folder / ".anze"):
            pass
        yield folder


def make_clean(checkout: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["make", "clean"], cwd=checkout, capture_output=True, text=True, check=False)


def left(checkout: Path) -> set[str]:
    names = ("build/bench.json", "shared/__pycache__", ".anze/state.json", ".venv/lib/__pycache__/b.pyc", "Makefile")
    return {name for name in names if (checkout / name).exists()}


def test_a_data_folder_in_use_is_not_removed_and_the_refusal_says_why(checkout: Path) -> None:
    before = left(checkout)
    with opened(checkout / ".anze"):
        refused = make_clean(checkout)
        assert refused.returncode != 0
        assert "an anze is running" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert left(checkout) == before


def test_what_can_be_made_again_goes_and_the_installation_stays(checkout: Path) -> None:
    assert make_clean(checkout).returncode == 0
    assert left(checkout) == {".venv/lib/__pycache__/b.pyc", "Makefile"}
    assert make_clean(checkout).returncode == 0
