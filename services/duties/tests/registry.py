"""Says what the registry would say: envelopes with versions, applied by the service's own consumers."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import uuid4

from nats.aio.client import Client

from services.duties.main import service
from shared.contracts.registry import RegistryEvent
from shared.contracts.topology import ROSTER
from shared.kernel import envelope
from shared.kernel.consumer import Consumer
from shared.kernel.envelope import Delivery, Entry, Event, Ref
from shared.kernel.testing import Running


def delivery(event: Event, version: int, recorded_at: datetime, path: Sequence[str] = ("130000",)) -> Delivery:
    """The event as a consumer sees it."""
    entry = Entry(
        id=uuid4(),
        transaction=uuid4(),
        caused_by=None,
        aggregate_type=event.AGGREGATE,
        aggregate_id=event.id,
        version=version,
        type=event.type(),
        place=envelope.place(tuple(path)),
        data=event.model_dump(mode="json"),
        agency_data=None,
        public_data=None,
        actor="registrar",
        on_behalf_of=None,
        reason=None,
        basis=[],
        exercise=True,
        occurred_at=recorded_at,
        recorded_at=recorded_at,
        traceparent=None,
    )
    return Delivery.of(envelope.headers(entry, "registry", envelope.INTERNAL, 1, "none"), entry.data)


class Registry:
    """Delivers events to both durables of a running duties, next version each time."""

    def __init__(self, running: Running) -> None:
        runtime = running.app.state.runtime
        self.consumers = {
            one.name: Consumer("duties", one, runtime.sessions, runtime.dsn, cast("Client", None))
            for one in service().subscriptions
        }
        self._versions: dict[Ref, int] = {}

    def consumer(self, aggregate: str) -> Consumer:
        """The durable that takes an aggregate type."""
        return self.consumers["roster" if aggregate in ROSTER else "accidents"]

    def envelope(self, event: RegistryEvent, recorded_at: datetime) -> Delivery:
        """The next version of its aggregate, in an envelope."""
        ref = Ref(event.AGGREGATE, event.id)
        self._versions[ref] = self._versions.get(ref, 0) + 1
        return delivery(event, self._versions[ref], recorded_at)

    async def deliver(self, *deliveries: Delivery) -> None:
        """Apply deliveries, each by its durable, in the order given."""
        for one in deliveries:
            await self.consumer(one.ref.type).apply([one])

    async def say(self, *events: RegistryEvent, at: datetime) -> None:
        """Something happened in the registry."""
        together = [self.envelope(event, at) for event in events]
        for name in dict.fromkeys(self.consumer(one.ref.type).subscription.name for one in together):
            await self.consumers[name].apply(
                [one for one in together if self.consumer(one.ref.type).subscription.name == name]
            )
