"""The rights in deploy/nats, enforced by a real nats-server: own subjects, own durables, nothing else."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import api

from services.appraisal.subscribers import MEASURES
from services.registry.subscribers import VETOES
from shared.contracts.discipline import VetoImposed
from shared.contracts.topology import DECLARATIONS, SERVICES
from shared.embedded.nats import NatsServer, nats_program
from shared.kernel import databases, reconciler, streams
from shared.kernel.consumer import Consumer, Subscription
from shared.kernel.envelope import Ref
from shared.kernel.relay import Message, Relay, publish
from shared.kernel.testing import Stack
from shared.kernel.unit_of_work import UnitOfWork
from tools.nats_config import AGENCIES, PROVISIONER, TARGET, configuration, publishes, rights

BODY = b"{}"


def password(user: str) -> str:
    """A password for tests, as configuration text."""
    return json.dumps(f"pw-{user}")


@contextmanager
def provisioned(home: Path) -> Iterator[NatsServer]:
    """A server with the rights and every declared stream and consumer, created by the provisioner."""
    one = NatsServer(home, extra=rights(password=password))
    one.start()
    try:
        asyncio.run(streams.provision(address(one, PROVISIONER), DECLARATIONS))
        yield one
    finally:
        one.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The server that most of these tests share."""
    with provisioned(tmp_path_factory.mktemp("nats")) as one:
        yield one


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[NatsServer]:
    """A server whose streams hold nothing yet."""
    with provisioned(tmp_path) as one:
        yield one


def address(server: NatsServer, user: str) -> str:
    return server.url.replace("nats://", f"nats://{user}:pw-{user}@")


@dataclass
class Session:
    """A user's connection, with what the server refused it."""

    client: Client
    said: asyncio.Queue[str]

    async def is_refused(self, what: str, attempt: Awaitable[object]) -> bool:
        """Whether the server answers an attempt with a permissions violation that names the subject."""
        await attempt
        await self.client.flush()
        try:
            while True:
                said = await asyncio.wait_for(self.said.get(), 5)
                if "permissions violation" in said and what.lower() in said:
                    return True
        except TimeoutError:
            return False

    async def cannot_publish(self, subject: str, body: bytes = BODY) -> bool:
        """Whether publishing to a subject is refused."""
        return await self.is_refused(subject, self.client.publish(subject, body))


@asynccontextmanager
async def connected(server: NatsServer, user: str) -> AsyncIterator[Session]:
    """A connection of a user."""
    said: asyncio.Queue[str] = asyncio.Queue()

    async def note(error: Exception) -> None:
        await said.put(str(error).lower())

    client = await nats.connect(address(server, user), error_cb=note, inbox_prefix=f"_INBOX_{user}".encode())
    try:
        yield Session(client, said)
    finally:
        await client.close()


def subject(service: str, *, aggregate: str = "thing", city: str = "139900", audience: str = "internal") -> str:
    return f"anze.v1.{audience}.{service}.{aggregate}.changed.130000.{city}._._"


def test_the_committed_configuration_is_the_generated_one() -> None:
    assert TARGET.read_text(encoding="utf-8") == configuration()


def test_the_real_server_accepts_the_configuration() -> None:
    users = [*SERVICES, PROVISIONER, *(agency.name for agency in AGENCIES)]
    passwords = {f"ANZE_NATS_{user.upper()}_PASSWORD": "p1" for user in users}
    told = subprocess.run(  # noqa: S603  the wheel's own program on our own file
        [nats_program(), "-t", "-c", TARGET],
        env={"PATH": os.environ["PATH"]} | passwords,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "is valid" in told.stderr


async def test_a_stranger_and_a_wrong_password_are_turned_away(server: NatsServer) -> None:
    for url in (server.url, server.url.replace("nats://", "nats://registry:wrong@")):
        with pytest.raises(NatsError):
            await nats.connect(url, max_reconnect_attempts=0, allow_reconnect=False)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_publishes_its_own_subjects_and_nobody_elses(server: NatsServer, service: str) -> None:
    async with connected(server, service) as session:
        for stream in DECLARATIONS.streams_of(service):
            aggregate = stream.subjects[0].split(".")[4].replace(">", "thing")
            acknowledged = await session.client.jetstream().publish(subject(service, aggregate=aggregate), BODY)
            assert acknowledged.stream == stream.name
        for other in SERVICES:
            if other == service:
                continue
            for audience in ("internal", "agency", "public"):
                wrong = subject(other, audience=audience)
                assert await session.cannot_publish(wrong)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_its_own_durables_and_nobody_elses(server: NatsServer, service: str) -> None:
    async with connected(server, service) as session:
        for consumer in DECLARATIONS.consumers:
            if consumer.durable.startswith(f"{service}-"):
                told = await session.client.jetstream().consumer_info(consumer.stream, consumer.durable)
                assert told.name == consumer.durable
                continue
            for verb in ("INFO", "MSG.NEXT"):
                wrong = f"$JS.API.CONSUMER.{verb}.{consumer.stream}.{consumer.durable}"
                assert await session.cannot_publish(wrong, b"1")
            acked = f"$JS.ACK.{consumer.stream}.{consumer.durable}.1.1.1.1.0"
            assert await session.cannot_publish(acked, b"+ACK")


async def test_duties_fetches_and_acknowledges_what_the_registry_published(server: NatsServer) -> None:
    async with connected(server, "registry") as registry:
        await registry.client.jetstream().publish(subject("registry", aggregate="accident"), b'{"n": 1}')
    async with connected(server, "duties") as duties:
        js = duties.client.jetstream()
        pull = await js.pull_subscribe_bind(consumer="duties-accidents", stream="REGISTRY")
        messages = await pull.fetch(1, timeout=10)
        assert messages[0].data == b'{"n": 1}'
        await messages[0].ack_sync(timeout=10)
        told = await js.consumer_info("REGISTRY", "duties-accidents")
        assert (told.num_ack_pending, told.num_pending) == (0, 0)
        assert duties.said.empty()


@pytest.mark.parametrize("service", SERVICES)
async def test_no_service_creates_changes_or_deletes_streams_or_consumers(server: NatsServer, service: str) -> None:
    async with connected(server, service) as session:
        assert await session.cannot_publish("$JS.API.STREAM.CREATE.MINE")
        for stream in DECLARATIONS.streams_of(service):
            for wrong in (
                f"$JS.API.CONSUMER.CREATE.{stream.name}.mine",
                f"$JS.API.CONSUMER.DURABLE.CREATE.{stream.name}.mine",
                f"$JS.API.CONSUMER.DELETE.{stream.name}.mine",
                f"$JS.API.STREAM.UPDATE.{stream.name}",
                f"$JS.API.STREAM.DELETE.{stream.name}",
                f"$JS.API.STREAM.PURGE.{stream.name}",
                f"$JS.API.STREAM.MSG.DELETE.{stream.name}",
            ):
                assert await session.cannot_publish(wrong)


async def test_nobody_but_discipline_reads_the_stream_of_cases_directly(server: NatsServer) -> None:
    request = json.dumps({"seq": 1}).encode()
    async with connected(server, "discipline") as session:
        await session.client.jetstream().publish(subject("discipline", aggregate="case"), BODY)
        await session.client.jetstream().get_msg("DISCIPLINE", seq=1, direct=True)
        assert session.said.empty()
    for service in set(SERVICES) - {"discipline"}:
        async with connected(server, service) as session:
            for wrong in (
                "$JS.API.DIRECT.GET.DISCIPLINE",
                f"$JS.API.DIRECT.GET.DISCIPLINE.{subject('discipline', aggregate='case')}",
                "$JS.API.STREAM.MSG.GET.DISCIPLINE",
            ):
                assert await session.cannot_publish(wrong, request)


async def record_vetoes(stack: Stack, server: NatsServer) -> None:
    """Two vetoes in discipline's ledger, published by its relay under its own rights."""
    urls = await stack.database("discipline")
    engine = databases.engine(urls.runtime)
    for _ in range(2):
        async with UnitOfWork(databases.session_maker(engine), service="discipline", actor="tester") as work:
            event = VetoImposed(
                id=uuid4(),
                official_id=uuid4(),
                kind="veto",
                bars=("promotion",),
                from_day=date(2026, 12, 25),
                through_day=date(2027, 12, 24),
                accident_id=None,
                case_id=uuid4(),
                measure="demerit",
                measure_name_zh="记过",
                basis=(),
                path=("130000",),
                exercise=True,
            )
            await work.lock(Ref("veto", event.id))
            work.emit(event, path=event.path, exercise=True)
            await work.commit()
    await engine.dispose()
    client = await streams.connect(address(server, "discipline"), name="anze-discipline", inbox="_INBOX_discipline")
    connection = await asyncpg.connect(databases.dsn(urls.runtime))
    try:
        assert await Relay("discipline", "", client, DECLARATIONS).drain(connection) == 2
    finally:
        await connection.close()
        await client.close()


@pytest.mark.parametrize(("reader", "vetoes"), [("registry", VETOES), ("appraisal", MEASURES)])
async def test_the_readers_of_vetoes_reconcile_and_rebuild_them_with_their_own_rights(
    fresh: NatsServer, stack: Stack, reader: str, vetoes: Subscription
) -> None:
    await record_vetoes(stack, fresh)
    urls = await stack.database(reader)
    engine, dsn = databases.engine(urls.runtime), databases.dsn(urls.runtime)
    client = await streams.connect(address(fresh, reader), name=f"anze-{reader}", inbox=f"_INBOX_{reader}")
    connection = await asyncpg.connect(dsn)
    stream = DECLARATIONS.stream_for(*vetoes.filters())
    consumer = Consumer(reader, vetoes, databases.session_maker(engine), dsn, client, stream)
    try:
        pull = await client.jetstream().pull_subscribe_bind(consumer=consumer.name, stream=stream)
        (message,) = await pull.fetch(1, timeout=10)
        await message.ack_sync(timeout=10)  # acknowledged and never applied
        assert await reconciler.republish_lost(reader, DECLARATIONS, connection, client) == 0
        found = await reconciler.repair(consumer, connection)
        assert (found.lost, found.pending, found.applied) == (1, 1, 0)
        assert await reconciler.rebuild(consumer) == 2
        after, _ = await reconciler.account(consumer, connection)
        assert (after.lost, after.pending, after.applied) == (0, 0, 2)
    finally:
        await connection.close()
        await client.close()
        await engine.dispose()


def test_whoever_reads_a_durable_may_read_its_whole_stream_and_so_reconcile_it() -> None:
    for service in SERVICES:
        allowed = publishes(service, DECLARATIONS)
        for consumer in DECLARATIONS.of(service).consumers:
            assert f"$JS.API.DIRECT.GET.{consumer.stream}" in allowed, consumer.durable


async def test_a_service_hears_only_its_own_inbox(server: NatsServer) -> None:
    async with connected(server, "appraisal") as session:
        for wrong in ("anze.v1.internal.>", "_INBOX_discipline.>", "_INBOX.>", ">", "$JS.API.>"):
            assert await session.is_refused(wrong, session.client.subscribe(wrong))


async def test_the_provisioner_neither_publishes_events_nor_reads_them(server: NatsServer) -> None:
    async with connected(server, PROVISIONER) as session:
        for wrong in (
            subject("registry"),
            "$JS.API.CONSUMER.MSG.NEXT.REGISTRY.duties-roster",
            "$JS.API.DIRECT.GET.REGISTRY",
            "$JS.API.STREAM.DELETE.REGISTRY",
        ):
            assert await session.cannot_publish(wrong)


async def test_provisioning_again_changes_nothing(server: NatsServer) -> None:
    await streams.provision(address(server, PROVISIONER), DECLARATIONS)
    async with connected(server, "duties") as session:
        assert await streams.drift(session.client.jetstream(), DECLARATIONS.of("duties")) == []
        assert session.said.empty()


async def test_the_kernels_relay_and_reader_need_no_more_than_these_rights(server: NatsServer) -> None:
    client = await streams.connect(address(server, "duties"), name="anze-duties", inbox="_INBOX_duties")
    try:
        numbered = [Message(subject("duties"), str(n).encode(), {"ce-source": "anze/duties"}) for n in range(3)]
        sent = asyncio.Event()
        await publish(client, numbered, sent)
        assert sent.is_set()
        read = [message.data async for message in streams.read(client, "DUTIES")]
        assert read[-3:] == [b"0", b"1", b"2"]
        newest = await streams.last(client.jetstream(), "DUTIES")
        assert newest is not None
        assert newest.data == b"2"
    finally:
        await client.close()


async def test_an_agency_hears_its_region_only_and_says_nothing(server: NatsServer) -> None:
    agency = AGENCIES[0]
    async with (
        connected(server, "registry") as registry,
        connected(server, agency.name) as session,
    ):
        heard: asyncio.Queue[str] = asyncio.Queue()

        async def hear(message: Any) -> None:
            await heard.put(message.subject)

        await session.client.subscribe(agency.subject, cb=hear)
        await session.client.flush()
        js = registry.client.jetstream()
        await js.publish(subject("registry", audience="internal"), BODY)
        await js.publish(subject("registry", audience="agency", city="130100"), BODY)
        await js.publish(subject("registry", audience="agency"), BODY)
        assert await asyncio.wait_for(heard.get(), 10) == subject("registry", audience="agency")
        assert heard.empty()
        own = subject("registry", audience="agency")
        assert await session.cannot_publish(own)
        assert await session.is_refused("anze.v1.agency.>", session.client.subscribe("anze.v1.agency.>"))


def test_rights_name_only_durables_of_the_service_itself() -> None:
    for service in SERVICES:
        durables = {one.durable for one in DECLARATIONS.of(service).consumers}
        named = {part.split(".")[-1] for part in publishes(service, DECLARATIONS) if ".MSG.NEXT." in part}
        assert named == durables


def test_every_consumer_pulls_and_acknowledges_explicitly() -> None:
    for consumer in DECLARATIONS.consumers:
        assert consumer.config().ack_policy == api.AckPolicy.EXPLICIT
        assert consumer.config().deliver_subject is None
