"""A special tour follows the accident that proposed it: to another place, or to its end."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from services.inspection_tours import repository
from services.inspection_tours.facts import TourState
from services.inspection_tours.handlers.tours import proposal_id
from services.inspection_tours.rules.founded import after_annulment, after_move
from shared.contracts import inspection_tours as contracts
from shared.kernel.envelope import Ref
from shared.kernel.unit_of_work import UnitOfWork


async def follow(work: UnitOfWork, *, accident_id: UUID, annulled: bool, region_code: str, path: Sequence[str]) -> None:
    """Let the tour that the accident proposed, where there is one, take in what is now on record of it."""
    identity = proposal_id(f"special:{accident_id}")
    await work.lock(Ref("tour", identity))
    found = await repository.tour_by_id(work.session, identity)
    if found is None:
        return
    before, _ = found
    after = after_annulment(before) if annulled else after_move(before, region_code, tuple(path))
    if after == before:
        return
    fell = after.state is TourState.DECLINED
    kind: type[contracts.TourState] = contracts.TourDeclined if fell else contracts.TourNoted
    version = work.emit(kind(**asdict(after)), path=after.path, reason=after.reason, exercise=after.exercise)
    await repository.put_tour(work.session, after, version)
