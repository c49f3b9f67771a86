"""The development issuer over HTTP: discovery, sign-in page, token endpoint, keys (RFC 6749, 7636, 8414)."""

from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from services.console.handlers.issuer import Issuer, RefusedRequest
from shared.kernel.problems import Malformed

CARRIED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge")
MOST_BYTES = 16_384


async def _form(request: Request) -> dict[str, str]:
    """Read a small ``application/x-www-form-urlencoded`` body; a repeated field makes it malformed."""
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise Malformed("form_too_large", "表单过大", "the form is too large")
    try:
        pairs = parse_qsl(body.decode("ascii"), strict_parsing=bool(body), errors="strict")
    except ValueError:
        raise Malformed("form_unreadable", "表单无法读取", "the form cannot be read") from None
    if len(dict(pairs)) != len(pairs):
        raise Malformed("form_repeated_field", "表单字段重复", "a form field is repeated")
    return dict(pairs)


def _back(redirect_uri: str, **parameters: str) -> RedirectResponse:
    """Send the browser back to the client with parameters that are not empty."""
    query = urlencode({key: value for key, value in parameters.items() if value})
    return RedirectResponse(f"{redirect_uri}?{query}", status_code=303)


def _sign_in_page(template: Template, issuer: Issuer, query: dict[str, str]) -> str:
    """Draw the list of invented users; every value is escaped."""
    carried = {key: query.get(key, "") for key in (*CARRIED, "code_challenge_method")}
    hidden = "".join(f'<input type="hidden" name="{key}" value="{escape(value)}">' for key, value in carried.items())
    users = "".join(
        f'<li><button type="submit" name="user" value="{escape(user.id)}">'
        f"<strong>{escape(user.name)}</strong><span>{escape(user.note)}</span></button></li>"
        for user in issuer.users.values()
    )
    return template.substitute(hidden=hidden, users=users)


def _unanswerable(issuer: Issuer, query: dict[str, str]) -> Response | None:
    """Answer a request that cannot go on; nothing is ever sent to an address that is not registered."""
    redirect_uri = query.get("redirect_uri", "")
    if not issuer.is_known_client(query.get("client_id", ""), redirect_uri):
        raise Malformed(
            "unknown_client",
            "client_id 或 redirect_uri 未登记",
            "client_id or redirect_uri is not registered",
        )
    error = issuer.objection(query)
    if error is None:
        return None
    return _back(redirect_uri, error=error[0], error_description=error[1], state=query.get("state", ""))


def _signed_in(issuer: Issuer, form: dict[str, str]) -> Response:
    """Send the browser back with a code for the user that was chosen."""
    state = form.get("state", "")
    try:
        code = issuer.authorize(form.get("user", ""), challenge=form["code_challenge"], scope=form.get("scope", ""))
    except RefusedRequest as refusal:
        return _back(issuer.redirect_uri, error=refusal.error, error_description=refusal.description, state=state)
    return _back(issuer.redirect_uri, code=code, state=state, iss=issuer.url)


def _token_answer(issuer: Issuer, form: dict[str, str]) -> JSONResponse:
    """Answer a token request, refusals included; nobody may keep the answer."""
    no_store = {"Cache-Control": "no-store"}
    try:
        return JSONResponse(_granted(issuer, form), headers=no_store)
    except RefusedRequest as refusal:
        answer = {"error": refusal.error, "error_description": refusal.description}
        return JSONResponse(answer, status_code=400, headers=no_store)


def development_issuer(issuer: Issuer, static: Path) -> APIRouter:
    """Return the routes of the development issuer."""
    router = APIRouter(prefix="/issuer")
    template = Template((static / "sign-in.html").read_text(encoding="utf-8"))

    @router.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return issuer.metadata()

    @router.get("/jwks")
    async def keys() -> dict[str, Any]:
        return issuer.jwks()

    @router.get("/authorize")
    async def sign_in(request: Request) -> Response:
        query = dict(request.query_params)
        return _unanswerable(issuer, query) or HTMLResponse(
            _sign_in_page(template, issuer, query), headers={"Cache-Control": "no-store"}
        )

    @router.post("/authorize")
    async def signed_in(request: Request) -> Response:
        form = await _form(request)
        return _unanswerable(issuer, form) or _signed_in(issuer, form)

    @router.post("/token")
    async def token(request: Request) -> JSONResponse:
        return _token_answer(issuer, await _form(request))

    return router


def _granted(issuer: Issuer, form: dict[str, str]) -> dict[str, object]:
    """Answer a token request by its grant type."""
    match form.get("grant_type"):
        case "authorization_code":
            return issuer.redeem(
                form.get("code", ""),
                client_id=form.get("client_id", ""),
                redirect_uri=form.get("redirect_uri", ""),
                verifier=form.get("code_verifier", ""),
            )
        case "urn:anze:development":
            return issuer.impersonate(form.get("user", ""))
        case _:
            raise RefusedRequest("unsupported_grant_type", "authorization_code or urn:anze:development")
