"""One person, several records: which ids belong together once the registry has merged them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from shared.roster.facts import Official
from shared.statute.clauses import cites


@cites("art26", "art27")
def persons_among(officials: Iterable[Official]) -> Mapping[UUID, tuple[UUID, ...]]:
    """By id, every id of that person, the one that survives first; only persons with more than one."""
    into = {one.id: one.merged_into for one in officials if one.merged_into is not None}
    groups: dict[UUID, list[UUID]] = {}
    for merged in sorted(into):
        groups.setdefault(_survivor(merged, into), []).append(merged)
    found = {first: (first, *(one for one in others if one != first)) for first, others in groups.items()}
    return {one: ids for ids in found.values() for one in ids}


def _survivor(merged: UUID, into: Mapping[UUID, UUID]) -> UUID:
    """Where the merges end; of a circle, which a copy may show while an event is under way, the lowest id."""
    way = [merged]
    while way[-1] in into and into[way[-1]] not in way:
        way.append(into[way[-1]])
    return min(way[way.index(into[way[-1]]) :]) if way[-1] in into else way[-1]
