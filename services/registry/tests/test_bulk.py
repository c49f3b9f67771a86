"""Many facts at once end up as the same facts one by one would: stated, recorded, queued, chains revised."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bench.province import Plan, events, slices
from services.registry import tables
from services.registry.handlers import bulk
from services.registry.handlers.bulk import Appended, Fact
from services.registry.repository import states
from services.registry.tests.clerk import Clerk, Story, explosion
from shared.contracts.registry import AccidentState, AppointmentCorrected, AppointmentRecorded
from shared.kernel import copying
from shared.kernel.problems import Forbidden
from shared.kernel.unit_of_work import UnitOfWork

TOWN = Plan(under=frozenset({"130123100"}), until=date(2025, 1, 1))


def work_of(clerk: Clerk, regions: frozenset[str] = frozenset({"130000"})) -> UnitOfWork:
    sessions = clerk.running.app.state.runtime.sessions
    return UnitOfWork(sessions, service="registry", actor="importer", regions=regions)


def facts(plan: Plan = TOWN) -> list[Fact]:
    return [Fact(event, one.region.path) for one in slices(plan) for event in events.newest(plan, one)]


async def run(clerk: Clerk, given: Sequence[Fact]) -> tuple[Appended, list[int]]:
    told: list[int] = []

    async def stream() -> AsyncIterator[Fact]:
        for fact in given:
            yield fact

    async def progress(done: int, _total: int | None) -> None:
        told.append(done)

    return await bulk.append_all(lambda: work_of(clerk), stream(), progress, reason="批量导入"), told


async def count(clerk: Clerk, query: str) -> int:
    async with clerk.running.app.state.runtime.sessions() as session:
        return int(await session.scalar(sa.text(query)) or 0)


async def test_every_fact_has_its_row_its_ledger_entry_and_its_place_in_the_outbox(clerk: Clerk) -> None:
    given, before = facts(), await count(clerk, "SELECT count(*) FROM ledger")
    done, told = await run(clerk, given)
    assert done == Appended(len(given), len(given))
    assert told[-1] == len(given)
    assert await count(clerk, "SELECT count(*) FROM ledger") == before + len(given)
    assert await count(clerk, "SELECT count(*) FROM outbox JOIN ledger USING (seq) WHERE reason = '批量导入'") == len(
        given
    )
    unlike = "SELECT count(*) FROM ledger l JOIN appointment a ON (a.id, a.version) = (l.aggregate_id, l.version)"
    assert await count(clerk, f"{unlike} WHERE l.recorded_at <> a.recorded_at") == 0
    appointment = next(fact.event for fact in given if isinstance(fact.event, AppointmentRecorded))
    seen = await clerk.get(f"/v1/appointments/{appointment.id}")
    assert seen["official_id"] == str(appointment.official_id)
    assert seen["path"] == ["130000", "130100", "130123", "130123100"]
    assert seen["attested_by"] == "演练组织部"


async def test_many_rows_at_once_are_those_that_would_be_put_one_by_one(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment, kept = datetime(2026, 5, 1, tzinfo=UTC), []
    accident = await clerk.post("/v1/accidents", explosion())
    async with work_of(clerk) as work:
        (stored,) = await states.many(work.session, AccidentState, tables.accident.c.id == UUID(accident["id"]))
    of_accident = stored.state.model_copy(update={"id": uuid4()})
    for worth in (1, 10**9):
        monkeypatch.setattr(copying, "WORTH", worth)
        async with work_of(clerk) as work:
            for event, path in (*facts(), Fact(of_accident, stored.path)):
                await states.put_all(work.session, [(event, 1, path)], recorded_at=moment)
            kept.append(
                {
                    (name, row["id"]): dict(row)
                    for name, table in tables.TABLES.items()
                    for row in (
                        await work.session.execute(sa.select(table).where(table.c.recorded_at == moment))
                    ).mappings()
                }
            )
    assert kept[0] == kept[1]
    assert {name for name, _ in kept[0]} == {*tables.TABLES} - {"declaration"}


async def test_the_same_facts_twice_change_nothing_and_one_that_differs_is_one_version_more(clerk: Clerk) -> None:
    given = facts()
    await run(clerk, given)
    assert (await run(clerk, given))[0] == Appended(len(given), 0)
    appointment = next(fact for fact in given if isinstance(fact.event, AppointmentRecorded))
    ended = AppointmentCorrected.model_validate(appointment.event.model_dump() | {"end_reason": "更正"})
    assert (await run(clerk, [Fact(ended, appointment.path)]))[0] == Appended(1, 1)
    assert (await clerk.send("GET", f"/v1/appointments/{ended.id}")).headers["etag"] == '"2"'


async def test_one_fact_that_a_wall_refuses_takes_its_chunk_with_it_and_leaves_those_before(clerk: Clerk) -> None:
    given = facts()
    taken = next(fact for fact in given if isinstance(fact.event, AppointmentRecorded))
    rival = Fact(taken.event.model_copy(update={"id": uuid4(), "official_id": uuid4()}), taken.path)
    with pytest.raises(IntegrityError):
        await run(clerk, [*given, rival])
    assert await count(clerk, "SELECT count(*) FROM appointment") == 0
    assert (await run(clerk, given))[0].written == len(given)


async def test_what_is_in_the_register_is_always_the_beginning_of_the_stream(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 40)
    given, before = facts(), await count(clerk, "SELECT count(*) FROM ledger")
    at = next(number for number, fact in enumerate(given) if number > 80 and hasattr(fact.event, "official_id"))
    rival = Fact(given[at].event.model_copy(update={"id": uuid4(), "official_id": uuid4()}), given[at].path)
    with pytest.raises(IntegrityError):
        await run(clerk, [*given[: at + 1], rival, *given[at + 1 :]])
    kept = await count(clerk, "SELECT count(*) FROM ledger") - before
    assert kept == (at + 1) // 40 * 40 > 0
    ids = {str(fact.event.id) for fact in given[:kept]}
    async with clerk.running.app.state.runtime.sessions() as session:
        found = await session.execute(sa.text("SELECT aggregate_id FROM ledger ORDER BY seq OFFSET :n"), {"n": before})
        assert {str(one) for one in found.scalars()} == ids
    assert (await run(clerk, given))[0].written == len(given) - kept


async def test_accidents_are_recorded_between_chunks(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 20)
    given = facts()
    loading = asyncio.create_task(run(clerk, given))
    recorded = 0
    while not loading.done():
        await clerk.post("/v1/accidents", explosion())
        recorded += 1
    assert (await loading)[0].written == len(given)
    assert recorded


async def test_facts_outside_ones_regions_are_refused(clerk: Clerk) -> None:
    async with work_of(clerk, frozenset({"130200"})) as work:
        with pytest.raises(Forbidden):
            await bulk.append(work, facts()[:1])


@pytest.mark.clause("art21.4")
async def test_a_chain_that_the_facts_touch_is_revised_in_the_same_transaction(story: Story) -> None:
    clerk = story.clerk
    accident = await clerk.post("/v1/accidents", explosion())
    state = await clerk.get(f"/v1/appointments/{story['县委书记/甲']}")
    moved = AppointmentCorrected(
        id=UUID(state["id"]),
        post_id=state["post_id"],
        official_id=state["official_id"],
        from_day=state["from_day"],
        to_day="2026-04-19",
        exercise=True,
    )
    assert (await run(clerk, [Fact(moved, tuple(state["path"]))]))[0].written == 1
    history = await clerk.events("accident", accident["id"])
    assert [one["type"].split(".")[3] for one in history] == ["recorded", "chain_revised"]


def test_a_plan_with_another_day_is_another_province() -> None:
    assert facts() != facts(replace(TOWN, until=date(2026, 1, 1)))
