"""Organs renamed, merged, split, abolished; who answers for a function on a day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facts import shanghai_day
from services.registry.facts.answers import Stored
from services.registry.facts.regions import FunctionHolder, Inherited, Reform, ScopeAnswer
from services.registry.handlers.chains import lock_all_touched, revise_chains
from services.registry.handlers.saving import (
    absent,
    acting_for,
    acts_in,
    becoming,
    changing,
    enter,
    read,
    region_for,
    save,
    within,
)
from services.registry.repository import lists, persons, rosters
from services.registry.rules.scope import scope_on
from services.registry.rules.succession import carried_out, check_nothing_begins, check_reform, inherited_on, who_holds
from shared.contracts.registry import (
    AppointmentCorrected,
    AppointmentState,
    OfficialState,
    OrganRegistered,
    OrganState,
    OrganSucceeded,
    PostChanged,
    PostState,
)
from shared.kernel.envelope import Ref
from shared.kernel.problems import Conflict, obey
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Organ, OrganKind, Roster, Span, SuccessionKind


@dataclass(frozen=True, slots=True)
class NewHeir:
    """An organ that begins with the reform."""

    name: str
    kind: OrganKind
    region_code: str


@dataclass(frozen=True, slots=True)
class Heirs:
    """Who takes over: organs that stand, and organs that begin; each with its functions (`None`: all there are)."""

    standing: Mapping[UUID, tuple[str, ...] | None]
    new: Sequence[tuple[NewHeir, tuple[str, ...] | None]] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, when it takes effect, and by which document of which organ."""

    kind: SuccessionKind
    day: date
    document: str
    issuer: str
    issued_on: date
    new_name: str | None = None


async def succeed(
    work: UnitOfWork,
    organ_id: UUID,
    expected: int | None,
    decided: Decided,
    *,
    others: Sequence[UUID] = (),
    heirs: Heirs,
) -> list[Stored[OrganState]]:
    """Carry out a reform of the organ, and of `others` merged with it: organs, their posts, and who sat there.

    Posts of an organ that ends end with it, and appointments to them on the same day: there is no seat any more.
    """
    await enter(work)
    new = {uuid4(): one for one in heirs.new}
    ending = {organ_id, *others} - set(heirs.standing)
    seats = await _seats(work.session, ending)
    refs = {Ref("organ", one) for one in (*others, *heirs.standing, *new)} | seats.refs()
    first = await changing(work, OrganState, organ_id, expected, refs)
    seats = await _unmoved(work.session, ending, seats)
    stored = {organ_id: first} | await _stored(work, {*others, *heirs.standing} - {organ_id})
    for one in stored.values():
        await acting_for(work, one)
    begun = [await _begin(work, identity, organ, decided) for identity, (organ, _) in new.items()]
    functions = {**heirs.standing, **{identity: names for identity, (_, names) in new.items()}}
    facts = {one: facts_of.organ_of(kept.state) for one, kept in stored.items()}
    reform = Reform(
        decided.kind,
        decided.day,
        decided.document,
        decided.issuer,
        decided.issued_on,
        predecessors=tuple(facts[one] for one in (organ_id, *others)),
        heirs=(*(facts[one] for one in heirs.standing), *(organ for organ, _ in begun)),
        functions={one: names for one, names in functions.items() if names is not None},
    )
    obey(check_reform(reform))
    obey(check_nothing_begins(seats.begin_after(decided.day)))
    touched = await _touched(work, reform)
    paths = {one: kept.path for one, kept in stored.items()} | {organ.id: path for organ, path in begun}
    saved = await _save_organs(work, carried_out(reform, decided.new_name), paths, new=set(new), decided=decided)
    await _end_seats(work, seats, decided)
    await revise_chains(work, touched, {one.state.id for one in seats.posts})
    return saved


async def _stored(work: UnitOfWork, identities: Collection[UUID]) -> dict[UUID, Stored[OrganState]]:
    """Organs that a reform names beside the first; 404 for one outside the caller's regions."""
    found = {one.state.id: one for one in await lists.by_ids(work.session, OrganState, identities)}
    for identity in identities:
        if identity not in found or not await acts_in(work, found[identity].path):
            raise absent()
    return found


@dataclass(frozen=True, slots=True)
class Seats:
    """Posts of the organs that end, and who is appointed to them."""

    posts: tuple[Stored[PostState], ...]
    appointments: tuple[Stored[AppointmentState], ...]

    def refs(self) -> set[Ref]:
        """What is locked with them."""
        posts = {Ref("post", one.state.id) for one in self.posts}
        return posts | {Ref("appointment", one.state.id) for one in self.appointments}

    def begin_after(self, day: date) -> list[str]:
        """What would begin on a day or later, in words."""
        posts = {one.state.id: one.state.title for one in self.posts}
        late = [one.state.title for one in self.posts if one.state.from_day >= day]
        return late + [posts[one.state.post_id] for one in self.appointments if one.state.from_day >= day]


async def _seats(session: AsyncSession, organs: Collection[UUID]) -> Seats:
    posts = await rosters.posts_in_all(session, organs)
    held = await rosters.appointments_to_all(session, [one.state.id for one in posts])
    return Seats(tuple(posts), tuple(held))


async def _unmoved(session: AsyncSession, organs: Collection[UUID], seen: Seats) -> Seats:
    """The seats again, now that they are locked; 409 where somebody was quicker."""
    again = await _seats(session, organs)
    if again.refs() != seen.refs():
        raise Conflict("register_moved", "岗位或任职刚有变动，请重试", "posts or appointments just changed; try again")
    return again


async def _begin(work: UnitOfWork, identity: UUID, new: NewHeir, decided: Decided) -> tuple[Organ, tuple[str, ...]]:
    """An organ that begins with the reform, without roles yet, and its path."""
    region = await region_for(work, new.region_code, decided.day)
    span, exercise = Span(decided.day), region.state.exercise
    return Organ(identity, new.name, new.kind, new.region_code, span, exercise=exercise), region.path


async def _touched(work: UnitOfWork, reform: Reform) -> set[UUID]:
    """The accidents whose chains name a party's seats, or a leader who answers for one wherever that is."""
    parties = (*reform.predecessors, *reform.heirs)
    codes = {one.region_code for one in parties}
    codes |= await rosters.regions_led_from(work.session, [one.id for one in parties])
    spans = dict.fromkeys(codes, (Span(reform.day),))
    return set(await lock_all_touched(work, spans, exercise=parties[0].exercise))


async def _save_organs(
    work: UnitOfWork,
    organs: Iterable[Organ],
    paths: Mapping[UUID, tuple[str, ...]],
    *,
    new: set[UUID],
    decided: Decided,
) -> list[Stored[OrganState]]:
    today = shanghai_day(work.recorded_at)
    saved = []
    for organ in organs:
        kind: type[OrganState] = OrganRegistered if organ.id in new else OrganSucceeded
        event = facts_of.organ_event(kind, replace(organ, name=organ.name_on(today)))
        saved.append(await save(work, event, paths[organ.id], reason=decided.document))
    return saved


async def _end_seats(work: UnitOfWork, seats: Seats, decided: Decided) -> None:
    eve, reason = decided.day - timedelta(days=1), f"机构改革：{decided.document}"
    for held in seats.appointments:
        if held.state.to_day is None or held.state.to_day > eve:
            ended = becoming(AppointmentCorrected, held.state, to_day=eve, end_reason=reason)
            await save(work, ended, held.path, reason=reason)
    for post in seats.posts:
        if post.state.to_day is None or post.state.to_day > eve:
            await save(work, becoming(PostChanged, post.state, to_day=eve), post.path, reason=reason)


async def function_holders(
    session: AsyncSession,
    code: str,
    function: str,
    day: date,
    known_at: datetime,
    regions: Collection[str],
) -> tuple[FunctionHolder, ...]:
    """The organs of a region that answered for a function on a day; 404 outside the reader's regions."""
    region = await rosters.region_on(session, code, day, known_at=known_at)
    if region is None or not await within(session, region.path, regions):
        raise absent()
    found = await rosters.organs_on(session, code, day, known_at=known_at)
    roster = Roster(organs=tuple(facts_of.organ_of(one.state) for one in found))
    return who_holds(function, code, roster, day, exercise=region.state.exercise)


async def heirs_on(
    session: AsyncSession, organ_id: UUID, day: date, known_at: datetime, regions: Collection[str]
) -> tuple[Inherited, ...]:
    """Who answers on a day for what an organ had: itself before a succession, its heirs after it."""
    found = await read(session, OrganState, organ_id, regions, known_at)
    organs = await rosters.with_heirs(session, {organ_id: facts_of.organ_of(found.state)}, known_at=known_at)
    return inherited_on(organs[organ_id], organs, day)


async def scope_of(
    session: AsyncSession, official_id: UUID, day: date, known_at: datetime, regions: Collection[str]
) -> ScopeAnswer:
    """Whether Art. 2 bound an official on a day, and by which appointments; 404 outside the reader's regions."""
    await read(session, OfficialState, official_id, regions, known_at)
    ids = await persons.identities(session, [official_id], known_at=known_at)
    return scope_on(official_id, day, await rosters.held_by(session, ids, known_at=known_at), ids)
