"""The durable by which a service keeps its copy of the roster."""

from shared.contracts.topology import ROSTER
from shared.kernel.consumer import Handler, Subscription
from shared.kernel.envelope import contracts
from shared.roster.projection import keep


def roster_subscription(then: Handler | None = None) -> Subscription:
    """The subscription `roster`: every state of every roster aggregate, none left out.

    Args:
        then: what the service does about each event once the copy holds it, in the same transaction.
    """
    kinds = [one for one in contracts().values() if one.PRODUCER == "registry" and one.AGGREGATE in ROSTER]
    return Subscription(
        name="roster",
        source="registry",
        aggregates=ROSTER,
        copies=dict.fromkeys(kinds, keep),
        handlers={} if then is None else dict.fromkeys(kinds, then),
    )
