"""Which obligations a post has: duty × post × period, from dated tiers, organ roles and readings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from services.duties.facts import (
    ActKind,
    Adoption,
    Catalogue,
    Defaults,
    Duty,
    Firmness,
    Obligation,
    Period,
    Requirement,
)
from services.duties.facts.catalogue import ALWAYS
from services.duties.rules.periods import covered, periods_between
from shared.roster.facts import Organ, Post, PostKind, Region, Roster, Span
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind

DEFAULTS = Defaults()


@dataclass(frozen=True, slots=True)
class Seat:
    """A post where it stands: its organ, the versions of the organ's region by date, the organ's posts."""

    post: Post
    organ: Organ
    regions: tuple[Region, ...]
    organ_posts: tuple[Post, ...] = ()

    def region_on(self, day: date) -> Region | None:
        """The version of the region in force that day."""
        return next((region for region in self.regions if region.span.covers(day)), None)


def seats_in(roster: Roster) -> dict[UUID, Seat]:
    """The seats of a slice of the roster by post; a post without organ or region in it has none."""
    organs = {organ.id: organ for organ in roster.organs}
    regions: dict[str, list[Region]] = defaultdict(list)
    for region in roster.regions:
        regions[region.code].append(region)
    posts: dict[UUID, list[Post]] = defaultdict(list)
    for post in roster.posts:
        posts[post.organ_id].append(post)
    return {
        post.id: Seat(post, organ, tuple(regions[organ.region_code]), tuple(posts[organ.id]))
        for post in roster.posts
        if (organ := organs.get(post.organ_id)) and organ.region_code in regions
    }


@cites("art5", "art6", "art7", "art8", "art9", "art10", "art11", "art12")
def duties_of_post(seat: Seat, catalogue: Catalogue, day: date, adoptions: Sequence[Adoption] = ()) -> tuple[Duty, ...]:
    """The duties, periodic and standing, of a post on a day; what is `off` there counts only once adopted."""
    region = seat.region_on(day)
    if region is None or not (seat.post.span.covers(day) and seat.organ.span.covers(day)):
        return ()
    return tuple(
        duty
        for duty in catalogue.duties
        if fits(duty, seat)
        and duty.span.covers(day)
        and _governs(catalogue, duty, region, day)
        and (not duty.roles or any(role.role in duty.roles and role.span.covers(day) for role in seat.organ.roles))
        and (key := duty.scope_key(region.code, region.tier)) is not None
        and (_firmness(duty, key, seat) is not Firmness.OFF or _adoption(duty, key, seat, region, day, adoptions))
    )


@cites("art5", "art6", "art7", "art8", "art9", "art10", "art11", "art12", "art26")
def duties_between(
    seat: Seat, catalogue: Catalogue, span: Span, adoptions: Sequence[Adoption] = ()
) -> tuple[tuple[Duty, bool], ...]:
    """Every duty that the post had on some day of a closed span, as it last stood then, and whether it ever bound.

    Looked at on the first day, and on each day from which anything about the post, the catalogue or a reading differs.
    """
    found: dict[str, tuple[Duty, bool]] = {}
    for day in _turns(seat, catalogue, span, adoptions):
        for duty in duties_of_post(seat, catalogue, day, adoptions):
            bound = duty.id in found and found[duty.id][1]
            found[duty.id] = duty, bound or founds(duty, seat, day, adoptions)
    order = {duty.id: place for place, duty in enumerate(catalogue.duties)}
    return tuple(sorted(found.values(), key=lambda one: order[one[0].id]))


def _turns(seat: Seat, catalogue: Catalogue, span: Span, adoptions: Sequence[Adoption]) -> list[date]:
    dated = [
        seat.post.span,
        seat.organ.span,
        *(one.span for one in seat.regions),
        *(one.span for one in seat.organ.roles),
        *(one.span for one in catalogue.duties),
        *(one.span for one in catalogue.governs),
        *(one.span for one in adoptions),
    ]
    ends = (one.to_day for one in dated if one.to_day is not None and one.to_day < date.max)
    turns = {span.from_day, *(one.from_day for one in dated), *(day + timedelta(days=1) for day in ends)}
    return sorted(day for day in turns if span.covers(day))


@cites("art30")
def founds(duty: Duty, seat: Seat, day: date, adoptions: Sequence[Adoption] = ()) -> bool:
    """Whether the duty binds there by the text, or by a reading adopted for that day."""
    region = seat.region_on(day)
    key = duty.scope_key(region.code, region.tier) if region else None
    if region is None or key is None:
        return False
    if _firmness(duty, key, seat) is Firmness.TEXT:
        return True
    adopted = _adoption(duty, key, seat, region, day, adoptions)
    return adopted is not None and adopted.binding


def requirements_of_post(
    seat: Seat, catalogue: Catalogue, day: date, adoptions: Sequence[Adoption] = ()
) -> tuple[Requirement, ...]:
    """What the periodic duties of a post ask for on a day, with the acts accepted at that place."""
    region = seat.region_on(day)
    return tuple(
        replace(item, acts=_accepted_acts(duty, item, duty.scope_key(region.code, region.tier)))
        for duty in duties_of_post(seat, catalogue, day, adoptions)
        if region is not None
        for item in duty.requirements
    )


@cites("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6")
@cites("art10.2", "art10.3", "art11.3", "art31")
def obligations_of_post(
    seat: Seat,
    catalogue: Catalogue,
    from_day: date,
    to_day: date,
    *,
    adoptions: Sequence[Adoption] = (),
    effective_from: date = DEFAULTS.effective_from,
) -> tuple[Obligation, ...]:
    """The obligations whose period shares a day with [from_day, to_day], ordered by period and requirement.

    A period is owed only where the duty applies on each of its days (default): a seat, tier or role that
    begins or ends within it owes nothing for it. A period already running on `effective_from` owes nothing
    (default, art31), nor one in which a statute begins or ceases to govern the region, or a duty to be in it. A
    reading, and the version of a duty, is that of the period's first day, so past periods keep theirs (art30).
    """
    found = [
        obligation
        for duty in catalogue.duties
        if duty.period is not None and fits(duty, seat)
        for period in periods_between(duty.period, from_day, to_day)
        if period.from_day >= effective_from and _in_force(duty, catalogue, period)
        for obligation in _owed(duty, seat, period, catalogue, adoptions)
    ]
    return tuple(sorted(found, key=lambda item: (item.period.to_day, item.period.from_day, item.requirement_id)))


def _in_force(duty: Duty, catalogue: Catalogue, period: Period) -> bool:
    """Whether this version governs the period, and the duty is in the catalogue, in some version, on all its days."""
    if duty.span == ALWAYS:
        return True
    versions = [one.span for one in catalogue.duties if one.id == duty.id]
    return duty.span.covers(period.from_day) and covered(versions, period.from_day, period.to_day)


def fits(duty: Duty, seat: Seat) -> bool:
    """Whether the duty speaks of such posts in such organs at all, somewhere and at some time."""
    return seat.organ.kind in duty.organ_kinds and (
        seat.post.kind in duty.post_kinds or seat.post.kind in duty.off_posts
    )


def _firmness(duty: Duty, key: str, seat: Seat) -> Firmness:
    """How firmly the duty applies there; a kind of post that the words leave out has it `off`."""
    return Firmness.OFF if seat.post.kind in duty.off_posts else duty.scope[key]


def _note(duty: Duty, key: str, seat: Seat, kind: BasisKind) -> str | None:
    """What is read how there; of a kind of post that the words leave out, what the duty says of it."""
    if kind is BasisKind.TEXT:
        return None
    return duty.note if seat.post.kind in duty.off_posts else duty.note_in(key)


def _governs(catalogue: Catalogue, duty: Duty, region: Region, day: date) -> bool:
    return not catalogue.governs or catalogue.statute_of(region.path, day) == duty.statute


def _owed(
    duty: Duty, seat: Seat, period: Period, catalogue: Catalogue, adoptions: Sequence[Adoption]
) -> Iterator[Obligation]:
    region = seat.region_on(period.from_day)
    if region is None or not _throughout(duty, seat, period, region):
        return
    if not all(_governs(catalogue, duty, region, day) for day in (period.from_day, period.to_day)):
        return
    key = duty.scope_key(region.code, region.tier)
    if key is None or (duty.secretary_first and _secretary_is_another(seat, period)):
        return
    adopted = _adoption(duty, key, seat, region, period.from_day, adoptions)
    firmness = _firmness(duty, key, seat)
    if firmness is Firmness.OFF and adopted is None:
        return
    kind = _kind(firmness, adopted)
    binding = adopted if adopted and adopted.binding else None
    local = adopted if adopted and not adopted.binding else None
    for item in duty.requirements:
        yield Obligation(
            requirement_id=item.id,
            duty_id=duty.id,
            clause=duty.clause,
            post_id=seat.post.id,
            organ_id=seat.organ.id,
            region_code=region.code,
            tier=region.tier,
            period=period,
            count=duty.count,
            acts=_accepted_acts(duty, item, key),
            manner=item.manner,
            basis=Basis(duty.clause, kind, _note(duty, key, seat, kind)),
            filings=duty.filings,
            functions=_functions(duty, seat, period),
            adopted_by=binding.document if binding else None,
            exercise=seat.post.exercise,
            path=region.path,
            default_by=local.document if local else None,
        )


def _accepted_acts(duty: Duty, item: Requirement, key: str | None) -> frozenset[ActKind]:
    """The acts that fulfil a requirement there: the place's own (雄安's meetings) before the general ones."""
    return duty.acts_in.get(key, item.acts) if key else item.acts


def _throughout(duty: Duty, seat: Seat, period: Period, region: Region) -> bool:
    """Whether seat, organ, tier and role hold on every day of the period; a renaming interrupts nothing."""
    same_tier = [item.span for item in seat.regions if item.tier is region.tier and item.code == region.code]
    roles = [role.span for role in seat.organ.roles if role.role in duty.roles]
    needed: Iterable[list[Span]] = (
        [seat.post.span],
        [seat.organ.span],
        same_tier,
        *([roles] if duty.roles else []),
    )
    return all(covered(spans, period.from_day, period.to_day) for spans in needed)


def _kind(firmness: Firmness, adopted: Adoption | None) -> BasisKind:
    """What the obligation rests on: where only a local default makes it owed, on that."""
    if firmness is Firmness.TEXT:
        return BasisKind.TEXT
    return BasisKind.DEFAULT if firmness is Firmness.OFF and adopted and not adopted.binding else BasisKind.READING


def _adoption(
    duty: Duty, key: str, seat: Seat, region: Region, day: date, adoptions: Sequence[Adoption]
) -> Adoption | None:
    """What adopts the reading there on the day: an interpretation before a local default, none where the text says it.

    An exercise's overlays are for exercises only; a real one holds in them too.
    """
    if _firmness(duty, key, seat) is Firmness.TEXT:
        return None
    places = {key, region.code, region.tier.value} if key == region.tier.value else {key}
    left_out = seat.post.kind if seat.post.kind in duty.off_posts else None
    found = [
        item
        for item in adoptions
        if item.duty_id == duty.id
        and item.scope in places
        and item.post_kind == left_out
        and item.span.covers(day)
        and (item.within is None or item.within in region.path)
        and (seat.post.exercise or not item.exercise)
    ]
    return min(found, key=lambda item: not item.binding, default=None)


@cites("art10.2")
def _secretary_is_another(seat: Seat, period: Period) -> bool:
    """Whether another principal of the organ is its secretary (书记): presiding lies on that one."""
    return not _is_secretary(seat.post) and any(
        post.id != seat.post.id
        and post.kind is PostKind.DEPARTMENT_PRINCIPAL
        and _is_secretary(post)
        and post.span.covers(period.from_day)
        for post in seat.organ_posts
        if post.organ_id == seat.organ.id
    )


def _is_secretary(post: Post) -> bool:
    return "书记" in post.title and "副书记" not in post.title


def _functions(duty: Duty, seat: Seat, period: Period) -> tuple[str, ...]:
    """By which functions a department owes the duty; a merged one owes it once, by several."""
    return tuple(
        sorted(
            {
                role.function
                for role in seat.organ.roles
                if role.function and role.role in duty.roles and role.span.covers(period.from_day)
            }
        )
    )
