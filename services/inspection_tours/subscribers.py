"""What inspection tours do about events of others: keep the roster, propose special tours."""

from services.inspection_tours.handlers.accidents import follow
from services.inspection_tours.handlers.tours import propose_special
from shared.contracts.registry import ACCIDENT_EVENTS, AccidentState
from shared.kernel import clock
from shared.kernel.consumer import Subscription
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.subscription import roster_subscription


async def on_accident(work: UnitOfWork, event: AccidentState, delivery: Delivery) -> None:
    """A special tour is proposed when an accident is, or becomes, grave enough, and follows what it turns out to be."""
    if not event.annulled:
        await propose_special(
            work,
            accident_id=event.id,
            level=event.level,
            region_code=event.region_code,
            occurred_on=clock.day_of(event.occurred_at),
            path=event.path,
            exercise=event.exercise or delivery.exercise,
        )
    await follow(
        work,
        accident_id=event.id,
        annulled=event.annulled,
        level=event.level,
        region_code=event.region_code,
        path=event.path,
    )


ACCIDENTS = Subscription(
    name="accidents",
    source="registry",
    aggregates=("accident",),
    handlers=dict.fromkeys(ACCIDENT_EVENTS, on_accident),
)
SUBSCRIPTIONS = (roster_subscription(), ACCIDENTS)
