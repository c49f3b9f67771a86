"""Who calls, and what they may do where.

OIDC access tokens are checked against an allow-list of algorithms, issuer, audience and expiry (wall time).
Grants are triples `{role, organ, region}`; a service's policy is one table `(resource, action) → roles`; a
grant reaches every path that contains its region.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

import httpx
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from shared.kernel import clock
from shared.kernel.problems import Forbidden, Unauthenticated, Unavailable

ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"]
REFETCH_SECONDS = 30.0
REMEMBERED_SECONDS = 30
REMEMBERED_TOKENS = 4_096
SCHEME = "oidc"

Policy = Mapping[tuple[str, str], frozenset[str]]
bearer = HTTPBearer(
    scheme_name=SCHEME, bearerFormat="JWT", auto_error=False, description="OIDC 访问令牌 · OIDC access token"
)


class Grant(BaseModel):
    """A role, for an organ, in a region and everything below it."""

    role: str
    organ: str | None = None
    region: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller; once a right was asked for, with the grants that carry a role for it, and their regions."""

    subject: str
    name: str
    grants: tuple[Grant, ...]
    regions: frozenset[str] = frozenset()

    def allowed(self, roles: frozenset[str]) -> "Actor":
        """The same caller, narrowed to the grants of one of the roles."""
        held = tuple(one for one in self.grants if one.role in roles)
        return replace(self, grants=held, regions=frozenset(one.region for one in held))


class Tokens:
    """Verifies access tokens; keys are cached, an unknown key id is looked up once more, at most every 30 s.

    A verified token is remembered for 30 s and never past its expiry: most callers send the same one again and again.
    """

    def __init__(self, issuer: str, jwks_url: str, audience: str) -> None:
        self._jwks_url = jwks_url
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock.wall().timestamp()),
            leeway=5,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        self._keys: KeySet | None = None
        self._fetched = 0.0
        self._lock = asyncio.Lock()
        self._remembered: OrderedDict[bytes, tuple[float, Actor]] = OrderedDict()

    async def _key_set(self, *, again: bool) -> KeySet:
        async with self._lock:
            due = self._keys is None or (again and time.monotonic() - self._fetched > REFETCH_SECONDS)
            if due:
                try:
                    async with httpx.AsyncClient(timeout=5) as client:
                        answer = (await client.get(self._jwks_url)).raise_for_status()
                    self._keys = KeySet.import_key_set(answer.json())
                except (httpx.HTTPError, JoseError, LookupError, TypeError, ValueError) as error:  # no answer, no keys
                    what = ("无法取得签发方密钥，令牌无从查验", "the issuer's keys cannot be read")
                    raise Unavailable("keys_unavailable", *what) from error
                self._fetched = time.monotonic()
        assert self._keys is not None  # noqa: S101 - set above
        return self._keys

    async def actor(self, token: str) -> Actor:
        """The caller that a token names.

        Raises:
            Unauthenticated: the token is not valid here, whatever the reason; the answer does not say which.
            Unavailable: the issuer's keys cannot be read, so that nobody can say whether it is valid.
        """
        now, key = clock.wall().timestamp(), hashlib.sha256(token.encode()).digest()
        until, known = self._remembered.get(key, (0.0, None))
        if known is not None and now < until:
            return known
        actor, expires = await self._verified(token)
        self._remembered[key] = (min(now + REMEMBERED_SECONDS, expires), actor)
        self._remembered.move_to_end(key)
        if len(self._remembered) > REMEMBERED_TOKENS:
            self._remembered.popitem(last=False)
        return actor

    async def _verified(self, token: str) -> tuple[Actor, float]:
        for again in (False, True):
            try:
                decoded = jwt.decode(token, await self._key_set(again=again), algorithms=ALGORITHMS)
                self._claims.validate(decoded.claims)
                return _actor(decoded.claims), float(decoded.claims["exp"])
            except (JoseError, ValueError, ValidationError) as error:
                if again:
                    raise _rejected() from error
        raise _rejected()


def _actor(claims: Mapping[str, Any]) -> Actor:
    grants = tuple(Grant.model_validate(one) for one in claims.get("grants", []))
    return Actor(subject=str(claims["sub"]), name=str(claims.get("name", claims["sub"])), grants=grants)


def _rejected() -> Unauthenticated:
    return Unauthenticated("invalid_token", "访问令牌无效", "the access token is not valid")


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Actor:
    """The caller, or 401."""
    if credentials is None:
        raise Unauthenticated("token_required", "需要访问令牌", "an access token is required")
    tokens: Tokens = request.app.state.tokens
    actor = await tokens.actor(credentials.credentials)
    request.state.actor = actor
    return actor


def requires(resource: str, action: str, *, everywhere: bool = False) -> Callable[..., Awaitable[Actor]]:
    """A dependency: the caller holds a role that the service's policy names for this action, somewhere.

    With `everywhere` the grants reach every region: what the action shows or repairs is of all of them at once.
    """

    async def permitted(request: Request, actor: Annotated[Actor, Depends(authenticated)]) -> Actor:
        policy: Policy = request.app.state.policy
        narrowed = actor.allowed(policy[resource, action])
        if not narrowed.regions or (everywhere and not request.app.state.runtime.declared.roots <= narrowed.regions):
            raise Forbidden("role_required", "没有办理此事项的角色", "no role for this action")
        request.state.actor = narrowed
        return narrowed

    permitted.__name__ = f"requires_{resource}_{action}"
    return permitted
