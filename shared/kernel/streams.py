"""The backbone's declared shape, created by one idempotent command and checked for drift.

Only the declared fields are compared, because servers add metadata of their own. Reading a stream (for reconciling,
recovering and rebuilding) goes through Direct Get in batches: it needs no consumer, so no service may create one.
"""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from shared.kernel.envelope import AGENCY, INTERNAL, PUBLIC

LEAST_SERVER = (2, 12)  # older ones ignore filter_subjects and atomic batches silently


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A stream: its subjects, and whether it ever forgets (`max_age_days` 0 = never)."""

    name: str
    subjects: tuple[str, ...]
    max_age_days: int = 0

    def config(self) -> api.StreamConfig:
        """As the server wants it."""
        return api.StreamConfig(
            name=self.name,
            subjects=list(self.subjects),
            retention=api.RetentionPolicy.LIMITS,
            storage=api.StorageType.FILE,
            discard=api.DiscardPolicy.NEW,
            max_age=self.max_age_days * 86_400.0,
            duplicate_window=120.0 if self.max_age_days == 0 else min(120.0, self.max_age_days * 86_400.0),
            num_replicas=1,
            deny_delete=True,
            deny_purge=True,
            allow_direct=True,
            allow_atomic=True,
        )


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """A durable pull consumer over whole aggregate types of one stream."""

    durable: str
    stream: str
    filter_subjects: tuple[str, ...]
    ack_wait_seconds: int = 60
    max_ack_pending: int = 5_000

    def config(self) -> api.ConsumerConfig:
        """As the server wants it."""
        return api.ConsumerConfig(
            durable_name=self.durable,
            filter_subjects=list(self.filter_subjects),
            deliver_policy=api.DeliverPolicy.ALL,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=float(self.ack_wait_seconds),
            max_deliver=-1,
            max_ack_pending=self.max_ack_pending,
        )


@dataclass(frozen=True, slots=True)
class Declarations:
    """Everything the backbone consists of.

    A producer may have several streams, because the broker grants direct reading by the stream. Each holds whole
    aggregate types, so that an aggregate's versions keep their order. `roots`: the regions that contain all others.

    Raises:
        LookupError: a durable takes what its stream does not carry.
    """

    streams: tuple[StreamSpec, ...]
    consumers: tuple[ConsumerSpec, ...]
    roots: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a durable that could never see all of its events."""
        for one in self.consumers:
            if self.stream_for(*one.filter_subjects) != one.stream:
                raise LookupError(f"{one.durable} takes what {one.stream} does not carry")

    def stream_for(self, *subjects: str) -> str:
        """The name of the stream that carries all of these subjects.

        Raises:
            LookupError: none does, or they lie in several.
        """
        for one in self.streams:
            if all(matches(one.subjects, subject) for subject in subjects):
                return one.name
        raise LookupError(f"no one stream carries {', '.join(subjects)}")

    def streams_of(self, service: str, audience: str = INTERNAL) -> tuple[StreamSpec, ...]:
        """Where a service's messages to one audience lie; its internal streams are its own."""
        prefix = f"anze.v1.{audience}." + (f"{service}." if audience == INTERNAL else "")
        return tuple(one for one in self.streams if one.subjects[0].startswith(prefix))

    def of(self, service: str) -> "Declarations":
        """What one service needs in order to be ready: the streams it writes and reads, its own durables."""
        consumers = tuple(one for one in self.consumers if one.durable.startswith(f"{service}-"))
        named = {one.name for audience in (INTERNAL, AGENCY, PUBLIC) for one in self.streams_of(service, audience)}
        named |= {one.stream for one in consumers}
        return Declarations(tuple(one for one in self.streams if one.name in named), consumers, self.roots)


async def connect(url: str, *, name: str, inbox: str = "_INBOX") -> Client:
    """A connection that never gives up reconnecting.

    Raises:
        RuntimeError: the server is older than what we rely on.
    """
    client = await nats.connect(
        url,
        name=name,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        ping_interval=10,
        inbox_prefix=inbox,
        error_cb=_ignore,
    )
    version = client.connected_server_version
    if (version.major, version.minor) < LEAST_SERVER:
        await client.close()
        raise RuntimeError(f"nats-server {version} is older than {LEAST_SERVER}")
    return client


async def _ignore(_error: Exception) -> None:
    """Connection errors surface at the call that needed the connection; the client's own printing is noise."""


def _differences(what: str, declared: api.Base, actual: api.Base) -> list[str]:
    have = asdict(actual)
    return [
        f"{what}: {name} is {have.get(name)!r}, declared {value!r}"
        for name, value in asdict(declared).items()
        if value is not None and have.get(name) != value
    ]


async def provision(url: str, declared: Declarations) -> None:
    """Create or update every stream and consumer; repeating it changes nothing."""
    client = await connect(url, name="anze-provision")
    try:
        js = client.jetstream()
        for stream in declared.streams:
            try:
                await js.stream_info(stream.name)
                await js.update_stream(stream.config())
            except NotFoundError:
                await js.add_stream(stream.config())
        for consumer in declared.consumers:
            await js.add_consumer(consumer.stream, consumer.config())
    finally:
        await client.close()


async def drift(js: JetStreamContext, declared: Declarations) -> list[str]:
    """How the server differs from what is declared; empty when it does not."""
    found: list[str] = []
    for stream in declared.streams:
        try:
            found += _differences(stream.name, stream.config(), (await js.stream_info(stream.name)).config)
        except NotFoundError:
            found.append(f"{stream.name}: missing stream")
    for consumer in declared.consumers:
        try:
            actual = (await js.consumer_info(consumer.stream, consumer.durable)).config
            found += _differences(consumer.durable, consumer.config(), actual)
        except NotFoundError:
            found.append(f"{consumer.durable}: missing consumer")
    return found


async def last(js: JetStreamContext, stream: str) -> api.RawStreamMsg | None:
    """The newest message of a stream, or `None` when it is empty or missing."""
    try:
        state = (await js.stream_info(stream)).state
        return await js.get_msg(stream, seq=state.last_seq, direct=True) if state.messages else None
    except NotFoundError:
        return None


async def read(client: Client, stream: str, *, after: int = 0, batch: int = 500) -> AsyncIterator[Msg]:
    """Every message of a stream after sequence `after`, in order, a batch at a time.

    Raises:
        TimeoutError: the server stopped answering.
    """
    while True:
        inbox = client.new_inbox()
        subscription = await client.subscribe(inbox)
        request: dict[str, Any] = {"seq": after + 1, "batch": batch, "next_by_subj": ">"}
        await client.publish(f"$JS.API.DIRECT.GET.{stream}", json.dumps(request).encode(), reply=inbox)
        got = 0
        try:
            while True:
                message = await subscription.next_msg(timeout=10)
                status = (message.headers or {}).get("Status")
                if status is not None:
                    break
                got += 1
                after = int((message.headers or {})["Nats-Sequence"])
                yield message
        finally:
            await subscription.unsubscribe()
        if got == 0:
            return


async def read_all(client: Client, specs: Iterable[StreamSpec]) -> AsyncIterator[Msg]:
    """Every message of several streams, one stream after the other."""
    for one in specs:
        async for message in read(client, one.name):
            yield message


def matches(filters: Iterable[str], subject: str) -> bool:
    """Whether a subject falls under one of a consumer's filters (`*` one token, a final `>` the rest)."""

    def fits(pattern: list[str], tokens: list[str]) -> bool:
        for index, part in enumerate(pattern):
            if part == ">":
                return len(tokens) > index
            if index >= len(tokens) or part not in {"*", tokens[index]}:
                return False
        return len(pattern) == len(tokens)

    return any(fits(one.split("."), subject.split(".")) for one in filters)
