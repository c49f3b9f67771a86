"""From the registry's ledger through the real stream into the copy, and anew from the stream (I9)."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared.kernel import streams
from shared.kernel.app import Service
from shared.kernel.consumer import delivery_of
from shared.kernel.envelope import Delivery, Ref
from shared.kernel.streams import ConsumerSpec, Declarations, StreamSpec
from shared.kernel.testing import Running, Stack, eventually
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import projection, repository
from shared.roster.subscription import roster_subscription
from shared.roster.tests import messages
from shared.roster.tests.conftest import READER

ROSTER = roster_subscription()
DECLARED = Declarations(
    streams=(
        StreamSpec("REGISTRY", ("anze.v1.internal.registry.>",)),
        StreamSpec("ROSTER_READER", (f"anze.v1.internal.{READER}.>",)),
        StreamSpec("AGENCY", ("anze.v1.agency.>",)),
        StreamSpec("PUBLIC", ("anze.v1.public.>",)),
    ),
    consumers=(ConsumerSpec(ROSTER.durable(READER), "REGISTRY", ROSTER.filters()),),
)


@pytest.fixture
async def registry(stack: Stack, engine: AsyncEngine) -> Running:
    """A registry that writes events and keeps no state; the reader's database is made first."""
    assert engine
    await stack.provision(DECLARED)
    return await stack.start(Service("registry", "/registry", "登记", "", (), {}), DECLARED)


@pytest.fixture
async def reader(stack: Stack, registry: Running) -> Running:
    """A service with the copy."""
    assert registry
    return await stack.start(Service(READER, "/reader", "读者", "", (), {}, subscriptions=(ROSTER,)), DECLARED)


async def emit_everything(registry: Running) -> None:
    """Each fact in a transaction of its own, as the registry's handlers do."""
    for event in messages.facts():
        async with UnitOfWork(registry.app.state.sessions, service="registry", actor="tester") as work:
            await work.lock(Ref(event.AGGREGATE, event.id))
            work.emit(event, path=messages.PATH, exercise=True)
            await work.commit()


async def from_the_stream(stack: Stack) -> AsyncIterator[Delivery]:
    client = await streams.connect(stack.nats_url, name="test-rebuild")
    try:
        async for message in streams.read(client, "REGISTRY"):
            yield delivery_of(message.headers, message.data)
    finally:
        await client.close()


async def test_a_copy_rebuilt_from_the_stream_equals_the_live_one(
    stack: Stack, registry: Running, reader: Running, sessions: async_sessionmaker[AsyncSession]
) -> None:
    assert reader
    await emit_everything(registry)
    last = messages.facts()[-1]

    async def arrived() -> bool:
        async with sessions() as session:
            found = await repository.load_roster(session)
            newest = await repository.applied_version(session, last.AGGREGATE, last.id)
            return newest == 2 and len(found.portfolios) == 1

    await eventually(arrived, what="the copy")
    async with UnitOfWork(sessions, service=READER, actor="tester") as work:
        live = await projection.digest(work.session, arrivals=True)
        taken = await projection.rebuild(work, from_the_stream(stack))
        assert (taken, await projection.digest(work.session, arrivals=True)) == (len(messages.facts()), live)
