"""What a caller may see of what is on record: the facts of the regions granted, and nothing of others."""

from collections.abc import Collection

from services.duties.facts.stored import F, Stored
from shared.kernel.problems import NotFound


def within_reach(stored: Stored[F] | None, regions: Collection[str], missing: NotFound) -> Stored[F]:
    """The fact within the regions; raises `missing` where there is none, and so for one that lies elsewhere."""
    if stored is None or set(regions).isdisjoint(stored.path):
        raise missing
    return stored
