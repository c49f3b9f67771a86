"""Redelivery, disorder, poison: every event ends exactly once, in order, and a poison one blocks only its aggregate."""

import json
import random
from dataclasses import replace
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kernel import dead_letters, streams
from shared.kernel.consumer import passing
from shared.kernel.problems import Conflict, Unavailable
from shared.kernel.streams import ConsumerSpec, Declarations
from shared.kernel.testing import Running, Stack, eventually
from shared.kernel.tests import toy
from shared.kernel.tests.conftest import Bench

LETTERS = "SELECT state, version FROM dead_letter ORDER BY version"


async def test_every_event_twice_and_out_of_order_is_applied_once_and_in_order(bench: Bench) -> None:
    identity = await bench.open(0)
    for value in range(1, 8):
        await bench.raise_to(identity, value)
    await bench.publish()
    deliveries = await bench.deliveries() * 2
    random.Random(7).shuffle(deliveries)  # noqa: S311 - a repeatable disorder
    consumer = bench.consumer()
    for start in range(0, len(deliveries), 3):
        await consumer.apply(deliveries[start : start + 3])
    assert await bench.rows("echo", "SELECT seen, times FROM echo") == [(7, 8)]
    values = await bench.rows("echo", "SELECT data->>'value' FROM ledger ORDER BY seq")
    assert [int(value) for (value,) in values] == list(range(8))
    assert await bench.rows("echo", LETTERS) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(list(range(12))), size=st.integers(1, 6))
async def test_any_order_in_any_batches_ends_in_the_same_state(bench: Bench, order: list[int], size: int) -> None:
    async with bench.sessions["echo"]() as session, session.begin():
        for table in ("echo", "position", "dead_letter"):
            await session.execute(sa.text(f"DELETE FROM {table}"))
    if len(await bench.deliveries()) < 12:
        for _ in range(3):
            identity = await bench.open(0)
            for value in range(1, 4):
                await bench.raise_to(identity, value)
        await bench.publish()
    deliveries = (await bench.deliveries())[:12]
    consumer = bench.consumer(toy.MIRROR)
    for start in range(0, 12, size):
        await consumer.apply([deliveries[index] for index in order[start : start + size]])
    assert await bench.rows("echo", "SELECT seen FROM echo") == [(3,)] * 3
    assert await bench.rows("echo", "SELECT applied_version FROM position") == [(4,)] * 3


class _Message:
    """One delivered message whose fate is noted."""

    def __init__(self, delivery: object, headers: dict[str, str], data: bytes) -> None:
        self.delivery, self.headers, self.data, self.fate = delivery, headers, data, ""

    async def ack(self) -> None:
        self.fate = "ack"

    async def nak(self, delay: float) -> None:
        assert delay > 0, "nak needs an explicit delay"
        self.fate = "nak"


async def poison(bench: Bench) -> list[_Message]:
    """One healthy counter, and one whose second event the handler cannot take."""
    toy.FAILING.add(66)
    sick, healthy = await bench.open(1), await bench.open(1)
    for value in (66, 3, 4):
        await bench.raise_to(sick, value)
    await bench.raise_to(healthy, 2)
    await bench.publish()
    return [_Message(one, one.headers, json.dumps(one.body).encode()) for one in await bench.deliveries()]


async def test_a_poison_event_blocks_its_aggregate_and_nothing_else(bench: Bench) -> None:
    messages, consumer = await poison(bench), bench.consumer()
    await consumer.handle(messages)  # type: ignore[arg-type]
    assert [one.fate for one in messages] == ["ack", "ack", "nak", "ack", "ack", "ack"]
    assert await bench.rows("echo", LETTERS) == [("failing", 2), ("waiting", 3), ("waiting", 4)]
    await consumer.handle([messages[2]])  # type: ignore[list-item]
    assert messages[2].fate == "ack"
    assert await bench.rows("echo", LETTERS) == [("dead", 2), ("waiting", 3), ("waiting", 4)]
    assert sorted(await bench.rows("echo", "SELECT seen FROM echo")) == [(1,), (2,)]
    error = (await bench.rows("echo", "SELECT error FROM dead_letter WHERE state = 'dead'"))[0][0]
    assert "990000199001010011" not in error


async def test_replay_after_the_fix_applies_everything_in_order(bench: Bench) -> None:
    messages, consumer = await poison(bench), bench.consumer()
    for batch in (messages, [messages[2]]):
        await consumer.handle(batch)  # type: ignore[arg-type]
    letter = await _dead(bench)
    with pytest.raises(ValueError, match="poison"):
        await dead_letters.settle([consumer], letter, discard=False)
    assert (await bench.rows("echo", LETTERS))[0] == ("dead", 2)
    toy.FAILING.clear()
    assert await dead_letters.settle([consumer], letter, discard=False) == 4
    assert await bench.rows("echo", LETTERS) == []
    assert sorted(await bench.rows("echo", "SELECT seen, times FROM echo")) == [(2, 2), (4, 4)]
    assert await bench.rows("echo", "SELECT count(*) FROM position WHERE blocked") == [(0,)]


async def test_discard_goes_on_without_the_event_and_remembers_that(bench: Bench) -> None:
    messages, consumer = await poison(bench), bench.consumer()
    for batch in (messages, [messages[2]]):
        await consumer.handle(batch)  # type: ignore[arg-type]
    assert await dead_letters.settle([consumer], await _dead(bench), discard=True) == 4
    assert await bench.rows("echo", LETTERS) == [("discarded", 2)]
    assert sorted(await bench.rows("echo", "SELECT seen, times FROM echo")) == [(2, 2), (4, 3)]
    letter = (await bench.rows("echo", "SELECT id FROM dead_letter"))[0][0]
    with pytest.raises(Conflict):
        await dead_letters.settle([consumer], letter, discard=True)


async def _dead(bench: Bench):  # type: ignore[no-untyped-def] # noqa: ANN202 - a UUID
    return (await bench.rows("echo", "SELECT id FROM dead_letter WHERE state = 'dead'"))[0][0]


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (ValueError("x"), True),
        (sa.exc.IntegrityError("x", {}, Exception()), True),
        (TimeoutError(), False),
        (ConnectionResetError(), False),
        (Unavailable("halted", "停", "stop"), False),
        (sa.exc.DBAPIError("x", {}, Exception(), connection_invalidated=True), False),
    ],
)
def test_only_exceptions_of_the_handler_count(error: Exception, counts: bool) -> None:
    assert passing(error) is not counts


async def test_dead_letters_are_listed_and_replayed_over_http(bench: Bench, toys: Stack, toy_service: Running) -> None:
    toy.FAILING.add(66)
    echo = await toys.start(toy.ECHO_SERVICE, toy.DECLARED, ANZE_HANDLER_ATTEMPTS="1")
    headers = toy_service.acting("writer")
    made = await toy_service.http.post("/v1/counters", json={"value": 66}, headers=headers)
    assert made.status_code == 201

    async def dead() -> list[dict[str, object]]:
        answer = await echo.http.get("/v1/dead-letters?state=dead", headers=echo.acting("auditor"))
        return list(answer.json())

    letter = (await eventually(dead))[0]
    path = f"/v1/dead-letters/{letter['id']}/replay"
    assert (await echo.http.post(path, headers=echo.acting("auditor"))).status_code == 403
    toy.FAILING.clear()
    answer = await echo.http.post(path, headers=echo.acting("administrator"))
    assert (answer.status_code, answer.json()) == (200, {"applied_version": 1})
    assert await bench.rows("echo", "SELECT seen FROM echo") == [(66,)]


async def test_what_follows_another_subscription_waits_until_that_one_has_what_stands_before(toys: Stack) -> None:
    front = ConsumerSpec("echo-mirror", "TOY", ("anze.v1.internal.toy.counter.>",))
    both = Declarations(toy.DECLARED.streams, (*toy.DECLARED.consumers, front))
    await toys.provision(both)
    bench = Bench(toys, await streams.connect(toys.nats_url, name="test"))
    try:
        await bench.open(7)
        await bench.publish()
        js = bench.client.jetstream()
        pulls = {name: await js.pull_subscribe_bind(f"echo-{name}", "TOY") for name in ("mirror", "counters")}
        behind = bench.consumer(replace(toy.SUBSCRIPTION, after="mirror"))
        behind.stream, behind.retry_seconds = "TOY", 0.05
        await behind._pass_on(await pulls["counters"].fetch(1))
        assert await bench.rows("echo", "SELECT count(*) FROM ledger") == [(0,)]
        mirror = bench.consumer(toy.MIRROR)
        mirror.stream = "TOY"
        await mirror._pass_on(await pulls["mirror"].fetch(1))

        async def passed() -> bool:
            await behind._pass_on(await pulls["counters"].fetch(1))
            return await bench.rows("echo", "SELECT count(*) FROM ledger") == [(1,)]

        await eventually(passed)
    finally:
        await bench.close()


async def test_two_processes_with_one_durable_have_one_active_fetcher(toys: Stack, echo_service: Running) -> None:
    first = echo_service.app.state.runtime

    async def active() -> bool:
        return any(one.active for one in first.consumers)

    await eventually(active)
    second = (await toys.start(toy.ECHO_SERVICE, toy.DECLARED)).app.state.runtime

    async def tried() -> bool:
        return bool(second.consumers)

    await eventually(tried)
    assert not second.consumers[0].active


async def test_a_deleted_consumer_makes_the_service_not_ready_and_says_so(echo_service: Running, bench: Bench) -> None:
    await bench.client.jetstream().delete_consumer("TOY", "echo-counters")
    answer = await echo_service.http.get("/readyz")

    async def said() -> bool:
        nonlocal answer
        answer = await echo_service.http.get("/readyz")
        return answer.status_code == 503

    await eventually(said)
    assert answer.json()["wrong"] == ["echo-counters: missing consumer"]


async def test_seq_order_is_kept_per_aggregate_in_the_stream(bench: Bench) -> None:
    ids = [await bench.open(0) for _ in range(3)]
    for value in range(1, 5):
        for identity in ids:
            await bench.raise_to(identity, value)
    await bench.publish()
    for identity in ids:
        versions = [one.version for one in await bench.deliveries() if one.ref.id == identity]
        assert all(after == before + 1 for before, after in pairwise(versions))
