"""A child ends with its parent, however the parent ends."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shared.embedded.processes import Child, ServerFailedError, await_ready, free_port, run, spawn, wait_until

ENVIRONMENT = {"PATH": os.environ["PATH"]}
SAYS_ITS_ID = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
PARENT = """
import os, signal, sys
from pathlib import Path
from shared.embedded.processes import spawn
spawn([sys.executable, "-c", sys.argv[2]], log=Path(sys.argv[1]), env=os.environ, mode=sys.argv[3])
signal.pause()
"""


def alive(pid: int) -> bool:
    """Whether it runs: neither gone nor waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def said(log: Path) -> str:
    assert wait_until(lambda: log.exists() and log.read_text().endswith("\n"))
    return log.read_text()


@pytest.fixture(
    params=["watch", pytest.param("exec", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux"))]
)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def waiting(log: Path, mode: str) -> tuple[Child, int]:
    child = spawn([sys.executable, "-c", SAYS_ITS_ID], log=log, env=ENVIRONMENT, mode=mode)
    return child, int(said(log))


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_parent_leaves_no_child(mode: str, ending: signal.Signals, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", PARENT, str(log), SAYS_ITS_ID, mode]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3]) as parent:  # noqa: S603 - ours
        program = int(said(log))
        assert alive(program)
        parent.send_signal(ending)
        parent.wait()
    assert wait_until(lambda: not alive(program))


def test_a_child_outlives_the_thread_that_asked_for_it(mode: str, tmp_path: Path) -> None:
    started: list[tuple[Child, int]] = []
    thread = threading.Thread(target=lambda: started.append(waiting(tmp_path / "log", mode)))
    thread.start()
    thread.join()
    child, program = started[0]
    assert not child.wait(0.2)
    assert alive(program)
    child.kill()


@pytest.mark.parametrize("way", ["stop", "kill"])
def test_a_stopped_or_killed_child_is_gone(mode: str, way: str, tmp_path: Path) -> None:
    child, program = waiting(tmp_path / "log", mode)
    getattr(child, way)()
    assert child.code not in {None, 0}
    assert wait_until(lambda: not alive(program))


def test_a_child_that_ignores_sigterm_is_killed_after_the_bound(mode: str, tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SAYS_ITS_ID
    child = spawn([sys.executable, "-c", deaf], log=tmp_path / "log", env=ENVIRONMENT, mode=mode)
    program = int(said(tmp_path / "log"))
    child.stop(seconds=0.2)
    assert wait_until(lambda: not alive(program))


def test_the_exit_code_of_the_program_is_the_childs(mode: str, tmp_path: Path) -> None:
    child = spawn([sys.executable, "-c", "raise SystemExit(7)"], log=tmp_path / "log", env=ENVIRONMENT, mode=mode)
    assert child.wait(20)
    assert child.code == 7


def test_a_child_that_ends_before_it_is_ready_is_reported_with_its_own_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("words of an earlier run\n")
    child = spawn([sys.executable, "-c", "raise SystemExit('no such table')"], log=log, env=ENVIRONMENT)
    with pytest.raises(ServerFailedError, match=r"duties ended with code 1(?s:.)*no such table") as failure:
        await_ready("duties", child, lambda: False)
    assert "earlier" not in str(failure.value)


def test_a_child_that_never_gets_ready_is_reported(tmp_path: Path) -> None:
    child, _ = waiting(tmp_path / "log", "watch")
    with pytest.raises(ServerFailedError, match="duties is not ready after 0 s"):
        await_ready("duties", child, lambda: False, seconds=0.1)
    child.kill()


def test_a_failing_command_raises_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(ServerFailedError, match=r"failed \(3\):\nnot today"):
        run(
            [sys.executable, "-c", "print('not today'); raise SystemExit(3)"],
            log=tmp_path / "log",
            env=ENVIRONMENT,
            account=None,
        )


def test_a_preferred_port_is_kept_while_free_and_left_when_taken() -> None:
    port = free_port()
    assert free_port(port) == port
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        assert free_port(port) != port
