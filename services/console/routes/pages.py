"""The page, its documents and its configuration."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from services.console.schemas import ConfigurationView
from shared.kernel.problems import NotFound

# The AsyncAPI renderer needs eval: it gets an opaque origin, so that nothing of the page is within its reach.
FRAME_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def pages(configuration: ConfigurationView, *, static: Path, asyncapi: Path) -> APIRouter:
    """Return the routes of the page; ``asyncapi`` is the generated AsyncAPI document."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(static / "index.html", headers={"Cache-Control": "no-cache"})

    @router.get("/events", include_in_schema=False)
    async def events_frame() -> FileResponse:
        return FileResponse(static / "events.html", headers={"Content-Security-Policy": FRAME_POLICY})

    @router.get("/console.json")
    async def configured() -> ConfigurationView:
        return configuration

    @router.get("/asyncapi.json")
    def events() -> FileResponse:
        if not asyncapi.is_file():
            raise NotFound("asyncapi_absent", "事件文档尚未生成", "the AsyncAPI document was not generated yet")
        return FileResponse(asyncapi, media_type="application/json", headers={"Cache-Control": "no-cache"})

    @router.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readiness() -> dict[str, str]:
        return {"status": "ready"}

    return router
