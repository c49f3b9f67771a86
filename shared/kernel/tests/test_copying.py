"""What is appended by COPY, many at once, is what is appended one by one: sealed, queued, refused alike."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import rfc8785
import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from shared.kernel import audit, copying, relay
from shared.kernel.envelope import Entry, Ref
from shared.kernel.seals import digest, record
from shared.kernel.tables import ledger, outbox
from shared.kernel.tests import toy
from shared.kernel.tests.conftest import Bench

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
)
BODIES = st.dictionaries(TEXT, VALUES, max_size=4)
REASON = '许多 · "many"\\\n'
MOMENT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)


def entry(**changes: Any) -> Entry:
    told: dict[str, Any] = dict.fromkeys(Entry.names()) | {
        "id": UUID(int=1),
        "transaction": UUID(int=2),
        "aggregate_type": "counter",
        "aggregate_id": UUID(int=3),
        "version": 1,
        "type": "anze.toy.counter.opened.v1",
        "place": "130000._._._",
        "data": {},
        "actor": "tester",
        "basis": [],
        "exercise": False,
        "occurred_at": MOMENT,
        "recorded_at": MOMENT,
    }
    return Entry(**told | changes)


async def open_counters(bench: Bench, count: int) -> None:
    async with bench.work() as work:
        ids = [uuid4() for _ in range(count)]
        await work.lock(*(Ref("counter", one) for one in ids), *(Ref("reading", one) for one in ids))
        for number, one in enumerate(ids):
            work.emit(toy.CounterOpened(id=one, value=number), path=toy.PATH, reason=REASON)
        work.emit(toy.CounterRead(id=ids[0], of=ids[0]), path=toy.PATH)
        await work.commit()


@given(BODIES, st.none() | BODIES, st.lists(TEXT, max_size=3), st.none() | TEXT, st.integers(1, 10**9))
def test_a_row_for_copy_has_the_digest_that_verification_computes(
    data: dict[str, Any], agency: dict[str, Any] | None, basis: list[str], reason: str | None, version: int
) -> None:
    one = entry(data=data, agency_data=agency, basis=basis, reason=reason, version=version)
    assert record(one)[-1] == digest(one)
    moment = "2026-05-01T08:30:00.000000+00:00"
    ids = {name: str(getattr(one, name)) for name in ("id", "transaction", "aggregate_id")}
    columns = {**one._asdict(), **ids, "occurred_at": moment, "recorded_at": moment}
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(rfc8785.dumps(columns))
    assert digest(one) == sm3.finalize(), "over the standard's JSON of all columns"


async def test_many_at_once_are_recorded_sealed_and_published_in_their_order(bench: Bench) -> None:
    count = copying.WORTH + 20
    await open_counters(bench, count)
    async with bench.sessions["toy"]() as session:
        rows = (await session.execute(sa.select(ledger).order_by(ledger.c.seq))).mappings().all()
        queued = {row.seq: row.publish for row in await session.execute(sa.select(outbox))}
    assert [row["data"].get("value") for row in rows] == [*range(count), None]
    assert [queued[row["seq"]] for row in rows] == [True] * count + [False]
    assert {row["reason"] for row in rows[:-1]} == {REASON}
    await bench.publish()
    head = await relay.newest_seal(bench.own, bench.client)
    assert await audit.audit("toy", bench.sessions["toy"], head) == []


async def test_what_a_wall_refuses_is_refused_like_any_statement_and_nothing_stays(bench: Bench) -> None:
    twice = uuid4()
    columns = ("id", "value", "region")
    async with bench.sessions["toy"]() as session:
        await copying.copy(session, "counter", columns, [(twice, 1, "130100")])
    async with bench.work() as work:
        await copying.copy(work.session, "counter", columns, [(uuid4(), 1, "130100")])
        with pytest.raises(IntegrityError) as refused:
            await copying.copy(work.session, "counter", columns, [(twice, 1, "130100")] * 2)
        assert getattr(refused.value.orig, "sqlstate", None) == "23505"
    async with bench.sessions["toy"]() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(toy.COUNTER)) == 0
