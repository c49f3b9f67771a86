"""What an accident's attestations come to when its record is annulled, or its time, place or industry is corrected."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from services.duties import repository
from services.duties.facts.attested import AccidentTold, IssuedAttestation
from services.duties.handlers.attestations import digest_of
from services.duties.handlers.events import A, attestation_event
from services.duties.rules.void import outdated_by
from shared.contracts.duties import AttestationOutdated, AttestationVoided
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork

WHY = "事故记录已撤销 · the record of the accident was annulled"


async def void_attestations(work: UnitOfWork, accident_id: UUID) -> None:
    """Mark every attestation of the accident as void, once; earlier versions stay readable."""
    await _tell(work, accident_id, AttestationVoided, lambda one: replace(one, void=WHY))


async def outdate_attestations(work: UnitOfWork, accident_id: UUID, told: AccidentTold) -> None:
    """Mark those that were made for another time, place or industry of the accident; those that fit again stand."""
    await _tell(work, accident_id, AttestationOutdated, lambda one: replace(one, outdated=outdated_by(one, told)))


async def _tell(
    work: UnitOfWork, accident_id: UUID, kind: type[A], becomes: Callable[[IssuedAttestation], IssuedAttestation]
) -> None:
    known = await repository.attestations_of_accident(work.session, accident_id)
    await work.lock(*(Ref("attestation", one.fact.id) for one in known))
    for stored in await repository.attestations_of_accident(work.session, accident_id):
        bare = becomes(stored.fact)
        if stored.fact.void is None and bare != stored.fact:
            issued = replace(bare, digest=digest_of(attestation_event(kind, bare)))
            version = stored.version + 1
            await repository.put_attestation(work.session, issued, work.recorded_at, version)
            work.emit(attestation_event(kind, issued), path=issued.path, exercise=issued.exercise)
