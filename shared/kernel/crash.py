"""Named points where a test may kill the process with SIGKILL, to see that nothing is lost or done twice."""

import os
import signal

_armed: dict[str, int] = {}


def arm(spec: str | None) -> None:
    """Arm `name` or `name:n` (die at the n-th passage); main does so in development only."""
    _armed.clear()
    if spec:
        name, _, nth = spec.partition(":")
        _armed[name] = int(nth or 1)


def point(name: str) -> None:
    """Pass the point `name`; an armed process dies here."""
    if name in _armed:
        _armed[name] -= 1
        if _armed[name] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
