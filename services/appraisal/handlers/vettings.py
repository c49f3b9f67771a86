"""Vettings: opened for a nominee, the named organ heard, answered for a day, concluded by a person."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.appraisal import repository
from services.appraisal.facts import (
    Conclusion,
    HeardOrgan,
    Hearing,
    NomineeKind,
    Opinion,
    StoredVetting,
    Vetting,
    VettingAnswer,
)
from services.appraisal.rules import life
from services.appraisal.rules import vetting as rules
from shared.contracts import appraisal as contracts
from shared.kernel import clock
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Forbidden, NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import PostKind
from shared.roster.repository import identities, official_by_id, organ_by_id, path_of
from shared.statute.effects import Effect

_VETTING = TypeAdapter(Vetting)


async def open_vetting(
    work: UnitOfWork,
    *,
    official_id: UUID,
    organ_id: UUID,
    post_kind: PostKind | None,
    kind: NomineeKind,
    promotion: bool,
    important_reassignment: bool,
    performance_record: str,
) -> StoredVetting:
    """Open the vetting of a nominee for a post kind in an organ, or for an award."""
    today = clock.today()
    official = await official_by_id(work.session, official_id)
    organ = await organ_by_id(work.session, organ_id)
    path = None if organ is None else await path_of(work.session, organ.region_code, today)
    if official is None or organ is None or path is None:
        raise NotFound("nominee_not_found", "没有这名领导干部或者这个机关", "there is no such official or organ")
    if not work.may_act_in(path):
        raise Forbidden("region_outside_grant", "超出管辖地区", "the region is outside the grant")
    obey(rules.kind_fits(kind, post_kind, organ, today))
    vetting = Vetting(
        id=uuid4(),
        official_id=official_id,
        kind=kind,
        organ_id=organ_id,
        post_kind=post_kind,
        seeks=rules.sought_by(
            kind,
            promotion=promotion,
            important_reassignment=important_reassignment,
            leading_post=post_kind is not None,
        ),
        path=path,
        performance_record=performance_record,
        exercise=official.exercise,
    )
    await work.lock(Ref("vetting", vetting.id))
    return await _save(work, contracts.VettingOpened, vetting)


async def seek_opinion(
    work: UnitOfWork,
    identity: UUID,
    expected: int | None,
    *,
    organ: HeardOrgan,
    deadline: date,
    proof: str,
    on: date | None,
) -> StoredVetting:
    """Seek the opinion of the organ to be heard, with a deadline and proof."""
    vetting = await _load_for_change(work, identity, expected)
    hearing = Hearing(organ, _day(on), deadline, proof)
    obey(rules.may_seek(hearing, vetting.kind, concluded=vetting.conclusion is not None))
    sought = replace(vetting, hearings=(*vetting.hearings, hearing))
    return await _save(work, contracts.OpinionSought, sought)


async def record_opinion(
    work: UnitOfWork,
    identity: UUID,
    expected: int | None,
    *,
    organ: HeardOrgan,
    adverse: bool,
    digest: str,
    on: date | None,
) -> StoredVetting:
    """Put the opinion of an organ on file, whatever it says."""
    vetting = await _load_for_change(work, identity, expected)
    opinion = Opinion(_day(on), adverse, digest)
    last = next((hearing for hearing in reversed(vetting.hearings) if hearing.organ is organ), None)
    obey(rules.may_record(last, opinion, concluded=vetting.conclusion is not None))
    heard = tuple(replace(one, opinion=opinion) if one is last else one for one in vetting.hearings)
    return await _save(work, contracts.OpinionRecorded, replace(vetting, hearings=heard))


async def conclude(
    work: UnitOfWork,
    identity: UUID,
    expected: int | None,
    *,
    favourable: bool,
    words: str,
    performance_record: str | None,
    on: date | None,
) -> StoredVetting:
    """Conclude, as a person; refused without record and hearing, favourably also while something sought is barred."""
    vetting = await _load_for_change(work, identity, expected)
    if performance_record is not None:
        vetting = replace(vetting, performance_record=performance_record)
    conclusion = Conclusion(favourable, words, work.actor, _day(on))
    file = vetting.file(await _effects(work.session, vetting))
    obey(rules.may_end(file, conclusion, concluded=vetting.conclusion is not None))
    return await _save(work, contracts.VettingConcluded, replace(vetting, conclusion=conclusion), reason=words)


async def answer(
    session: AsyncSession, identity: UUID, on: date, regions: frozenset[str]
) -> tuple[Vetting, VettingAnswer]:
    """Vetoes and effect periods that stand against the nominee on a day, as heard so far."""
    vetting = (await read_vetting(session, identity, regions)).vetting
    return vetting, rules.answer_vetting(vetting.file(await _effects(session, vetting)), on)


async def read_vetting(session: AsyncSession, identity: UUID, regions: frozenset[str]) -> StoredVetting:
    """One vetting within the caller's regions."""
    found = await repository.vetting_by_id(session, identity)
    if found is None or regions.isdisjoint(found[0].path):
        raise _no_such_vetting()
    return _stored(*found)


async def list_vettings(
    session: AsyncSession, paging: Paging, regions: frozenset[str], equal: Mapping[str, Any]
) -> tuple[list[StoredVetting], str | None]:
    """One page of the vettings within the caller's regions; those of an official under whichever id."""
    if equal["official_id"] is not None:
        equal = {**equal, "official_id": await identities(session, equal["official_id"])}
    rows, following = await repository.list_vettings(session, paging, regions, equal)
    return [_stored(*row) for row in rows], following


async def adopt_vetting(session: AsyncSession, event: contracts.VettingState, delivery: Delivery) -> None:
    """Put a vetting back from its event."""
    await repository.put_vetting(session, _VETTING.validate_python(event.model_dump()), delivery.version)


async def _effects(session: AsyncSession, vetting: Vetting) -> tuple[Effect, ...]:
    person = await identities(session, vetting.official_id)
    return life.effects_of(await repository.vetoes_of(session, person, exercise=vetting.exercise))


async def _load_for_change(work: UnitOfWork, identity: UUID, expected: int | None) -> Vetting:
    ref = Ref("vetting", identity)
    await work.lock(ref)
    found = await repository.vetting_by_id(work.session, identity)
    if found is None or not work.may_act_in(found[0].path):
        raise _no_such_vetting()
    await work.lock_existing(ref, expected)
    return found[0]


async def _save(
    work: UnitOfWork, kind: type[contracts.VettingState], vetting: Vetting, *, reason: str | None = None
) -> StoredVetting:
    version = work.emit(kind(**asdict(vetting)), path=vetting.path, reason=reason, exercise=vetting.exercise)
    await repository.put_vetting(work.session, vetting, version)
    return _stored(vetting, version)


def _stored(vetting: Vetting, version: int) -> StoredVetting:
    return StoredVetting(vetting, version, rules.organ_to_hear(vetting.kind), rules.basis_of(vetting.kind))


def _day(on: date | None) -> date:
    """The day something is recorded for: today unless said otherwise, never a day to come."""
    today = clock.today()
    obey(life.has_come(on or today, today))
    return on or today


def _no_such_vetting() -> NotFound:
    return NotFound("vetting_not_found", "没有这次考察", "there is no such vetting")
