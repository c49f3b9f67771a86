"""Every operation of the five documents: without a valid token nothing is told, and bad input is a stable problem."""

import base64
import json
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import ECKey

from shared.contracts.topology import DECLARATIONS, SERVICES
from shared.kernel import clock
from shared.kernel.problems import MEDIA_TYPE
from shared.kernel.tables import idempotency
from shared.kernel.testing import ISSUER, Running, Stack, token
from tests.contracts.test_schemathesis import METHODS, ROLES

NOWHERE = "nats://127.0.0.1:9"
NUMBER = "990000199001011234"
SOMEWHERE = "00000000-0000-4000-8000-000000000000"
#: What anybody may read: the law, the keys that verify papers, and a feed by the secret in its link.
OPEN = re.compile(r"/v1/(statute|attestations/keys$|calendar-feeds/\{token\}\.ics$)|/healthz$|/readyz$")
BODIES = {
    "malformed": (b'{"a": ', 400, "invalid_json"),
    "nested without end": (b"[" * 100_000, 400, "invalid_json"),
    "oversized": (b'{"a": "' + b"x" * 1_100_000 + b'"}', 413, "body_too_large"),
    "of the wrong type": (b"[]", 400, "invalid_request"),
    "with an unknown field": (b'{"no_such_field": 1}', 400, "invalid_request"),
    "with a field named by a citizen number": (b'{"990000199001011234": 1}', 400, "invalid_request"),
    "not UTF-8": (b'{"a": "\xff\xfe"}', 400, "invalid_utf8"),
    "with a lone surrogate": (b'{"a": "\\ud800"}', 400, "invalid_utf8"),
    "with NUL": (b'{"a": "x\\u0000y"}', 400, "nul_character"),
}


@pytest.fixture
async def service(stack: Stack, request: pytest.FixtureRequest) -> Running:
    """One service without a broker."""
    return await stack.start(import_module(f"services.{request.param}.main").service(), DECLARATIONS, NATS_URL=NOWHERE)


def operations(running: Running) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of everything that is documented."""
    for path, item in running.app.openapi()["paths"].items():
        for method in sorted(METHODS & item.keys()):
            yield method, path, item[method]


def filled(path: str, number: str = SOMEWHERE) -> str:
    return re.sub(r"\{[^}]+\}", number, path.replace("{year}", "2026"))


def unsigned(content: dict[str, Any]) -> str:
    """A token with `alg: none`."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in ({"alg": "none"}, content)
    ]
    return ".".join((*parts, ""))


def bearers() -> dict[str, dict[str, str]]:
    """Headers that let nobody in: none, another scheme, tokens that are expired, for others, forged, unsigned."""
    now = int(clock.wall().timestamp())
    grants = [{"role": role, "region": "130000"} for role in ROLES]
    content = {"iss": ISSUER, "aud": "anze", "sub": "tester", "exp": now + 600, "grants": grants}
    forger = ECKey.generate_key("P-256", {"kid": "test"})
    tokens = {
        "expired": token(roles=ROLES, exp=now - 60),
        "for others": token(roles=ROLES, aud="elsewhere"),
        "forged": jwt.encode({"alg": "ES256", "kid": "test"}, content, forger),
        "unsigned": unsigned(content),
    }
    given = {kind: {"Authorization": f"Bearer {one}"} for kind, one in tokens.items()}
    return given | {"": {}, "another scheme": {"Authorization": "Basic eDp5"}}


@pytest.mark.parametrize("service", SERVICES, indirect=True)
async def test_no_operation_answers_without_a_valid_token(service: Running) -> None:
    wrong = bearers()
    answered = {
        (method, path, kind, answer.status_code)
        for method, path, _ in operations(service)
        for kind, headers in wrong.items()
        for answer in [await service.http.request(method, filled(path), headers=headers)]
        if answer.status_code != 401 or answer.headers["content-type"] != MEDIA_TYPE
    }
    assert {one for one in answered if not OPEN.search(one[1])} == set()


@pytest.mark.parametrize("service", SERVICES, indirect=True)
async def test_a_bad_body_is_a_problem_with_a_stable_code_and_writes_nothing(service: Running) -> None:
    asked, surprises = 0, []
    for method, path, described in operations(service):
        if "application/json" not in described.get("requestBody", {}).get("content", {}):
            continue
        for kind, (body, status, code) in BODIES.items():
            headers = service.acting(*ROLES) | {"content-type": "application/json", "If-Match": '"1"'}
            answer = await service.http.request(method, filled(path), content=body, headers=headers)
            asked += 1
            told = (answer.status_code, answer.json().get("code"), answer.headers["content-type"])
            if told != (status, code, MEDIA_TYPE) or "Traceback" in answer.text or NUMBER in answer.text:
                surprises.append((method, path, kind, told))
    assert surprises == []
    assert asked >= len(BODIES)
    async with service.app.state.sessions() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM ledger")) == 0
        assert await session.scalar(sa.text("SELECT count(*) FROM idempotency")) == 0


@pytest.mark.parametrize("service", SERVICES, indirect=True)
async def test_a_key_that_was_used_for_another_body_is_refused_and_one_is_asked_for(service: Running) -> None:
    used = {"actor": "tester", "key": "used", "fingerprint": b"another", "status": 201, "headers": {}, "body": b"{}"}
    async with service.app.state.sessions() as session, session.begin():
        await session.execute(idempotency.insert().values(**used, recorded_at=clock.now()))
    keyless = service.acting(*ROLES) | {"If-Match": '"1"'}
    del keyless["Idempotency-Key"]
    answers = {
        (method, path, key): (answer.status_code, answer.json()["code"])
        for method, path, described in operations(service)
        if "Idempotency-Key" in {one["name"] for one in described.get("parameters", ())}
        for key in ("used", None)
        for given in [keyless | ({"Idempotency-Key": key} if key else {})]
        for answer in [await service.http.request(method, filled(path), json={}, headers=given)]
    }
    expected = {"used": (422, "idempotency_key_reused"), None: (400, "idempotency_key_required")}
    assert len(answers) > 1
    assert {one: told for one, told in answers.items() if told != expected[one[2]]} == {}


@pytest.mark.parametrize("service", SERVICES, indirect=True)
async def test_no_answer_repeats_a_citizen_number_that_was_put_into_the_address(service: Running) -> None:
    repeating = [
        path
        for method, path, _ in operations(service)
        if method == "get" and "{" in path
        for answer in [await service.http.get(filled(path, NUMBER), headers=service.acting(*ROLES))]
        if NUMBER in answer.text
    ]
    assert repeating == []
