"""Composition root of the console."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from services.console.handlers.clock import DevelopmentClock
from services.console.handlers.issuer import Issuer, load_users, signing_key
from services.console.handlers.proxy import Proxy
from services.console.routes.clock import development_clock
from services.console.routes.issuer import development_issuer
from services.console.routes.pages import pages
from services.console.routes.proxy import forwarded
from services.console.schemas import ConfigurationView, ServiceView
from services.console.settings import HERE, ConsoleSettings
from shared.kernel.problems import MEDIA_TYPE, FieldError, Malformed, Problem
from shared.kernel.telemetry import scrub

STATIC = HERE / "static"
SERVICES = (
    ServiceView(key="registry", path="registry", zh="登记", en="Registry"),
    ServiceView(key="duties", path="duties", zh="履职", en="Duties"),
    ServiceView(key="inspection_tours", path="inspection-tours", zh="巡查", en="Inspection tours"),
    ServiceView(key="appraisal", path="appraisal", zh="考核", en="Appraisal"),
    ServiceView(key="discipline", path="discipline", zh="问责", en="Discipline"),
)


def _policy(settings: ConsoleSettings) -> str:
    """Content Security Policy: nothing from outside; only a foreign issuer's endpoints may be called."""
    connect = "'self'" if settings.development else f"'self' {settings.issuer_origin}"
    return (
        f"default-src 'self'; connect-src {connect}; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _harden(app: FastAPI, policy: str) -> None:
    """Give every answer of the console's own the headers that browsers enforce."""

    @app.middleware("http")
    async def headers(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        if request.url.path.startswith("/static/"):
            # The sandboxed frame has an opaque origin; its module scripts are cross-origin, and public.
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response


def _explain(app: FastAPI) -> None:
    """Answer refusals and malformed bodies as problem documents."""

    @app.exception_handler(Problem)
    async def problem(request: Request, refusal: Problem) -> Response:
        view = scrub(refusal.view(request.url.path).model_dump_json(exclude_none=True))
        return Response(view, status_code=refusal.status, media_type=MEDIA_TYPE)

    @app.exception_handler(HTTPException)
    async def elsewhere(request: Request, fault: HTTPException) -> Response:
        refusal = Problem(f"http_{fault.status_code}", "无法受理此请求", "the request cannot be served")
        refusal.status, refusal.title = fault.status_code, "无法受理 · Cannot be served"
        return await problem(request, refusal)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, fault: RequestValidationError) -> Response:
        errors = [
            FieldError(pointer="/" + "/".join(map(str, error["loc"])), detail=error["msg"]) for error in fault.errors()
        ]
        return await problem(
            request, Malformed("malformed", "请求无法读取", "the request cannot be read", errors=errors)
        )


def create_app(settings: ConsoleSettings | None = None) -> FastAPI:
    """Return the console.

    Raises:
        RuntimeError: the development issuer is asked for outside development.
    """
    settings = settings or ConsoleSettings()
    proxy = Proxy({name: str(url) for name, url in settings.services.items()})

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await proxy.close()

    app = FastAPI(title="安责控制台 · Anze console", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    configuration = ConfigurationView(
        environment=settings.environment,
        issuer=settings.issuer,
        client_id=settings.client_id,
        development=settings.development,
        services=list(SERVICES),
    )
    _harden(app, _policy(settings))
    _explain(app)
    app.include_router(pages(configuration, static=STATIC, asyncapi=settings.asyncapi_file))
    if settings.development or settings.issuer_key_file:
        issuer = Issuer(
            environment=settings.environment,
            url=settings.issuer,
            client_id=settings.client_id,
            users=load_users(settings.users_file),
            key=signing_key(settings.issuer_key_file),
        )
        app.include_router(development_issuer(issuer, STATIC))
    if settings.development and settings.clock_file:
        app.include_router(development_clock(DevelopmentClock(settings.clock_file)))
    if settings.services:
        app.include_router(forwarded(proxy, {view.path: view.key for view in SERVICES}))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
