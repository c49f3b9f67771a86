"""The responsibility chain of an accident: the posts to examine, not a list of responsible persons."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.facts import (
    Accident,
    Adjustment,
    AdjustmentAction,
    Authority,
    Chain,
    ChainDifference,
    ChainEntry,
    RemovedEntry,
    tier_rank,
)
from services.registry.facts.answers import Matter
from services.registry.rules.calendar import months_before
from services.registry.rules.earlier import earlier_holders
from services.registry.rules.level import chain_reach
from services.registry.rules.listing import entries_of_post, entry_for, region_entries, region_gaps
from services.registry.rules.lookup import Lookup
from shared.roster.facts import Region, Roster, Span, Tier
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind

DEFAULT_WINDOW_MONTHS = 12


@cites("art4", "art21.4", "art27")
def responsibility_chain(
    accident: Accident,
    roster: Roster,
    investigating: Authority,
    window_months: int = DEFAULT_WINDOW_MONTHS,
    adjustments: Sequence[Adjustment] = (),
) -> Chain:
    """The chain as of the accident, from the place up to the investigating level and at least to the county.

    `window_months` bounds the earlier holders (default of Art. 26's look-back). Adjustments of handlers
    come on top. ValueError for a place unknown on that day, or an adjustment without reason or of an
    unknown post.
    """
    lookup = Lookup(roster, accident.day, exercise=accident.exercise)
    matter = Matter(accident.industry, accident.fields)
    regions = chain_regions(accident, lookup, investigating)
    entries = tuple(entry for region in regions for entry in region_entries(region, lookup, matter))
    window_from = months_before(accident.day, window_months)
    chain = Chain(
        accident_id=accident.id,
        day=accident.day,
        investigating=investigating,
        window_from=window_from,
        regions=tuple(region.code for region in regions),
        entries=entries,
        earlier=tuple(earlier_holders(regions, entries, matter, lookup, window_from)),
        gaps=tuple(gap for region in regions for gap in region_gaps(region, lookup)),
    )
    for adjustment in adjustments:
        chain = _adjusted(chain, adjustment, lookup)
    return chain


@cites("art26", "art27")
def chain_touched(day: date, spans: Iterable[Span], window_months: int = DEFAULT_WINDOW_MONTHS) -> bool:
    """Whether a fact true in one of the spans can matter to the chain of an accident on `day`: to its window."""
    window = Span(months_before(day, window_months), day)
    return any(span.overlaps(window) for span in spans)


def chain_regions(accident: Accident, lookup: Lookup, investigating: Authority) -> tuple[Region, ...]:
    """The place, the zones that contain it, and its administrative ancestors as far as the chain climbs.

    Where no ancestor has exactly that level (定州 has no county above its towns), the next higher one is
    the last.
    """
    if not accident.path or accident.path[-1] != accident.region_code:
        raise ValueError("the path of a place ends with the place itself")
    upwards = [lookup.region(code) for code in reversed(accident.path)]
    zones = [lookup.region(code) for code in accident.zone_codes if code not in accident.path]
    if any(zone.tier is not Tier.ZONE for zone in zones):
        raise ValueError("only a registered zone contains a place without being its ancestor")
    below = sum(tier_rank(region.tier) == 0 for region in upwards)
    climbed = climb(upwards, investigating)
    return (*climbed[:below], *zones, *climbed[below:])


def climb(upwards: Sequence[Region], investigating: Authority) -> Sequence[Region]:
    """Those of a place and its ancestors, from the place upwards, whose posts a chain lists."""
    reach = chain_reach(investigating)
    top = next((at for at, region in enumerate(upwards) if tier_rank(region.tier) >= reach), len(upwards) - 1)
    return upwards[: top + 1]


def _adjusted(chain: Chain, adjustment: Adjustment, lookup: Lookup) -> Chain:
    if not adjustment.reason.strip():
        raise ValueError("a handler who adds or drops somebody gives the reason")
    if adjustment.action is AdjustmentAction.ADD:
        present = {_seat(entry, lookup) for entry in (*chain.entries, *chain.earlier)}
        fresh = (one for one in _added(adjustment, lookup) if _seat(one, lookup) not in present)
        return replace(chain, entries=(*chain.entries, *fresh))
    dropped = [entry for entry in (*chain.entries, *chain.earlier) if _concerns(adjustment, entry)]
    return replace(
        chain,
        entries=tuple(entry for entry in chain.entries if entry not in dropped),
        earlier=tuple(entry for entry in chain.earlier if entry not in dropped),
        removed=(
            *chain.removed,
            *(RemovedEntry(entry, adjustment.reason, entry in chain.earlier) for entry in dropped),
        ),
    )


def _seat(entry: ChainEntry, lookup: Lookup) -> tuple[UUID, UUID | None]:
    return entry.post_id, None if entry.official_id is None else lookup.persons.of(entry.official_id)


def _concerns(adjustment: Adjustment, entry: ChainEntry) -> bool:
    meant = {None, entry.official_id, *entry.other_official_ids}
    return entry.post_id == adjustment.post_id and adjustment.official_id in meant


def _added(adjustment: Adjustment, lookup: Lookup) -> tuple[ChainEntry, ...]:
    """The post's holders on the day, or the named official's last appointment to it up to that day."""
    post = lookup.posts.get(adjustment.post_id)
    if post is None or post.exercise is not lookup.exercise:
        raise ValueError(f"no post {adjustment.post_id} is registered")
    organ = lookup.organs[post.organ_id]
    region = lookup.region(organ.region_code)
    reason = ((), f"办理机关增列：{adjustment.reason}", f"added by the handling organ: {adjustment.reason}")
    if adjustment.official_id is None:
        entries = entries_of_post(post, organ, region, lookup, reason)
    else:
        person = lookup.persons.of(adjustment.official_id)
        held = [item for item in lookup.appointments(post.id) if lookup.persons.of(item.official_id) == person]
        past = [item for item in held if item.span.from_day <= lookup.day]
        if not past:
            raise ValueError(f"official {adjustment.official_id} held no post {post.id} by {lookup.day}")
        entries = (entry_for(post, organ, region, past[-1], reason, lookup),)
    basis = (Basis("art21.4", BasisKind.DEFAULT, note=adjustment.reason),)
    return tuple(replace(entry, basis=basis) for entry in entries)


@cites("art21.4")
def chain_difference(old: Chain, new: Chain) -> ChainDifference:
    """What `new` adds, drops and changes, so that each listed post gives rise to one lead and no more."""
    added, removed, changed = _compared(old.entries, new.entries)
    earlier_added, earlier_removed, earlier_changed = _compared(old.earlier, new.earlier)
    return ChainDifference(added, removed, changed, earlier_added, earlier_removed, earlier_changed)


def _compared(
    old: Sequence[ChainEntry], new: Sequence[ChainEntry]
) -> tuple[tuple[ChainEntry, ...], tuple[ChainEntry, ...], tuple[tuple[ChainEntry, ChainEntry], ...]]:
    before, after = _by_holder(old), _by_holder(new)
    return (
        tuple(entry for key, entry in after.items() if key not in before),
        tuple(entry for key, entry in before.items() if key not in after),
        tuple((before[key], entry) for key, entry in after.items() if key in before and before[key] != entry),
    )


def _by_holder(entries: Sequence[ChainEntry]) -> dict[tuple[object, object], ChainEntry]:
    return {(entry.post_id, entry.official_id): entry for entry in entries}
