"""Bad input is a problem document with a stable code, and leaves nothing half-written; good input is answered once."""

import asyncio
import base64
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import structlog
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from shared.kernel import clock, testing
from shared.kernel.auth import ALGORITHMS, Tokens
from shared.kernel.operations import Progress
from shared.kernel.problems import MEDIA_TYPE
from shared.kernel.testing import Running

COUNTERS = "/v1/counters"
EVERYTHING = (
    "SELECT (SELECT count(*) FROM counter) + (SELECT count(*) FROM ledger) + (SELECT count(*) FROM idempotency)"
)


async def rows(running: Running) -> int:
    async with running.app.state.sessions() as session:
        return int(await session.scalar(sa.text(EVERYTHING)) or 0)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"value": ', 400, "invalid_json"),
        (b"[" * 100_000, 400, "invalid_json"),
        (b'{"value": "three"}', 400, "invalid_request"),
        (b'{"value": -1}', 400, "invalid_request"),
        (b'{"value": 1, "unknown": 2}', 400, "invalid_request"),
        (b"", 400, "invalid_request"),
        (b'{"value": 1, "region": "\xff\xfe"}', 400, "invalid_utf8"),
        (b'{"value": 1, "region": "\\ud800"}', 400, "invalid_utf8"),
        (b'{"value": 1, "region": "a\\u0000b"}', 400, "nul_character"),
        (b'{"value": 1, "region": "' + b"x" * 1_100_000 + b'"}', 413, "body_too_large"),
        (b'{"value": 666}', 404, "refused_after_writing"),
    ],
)
async def test_a_bad_body_is_a_problem_and_writes_nothing(
    toy_service: Running, body: bytes, status: int, code: str
) -> None:
    headers = toy_service.acting("writer") | {"content-type": "application/json"}
    answer = await toy_service.http.post(COUNTERS, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "Traceback" not in answer.text
    assert await rows(toy_service) == 0


@pytest.mark.parametrize(
    "path", ["/v1/counters/%00", "/v1/me?x=%00", "/v1/dead-letters?limit=0", "/v1/dead-letters?limit=x"]
)
async def test_a_bad_address_is_a_problem(toy_service: Running, path: str) -> None:
    answer = await toy_service.http.get(path, headers=toy_service.acting("writer", "auditor"))
    assert answer.status_code == 400
    assert answer.headers["content-type"] == MEDIA_TYPE


async def test_a_problem_repeats_no_personal_number_from_the_address(toy_service: Running) -> None:
    answer = await toy_service.http.get("/v1/counters/990000199001011234", headers=toy_service.acting("writer"))
    assert answer.status_code == 400
    assert answer.json()["instance"] == "/v1/counters/[number]"
    assert "990000199001011234" not in answer.text


async def test_unknown_addresses_and_methods_are_problems_too(toy_service: Running) -> None:
    missing = await toy_service.http.get("/v1/nothing")
    wrong = await toy_service.http.delete(COUNTERS)
    assert (missing.status_code, missing.json()["code"]) == (404, "http_404")
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, MEDIA_TYPE)


async def test_an_unexpected_error_tells_nothing_but_an_id_that_the_log_names_too(
    toy_service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise RuntimeError("the words of 990000199001011234")

    toy_service.app.add_api_route("/v1/broken/{number}", broken)
    with structlog.testing.capture_logs() as lines:
        monkeypatch.setattr("shared.kernel.app.log", structlog.get_logger())
        answer = await toy_service.http.get("/v1/broken/990000199001011234")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["instance"]) == (500, "internal_error", "/v1/broken/[number]")
    assert re.fullmatch("[0-9a-f]{32}", problem["trace_id"])
    assert [(one["event"], one["error"], one["trace_id"]) for one in lines] == [
        ("request.failed", "RuntimeError", problem["trace_id"])
    ]
    assert "990000" not in f"{answer.text}{lines}"


def forged() -> dict[str, str]:
    now = int(clock.wall().timestamp())
    good = {"iss": testing.ISSUER, "aud": "anze", "sub": "x", "exp": now + 60, "grants": []}
    other = ECKey.generate_key("P-256", {"kid": "test"})
    encoded = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, good)
    ]
    return {
        "no token at all": "",
        "another key under the same id": jwt.encode({"alg": "ES256", "kid": "test"}, good, other),
        "an unknown key id": jwt.encode({"alg": "ES256", "kid": "other"}, good, other),
        "alg none": f"{encoded[0]}.{encoded[1]}.",
        "expired": testing.token(roles=["writer"], exp=now - 3600),
        "another audience": testing.token(roles=["writer"], aud="elsewhere"),
        "another issuer": testing.token(roles=["writer"], iss="http://evil.test/"),
        "without expiry": jwt.encode({"alg": "ES256", "kid": "test"}, {**good, "exp": None}, testing.KEY),
        "malformed grants": testing.token(roles=["writer"], grants=[{"role": 1}]),
        "not a token": "x.y.z",
    }


@pytest.mark.parametrize("kind", sorted(forged()))
async def test_a_token_that_is_not_valid_here_is_rejected_without_saying_why(toy_service: Running, kind: str) -> None:
    token = forged()[kind]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"} if token else {"Idempotency-Key": "k"}
    answer = await toy_service.http.post(COUNTERS, json={"value": 1}, headers=headers)
    assert answer.status_code == 401, answer.text
    assert answer.json()["code"] in {"invalid_token", "token_required"}
    assert answer.headers["www-authenticate"] == "Bearer"
    assert await rows(toy_service) == 0


async def test_without_the_issuers_keys_nobody_is_called_unauthenticated_and_once_they_are_back_the_token_counts(
    toy_service: Running,
) -> None:
    bodies = [b"<html>later</html>", b'{"keys": []}', json.dumps(KeySet([testing.KEY]).as_dict()).encode()]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bodies.pop(0))
        await writer.drain()
        writer.close()

    issuer = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = issuer.sockets[0].getsockname()[1]
    issuer.close()
    await issuer.wait_closed()
    toy_service.app.state.tokens = Tokens(testing.ISSUER, f"http://127.0.0.1:{port}/jwks", "anze")
    headers = toy_service.acting("writer")

    async def asked() -> tuple[int, str | None, str | None, str | None]:
        got = await toy_service.http.post(COUNTERS, json={"value": 1}, headers=headers)
        return (
            got.status_code,
            got.json().get("code"),
            got.headers.get("retry-after"),
            got.headers.get("www-authenticate"),
        )

    unavailable = (503, "keys_unavailable", "5", None)
    assert await asked() == unavailable, "nobody listens there"
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        assert [await asked(), await asked()] == [unavailable, unavailable], "what answers there is no set of keys"
        assert await rows(toy_service) == 0
        assert (await asked())[0] == 201


async def test_a_remembered_token_is_rejected_once_it_has_expired(
    toy_service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = clock.wall() + timedelta(seconds=20)
    bearer = {"Authorization": f"Bearer {testing.token(roles=['writer'], exp=int(soon.timestamp()))}"}
    accepted = await toy_service.http.post(COUNTERS, json={"value": 1}, headers=bearer | {"Idempotency-Key": "a"})
    monkeypatch.setattr(clock, "wall", lambda: soon + timedelta(seconds=6))  # beyond the leeway of 5 s
    rejected = await toy_service.http.post(COUNTERS, json={"value": 1}, headers=bearer | {"Idempotency-Key": "b"})
    assert (accepted.status_code, rejected.status_code) == (201, 401)


def test_only_asymmetric_algorithms_are_allowed() -> None:
    assert not [name for name in ALGORITHMS if name.startswith("HS") or name == "none"]


async def test_without_the_role_nothing_is_done(toy_service: Running) -> None:
    answer = await toy_service.http.post(COUNTERS, json={"value": 1}, headers=toy_service.acting("viewer"))
    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")
    assert await rows(toy_service) == 0


async def test_an_idempotency_key_is_required_and_good_for_one_request(toy_service: Running) -> None:
    headers = toy_service.acting("writer")
    without = {name: value for name, value in headers.items() if name != "Idempotency-Key"}
    missing = await toy_service.http.post(COUNTERS, json={"value": 1}, headers=without)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_required")
    first = await toy_service.http.post(COUNTERS, json={"value": 1}, headers=headers)
    again = await toy_service.http.post(COUNTERS, json={"value": 1}, headers=headers)
    other = await toy_service.http.post(COUNTERS, json={"value": 2}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["etag"] == again.headers["etag"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    somebody = await toy_service.http.post(
        COUNTERS,
        json={"value": 2},
        headers=toy_service.acting("writer", subject="else") | {"Idempotency-Key": headers["Idempotency-Key"]},
    )
    assert somebody.status_code == 201, "a key belongs to its caller"


WEIGHINGS = "/v1/weighings"


async def test_a_binary_route_takes_any_bytes_up_to_its_own_limit_once(toy_service: Running) -> None:
    headers = toy_service.acting("writer") | {"content-type": "application/octet-stream"}
    anything = b"\x00\xff{" * 500_000
    first = await toy_service.http.post(WEIGHINGS, content=anything, headers=headers)
    again = await toy_service.http.post(WEIGHINGS, content=anything, headers=headers)
    assert (first.status_code, first.json()["value"], again.content) == (201, 1464, first.content)
    other = await toy_service.http.post(WEIGHINGS, content=anything[:-1], headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    large = await toy_service.http.post(WEIGHINGS, content=anything * 2, headers=headers)
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    assert "2 MiB" in large.json()["detail"]
    assert await rows(toy_service) == 3


async def test_checking_only_runs_everything_and_keeps_nothing(toy_service: Running) -> None:
    keyless = {name: value for name, value in toy_service.acting("writer").items() if name != "Idempotency-Key"}
    checked = await toy_service.http.post(WEIGHINGS, params={"validate_only": True}, content=b"x", headers=keyless)
    assert (checked.status_code, checked.json()["version"]) == (201, 1)
    assert await rows(toy_service) == 0
    refused = await toy_service.http.post(WEIGHINGS, content=b"x", headers=keyless)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_required")


async def test_twenty_equal_requests_at_once_write_once(toy_service: Running) -> None:
    headers = toy_service.acting("writer")
    answers = await asyncio.gather(
        *(toy_service.http.post(COUNTERS, json={"value": 1}, headers=headers) for _ in range(20))
    )
    assert {one.status_code for one in answers} <= {201, 409}
    assert {one.json()["code"] for one in answers if one.status_code == 409} <= {"request_in_flight"}
    assert len({one.content for one in answers if one.status_code == 201}) == 1
    assert await rows(toy_service) == 3


async def test_a_change_names_the_version_it_has_seen(toy_service: Running) -> None:
    headers = toy_service.acting("writer")
    made = (await toy_service.http.post(COUNTERS, json={"value": 1}, headers=headers)).json()
    path = f"{COUNTERS}/{made['id']}"
    codes = []
    for given in (None, '"9"', '"1"', '"1"', '"x"'):
        more = {} if given is None else {"If-Match": given}
        answer = await toy_service.http.put(path, json={"value": 2}, headers=headers | more)
        codes.append((answer.status_code, answer.headers.get("etag")))
    assert codes == [(428, None), (412, None), (200, '"2"'), (412, None), (400, None)]
    absent = await toy_service.http.put(
        f"{COUNTERS}/{uuid4()}", json={"value": 2}, headers=headers | {"If-Match": '"1"'}
    )
    assert absent.status_code == 404


async def test_an_unchanged_record_is_not_sent_again(toy_service: Running) -> None:
    headers = toy_service.acting("writer")
    made = (await toy_service.http.post(COUNTERS, json={"value": 1}, headers=headers)).json()
    read = await toy_service.http.get(f"{COUNTERS}/{made['id']}", headers=headers)
    again = await toy_service.http.get(
        f"{COUNTERS}/{made['id']}", headers=headers | {"If-None-Match": read.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_who_am_i_and_history_tell_what_was_done(toy_service: Running) -> None:
    headers = toy_service.acting("writer", "auditor", subject="dev:someone")
    made = (await toy_service.http.post(COUNTERS, json={"value": 1}, headers=headers)).json()
    assert (await toy_service.http.get("/v1/me", headers=headers)).json()["subject"] == "dev:someone"
    history = (await toy_service.http.get(f"/v1/history/counter/{made['id']}", headers=headers)).json()
    assert [(one["version"], one["actor"], one["type"]) for one in history] == [
        (1, "dev:someone", "anze.toy.counter.opened.v1")
    ]


async def test_the_history_of_what_lies_in_another_region_is_not_there(toy_service: Running) -> None:
    made = (await toy_service.http.post(COUNTERS, json={"value": 1}, headers=toy_service.acting("writer"))).json()
    seen = {
        region: (
            await toy_service.http.get(
                f"/v1/history/counter/{made['id']}", headers=toy_service.acting("auditor", regions=(region,))
            )
        ).status_code
        for region in ("130000", "130100", "130200", "_")
    }
    assert seen == {"130000": 200, "130100": 200, "130200": 404, "_": 404}


async def test_dead_letters_and_reconciliation_of_every_region_are_for_grants_that_reach_all_of_them(
    toy_service: Running,
) -> None:
    letter = f"/v1/dead-letters/{uuid4()}"
    calls = {"/v1/dead-letters": 200, f"{letter}/replay": 404, f"{letter}/discard": 404, "/v1/reconciliations": 202}
    for path, status in calls.items():
        for regions, expected in ((("130100", "130200"), 403), (("130000",), status)):
            headers = toy_service.acting("administrator", regions=regions)
            method = "GET" if path == "/v1/dead-letters" else "POST"
            answer = await toy_service.http.request(method, path, headers=headers)
            assert answer.status_code == expected, answer.text


async def test_an_operation_answers_whoever_started_it_and_nobody_else(toy_service: Running) -> None:
    async def work(progress: Progress) -> dict[str, int]:
        await progress(1, 1)
        return {"counted": 1}

    started = await toy_service.app.state.operations.start("counting", "dev:someone", work)
    seen = {
        subject: (
            await toy_service.http.get(
                f"/v1/operations/{started.id}",
                headers=toy_service.acting("writer", "administrator", "auditor", subject=subject),
            )
        ).status_code
        for subject in ("dev:someone", "dev:other")
    }
    assert seen == {"dev:someone": 200, "dev:other": 404}


async def test_the_document_names_problems_and_the_one_security_scheme(toy_service: Running) -> None:
    document = (await toy_service.http.get("/openapi.json")).json()
    assert document["servers"] == [{"url": "/toy"}]
    assert list(document["components"]["securitySchemes"]) == ["oidc"]
    post = document["paths"][COUNTERS]["post"]
    assert MEDIA_TYPE in post["responses"]["422"]["content"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
