"""Events that come twice, out of order, too early or poisoned; and the way back after a restore."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.duties import tables
from services.duties.handlers import attestations
from services.duties.main import service
from services.duties.rules.catalogue import CatalogueError
from services.duties.tests import story as cast
from services.duties.tests.registry import Registry
from services.duties.tests.story import LATE, Story, at, roster_events
from shared.contracts.registry import ACCIDENT_EVENTS, AppointmentCorrected, InvestigationOpened, RegistryEvent
from shared.contracts.topology import DECLARATIONS
from shared.kernel.app import Service
from shared.kernel.consumer import passing
from shared.kernel.envelope import Delivery, Entry, Ref
from shared.kernel.problems import Unavailable
from shared.kernel.tables import ledger
from shared.kernel.testing import Running, Stack, eventually
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.tables import TABLES as ROSTER

DAY = cast.ACCIDENT_AT.date()


async def attested(running: Running) -> list[tuple[UUID, int]]:
    async with running.app.state.sessions() as session:
        rows = await session.execute(sa.select(tables.attestation.c.id, tables.attestation.c.version))
        return sorted((row.id, row.version) for row in rows)


@pytest.mark.clause("art26")
async def test_an_accident_twice_and_out_of_order_attests_everybody_once(story: Story) -> None:
    story.turn(at(DAY))
    first, second = (story.registry.envelope(one, at(DAY)) for one in (cast.RECORDED, cast.REVISED))
    await story.registry.deliver(second)
    assert await attested(story.running) == []
    await story.registry.deliver(first)
    once = await attested(story.running)
    assert len(once) == len(cast.EVERYBODY) + 1
    await story.registry.deliver(first, second, second, first)
    assert await attested(story.running) == once


async def test_whatever_follows_an_accident_attests_who_is_new_in_the_chain_and_nobody_twice(story: Story) -> None:
    story.turn(at(DAY))
    await story.registry.say(cast.RECORDED, at=at(DAY))
    once = await attested(story.running)
    for kind in ACCIDENT_EVENTS[1:]:
        message = story.registry.envelope(cast.accident(kind, cast.EVERYBODY), at(DAY))
        await story.registry.deliver(message, message)
    assert await attested(story.running) == once
    taken_over = cast.accident(InvestigationOpened, cast.REVISED.chain, chain_version=2, taken_over_by="province")
    await story.registry.say(taken_over, at=at(DAY))
    assert len(await attested(story.running)) == len(once) + 1


@pytest.mark.clause("art26")
async def test_an_accident_that_overtakes_the_roster_waits_and_is_not_counted(
    running: Running, registry: Registry
) -> None:
    early = registry.envelope(cast.RECORDED, at(DAY))
    with pytest.raises(Unavailable) as raised:
        await registry.deliver(early)
    assert passing(raised.value)
    await registry.say(*roster_events()[:-1], at=cast.ROSTER_AT)
    *_, missing = roster_events()
    assert missing.id not in {part.appointment_id for part in cast.RECORDED.chain}
    await registry.deliver(early)
    assert len(await attested(running)) == len(cast.EVERYBODY)


async def test_a_roster_event_twice_and_out_of_order_leaves_its_last_state(story: Story) -> None:
    held = next(one for one in cast.APPOINTMENTS if one.post_id == cast.MAGISTRATE.id)
    base = facts_of.appointment_event(AppointmentCorrected, held)
    ended = base.model_copy(update={"to_day": date(2026, 6, 30), "end_reason": "retired"})
    shorter = base.model_copy(update={"to_day": date(2026, 5, 31)})
    second, third = (story.registry.envelope(one, at(date(2026, 1, 5))) for one in (shorter, ended))
    story.registry._versions[Ref("appointment", held.id)] = 3
    again = Delivery(**{name: getattr(second, name) for name in Delivery.__slots__} | {"version": 3})
    assert again.version == third.version == 3
    await story.registry.deliver(third, third, second, second, third)
    story.turn(at(date(2026, 12, 1)))
    page = await story.get(
        "/v1/obligations",
        post_id=cast.MAGISTRATE.id,
        exercise=True,
        **{"from": "2026-04-01", "to": "2026-09-30", "limit": 500},
    )
    days = {one["period"]["label"]: [who["days"] for who in one["incumbents"]] for one in page["items"]}
    assert (days["2026-Q2"], days["2026-Q3"]) == ([91], [])


async def test_an_answer_asked_again_at_its_known_at_is_the_same_though_the_registry_had_recorded_more(
    story: Story,
) -> None:
    held = next(one for one in cast.APPOINTMENTS if one.post_id == cast.MAGISTRATE.id)
    ended = facts_of.appointment_event(AppointmentCorrected, held).model_copy(update={"to_day": date(2026, 5, 31)})
    question = {"post_id": cast.MAGISTRATE.id, "exercise": True, "from": "2026-04-01", "to": "2026-06-30"}
    story.turn(at(DAY))
    on_its_way = story.registry.envelope(ended, at(DAY, 12))
    answer = await story.get("/v1/obligations", **question)
    assert on_its_way.recorded_at < datetime.fromisoformat(answer["known_at"])
    await story.registry.deliver(on_its_way)
    assert await story.get("/v1/obligations", **question, known_at=answer["known_at"]) == answer
    now = await story.get("/v1/obligations", **question)
    quarter = [[one for one in page["items"] if one["period"]["label"] == "2026-Q2"] for page in (answer, now)]
    assert [{who["days"] for one in items for who in one["incumbents"]} for items in quarter] == [{91}, {61}]


class SpokenRegistry:
    """A registry process in this one: its own database, ledger and relay, and the real stream."""

    def __init__(self, running: Running) -> None:
        self.running = running

    async def say(self, *events: RegistryEvent) -> None:
        async with UnitOfWork(self.running.app.state.sessions, service="registry", actor="registrar") as work:
            await work.lock(*(Ref(event.AGGREGATE, event.id) for event in events))
            for event in events:
                work.emit(event, path=("130000",), exercise=True)
            await work.commit()


@pytest.mark.clause("art26")
async def test_a_poison_accident_is_replayed_after_the_fix_with_what_waited_behind_it(
    stack: Stack, running: Running, turning: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    turning.turn(at(DAY))
    spoken = SpokenRegistry(await stack.start(Service("registry", "/registry", "登记", "", (), {}), DECLARATIONS))

    def broken() -> None:
        raise CatalogueError("hebei/catalogue.toml", 1, "art6.2", "contradicts itself")

    monkeypatch.setattr(attestations, "load_catalogue", broken)
    await spoken.say(*roster_events())

    async def known() -> bool:
        async with running.app.state.sessions() as session:
            kept = await session.scalar(sa.select(sa.func.count()).select_from(ROSTER["appointment"]))
        return bool(kept == len(cast.APPOINTMENTS))

    await eventually(known, what="roster")
    await spoken.say(cast.RECORDED)
    await spoken.say(cast.REVISED)

    async def letters(state: str) -> Sequence[dict[str, Any]]:
        answer = await running.http.get(
            "/v1/dead-letters", params={"state": state}, headers=running.acting("administrator")
        )
        found: Sequence[dict[str, Any]] = answer.json()
        return found

    (dead,) = await eventually(lambda: letters("dead"), seconds=60, what="dead letter")
    assert (dead["consumer"], dead["version"]) == ("duties-accidents", 1)
    assert [one["version"] for one in await eventually(lambda: letters("waiting"))] == [2]
    assert await attested(running) == []

    monkeypatch.undo()
    replayed = await running.http.post(f"/v1/dead-letters/{dead['id']}/replay", headers=running.acting("administrator"))
    assert (replayed.status_code, replayed.json()["applied_version"]) == (200, 2), replayed.text
    assert len(await attested(running)) == len(cast.EVERYBODY) + 1
    assert [*await letters("dead"), *await letters("waiting")] == []


OWN = (tables.performance, tables.standing_review, tables.nonperformance, tables.attestation, tables.overlay)


async def state(running: Running) -> dict[str, list[Any]]:
    async with running.app.state.sessions() as session:
        return {
            table.name: [tuple(row) for row in await session.execute(sa.select(table).order_by(*table.primary_key))]
            for table in OWN
        }


@pytest.mark.clause("art26")
async def test_state_restored_from_the_events_equals_the_live_one(story: Story) -> None:
    await story.explode()
    act = await story.record(LATE)
    await story.examine("丁", cast.LEAD, "art8.1")
    http, acting = story.running.http, story.running.acting
    transitions = (("verify", "inspector", None, '"1"'), ("withdraw", "registrar", {"reason": "误录"}, '"2"'))
    for transition, role, asked, seen in transitions:
        path = f"/v1/performances/{act['id']}/{transition}"
        answer = await http.post(path, headers=acting(role) | {"If-Match": seen}, json=asked)
        assert answer.status_code == 200, answer.text
    one = await story.attestation("丙", cast.MAGISTRATE)
    lapse = next(row for row in one["lapses"] if row["duty_id"] == "art6.2")
    found = await http.post(
        "/v1/nonperformance-findings",
        headers=acting("discipline_handler"),
        json={name: lapse[name] for name in ("duty_id", "obligation_id", "period_start", "period_end")}
        | {
            "official_id": one["official_id"],
            "post_id": one["post_id"],
            "organ_id": str(cast.DISCIPLINE.id),
            "reasons": "无会议纪要",
            "heard_on": "2026-05-30",
            "statement": "本人陈述",
            "decided_on": "2026-06-01",
            "accident_id": one["accident_id"],
        },
    )
    assert found.status_code == 201, found.text
    await http.post(f"/v1/attestations/{one['id']}/renewals", json={}, headers=acting("investigator"))
    default = {"kind": "local_default", "duty_id": "art6.2", "scope": "zone", "document": "县安委〔2026〕3号"} | {
        "from_day": "2026-07-01",
        "issued_on": "2026-06-01",
        "issuer_organ_id": str(cast.EMERGENCY.id),
    }
    overlaid = await http.post("/v1/overlays", json=default, headers=acting("safety_office"))
    assert overlaid.status_code == 201, overlaid.text

    live = await state(story.running)
    assert all(live.values())
    async with story.running.app.state.sessions() as session:
        for table in OWN:
            await session.execute(table.delete())
        rows = (await session.execute(sa.select(ledger).order_by(ledger.c.seq))).mappings().all()
        for row in rows:
            await readopt(session, Entry.of(row))
        await session.commit()
    assert await state(story.running) == live


async def readopt(session: Any, entry: Entry) -> None:
    adopt = service().adopt
    delivery = Delivery(
        event_id=f"duties:{entry.id}",
        source="duties",
        type=entry.type,
        ref=Ref(entry.aggregate_type, entry.aggregate_id),
        version=entry.version,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        exercise=entry.exercise,
        path=(),
        headers={},
        body=entry.data,
    )
    event = delivery.event()
    assert event is not None
    await adopt[type(event)](session, event, delivery)
