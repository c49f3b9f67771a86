"""Results of inspection tours, kept as reference."""

from services.appraisal import repository
from services.appraisal.facts import TourReference
from shared.contracts.inspection_tours import TourState
from shared.kernel.unit_of_work import UnitOfWork


async def keep_tour(work: UnitOfWork, event: TourState, *, exercise: bool) -> None:
    """Keep the result of a tour; a tour without one is no reference yet."""
    if not event.result or event.opened_on is None:
        return
    reference = TourReference(
        tour_id=event.id,
        kind=event.kind,
        organ_ids=event.organ_ids,
        official_ids=event.official_ids,
        visited_on=event.opened_on,
        result=event.result,
        exercise=exercise,
    )
    await repository.put_tour(work.session, reference)
