"""One route class for all services: guarded input, one transaction, commit before the answer.

A route takes `Work` (a transaction that commits when it returns) or `Reading` (a read-only session). It *raises*
refusals: whatever is raised rolls back, and what it returns is committed before a byte of it is sent.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Annotated, Any, ClassVar

import asyncpg
import sqlalchemy as sa
from fastapi import Depends, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kernel.auth import Actor
from shared.kernel.problems import Conflict, FieldError, Malformed, Refused, TooLarge, Unavailable
from shared.kernel.tables import idempotency
from shared.kernel.unit_of_work import StoredAnswer, UnitOfWork

BODY_LIMIT = 1_048_576
RETRYABLE = frozenset({"40P01", "40001"})
EXCLUDED = "23P01"
NO_CONNECTION = (ConnectionError, asyncpg.PostgresError)  # what the pool raises when it cannot connect
KEPT_HEADERS = ("etag", "location", "content-type")
_IN_FLIGHT = sa.text("SELECT pg_try_advisory_xact_lock(hashtext(:actor), hashtext(:key))")


class Replayed(Exception):  # noqa: N818 - not an error: the answer given before
    """The answer that was given to the same request before."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


async def guard(request: Request, limit: int = BODY_LIMIT, *, binary: bool = False) -> None:
    """Refuse what no route should see: oversized bodies, invalid UTF-8, NUL characters, lone surrogates."""
    query = request.url.query.lower()
    if "%00" in query or "%00" in request.scope.get("raw_path", b"").decode("latin-1"):
        raise Malformed("nul_character", "文本含有空字符", "text holds a NUL character")
    mebibytes = f"{limit / 1_048_576:g} MiB"
    too_large = TooLarge("body_too_large", f"请求正文超过 {mebibytes}", f"the body exceeds {mebibytes}")
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise too_large
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > limit:
            raise too_large
    body = request._body = bytes(received)  # noqa: SLF001 - what Request.body() itself does
    if binary or not body:
        return
    try:
        text = json.dumps(json.loads(body.decode()), ensure_ascii=False).encode().decode()
    except UnicodeError as error:
        raise Malformed("invalid_utf8", "请求正文不是有效的 UTF-8", "the body is not valid UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise Malformed("invalid_json", "请求正文不是有效的 JSON", "the body is not valid JSON") from error
    if "\\u0000" in text:
        raise Malformed("nul_character", "文本含有空字符", "text holds a NUL character")


class TransactionalRoute(APIRoute):
    """Runs a route inside its transaction and commits before the answer leaves (see the module).

    A body is JSON of at most 1 MiB, but where a subclass says otherwise (`binary_route`).
    """

    body_limit: ClassVar[int] = BODY_LIMIT
    binary: ClassVar[bool] = False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that guards, runs, commits, and retries once what only concurrency made fail."""
        inner = super().get_route_handler()

        async def attempt(request: Request) -> Response:
            async with AsyncExitStack() as stack:
                request.state.stack, request.state.work, request.state.answer = stack, None, None
                request.state.committing = False
                response = await inner(request)
                work: UnitOfWork | None = request.state.work
                version = work.answer_version if work else getattr(request.state, "version", None)
                if version is not None:
                    response.headers["ETag"] = f'"{version}"'
                if request.method == "GET" and _not_modified(request, response):
                    return Response(status_code=304, headers={"ETag": response.headers["ETag"]})
                if work is not None:
                    request.state.committing = True
                    await work.commit(_stored(request, response))
                return response

        async def handle(request: Request) -> Response:
            await guard(request, self.body_limit, binary=self.binary)
            try:
                try:
                    return await attempt(request)
                except DBAPIError as error:
                    if not _worth_another(error, committing=request.state.committing):
                        raise
                    return await attempt(request)
            except Replayed as replayed:
                return replayed.answer
            except (DBAPIError, *NO_CONNECTION) as error:
                raise _as_problem(error) from error

        return handle


def binary_route(limit: int) -> type[TransactionalRoute]:
    """A route class whose body is any bytes, at most `limit` of them; the route reads `await request.body()`."""
    return type("BinaryRoute", (TransactionalRoute,), {"body_limit": limit, "binary": True})


def _worth_another(error: DBAPIError, *, committing: bool) -> bool:
    """Whether concurrency alone made it fail, or the connection was lost while nothing can have been committed."""
    return getattr(error.orig, "sqlstate", None) in RETRYABLE or (error.connection_invalidated and not committing)


def _as_problem(error: Exception) -> Exception:
    unavailable = Unavailable("database_unavailable", "数据库暂不可用", "the database is not available")
    if not isinstance(error, DBAPIError):
        return unavailable
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, IntegrityError) or state == EXCLUDED:
        return Conflict("conflicting_record", "与另一项已有记录冲突", "it conflicts with another record")
    if state in RETRYABLE:
        return Conflict("concurrent_change", "同时有其他更改，请重试", "something else changed at once; try again")
    if error.connection_invalidated or (state or "").startswith(("08", "57", "53")) or state is None:
        return unavailable
    if state.startswith("22"):
        return Malformed("value_out_of_range", "数值或文本超出可接受范围", "a value is out of range")
    return error


def _not_modified(request: Request, response: Response) -> bool:
    seen = request.headers.get("if-none-match")
    return seen is not None and "ETag" in response.headers and seen == response.headers["ETag"]


def _stored(request: Request, response: Response) -> StoredAnswer | None:
    pending = request.state.answer
    if pending is None:
        return None
    actor, key, fingerprint = pending
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return StoredAnswer(actor, key, fingerprint, response.status_code, kept, bytes(response.body))


async def _opened(request: Request) -> UnitOfWork:
    actor: Actor = request.state.actor
    work = UnitOfWork(
        request.app.state.sessions,
        service=request.app.state.service,
        actor=actor.subject,
        regions=actor.regions,
        grants=actor.grants,
    )
    request.state.work = await request.state.stack.enter_async_context(work)
    return work


async def _work(request: Request) -> UnitOfWork:
    """A transaction for PUT, PATCH and transitions, which `If-Match` protects from being done twice."""
    return await _opened(request)


_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="幂等键，重试时保持不变 · Idempotency key, the same on a retry",
    ),
]


async def _keyed_work(request: Request, idempotency_key: _Key = None) -> UnitOfWork:
    """A transaction for a POST that writes: the same key gives the same answer, and nothing twice."""
    if idempotency_key is None:
        raise Malformed("idempotency_key_required", "请提供 Idempotency-Key", "an Idempotency-Key is required")
    work = await _opened(request)
    actor, key = work.actor, idempotency_key
    if not await work.session.scalar(_IN_FLIGHT, {"actor": f"key:{actor}", "key": key}):
        raise Conflict("request_in_flight", "相同请求正在办理", "the same request is being handled")
    content = hashlib.sha256(await request.body()).hexdigest()
    parts = (request.method, request.url.path, request.url.query, content)
    fingerprint = request.app.state.vault.keyed("\n".join(parts).encode())  # a body may hold a personal number
    row = (
        await work.session.execute(sa.select(idempotency).where(idempotency.c.actor == actor, idempotency.c.key == key))
    ).first()
    if row is not None and row.fingerprint != fingerprint:
        raise Refused("idempotency_key_reused", "此幂等键已用于另一请求", "the key was used for another request")
    if row is not None:
        raise Replayed(Response(row.body, row.status, headers=row.headers))
    request.state.answer = (actor, key, fingerprint)
    return work


async def _checkable_work(
    request: Request,
    *,
    validate_only: Annotated[bool, Query(description="只检查，不写入 · Check only: nothing is kept")] = False,
    idempotency_key: _Key = None,
) -> UnitOfWork:
    """Keyed work that `validate_only=true` turns into a rehearsal: the same code runs, and nothing is committed."""
    if not validate_only:
        return await _keyed_work(request, idempotency_key)
    work = await _opened(request)
    request.state.work = None
    return work


async def _reading(request: Request) -> AsyncSession:
    """A session for reading; nothing in it is committed."""
    session: AsyncSession = await request.state.stack.enter_async_context(request.app.state.sessions())
    return session


async def _expected_version(
    if_match: Annotated[
        str | None, Header(description='所见版本，如 "3" · The version seen, e.g. "3"', max_length=40)
    ] = None,
) -> int | None:
    """The version in `If-Match`; `None` when absent (the handler then answers 428)."""
    if if_match is None:
        return None
    number = if_match.removeprefix("W/").strip('"')
    if not number.isdecimal() or len(number) > 9:
        raise Malformed("invalid_if_match", "If-Match 应为版本号", "If-Match names a version number")
    return int(number)


Work = Annotated[UnitOfWork, Depends(_work, scope="function")]
KeyedWork = Annotated[UnitOfWork, Depends(_keyed_work, scope="function")]
CheckableWork = Annotated[UnitOfWork, Depends(_checkable_work, scope="function")]
Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
ExpectedVersion = Annotated[int | None, Depends(_expected_version)]


def answer_version(request: Request, version: int) -> None:
    """Say the version of what a GET answers; it becomes the ETag."""
    request.state.version = version


def as_malformed(error: RequestValidationError) -> Malformed:
    """FastAPI's validation errors as a problem; the rejected input itself is not repeated."""
    errors = [
        FieldError(pointer="/" + "/".join(str(part) for part in one["loc"]), detail=str(one["msg"]))
        for one in error.errors()
    ]
    return Malformed("invalid_request", "请求不符合接口定义", "the request does not match the interface", errors=errors)
