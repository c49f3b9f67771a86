"""A special tour follows the accident that proposed it: to another place or level, or to its end."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from services.inspection_tours import repository
from services.inspection_tours.data import configuration
from services.inspection_tours.facts import AccidentLevel, Tour, TourState
from services.inspection_tours.handlers.tours import proposal_id
from services.inspection_tours.rules.founded import after_annulment, after_level, after_move
from shared.contracts import inspection_tours as contracts
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork

_KINDS: Mapping[TourState, type[contracts.TourState]] = {
    TourState.DECLINED: contracts.TourDeclined,
    TourState.PROPOSED: contracts.TourProposed,
}


async def follow(
    work: UnitOfWork, *, accident_id: UUID, annulled: bool, level: str, region_code: str, path: Sequence[str]
) -> None:
    """Let the tour that the accident proposed, where there is one, take in what is now on record of it."""
    identity = proposal_id(f"special:{accident_id}")
    await work.lock(Ref("tour", identity))
    found = await repository.tour_by_id(work.session, identity)
    if found is None:
        return
    before, _ = found
    after = after_annulment(before) if annulled else _now(before, level, region_code, tuple(path))
    if after == before:
        return
    kind = contracts.TourNoted if after.state is before.state else _KINDS[after.state]
    why = after.questioned or after.reason
    version = work.emit(kind(**asdict(after)), path=after.path, reason=why, exercise=after.exercise)
    await repository.put_tour(work.session, after, version)


def _now(tour: Tour, level: str, region_code: str, path: tuple[str, ...]) -> Tour:
    graded = after_level(tour, AccidentLevel(level), configuration().special_tour_from)
    return after_move(graded, region_code, path)
