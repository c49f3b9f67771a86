"""The services' paths, forwarded in the embedded run; behind Caddy these routes do not exist."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from services.console.handlers.proxy import NOT_RETURNED, Proxy, end_to_end
from shared.kernel.problems import NotFound, Problem

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class BadGateway(Problem):
    """502: the service behind the path does not answer."""

    status, title = 502, "服务无响应 · Service does not answer"


async def _chunks(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def _target(request: Request, prefix: str) -> bytes:
    """Path below the prefix with the query, as the client encoded them."""
    path: bytes = request.scope["raw_path"].removeprefix(prefix.encode()) or b"/"
    query: bytes = request.scope["query_string"]
    return path + (b"?" + query if query else b"")


def forwarded(proxy: Proxy, paths: dict[str, str]) -> APIRouter:
    """Return routes that forward ``/<path>/…``; ``paths`` maps a path to the service's name."""
    router = APIRouter()

    async def forward(request: Request, path: str) -> StreamingResponse:
        service = paths[path]
        if not proxy.knows(service):
            raise NotFound("service_not_configured", f"未配置服务 {path}", f"service {path} is not configured")
        has_body = {"content-length", "transfer-encoding"} & set(request.headers.keys())
        client = request.client.host if request.client else ""
        headers = [
            *((k, v) for k, v in request.headers.raw if not k.startswith(b"x-forwarded-")),
            (b"x-forwarded-for", client.encode()),
            (b"x-forwarded-proto", request.url.scheme.encode()),
            (b"x-forwarded-host", request.headers.get("host", "").encode()),
            (b"x-forwarded-prefix", f"/{path}".encode()),
        ]
        try:
            answer = await proxy.forward(
                service,
                method=request.method,
                target=_target(request, f"/{path}"),
                headers=headers,
                body=request.stream() if has_body else None,
            )
        except httpx.TransportError as fault:
            raise BadGateway(
                "service_unreachable",
                f"服务 {path} 没有响应，请稍后再试",
                f"service {path} does not answer, try again later",
            ) from fault
        response = StreamingResponse(_chunks(answer), status_code=answer.status_code)
        response.raw_headers = end_to_end(answer.headers.raw, NOT_RETURNED)
        return response

    def add(path: str) -> None:
        async def endpoint(request: Request) -> Any:
            return await forward(request, path)

        for template in (f"/{path}", f"/{path}/{{rest:path}}"):
            router.add_api_route(template, endpoint, methods=METHODS, include_in_schema=False, response_model=None)

    for path in paths:
        add(path)
    return router
