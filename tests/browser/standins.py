"""Small real services behind the console: FastAPI applications with their own OpenAPI documents.

The browser tests ask what the page does with five documents, one login and five answers about readiness. They
do not need what the services know, so each upstream here has two routes; everything else is the real console.
"""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from services.console.main import SERVICES, create_app
from services.console.settings import ConsoleSettings

DOWN = "discipline"
DEGRADED = "appraisal"
bearer = HTTPBearer(scheme_name="oidc", description="访问令牌 · access token", auto_error=False)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


class Note(BaseModel):
    """一条记录 · A note."""

    text: str = Field(examples=["演练"])


def upstream(key: str, zh: str, en: str) -> FastAPI:
    """Return a service with `/v1/me`, `/v1/notes` and probes, served below `/<path>` by the console."""
    path = key.replace("_", "-")
    app = FastAPI(title=f"{zh}服务 · {en}", version="1", servers=[{"url": f"/{path}"}])

    @app.get("/v1/me", tags=["身份 · Identity"], summary="当前用户 · Who am I")
    async def me(credentials: Credentials, response: Response) -> dict[str, str]:
        if credentials is None:
            response.status_code = 401
            return {"service": key, "token": "absent"}
        return {"service": key, "token": credentials.credentials}

    @app.post("/v1/notes", tags=["记录 · Notes"], summary="登记一条 · Add a note", status_code=201)
    async def add(note: Note, _: Credentials) -> Note:
        return note

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> dict[str, Any]:
        degraded = ["broker: not connected"] if key == DEGRADED else []
        return {
            "service": key,
            "status": "degraded" if degraded else "ready",
            "wrong": [],
            "degraded": degraded,
        }

    return app


@contextmanager
def served(app: FastAPI, listening: socket.socket) -> Iterator[None]:
    """Serve an application on a bound socket in a thread, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", ws="none"))
    started = threading.Event()
    real_startup = server.startup

    async def startup(sockets: list[socket.socket] | None = None) -> None:
        await real_startup(sockets)
        started.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    assert started.wait(20), "the server did not start"
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)


def bound() -> tuple[socket.socket, str]:
    """Return a socket on a free loopback port and its origin."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


ASYNCAPI: dict[str, Any] = {
    "asyncapi": "3.0.0",
    "info": {"title": "安责事件 · Anze events", "version": "1.0.0", "description": "登记服务发布的事件。"},
    "servers": {"nats": {"host": "127.0.0.1:4222", "protocol": "nats", "description": "JetStream"}},
    "channels": {
        "accident_recorded": {
            "address": "anze.v1.internal.registry.accident.recorded.>",
            "title": "事故已登记",
            "messages": {"accident_recorded": {"$ref": "#/components/messages/accident_recorded"}},
        }
    },
    "operations": {
        "publish_accident_recorded": {
            "action": "send",
            "title": "登记服务发布事故",
            "channel": {"$ref": "#/channels/accident_recorded"},
            "messages": [{"$ref": "#/channels/accident_recorded/messages/accident_recorded"}],
        }
    },
    "components": {
        "messages": {
            "accident_recorded": {
                "title": "事故已登记 · Accident recorded",
                "contentType": "application/json",
                "payload": {"$ref": "#/components/schemas/Accident"},
            }
        },
        "schemas": {
            "Accident": {
                "type": "object",
                "title": "事故",
                "required": ["id", "casualties"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "casualties": {"$ref": "#/components/schemas/Casualties"},
                    "cause": {"anyOf": [{"$ref": "#/components/schemas/Accident"}, {"type": "null"}]},
                },
            },
            "Casualties": {
                "type": "object",
                "description": "伤亡人数",
                "properties": {"deaths": {"type": "integer", "minimum": 0}},
            },
        },
    },
}


@contextmanager
def console_with_standins(folder: Path) -> Iterator[str]:
    """Run the console before four services and one that is down; yield the console's origin."""
    folder.joinpath("asyncapi.json").write_text(json.dumps(ASYNCAPI), encoding="utf-8")
    sockets = {view.key: bound() for view in SERVICES}
    listening, origin = bound()
    settings = ConsoleSettings(
        environment="development",
        issuer=f"{origin}/issuer",
        services={key: url for key, (_, url) in sockets.items()},
        clock_file=folder / "clock.json",
        asyncapi_file=folder / "asyncapi.json",
    )
    with (
        served(upstream("registry", "登记", "Registry"), sockets["registry"][0]),
        served(upstream("duties", "履职", "Duties"), sockets["duties"][0]),
        served(upstream("inspection_tours", "巡查", "Inspection tours"), sockets["inspection_tours"][0]),
        served(upstream("appraisal", "考核", "Appraisal"), sockets["appraisal"][0]),
        served(create_app(settings), listening),
    ):
        # Bound but not listening: connections to it are refused, as to a service that is down.
        yield origin
    sockets[DOWN][0].close()
