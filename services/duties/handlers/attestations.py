"""Attestations: made for every official whom an accident's chain lists, computed again on demand (art26)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import rfc8785
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties import repository
from services.duties.catalogue import load_catalogue
from services.duties.facts import Defaults
from services.duties.facts.attested import AccidentTold, IssuedAttestation, SealPosition
from services.duties.facts.stored import Stored
from services.duties.handlers.events import A, attestation_event
from services.duties.handlers.overlays import adoptions
from services.duties.handlers.owed import beside_acts
from services.duties.handlers.reach import within_reach
from services.duties.handlers.seats import Seating, books_over, seating_of_posts
from services.duties.repository.arrivals import Rested, roster_lacks, untaken
from services.duties.rules.attestation import Conduct, attest
from services.duties.rules.issue import issue
from services.duties.rules.status import Records
from services.duties.rules.void import accident_of, check_current, check_not_void
from shared.contracts.duties import AttestationIssued, AttestationRenewed, AttestationState
from shared.contracts.registry import AccidentState
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.moments import settled
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, NotFound, Unavailable, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.subscription import roster_subscription

NOTICE = "本证明只列明在案记录，不对任何人作出结论 · This lists what is on record and concludes nothing about anybody"


@dataclass(frozen=True, slots=True)
class Listed:
    """An official whom an accident's chain lists for a post; `appointment_id` is that of the listing."""

    official_id: UUID
    post_id: UUID
    organ_id: UUID
    appointment_id: UUID | None


def attestation_id(accident_id: UUID, official_id: UUID, post_id: UUID) -> UUID:
    """One attestation per accident, official and post, however often it is asked for."""
    return uuid5(NAMESPACE_URL, f"anze:attestation:{accident_id}/{official_id}/{post_id}")


def _ref(identity: UUID) -> Ref:
    return Ref("attestation", identity)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose records, for which accident, how far back."""

    accident_id: UUID
    accident: AccidentTold
    official_id: UUID
    post_id: UUID
    look_back_months: int

    @property
    def id(self) -> UUID:
        return attestation_id(self.accident_id, self.official_id, self.post_id)


def accident_told(event: AccidentState) -> AccidentTold:
    """What the registry says of an accident, as far as attestations rest on it."""
    return AccidentTold(event.occurred_at, event.region_code, event.industry)


async def attest_chain(
    work: UnitOfWork, *, accident_id: UUID, accident: AccidentTold, listed: Sequence[Listed]
) -> list[IssuedAttestation]:
    """Attest everybody listed who is not attested yet; whoever is keeps the attestation they have.

    Raises:
        Unavailable: the roster's copy has not all that this accident's chain rests on; it comes again.
    """
    session, months = work.session, Defaults().look_back_months
    asked = {(one.official_id, one.post_id) for one in listed}
    wanted = [_Asked(accident_id, accident, official, post, months) for official, post in sorted(asked)]
    await work.lock(*(_ref(one.id) for one in wanted))
    known_at = await settled(session)
    if lacking := await roster_lacks(session, _named(listed), known_at):
        raise Unavailable("roster_behind", "名册副本尚未跟上", f"the roster's copy lacks {', '.join(sorted(lacking))}")
    fresh = [one for one in wanted if not work.version(_ref(one.id))]
    seating = await seating_of_posts(session, [one.post_id for one in fresh], known_at=known_at)
    if missed := await _untaken(work, seating):
        raise Unavailable("roster_incomplete", *_incomplete(missed))
    return [await _issue(work, AttestationIssued, one, seating, known_at) for one in fresh]


def _named(listed: Sequence[Listed]) -> dict[str, set[UUID]]:
    return {
        "official": {one.official_id for one in listed},
        "post": {one.post_id for one in listed},
        "organ": {one.organ_id for one in listed},
        "appointment": {one.appointment_id for one in listed if one.appointment_id},
    }


async def _untaken(work: UnitOfWork, seating: Seating) -> list[str]:
    """Events about these seats, or those who sat in them, that the copy could not take: nothing is signed on a hole."""
    codes = {code for seat in seating.seats.values() for one in seat.regions for code in one.path}
    rested = Rested(seating.seats.keys(), seating.organs(), codes, seating.persons())
    return await untaken(work.session, roster_subscription().durable(work.service), rested)


def _incomplete(missed: Sequence[str]) -> tuple[str, str]:
    words = ", ".join(missed)
    return f"名册事件未能入库，处理后再办：{words}", f"settle the roster's dead letters first, then try again: {words}"


async def renew_attestation(
    work: UnitOfWork, identity: UUID, *, look_back_months: int | None
) -> Stored[IssuedAttestation]:
    """Compute an attestation again as known now, as its next version; the investigator may look further back.

    It is made for the accident as the registry tells it now.

    Raises:
        NotFound: there is no such attestation within the caller's regions.
        Conflict: an event about the post or who held it could not be taken into the roster's copy.
        Refused: it is void.
    """
    await work.lock(_ref(identity))
    before = (await read_attestation(work.session, identity, work.regions or ())).fact
    obey(check_not_void(before))
    months = look_back_months or before.look_back_months
    asked = _Asked(before.accident_id, accident_of(before), before.official_id, before.post_id, months)
    known_at = await settled(work.session)
    seating = await seating_of_posts(work.session, [asked.post_id], known_at=known_at)
    if missed := await _untaken(work, seating):
        raise Conflict("roster_incomplete", *_incomplete(missed))
    issued = await _issue(work, AttestationRenewed, asked, seating, known_at)
    return Stored(issued, issued.path, work.version(_ref(identity)))


async def _issue(
    work: UnitOfWork, kind: type[A], asked: _Asked, seating: Seating, known_at: datetime
) -> IssuedAttestation:
    told = asked.accident
    bare = replace(
        await _drawn(work.session, asked, seating, known_at),
        accident_region=told.region,
        accident_industry=told.industry,
    )
    issued = replace(bare, digest=digest_of(attestation_event(kind, bare)))
    version = work.version(_ref(issued.id)) + 1
    await repository.put_attestation(work.session, issued, work.recorded_at, version)
    work.emit(attestation_event(kind, issued), path=issued.path, exercise=issued.exercise)
    return issued


async def _drawn(session: AsyncSession, asked: _Asked, seating: Seating, known_at: datetime) -> IssuedAttestation:
    """What was known at `known_at`, the seating included: whoever asks again for that moment reads the same."""
    seat, person = seating.seat(asked.post_id), seating.ids_of(asked.official_id)
    acts = await repository.performances_of(session, [seat.post.id], [seat.organ.id], person)
    conduct = Conduct(
        seats=[seat],
        records=Records(
            seating.incumbencies,
            acts,
            *await beside_acts(session, [seat.post.id]),
            books=await books_over(session, [seat]),
        ),
        reviews=await repository.reviews_of(session, person),
        findings=await repository.findings_of(session, person),
        adoptions=await adoptions(session, known_at=known_at),
    )
    drawn = attest(
        asked.official_id,
        asked.accident.at,
        conduct,
        load_catalogue(),
        known_at=known_at,
        defaults=replace(Defaults(), look_back_months=asked.look_back_months),
    )
    return issue(asked.id, asked.accident_id, seat, drawn, conduct, asked.look_back_months)


def digest_of(event: AttestationState) -> str:
    """The SHA-256 over everything that it says but the digest."""
    content = event.model_dump(mode="json", exclude={"digest", *_unsaid(event)})
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _unsaid(event: AttestationState) -> set[str]:
    """What it does not speak of: one that stands neither of an annulment nor of a correction."""
    may_be_silent = ("void", "outdated", "accident_region", "accident_industry")
    return {name for name in may_be_silent if getattr(event, name) is None}


async def read_attestation(
    session: AsyncSession, identity: UUID, regions: Collection[str], *, known_at: datetime | None = None
) -> Stored[IssuedAttestation]:
    """The attestation as last issued by `known_at`; NotFound where there is none within the regions."""
    stored = await repository.attestation_by_id(session, identity, known_at=known_at)
    return within_reach(
        stored, regions, NotFound("attestation_not_found", "没有这份履职证明", "there is no such attestation")
    )


async def seal_of(session: AsyncSession, stored: Stored[IssuedAttestation]) -> SealPosition | None:
    """Where the ledger's seal chain holds that version; `None` until it is sealed."""
    return await repository.seal_of(session, stored.fact.id, stored.version)


async def list_attestations(
    session: AsyncSession,
    paging: Paging,
    *,
    regions: Collection[str],
    exercise: bool,
    accident_id: UUID | None,
    official_id: UUID | None,
    outdated: bool | None = None,
) -> tuple[list[Stored[IssuedAttestation]], str | None]:
    """One page of the attestations within the regions, each in its latest version; `outdated`: those to renew."""
    return await repository.list_attestations(
        session,
        paging,
        regions=regions,
        exercise=exercise,
        accident_id=accident_id,
        official_id=official_id,
        outdated=outdated,
    )


def _records(issued: IssuedAttestation) -> set[UUID]:
    """Every record that the attestation names: acts, reviews, findings."""
    shown = [status for row in issued.obligations for status in (row.then, row.now)]
    acts = {act.performance_id for status in shown for act in status.counted}
    acts |= {act.performance_id for status in shown for act in status.not_counted}
    reviews = {row.review_id for row in issued.standing if row.review_id is not None}
    found = {one.id for row in issued.obligations for one in row.findings}
    found |= {one.id for row in issued.standing for one in row.findings}
    return acts | reviews | found


async def paper(session: AsyncSession, stored: Stored[IssuedAttestation]) -> Mapping[str, Any]:
    """What the signed document says: the attestation whole, where the ledger holds it and the records it names.

    A reader with an export of the ledger, or with its stream, finds each of them under its seal.
    """
    obey(check_current(stored.fact))
    sealed = await seal_of(session, stored)
    told = attestation_event(AttestationIssued, stored.fact)
    records = await repository.seals_of(session, _records(stored.fact), stored.fact.known_at)
    return {
        "issuer": "anze/duties",
        "kind": "attestation",
        "notice": NOTICE,
        "basis": ["art26", "art28"],
        "attestation": told.model_dump(mode="json", exclude=_unsaid(told)),
        "version": stored.version,
        "seal": None if sealed is None else asdict(sealed),
        "records": [
            {"type": kind, "id": str(identity), "version": version, "seal": None if where is None else asdict(where)}
            for kind, identity, version, where in records
        ],
        "signed_at": clock.now().isoformat(),
    }
