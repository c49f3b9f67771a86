"""Schemathesis reads each OpenAPI document, asks the running service what nobody meant to ask, and finds nothing.

A document is asked about in parts of whole paths with about as many operations each, so that a service may grow without
a test that takes too long, and so that workers share the parts.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.contracts.topology import DECLARATIONS, SERVICES
from shared.embedded.processes import free_port, spawn
from shared.kernel.auth import Policy
from shared.kernel.testing import Stack, eventually, token
from tools.documents import openapi

ROOT = Path(__file__).parents[2]
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
#: Of one part, as long as no single path has more.
OPERATIONS = 12
ROLES = (
    *("administrator", "registrar", "safety_office", "investigator", "discipline_handler", "discipline_approver"),
    *("organization", "inspector", "rechecker", "auditor", "agency", "viewer"),
)


@pytest.fixture(scope="module")
async def address(
    admin_url: str, nats_url: str, jwks_url: str, run_home: Path, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """One service as a process of its own, for as many of its parts as follow each other."""
    name = request.param
    stack = Stack(admin_url, nats_url)
    await stack.database(name)
    await stack.provision(DECLARATIONS)
    port = free_port()
    argv = [sys.executable, "-m", "uvicorn", "--factory", f"services.{name}.main:create_app", "--log-level", "error"]
    environment = stack.environment(name, ANZE_JWKS_URL=jwks_url) | {"PATH": os.environ["PATH"]}
    log = run_home / f"schemathesis-{name}.log"
    arguments = [*argv, "--host", "127.0.0.1", "--port", str(port)]
    child = await asyncio.to_thread(spawn, arguments, log=log, env=environment, cwd=ROOT)

    async def answers() -> bool:
        assert child.code is None, log.read_text()
        try:
            async with httpx.AsyncClient(timeout=2) as client:
                return (await client.get(f"http://127.0.0.1:{port}/readyz")).is_success
        except httpx.TransportError:
            return False

    await eventually(answers, what=f"{name} answering")
    yield f"http://127.0.0.1:{port}"
    await asyncio.to_thread(child.stop)
    await stack.close()
    assert "Traceback" not in log.read_text(), log.read_text()[-4000:]


def operations(document: Mapping[str, Any]) -> Mapping[str, int]:
    """How many operations each path has."""
    return {path: len(METHODS & item.keys()) for path, item in document["paths"].items()}


def parts(counts: Mapping[str, int]) -> Iterator[list[str]]:
    """Every path in one part; as few parts as `OPERATIONS` allows."""
    part: list[str] = []
    for path in sorted(counts):
        if part and sum(counts[one] for one in (*part, path)) > OPERATIONS:
            yield part
            part = []
        part.append(path)
    yield part


def published(name: str) -> Mapping[str, int]:
    """Of the document in the repository, which `tools.documents --check` holds equal to the served one."""
    return operations(json.loads((ROOT / "docs" / "openapi" / f"{name}.json").read_text(encoding="utf-8")))


PARTS = [
    pytest.param(
        name,
        part,
        f"{sum(counts[path] for path in part)} selected / {sum(counts.values())} total",
        id=f"{name}-{number}",
    )
    for name in SERVICES
    for counts in (published(name),)
    for number, part in enumerate(parts(counts), 1)
]


@pytest.mark.parametrize(("address", "paths", "asked"), PARTS, indirect=["address"])
async def test_schemathesis_finds_nothing(address: str, paths: list[str], asked: str, tmp_path: Path) -> None:
    examples = os.environ.get("ANZE_FUZZ_EXAMPLES", "3")
    command = [sys.executable, "-m", "schemathesis.cli"]
    command += ["--config-file", str(ROOT / "tests/contracts/schemathesis.toml"), "--no-color"]
    command += ["run", f"{address}/openapi.json", "--url", address, "--seed", "1", "-n", examples]
    command += ["--phases", "examples,coverage,fuzzing", "--header", f"Authorization: Bearer {token(roles=ROLES)}"]
    command += [f"--include-path={path}" for path in paths]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert f" {asked}\n" in done.stdout, done.stdout[-2000:]
    assert re.search(r"[1-9]\d* (passed|generated)", done.stdout), done.stdout[-2000:]


@pytest.mark.parametrize("name", SERVICES)
def test_every_operation_is_in_exactly_one_part(name: str) -> None:
    served = operations(openapi(__import__(f"services.{name}.main", fromlist=["service"]).service()))
    made = list(parts(published(name)))
    assert sorted(path for part in made for path in part) == sorted(served)
    assert all(sum(served[path] for path in part) <= OPERATIONS for part in made if len(part) > 1)
    assert published(name) == served


@pytest.mark.parametrize("name", SERVICES)
def test_every_role_of_every_policy_is_asked_with(name: str) -> None:
    policy: Policy = __import__(f"services.{name}.main", fromlist=["service"]).service().policy
    assert {role for roles in policy.values() for role in roles} <= set(ROLES)
