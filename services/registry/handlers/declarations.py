"""Declarations: recorded with their document, corrected, annulled; nothing recorded is overwritten."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from services.registry.facts.answers import Stored
from services.registry.facts.findings import Declaration, DeclarationKind
from services.registry.handlers.organs import ORGAN, POST, industries
from services.registry.handlers.saving import absent, becoming, changing, enter, referred, region_for, save
from services.registry.repository import states
from services.registry.rules.appointments import check_span
from services.registry.rules.declarations import check_declaration
from shared.contracts.registry import (
    DeclarationAnnulled,
    DeclarationCorrected,
    DeclarationRecorded,
    DeclarationState,
    OrganState,
    PostState,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import Conflict, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import Span


def declaration_of(state: DeclarationState) -> Declaration:
    """The recorded matter as a fact."""
    facts = state.model_dump(exclude={"kind", "from_day", "to_day"})
    return Declaration(kind=DeclarationKind(state.kind), span=Span(state.from_day, state.to_day), **facts)


async def record(
    work: UnitOfWork, *, region_code: str, exercise: bool = False, **stated: Any
) -> Stored[DeclarationState]:
    """Record a matter of a region; in an exercise region it is an exercise. `stated` are fields of the state."""
    await enter(work)
    identity = uuid4()
    await work.lock(Ref("declaration", identity))
    region = await region_for(work, region_code, stated["from_day"])
    marked = exercise or region.state.exercise
    event = DeclarationRecorded(id=identity, region_code=region_code, exercise=marked, **stated)
    return await save(work, await _checked(work, event), region.path)


async def correct(
    work: UnitOfWork, declaration_id: UUID, expected: int | None, *, reason: str, changes: Mapping[str, Any]
) -> Stored[DeclarationState]:
    """Correct or end a matter; `changes` are fields of the state."""
    found = await _changing(work, declaration_id, expected)
    event = await _checked(work, becoming(DeclarationCorrected, found.state, **changes))
    return await save(work, event, found.path, reason=reason)


async def annul(
    work: UnitOfWork, declaration_id: UUID, expected: int | None, *, reason: str
) -> Stored[DeclarationState]:
    """Annul a matter: it never held."""
    found = await _changing(work, declaration_id, expected)
    return await save(work, becoming(DeclarationAnnulled, found.state, annulled=True), found.path, reason=reason)


async def _changing(work: UnitOfWork, declaration_id: UUID, expected: int | None) -> Stored[DeclarationState]:
    await enter(work)
    if await states.one(work.session, DeclarationState, declaration_id) is None:
        raise absent()
    found = await changing(work, DeclarationState, declaration_id, expected)
    if found.state.annulled:
        raise Conflict("annulled", "该登记事项已撤销", "the declaration has been annulled")
    return found


async def _checked(work: UnitOfWork, event: DeclarationState) -> DeclarationState:
    obey(check_span(Span(event.from_day, event.to_day)))
    obey(check_declaration(declaration_of(event)))
    if event.organ_id is not None:
        await referred(work, OrganState, event.organ_id, ORGAN)
    if event.post_id is not None:
        await referred(work, PostState, event.post_id, POST)
    if event.industry is not None:
        event = becoming(type(event), event, industry=industries((event.industry,))[0])
    return event
