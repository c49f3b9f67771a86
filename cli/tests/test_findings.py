"""`anze findings` against a registry that listens on a real port."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from typer.testing import CliRunner, Result

from cli.main import app
from services.registry.main import service
from shared.contracts.topology import DECLARATIONS
from shared.embedded.processes import free_port
from shared.kernel.testing import Stack, eventually, token

NOWHERE = "nats://127.0.0.1:9"


@pytest.fixture
async def url(stack: Stack) -> AsyncIterator[str]:
    """The address of a registry that knows the exercise regions and nothing else."""
    running = await stack.start(service(), DECLARATIONS, NATS_URL=NOWHERE)
    headers = running.acting("administrator")
    started = await running.http.post("/v1/divisions/load", json={"exercise_only": True}, headers=headers)

    async def loaded() -> bool:
        answer = await running.http.get(started.headers["location"], headers=headers)
        return bool(answer.json()["status"] == "succeeded")

    await eventually(loaded, what="loading the exercise regions")
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(running.app, port=port, lifespan="off", log_level="warning"))
    serving = asyncio.create_task(server.serve())

    async def up() -> bool:
        return server.started

    await eventually(up, what="listening")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


async def anze(url: str, *arguments: str, role: str = "viewer") -> Result:
    given = ["findings", "--url", url, "--token", token(roles=[role]), "--exercise", *arguments]
    return await asyncio.to_thread(CliRunner().invoke, app, given)


@pytest.mark.clause("art4.p2", "art5.6")
async def test_findings_are_listed_as_json_as_text_and_as_a_file(url: str, tmp_path: Path) -> None:
    listed = await anze(url, "--region", "139901", "--as-of", "2026-05-20", "--json")
    assert listed.exit_code == 0, listed.output
    found = json.loads(listed.stdout)
    assert {one["kind"] for one in found} == {"no_organ", "no_responsible_department"}
    assert "findings" in listed.stderr
    told = await anze(url, "--region", "139901", "--kind", "no_responsible_department")
    assert len(told.stdout.splitlines()) == sum(one["kind"] == "no_responsible_department" for one in found) == 2
    assert "[art5.6]" in told.stdout
    file = tmp_path / "findings.csv"
    assert (await anze(url, "--region", "139901", "--csv", str(file))).exit_code == 0
    assert len(list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))) == len(found) + 1


async def test_a_refusal_is_told_in_its_own_words(url: str) -> None:
    refused = await anze(url, "--region", "139901", role="agency")
    assert refused.exit_code == 1
    assert "role_required" in refused.stderr
    assert (await anze("http://127.0.0.1:9", "--region", "139901")).exit_code == 1
