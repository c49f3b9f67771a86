"""The development issuer: codes with PKCE, ES256 tokens, invented users. It refuses to exist elsewhere."""

import contextlib
import os
import secrets
import tomllib
from pathlib import Path
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, KeyParameters

from services.console.facts import Authorization, DevelopmentUser, Grant
from services.console.rules import redemption_error, request_error
from shared.kernel import clock

AUDIENCE = "anze"
CODE_SECONDS = 60
TOKEN_SECONDS = 12 * 3600
PARAMETERS: KeyParameters = {"use": "sig", "alg": "ES256"}


class RefusedRequest(Exception):  # noqa: N818  a refusal of OAuth, sent as an answer and not a fault
    """An OAuth request that is refused; ``error`` is a code of RFC 6749."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


def load_users(path: Path) -> dict[str, DevelopmentUser]:
    """Read the invented users, in the order of the file."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        key: DevelopmentUser(key, row["name"], row["note"], tuple(Grant(**grant) for grant in row["grants"]))
        for key, row in table.items()
    }


def signing_key(path: Path | None) -> ECKey:
    """Return the key in the file, created with mode 0600 where there is none; without a file, a new key."""
    if path is None:
        return ECKey.generate_key("P-256", PARAMETERS, auto_kid=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(ECKey.generate_key("P-256").as_pem(private=True))
    key = ECKey.import_key(path.read_bytes(), PARAMETERS)
    key.ensure_kid()
    return key


class Issuer:
    """Issues access tokens for invented users; codes live in this process only."""

    def __init__(
        self, *, environment: str, url: str, client_id: str, users: dict[str, DevelopmentUser], key: ECKey
    ) -> None:
        """Raise RuntimeError outside development, whatever else is configured."""
        if environment != "development":
            raise RuntimeError("the development issuer refuses to start: ANZE_ENVIRONMENT is not development")
        self.url = url.rstrip("/")
        self.client_id = client_id
        self.redirect_uri = self.url.removesuffix("/issuer") + "/"
        self.users = users
        self._key = key
        self._codes: dict[str, Authorization] = {}

    def metadata(self) -> dict[str, object]:
        """Return the OpenID discovery document."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "urn:anze:development"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "scopes_supported": ["openid"],
        }

    def jwks(self) -> dict[str, object]:
        """Return the public keys."""
        return {"keys": [self._key.as_dict(private=False)]}

    def is_known_client(self, client_id: str, redirect_uri: str) -> bool:
        """Whether an answer may be sent to that address: both must be exactly the registered ones."""
        return client_id == self.client_id and redirect_uri == self.redirect_uri

    def objection(self, query: dict[str, str]) -> tuple[str, str] | None:
        """Why an authorization request must be sent back: error and description, or nothing."""
        return request_error(query)

    def authorize(self, user_id: str, *, challenge: str, scope: str) -> str:
        """Return a one-time code for a user, good for 60 seconds.

        Raises:
            RefusedRequest: no such user.
        """
        if user_id not in self.users:
            raise RefusedRequest("access_denied", "no such development user")
        now = clock.wall().timestamp()
        self._codes = {code: held for code, held in self._codes.items() if held.expires_at > now}
        code = secrets.token_urlsafe(32)
        self._codes[code] = Authorization(
            self.users[user_id], self.client_id, self.redirect_uri, challenge, scope, now + CODE_SECONDS
        )
        return code

    def redeem(self, code: str, *, client_id: str, redirect_uri: str, verifier: str) -> dict[str, object]:
        """Exchange a code for a token; the first attempt uses the code up, whatever its outcome.

        Raises:
            RefusedRequest: with the reason.
        """
        held = self._codes.pop(code, None)
        reason = redemption_error(
            held,
            now=clock.wall().timestamp(),
            client_id=client_id,
            redirect_uri=redirect_uri,
            verifier=verifier,
        )
        if held is None or reason:
            raise RefusedRequest("invalid_grant", reason or "")
        return self._answer(held.user, held.scope)

    def impersonate(self, user_id: str) -> dict[str, object]:
        """Return a token for a user without a page: for scripts and the story, in development only.

        Raises:
            RefusedRequest: no such user.
        """
        if user_id not in self.users:
            raise RefusedRequest("invalid_grant", "no such development user")
        return self._answer(self.users[user_id], "openid")

    def _answer(self, user: DevelopmentUser, scope: str) -> dict[str, object]:
        """Sign a token; its times are real ones, because tokens are exempt from the development clock."""
        now = int(clock.wall().timestamp())
        claims = {
            "iss": self.url,
            "sub": user.subject,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(uuid4()),
            "name": user.name,
            "grants": [{"role": g.role, "organ": g.organ, "region": g.region} for g in user.grants],
        }
        token = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": self._key.kid}, claims, self._key)
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": scope}
