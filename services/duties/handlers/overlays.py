"""Recording what puts a reading into force, ending it, and what is in force for the rules (art30)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties import repository
from services.duties.catalogue import load_catalogue
from services.duties.facts import Adoption
from services.duties.facts.catalogue import Duty
from services.duties.facts.overlays import Ending, Overlay, OverlayKind
from services.duties.facts.stored import Stored
from services.duties.handlers.evaluation import follow_adoption
from services.duties.handlers.seats import organ_known
from services.duties.rules.overlays import Issuer, may_end, may_record, overlapping
from shared.contracts.duties import OverlayEnded, OverlayRecorded, OverlayState
from shared.kernel import clock
from shared.kernel.envelope import Ref
from shared.kernel.pagination import Paging
from shared.kernel.problems import Conflict, Forbidden, NotFound, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.facts import PostKind, Region, Span
from shared.roster.repository import organ_by_id, path_of, region_on

O = TypeVar("O", bound=OverlayState)  # noqa: E741 - an overlay's event
_OVERLAY = TypeAdapter(Overlay)


@dataclass(frozen=True, slots=True)
class Document:
    """What an organ issued, as asked."""

    kind: OverlayKind
    duty_id: str
    scope: str
    from_day: date
    to_day: date | None
    document: str
    issued_on: date
    issuer_organ_id: UUID
    consulted_organ_id: UUID | None
    post_kind: PostKind | None
    note: str

    @property
    def matter(self) -> UUID:
        """The same for documents on the same duty and place, so that two of them are recorded one after the other."""
        what = f"{self.kind}/{self.duty_id}/{self.scope}/{self.post_kind}/{self.issuer_organ_id}"
        return uuid5(NAMESPACE_URL, f"anze:overlay:{what}")

    @property
    def id(self) -> UUID:
        """One overlay for a matter and a first day."""
        return uuid5(self.matter, str(self.from_day))


def _ref(identity: UUID) -> Ref:
    return Ref("overlay", identity)


async def record_overlay(work: UnitOfWork, asked: Document) -> Stored[Overlay]:
    """Record an interpretation, or a local default of any other organ.

    Raises:
        NotFound: unknown organ, duty, or region of the scope.
        Forbidden: the organ lies outside the caller's regions.
        Conflict: another document of the kind says it for some of the days.
        Refused: not the interpreter, nobody consulted, retroactive, nothing to adopt (art30).
    """
    await work.lock(_ref(asked.id), _ref(asked.matter))
    duty = _duty(asked)
    issuer = await _issuer(work.session, asked)
    if not work.may_act_in(issuer.region.path):
        raise Forbidden("region_outside_grant", "印发机关不在授权区域内", "the organ lies outside the regions granted")
    work.act_for(issuer.organ.id, issuer.region.path)
    overlay = Overlay(
        id=asked.id,
        kind=asked.kind,
        duty_id=asked.duty_id,
        scope=asked.scope,
        span=Span(asked.from_day, asked.to_day),
        document=asked.document,
        issued_on=asked.issued_on,
        issuer_organ_id=asked.issuer_organ_id,
        territory=issuer.region.code,
        recorded_at=work.recorded_at,
        recorded_by=work.actor,
        consulted_organ_id=asked.consulted_organ_id,
        post_kind=asked.post_kind,
        note=asked.note,
        exercise=issuer.organ.exercise,
    )
    catalogue = load_catalogue()
    statute = catalogue.statute_of(issuer.region.path, asked.issued_on)
    interpreter = catalogue.interpreter_of(duty.statute) if statute == duty.statute else None
    place = await _place(work.session, asked)
    obey(may_record(overlay, duty, issuer, interpreter, place, today=clock.today()))
    recorded = [one.fact for one in await repository.overlays_of(work.session)]
    if overlapping(overlay, recorded) or work.version(_ref(overlay.id)):
        raise Conflict("overlay_overlaps", "同一事项已有文件", "another document says it for some of the days")
    return await _keep(work, OverlayRecorded, overlay, issuer.region.path)


async def end_overlay(
    work: UnitOfWork, identity: UUID, expected: int | None, *, last_day: date, document: str, issued_on: date
) -> Stored[Overlay]:
    """A later document ends an overlay; the periods that began by its last day keep it.

    Raises:
        NotFound: there is no such overlay of an organ within the caller's regions.
        Refused: ended already, or for days that were past when the document was issued (art30).
    """
    await work.lock(_ref(identity))
    stored = await read_overlay(work.session, identity)
    if not work.may_act_in(stored.path):
        raise _not_found()
    work.act_for(stored.fact.issuer_organ_id, stored.path)
    await work.lock_existing(_ref(identity), expected)
    obey(may_end(stored.fact, last_day, document, issued_on, today=clock.today()))
    ending = Ending(document, issued_on, work.actor, work.recorded_at)
    ended = replace(stored.fact, span=Span(stored.fact.span.from_day, last_day), ended=ending)
    return await _keep(work, OverlayEnded, ended, stored.path)


async def _keep(work: UnitOfWork, kind: type[O], overlay: Overlay, path: Sequence[str]) -> Stored[Overlay]:
    version = work.version(_ref(overlay.id)) + 1
    await repository.put_overlay(work.session, overlay, path, work.recorded_at, version)
    await follow_adoption(work.session, overlay.duty_id)
    basis = tuple(one.clause for one in overlay.bases)
    work.emit(overlay_event(kind, overlay, path), path=path, basis=basis, exercise=overlay.exercise)
    return Stored(overlay, tuple(path), version)


def overlay_event(kind: type[O], overlay: Overlay, path: Sequence[str]) -> O:
    """What happened to an overlay."""
    days = {"from_day": overlay.span.from_day, "to_day": overlay.span.to_day, "path": tuple(path)}
    return kind.model_validate(_OVERLAY.dump_python(overlay, mode="json") | days)


def overlay_of(event: OverlayState) -> Overlay:
    """The overlay after the event."""
    span = {"from_day": event.from_day, "to_day": event.to_day}
    return _OVERLAY.validate_python(event.model_dump() | {"span": span})


def _duty(asked: Document) -> Duty:
    try:
        return load_catalogue().duty(asked.duty_id, asked.from_day)
    except KeyError:
        raise NotFound("duty_not_found", "没有这项职责", "there is no such duty on that day") from None


async def _issuer(session: AsyncSession, asked: Document) -> Issuer:
    organ = organ_known(await organ_by_id(session, asked.issuer_organ_id))
    region: Region | None = await region_on(session, organ.region_code, asked.issued_on)
    if region is None:
        raise NotFound("region_not_found", "该机关当日没有所在区划", "the organ has no region on that day")
    if asked.consulted_organ_id is None:
        return Issuer(organ, region)
    consulted = organ_known(await organ_by_id(session, asked.consulted_organ_id))
    if consulted.exercise is not organ.exercise:
        raise NotFound("organ_not_found", "没有这个机关", "there is no such organ")
    return Issuer(organ, region, consulted)


async def _place(session: AsyncSession, asked: Document) -> tuple[str, ...] | None:
    """The path of the region that the scope names; `None` where it names a tier."""
    if not asked.scope.isdecimal():
        return None
    path = await path_of(session, asked.scope, asked.from_day)
    if path is None:
        raise NotFound("region_not_found", "没有这个区划", "there is no such region")
    return path


async def adoptions(session: AsyncSession, *, known_at: datetime | None = None) -> tuple[Adoption, ...]:
    """What puts readings into force, as recorded by `known_at`: the catalogue's own overlays, then the recorded."""
    return (*load_catalogue().overlays, *await recorded_adoptions(session, known_at=known_at))


async def recorded_adoptions(session: AsyncSession, *, known_at: datetime | None = None) -> tuple[Adoption, ...]:
    """The recorded overlays alone; where two say it of the same place and day, the first one recorded is named."""
    recorded = [one.fact for one in await repository.overlays_of(session, known_at=known_at)]
    return tuple(one.adoption for one in sorted(recorded, key=lambda one: (one.recorded_at, one.id)))


async def read_overlay(session: AsyncSession, identity: UUID, *, known_at: datetime | None = None) -> Stored[Overlay]:
    """The overlay as recorded by `known_at`; NotFound where there is none. Documents are for everybody to read."""
    stored = await repository.overlay_by_id(session, identity, known_at=known_at)
    if stored is None:
        raise _not_found()
    return stored


def _not_found() -> NotFound:
    return NotFound("overlay_not_found", "没有这项解释或本地默认", "there is no such overlay")


async def list_overlays(
    session: AsyncSession, paging: Paging, *, known_at: datetime, exercise: bool, duty_id: str | None
) -> tuple[list[Stored[Overlay]], str | None]:
    """One page of the overlays, each in its last version by `known_at`."""
    return await repository.list_overlays(session, paging, known_at=known_at, exercise=exercise, duty_id=duty_id)
