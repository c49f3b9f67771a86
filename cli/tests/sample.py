"""A service of nothing, for the supervisor's tests: ready at once, or when its file appears, or never."""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]


def create_app() -> Callable[..., Awaitable[None]]:
    """An ASGI application that answers every request with its environment's greeting."""
    if os.environ.get("SAMPLE_REFUSES"):
        sys.exit("no database here")

    def bid_farewell() -> None:
        Path(os.environ["SAMPLE_FAREWELL"]).write_text("stopped in order")

    async def app(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            bid_farewell()
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": os.environ["SAMPLE_GREETING"].encode()})

    return app
