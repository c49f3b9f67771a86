"""Toy services on a fresh stack."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from nats.aio.client import Client
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from shared.kernel import databases, streams
from shared.kernel.consumer import Consumer, Subscription, delivery_of
from shared.kernel.envelope import Delivery
from shared.kernel.relay import Relay
from shared.kernel.streams import StreamSpec
from shared.kernel.testing import Running, Stack
from shared.kernel.tests import toy
from shared.kernel.unit_of_work import UnitOfWork


async def create_tables(owner_url: str, runtime: str) -> None:
    """The toys' own tables, which have no migrations."""
    engine = create_async_engine(owner_url)
    async with engine.begin() as connection:
        await connection.run_sync(toy.METADATA.create_all)
        await connection.exec_driver_sql(f"GRANT ALL ON counter, echo TO {runtime}")
    await engine.dispose()


@pytest.fixture
async def toys(stack: Stack) -> Stack:
    """Databases and streams for both toys, not running yet."""
    for name in ("toy", "echo"):
        urls = await stack.database(name)
        await create_tables(urls.owner, f"tpl_{name}_runtime")
    await stack.provision(toy.DECLARED)
    toy.FAILING.clear()
    return stack


@pytest.fixture
async def toy_service(toys: Stack) -> Running:
    """The producer at work."""
    return await toys.start(toy.TOY, toy.DECLARED)


@pytest.fixture
async def echo_service(toys: Stack) -> Running:
    """The consumer at work."""
    return await toys.start(toy.ECHO_SERVICE, toy.DECLARED)


class Bench:
    """Both toys' databases at hand, with nothing running: tests drive relay and consumer step by step."""

    def __init__(self, stack: Stack, client: Client) -> None:
        self.stack, self.client, self.declared = stack, client, toy.DECLARED
        self.engines = {name: databases.engine(stack.urls[name].runtime) for name in ("toy", "echo")}
        self.sessions = {name: databases.session_maker(engine) for name, engine in self.engines.items()}

    def work(self, service: str = "toy") -> UnitOfWork:
        """A transaction of one toy."""
        return UnitOfWork(self.sessions[service], service=service, actor="tester")

    def dsn(self, service: str) -> str:
        """The runtime role's address for asyncpg."""
        return databases.dsn(self.stack.urls[service].runtime)

    def admin_dsn(self, service: str) -> str:
        """The server administrator's address of a toy's database: what a tampering insider could do."""
        url = make_url(self.stack.admin_url).set(database=f"{self.stack.prefix}{service}")
        return databases.dsn(url.render_as_string(hide_password=False))

    def consumer(self, subscription: Subscription = toy.SUBSCRIPTION) -> Consumer:
        """The echo's consumer, not fetching."""
        stream = self.declared.stream_for(*subscription.filters())
        return Consumer("echo", subscription, self.sessions["echo"], self.dsn("echo"), self.client, stream, attempts=2)

    @property
    def own(self) -> tuple[StreamSpec, ...]:
        """The toy's internal streams."""
        return self.declared.streams_of("toy")

    def relay(self) -> Relay:
        """The toy's relay, not running."""
        return Relay("toy", self.dsn("toy"), self.client, self.declared)

    async def publish(self) -> None:
        """Publish what is pending."""
        connection = await asyncpg.connect(self.dsn("toy"))
        try:
            while await self.relay().drain(connection):
                continue
        finally:
            await connection.close()

    async def open(self, value: int = 1, identity: UUID | None = None) -> UUID:
        """Open one counter."""
        async with self.work() as work:
            view = await toy.open_counter(work, value, identity)
            await work.commit()
        return view.id

    async def raise_to(self, identity: UUID, value: int) -> None:
        """Raise one counter."""
        async with self.work() as work:
            await toy.raise_counter(work, identity, value)
            await work.commit()

    async def deliveries(self) -> list[Delivery]:
        """What the toy's stream holds, in order."""
        return [delivery_of(one.headers, one.data) async for one in streams.read(self.client, "TOY")]

    async def rows(self, service: str, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        async with self.sessions[service]() as session:
            return [tuple(row) for row in await session.execute(sa.text(query))]

    async def close(self) -> None:
        """Close the engines."""
        for engine in self.engines.values():
            await engine.dispose()
        await self.client.close()


@pytest.fixture
async def bench(toys: Stack) -> AsyncIterator[Bench]:
    """Both toys, driven by hand."""
    made = Bench(toys, await streams.connect(toys.nats_url, name="test"))
    yield made
    await made.close()
