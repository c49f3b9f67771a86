"""What duties does about the registry's events: keeps the roster and what follows from it, attests accidents."""

from dataclasses import replace

from services.duties.handlers.attestations import Listed, accident_told, attest_chain
from services.duties.handlers.evaluation import follow_roster
from services.duties.handlers.voided import outdate_attestations, void_attestations
from shared.contracts.registry import ACCIDENT_EVENTS, AccidentState, RegistryEvent
from shared.kernel import clock
from shared.kernel.consumer import Subscription
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.projection import keep
from shared.roster.subscription import roster_subscription


async def on_roster(work: UnitOfWork, event: RegistryEvent, delivery: Delivery) -> None:
    """The copy takes the event, and what follows from it is evaluated."""
    await keep(work, event, delivery)
    await follow_roster(work, event, clock.today())


async def on_chain(work: UnitOfWork, event: AccidentState, _delivery: Delivery) -> None:
    """Attest every official whom the chain lists and who is not attested yet; an annulled accident voids them all.

    One whose time, place or industry was corrected leaves those that stand outdated, until somebody renews them.
    """
    if event.annulled:
        await void_attestations(work, event.id)
        return
    told = accident_told(event)
    await outdate_attestations(work, event.id, told)
    listed = [
        Listed(part.official_id, part.post_id, part.organ_id, part.appointment_id)
        for part in event.chain
        if part.official_id is not None
    ]
    await attest_chain(work, accident_id=event.id, accident=told, listed=listed)


ACCIDENTS = Subscription(
    name="accidents",
    source="registry",
    aggregates=("accident",),
    after="roster",  # an attestation speaks of every appointment that was on record when the chain was derived
    handlers=dict.fromkeys(ACCIDENT_EVENTS, on_chain),
)

_COPY = roster_subscription()
ROSTER = replace(_COPY, copies=dict.fromkeys(_COPY.copies, on_roster))
