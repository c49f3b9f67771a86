#!/bin/sh
# Installs everything into .venv from the hashed lock, and makes `anze` a command there. Does nothing when it is up to date.
#
# The project itself is put on the path by a .pth file and started by a five-line script: the same as an editable
# install, without a build back end that the lock would have to carry and pip would have to run.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
venv=.venv
lock=requirements-dev.lock

fail() {
    echo "setup: $*" >&2
    exit 1
}

command -v "$python" >/dev/null || fail "no $python on the path; set PYTHON=/path/to/python3.11 or later"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version) is too old: Python 3.11 or later is needed; set PYTHON=/path/to/it"

wanted=$("$python" - "$lock" tools/setup.sh <<'END'
import hashlib, pathlib, sys
parts = [pathlib.Path(name).read_bytes() for name in sys.argv[1:]]
print(hashlib.sha256(b"".join([*parts, sys.version.encode(), str(pathlib.Path.cwd()).encode()])).hexdigest())
END
)
stamp=$venv/anze-setup
if [ -x "$venv/bin/anze" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

[ -w . ] || fail "$PWD cannot be written by $(id -un): clone into a folder of your own"
rm -f "$stamp"
same='import sys; print(sys.version)'
if [ "$("$venv/bin/python" -c "import pip; $same" 2>/dev/null)" != "$("$python" -c "$same")" ]; then
    rm -rf "$venv" # none, one of another Python, or one whose making was cut short
    "$python" -m venv "$venv" ||
        fail "cannot make a virtual environment (on Debian and Ubuntu: apt-get install python3-venv)"
fi
echo "setup: installing $(grep -c '==' "$lock") pinned packages into $venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock" ||
    fail "pip could not install what $lock names (see above); it needs a package index that it can reach"
"$venv/bin/python" - <<'END'
import pathlib, sys, sysconfig
root = pathlib.Path.cwd()
pathlib.Path(sysconfig.get_path("purelib"), "anze.pth").write_text(f"{root}\n")
command = pathlib.Path(sysconfig.get_path("scripts"), "anze")
# sh, because a path with spaces, or a long one, does not fit into the first line of a script
command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m cli.main "$@"\n')
command.chmod(0o755)
END
echo "$wanted" >"$stamp"
echo "setup: done; try make up"
