"""Annulling the record of an accident; an annulled one changes no more."""

from collections.abc import Collection
from uuid import UUID

from services.registry.facts.annulment import Annulment, Relied
from services.registry.facts.answers import AccidentFile, Stored
from services.registry.handlers.files import filed
from services.registry.handlers.proceeding_parts import proceedings_of
from services.registry.handlers.saving import acts_in, becoming, changing, save
from services.registry.repository import accidents, states
from services.registry.rules.annulment import check_annulment
from shared.contracts.registry import AccidentAnnulled, AccidentState, AnnulmentPart
from shared.kernel.envelope import Ref
from shared.kernel.problems import Conflict, obey
from shared.kernel.unit_of_work import UnitOfWork


async def changing_accident(
    work: UnitOfWork, accident_id: UUID, expected: int | None, also: Collection[Ref] = ()
) -> Stored[AccidentState]:
    """Lock and load an accident to change; 404 outside one's regions, 409 where annulled, 412, 428."""
    found = await changing(work, AccidentState, accident_id, expected, also)
    if found.state.annulled:
        raise Conflict("annulled", "该事故记录已撤销", "the record of the accident has been annulled")
    return found


async def annul(
    work: UnitOfWork, accident_id: UUID, expected: int | None, told: Annulment
) -> AccidentFile[AccidentState]:
    """Annul a record made by mistake, or a second one of an accident; what was recorded stays readable."""
    also = () if told.duplicate_of is None else (Ref("accident", told.duplicate_of),)
    found = await changing_accident(work, accident_id, expected, also)
    other = None if told.duplicate_of is None else await _other(work, told.duplicate_of)
    duplicates = await accidents.duplicates_of(work.session, accident_id)
    accident = Relied(accident_id, found.state.exercise, duplicates=duplicates)
    obey(check_annulment(told, accident, proceedings_of(found.state), other))
    part = AnnulmentPart(cause=told.cause.value, reason=told.reason, duplicate_of=told.duplicate_of)
    event = becoming(AccidentAnnulled, found.state, annulled=True, annulment=part)
    return await filed(work, await save(work, event, found.path, reason=told.reason))


async def _other(work: UnitOfWork, accident_id: UUID) -> Relied | None:
    """The record that a duplicate names, where the caller may act on it."""
    found = await states.one(work.session, AccidentState, accident_id)
    if found is None or not await acts_in(work, found.path):
        return None
    return Relied(accident_id, found.state.exercise, annulled=found.state.annulled)
