"""A restored registry: state from events alone equals the state that was live (I9), and the schema is as declared."""

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from services.registry import tables
from services.registry.handlers.adoption import ADOPT
from services.registry.tests.clerk import Clerk, Story, days, explosion, step
from services.registry.tests.conftest import Calendar
from services.registry.tests.test_api_regions import NEW_ZONE
from services.registry.tests.test_api_roster import NUMBER
from shared.kernel import envelope, streams
from shared.kernel import tables as kernel
from shared.kernel.envelope import Delivery, Entry
from shared.kernel.testing import Stack, eventually

SEAL = "1:00:00"
KEPT = {**tables.TABLES, "dated_name": tables.dated_name}


async def snapshot(session: Any) -> dict[str, list[tuple[Any, ...]]]:
    """All version rows, in order."""
    return {
        name: [tuple(row) for row in await session.execute(sa.select(table).order_by(table.c.id, table.c.version))]
        for name, table in KEPT.items()
    }


async def over_time(story: Story) -> None:
    """A zone, a subdistrict that was a town, a county that moves, a renamed town, and two departments that merge."""
    by = {"document": "（演练）演政〔2026〕1号", "reason": "据文件登记"}
    await story.clerk.post("/v1/zones", NEW_ZONE)
    change = {"tier": "subdistrict", "from_day": "2026-03-01", **by}
    await story.clerk.put("/v1/regions/139901100/tier", change, seen=1)
    named = {"name": "新演练镇", "from_day": "2026-06-01", **by}
    await story.clerk.put("/v1/regions/139901100/name", named, seen=2)
    move = {"admin_parent": "130000", "from_day": "2026-06-01", **by}
    await story.clerk.put("/v1/regions/139901/admin-parent", move, seen=1)
    heir = {"organ_id": story["县应急局"]}
    decided = {"document": "（演练）演发〔2026〕3号", "issuer": "演练市委", "issued_on": "2026-05-01"}
    body = {"kind": "merged", "day": "2026-06-01", "heirs": [heir], **decided}
    await story.clerk.post(f"/v1/organs/{story['县档案局']}/succession", body, seen=1)


async def test_state_adopted_from_events_equals_the_live_state(story: Story, calendar: Calendar) -> None:
    clerk = story.clerk
    accident = await clerk.post("/v1/accidents", explosion())
    path = f"/v1/accidents/{accident['id']}"
    calendar.turn_to(2026, 6, 10, 9)
    await clerk.post(f"{path}/report-steps", {"steps": [step("state_council", 18, 0, "province")]}, seen=1)
    dead = [{"count": 10, "died_on": "2026-05-20"}]
    await clerk.post(f"{path}/revisions", {"casualties": {"deaths": dead}, "reason": "续报"}, seen=2)
    drop = {"action": "remove", "post_id": story["县应急副局长"], "reason": "不分管"}
    await clerk.post(f"{path}/chain-adjustments", drop, seen=3)
    organ = {"day": "2026-06-01", "organ": "演练省人民政府"}
    await clerk.post(f"{path}/proceedings", {"kind": "investigation_opened", "authority": "province", **organ}, seen=4)
    await clerk.post(f"{path}/proceedings", {"kind": "report_submitted", **organ}, seen=5)
    await clerk.post(f"{path}/proceedings/2/withdrawal", {"reason": "误登"}, seen=6)
    await clerk.post(f"{path}/report-steps/5/withdrawal", {"reason": "误登"}, seen=7)
    body = {"industries": ["C26"], "reason": "更正", **days("2025-01-05")}
    await clerk.put(f"/v1/portfolios/{story['县化工分管 portfolio']}", body, seen=1)
    await clerk.post(f"/v1/appointments/{story['县长/丙']}/annul", {"reason": "误登"}, seen=1)
    end = {"last_day": "2026-06-01", "end_cause": "transfer"}
    await clerk.post(f"/v1/appointments/{story['县安全分管/丁']}/end", end, seen=1)
    same = {"into": story["寅"], "reason": "同一人"}
    await clerk.post(f"/v1/officials/{story['辛']}/merge", same, seen=1)
    await over_time(story)
    again = await clerk.post("/v1/accidents", explosion())
    path = f"/v1/accidents/{again['id']}"
    there = {name: explosion()[name] for name in ("title", "occurred_at", "industry")}
    await clerk.put(f"{path}/circumstances", {**there, "region_code": "139901100", "reason": "更正地点"}, seen=1)
    second = {"cause": "duplicate", "duplicate_of": accident["id"], "reason": "重复登记"}
    await clerk.post(f"{path}/annulment", second, seen=3)
    async with clerk.running.app.state.sessions() as session:
        live = await snapshot(session)
        rows = (await session.execute(sa.select(kernel.ledger).order_by(kernel.ledger.c.seq))).mappings().all()
        for table in KEPT.values():
            await session.execute(table.delete())
        for row in rows:
            entry = Entry.of(dict(row))
            headers = envelope.headers(entry, "registry", envelope.INTERNAL, row["seq"], SEAL)
            delivery = Delivery.of(headers, entry.data)
            event = delivery.event()
            assert event is not None
            await ADOPT[type(event)](session, event, delivery)
        assert await snapshot(session) == live
        recorded = [(row["aggregate_id"], row["version"]) for row in rows if row["aggregate_type"] == "accident"]
        assert sorted(row[:2] for row in live["accident"]) == sorted(recorded)
        assert [version for _, version in recorded] == [*range(1, 13), *range(1, 5)]


async def test_the_migration_builds_what_the_tables_declare(clerk: Clerk) -> None:
    def differences(connection: sa.Connection) -> list[Any]:
        def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
            return kind != "table" or name in tables.metadata.tables

        context = MigrationContext.configure(connection, opts={"include_object": ours})
        return list(compare_metadata(context, tables.metadata))

    async with clerk.running.app.state.runtime.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        found = await connection.scalar(
            sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'appointment_one_seat'")
        )
    assert "EXCLUDE USING gist (post_id WITH =, daterange(from_day, to_day, '[]'::text) WITH &&)" in found
    assert "(superseded_at IS NULL) AND (NOT annulled) AND (NOT acting)" in found


async def test_with_streams_the_service_is_ready_and_publishes_everything_but_readings(
    stack: Stack, publishing: Clerk
) -> None:
    clerk = publishing
    person = {"name": "演练甲", "region_code": "139901", "citizen_number": NUMBER}
    official = await clerk.post("/v1/officials", person)
    reader = clerk.acting("organization")
    await reader.get(f"/v1/officials/{official['id']}/citizen-number", purpose="核对")

    async def settled() -> bool:
        async with clerk.running.app.state.sessions() as session:
            pending = await session.scalar(sa.select(sa.func.count()).select_from(kernel.outbox))
        ready = await clerk.running.http.get("/readyz")
        return bool(pending == 0 and ready.json()["status"] == "ready")

    await eventually(settled)
    client = await streams.connect(stack.nats_url, name="test")
    try:
        heads = [one.headers or {} async for one in streams.read(client, "REGISTRY")]
    finally:
        await client.close()
    kinds = {(one["ce-type"], one["ce-place"]) for one in heads}
    assert len(heads) == 6
    assert ("anze.registry.official.registered.v1", "130000.139900.139901._") in kinds
    assert not [kind for kind, _ in kinds if ".reading." in kind]
