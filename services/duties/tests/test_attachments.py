"""Attachments over HTTP, in a real folder and on a real S3 server: stored under the digest, checked both ways."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.duties.main import service
from services.duties.settings import DutiesSettings
from services.duties.tests import story as cast
from services.duties.tests.conftest import TurningClock
from services.duties.tests.registry import Registry
from services.duties.tests.story import Story
from services.duties.tests.test_settings import settings
from shared.attachments import Store
from shared.attachments.tests.servers import bucket, s3_server
from shared.contracts.topology import DECLARATIONS
from shared.kernel.tables import ledger
from shared.kernel.testing import Running, Stack

LIMIT = 2_000_000
PAPER = b"%PDF-1.7\n" + bytes(range(256)) * 6000
SHA = hashlib.sha256(PAPER).hexdigest()
PDF = {"content-type": "application/pdf"}


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return Store.folder(tmp_path / "attachments")
    return bucket(request.getfixturevalue("s3_address"))


@pytest.fixture
async def keeping(stack: Stack, turning: TurningClock, store: Store) -> Running:
    await stack.provision(DECLARATIONS)
    parts = service(store=store, attachment_bytes=LIMIT)
    made = await stack.start(parts, DECLARATIONS, ANZE_CLOCK_FILE=str(turning.file))
    await Story(made, Registry(made), turning.turn).enter()
    return made


async def sent(keeping: Running, data: bytes = PAPER, kind: str = "application/pdf", **query: Any) -> Any:
    headers = keeping.acting("registrar", regions=(cast.COUNTY,)) | {"content-type": kind}
    params = {"region_code": cast.COUNTY} | query
    return await keeping.http.post("/v1/attachments", content=data, params=params, headers=headers)


async def content(keeping: Running, identity: str, role: str = "investigator", region: str = "130000") -> Any:
    headers = keeping.acting(role, regions=(region,))
    return await keeping.http.get(f"/v1/attachments/{identity}/content", headers=headers)


@pytest.mark.clause("art28")
async def test_a_document_is_stored_under_its_digest_and_given_out_unaltered(keeping: Running, store: Store) -> None:
    made = await sent(keeping, sha256=SHA, with_sm3=True)
    assert made.status_code == 201, made.text
    view = made.json()
    assert (view["sha256"], view["size"], view["exercise"]) == (SHA, len(PAPER), True)
    assert len(view["sm3"]) == 64
    got = await content(keeping, view["id"])
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, PAPER, "application/pdf")
    assert got.headers["x-content-type-options"] == "nosniff"
    again = await sent(keeping)
    assert (again.json()["id"], again.headers["etag"]) == (view["id"], made.headers["etag"])
    async with keeping.app.state.sessions() as session:
        kinds = list(await session.scalars(sa.select(ledger.c.type)))
    assert kinds == ["anze.duties.attachment.stored.v1"]
    await store._opened().put_async(f"sha256/{SHA[:2]}/{SHA}", PAPER[:-1])
    altered = await content(keeping, view["id"])
    assert (altered.status_code, altered.json()["code"]) == (409, "attachment_altered")
    await store._opened().delete_async(f"sha256/{SHA[:2]}/{SHA}")
    lost = await content(keeping, view["id"])
    assert (lost.status_code, lost.json()["code"]) == (409, "attachment_missing")
    assert (await sent(keeping)).status_code == 201
    assert (await content(keeping, view["id"])).content == PAPER, "sent again, it is healed"


REFUSED: tuple[tuple[bytes, str, dict[str, Any], int, str], ...] = (
    (b"", "application/pdf", {}, 422, "attachment.empty"),
    (b"<html>", "text/html", {}, 422, "attachment.kind_not_taken"),
    (b"<html>", "application/pdf", {}, 422, "attachment.not_of_its_kind"),
    (PAPER, "application/pdf", {"sha256": "0f" * 32}, 422, "attachment.digest_differs"),
    (PAPER, "application/pdf", {"sm3": "0f" * 32}, 422, "attachment.digest_differs"),
    (PAPER + bytes(LIMIT), "application/pdf", {}, 413, "body_too_large"),
    (PAPER, "application/pdf", {"region_code": "999999"}, 404, "region_not_found"),
    (PAPER, "application/pdf", {"region_code": cast.CITY}, 403, "region_outside_grant"),
    (PAPER, "application/pdf", {"region_code": "县"}, 400, "invalid_request"),
)


@pytest.mark.parametrize("store", ["folder"], indirect=True)
@pytest.mark.clause("art28")
async def test_what_is_too_large_of_another_kind_or_not_what_it_says_is_not_stored(keeping: Running) -> None:
    for data, kind, query, status, code in REFUSED:
        answer = await sent(keeping, data, kind, **query)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    listed = await keeping.http.get("/v1/attachments?exercise=true", headers=keeping.acting("viewer"))
    assert listed.json()["items"] == []


@pytest.mark.parametrize("store", ["folder"], indirect=True)
async def test_only_those_of_the_region_and_with_the_right_download(keeping: Running) -> None:
    one = (await sent(keeping)).json()
    assert (await content(keeping, one["id"], "viewer")).status_code == 403
    assert (await content(keeping, one["id"], region="130100")).status_code == 404
    viewer = keeping.acting("viewer")
    found = await keeping.http.get("/v1/attachments", params={"sha256": SHA, "exercise": True}, headers=viewer)
    assert [item["id"] for item in found.json()["items"]] == [one["id"]]
    assert (await keeping.http.get("/v1/attachments", headers=viewer)).json()["items"] == []
    whole = await keeping.http.get(f"/v1/attachments/{one['id']}", headers=viewer | {"If-None-Match": '"1"'})
    assert whole.status_code == 304
    later = await sent(keeping, with_sm3=True)
    assert (len(later.json()["sm3"]), later.headers["etag"]) == (64, '"2"')


def test_settings_choose_a_folder_or_a_bucket(tmp_path: Path) -> None:
    def chosen(**more: str) -> DutiesSettings:
        return settings(**more)

    assert chosen().store()._folder == Path("attachments")
    assert chosen(ANZE_ATTACHMENTS=str(tmp_path)).store()._folder == tmp_path
    named = chosen(
        ANZE_ATTACHMENTS="s3://papers/anze/duties",
        ANZE_S3_ENDPOINT="http://127.0.0.1:9",
        ANZE_S3_ACCESS_KEY="a",
        ANZE_S3_SECRET_KEY="b",
    )
    opened: Any = named.store()._opened()
    assert (opened.prefix, opened.config["bucket"], opened.config["endpoint"]) == (
        "anze/duties",
        "papers",
        "http://127.0.0.1:9",
    )
    assert "b" not in repr(named.s3_secret_key)
