"""What an amended catalogue would change."""

from typing import Any

from fastapi import Request, Response

from services.duties.handlers import what_if as handlers
from services.duties.routes.common import may, regions_of, router
from services.duties.schemas.what_if import WhatIfIn, WhatIfView, differences_of
from shared.kernel import clock
from shared.kernel.moments import settled
from shared.kernel.operations import OperationView, Progress
from shared.kernel.routing import Reading

_CHAPTERS = ("art5", "art6", "art9", "art10", "art11")

what_if = router("what-if", "如果修改 · What if")


@what_if.post(
    "",
    summary="如果修改目录 · What if the catalogue were amended",
    responses={202: {"model": OperationView, "description": "区划较多，转为长时办理 · A long operation"}},
    **may("what_if", "ask", *_CHAPTERS),
)
async def ask(body: WhatIfIn, request: Request, response: Response, session: Reading) -> WhatIfView | OperationView:
    """按真实名册和记录计算两者之差，不写入任何数据 · Over the real roster and records; nothing is written."""
    asked = handlers.Question(
        region=body.region,
        from_day=body.from_day,
        to_day=body.to_day,
        as_of=body.as_of or clock.today(),
        known_at=await settled(session),
        exercise=body.exercise,
        granted=frozenset(regions_of(request)),
    )
    proposal = handlers.Proposal(body.statute, body.catalogue, body.change, body.drop)
    comparison = await handlers.compare(session, proposal, asked)
    if not comparison.large:
        result, found = await handlers.answer(session, comparison)
        return WhatIfView.model_validate(result | {"obligations": differences_of(found)})
    app, actor = request.app, request.state.actor

    async def work(progress: Progress) -> dict[str, Any]:
        return await handlers.run(app.state.sessions, comparison, progress)

    started: OperationView = await app.state.operations.start("what_if", actor.subject, work)
    response.status_code = 202
    response.headers["Location"] = f"/v1/operations/{started.id}"
    return started
