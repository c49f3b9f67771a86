"""Somebody who works with the registry through its API, and the story's cast registered that way."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from services.registry.tests.rosters import Builder, named
from shared.kernel.testing import Running, eventually

ZONE = "139901400"
Body = dict[str, Any]


@dataclass
class Clerk:
    """Speaks HTTP as a caller with `roles` in `regions`."""

    running: Running
    roles: tuple[str, ...] = ("administrator", "registrar", "safety_office")
    regions: tuple[str, ...] = ("130000",)

    def acting(self, *roles: str, regions: tuple[str, ...] = ("130000",)) -> "Clerk":
        """The same registry, another caller."""
        return Clerk(self.running, roles, regions)

    async def send(
        self, method: str, path: str, body: Body | None = None, *, seen: int | None = None, **params: Any
    ) -> httpx.Response:
        """One request; `seen` is the version in If-Match."""
        headers = self.running.acting(*self.roles, regions=self.regions)
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return await self.running.http.request(method, path, json=body, headers=headers, params=params)

    async def post(self, path: str, body: Body, *, seen: int | None = None) -> Any:
        """What a POST that succeeds answers."""
        answer = await self.send("POST", path, body, seen=seen)
        assert answer.is_success, answer.text
        return answer.json()

    async def put(self, path: str, body: Body, *, seen: int) -> Any:
        """What a PUT that succeeds answers."""
        answer = await self.send("PUT", path, body, seen=seen)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str, **params: Any) -> Any:
        """What a GET that succeeds answers."""
        answer = await self.send("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refusal(
        self, method: str, path: str, body: Body | None = None, *, seen: int | None = None, **params: Any
    ) -> tuple[int, str, list[str]]:
        """Status, code and clauses of a problem."""
        answer = await self.send(method, path, body, seen=seen, **params)
        assert not answer.is_success, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        return answer.status_code, problem["code"], [one["clause"] for one in problem.get("basis", [])]

    async def load_divisions(self, *, exercise_only: bool) -> Body:
        """Load the divisions and wait for the end."""
        started = await self.send("POST", "/v1/divisions/load", {"exercise_only": exercise_only})
        assert started.status_code == 202, started.text

        async def ended() -> Any:
            state = await self.get(started.headers["location"])
            return state if state["status"] != "running" else None

        done = await eventually(ended, seconds=120, what="loading the divisions")
        assert done["status"] == "succeeded", done
        return dict(done["result"])

    async def events(self, aggregate: str, identity: str) -> list[Body]:
        """What the ledger says of one aggregate."""
        found: list[Body] = await self.get(f"/v1/history/{aggregate}/{identity}")
        return found


@dataclass
class Story:
    """The cast as registered: ids of the builder → ids of the registry."""

    clerk: Clerk
    ids: dict[UUID, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.ids[named(name)]


def days(from_day: object, to_day: object = None) -> Body:
    """Days of a request."""
    return {"from_day": str(from_day), "to_day": None if to_day is None else str(to_day)}


async def enact(clerk: Clerk, build: Builder) -> Story:
    """Register a builder's roster through the API."""
    made = Story(clerk)
    for organ in build.organs.values():
        body = {
            "name": organ.name,
            "kind": organ.kind,
            "region_code": organ.region_code,
            "roles": [
                {"role": role.role, "industries": role.industries, **days(role.span.from_day)} for role in organ.roles
            ],
            "exercise": True,
            **days(organ.span.from_day),
        }
        made.ids[organ.id] = (await clerk.post("/v1/organs", body))["id"]
    for post in build.posts.values():
        organ_id = made.ids[post.organ_id]
        body = {"organ_id": organ_id, "kind": post.kind, "title": post.title, **days(post.span.from_day)}
        made.ids[post.id] = (await clerk.post("/v1/posts", body))["id"]
    for appointment in build.appointments:
        if appointment.official_id not in made.ids:
            name = f"演练人员{len(made.ids)}"
            person = {"name": name, "region_code": "139901", "exercise": True}
            made.ids[appointment.official_id] = (await clerk.post("/v1/officials", person))["id"]
        body = {
            "post_id": made.ids[appointment.post_id],
            "official_id": made.ids[appointment.official_id],
            **days(appointment.span.from_day, appointment.span.to_day),
        }
        made.ids[appointment.id] = (await clerk.post("/v1/appointments", body))["id"]
    for portfolio in build.portfolios:
        body = {
            "post_id": made.ids[portfolio.post_id],
            "industries": portfolio.industries,
            **days("2025-01-10"),
        }
        made.ids[portfolio.id] = (await clerk.post("/v1/portfolios", body))["id"]
    return made


def step(receiver: str, hour: int, minute: int, sender: str | None = None) -> Body:
    """A step of reporting on the story's day."""
    at = datetime(2026, 5, 20, hour, minute).isoformat()  # noqa: DTZ001 - the offset follows
    return {"receiver": receiver, "received_at": f"{at}+08:00", "sender": sender}


def explosion(deaths: int = 3, **more: Any) -> Body:
    """The story's accident."""
    return {
        "title": "演练经济开发区爆炸事故",
        "region_code": ZONE,
        "occurred_at": "2026-05-20T14:30:00+08:00",
        "industry": "C26",
        "casualties": {"deaths": [{"count": deaths, "died_on": "2026-05-20"}], "serious_injuries": 12},
        "report_steps": [
            step("unit", 14, 35),
            step("county", 15, 20, "unit"),
            step("city", 16, 0, "county"),
            step("province", 17, 30, "city"),
        ],
        **more,
    }
