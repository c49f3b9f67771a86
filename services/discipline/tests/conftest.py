"""Discipline at work on a real database, with the story's cast put in through events."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from services.discipline.main import service
from services.discipline.subscribers import SUBSCRIPTIONS
from services.discipline.tests import cast
from services.discipline.tests.examples import uid
from shared.contracts.topology import DECLARATIONS
from shared.kernel.consumer import Consumer
from shared.kernel.envelope import Delivery, Event
from shared.kernel.testing import Running, Stack


class House:
    """The running service, its subscriptions driven by hand, and the people who use it."""

    def __init__(self, running: Running) -> None:
        self.running, self.feed = running, cast.Feed()

    async def apply(self, deliveries: Sequence[Delivery]) -> None:
        """Hand messages to the subscriptions that take them."""
        runtime = self.running.app.state.runtime
        for one in SUBSCRIPTIONS:
            mine = [message for message in deliveries if message.ref.type in one.aggregates]
            if mine:
                consumer = Consumer("discipline", one, runtime.sessions, runtime.dsn, client=None)  # type: ignore[arg-type]
                await consumer.apply(mine)

    async def hear(self, *events: Event) -> list[Delivery]:
        """Events arrive, once and in order."""
        messages = self.feed.of(*events)
        await self.apply(messages)
        return messages

    async def call(
        self,
        method: str,
        path: str,
        *roles: str,
        body: object = None,
        seen: int | None = None,
        subject: str = "handler",
        regions: tuple[str, ...] = (cast.COUNTY,),
        organ: str | None = None,
    ) -> httpx.Response:
        """One request; `seen` is the version in If-Match, `organ` the only one that the caller acts for."""
        acts_for = None if organ is None else str(uid(organ))
        acting = roles or ("discipline_handler",)
        headers = self.running.acting(*acting, subject=subject, regions=regions, organ=acts_for)
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return await self.running.http.request(method, f"/v1{path}", json=body, headers=headers)

    async def done(self, method: str, path: str, *roles: str, **more: Any) -> Any:
        """The answer of a request that succeeds."""
        answer = await self.call(method, path, *roles, **more)
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, code: str, method: str, path: str, *roles: str, **more: Any) -> list[str]:
        """The clauses with which a rule refuses a request."""
        answer = await self.call(method, path, *roles, **more)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        return [one["clause"] for one in answer.json()["basis"]]

    async def leads(self, **filters: object) -> list[dict[str, Any]]:
        """The leads of the exercise, as somebody of the province sees them."""
        query = "&".join(f"{name}={value}" for name, value in ({"exercise": "true"} | filters).items())
        answer = await self.done("GET", f"/leads?{query}&limit=500", regions=(cast.PROVINCE,))
        return list(answer["items"])

    async def open_case(self, official: str, *, ground: str = "art21.4", organ: str = "县纪委") -> Any:
        """A case from every open lead of an official."""
        leads = await self.leads(official_id=uid(official), status="open")
        stated = {"ground": ground, "facts": "（演练）事实", "evidence": [cast.DIGEST]}
        body = {
            "lead_ids": [one["id"] for one in leads],
            "grounds": [stated],
            "handling_organ_id": str(uid(organ)),
        }
        return await self.done("POST", "/cases", body=body)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        async with self.running.app.state.sessions() as session:
            return [tuple(row) for row in await session.execute(sa.text(query))]


def proposal(measure: str = "demerit", on: str = "2026-12-25", **changes: object) -> dict[str, object]:
    """A complete proposal of a measure by the county party committee."""
    return {
        "measure": measure,
        "decided_on": "2026-12-24",
        "effective_on": on,
        "organ": {
            "organ_id": str(uid("县委")),
            "cadre_authority": True,
            "meeting": "（演练）县委常委会",
            "met_on": "2026-12-23",
        },
        "contents": {
            "post_duties": "（演练）岗位职责",
            "performance": "（演练）履职情况",
            "conditions": "（演练）履职条件",
            "statement": "（演练）本人陈述",
            "service": "（演练）当面送达",
            "appeal_deadline": "2027-01-25",
            "reasons": [{"fact": "（演练）无记录", "source": "认定书", "clause": "art10.2a"}],
        },
        "art23_applies": True,
    } | changes


def exemption(official: str, post: str, **changes: object) -> dict[str, object]:
    """A request, with the city government as investigating organ."""
    return {
        "official_id": str(uid(official)),
        "post_id": str(uid(post)),
        "accident_id": str(cast.ACCIDENT),
        "investigating_organ_id": str(uid("市政府")),
        "statement": "（演练）本人陈述",
    } | changes


def points(*, performed: bool = True, organ: str = "市政府") -> dict[str, object]:
    """The three findings of the investigating organ."""
    names = ("duties", "other_law", "deployments")
    made = [{"point": name, "performed": performed, "reasons": "（演练）调查报告"} for name in names]
    return {"organ_id": str(uid(organ)), "findings": made}


def lead_of(leads: list[dict[str, Any]], post: str, official: str | None) -> dict[str, Any]:
    """The chain's lead of a post and holder."""
    wanted: tuple[UUID, UUID | None] = uid(post), uid(official) if official else None
    return next(
        one
        for one in leads
        if (one["post_id"], one["official_id"]) == (str(wanted[0]), str(wanted[1]) if wanted[1] else None)
    )


@pytest.fixture
async def house(stack: Stack) -> House:
    """The service with the roster known, before the accident."""
    await stack.provision(DECLARATIONS)
    by_hand = replace(service(), subscriptions=())  # the tests decide what arrives, when and how often
    made = House(await stack.start(by_hand, DECLARATIONS))
    await made.hear(*cast.roster())
    return made


@pytest.fixture
async def after(house: House) -> House:
    """The same after the accident was recorded."""
    await house.hear(cast.accident())
    return house
