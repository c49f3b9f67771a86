"""`make clean`: removes caches, build output and the data folder of a checkout, unless an `anze` is using it.

Needs the standard library alone: it also runs where nothing is installed.
"""

import fcntl
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

REMOVED = ("build", ".anze", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache")
IN_USE = (
    "未作清理：本目录的 anze 正在运行，请先按 Ctrl-C 停止"
    " · nothing was removed: an anze is running on the data folder of this checkout, stop it first (Ctrl-C)"
)


def main(checkout: Path) -> int:
    """Remove it all, holding the lock that `anze` holds on its data folder (`cli/state.py`); 1 where it is in use."""
    with ExitStack() as held:
        lock = checkout / ".anze/lock"
        if lock.exists():
            try:
                fcntl.flock(held.enter_context(lock.open("r+")), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as fault:
                print(IN_USE if isinstance(fault, BlockingIOError) else f"{lock}: {fault.strerror}", file=sys.stderr)
                return 1
        subprocess.run(["rm", "-rf", *REMOVED], cwd=checkout, check=True)
        caches = ["find", ".", "-name", ".venv", "-prune", "-o", "-name", "__pycache__", "-prune"]
        subprocess.run([*caches, "-exec", "rm", "-rf", "{}", "+"], cwd=checkout, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[1]))
