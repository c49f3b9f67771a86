"""What a service keeps of memory that it no longer uses."""

import ctypes
import subprocess
import sys

import pytest

from shared.embedded.places import CHECKOUT

_CHILD = """
from pathlib import Path
from shared.kernel.app import settle

MIB = 1024 * 1024

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096

def kept():
    before = held()
    blocks = [(b"x" * size, b"y" * 200_000) for size in (5 * MIB, *[4 * MIB] * 8)]
    small = [after for _, after in blocks]  # what is needed on lies above what is not
    del blocks
    return (held() - before) // MIB

kept()  # freed blocks of this size teach glibc to keep room for them
print(kept())
settle()
print(kept())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="no glibc")
def test_a_settled_process_gives_large_blocks_back_at_once() -> None:
    told = subprocess.check_output([sys.executable, "-c", _CHILD], cwd=CHECKOUT, text=True)  # noqa: S603 - our own words
    alone, settled = map(int, told.split())
    assert alone > 16, "left to itself it keeps them: otherwise this test shows nothing"
    assert settled < 4
