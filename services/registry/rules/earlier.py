"""Earlier holders in the window before an accident (Art. 27): apart from the present ones, each person once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.facts import ChainEntry
from services.registry.facts.answers import Matter
from services.registry.rules.listing import region_entries
from services.registry.rules.lookup import Lookup
from shared.roster.facts import Region, Span
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind

_ART27 = Basis("art27")
_MOVED = Basis(
    "art27",
    BasisKind.READING,
    "事故前分管、职责已调整或岗位已撤销者，一并另列 · so are those whose portfolio, function or post ended before",
)
_Seat = tuple[UUID, UUID]


@cites("art27")
def earlier_holders(
    regions: Sequence[Region], entries: Sequence[ChainEntry], matter: Matter, lookup: Lookup, window_from: date
) -> tuple[ChainEntry, ...]:
    """Who answered for the matter within the window and no longer on the accident's day.

    Holders of a listed post who left it; and whoever answered until a portfolio, a department's role or the post
    itself ended, though the post is not listed any more. A person in a post is listed once, for the last tenure, and
    never beside an entry of the day.
    """
    present = {(one.post_id, lookup.persons.of(one.official_id)) for one in entries if one.official_id is not None}
    found: dict[_Seat, ChainEntry] = {}
    for last_day, listed in _until(regions, entries, matter, lookup, window_from):
        for entry in {one.post_id: one for one in listed}.values():
            for one in _left(entry, lookup, window_from, last_day):
                seat = (one.post_id, lookup.persons.of(one.official_id)) if one.official_id is not None else None
                if seat is not None and seat not in present and _later(one, found.get(seat)):
                    found[seat] = one
    return tuple(found.values())


def _until(
    regions: Sequence[Region], entries: Sequence[ChainEntry], matter: Matter, lookup: Lookup, window_from: date
) -> Iterator[tuple[date | None, Sequence[ChainEntry]]]:
    """The posts of the day; and those that were listed on the last day of something, listed no more."""
    yield None, entries
    listed = {one.post_id for one in entries}
    for day in sorted(lookup.last_days(window_from), reverse=True):
        then = lookup.on(day)
        gone = [one for region in regions for one in region_entries(region, then, matter) if one.post_id not in listed]
        listed |= {one.post_id for one in gone}
        yield day, gone


def _left(entry: ChainEntry, lookup: Lookup, window_from: date, last_day: date | None) -> Iterator[ChainEntry]:
    """Who held a post within the window: until they left it, or until it answered for the matter no more."""
    for held in lookup.appointments(entry.post_id):
        ends = [day for day in (held.span.to_day, last_day) if day is not None]
        last = min(ends, default=None)
        if last is None or not window_from <= last < lookup.day or held.span.from_day > last:
            continue
        moved = last_day is not None and last == last_day
        yield replace(
            entry,
            appointment_id=held.id,
            official_id=held.official_id,
            basis=(*entry.basis, _MOVED if moved else _ART27),
            reason_zh=f"{entry.reason_zh}（事故前{'负责' if moved else '任职'}至 {last}）",
            reason_en=f"{entry.reason_en} ({'answered' if moved else 'held it'} until {last}, before the accident)",
            vacant=False,
            acting=held.acting,
            tenure=held.span,
            other_official_ids=lookup.persons.others(held.official_id),
        )


def _later(one: ChainEntry, known: ChainEntry | None) -> bool:
    return known is None or _last(one.tenure) > _last(known.tenure)


def _last(span: Span | None) -> date:
    return date.max if span is None or span.to_day is None else span.to_day
