"""Storing documents outside the database and giving them out again, their digests checked both times."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts.records import Attachment
from services.duties.facts.stored import Stored
from services.duties.handlers.reach import within_reach
from services.duties.handlers.record_events import attachment_event
from services.duties.repository import records
from services.duties.rules.attachments import Offered, may_store
from shared.attachments import KINDS, AlteredError, Digests, MissingError, Store, UnreachableError, kind_of, looks_like
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, Forbidden, NotFound, Unavailable, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.repository import region_on


@dataclass(frozen=True, slots=True)
class Sent:
    """A document as it came: its bytes, what its sender calls it, and the digests that its sender names."""

    data: bytes
    content_type: str
    sha256: str | None
    sm3: str | None
    with_sm3: bool


def attachment_id(sha256: str, region_code: str) -> UUID:
    """One record for each document and region, however often it is sent."""
    return uuid5(NAMESPACE_URL, f"anze:attachment:{sha256}/{region_code}")


async def store_attachment(work: UnitOfWork, store: Store, sent: Sent, region_code: str) -> Stored[Attachment]:
    """Store a document for a region; the same one again changes nothing, unless SM3 is asked for only now.

    Raises:
        NotFound: there is no such region today.
        Forbidden: it lies outside the caller's regions.
        Refused: empty, of a kind that is not taken, or not what its digests say (art28).
        Unavailable: the store does not answer.
    """
    region = await region_on(work.session, region_code, clock.today())
    if region is None:
        raise NotFound("region_not_found", "没有这个区划", "there is no such region")
    if not work.may_act_in(region.path):
        raise Forbidden("region_outside_grant", "区划不在授权范围内", "the region lies outside those granted")
    digests, media_type = Digests.of(sent.data, sm3=sent.with_sm3 or sent.sm3 is not None), kind_of(sent.content_type)
    obey(
        may_store(
            Offered(
                size=len(sent.data),
                media_type=media_type,
                taken=media_type in KINDS,
                looks_like_it=looks_like(sent.data, media_type),
                said_sha256=sent.sha256,
                sha256=digests.sha256,
                said_sm3=sent.sm3,
                sm3=digests.sm3,
            )
        )
    )
    ref = Ref("attachment", attachment_id(digests.sha256, region_code))
    await work.lock(ref)
    try:
        await store.keep(sent.data)
    except UnreachableError as error:
        raise _out_of_reach() from error
    there = await records.attachment_by_id(work.session, ref.id)
    if there is not None and (there.fact.sm3 or digests.sm3 is None):
        return there
    fact = Attachment(
        id=ref.id,
        sha256=digests.sha256,
        size=len(sent.data),
        media_type=media_type,
        region_code=region_code,
        recorded_by=there.fact.recorded_by if there else work.actor,
        recorded_at=there.fact.recorded_at if there else work.recorded_at,
        sm3=digests.sm3,
        exercise=region.exercise,
    )
    await records.put_attachment(work.session, fact, region.path, work.version(ref) + 1)
    version = work.emit(attachment_event(fact, region.path), path=region.path, exercise=fact.exercise)
    return Stored(fact, region.path, version)


async def read_attachment(session: AsyncSession, identity: UUID, regions: Collection[str]) -> Stored[Attachment]:
    """What an attachment is; NotFound where there is none within the regions."""
    stored = await records.attachment_by_id(session, identity)
    return within_reach(
        stored, regions, NotFound("attachment_not_found", "没有这份附件", "there is no such attachment")
    )


async def content(
    session: AsyncSession, store: Store, identity: UUID, regions: Collection[str]
) -> tuple[Attachment, bytes]:
    """The document, checked against every digest on record.

    Raises:
        NotFound: there is none within the regions.
        Conflict: the store lost or altered it; altered bytes are never given out.
        Unavailable: the store does not answer.
    """
    fact = (await read_attachment(session, identity, regions)).fact
    try:
        return fact, await store.fetch(Digests(fact.sha256, fact.sm3))
    except MissingError as error:
        raise Conflict("attachment_missing", "存储中已没有这份附件", "the store has lost this document") from error
    except AlteredError as error:
        raise Conflict(
            "attachment_altered", "存储中的附件与登记的摘要不符，不予提供", "what is stored is not what was recorded"
        ) from error
    except UnreachableError as error:
        raise _out_of_reach() from error


def _out_of_reach() -> Unavailable:
    return Unavailable("attachment_store_unavailable", "附件存储暂不可用", "the attachment store is not available")


async def list_attachments(
    session: AsyncSession, paging: Paging, *, regions: Collection[str], exercise: bool, sha256: str | None
) -> tuple[list[Stored[Attachment]], str | None]:
    """One page of the attachments within the regions, newest first."""
    return await records.list_attachments(session, paging, regions=regions, exercise=exercise, sha256=sha256)
