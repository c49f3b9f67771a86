"""`anze import` and `anze export` against a running registry: words, JSON, exit codes, and the same file again."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from python_calamine import load_workbook
from typer.testing import CliRunner, Result

from bench.ground import issuer
from cli.main import app
from services.registry.tests.sheets import SEAT, seats, workbook
from shared.contracts.topology import DECLARATIONS
from shared.embedded.places import CHECKOUT
from shared.embedded.processes import free_port, spawn
from shared.kernel.testing import Stack, eventually, token

ROLES = ("administrator", "registrar")


@pytest.fixture
async def address(stack: Stack, run_home: Path) -> AsyncIterator[str]:
    """A registry with the exercise regions, as a process of its own."""
    await stack.database("registry")
    await stack.provision(DECLARATIONS)
    port = free_port()
    argv = [sys.executable, "-m", "uvicorn", "--factory", "services.registry.main:create_app", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"

    async def loaded() -> bool:
        headers = {"Authorization": f"Bearer {token(roles=ROLES)}"}
        try:
            async with httpx.AsyncClient(base_url=url, headers=headers, timeout=10) as client:
                await client.post("/v1/divisions/load", json={"exercise_only": True})
                return (await client.get("/v1/regions/139901")).is_success
        except httpx.TransportError:
            return False

    async with issuer() as keys:
        environment = stack.environment("registry", ANZE_JWKS_URL=keys) | {"PATH": os.environ["PATH"]}
        child = await asyncio.to_thread(spawn, argv, log=run_home / "rosters.log", env=environment, cwd=CHECKOUT)
        await eventually(loaded, seconds=60, what="the registry with its regions")
        yield url
        await asyncio.to_thread(child.stop)


def left(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


async def anze(address: str, *arguments: str) -> Result:
    where = ("--url", address, "--token", token(roles=ROLES))
    return await asyncio.to_thread(CliRunner().invoke, app, [*arguments, *where])


@pytest.mark.clause("art2")
async def test_a_roster_goes_in_once_and_comes_out_again(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")  # as if somebody watched
    file = tmp_path / "roster.xlsx"
    file.write_bytes(workbook(*seats(15)))
    checked = await anze(address, "import", str(file), "--validate-only", "--json")
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)["stage"] == "checked"
    done = await anze(address, "import", str(file))
    assert done.exit_code == 0, done.output
    assert "applied: 15 rows, 15 applied, 0 problems" in done.stdout
    assert "appointment_registered 15" in done.stdout
    assert "roster.xlsx" in done.stderr
    assert "15/15" in done.stderr, "how far it is"
    again = await anze(address, "import", str(file), "--again", "--json")
    assert json.loads(again.stdout)["changes"] == {}
    out = tmp_path / "out.xlsx"
    exported = await anze(address, "export", "roster", "--exercise", "--format", "xlsx", "-o", str(out), "--json")
    assert exported.exit_code == 0, exported.output
    assert json.loads(exported.stdout)["bytes"] == out.stat().st_size
    with out.open("rb") as book:
        assert len(load_workbook(book).get_sheet_by_index(0).to_python()) == 16
    empty = await anze(address, "export", "template", "-o", str(tmp_path / "template.xlsx"))
    assert empty.exit_code == 0, empty.output


async def test_what_is_wrong_is_told_by_cell_and_exits_2_and_a_refusal_exits_1(address: str, tmp_path: Path) -> None:
    file, copy = tmp_path / "roster.xlsx", tmp_path / "copy.xlsx"
    file.write_bytes(workbook({**SEAT, "organ_kind": "村委会"}))
    wrong = await anze(address, "import", str(file), "--annotated", str(copy))
    assert wrong.exit_code == 2, wrong.output
    assert "C2 机关类别 “村委会”" in wrong.stdout
    assert "[not_allowed]" in wrong.stdout
    assert copy.stat().st_size > 0
    told = json.loads((await anze(address, "import", str(file), "--json")).stdout)
    assert [one["code"] for one in told["problems"]] == ["not_allowed"]
    target = tmp_path / "secrets.csv"
    refused = await anze(address, "export", "secrets", "-o", str(target))
    assert refused.exit_code == 1
    assert left(tmp_path) == ["copy.xlsx", "roster.xlsx"], "a refused export leaves no file behind"
    nobody = await anze("http://127.0.0.1:9", "import", str(file))
    assert nobody.exit_code == 1
