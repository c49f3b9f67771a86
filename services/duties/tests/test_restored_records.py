"""Impediments, filings, attachments and full records: restored from their events they equal the live ones."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.duties.handlers import evaluation
from services.duties.repository import projection
from services.duties.tables import metadata, performance
from services.duties.tables.projection import obligation_excuse, obligation_filing
from services.duties.tables.records import attachment, filing, impediment
from services.duties.tests import story as cast
from services.duties.tests.builders import DIGEST, XIONGAN, XIONGXIAN
from services.duties.tests.conftest import TurningClock
from services.duties.tests.offices import committee, day, head, open_offices
from services.duties.tests.registry import Registry
from services.duties.tests.story import Act, Story, at, body, official
from services.duties.tests.test_reactions import readopt
from shared.kernel.envelope import Entry
from shared.kernel.tables import ledger
from shared.kernel.testing import Running

TABLES = (performance, impediment, filing, attachment)
TRIP = Act(date(2026, 2, 20), "research_trip", "甲", (cast.SECRETARY,))


async def state(running: Running) -> dict[str, list[Any]]:
    async with running.app.state.sessions() as session:
        return {
            table.name: [tuple(row) for row in await session.execute(sa.select(table).order_by(table.c.id))]
            for table in TABLES
        }


async def call(running: Running, path: str, content: Any, version: int | None = None, *, subject: str = "clerk") -> Any:
    headers = running.acting("safety_office", subject=subject)
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    answer = await running.http.post(path, json=content, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()


async def _entries(story: Story) -> None:
    story.turn(at(date(2026, 3, 20)))
    whole = body(TRIP, place="指挥中心", participants=[str(official("丙"))], agenda=["甲"], findings=["乙"])
    await call(story.running, "/v1/performances", whole | {"reviewer": "inspector"})
    headers = story.running.acting("registrar") | {"content-type": "application/pdf"}
    sent = await story.running.http.post(
        "/v1/attachments", params={"region_code": cast.COUNTY, "with_sm3": True}, content=b"%PDF-", headers=headers
    )
    assert sent.status_code == 201, sent.text
    hindered = {
        "post_id": str(cast.SECRETARY.id),
        "from_day": "2026-01-05",
        "description": "抗洪",
        "evidence": [DIGEST],
    }
    for withdrawn in (True, False):
        made = await call(story.running, "/v1/impediments", hindered | {"evidence": [DIGEST]})
        asked = {"post_id": cast.SECRETARY.id, "exercise": True, "from": "2026-01-01", "to": "2026-01-01"}
        items = (await story.get("/v1/obligations", **asked))["items"]
        first = next(one for one in items if one["duty_id"] == "art5.3b")
        accepted = {"obligation_id": first["id"], "period_start": "2026-01-01", "reason": "抗洪"}
        await call(story.running, f"/v1/impediments/{made['id']}/accept", accepted, 1, subject="office")
        if withdrawn:
            await call(story.running, f"/v1/impediments/{made['id']}/withdraw", {"reason": "误"}, 2)


async def _filings(running: Running, turning: TurningClock, registry: Registry) -> None:
    await open_offices(registry)
    turning.turn(day("2026-07-10"))
    asked = {"post_id": str(head(XIONGXIAN))}
    states = await running.http.get("/v1/filings/states", params=asked, headers=running.acting("viewer"))
    due = next(one for one in states.json()["items"] if one["period"] == "2026-H1" and "one_level" in one["relation"])
    sending = {
        "post_id": due["post_id"],
        "obligation_id": due["obligation_id"],
        "period_start": "2026-01-01",
        "relation": due["relation"],
        "recipient_organ_id": str(committee(XIONGAN).id),
        "filed_on": "2026-07-05",
        "sha256": DIGEST,
    }
    first = await call(running, "/v1/filings", sending)
    await call(running, f"/v1/filings/{first['id']}/return", {"reason": "不全"}, 1, subject="recipient")
    second = await call(running, "/v1/filings", sending)
    await call(running, f"/v1/filings/{second['id']}/withdraw", {"reason": "误"}, 1)
    third = await call(running, "/v1/filings", sending)
    receipt = {"number": "备1", "received_on": "2026-07-09"}
    await call(running, f"/v1/filings/{third['id']}/receipt", receipt, 1, subject="recipient")


async def _rebuilt_beside(running: Running) -> None:
    """What the projection keeps of impediments and filings comes back from them: withdrawn, sent back or standing."""
    sessions = running.app.state.sessions
    async with sessions() as session, session.begin():
        live = await projection.digest(session)
        ends = await session.scalars(sa.select(obligation_filing.c.corrected_at))
        assert sum(one is None for one in ends) == 1  # of three one was sent back, one withdrawn
        await session.execute(obligation_filing.delete())
        await session.execute(sa.update(obligation_excuse).values(corrected_at=None))
        assert await projection.digest(session) != live

    async def unwatched(_done: int, _total: int | None) -> None:
        """Nobody follows the progress."""

    await evaluation.rebuild(sessions, unwatched)
    async with sessions() as session:
        assert await projection.digest(session) == live


async def test_records_restored_from_their_events_equal_the_live_ones(
    story: Story, turning: TurningClock, registry: Registry
) -> None:
    running = story.running
    await _entries(story)
    await _filings(running, turning, registry)
    live = await state(running)
    assert [len(live[table.name]) for table in TABLES] == [1, 2, 3, 1]
    await _rebuilt_beside(running)
    async with running.app.state.sessions() as session:
        for table in TABLES:
            await session.execute(table.delete())
        for row in (await session.execute(sa.select(ledger).order_by(ledger.c.seq))).mappings().all():
            await readopt(session, Entry.of(row))
            await readopt(session, Entry.of(row))
        await session.commit()
    assert await state(running) == live


async def test_the_migrations_make_the_tables_that_the_code_means(running: Running) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
            return kind != "table" or name in metadata.tables

        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return list(compare_metadata(context, metadata))

    async with running.app.state.runtime.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
