"""The rights in deploy/nats, enforced by a real nats-server: own subjects, own durables, nothing else."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import api

from shared.contracts.topology import DECLARATIONS, SERVICES
from shared.embedded.nats import NatsServer, nats_program
from shared.kernel import streams
from shared.kernel.relay import Message, publish
from tools.nats_config import AGENCIES, PROVISIONER, TARGET, configuration, publishes, rights

BODY = b"{}"


def password(user: str) -> str:
    """A password for tests, as configuration text."""
    return json.dumps(f"pw-{user}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server with the rights and every declared stream and consumer, created by the provisioner."""
    one = NatsServer(Path(tmp_path_factory.mktemp("nats")), extra=rights(password=password))
    one.start()
    try:
        asyncio.run(streams.provision(address(one, PROVISIONER), DECLARATIONS))
        yield one
    finally:
        one.stop()


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
        acknowledged = await session.client.jetstream().publish(subject(service), BODY)
        assert acknowledged.stream == streams.stream_of(service)
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
    stream = streams.stream_of(service)
    async with connected(server, service) as session:
        for wrong in (
            f"$JS.API.CONSUMER.CREATE.{stream}.mine",
            f"$JS.API.CONSUMER.DURABLE.CREATE.{stream}.mine",
            f"$JS.API.CONSUMER.DELETE.{stream}.mine",
            "$JS.API.STREAM.CREATE.MINE",
            f"$JS.API.STREAM.UPDATE.{stream}",
            f"$JS.API.STREAM.DELETE.{stream}",
            f"$JS.API.STREAM.PURGE.{stream}",
            f"$JS.API.STREAM.MSG.DELETE.{stream}",
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
            for verb in ("DIRECT.GET", "STREAM.MSG.GET"):
                wrong = f"$JS.API.{verb}.DISCIPLINE"
                assert await session.cannot_publish(wrong, request)


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
        await publish(client, numbered)
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
