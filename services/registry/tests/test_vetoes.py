"""Art. 23: a promotion under way is flagged and never cancelled; a new one is refused."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.registry.subscribers import VETOES
from services.registry.tests.clerk import Clerk, days
from services.registry.tests.conftest import Calendar
from services.registry.tests.rosters import named
from services.registry.tests.test_api_roster import appointment, official, organ
from shared.contracts.discipline import BasisPart, VetoImposed, VetoLifted, VetoState
from shared.kernel import envelope
from shared.kernel.consumer import Consumer
from shared.kernel.envelope import Delivery, Entry

VETO = named("veto")
PATH = ("130000", "139900", "139901")


def event(happened: type[VetoState], official_id: str, *, through: date | None, **changes: Any) -> VetoState:
    values: dict[str, Any] = {
        "id": VETO,
        "path": PATH,
        "exercise": True,
        "official_id": UUID(official_id),
        "kind": "veto",
        "bars": ("promotion",),
        "from_day": date(2026, 12, 25),
        "through_day": through,
        "accident_id": None,
        "case_id": named("case"),
        "measure": "demerit",
        "measure_name_zh": "记过",
        "basis": (BasisPart(clause="art23"),),
    }
    return happened.model_validate(values | changes)


def delivery(state: VetoState, version: int) -> Delivery:
    at = datetime(2026, 12, 25, 1, tzinfo=UTC)
    entry = Entry(
        id=named(f"{state.id}/{version}"),
        transaction=named("transaction"),
        caused_by=None,
        aggregate_type="veto",
        aggregate_id=state.id,
        version=version,
        type=state.type(),
        place=envelope.place(state.path),
        data=state.model_dump(mode="json"),
        agency_data=None,
        public_data=None,
        actor="approver",
        on_behalf_of=None,
        reason=None,
        basis=["art23"],
        exercise=state.exercise,
        occurred_at=at,
        recorded_at=at,
        traceparent=None,
    )
    return Delivery.of(envelope.headers(entry, "discipline", envelope.INTERNAL, version, "1:00:00"), entry.data)


class Vetoes:
    """The consumer, driven by hand, and an official with a promotion under way."""

    def __init__(self, clerk: Clerk, official_id: str, promotion: str, free_post: str) -> None:
        runtime = clerk.running.app.state.runtime
        self.consumer = Consumer("registry", VETOES, runtime.sessions, runtime.dsn, None)  # type: ignore[arg-type]  # not fetching
        self.clerk, self.official_id, self.promotion, self.free_post = clerk, official_id, promotion, free_post

    async def hear(self, *deliveries: Delivery) -> None:
        await self.consumer.apply(deliveries)

    async def seen(self) -> Any:
        return await self.clerk.get(f"/v1/appointments/{self.promotion}")


@pytest.fixture
async def vetoes(clerk: Clerk, calendar: Calendar) -> Vetoes:
    calendar.turn_to(2026, 12, 24, 9)
    owner = (await organ(clerk, name="市应急局", kind="government_department", region_code="139900"))["id"]
    body = {"organ_id": owner, "kind": "department_other_leader", "title": "副局长", **days("2018-01-01")}
    seat, other = [(await clerk.post("/v1/posts", body))["id"] for _ in range(2)]
    person = (await official(clerk))["id"]
    held = await appointment(clerk, seat, person, "2027-01-05", promotion=True)
    await appointment(clerk, other, person, "2024-01-01", "2027-01-04")
    return Vetoes(clerk, person, held["id"], other)


@pytest.mark.clause("art23")
async def test_a_veto_flags_the_promotion_under_way_once(vetoes: Vetoes) -> None:
    imposed = delivery(event(VetoImposed, vetoes.official_id, through=date(2027, 12, 24)), 1)
    await vetoes.hear(imposed)
    await vetoes.hear(imposed)
    seen = await vetoes.seen()
    assert seen["flags"] == [f"promotion_during_veto:{VETO}"]
    assert (seen["version"], seen["annulled"], seen["from_day"]) == (2, False, "2027-01-05")
    kinds = [one["type"].split(".")[3] for one in await vetoes.clerk.events("appointment", vetoes.promotion)]
    assert kinds == ["recorded", "promotion_flagged"]
    assert (await vetoes.clerk.events("appointment", vetoes.promotion))[1]["basis"] == ["art23"]


@pytest.mark.clause("art23")
async def test_a_new_promotion_into_a_running_veto_is_refused_and_an_old_one_may_be_corrected(
    vetoes: Vetoes,
) -> None:
    clerk = vetoes.clerk
    await vetoes.hear(delivery(event(VetoImposed, vetoes.official_id, through=date(2027, 12, 24)), 1))
    body = {"post_id": vetoes.free_post, "official_id": vetoes.official_id, "promotion": True}
    barred = await clerk.refusal("POST", "/v1/appointments", {**body, **days("2027-12-24")})
    assert barred == (422, "promotion_during_veto", ["art23"])
    plain = await appointment(clerk, vetoes.free_post, vetoes.official_id, "2027-01-05", "2027-12-24")
    correction = {"promotion": True, "reason": "更正", **days("2027-01-05", "2027-12-24")}
    path = f"/v1/appointments/{plain['id']}"
    assert (await clerk.refusal("PUT", path, correction, seen=1))[1] == "promotion_during_veto"
    assert (await clerk.post("/v1/appointments", {**body, **days("2027-12-25")}))["flags"] == []
    later = {"promotion": True, "reason": "推迟", **days("2028-01-01")}
    moved = await clerk.put(f"/v1/appointments/{vetoes.promotion}", later, seen=2)
    assert moved["flags"] == [], "moved out of the period it stands against nothing"


@pytest.mark.clause("art23")
async def test_out_of_order_the_lifting_waits_for_the_veto(vetoes: Vetoes) -> None:
    imposed = delivery(event(VetoImposed, vetoes.official_id, through=date(2027, 12, 24)), 1)
    lifted = delivery(event(VetoLifted, vetoes.official_id, through=date(2026, 12, 31)), 2)
    await vetoes.hear(lifted)
    assert (await vetoes.seen())["version"] == 1
    await vetoes.hear(imposed)
    await vetoes.hear(lifted, imposed)
    seen = await vetoes.seen()
    assert (seen["flags"], seen["version"]) == ([], 3)
    kinds = [one["type"].split(".")[3] for one in await vetoes.clerk.events("appointment", vetoes.promotion)]
    assert kinds == ["recorded", "promotion_flagged", "corrected"]


@pytest.mark.clause("art23")
@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({"kind": "effect_period"}, [f"promotion_during_effect_period:{VETO}"]),
        ({"bars": ("higher_post",)}, [f"promotion_during_veto:{VETO}"]),
        ({"bars": ("advanced_titles",)}, []),
        ({"kind": "unheard_of"}, []),
        ({"from_day": date(2027, 1, 6)}, []),
        ({"through_day": None}, [f"promotion_during_veto:{VETO}"]),
    ],
)
async def test_what_bars_a_promotion_flags_it_and_nothing_else_does(
    vetoes: Vetoes, changes: dict[str, Any], flags: list[str]
) -> None:
    await vetoes.hear(delivery(event(VetoImposed, vetoes.official_id, through=date(2027, 12, 24), **changes), 1))
    assert (await vetoes.seen())["flags"] == flags
