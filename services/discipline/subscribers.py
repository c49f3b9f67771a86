"""What discipline takes from others: the roster, accidents with their chains, findings and attestations."""

from services.discipline.handlers import reactions
from services.discipline.handlers.annulled import note_annulled
from shared.contracts.duties import (
    AttestationIssued,
    AttestationOutdated,
    AttestationRenewed,
    AttestationVoided,
    NonPerformanceAppealDecided,
    NonPerformanceAppealed,
    NonPerformanceFound,
    NonPerformanceState,
)
from shared.contracts.registry import ACCIDENT_EVENTS, AccidentState
from shared.kernel.consumer import Subscription
from shared.kernel.envelope import Delivery
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster.subscription import roster_subscription


async def on_accident(work: UnitOfWork, event: AccidentState, delivery: Delivery) -> None:
    """A chain, whatever changed it: leads for what is new in it (Art. 21); an annulled accident founds none."""
    if event.annulled:
        await note_annulled(work, event.id)
        return
    await reactions.propose_leads(work, event, delivery)


async def on_finding(work: UnitOfWork, event: NonPerformanceState, _delivery: Delivery) -> None:
    """A competent organ found something about an official (Art. 21, 26)."""
    await reactions.propose_lead(work, event)


FOUND = (NonPerformanceFound, NonPerformanceAppealed, NonPerformanceAppealDecided)
ATTESTED = (AttestationIssued, AttestationRenewed, AttestationVoided, AttestationOutdated)
ACCIDENTS = Subscription(
    name="accidents",
    source="registry",
    aggregates=("accident",),
    copies=dict.fromkeys(ACCIDENT_EVENTS, reactions.keep_file),
    handlers=dict.fromkeys(ACCIDENT_EVENTS, on_accident),
)
FINDINGS = Subscription(
    name="findings",
    source="duties",
    aggregates=("nonperformance", "attestation"),
    copies=dict.fromkeys((*FOUND, *ATTESTED), reactions.keep_file),
    handlers=dict.fromkeys(FOUND, on_finding),
)
ROSTER = roster_subscription()
SUBSCRIPTIONS = (ROSTER, ACCIDENTS, FINDINGS)
