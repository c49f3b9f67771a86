"""The chain finds insertion, deletion, change, reordering and a cut tail; recovery re-adopts what a restore forgot."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.kernel import audit, recovery, relay
from shared.kernel.seals import chain, digest, genesis, link
from shared.kernel.tables import outbox
from shared.kernel.testing import Running, Stack, eventually
from shared.kernel.tests import toy
from shared.kernel.tests.conftest import Bench

INSERT_ONE = (
    "INSERT INTO ledger SELECT 99, gen_random_uuid(), transaction, caused_by, aggregate_type, gen_random_uuid(),"
    " version, type, place, data, agency_data, public_data, actor, on_behalf_of, reason, basis, exercise, occurred_at,"
    " recorded_at, traceparent, digest FROM ledger WHERE seq = 1"
)


async def tamper(bench: Bench, *statements: str) -> None:
    """Do what only an administrator of the server could."""
    connection = await asyncpg.connect(bench.admin_dsn("toy"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def five(bench: Bench) -> None:
    for value in range(5):
        await bench.open(value)
    await bench.publish()


async def test_an_untouched_ledger_has_no_fault(bench: Bench) -> None:
    await five(bench)
    head = await relay.newest_seal(bench.own, bench.client)
    assert head is not None
    assert head[0] == 5
    assert await audit.audit("toy", bench.sessions["toy"], head) == []


@pytest.mark.parametrize(
    ("kind", "statements"),
    [
        ("changed", ("UPDATE ledger SET data = jsonb_set(data, '{value}', '99') WHERE seq = 3",)),
        ("changed", ("UPDATE ledger SET actor = 'somebody else' WHERE seq = 3",)),
        ("deleted", ("DELETE FROM ledger WHERE seq = 3",)),
        ("gap", ("DELETE FROM ledger WHERE seq = 3", "DELETE FROM seal WHERE seq = 3")),
        (
            "reordered",
            (
                "UPDATE seal SET position = -1 WHERE position = 2",
                "UPDATE seal SET position = 2 WHERE position = 3",
                "UPDATE seal SET position = 3 WHERE position = -1",
            ),
        ),
        ("cut", ("DELETE FROM ledger WHERE seq = 5", "DELETE FROM seal WHERE seq = 5")),
        ("inserted", (INSERT_ONE,)),
    ],
)
async def test_an_altered_ledger_is_found_out(bench: Bench, kind: str, statements: tuple[str, ...]) -> None:
    await five(bench)
    head = await relay.newest_seal(bench.own, bench.client)
    await tamper(bench, *statements)
    assert kind in {fault.kind for fault in await audit.audit("toy", bench.sessions["toy"], head)}


async def test_the_runtime_role_can_neither_change_nor_delete_nor_define(bench: Bench) -> None:
    await five(bench)
    connection = await asyncpg.connect(bench.dsn("toy"))
    try:
        for statement in (
            "UPDATE ledger SET actor = 'x'",
            "DELETE FROM ledger",
            "TRUNCATE ledger",
            "UPDATE seal SET hash = prev_hash",
            "DELETE FROM seal",
            "CREATE TABLE mine (id int)",
            "ALTER TABLE ledger DISABLE TRIGGER ALL",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


def test_a_chain_continues_where_it_stopped() -> None:
    rows = [(seq, bytes([seq]) * 32) for seq in range(1, 6)]
    whole = chain(None, "toy", rows)
    parts = chain(None, "toy", rows[:2])
    parts += chain(parts[-1], "toy", rows[2:])
    assert parts == whole
    assert whole[0].prev_hash == genesis("toy")
    assert whole[0].hash == link(1, 1, genesis("toy"), rows[0][1]).hash


async def test_a_digest_depends_on_every_column(bench: Bench) -> None:
    await bench.open(1)
    await bench.publish()
    _, entry = (await bench.deliveries())[0].entry()
    others: dict[str, Any] = {
        "id": uuid4(), "transaction": uuid4(), "caused_by": "x", "aggregate_type": "x", "aggregate_id": uuid4(),
        "version": 9, "type": "x", "place": "x", "data": {}, "agency_data": {}, "public_data": {}, "actor": "x",
        "on_behalf_of": "x", "reason": "x", "basis": ["x"], "exercise": True,
        "occurred_at": entry.occurred_at + timedelta(1), "recorded_at": entry.recorded_at + timedelta(1),
        "traceparent": "x",
    }  # fmt: skip
    assert set(others) == set(entry.names())
    for name, value in others.items():
        assert digest(entry._replace(**{name: value})) != digest(entry), name


async def test_a_restored_database_stops_writes_until_recover_has_readopted_the_stream(
    bench: Bench, toys: Stack
) -> None:
    await five(bench)
    before = await bench.rows("toy", "SELECT id, value FROM counter ORDER BY id")
    ledger_before = await bench.rows("toy", "SELECT seq, id, digest FROM ledger ORDER BY seq")
    # as if restored from a backup made after the third event, when the third was not yet sealed
    await tamper(
        bench,
        "DELETE FROM seal WHERE seq >= 3",
        "INSERT INTO outbox VALUES (3, true)",
        "DELETE FROM counter WHERE id IN (SELECT aggregate_id FROM ledger WHERE seq >= 4)",
        "DELETE FROM ledger WHERE seq >= 4",
        "SELECT setval(pg_get_serial_sequence('ledger', 'seq'), 3)",
    )
    service = await toys.start(toy.TOY, toy.DECLARED)

    async def refused() -> bool:
        ready = await service.http.get("/readyz")
        return ready.status_code == 503 and "anze recover" in ready.text

    await eventually(refused)
    answer = await service.http.post("/v1/counters", json={"value": 1}, headers=service.acting("writer"))
    assert (answer.status_code, answer.json()["code"]) == (503, "ledger_halted")
    done = await recovery.recover(bench.own, bench.sessions["toy"], bench.client, toy.TOY.adopt)
    assert (done.adopted, done.sealed, done.missing_positions) == (2, 1, 0)
    assert await bench.rows("toy", "SELECT id, value FROM counter ORDER BY id") == before
    assert await bench.rows("toy", "SELECT seq, id, digest FROM ledger ORDER BY seq") == ledger_before
    head = await relay.newest_seal(bench.own, bench.client)
    assert await audit.audit("toy", bench.sessions["toy"], head) == []

    async def accepted() -> bool:
        retry = await service.http.post("/v1/counters", json={"value": 1}, headers=service.acting("writer"))
        return retry.status_code == 201

    await eventually(accepted)


async def test_an_event_without_a_way_back_is_not_recovered_by_half(bench: Bench) -> None:
    await five(bench)
    await tamper(bench, "DELETE FROM seal WHERE seq >= 4", "DELETE FROM ledger WHERE seq >= 4")
    with pytest.raises(recovery.UnrecoverableError):
        await recovery.recover(bench.own, bench.sessions["toy"], bench.client, {})
    assert await bench.rows("toy", "SELECT max(seq) FROM ledger") == [(3,)]


async def test_a_running_service_is_not_disturbed_by_a_second_relay(toys: Stack, toy_service: Running) -> None:
    async def leads() -> bool:
        relay_ = toy_service.app.state.runtime.relay
        return relay_ is not None and relay_.leader

    await eventually(leads)
    second = await toys.start(toy.TOY, toy.DECLARED)
    answer = await second.http.post("/v1/counters", json={"value": 1}, headers=second.acting("writer"))
    assert answer.status_code == 201

    async def carried() -> bool:
        async with second.app.state.sessions() as session:
            return (await session.execute(outbox.select())).first() is None

    await eventually(carried)
    assert not second.app.state.runtime.relay.leader
