"""The way back: every event puts its aggregate's state as it did when it was live."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.repository import states
from shared.contracts import registry
from shared.contracts.registry import AccidentState, RegionState, RegistryEvent
from shared.kernel.envelope import Delivery, Event
from shared.kernel.recovery import Adopt


async def adopt(session: AsyncSession, event: RegistryEvent, delivery: Delivery) -> None:
    """Keep the version that the event is; its place says under which regions it belongs."""
    path = event.path if isinstance(event, RegionState | AccidentState) else delivery.path
    await states.put(session, event, version=delivery.version, recorded_at=delivery.recorded_at, path=path)


#: Every published event of the registry.
ADOPT: dict[type[Event], Adopt] = {
    kind: adopt
    for kind in vars(registry).values()
    if isinstance(kind, type) and issubclass(kind, RegistryEvent) and "NAME" in vars(kind) and kind.PUBLISHED
}
