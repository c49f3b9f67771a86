"""Impediments, filings and attachments as events, and back: each event holds all of its fact."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts.records import Attachment, Filing, RecordedImpediment
from services.duties.repository import projection, records
from shared.contracts.duties.records import (
    AttachmentState,
    AttachmentStored,
    FilingState,
    ImpedimentState,
)
from shared.kernel.envelope import Delivery

I = TypeVar("I", bound=ImpedimentState)  # noqa: E741 - as P and A beside it
F = TypeVar("F", bound=FilingState)
_IMPEDIMENT = TypeAdapter(RecordedImpediment)
_FILING = TypeAdapter(Filing)
_ATTACHMENT = TypeAdapter(Attachment)


def impediment_event(kind: type[I], fact: RecordedImpediment, path: Sequence[str]) -> I:
    """What happened to an impediment."""
    days = {"from_day": fact.span.from_day, "to_day": fact.span.to_day}
    return kind.model_validate(_IMPEDIMENT.dump_python(fact, mode="json") | days | {"path": tuple(path)})


def filing_event(kind: type[F], fact: Filing, path: Sequence[str], recipient_path: Sequence[str]) -> F:
    """What happened to a filing."""
    where = {"path": tuple(path), "recipient_path": tuple(recipient_path)}
    return kind.model_validate(_FILING.dump_python(fact, mode="json") | where)


def attachment_event(fact: Attachment, path: Sequence[str]) -> AttachmentStored:
    """A document was stored."""
    return AttachmentStored.model_validate(asdict(fact) | {"path": tuple(path)})


async def adopt_impediment(session: AsyncSession, event: ImpedimentState, delivery: Delivery) -> None:
    """Put an impediment back."""
    span = {"from_day": event.from_day, "to_day": event.to_day}
    fact = _IMPEDIMENT.validate_python(event.model_dump() | {"span": span})
    await records.put_impediment(session, fact, event.path, delivery.version)
    for excuse in fact.facts():
        await projection.keep_excuse(session, excuse)


async def adopt_filing(session: AsyncSession, event: FilingState, delivery: Delivery) -> None:
    """Put a filing back."""
    fact = _FILING.validate_python(event.model_dump())
    await records.put_filing(session, fact, event.path, event.recipient_path, delivery.version)
    await projection.keep_filing(session, fact)


async def adopt_attachment(session: AsyncSession, event: AttachmentState, delivery: Delivery) -> None:
    """Put back what an attachment is; the document itself is the store's to keep."""
    fact = _ATTACHMENT.validate_python(event.model_dump())
    await records.put_attachment(session, fact, event.path, delivery.version)
