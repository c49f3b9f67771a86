"""A document comes back only as it was stored: from a folder, and from a real S3 server on a port of this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from obstore.store import LocalStore, S3Store

from shared.attachments import KINDS, AlteredError, Digests, MissingError, Store, UnreachableError, kind_of, looks_like
from shared.attachments.tests.servers import bucket, s3_server

PAPER = "%PDF-1.7 演练会议纪要".encode()
EMPTY_SM3 = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"
ABC_SM3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905-2016, example 1


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return Store.folder(tmp_path / "attachments")
    return bucket(request.getfixturevalue("s3_address"))


def raw(store: Store) -> LocalStore | S3Store:
    return store._opened()


async def test_a_document_lies_under_its_digest_and_comes_back(store: Store) -> None:
    await store.keep(PAPER)
    await store.keep(PAPER)
    digests = Digests.of(PAPER, sm3=True)
    assert await store.fetch(digests) == PAPER
    names = [one["path"] for batch in raw(store).list() for one in batch]
    assert f"sha256/{digests.sha256[:2]}/{digests.sha256}" in names
    assert all(len(name.rpartition("/")[2]) == 64 for name in names)


def damage(folder: Path, place: int) -> None:
    (file,) = (one for one in folder.rglob("*") if one.is_file())
    changed = bytearray(PAPER)
    changed[place] ^= 1
    file.write_bytes(changed)


@pytest.mark.parametrize("place", range(len(PAPER)))
async def test_any_changed_byte_is_found_in_a_folder(tmp_path: Path, place: int) -> None:
    store = Store.folder(tmp_path)
    await store.keep(PAPER)
    damage(tmp_path, place)
    with pytest.raises(AlteredError):
        await store.fetch(Digests.of(PAPER))


async def test_what_is_altered_or_missing_is_never_given(store: Store) -> None:
    document = PAPER + os.urandom(8)
    digests = Digests.of(document)
    with pytest.raises(MissingError):
        await store.fetch(digests)
    await store.keep(document)
    place = f"sha256/{digests.sha256[:2]}/{digests.sha256}"
    await raw(store).put_async(place, document[:-1])
    with pytest.raises(AlteredError):
        await store.fetch(digests)
    await store.keep(document)
    assert await store.fetch(digests) == document
    wrong = Digests(digests.sha256, Digests.of(b"else", sm3=True).sm3)
    with pytest.raises(AlteredError):
        await store.fetch(wrong)


async def test_a_store_that_does_not_answer_is_said_to_be_out_of_reach(s3_address: str, tmp_path: Path) -> None:
    for wrong in (bucket(s3_address, "no-such-bucket"), Store.folder(tmp_path / "file" / "below")):
        (tmp_path / "file").write_text("no folder")
        with pytest.raises(UnreachableError):
            await wrong.keep(PAPER)


def test_the_digests_are_the_standards_own() -> None:
    assert Digests.of(b"", sm3=True).sm3 == EMPTY_SM3
    assert Digests.of(b"abc", sm3=True).sm3 == ABC_SM3
    assert Digests.of(b"abc") == Digests("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")


def test_a_document_begins_as_its_kind_does() -> None:
    assert looks_like(PAPER, kind_of("Application/PDF; charset=utf-8"))
    assert not looks_like(PAPER, "image/png")
    assert not looks_like(PAPER, "text/html")
    assert not any(looks_like(b"<html>", kind) for kind in KINDS)


async def test_a_scratch_store_keeps_nothing_when_it_goes() -> None:
    store = Store.scratch()
    await store.keep(PAPER)
    assert await store.fetch(Digests.of(PAPER)) == PAPER
    assert store._scratch is not None
    store._scratch.cleanup()
    with pytest.raises(MissingError):
        await store.fetch(Digests.of(PAPER))
