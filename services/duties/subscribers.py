"""What duties does about the registry's accidents; the roster's copy has a subscription of its own."""

from services.duties.handlers.attestations import Listed, attest_chain
from shared.contracts.registry import ACCIDENT_EVENTS, AccidentState
from shared.kernel.consumer import Subscription
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork


async def on_chain(work: UnitOfWork, event: AccidentState, _delivery: Delivery) -> None:
    """Attest every official whom the chain lists and who is not attested yet."""
    listed = [
        Listed(part.official_id, part.post_id, part.organ_id, part.appointment_id)
        for part in event.chain
        if part.official_id is not None
    ]
    await attest_chain(work, accident_id=event.id, accident_at=event.occurred_at, listed=listed)


ACCIDENTS = Subscription(
    name="accidents",
    source="registry",
    aggregates=("accident",),
    after="roster",  # an attestation speaks of every appointment that was on record when the chain was derived
    handlers=dict.fromkeys(ACCIDENT_EVENTS, on_chain),
)
