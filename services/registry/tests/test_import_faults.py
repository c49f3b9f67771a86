"""An import in company: a process that dies, accidents meanwhile, two runs at once, a register that moves."""

import asyncio
import os
import signal
import sys
from collections import Counter
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa

from services.registry import tables
from services.registry.handlers.imports import applying
from services.registry.repository import rosters
from services.registry.tests.clerk import Clerk, explosion
from services.registry.tests.sheets import NUMBERS, SEAT, ended, imported, problems, run, seats, send, workbook
from services.registry.tests.test_import_plan import LINE
from shared.contracts.registry import ChainRevised
from shared.embedded.places import CHECKOUT
from shared.kernel.tables import ledger
from shared.kernel.testing import Stack, eventually
from shared.roster.facts import Roster


async def recorded(clerk: Clerk) -> Counter[tuple[str, str, int]]:
    """How often each kind of event was recorded, regions left out, with versions."""
    query = sa.select(ledger.c.aggregate_type, ledger.c.version).where(ledger.c.aggregate_type != "region")
    async with clerk.running.app.state.sessions() as session:
        return Counter((row.aggregate_type, "version", row.version) for row in await session.execute(query))


async def states(clerk: Clerk, import_id: str) -> Counter[str]:
    query = sa.select(tables.import_line.c.state).where(tables.import_line.c.import_id == sa.cast(import_id, sa.Uuid))
    async with clerk.running.app.state.sessions() as session:
        return Counter((await session.execute(query)).scalars())


@pytest.mark.clause("art2")
@pytest.mark.parametrize("point", ["unit.before_commit:2", "unit.after_commit:2"])
async def test_a_killed_import_goes_on_where_it_stopped_and_does_nothing_twice(
    clerk: Clerk, stack: Stack, point: str
) -> None:
    sent = await send(clerk, workbook(*seats(350)))
    import_id = sent.json()["id"]
    environment = stack.environment("registry", ANZE_CRASH_POINT=point) | {"PATH": os.environ["PATH"]}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.registry.tests.importing", import_id, env=environment, cwd=CHECKOUT
    )
    assert await asyncio.wait_for(child.wait(), 60) == -signal.SIGKILL
    left = await states(clerk, import_id)
    assert left["open"], left
    assert left["done"], left
    done = await run(clerk, import_id)
    assert (done["stage"], done["applied"], done["rows"]) == ("applied", 350, 350)
    assert await recorded(clerk) == {
        ("organ", "version", 1): 35,
        ("post", "version", 1): 350,
        ("official", "version", 1): 350,
        ("appointment", "version", 1): 350,
    }


@pytest.mark.clause("art2")
async def test_an_accident_during_an_import_waits_for_one_chunk_at_most(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunks: list[tuple[int, float]] = []
    chunk = applying._chunk

    async def noted(*arguments: Any) -> applying.Done:
        done = await chunk(*arguments)
        chunks.append((done.lines, done.seconds))
        return done

    monkeypatch.setattr(applying, "_chunk", noted)
    sent = await send(clerk, workbook(*seats(1_000)))
    location = (await clerk.send("POST", f"/v1/imports/{sent.json()['id']}/runs")).headers["location"]

    async def applying_now() -> bool:
        return len(chunks) > 1

    await eventually(applying_now, what="the first chunks")
    waits, chunks_then = [], []
    for _ in range(5):
        begun = monotonic()
        await clerk.post("/v1/accidents", explosion())
        waits.append(monotonic() - begun)
        chunks_then.append(len(chunks))
    operation = await ended(clerk, location)
    assert operation["status"] == "succeeded"
    assert operation["result"]["applied"] == 1_000
    assert chunks_then[0] < len(chunks), "an accident was recorded while the import went on"
    assert max(waits) < 3, (waits, chunks)
    assert max(lines for lines, _ in chunks) <= applying.MOST


@pytest.mark.clause("art21.4")
async def test_an_import_stands_aside_for_whoever_derives_a_chain(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned, settle = 0, applying._settle

    async def noted(*arguments: Any) -> Any:
        nonlocal planned
        planned += 1
        return await settle(*arguments)

    monkeypatch.setattr(applying, "_settle", noted)
    sent = await send(clerk, workbook(SEAT))
    waiting = sa.text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
        " AND classid = hashtext('gate')::oid AND objid = hashtext('roster')::oid"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    async with clerk.running.app.state.sessions() as deriving:
        await deriving.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('gate'), hashtext('roster'))"))
        location = (await clerk.send("POST", f"/v1/imports/{sent.json()['id']}/runs")).headers["location"]

        async def stands_aside() -> bool:
            return bool(await deriving.scalar(waiting))

        await eventually(stands_aside, what="the import at the gate")
        assert planned == 0, "it works nothing out while somebody else derives"
    assert (await ended(clerk, location))["result"]["applied"] == 1
    assert planned == 2


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(("seconds", "transactions"), [(60.0, 1), (0.0, 3)])
async def test_chains_are_derived_again_several_at_once_until_the_gate_was_held_long_enough(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch, seconds: float, transactions: int
) -> None:
    principal = SEAT | {"organ": "演练县人民政府", "organ_kind": "政府", "post_kind": "政府主要负责人", "post": "县长"}
    await imported(clerk, principal)
    for _ in range(3):
        await clerk.post("/v1/accidents", explosion())
    looked, look = 0, rosters.load_roster

    async def noted(*arguments: Any, **more: Any) -> Roster:
        nonlocal looked
        looked += 1
        return await look(*arguments, **more)

    monkeypatch.setattr(rosters, "load_roster", noted)
    monkeypatch.setattr(applying, "GATE_SECONDS", seconds)
    await imported(clerk, principal | {"to_day": "2026-05-01"})
    revised = sa.select(ledger.c.transaction).where(ledger.c.type == ChainRevised.type())
    async with clerk.running.app.state.sessions() as session:
        found = Counter((await session.execute(revised)).scalars())
    assert sorted(found.values()) == [3 // transactions] * transactions
    assert looked == transactions, "one look at the roster for all of a region"


def test_a_chunk_never_parts_the_lines_of_a_post() -> None:
    lines = [replace(LINE, number=number, post=post) for number, post in enumerate("aabbbc", 1)]
    parted = [[len(part) for part in applying._whole_posts(lines, size)] for size in range(1, 8)]
    assert parted == [[2, 4], [2, 4], [5, 1], [5, 1], [5, 1], [6, 0], [6, 0]]


@pytest.mark.clause("art2")
async def test_whoever_else_is_served_after_every_few_facts_of_a_chunk(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    since, most, emitted, emit = 0, 0, 0, applying._emit

    def noted(*arguments: Any) -> int:
        nonlocal since, most, emitted
        since, emitted = since + 1, emitted + 1
        most = max(most, since)
        return emit(*arguments)

    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def somebody_else() -> None:
        nonlocal since
        since = 0
        if not over.is_set():
            loop.call_soon(somebody_else)

    monkeypatch.setattr(applying, "_emit", noted)
    somebody_else()
    sent = await send(clerk, workbook(*seats(300)))
    assert (await run(clerk, sent.json()["id"]))["applied"] == 300
    over.set()
    assert emitted > 900
    assert most <= applying.SLICE, "the loop was held for so many facts at once"


async def test_an_import_runs_once_at_a_time(clerk: Clerk) -> None:
    sent = await send(clerk, workbook(*seats(300)))
    path = f"/v1/imports/{sent.json()['id']}/runs"
    started = [(await clerk.send("POST", path)).headers["location"] for _ in range(3)]
    over = [await ended(clerk, one) for one in started]
    assert sorted(one["status"] for one in over) == ["failed", "failed", "succeeded"]
    assert {one["error"] for one in over if one["status"] == "failed"} == {
        "该导入正在办理 · the import is running already"
    }
    assert (await recorded(clerk))["appointment", "version", 1] == 300


async def test_two_files_with_the_same_rows_at_once_register_everything_once(clerk: Clerk) -> None:
    rows = seats(150)
    sent = [(await send(clerk, workbook(*rows))).json()["id"] for _ in range(2)]
    done = await asyncio.gather(*(run(clerk, one) for one in sent))
    assert [one["stage"] for one in done] == ["applied", "applied"]
    assert (await recorded(clerk))["appointment", "version", 1] == 150
    assert (await recorded(clerk))["official", "version", 1] == 150


async def test_what_the_register_refuses_after_the_check_is_left_out_told_and_done_by_a_later_run(
    clerk: Clerk,
) -> None:
    sent = await send(clerk, workbook(*seats(20)))
    import_id = sent.json()["id"]
    assert (await run(clerk, import_id, validate_only=True))["stage"] == "checked"
    other = {**seats(1)[0], "official": "演练乙", "citizen_number": NUMBERS[1], "from_day": "2019-01-01"}
    await imported(clerk, other)
    done = await run(clerk, import_id)
    assert (done["stage"], done["applied"], done["faults"]) == ("faulty", 19, 1)
    assert await problems(clerk, import_id) == [(2, "任职日", "seat_taken")]
    await imported(clerk, {**other, "to_day": "2020-01-31"})
    assert (await run(clerk, import_id))["stage"] == "applied"
    assert (await recorded(clerk))["appointment", "version", 1] == 21


async def test_an_operation_is_told_to_whoever_started_it_and_to_nobody_else(clerk: Clerk) -> None:
    registrar = clerk.acting("registrar")
    sent = await send(registrar, workbook(SEAT))
    started = await registrar.send("POST", f"/v1/imports/{sent.json()['id']}/runs")
    location = started.headers["location"]
    assert (await ended(registrar, location))["status"] == "succeeded"
    headers = clerk.running.acting("registrar", "auditor", subject="somebody else")
    assert (await clerk.running.http.get(location, headers=headers)).status_code == 404
    assert (await clerk.running.http.get(f"/v1/imports/{sent.json()['id']}", headers=headers)).status_code == 404
