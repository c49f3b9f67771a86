"""Books of periods that duties closed or reopened, kept as reference."""

from services.appraisal import repository
from services.appraisal.facts.books import BooksReference
from shared.contracts.duties.books import BooksState
from shared.kernel.unit_of_work import UnitOfWork


async def keep_books(work: UnitOfWork, event: BooksState, *, exercise: bool) -> None:
    """Keep what the books hold of each organ; what they held before goes."""
    held = [
        BooksReference(
            books_id=event.id,
            organ_id=one.organ_id,
            period=event.period,
            from_day=event.from_day,
            to_day=event.to_day,
            closed=event.closed,
            statuses=one.statuses,
            founding=one.founding,
            exercise=exercise,
        )
        for one in event.organs
    ]
    await repository.put_books(work.session, event.id, held)
