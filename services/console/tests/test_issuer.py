"""The development issuer: code with PKCE S256, exact redirect, one-time codes, nowhere but in development."""

import hashlib
import stat
import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet

from services.console.handlers.issuer import CODE_SECONDS, Issuer, load_users, signing_key
from services.console.main import create_app
from services.console.rules import verifier_matches
from services.console.settings import ConsoleSettings
from services.console.tests.conftest import ORIGIN, Console
from shared.kernel import clock

VERIFIER = "v" * 64
ROLES = {
    "administrator",
    "registrar",
    "safety_office",
    "investigator",
    "discipline_handler",
    "discipline_approver",
    "organization",
    "inspector",
    "rechecker",
    "auditor",
    "agency",
    "viewer",
}


def challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def asked(**changes: str) -> dict[str, str]:
    """An authorization request, with changes; an empty value removes a parameter."""
    query = {
        "response_type": "code",
        "client_id": "anze-console",
        "redirect_uri": f"{ORIGIN}/",
        "state": "s1",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
    } | changes
    return {key: value for key, value in query.items() if value}


def answered(response: httpx.Response) -> dict[str, str]:
    """The parameters that the browser is sent back with."""
    assert response.status_code == 303
    location = urlsplit(response.headers["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == f"{ORIGIN}/"
    return {key: values[0] for key, values in parse_qs(location.query).items()}


async def code_for(console: Console, user: str = "registrar") -> str:
    return answered(await console.client.post("/issuer/authorize", data=asked(user=user)))["code"]


async def exchange(console: Console, code: str, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": "anze-console",
        "redirect_uri": f"{ORIGIN}/",
        "code_verifier": VERIFIER,
    } | changes
    return await console.client.post("/issuer/token", data=form)


async def test_a_token_verifies_against_the_published_keys_and_carries_the_grants(console: Console) -> None:
    response = await exchange(console, await code_for(console, "county_registrar"))
    assert response.headers["cache-control"] == "no-store"
    keys = KeySet.import_key_set((await console.client.get("/issuer/jwks")).json())
    claims = jwt.decode(response.json()["access_token"], keys, algorithms=["ES256"]).claims
    assert claims["iss"] == f"{ORIGIN}/issuer"
    assert claims["aud"] == "anze"
    assert claims["sub"] == "dev:county_registrar"
    assert claims["grants"] == [{"role": "registrar", "organ": None, "region": "139901"}]
    assert claims["iat"] <= time.time() + 1 < claims["exp"]


async def test_the_published_keys_hold_nothing_private(console: Console) -> None:
    keys = (await console.client.get("/issuer/jwks")).json()["keys"]
    assert [set(key) for key in keys] == [{"kty", "crv", "x", "y", "kid", "use", "alg"}]


async def test_a_code_is_good_once(console: Console) -> None:
    code = await code_for(console)
    assert (await exchange(console, code)).status_code == 200
    again = await exchange(console, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 64},
        {"code_verifier": "short"},
        {"client_id": "another"},
        {"redirect_uri": f"{ORIGIN}/elsewhere"},
    ],
)
async def test_a_wrong_exchange_is_refused_and_uses_the_code_up(console: Console, changes: dict[str, str]) -> None:
    code = await code_for(console)
    refused = await exchange(console, code, **changes)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (await exchange(console, code)).status_code == 400


async def test_a_code_that_was_never_given_is_refused(console: Console) -> None:
    assert (await exchange(console, "unknown")).json()["error"] == "invalid_grant"


async def test_a_code_is_refused_after_sixty_seconds(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    code = await code_for(console)
    later = clock.wall() + timedelta(seconds=CODE_SECONDS)
    monkeypatch.setattr(clock, "wall", lambda: later)
    refused = await exchange(console, code)
    assert refused.json()["error_description"] == "code has expired"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": f"{ORIGIN}/x"},
        {"redirect_uri": f"{ORIGIN}"},
        {"redirect_uri": "http://evil.test/"},
        {"redirect_uri": ""},
        {"client_id": "another"},
    ],
)
async def test_an_unregistered_client_or_address_is_never_redirected_to(
    console: Console, changes: dict[str, str]
) -> None:
    for response in (
        await console.client.get("/issuer/authorize", params=asked(**changes)),
        await console.client.post("/issuer/authorize", data=asked(user="registrar", **changes)),
    ):
        assert response.status_code == 400
        assert response.headers["content-type"] == "application/problem+json"
        assert "location" not in response.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
async def test_a_request_without_pkce_s256_is_sent_back_with_an_error(
    console: Console, changes: dict[str, str], error: str
) -> None:
    back = answered(await console.client.get("/issuer/authorize", params=asked(**changes)))
    assert (back["error"], back["state"]) == (error, "s1")


async def test_the_sign_in_page_escapes_what_the_address_says(console: Console) -> None:
    page = await console.client.get("/issuer/authorize", params=asked(state='"><script>x</script>'))
    assert "演练登记员" in page.text
    assert "<script>" not in page.text


async def test_scripts_get_a_token_for_a_named_user_and_for_nobody_else(console: Console) -> None:
    form = {"grant_type": "urn:anze:development", "user": "auditor"}
    assert (await console.client.post("/issuer/token", data=form)).json()["token_type"] == "Bearer"
    unknown = await console.client.post("/issuer/token", data=form | {"user": "nobody"})
    assert unknown.json()["error"] == "invalid_grant"
    other = await console.client.post("/issuer/token", data={"grant_type": "password"})
    assert other.json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=1&a=2", b"no pair", b"x=%ff", b"x=" + b"y" * 20_000])
async def test_an_unreadable_form_is_a_problem_document(console: Console, body: bytes) -> None:
    response = await console.client.post("/issuer/token", content=body)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("environment", ["production", "staging", ""])
def test_the_issuer_refuses_to_start_outside_development(settings: ConsoleSettings, environment: str) -> None:
    with pytest.raises(RuntimeError, match="refuses to start"):
        create_app(settings.model_copy(update={"environment": environment}))
    with pytest.raises(RuntimeError, match="refuses to start"):
        Issuer(environment=environment, url="x", client_id="y", users={}, key=signing_key(None))


def test_the_key_file_is_private_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    first = signing_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert signing_key(path).kid == first.kid
    assert signing_key(None).kid != first.kid


def test_the_invented_users_cover_every_role_and_are_limited_where_they_say_so(
    settings: ConsoleSettings,
) -> None:
    users = load_users(settings.users_file)
    assert {grant.role for user in users.values() for grant in user.grants} == ROLES
    regions = {grant.region for user in users.values() for grant in user.grants}
    assert regions == {"130000", "139900", "139901", "130100"}


@given(st.text(st.sampled_from("abcXYZ019-._~"), min_size=43, max_size=128), st.integers(0, 42))
def test_only_the_very_verifier_matches_its_challenge(verifier: str, place: int) -> None:
    assert verifier_matches(verifier, challenge(verifier))
    other = "a" if verifier[place] != "a" else "b"
    assert not verifier_matches(verifier[:place] + other + verifier[place + 1 :], challenge(verifier))
    assert not verifier_matches(verifier[:42], challenge(verifier[:42]))
