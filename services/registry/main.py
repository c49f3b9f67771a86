"""Composition root: `uvicorn --factory services.registry.main:create_app`."""

from fastapi import FastAPI

from services.registry.handlers.adoption import ADOPT
from services.registry.routes import ROUTERS
from services.registry.rules.access import POLICY
from services.registry.subscribers import VETOES
from shared.contracts.topology import DECLARATIONS
from shared.kernel import app
from shared.kernel.app import Service
from shared.kernel.settings import Settings
from shared.statute.routes import statute_router


def service() -> Service:
    """The registry's parts."""
    return Service(
        name="registry",
        path="/registry",
        title="安责·登记 · Anze registry",
        description="行政区划、机关、岗位、人员、任职、分管，事故及责任链条 · The roster, accidents and their chains.",
        routers=(*ROUTERS, statute_router()),
        policy=POLICY,
        subscriptions=(VETOES,),
        adopt=ADOPT,
    )


def create_app() -> FastAPI:
    """The ASGI application, configured by the environment."""
    return app.create_app(service(), Settings(), DECLARATIONS)
