"""The kernel's toy services as processes of their own: `uvicorn --factory tests.chaos.apps:toy_app`."""

import os

from fastapi import FastAPI

from shared.kernel.app import create_app
from shared.kernel.settings import Settings
from shared.kernel.tests import toy


def toy_app() -> FastAPI:
    """The producer."""
    return create_app(toy.TOY, Settings(), toy.DECLARED)


def echo_app() -> FastAPI:
    """The consumer; values named in TOY_POISON are poison to its handler."""
    toy.FAILING.update(int(value) for value in os.environ.get("TOY_POISON", "").split(",") if value)
    return create_app(toy.ECHO_SERVICE, Settings(), toy.DECLARED)
