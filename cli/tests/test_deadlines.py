"""What an operator types about deadlines, against a duties that answers on a port."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from typer.testing import CliRunner

from cli.main import app
from services.duties.main import service
from shared.contracts.topology import DECLARATIONS
from shared.embedded.processes import free_port
from shared.kernel.testing import Stack, eventually, token
from tools import seed_calendar

ADMINISTRATOR = token(roles=("administrator",))


@pytest.fixture
async def url(stack: Stack) -> AsyncIterator[str]:
    """Duties on a port, without any roster."""
    await stack.provision(DECLARATIONS)
    running = await stack.start(service(), DECLARATIONS, ANZE_PERIODIC_SECONDS="86400")
    port = free_port()
    config = uvicorn.Config(running.app, host="127.0.0.1", port=port, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


async def test_a_sweep_and_a_rebuild_tell_what_they_did_and_a_refusal_exits_1(url: str) -> None:
    async def anze(*command: str, by: str = ADMINISTRATOR) -> tuple[int, str]:
        arguments = [*command, "--url", url, "--token", by]
        done = await asyncio.to_thread(CliRunner().invoke, app, arguments)
        return done.exit_code, done.output

    code, output = await anze("notices", "sweep")
    assert code == 0, output
    told = json.loads(output)
    assert told["given"] == {"first": 0, "second": 0, "lapsed": 0}
    code, output = await anze("duties", "rebuild")  # the sweep has opened the years around today
    assert code == 0, output
    year = int(told["day"][:4])
    assert json.loads(output) == {"years": [year - 1, year, year + 1], "posts": 0, "rows": 0}
    for command in (("notices", "sweep"), ("duties", "rebuild")):
        code, output = await anze(*command, by=token(roles=("viewer",)))
        assert (code, "role_required" in output) == (1, True)


async def test_a_seeded_year_is_put_once_and_again_with_its_version(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANZE_TOKEN", ADMINISTRATOR)
    arguments = ["2025", "--notice", "国办发明电〔2024〕12号", "--url", url]
    for more, expected in (([], 0), ([], 1), (["--version", "1"], 0)):
        assert await asyncio.to_thread(seed_calendar.main, [*arguments, *more]) == expected
    async with httpx.AsyncClient() as client:
        headers = {"Authorization": f"Bearer {ADMINISTRATOR}"}
        shown = (await client.get(f"{url}/v1/working-calendar/2025", headers=headers)).json()
    assert (shown["version"], shown["notice_number"]) == (2, "国办发明电〔2024〕12号")
    named = {one["day"]: (one["name"], one["working"]) for one in shown["days"]}
    assert named["2025-10-01"] == ("国庆节", False)
    assert named["2025-10-11"] == ("国庆节", True)
