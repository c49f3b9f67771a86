"""A file in staging is sealed in pieces: opened whole, and by nobody who leaves one out or puts it elsewhere."""

import os
import tracemalloc
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from services.registry.handlers.imports.checking import opened_file, sealed_file
from shared.kernel.vault import Vault

Part = Callable[[int, int], Awaitable[bytes]]
VAULT = Vault.parse(Vault.fresh())
MIB = 1024 * 1024


def kept(sealed: bytes) -> Part:
    async def part(start: int, length: int) -> bytes:
        return sealed[start : start + length]

    return part


@pytest.mark.parametrize("size", [1, 256 * 1024, 256 * 1024 + 1, MIB])
async def test_what_was_sealed_in_pieces_is_opened_whole(size: int) -> None:
    content, identity = os.urandom(size), uuid4()
    assert (await opened_file(VAULT, kept(sealed_file(VAULT, content, identity)), size, identity)).read() == content


async def test_a_file_that_was_sealed_whole_is_still_opened() -> None:
    content, identity = b"\xff" * 1_000_000, uuid4()
    sealed = VAULT.encrypt(content.decode("latin-1"), f"import {identity}")
    assert (await opened_file(VAULT, kept(sealed), len(content), identity)).read() == content


async def test_a_piece_left_out_moved_or_of_another_import_is_refused() -> None:
    identity = uuid4()
    sealed = sealed_file(VAULT, bytes(MIB), identity)
    first = 5 + int.from_bytes(sealed[1:5], "big")
    second = first + 4 + int.from_bytes(sealed[first : first + 4], "big")
    moved = sealed[:1] + sealed[first:second] + sealed[1:first] + sealed[second:]
    for wrong, of in ((sealed[:1] + sealed[first:], identity), (moved, identity), (sealed, uuid4())):
        with pytest.raises(InvalidTag):
            await opened_file(VAULT, kept(wrong), MIB, of)
    with pytest.raises(InvalidTag):
        await opened_file(VAULT, kept(sealed), MIB - 256 * 1024, identity)


async def test_a_file_is_never_held_several_times_over_while_it_is_opened() -> None:
    content, identity = bytes(16 * MIB), uuid4()
    sealed = sealed_file(VAULT, content, identity)
    tracemalloc.start()
    try:
        file = await opened_file(VAULT, kept(sealed), len(content), identity)
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert file.read(1) == b"\0"
    assert held < 1.5 * len(content), "the file itself, and a few pieces"
