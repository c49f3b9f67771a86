"""A grant that names an organ records for that organ and for no other; what is refused leaves nothing behind."""

from typing import Any

import sqlalchemy as sa

from services.registry.tests.clerk import Clerk, days
from services.registry.tests.sheets import SEAT, send, workbook
from services.registry.tests.test_api_regions import NEW_ZONE
from services.registry.tests.test_api_roster import appointment, official, organ, post
from shared.kernel.tables import ledger

Step = tuple[str, str, dict[str, Any], int | None]
LONG = days("2018-01-01")
REFORM = {"document": "文", "issuer": "演练市委", "issued_on": "2026-04-01", "day": "2026-05-01"}


async def steps(clerk: Clerk, name: str) -> list[Step]:
    """What is recorded for an organ that has two posts, one held and one leading something."""
    made = await organ(clerk, name=name)
    held, free = [
        (await post(clerk, organ_id=made["id"], kind=kind))["id"]
        for kind in ("party_principal", "party_standing_member")
    ]
    person, other = [(await official(clerk, f"演练{one}"))["id"] for one in "甲乙"]
    tenure = (await appointment(clerk, held, person, "2024-01-01"))["id"]
    assigned = {"post_id": held, "industries": ["C26"], **days("2024-01-01")}
    leading = (await clerk.post("/v1/portfolios", assigned))["id"]
    own = {"name": name, "roles": [], "reason": "更正", **LONG}
    return [
        ("PUT", f"/v1/organs/{made['id']}", own, 1),
        ("POST", "/v1/posts", {"organ_id": made["id"], "kind": "party_standing_member", "title": "常委", **LONG}, None),
        ("PUT", f"/v1/posts/{free}", {"title": "副书记", "reason": "更正", **LONG}, 1),
        ("POST", "/v1/appointments", {"post_id": free, "official_id": other, **days("2024-01-01")}, None),
        ("PUT", f"/v1/appointments/{tenure}", {"acting": True, "reason": "更正", **days("2024-01-01")}, 1),
        ("POST", f"/v1/appointments/{tenure}/end", {"last_day": "2026-01-31", "end_cause": "transfer"}, 2),
        ("POST", f"/v1/appointments/{tenure}/annul", {"reason": "误登"}, 3),
        ("POST", "/v1/portfolios", {"post_id": free, "industries": ["A"], **days("2024-01-01")}, None),
        ("PUT", f"/v1/portfolios/{leading}", {"industries": ["C25"], "reason": "更正", **days("2024-01-01")}, 1),
        ("POST", f"/v1/portfolios/{leading}/annul", {"reason": "误登"}, 2),
        ("POST", f"/v1/organs/{made['id']}/succession", {"kind": "renamed", "new_name": "新机关", **REFORM}, 2),
    ]


async def test_a_registrar_of_one_organ_records_for_it_and_for_no_other(clerk: Clerk) -> None:
    own, others = await steps(clerk, "演练县委"), await steps(clerk, "演练县政协")
    mine = own[0][1].rsplit("/", 1)[1]
    new: list[Step] = [
        ("POST", "/v1/organs", {"name": "新机关", "kind": "government", "region_code": "139901", **LONG}, None),
        ("POST", "/v1/zones", NEW_ZONE, None),
    ]

    async def asked(method: str, path: str, body: dict[str, Any], seen: int | None, region: str = "139901") -> Any:
        headers = clerk.running.acting("registrar", regions=(region,), organ=mine)
        headers |= {} if seen is None else {"If-Match": f'"{seen}"'}
        answer = await clerk.running.http.request(method, path, json=body, headers=headers)
        return answer.status_code if answer.is_success else (answer.status_code, answer.json()["code"])

    async def written() -> int:
        async with clerk.running.app.state.sessions() as session:
            return int(await session.scalar(sa.select(sa.func.count()).select_from(ledger)) or 0)

    before = await written()
    for method, path, body, seen in (*others, *new):
        refused = await asked(method, path, body, seen and 1)  # nothing of it has changed yet
        assert refused == (403, "organ_outside_grant"), (method, path)
    assert await asked(*own[1], region="139902") == (403, "region_outside_grant"), "the grant is for another place"
    assert await written() == before
    for step in own:
        assert await asked(*step) in {200, 201}, step[:2]


async def test_a_file_is_of_many_organs_and_not_for_a_registrar_of_one(clerk: Clerk) -> None:
    made = (await send(clerk, workbook(SEAT))).json()
    headers = clerk.running.acting("registrar", organ=(await organ(clerk))["id"])
    answer = await clerk.running.http.post(f"/v1/imports/{made['id']}/runs", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "organ_outside_grant")
