"""Every write route of the published API: an event with the full state leaves on the subject of its region.

The routes are read from the OpenAPI document, so a route that is added and not tried here makes this fail.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from nats.aio.msg import Msg

from services.registry.repository import states
from services.registry.tests.clerk import ZONE, Clerk, Story, days, enact, explosion, step
from services.registry.tests.conftest import Calendar
from services.registry.tests.rosters import BY_CODE
from services.registry.tests.rosters import story as cast
from shared.contracts.registry import RegistryEvent
from shared.kernel import streams
from shared.kernel.consumer import delivery_of
from shared.kernel.envelope import Delivery, contract, place
from shared.kernel.tables import ledger, outbox
from shared.kernel.testing import Stack, eventually

COUNTY = "139901"
#: Routes that change no fact of the register: searches by number, and the kernel's own for operators.
NO_FACTS = {
    ("post", "/v1/official-searches"),
    ("post", "/v1/dead-letters/{letter_id}/replay"),
    ("post", "/v1/dead-letters/{letter_id}/discard"),
    ("post", "/v1/reconciliations"),
    ("post", "/v1/imports"),  # kept in staging; what a run applies are the events of the routes above (test_imports)
    ("post", "/v1/imports/{import_id}/runs"),
}
Route = tuple[str, str]
#: Where regions lie that the cast does not have, and where one lies after it was moved.
ELSEWHERE = {
    "139902": ("130000", "139900", "139902"),
    "139901100@2026-04-01": ("130000", "139900", "139902", "139901100"),
    "139903": ("130000", "139900", "139903"),
    "139901401": ("130000", "139900", COUNTY, "139901401"),
}


@dataclass
class Scene:
    """The story's cast, and what the steps before left for the next."""

    story: Story
    calendar: Calendar
    made: dict[str, str] = field(default_factory=dict)

    @property
    def clerk(self) -> Clerk:
        return self.story.clerk

    async def create(self, name: str, path: str, body: dict[str, Any]) -> None:
        self.made[name] = (await self.clerk.post(path, body))["id"]

    async def change(self, verb: str, path: str, body: dict[str, Any], *, below: str = "") -> None:
        """Send a change, to the address itself or to one below it, that names the newest version."""
        seen = await self.clerk.send("GET", path)
        version = int(seen.headers["etag"].strip('"'))
        answer = await self.clerk.send(verb, f"{path}{below}", body, seen=version)
        assert answer.is_success, answer.text


async def _load(scene: Scene) -> None:
    await scene.clerk.load_divisions(exercise_only=False)


async def _adjust(scene: Scene) -> None:
    body = {"action": "remove", "post_id": scene.story["县应急副局长"], "reason": "演练：不在分管范围"}
    await scene.change("POST", f"/v1/accidents/{scene.made['accident']}", body, below="/chain-adjustments")


async def _annul(scene: Scene) -> None:
    """A second record of the accident: moved to the town next door, a region there confirmed, and annulled."""
    await scene.create("second", "/v1/accidents", explosion())
    path, other = f"/v1/accidents/{scene.made['second']}", scene.made["accident"]
    await scene.change("PUT", path, {**CORRECTED, "region_code": "139901100"}, below="/circumstances")
    withdrawn = {"competence": None, "from_day": "2026-05-01", **BY}
    await scene.change("PUT", "/v1/regions/139900", withdrawn, below="/competence")
    body = {"cause": "duplicate", "duplicate_of": other, "reason": "（演练）重复登记"}
    await scene.change("POST", path, body, below="/annulment")


def _creates(name: str, path: str, body: Callable[[Scene], dict[str, Any]]) -> Callable[[Scene], Awaitable[None]]:
    async def run(scene: Scene) -> None:
        await scene.create(name, path, body(scene))

    return run


def _changes(
    verb: str, path: str, name: str, body: Callable[[Scene], dict[str, Any]], *, below: str = ""
) -> Callable[[Scene], Awaitable[None]]:
    async def run(scene: Scene) -> None:
        await scene.change(verb, path.format(scene.made[name]), body(scene), below=below)

    return run


def _on_accident(what: str, body: dict[str, Any], verb: str = "POST") -> Callable[[Scene], Awaitable[None]]:
    return _changes(verb, "/v1/accidents/{}", "accident", lambda _: body, below=f"/{what}")


def _on_region(verb: str, code: str, what: str, **body: Any) -> Callable[[Scene], Awaitable[None]]:
    async def run(scene: Scene) -> None:
        await scene.change(verb, f"/v1/regions/{code}", {**body, **BY}, below=f"/{what}")

    return run


async def _merge(scene: Scene) -> None:
    for name in ("one", "other"):
        await scene.create(name, "/v1/officials", {"name": "演练寅", "region_code": COUNTY, "exercise": True})
    body = {"into": scene.made["one"], "reason": "同一人"}
    await scene.change("POST", f"/v1/officials/{scene.made['other']}", body, below="/merge")


async def _end(scene: Scene) -> None:
    await scene.create("ended", "/v1/regions", {**COUNTY_OF_2020, "code": "139903"})
    body = {"last_day": "2026-04-30", **BY}
    await scene.change("POST", "/v1/regions/139903", body, below="/end")


async def _proceed(scene: Scene) -> None:
    """Every step that there is, after an accident of the highest level."""
    steps = [*explosion()["report_steps"], step("state_council", 18, 0, "province")]
    casualties = {
        "deaths": [{"count": 30, "died_on": "2026-05-20"}],
        "serious_injuries": 12,
        "direct_loss_yuan": 5_000_000,
    }
    await scene.create("worst", "/v1/accidents", explosion(report_steps=steps, casualties=casualties))
    scene.calendar.turn_to(2027, 6, 10, 9)
    for kind, day, more in STEPS:
        body = {"kind": kind, "day": day, "organ": "（演练）国务院事故调查组", **more}
        await scene.change("POST", f"/v1/accidents/{scene.made['worst']}", body, below="/proceedings")


STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("investigation_opened", "2026-05-21", {"authority": "state_council"}),
    ("investigation_extended", "2026-05-22", {"days": 30, "reason": "（演练）情况复杂"}),
    ("technical_appraisal", "2026-05-23", {"until": "2026-05-30"}),
    ("report_submitted", "2026-07-10", {}),
    ("approval_extended", "2026-07-15", {"days": 30, "reason": "（演练）情况复杂"}),
    ("report_approved", "2026-07-20", {}),
    ("result_published", "2026-07-25", {}),
    (
        "rectification_evaluated",
        "2027-06-01",
        {"rectification": "（演练）已落实", "accountability": "（演练）已落实"},
    ),
    ("closed", "2027-06-02", {}),
    ("reopened", "2027-06-03", {"reason": "（演练）重新启动"}),
)
BY = {"document": "（演练）演政〔2026〕1号", "reason": "据文件登记"}
NEW = {"from_day": "2020-01-01", "document": BY["document"]}
COUNTY_OF_2020 = {"code": "139902", "name": "演练新县", "admin_parent": "139900", "tier": "county", **NEW}
DECIDED = {"document": BY["document"], "issuer": "演练市委、市政府", "issued_on": "2026-03-20"}
CORRECTED = {
    **{name: explosion()[name] for name in ("title", "industry")},
    "occurred_at": "2026-05-20T14:25:00+08:00",
    "reason": "（演练）更正时间",
}
REVISED = {"casualties": {"deaths": [{"count": 4, "died_on": "2026-05-20"}]}, "reason": "续报"}
#: Route → (the aggregate whose event it must cause, the code of that event's region, how it is done), in an order in
#: which each finds what it needs.
WRITES: dict[Route, tuple[str, str, Callable[[Scene], Awaitable[None]]]] = {
    ("post", "/v1/divisions/load"): ("region", "130123", _load),
    ("post", "/v1/regions"): (
        "region",
        "139902",
        _creates(
            "county",
            "/v1/regions",
            lambda _: COUNTY_OF_2020,
        ),
    ),
    ("put", "/v1/regions/{code}/competence"): (
        "region",
        "130682",
        _on_region("PUT", "130682", "competence", competence="city", from_day="2026-01-01"),
    ),
    ("put", "/v1/regions/{code}/tier"): (
        "region",
        "139901100",
        _on_region("PUT", "139901100", "tier", tier="subdistrict", from_day="2026-03-01"),
    ),
    ("put", "/v1/regions/{code}/admin-parent"): (
        "region",
        "139901100@2026-04-01",
        _on_region("PUT", "139901100", "admin-parent", admin_parent="139902", from_day="2026-04-01"),
    ),
    ("put", "/v1/regions/{code}/name"): (
        "region",
        "139901100@2026-04-01",
        _on_region("PUT", "139901100", "name", name="演练新名镇", from_day="2026-02-01"),
    ),
    ("post", "/v1/zones"): (
        "region",
        "139901401",
        _creates(
            "zone",
            "/v1/zones",
            lambda _: {
                "code": "139901401",
                "name": "演练港区",
                "admin_parent": COUNTY,
                "managing_organ": {"name": "演练港区管委会"},
                **NEW,
            },
        ),
    ),
    ("post", "/v1/organs"): (
        "organ",
        COUNTY,
        _creates(
            "organ",
            "/v1/organs",
            lambda _: {"name": "新局", "kind": "government_department", "region_code": COUNTY, **days("2020-01-01")},
        ),
    ),
    ("put", "/v1/organs/{organ_id}"): (
        "organ",
        COUNTY,
        _changes(
            "PUT",
            "/v1/organs/{}",
            "organ",
            lambda _: {"name": "更名局", "roles": [], "reason": "更名", **days("2020-01-01")},
        ),
    ),
    ("post", "/v1/posts"): (
        "post",
        COUNTY,
        _creates(
            "post",
            "/v1/posts",
            lambda s: {
                "organ_id": s.made["organ"],
                "kind": "department_principal",
                "title": "局长",
                **days("2020-01-01"),
            },
        ),
    ),
    ("put", "/v1/posts/{post_id}"): (
        "post",
        COUNTY,
        _changes("PUT", "/v1/posts/{}", "post", lambda _: {"title": "主任", "reason": "更名", **days("2020-01-01")}),
    ),
    ("post", "/v1/officials"): (
        "official",
        COUNTY,
        _creates("official", "/v1/officials", lambda _: {"name": "演练子", "region_code": COUNTY, "exercise": True}),
    ),
    ("put", "/v1/officials/{official_id}"): (
        "official",
        COUNTY,
        _changes("PUT", "/v1/officials/{}", "official", lambda _: {"name": "演练丑", "reason": "更正"}),
    ),
    ("post", "/v1/appointments"): (
        "appointment",
        COUNTY,
        _creates(
            "appointment",
            "/v1/appointments",
            lambda s: {"post_id": s.made["post"], "official_id": s.made["official"], **days("2024-01-01")},
        ),
    ),
    ("put", "/v1/appointments/{appointment_id}"): (
        "appointment",
        COUNTY,
        _changes("PUT", "/v1/appointments/{}", "appointment", lambda _: {"reason": "更正", **days("2024-02-01")}),
    ),
    ("post", "/v1/appointments/{appointment_id}/end"): (
        "appointment",
        COUNTY,
        _changes(
            "POST",
            "/v1/appointments/{}",
            "appointment",
            lambda _: {"last_day": "2025-01-31", "end_reason": "转任"},
            below="/end",
        ),
    ),
    ("post", "/v1/appointments/{appointment_id}/annul"): (
        "appointment",
        COUNTY,
        _changes("POST", "/v1/appointments/{}", "appointment", lambda _: {"reason": "误登"}, below="/annul"),
    ),
    ("post", "/v1/portfolios"): (
        "portfolio",
        COUNTY,
        _creates(
            "portfolio",
            "/v1/portfolios",
            lambda s: {"post_id": s.made["post"], "industries": ["C26"], **days("2024-01-01")},
        ),
    ),
    ("put", "/v1/portfolios/{portfolio_id}"): (
        "portfolio",
        COUNTY,
        _changes(
            "PUT",
            "/v1/portfolios/{}",
            "portfolio",
            lambda _: {"industries": ["C27"], "reason": "更正", **days("2024-01-01")},
        ),
    ),
    ("post", "/v1/portfolios/{portfolio_id}/annul"): (
        "portfolio",
        COUNTY,
        _changes("POST", "/v1/portfolios/{}", "portfolio", lambda _: {"reason": "误登"}, below="/annul"),
    ),
    ("post", "/v1/accidents"): ("accident", ZONE, _creates("accident", "/v1/accidents", lambda _: explosion())),
    ("post", "/v1/accidents/{accident_id}/revisions"): ("accident", ZONE, _on_accident("revisions", REVISED)),
    ("post", "/v1/accidents/{accident_id}/report-steps"): (
        "accident",
        ZONE,
        _on_accident("report-steps", {"steps": [step("state_council", 17, 50, "province")]}),
    ),
    ("post", "/v1/accidents/{accident_id}/report-steps/{number}/withdrawal"): (
        "accident",
        ZONE,
        _on_accident("report-steps/5/withdrawal", {"reason": "（演练）误登"}),
    ),
    ("put", "/v1/accidents/{accident_id}/circumstances"): (
        "accident",
        ZONE,
        _on_accident("circumstances", CORRECTED, "PUT"),
    ),
    ("post", "/v1/accidents/{accident_id}/chain-adjustments"): ("accident", ZONE, _adjust),
    ("post", "/v1/accidents/{accident_id}/annulment"): ("accident", "139901100@2026-04-01", _annul),
    ("post", "/v1/declarations"): (
        "declaration",
        COUNTY,
        _creates(
            "declaration",
            "/v1/declarations",
            lambda _: {
                "kind": "enterprise",
                "region_code": COUNTY,
                "document": "演练1号",
                "name": "演练厂",
                "industry": "C26",
                **days("2024-01-01"),
            },
        ),
    ),
    ("put", "/v1/declarations/{declaration_id}"): (
        "declaration",
        COUNTY,
        _changes(
            "PUT",
            "/v1/declarations/{}",
            "declaration",
            lambda _: {
                "document": "演练2号",
                "name": "演练厂",
                "industry": "C27",
                "reason": "更正",
                **days("2024-01-01"),
            },
        ),
    ),
    ("post", "/v1/declarations/{declaration_id}/annul"): (
        "declaration",
        COUNTY,
        _changes("POST", "/v1/declarations/{}", "declaration", lambda _: {"reason": "误登"}, below="/annul"),
    ),
    ("post", "/v1/officials/{official_id}/merge"): ("official", COUNTY, _merge),
    ("post", "/v1/officials/{official_id}/separate"): (
        "official",
        COUNTY,
        _changes("POST", "/v1/officials/{}", "other", lambda _: {"reason": "并非同一人"}, below="/separate"),
    ),
    ("post", "/v1/organs/{organ_id}/succession"): (
        "organ",
        COUNTY,
        _changes(
            "POST",
            "/v1/organs/{}",
            "organ",
            lambda _: {"kind": "abolished", "day": "2026-04-01", **DECIDED},
            below="/succession",
        ),
    ),
    ("post", "/v1/regions/{code}/end"): ("region", "139903", _end),
    ("post", "/v1/accidents/{accident_id}/proceedings"): ("accident", ZONE, _proceed),
    ("post", "/v1/accidents/{accident_id}/proceedings/{number}/withdrawal"): (
        "accident",
        ZONE,
        _changes(
            "POST",
            "/v1/accidents/{}",
            "worst",
            lambda _: {"reason": "（演练）误登"},
            below=f"/proceedings/{len(STEPS)}/withdrawal",
        ),
    ),
}


def routes(clerk: Clerk) -> set[Route]:
    """Every route of the published document that may write."""
    paths = clerk.running.app.openapi()["paths"]
    return {
        (verb, path) for path, verbs in paths.items() for verb in verbs if verb in {"post", "put", "patch", "delete"}
    }


async def test_every_write_route_causes_an_event_with_the_full_state_on_its_regions_subject(
    publishing: Clerk, calendar: Calendar, stack: Stack
) -> None:
    assert routes(publishing) == WRITES.keys() | NO_FACTS
    scene = Scene(await enact(publishing, cast()), calendar)
    written = {route: await _between(scene, run) for route, (_, _, run) in WRITES.items()}
    by_seq = await _published(stack, publishing)
    for route, (aggregate, code, _) in WRITES.items():
        caused = [by_seq[seq] for seq in written[route] if seq in by_seq]
        expected = f"anze.v1.internal.registry.{aggregate}."
        where = place(ELSEWHERE.get(code) or BY_CODE[code].path)
        fitting = [one for subject, one in caused if subject.startswith(expected) and subject.endswith(f".{where}")]
        assert fitting, f"{route}: {[subject for subject, _ in caused]}"
        for delivery in fitting[:20]:
            await _is_the_full_state(publishing, delivery)


async def test_every_contract_of_the_registry_that_may_be_published_is_caused_by_a_route(
    publishing: Clerk, calendar: Calendar, stack: Stack
) -> None:
    """Two come from elsewhere: flags from discipline's events, and a chain revised when the roster is corrected."""
    scene = Scene(await enact(publishing, cast()), calendar)
    for _, _, run in WRITES.values():
        await run(scene)
    seen = {delivery.type for _, delivery in (await _published(stack, publishing)).values()}
    declared = {kind.type() for kind in _concrete(RegistryEvent) if kind.PUBLISHED}
    assert declared - seen == {"anze.registry.appointment.promotion_flagged.v1"}


def _concrete(kind: type[RegistryEvent]) -> list[type[RegistryEvent]]:
    below = [one for child in kind.__subclasses__() for one in _concrete(child)]
    return [kind, *below] if "NAME" in vars(kind) else below


async def _between(scene: Scene, run: Callable[[Scene], Awaitable[None]]) -> list[int]:
    """The ledger rows that a step caused."""
    async with scene.clerk.running.app.state.sessions() as session:
        before = await session.scalar(sa.select(sa.func.max(ledger.c.seq))) or 0
    await run(scene)
    async with scene.clerk.running.app.state.sessions() as session:
        return list((await session.execute(sa.select(ledger.c.seq).where(ledger.c.seq > before))).scalars())


async def _published(stack: Stack, clerk: Clerk) -> dict[int, tuple[str, Delivery]]:
    """Once nothing waits in the outbox: seq → (subject, message) of the registry's stream."""

    async def relayed() -> bool:
        async with clerk.running.app.state.sessions() as session:
            return not await session.scalar(sa.select(sa.func.count()).select_from(outbox))

    await eventually(relayed, seconds=60, what="the outbox to be empty")
    client = await streams.connect(stack.nats_url, name="test-every-write")
    try:
        return dict([_read(message) async for message in streams.read(client, "REGISTRY")])
    finally:
        await client.close()


def _read(message: Msg) -> tuple[int, tuple[str, Delivery]]:
    headers = message.headers or {}
    return int(headers["ce-seq"]), (headers["Nats-Subject"], delivery_of(headers, message.data))


async def _is_the_full_state(clerk: Clerk, delivery: Delivery) -> None:
    """What the message says is all that the register keeps of that version."""
    kind = contract(delivery.type)
    assert kind is not None
    assert issubclass(kind, RegistryEvent)
    async with clerk.running.app.state.sessions() as session:
        kept = await states.one(session, kind, delivery.ref.id, known_at=delivery.recorded_at)
    assert kept is not None
    said: dict[str, Any] = defaultdict(lambda: None, delivery.body)
    for name, value in kept.state.model_dump(mode="json").items():
        assert said[name] == value, (delivery.type, name)
    assert kept.version == delivery.version
