"""What appraisal does about events of others: keep roster, vetoes, tour results and books; flag touched grades."""

from dataclasses import replace

from services.appraisal.handlers.appraisals import flag_touched, keep_veto
from services.appraisal.handlers.books import keep_books
from services.appraisal.handlers.tours import keep_tour
from shared.contracts.discipline import VetoImposed, VetoLifted, VetoQuestioned, VetoState
from shared.contracts.duties.books import BooksClosed, BooksReopened, BooksState
from shared.contracts.inspection_tours import TourClosed, TourResultGiven, TourState
from shared.contracts.registry import OfficialMerged
from shared.kernel.consumer import Subscription
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.subscription import roster_subscription


async def copy_veto(work: UnitOfWork, event: VetoState, delivery: Delivery) -> None:
    """What discipline says about an official is kept."""
    await keep_veto(work, event, exercise=event.exercise or delivery.exercise)


async def on_veto(work: UnitOfWork, event: VetoState, _delivery: Delivery) -> None:
    """A bar was imposed or ended early."""
    await flag_touched(work, event.official_id)


async def on_merge(work: UnitOfWork, event: OfficialMerged, _delivery: Delivery) -> None:
    """Two records are of one person: what bars the one bars the other."""
    await flag_touched(work, event.id)


async def copy_tour(work: UnitOfWork, event: TourState, delivery: Delivery) -> None:
    """A tour has a result."""
    await keep_tour(work, event, exercise=event.exercise or delivery.exercise)


async def copy_books(work: UnitOfWork, event: BooksState, delivery: Delivery) -> None:
    """The books of a period were closed or reopened."""
    await keep_books(work, event, exercise=event.exercise or delivery.exercise)


MEASURES = Subscription(
    name="measures",
    source="discipline",
    aggregates=("veto",),
    copies=dict.fromkeys((VetoImposed, VetoLifted, VetoQuestioned), copy_veto),
    handlers=dict.fromkeys((VetoImposed, VetoLifted, VetoQuestioned), on_veto),
)
TOURS = Subscription(
    name="tours",
    source="inspection_tours",
    aggregates=("tour",),
    copies=dict.fromkeys((TourResultGiven, TourClosed), copy_tour),
)
BOOKS = Subscription(
    name="books",
    source="duties",
    aggregates=("books",),
    copies=dict.fromkeys((BooksClosed, BooksReopened), copy_books),
)
ROSTER = replace(roster_subscription(), handlers={OfficialMerged: on_merge})
SUBSCRIPTIONS = (ROSTER, MEASURES, TOURS, BOOKS)
