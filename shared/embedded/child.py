"""Runs one program so that it never outlives the process that asked for it, as another user if asked.

Started as a file (`python -I -S child.py PARENT DEATH MODE UID GID PROGRAM …`): standard library only.
`exec` (Linux): the kernel signals the program when its parent dies. `watch` (elsewhere): this process stays
between the two and sees its standard input end.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 10
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


def become(uid: int, gid: int) -> None:
    """Drop root's rights for good; −1 keeps the caller's."""
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def replace(argv: list[str], parent: int, death: int) -> None:
    """Become the program; the kernel sends it `death` when `parent` dies.

    The wish is made after the change of user, which would clear it, and the parent checked after the wish,
    because it may have died before.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit(f"parent {parent} is gone")
    os.execv(argv[0], argv)  # noqa: S606 - no shell is wanted


def watch(argv: list[str], death: int) -> int:
    """Run the program until it ends, or until the parent's end of the pipe closes; returns its exit code.

    Signals to the group reach the program by themselves; here they only must not end the watcher first.
    Handlers, unlike ignored signals, are not inherited.
    """
    for number in FORWARDED:
        signal.signal(number, lambda *_: None)
    program = subprocess.Popen(argv, stdin=subprocess.DEVNULL)  # noqa: S603 - the caller's own program

    def end_with_parent() -> None:
        while os.read(0, 4096):
            continue
        program.send_signal(death)
        try:
            program.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()

    threading.Thread(target=end_with_parent, daemon=True).start()
    code = program.wait()
    return code if code >= 0 else 128 - code


def main() -> None:
    """Read the command line and run the program."""
    parent, death, mode, uid, gid = sys.argv[1:6]
    argv = sys.argv[6:]
    become(int(uid), int(gid))
    if mode == "exec":
        replace(argv, int(parent), int(death))
    os._exit(watch(argv, int(death)))


if __name__ == "__main__":
    main()
