"""Pure decisions of the development issuer and the development clock (RFC 6749, RFC 7636)."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from services.console.facts import Authorization

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def verifier_matches(verifier: str, challenge: str) -> bool:
    """Whether a PKCE verifier is well-formed and hashes (S256) to the challenge."""
    if not VERIFIER.fullmatch(verifier):
        return False
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest, challenge)


def request_error(query: dict[str, str]) -> tuple[str, str] | None:
    """Return error and description of an authorization request that must be sent back, or nothing."""
    if query.get("response_type") != "code":
        return "unsupported_response_type", "only response_type=code"
    if query.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(query.get("code_challenge", "")):
        return "invalid_request", "PKCE with code_challenge_method=S256 is required"
    return None


def redemption_error(
    authorization: Authorization | None, *, now: float, client_id: str, redirect_uri: str, verifier: str
) -> str | None:
    """Return why a code may not be exchanged for a token, or nothing."""
    if authorization is None:
        return "code is unknown or was used before"
    if now >= authorization.expires_at:
        return "code has expired"
    if client_id != authorization.client_id:
        return "code belongs to another client"
    if redirect_uri != authorization.redirect_uri:
        return "redirect_uri is not the one of the authorization request"
    if not verifier_matches(verifier, authorization.challenge):
        return "code_verifier does not match the challenge"
    return None


def clock_offset(*, wall: datetime, current: timedelta, wanted: datetime) -> timedelta | None:
    """Return the offset that makes the shared clock show ``wanted``, or nothing where that is backwards."""
    offset = wanted - wall
    return None if offset < current else offset
