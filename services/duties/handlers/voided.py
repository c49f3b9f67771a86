"""Attestations of an accident whose record was annulled: void, and not to be had any more."""

from dataclasses import replace
from uuid import UUID

from services.duties import repository
from services.duties.handlers.attestations import digest_of
from services.duties.handlers.events import attestation_event
from shared.contracts.duties import AttestationVoided
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork

WHY = "事故记录已撤销 · the record of the accident was annulled"


async def void_attestations(work: UnitOfWork, accident_id: UUID) -> None:
    """Mark every attestation of the accident as void, once; earlier versions stay readable."""
    known = await repository.attestations_of_accident(work.session, accident_id)
    await work.lock(*(Ref("attestation", one.fact.id) for one in known))
    for stored in await repository.attestations_of_accident(work.session, accident_id):
        if stored.fact.void is None:
            bare = replace(stored.fact, void=WHY)
            issued = replace(bare, digest=digest_of(attestation_event(AttestationVoided, bare)))
            version = stored.version + 1
            await repository.put_attestation(work.session, issued, work.recorded_at, version)
            work.emit(attestation_event(AttestationVoided, issued), path=issued.path, exercise=issued.exercise)
