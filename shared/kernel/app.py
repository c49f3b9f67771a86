"""Makes a service process out of a service's parts: HTTP, relay, consumers, health, documents, graceful stop."""

import asyncio
import ctypes
import gc
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from nats.aio.client import Client
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.exceptions import HTTPException

from shared.kernel import clock, crash, databases, streams, telemetry
from shared.kernel.auth import Policy, Tokens
from shared.kernel.consumer import Consumer, Subscription
from shared.kernel.envelope import Event
from shared.kernel.operations import Operations
from shared.kernel.operator_routes import OPERATOR_POLICY, health, operator, reconcile_service
from shared.kernel.problems import MEDIA_TYPE, Problem, ProblemView
from shared.kernel.recovery import Adopt
from shared.kernel.relay import Relay
from shared.kernel.routing import as_malformed
from shared.kernel.settings import Settings
from shared.kernel.streams import Declarations
from shared.kernel.vault import Vault

log = structlog.get_logger(__name__)
PROBLEM_STATUSES = {
    "400": "请求格式错误 · Malformed",
    "401": "未通过身份认证 · Not authenticated",
    "403": "没有权限 · Not allowed",
    "404": "未找到 · Not found",
    "409": "与现有状态冲突 · Conflict",
    "412": "版本已过期 · Stale version",
    "413": "请求过大 · Too large",
    "422": "依规不予办理 · Refused by a rule",
    "428": "需要前置条件 · Precondition required",
    "503": "服务暂不可用 · Unavailable",
}
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}


@dataclass(frozen=True)
class Service:
    """What a service hands to the kernel: its name and words, routes, policy, subscriptions, and the way back.

    Attributes:
        name: the package, database and producer name.
        path: where gateways mount it, e.g. `/inspection-tours`.
        adopt: how each of its events becomes state again after a restore.
        periodic: what it does now and then, in one process: the one that leads the relay. Each may be cut off anywhere.
    """

    name: str
    path: str
    title: str
    description: str
    routers: Sequence[APIRouter]
    policy: Policy
    subscriptions: tuple[Subscription, ...] = ()
    adopt: Mapping[type[Event], Adopt] = field(default_factory=dict)
    periodic: Sequence[Callable[["Runtime"], Awaitable[None]]] = ()


class Runtime:
    """The live parts of one process.

    Attributes:
        drift: how the backbone differs from what is declared, at the last look; `None` before the first.
    """

    def __init__(self, service: Service, settings: Settings, declared: Declarations, engine: AsyncEngine) -> None:
        self.service, self.settings, self.engine = service, settings, engine
        self.declared = declared.of(service.name)
        self._subscribed = [(one, self.declared.stream_for(*one.filters())) for one in service.subscriptions]
        self.sessions = databases.session_maker(engine)
        self.dsn = databases.dsn(settings.database_url.get_secret_value())
        self.client: Client | None = None
        self.relay: Relay | None = None
        self.consumers: list[Consumer] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin in the background: a broker that is down must not keep the service from answering."""
        self._tasks = [asyncio.create_task(self._backbone())]

    async def _backbone(self) -> None:
        name = self.service.name
        while self.client is None:
            try:
                self.client = await streams.connect(
                    self.settings.nats_url.get_secret_value(), name=f"anze-{name}", inbox=f"_INBOX_{name}"
                )
            except Exception as error:  # noqa: BLE001 - whatever it is, the broker is not there yet
                log.warning("broker.unreachable", error=type(error).__name__)
                await asyncio.sleep(1)
        self.relay = Relay(name, self.dsn, self.client, self.declared, batch=self.settings.batch_size)
        self.consumers = [
            Consumer(name, one, self.sessions, self.dsn, self.client, stream, self.settings.handler_attempts)
            for one, stream in self._subscribed
        ]
        self._tasks.append(asyncio.create_task(self.relay.run()))
        self._tasks += [asyncio.create_task(one.run()) for one in self.consumers]
        self._tasks.append(asyncio.create_task(self._every(self.settings.reconcile_seconds, _reconcile)))
        self._tasks += [
            asyncio.create_task(self._every(self.settings.periodic_seconds, one)) for one in self.service.periodic
        ]

    async def _every(self, seconds: float, work: Callable[["Runtime"], Awaitable[None]]) -> None:
        """Do something now and then; one process of a service does it, the one that leads the relay."""
        while True:
            await asyncio.sleep(seconds)
            if self.relay is None or not self.relay.leader:
                continue
            try:
                await work(self)
            except Exception as error:  # noqa: BLE001 - the next round tries again
                log.warning("periodic.interrupted", work=work.__name__, error=type(error).__name__)

    async def stop(self) -> None:
        """Stop fetching and publishing; what is unfinished rolls back and comes again."""
        crash.point("app.in_drain")
        pending = set(self._tasks)
        while pending:  # again and again: a library's wait_for may swallow a cancellation on Python 3.11
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=1)
        if self.client is not None:
            with suppress(Exception):
                await asyncio.wait_for(self.client.close(), 5)
        await self.engine.dispose()


async def _reconcile(runtime: Runtime) -> None:
    """Prove that nothing is lost."""
    log.info("reconciled", **await reconcile_service(runtime))


def create_app(service: Service, settings: Settings, declared: Declarations) -> FastAPI:
    """The ASGI application of one service.

    Raises:
        ValueError: development's conveniences are configured outside development.
    """
    if not settings.development and (settings.clock_file or settings.crash_point):
        raise ValueError("a settable clock and crash points exist in development only")
    clock.follow(settings.clock_file)
    crash.arm(settings.crash_point)
    telemetry.configure(service.name)
    engine = databases.engine(
        settings.database_url.get_secret_value(), pool_size=settings.pool_size, name=f"anze-{service.name}"
    )
    runtime = Runtime(service, settings, declared, engine)
    operations = Operations(runtime.sessions)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await runtime.start()
        settle()
        try:
            yield
        finally:
            await operations.stop()
            await runtime.stop()

    app = FastAPI(
        title=service.title,
        description=service.description,
        version="1.0.0",
        lifespan=lifespan,
        docs_url=None,  # the console shows the documents; this one would load from elsewhere
        redoc_url=None,
        telemetry={"logs": False, "metrics": False},
    )
    app.state.service, app.state.runtime, app.state.sessions = service.name, runtime, runtime.sessions
    app.state.tokens = Tokens(str(settings.issuer), str(settings.jwks_url), settings.audience)
    app.state.policy = {**OPERATOR_POLICY, **service.policy}
    app.state.vault = Vault.parse(settings.encryption_keys.get_secret_value())
    app.state.operations = operations
    for router in (*service.routers, operator, health):
        app.include_router(router)
    _answer_problems(app)
    app.openapi = lambda: _document(app, service)  # type: ignore[method-assign]
    return app


@cache
def settle() -> None:
    """Spare the garbage collector what stands at start (to look it through cost a quarter of the relay's time).

    It comes less often, too: what a request or a batch makes goes without it, but for the little that is a circle. And
    glibc gives large blocks back at once: left to itself it keeps room for the largest file that was ever sent.
    """
    gc.freeze()
    gc.set_threshold(10_000)
    if hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(-3, 1024 * 1024)  # M_MMAP_THRESHOLD


async def _problem_response(request: Request, problem: Problem) -> Response:
    body = telemetry.scrub(problem.view(request.url.path).model_dump_json(exclude_none=True))
    return Response(body, problem.status, _HEADERS.get(problem.status), MEDIA_TYPE)


def _answer_problems(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem_response)  # type: ignore[arg-type] # it is called with problems only

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return await _problem_response(request, as_malformed(error))

    @app.exception_handler(HTTPException)
    async def elsewhere(request: Request, error: HTTPException) -> Response:
        problem = Problem(f"http_{error.status_code}", "无法受理此请求", "the request cannot be served")
        problem.status, problem.title = error.status_code, "无法受理 · Cannot be served"
        response = await _problem_response(request, problem)
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["Allow"] = ", ".join(sorted(_methods(app, request.url.path)))
        return response

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        route = getattr(request.scope.get("route"), "path", None)  # the path itself may hold a secret
        problem = Problem("internal_error", "服务内部错误", "an internal error")
        log.error("request.failed", error=type(error).__name__, route=route, trace_id=problem.trace_id)
        return await _problem_response(request, problem)


def _methods(app: FastAPI, path: str) -> set[str]:
    """Every method that a path supports; the framework names those of the first matching route only.

    A path that is documented word for word goes before those that match by a parameter.
    """
    documented = app.openapi()["paths"]
    matching = [path] if path in documented else [one for one in documented if _matches(one, path)]
    return {method.upper() for template in matching for method in documented[template]}


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) is not None


def _document(app: FastAPI, service: Service) -> dict[str, Any]:
    """The OpenAPI document: mounted path, problems on every operation, no trace of the framework's own 422."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            servers=[{"url": service.path}],
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        view = ProblemView.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= view.pop("$defs")
        schemas["ProblemView"] = view
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemView"}}}
        for path, methods in document["paths"].items():
            for operation in methods.values():
                operation["responses"].pop("422", None)
                if path.startswith("/v1"):
                    for status, words in PROBLEM_STATUSES.items():
                        operation["responses"].setdefault(status, {"description": words, "content": content})
        app.openapi_schema = document
    return app.openapi_schema
