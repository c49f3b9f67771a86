"""Child processes that end with their parent, free loopback ports, and waiting for a condition."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shared.embedded.child import PR_SET_PDEATHSIG

# The kernel counts the *thread* that forked as the parent, so every child is forked by one thread that lives
# as long as this process, whichever worker thread asked for it.
_forker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="forker")
_SHIM = Path(__file__).with_name("child.py")
MODE = "exec" if sys.platform == "linux" else "watch"
_LOWEST_PORT = 10_000


class ServerFailedError(RuntimeError):
    """A child process ended, or did not become ready in time; the message ends with the tail of its log."""


@dataclass(frozen=True)
class Account:
    """A user that a child runs as."""

    uid: int
    gid: int


class Child:
    """A running program in a session of its own, so that a terminal's Ctrl-C reaches only its parent."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, log_start: int) -> None:
        self._process = process
        self._log_start = log_start
        self.pid = process.pid
        self.log = log

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; `None` while it runs."""
        return self._process.poll()

    def send(self, number: int) -> None:
        """Signal the program, and the watcher where there is one; an ended program is left alone."""
        if self.code is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self.code is not None

    def stop(self, number: int = signal.SIGTERM, seconds: float = 15) -> None:
        """Ask it to end, and kill it when it has not after so many seconds."""
        self.send(number)
        if not self.wait(seconds):
            self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.send(signal.SIGKILL)
        self._process.wait()

    def tail(self, lines: int = 20) -> str:
        """The last lines that it wrote to its log."""
        text = self.log.read_bytes()[self._log_start :].decode(errors="replace")
        return "\n".join(text.splitlines()[-lines:])


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    account: Account | None = None,
    cwd: Path | str = "/",
    death: int = signal.SIGKILL,
    mode: str = MODE,
) -> Child:
    """Start a program that gets the signal `death` when this process ends, however; output goes to `log`."""
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    shim = [sys.executable, "-I", "-S", _SHIM, os.getpid(), int(death), mode, uid, gid]
    command = [str(part) for part in (*shim, *argv)]

    def fork() -> Child:
        with log.open("ab") as out:
            start = out.tell()
            process = subprocess.Popen(  # noqa: S603 - programs of this project only
                command,
                stdin=subprocess.PIPE if mode == "watch" else subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
            )
            return Child(process, log, start)

    return _forker.submit(fork).result()


def end_with_parent() -> None:
    """Let this process get SIGTERM when its own parent dies, where the kernel knows how (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


def run(argv: Sequence[str | Path], *, log: Path, env: Mapping[str, str], account: Account | None) -> None:
    """Run a program to its end.

    Raises:
        ServerFailedError: it ended with another code than 0.
    """
    child = spawn(argv, log=log, env=env, account=account)
    if not child.wait(120) or child.code != 0:
        child.kill()
        raise ServerFailedError(f"{Path(argv[0]).name} failed ({child.code}):\n{child.tail()}")


def wait_until(condition: Callable[[], bool], *, seconds: float = 30) -> bool:
    """Whether the condition came true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def await_ready(name: str, child: Child, ready: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until `ready` says so.

    Raises:
        ServerFailedError: the child ended first, or so many seconds passed.
    """
    came = wait_until(lambda: child.code is not None or ready(), seconds=seconds)
    if child.code is not None:
        raise ServerFailedError(f"{name} ended with code {child.code}; {child.log} ends:\n{child.tail()}")
    if not came:
        raise ServerFailedError(f"{name} is not ready after {seconds:.0f} s; {child.log} ends:\n{child.tail()}")


def _highest_port() -> int:
    """The last port below those that outgoing connections are given.

    A client that keeps calling a stopped server on such a port may be given that very port, connect to itself
    and keep the server from coming back.
    """
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0]) - 1
    except OSError:
        return 32_767


def free_port(preferred: int | None = None) -> int:
    """A port of 127.0.0.1 on which nobody listens: the preferred one if it is free."""
    width = max(_highest_port() - _LOWEST_PORT, 1_000)
    while True:
        port = preferred or _LOWEST_PORT + secrets.randbelow(width)
        preferred = None
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
