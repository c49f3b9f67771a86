"""A file in staging is sealed in pieces: opened whole, and by nobody who leaves one out or puts it elsewhere."""

import importlib
import io
import os
import tracemalloc
from collections.abc import Mapping
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from services.registry.handlers.imports import checking, runs
from services.registry.handlers.imports.checking import opened_file, sealed_pieces
from services.registry.handlers.officials import Numbers
from shared.kernel import databases
from shared.kernel.testing import Stack
from shared.kernel.unit_of_work import UnitOfWork
from shared.kernel.vault import Vault

VAULT = Vault.parse(Vault.fresh())
MIB = 1024 * 1024
WHOLE = -1


def pieces_of(content: bytes, identity: UUID) -> dict[int, bytes]:
    return dict(enumerate(sealed_pieces(VAULT, content, identity)))


async def opened(pieces: Mapping[int, bytes], size: int, identity: UUID) -> io.BytesIO | None:
    async def piece(number: int) -> bytes | None:
        return pieces.get(number)

    return await opened_file(VAULT, piece, size, identity)


@pytest.mark.parametrize("size", [1, 256 * 1024, 256 * 1024 + 1, MIB])
async def test_what_was_sealed_in_pieces_is_opened_whole(size: int) -> None:
    content, identity = os.urandom(size), uuid4()
    file = await opened(pieces_of(content, identity), size, identity)
    assert file is not None
    assert file.read() == content


async def test_a_piece_left_out_moved_or_of_another_import_is_refused() -> None:
    identity = uuid4()
    first, second, *others = pieces_of(bytes(MIB), identity).values()
    for wrong, size, of in (
        ([second, first, *others], MIB, identity),
        ([first, second, *others], MIB, uuid4()),
        ([first, second, *others], MIB - 256 * 1024, identity),
    ):
        with pytest.raises(InvalidTag):
            await opened(dict(enumerate(wrong)), size, of)
    assert await opened({0: first, 1: second}, MIB, identity) is None


async def test_a_file_is_never_held_several_times_over_while_it_is_kept_and_opened(stack: Stack) -> None:
    content, numbers = os.urandom(8 * MIB), Numbers(VAULT, development=True)
    engine = databases.engine((await stack.database("registry")).runtime)
    try:
        async with UnitOfWork(
            databases.session_maker(engine), service="registry", actor="tester", regions=frozenset({"130000"})
        ) as work:
            tracemalloc.start()
            identity = (await runs.receive(work, numbers, content, exercise=True)).id
            keeping = tracemalloc.get_traced_memory()[1]
            tracemalloc.reset_peak()
            file = await checking.opened(work.session, numbers, identity)
            opening = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        await engine.dispose()
    assert file is not None
    assert file.read() == content
    assert keeping < 4 * MIB, "beside the file that was sent a few pieces"
    assert opening < 1.8 * len(content), "the file itself, and a few pieces"


async def test_files_that_were_kept_as_one_value_are_moved_into_pieces_and_still_opened(stack: Stack) -> None:
    moving = importlib.import_module("services.registry.migrations.registry_0010_pieces")
    content, identity, whole = os.urandom(MIB + 1), uuid4(), uuid4()
    pieces = pieces_of(content, identity).values()
    in_pieces = b"\0" + b"".join(len(one).to_bytes(4, "big") + one for one in pieces)
    at_once = VAULT.encrypt(content.decode("latin-1"), f"import {whole}")
    owner = (await stack.database("registry")).owner
    connection = await asyncpg.connect(databases.dsn(owner))
    try:
        await connection.execute("ALTER TABLE roster_import ADD COLUMN sealed bytea")
        row = "INSERT INTO roster_import (id, actor, exercise, size, received_at, stage, sealed)"
        for one, sealed in ((identity, in_pieces), (whole, at_once), (uuid4(), None)):
            await connection.execute(f"{row} VALUES ($1, '', true, 0, now(), 'uploaded', $2)", one, sealed)
        for statement in moving.MOVED:
            await connection.execute(statement)
        kept = await connection.fetch("SELECT import_id, number, sealed FROM import_piece")
    finally:
        await connection.close()
    for one in (identity, whole):
        found = {row["number"]: row["sealed"] for row in kept if row["import_id"] == one}
        file = await opened(found, len(content), one)
        assert file is not None
        assert file.read() == content
    assert {row["number"] for row in kept if row["import_id"] == whole} == {WHOLE}
    assert len(kept) == len(pieces) + 1
