"""Random rosters with histories: versions that the registry recorded and that arrived here, early or late."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from services.duties.facts import ActKind, Capacity, Correction, Performance, Verification
from services.duties.tests.builders import noon, uid
from shared.contracts.registry import (
    AppointmentRecorded,
    DatedCompetencePart,
    DatedParentPart,
    DatedTierPart,
    OrganRegistered,
    PortfolioAssigned,
    PostRegistered,
    RegionChanged,
    RegionRegistered,
    RegistryEvent,
)
from shared.roster import facts_of
from shared.roster.facts import (
    Appointment,
    DatedRole,
    Organ,
    OrganKind,
    OrganRole,
    Portfolio,
    Post,
    PostKind,
    Region,
    Span,
    Tier,
)
from shared.roster.projection import record

FIRST, LAST = date(2023, 12, 1), date(2025, 1, 31)
BIRTH = noon(date(2024, 6, 1))
CODES = ("130623", "133100")


@dataclass
class World:
    """Versions of the registry's aggregates with (recorded, arrived), and what is on record."""

    events: list[tuple[RegistryEvent, int, datetime, datetime]] = field(default_factory=list)
    acts: list[Performance] = field(default_factory=list)

    async def enter(self, session: AsyncSession) -> None:
        """Write the versions into the copy, in the order of their arrival."""
        for event, version, recorded, arrived in sorted(self.events, key=lambda one: one[3]):
            await record(session, event, version, recorded, arrived)


#: Days at which things begin and end: edges of periods, the days beside them, a leap day, and some in between.
EDGES = (
    *(date(2024, month, 1) for month in range(1, 13)),
    *(date(2024, month, 1) - timedelta(days=1) for month in range(1, 13)),
    date(2024, 2, 29),
    date(2024, 3, 15),
    date(2024, 8, 20),
    date(2025, 1, 1),
)
days = st.sampled_from(sorted(EDGES))
SINCE = date(2010, 1, 1)
starts = st.one_of(st.just(SINCE), st.just(SINCE), st.just(SINCE), days)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    begun = draw(starts)
    ended = draw(st.one_of(st.none(), st.none(), st.none(), days))
    return Span(begun, ended if ended is None or ended >= begun else begun)


tiers = st.sampled_from((Tier.CITY, Tier.COUNTY, Tier.TOWN, Tier.ZONE))


def _paths(code: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from((("130000", "130600", code), ("130000", "139900", code)))


@st.composite
def territory(draw: st.DrawFn, code: str) -> list[list[RegistryEvent]]:
    """A code over time: one region, or two that follow one another, perhaps with another tier or parent.

    Of each, the states: as it was registered, and perhaps as it changed by dates of its own.
    """
    first = Region(uid(code), code, code, draw(tiers), None, "130000", draw(_paths(code)), Span(SINCE))
    found = [first]
    if draw(st.booleans()):
        turn = draw(days)
        again = draw(st.one_of(st.just(first.tier), tiers))
        later = replace(first, id=uid(code + "later"), tier=again, path=draw(_paths(code)), span=Span(turn))
        found = [replace(first, span=Span(SINCE, turn - timedelta(days=1))), later]
    chains: list[list[RegistryEvent]] = []
    for one in found:
        chains.append([facts_of.region_event(RegionRegistered, one)])
        if draw(st.booleans()):
            chains[-1].append(draw(changed(one)))
    return chains


@st.composite
def changed(draw: st.DrawFn, region: Region) -> RegionChanged:
    """Another tier, parent or competence from a day on, each by itself, within the region's days or outside them."""
    turns = st.lists(days, max_size=2, unique=True).map(sorted)
    begun = region.span.from_day
    tier_days, parent_days = draw(turns), draw(turns)
    by_tier = [DatedTierPart(tier=draw(tiers), from_day=day) for day in tier_days]
    by_parent = [
        DatedParentPart(admin_parent="130000", path=draw(_paths(region.code)), from_day=day) for day in parent_days
    ]
    confirmed = [DatedCompetencePart(competence="city", from_day=day) for day in draw(turns)]
    made = facts_of.region_event(RegionChanged, region)
    own_tier = DatedTierPart(tier=made.tier, from_day=begun)
    own_parent = DatedParentPart(admin_parent=made.admin_parent, path=made.path, from_day=begun)
    return made.model_copy(
        update={
            "tiers": (own_tier, *(one for one in by_tier if one.from_day > begun)) if by_tier else (),
            "parents": (own_parent, *(one for one in by_parent if one.from_day > begun)) if by_parent else (),
            "competences": tuple(confirmed),
            "to_day": draw(st.sampled_from((made.to_day, made.to_day, date(2024, 8, 20)))),
        }
    )


roles = st.lists(
    st.builds(
        DatedRole,
        st.sampled_from((OrganRole.NAMED_REGULATOR, OrganRole.OTHER_REGULATOR, OrganRole.INDUSTRY_COMPETENT)),
        spans(),
    ),
    max_size=3,
).map(tuple)
LEADING = (
    PostKind.PARTY_PRINCIPAL,
    PostKind.GOVERNMENT_PRINCIPAL,
    PostKind.GOVERNMENT_OTHER_LEADER,
    PostKind.GOVERNMENT_SAFETY_LEAD,
)
SERVING = (PostKind.DEPARTMENT_PRINCIPAL, PostKind.DEPARTMENT_PRINCIPAL, PostKind.DEPARTMENT_SAFETY_DEPUTY)
ORGANS = {
    "committee": (OrganKind.PARTY_COMMITTEE, LEADING[:1]),
    "working": (OrganKind.PARTY_WORKING_COMMITTEE, LEADING[:1]),
    "government": (OrganKind.GOVERNMENT, LEADING[1:]),
    "management": (OrganKind.MANAGEMENT_COMMITTEE, LEADING[1:]),
    "bureau": (OrganKind.GOVERNMENT_DEPARTMENT, SERVING),
}


@st.composite
def organs(draw: st.DrawFn) -> list[Organ]:
    return [
        Organ(uid(f"{name}{number}"), name, ORGANS[name][0], draw(st.sampled_from(CODES)), draw(spans()), draw(roles))
        for number, name in enumerate(draw(st.lists(st.sampled_from(sorted(ORGANS)), min_size=2, max_size=4)))
    ]


@st.composite
def posts(draw: st.DrawFn, inside: Sequence[Organ]) -> list[Post]:
    made = []
    for organ in inside:
        for number in range(draw(st.integers(1, 2))):
            kind = draw(st.sampled_from(ORGANS[organ.name][1]))
            title = draw(st.sampled_from(("局长", "党组书记", "党组副书记")))
            made.append(
                Post(uid(f"{organ.id}{number}"), organ.id, kind, title, draw(spans()), exercise=draw(st.booleans()))
            )
    return made


@st.composite
def terms(draw: st.DrawFn, seats: Sequence[Post]) -> list[Appointment]:
    made = []
    for post in seats:
        for number in range(draw(st.sampled_from((1, 1, 2, 0)))):
            who = uid(draw(st.sampled_from("甲乙")))
            made.append(
                Appointment(
                    uid(f"{post.id}{number}"),
                    post.id,
                    who,
                    draw(spans()),
                    acting=draw(st.booleans()),
                    annulled=draw(st.sampled_from((False, False, False, True))),
                )
            )
    return made


def _moment() -> st.SearchStrategy[datetime]:
    return st.integers(-300, 300).map(lambda hours: BIRTH + timedelta(hours=hours))


@st.composite
def versions(draw: st.DrawFn, states: Sequence[RegistryEvent]) -> list[tuple[RegistryEvent, int, datetime, datetime]]:
    """One aggregate's states with their moments: recorded in order, arrived no earlier, perhaps before the birth."""
    made, recorded = [], BIRTH - timedelta(days=900)
    for number, state in enumerate(states, start=1):
        if number > 1 or draw(st.booleans()):
            recorded = max(recorded + timedelta(seconds=1), draw(_moment()))
        arrived = max(recorded, BIRTH) + timedelta(minutes=draw(st.integers(0, 6000)))
        made.append((state, number, recorded, arrived))
    return made


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A small world in which anything may have been corrected once."""
    made = World()
    states: dict[UUID, list[RegistryEvent]] = {chain[0].id: chain for code in CODES for chain in draw(territory(code))}
    bodies = draw(organs())
    seats = draw(posts(bodies))
    held = draw(terms(seats))
    for organ in bodies:
        corrected = replace(organ, roles=draw(roles), region_code=draw(st.sampled_from(CODES)))
        chain = [organ, corrected][: draw(st.integers(1, 2))]
        states[organ.id] = [facts_of.organ_event(OrganRegistered, one) for one in chain]
    for post in seats:
        moved = replace(post, span=draw(spans()), title=draw(st.sampled_from(("局长", "党组书记"))))
        states[post.id] = [facts_of.post_event(PostRegistered, one) for one in [post, moved][: draw(st.integers(1, 2))]]
    for term in held:
        ended = replace(term, span=draw(spans()), annulled=draw(st.booleans()))
        chain_of = [term, ended][: draw(st.integers(1, 2))]
        states[term.id] = [facts_of.appointment_event(AppointmentRecorded, one) for one in chain_of]
    for post in seats[: draw(st.integers(0, 2))]:  # what a leader answers for decides nothing of what is owed
        first = Portfolio(uid(f"{post.id}portfolio"), post.id, draw(spans()), industries=("C26",), fields=("消防",))
        again = replace(first, span=draw(spans()), annulled=draw(st.booleans()))
        states[first.id] = [facts_of.portfolio_event(PortfolioAssigned, one) for one in (first, again)]
    for one in states.values():
        made.events += draw(versions(one))
    made.acts = draw(st.lists(acts(seats, held), min_size=3, max_size=8, unique_by=lambda act: act.id))
    return made


ACTS = {
    PostKind.PARTY_PRINCIPAL: (
        *(ActKind.STANDING_COMMITTEE_MEETING, ActKind.JOINT_MEETING),
        *(ActKind.RESEARCH_TRIP, ActKind.LED_INSPECTION),
    ),
    PostKind.GOVERNMENT_PRINCIPAL: (ActKind.EXECUTIVE_MEETING, ActKind.LED_INSPECTION, ActKind.LIST_PUBLISHED),
    PostKind.GOVERNMENT_OTHER_LEADER: (ActKind.SITUATION_ANALYSIS, ActKind.PORTFOLIO_REPORT),
    PostKind.GOVERNMENT_SAFETY_LEAD: (ActKind.SITUATION_ANALYSIS, ActKind.PORTFOLIO_REPORT),
    PostKind.DEPARTMENT_PRINCIPAL: (ActKind.LED_INSPECTION, ActKind.PARTY_GROUP_MEETING, ActKind.SPECIAL_STUDY),
    PostKind.DEPARTMENT_SAFETY_DEPUTY: (ActKind.LED_INSPECTION, ActKind.SAFETY_SPECIAL_MEETING),
}


@st.composite
def acts(draw: st.DrawFn, seats: Sequence[Post], held: Sequence[Appointment]) -> Performance:
    """An act that somebody may have done in some capacities, recorded some time later, corrected, confirmed."""
    day = draw(days)
    recorded = noon(day) + timedelta(days=draw(st.sampled_from((0, 0, 20, 45, 90))))
    later = recorded + timedelta(days=3)
    named = draw(st.lists(st.sampled_from(seats), min_size=1, max_size=2, unique=True))
    holding = [one for one in held if one.post_id == named[0].id]
    exact = st.sampled_from((None, *(one.id for one in holding)))
    official = draw(st.sampled_from([None, uid("甲"), *(one.official_id for one in holding * 3)]))
    other = draw(st.sampled_from((official, official, official, None, uid("乙"))))
    return Performance(
        id=draw(st.uuids(version=4)),
        act=draw(st.sampled_from(ACTS[named[0].kind])),
        day=day,
        organ_id=named[0].organ_id,
        region_code=CODES[0],
        recorded_at=recorded,
        recorded_by="recorder",
        presided_by=official,
        led_by=other,
        performed_by=official,
        capacities=tuple(Capacity(one.id, draw(exact) if one is named[0] else None) for one in named),
        corrected=draw(st.sampled_from((None, None, Correction("x", later, "误录")))),
        verified=draw(st.sampled_from((None, Verification("y", later)))),
        exercise=named[0].exercise,
    )
