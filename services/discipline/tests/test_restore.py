"""State put back from events equals the state that lived; tables equal their migration."""

from typing import Any

import sqlalchemy as sa

from services.discipline import tables
from services.discipline.main import service
from services.discipline.tests import cast
from services.discipline.tests.conftest import House, exemption, points, proposal
from shared.contracts.discipline import DisciplineEvent
from shared.contracts.registry import ChainRevised
from shared.kernel.envelope import INTERNAL, Delivery, Entry, contracts, headers
from shared.kernel.tables import ledger, position

OWN = ("lead", "case", "exemption", "veto")


async def live(house: House) -> None:
    """Something of everything."""
    await house.hear(
        cast.accident(ChainRevised, cast.CHAIN[:-1], version=2),
        cast.attestation("丁", "县安全副县长", cast.standing("art8.1")),
        cast.found("己", "应急局局长", "art10.2a"),
    )
    asked = await house.done("POST", "/exemptions", body=exemption("丁", "县安全副县长"))
    await house.done("PUT", f"/exemptions/{asked['id']}/findings", body=points(), seen=1)
    grant = {"outcome": "granted", "reasons": "（演练）"}
    await house.done("POST", f"/exemptions/{asked['id']}/answer", body=grant, seen=2)
    path = f"/cases/{(await house.open_case('己'))['id']}"
    await house.done("POST", f"{path}/propose", body=proposal(), seen=1)
    await house.done("POST", f"{path}/refer", body={"suspicion": "（演练）"}, seen=2)
    await house.done("POST", f"{path}/approve", "discipline_approver", seen=3, subject="approver")
    veto = (await house.done("GET", "/vetoes?exercise=true&kind=veto"))["items"][0]["id"]
    lift = {"lifted_on": "2027-03-01", "reason": "（演练）"}
    await house.done("POST", f"/vetoes/{veto}/lift", "discipline_approver", body=lift, seen=1)


async def state(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Every own row."""
    return {name: await house.rows(f"SELECT * FROM discipline_{name} ORDER BY id") for name in OWN}


async def test_what_is_adopted_from_the_events_equals_what_lived(after: House) -> None:
    await live(after)
    before = await state(after)
    assert all(before.values())
    ways = service().adopt
    async with after.running.app.state.sessions() as session, session.begin():
        for name in OWN:
            await session.execute(sa.delete(tables.TABLES[name]))
        for row in (await session.execute(sa.select(ledger).order_by(ledger.c.seq))).mappings():
            entry = Entry.of(row)
            message = Delivery.of(headers(entry, "discipline", INTERNAL, row["seq"], "-"), entry.data)
            event = message.event()
            assert event is not None
            await ways[type(event)](session, event, message)
    assert await state(after) == before


async def test_files_of_others_are_kept_again_though_the_leads_they_led_to_stand(after: House) -> None:
    files = "SELECT id, version, state FROM discipline_{} ORDER BY id"
    heard = await after.hear(
        cast.accident(ChainRevised, cast.CHAIN[:-1], version=2), cast.found("己", "应急局局长", "art10.2a")
    )
    kept = [await after.rows(files.format(name)) for name in ("accident", "nonperformance")]
    leads = await after.leads()
    async with (
        after.running.app.state.sessions() as session,
        session.begin(),
    ):  # restored: leads from the stream, no more
        await session.execute(sa.delete(tables.accident))
        await session.execute(sa.delete(tables.nonperformance))
        await session.execute(sa.update(position).values(applied_version=position.c.applied_version - 1))
    await after.apply(heard)
    assert all(kept)
    assert [await after.rows(files.format(name)) for name in ("accident", "nonperformance")] == kept
    assert await after.leads() == leads


def test_every_event_of_discipline_has_its_way_back() -> None:
    own = {one for one in contracts().values() if issubclass(one, DisciplineEvent)}
    assert own == set(service().adopt)
    assert {one.AGGREGATE for one in own} == set(OWN)


def test_only_the_bar_itself_leaves_for_other_agencies() -> None:
    for one in service().adopt:
        allowed = one.AGENCY_FIELDS
        assert one.PUBLIC_FIELDS is None
        if one.AGGREGATE == "veto":
            assert set(allowed or ()) == {"id", "official_id", "kind", "bars", "from_day", "through_day"}
        else:
            assert allowed is None


async def test_the_migrated_tables_are_the_declared_ones(house: House) -> None:
    rows = await house.rows(
        "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns"
        " WHERE table_name LIKE 'discipline%'"
    )
    declared = {
        (table.name, column.name, column.nullable) for table in tables.TABLES.values() for column in table.columns
    }
    assert set(rows) == declared
    indexed = await house.rows("SELECT indexname FROM pg_indexes WHERE tablename LIKE 'discipline%'")
    wanted = {index.name for table in tables.TABLES.values() for index in table.indexes}
    assert wanted <= {name for (name,) in indexed}
