"""The durable by which a service keeps its copy of the roster."""

from typing import Any

from shared.contracts.topology import ROSTER
from shared.kernel.consumer import Handler, Subscription
from shared.kernel.envelope import Delivery, contracts
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.projection import keep


def roster_subscription(then: Handler | None = None) -> Subscription:
    """The subscription `roster`: every state of every roster aggregate, none left out.

    Args:
        then: what the service does about each event once the copy holds it, in the same transaction.
    """

    async def keep_then(work: UnitOfWork, event: Any, delivery: Delivery) -> None:
        await keep(work, event, delivery)
        if then is not None:
            await then(work, event, delivery)

    known = contracts().values()
    return Subscription(
        name="roster",
        source="registry",
        aggregates=ROSTER,
        handlers={kind: keep_then for kind in known if kind.PRODUCER == "registry" and kind.AGGREGATE in ROSTER},
    )
